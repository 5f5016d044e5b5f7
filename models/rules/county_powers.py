"""What a county may not give away: decisions to who is no authority (art. 24, R50), proof to a bare word (R41)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.rules.yamlfile import Problem, Source

NOT_ORGANS = frozenset({"群团", "党委部门"})  # no administrative organ: nothing can be delegated to it


class Powers:
    """Who decides each item, and what kind of body each department is."""

    def __init__(self, files: Mapping[str, Source]) -> None:
        self.kinds = {d["code"]: d["kind"] for d in files["departments.yaml"].data["departments"]}
        self.deciders = {
            item["code"]: source.data["department"]
            for name, source in files.items()
            if name.startswith("items/")
            for item in source.data["items"]
        }


def delegation(source: Source, n: int, entry: Mapping[str, Any], powers: Powers) -> Iterator[Problem]:
    """One entry of `delegations` in settings.yaml."""
    path: list[str | int] = ["delegations", n]
    item, whose = entry["item"], powers.deciders.get(entry["item"])
    for name in ("from", "to"):
        if entry[name] not in powers.kinds:
            cure = "改成 departments.yaml 里有的，或先在那里加上"
            yield source.problem([*path, name], f"部门“{entry[name]}”没有登记", cure, "unknown_code")
    if whose and entry["from"] in powers.kinds and entry["from"] != whose:
        what = f"{item} 由 {whose} 决定，{entry['from']} 不能再委托出去"
        yield source.problem(
            [*path, "from"], what, f"from 写 {whose}；受委托的不得再委托（行政许可法第24条）", "redelegation"
        )
    if powers.kinds.get(entry["to"]) in NOT_ORGANS or entry["to"] == entry["from"]:
        what = f"{item} 不能委托给 {entry['to']}"
        yield source.problem([*path, "to"], what, "只能委托给另一个行政机关（行政许可法第24条）", "not_an_organ")
    first, last = entry["from_date"], entry["to_date"]
    if first and last and last < first:
        yield source.problem(
            [*path, "to_date"], f"{item} 的委托到期在开始之前", "先开始后到期，检查两个日期", "bad_dates"
        )
    if entry["notice"] and not first:
        yield source.problem(path, "有公告号的委托要写开始日期", "写 from_date（行政许可法第24条）")
    if entry["notice"] and not entry["inspection_rate"]:
        what = f"{item} 委托出去，却没有抽查比例"
        cure = "写 inspection_rate，像 0.1：委托机关要监督（行政许可法第24条）"
        yield source.problem(path, what, cure, "no_inspection")


def informed(source: Source, at: Sequence[str | int], item: Mapping[str, Any]) -> Iterator[Problem]:
    """The fields of 告知承诺 of one item."""
    granted, covers, asked = "promise_instead_of_proof", item["promise_covers"], _asked(item)
    allowed = bool(item[granted])
    if allowed and item["promise_barred"]:
        what = f"{item['code']} 又能告知承诺，又写了为什么不能"
        cure = "国办发〔2020〕42号排除的不能用告知承诺；两样去掉一样"
        yield source.problem([*at, "promise_barred"], what, cure, "promise_barred")
    if allowed != bool(covers):
        said = "的告知承诺没有写代替哪些证明" if allowed else "不能告知承诺，却写了代替哪些证明"
        cure = "promise_instead_of_proof 和 promise_covers 一起写"
        yield source.problem(
            [*at, granted if allowed else "promise_covers"], f"{item['code']} {said}", cure, "no_covers"
        )
    if allowed and (item["verify_limit"] or {}).get("days") is None:
        cure = "写 verify_limit: {days: 30, unit: 工作日, example: true}"
        yield source.problem([*at, granted], f"{item['code']} 没有写承诺以后多久核查", cure, "no_verify_limit")
    for code in [*covers, *([item["promise_statement"]] if item["promise_statement"] else [])]:
        if code not in asked:
            what = f"告知承诺里的材料 {code} 不在 {item['code']} 的材料里"
            yield source.problem([*at, "promise_covers"], what, "先在 materials 里写上，或去掉", "unknown_code")


def _asked(item: Mapping[str, Any]) -> set[str]:
    return {entry["code"] for entry in item["materials"]}
