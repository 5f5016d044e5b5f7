"""What the loader refuses of delegations (行政许可法 art. 24) and of 告知承诺 (R41), with its line and the cure."""

import re

import pytest

from models.rules.county_shapes import County
from tests.county.folder import COUNTY

SJ01 = "{item: SJ01, from: SJ, to: ZS,"
DATES = "from_date: 2026-01-01, to_date: 2026-12-31, inspection_rate: 0.1"
XF01 = "  promise_covers: [P32]\n"

WRONG = [  # file, old, new, code, part of what is said
    ("settings.yaml", SJ01, "{item: SJ01, from: ZS, to: NY,", "redelegation", "受委托的不得再委托"),
    ("settings.yaml", SJ01, "{item: SJ01, from: SJ, to: CL,", "not_an_organ", "只能委托给另一个行政机关"),
    ("settings.yaml", SJ01, "{item: SJ01, from: SJ, to: BB,", "not_an_organ", "不能委托给 BB"),
    ("settings.yaml", SJ01, "{item: SJ01, from: SJ, to: SJ,", "not_an_organ", "不能委托给 SJ"),
    ("settings.yaml", SJ01, "{item: SJ01, from: SJ, to: QQ,", "unknown_code", "部门“QQ”没有登记"),
    ("settings.yaml", DATES, DATES.replace("2026-12-31", "2025-12-31"), "bad_dates", "到期在开始之前"),
    ("settings.yaml", DATES, DATES.replace("2026-01-01", "null"), "bad_value", "要写开始日期"),
    ("settings.yaml", DATES, DATES.replace("0.1", "0"), "no_inspection", "没有抽查比例"),
    ("settings.yaml", DATES, DATES.replace("0.1", "1.5"), "less_than_equal", "inspection_rate"),
    ("items/XF.yaml", XF01, f"{XF01}  promise_barred: 涉及公共安全\n", "promise_barred", "又能告知承诺"),
    ("items/XF.yaml", XF01, "", "no_covers", "没有写代替哪些证明"),
    ("items/XF.yaml", XF01, "  promise_covers: [P32, T12]\n", "unknown_code", "T12 不在 XF01 的材料里"),
    ("items/XF.yaml", "  promise_instead_of_proof: true\n", "", "no_covers", "不能告知承诺，却写了"),
    ("items/XF.yaml", "promise_statement: P04", "promise_statement: P05", "unknown_code", "P05 不在 XF01 的材料里"),
    ("items/XF.yaml", "verify_limit: {days: 30, unit: 工作日,", "verify_limit: {days: null, unit: null,",
     "no_verify_limit", "多久核查"),
]  # fmt: skip


def texts() -> dict[str, str]:
    return {path.relative_to(COUNTY).as_posix(): path.read_text("utf-8") for path in COUNTY.rglob("*.yaml")}


@pytest.mark.parametrize(("file", "old", "new", "code", "said"), WRONG)
def test_what_is_against_the_law_is_refused(file: str, old: str, new: str, code: str, said: str) -> None:
    found = texts()
    assert old in found[file]
    line = found[file][: found[file].index(old)].count("\n") + 1
    found[file] = found[file].replace(old, new, 1)
    problems = County(found).problems
    match = [p for p in problems if p.code == code and said in p.words]
    assert match, [p.words for p in problems]
    assert match[0].file == file and abs(match[0].line - line) <= 12, (match[0].line, line)


def test_every_item_that_takes_a_statement_says_what_it_replaces() -> None:
    county = County(texts())
    assert county.problems == []
    items = {i["code"]: i for source in county.each("items/") for i in source.data["items"]}
    covers = {code: item["promise_covers"] for code, item in items.items() if item["promise_instead_of_proof"]}
    assert covers == {
        "XF01": ["P32"], "SF01": ["P10"], "SL02": ["C18"], "WJ04": ["T12"], "LY01": ["C22"], "RS07": ["P19"],
        "JT01": ["P34", "P14"],
    }  # fmt: skip
    for code in covers:
        assert items[code]["verify_limit"]["example"] and items[code]["verify_limit"]["days"] == 30


def test_what_is_delegated_is_instant_and_marked_as_an_example() -> None:
    county = County(texts())
    items = {i["code"]: i for source in county.each("items/") for i in source.data["items"]}
    held = [entry for entry in county.data("settings.yaml")["delegations"] if entry["notice"]]
    assert len(held) == 10
    for entry in held:
        assert items[entry["item"]]["handling"] == "instant" and entry["to"] == "ZS" and entry["example"]
        assert "示例" in entry["notice"] and 0 < entry["inspection_rate"] <= 1


def test_the_people_of_the_walks_are_there() -> None:
    accounts = County(texts()).data("accounts.yaml")["accounts"]
    roles = {(role, account["department"]) for account in accounts for role in account["roles"]}
    for department in ("SJ", "NY", "ZJ", "WJ", "GA", "YB", "RS", "FG", "ZR", "HB", "SL"):
        assert {("handler", department), ("approver", department)} <= roles, department
    assert ("delegate", "ZS") in roles and ("section_head", "SJ") in roles and ("county_head", None) in roles
    assert len({account["login"] for account in accounts}) == len(accounts)
    assert all(re.fullmatch("[\u4e00-\u9fff]{2,3}", account["name"]) for account in accounts)
