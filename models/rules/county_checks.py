"""What the county's files must agree on: codes that exist, sums that hold, lists without catch-alls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.rules.county_booking import booking
from models.rules.county_powers import Powers, delegation, informed
from models.rules.publishing import Year, materials, published
from models.rules.yamlfile import Problem, Source

Path = Sequence[str | int]
ROLES = {"clerk", "delegate", "handler", "section_head", "approver", "supervisor", "county_head"}
AT_WINDOW = {"clerk", "delegate"}
DECIDING = {"delegate", "handler", "section_head", "approver", "county_head"}


def check(files: Mapping[str, Source]) -> list[Problem]:
    """Everything wrong between the files, in file order. The single files have been read and have the right shape."""
    known = Known(files)
    found: list[Problem] = []
    for name, source in files.items():
        if name == "halls.yaml":
            found += halls(source, known)
        elif name == "stations.yaml":
            found += stations(source, known)
        elif name.startswith("calendars/"):
            found += calendar(source)
        elif name == "materials.yaml":
            found += materials(source)
        elif name.startswith("items/"):
            found += [
                problem for n, item in enumerate(source.data["items"]) for problem in one_item(source, n, item, known)
            ]
        elif name == "bundles.yaml":
            found += [
                problem for n, entry in enumerate(source.data["bundles"]) for problem in bundle(source, n, entry, known)
            ]
        elif name == "settings.yaml":
            found += settings(source, known)
        elif name == "booking.yaml":
            found += booking(source, known)
        elif name == "accounts.yaml":
            found += accounts(source, known)
    return [*found, *twice(files)]


class Known:
    """The codes of one folder."""

    def __init__(self, files: Mapping[str, Source]) -> None:
        self.departments = {d["code"] for d in files["departments.yaml"].data["departments"]}
        self.materials: dict[str, Any] = files["materials.yaml"].data["materials"]
        self.themes = {t["code"] for t in files["county.yaml"].data["themes"]}
        self.hours = set(files["halls.yaml"].data["hours"])
        self.towns = {h["town"]: h for h in files["halls.yaml"].data["halls"] if h.get("town")}
        self.halls = {h["code"] for h in files["halls.yaml"].data["halls"]}
        self.powers = Powers(files)
        self.year = Year(files)
        self.items = {i["code"] for name, s in files.items() if name.startswith("items/") for i in s.data["items"]}


def halls(source: Source, known: Known) -> Iterator[Problem]:
    entries = source.data["halls"]
    if [h["tier"] for h in entries].count("county") != 1:
        yield source.problem(["halls"], "要有一个、也只有一个县中心（tier: county）", "检查每个大厅的 tier")
    for n, hall in enumerate(entries):
        if hall["hours"] not in known.hours:
            yield source.problem(
                ["halls", n, "hours"], f"没有“{hall['hours']}”这种开放时间", "在 hours 里加一种，或改成已有的"
            )
        for g, group in enumerate(hall["window_groups"]):
            for code in group["departments"]:
                if code not in known.departments:
                    yield unknown(
                        source, ["halls", n, "window_groups", g, "departments"], "部门", code, "departments.yaml"
                    )


def stations(source: Source, known: Known) -> Iterator[Problem]:
    for town, entries in source.data["stations"].items():
        hall = known.towns.get(town)
        if hall is None:
            yield unknown(source, ["stations", town], "镇", town, "halls.yaml")
            continue
        for n, station in enumerate(entries):
            if station["code"][:2] != hall["code"][:2] or not station["region"].startswith(hall["region"]):
                cure = f"站的编码以{hall['code'][:2]}开头，区划代码以{hall['region']}开头"
                yield source.problem(["stations", town, n], f"{station['name']}的编码和{town}对不上", cure)
        told = (hall.get("villages") or 0) + (hall.get("communities") or 0)
        if told and told != len(entries):
            what = f"{town}写了{len(entries)}个站，halls.yaml 里说村和社区共{told}个"
            yield source.problem(["stations", town], what, "补上漏的，或改 halls.yaml 的 villages、communities")


def calendar(source: Source) -> Iterator[Problem]:
    year, off = source.data["year"], {}
    for n, holiday in enumerate(source.data["days_off"]):
        first, last = holiday["from"], holiday["to"]
        if first.year != year or last.year != year or last < first:
            yield source.problem(["days_off", n], f"{holiday['name']}的起止日期不对", f"都写成{year}年，先开始后结束")
            continue
        if (last - first).days + 1 != holiday["days"]:
            yield source.problem(
                ["days_off", n, "days"],
                f"{holiday['name']}写了{holiday['days']}天，日期却是{(last - first).days + 1}天",
                "照通知核对",
            )
        off.update({first + timedelta(days=step): holiday["name"] for step in range((last - first).days + 1)})
    worked = {}
    for n, day in enumerate(source.data["days_worked"]):
        when = day["date"]
        if when.weekday() < 5 or "一二三四五六日"[when.weekday()] != day["weekday"] or when.year != year or when in off:
            yield source.problem(["days_worked", n], f"{when}不是可以调休上班的周末", "照通知核对日期和星期")
        worked[when] = day["for"]
    if source.data["working_days"] is not None:
        counted = count_working(year, set(off), set(worked))
        if counted != source.data["working_days"]:
            yield source.problem(
                ["working_days"],
                f"写了{source.data['working_days']}个工作日，数出来是{counted}个",
                "照通知核对放假和调休",
            )
    if source.data["notice"] is None and (off or worked):
        yield source.problem(["notice"], "有放假安排，却没有通知文号", "写上国务院办公厅通知的文号和日期")


def count_working(year: int, off: set[date], worked: set[date]) -> int:
    days = [date(year, 1, 1) + timedelta(days=step) for step in range(366)]
    return sum(1 for d in days if d.year == year and (d in worked or (d.weekday() < 5 and d not in off)))


def one_item(source: Source, n: int, item: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    at: list[str | int] = ["items", n]
    if source.data["department"] not in known.departments:
        yield unknown(source, ["department"], "部门", source.data["department"], "departments.yaml")
    if item["theme"] not in known.themes:
        yield unknown(source, [*at, "theme"], "生活主题", item["theme"], "county.yaml")
    if not item["subjects"] or not item["words"]:
        yield source.problem([*at, "subjects"], f"{item['code']} 的 subjects 或 words 是空的", "至少写一个")
    yield from needs(source, at, item, known)
    yield from form(source, at, item)
    yield from published(source, at, item, known.year)
    yield from informed(source, at, item)


def needs(source: Source, at: list[str | int], item: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    keys = {question["key"] for question in item["questions"]}
    asked = set()
    for m, entry in enumerate(item["materials"]):
        path = [*at, "materials", m]
        if entry["code"] not in known.materials:
            yield unknown(source, [*path, "code"], "材料", entry["code"], "materials.yaml")
            continue
        condition = str(entry.get("if") or "").removeprefix("not ")
        asked.add(condition)
        if condition and condition not in keys:
            yield source.problem(
                [*path, "if"], f"材料 {entry['code']} 的条件“{condition}”没有对应的问题", "在 questions 里加上，或改 if"
            )
        if bool(condition) != bool(entry.get("when")):
            yield source.problem(path, f"材料 {entry['code']} 的 if 和 when 要一起写", "if 给系统看，when 给人看")
        if entry["original"] + entry["copy"] < 1:
            yield source.problem(path, f"材料 {entry['code']} 原件和复印件都是0", "至少要一份，或删掉这一行")
    for q, question in enumerate(item["questions"]):
        if question["key"] not in asked:
            yield source.problem([*at, "questions", q], f"问题“{question['key']}”没有材料用到", "删掉，或在材料里写 if")
    for code, count in Counter(entry["code"] for entry in item["materials"]).items():
        if count > 1:
            yield source.problem([*at, "materials"], f"材料 {code} 写了{count}次", "同一材料只写一行", "duplicate_code")


def form(source: Source, at: list[str | int], item: Mapping[str, Any]) -> Iterator[Problem]:
    for f, field in enumerate(item["form"]):
        path = [*at, "form", f]
        if (field["kind"] == "choice") != (len(field.get("options", [])) >= 2):
            yield source.problem(
                path, f"“{field['label']}”：choice 要有两个以上选项，别的不要选项", "改 kind 或 options"
            )
    for key, count in Counter(field["key"] for field in item["form"]).items():
        if count > 1:
            yield source.problem([*at, "form"], f"表里的“{key}”写了{count}次", "换一个 key", "duplicate_code")


def bundle(source: Source, n: int, entry: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    at: list[str | int] = ["bundles", n]
    members = [member["item"] for member in entry["members"]]
    if entry["lead"] not in known.departments:
        yield unknown(source, [*at, "lead"], "部门", entry["lead"], "departments.yaml")
    if entry["theme"] not in known.themes:
        yield unknown(source, [*at, "theme"], "生活主题", entry["theme"], "county.yaml")
    for m, member in enumerate(entry["members"]):
        if member["item"] not in known.items:
            yield unknown(source, [*at, "members", m], "事项", member["item"], "items/")
        for before in member["after"]:
            if before not in members[:m]:
                what = f"{member['item']} 要等 {before}，可 {before} 不在它前面"
                yield source.problem([*at, "members", m], what, "先办的写在前面，不能互相等", "circle")
    staged = [code for codes in entry["stages"].values() for code in codes]
    if staged and sorted(staged) != sorted(members):
        lost = "、".join(sorted(set(staged) ^ set(members))) or "有的写了两次"
        yield source.problem([*at, "stages"], f"路线图和成员对不上：{lost}", "每个成员在 stages 里写一次")
    for m, need in enumerate(entry["materials"]):
        if need["code"] not in known.materials:
            yield unknown(source, [*at, "materials", m], "材料", need["code"], "materials.yaml")
        for code in [*need["needed_by"], need.get("produced_by") or members[0]]:
            if code not in members:
                yield source.problem(
                    [*at, "materials", m],
                    f"{need['code']} 写了不在这件事里的事项 {code}",
                    "改 needed_by 或 produced_by",
                )


def settings(source: Source, known: Known) -> Iterator[Problem]:
    for code in source.data["settings"]["shared_materials"]:
        if code not in known.materials:
            yield unknown(source, ["settings", "shared_materials"], "材料", code, "materials.yaml")
    for n, entry in enumerate(source.data["delegations"]):
        if entry["item"] not in known.items:
            yield unknown(source, ["delegations", n], "事项", entry["item"], "items/")
        yield from delegation(source, n, entry, known.powers)


def accounts(source: Source, known: Known) -> Iterator[Problem]:
    for n, entry in enumerate(source.data["accounts"]):
        path: list[str | int] = ["accounts", n]
        roles = set(entry["roles"])
        if not roles or roles - ROLES:
            yield source.problem(path, f"{entry['name']}的岗位不对", f"从这些里选：{'、'.join(sorted(ROLES))}")
        if "clerk" in roles and roles & DECIDING:
            yield source.problem(path, f"{entry['name']}又收件又审批", "收件和审批要分两个账号", "receive_and_decide")
        if entry["department"] and entry["department"] not in known.departments:
            yield unknown(source, path, "部门", entry["department"], "departments.yaml")
        if entry["hall"] and entry["hall"] not in known.halls:
            yield unknown(source, path, "大厅", entry["hall"], "halls.yaml")
        if bool(entry["hall"]) != bool(roles & AT_WINDOW):
            yield source.problem(path, f"{entry['name']}：窗口人员要写大厅，别的岗位不写", "改 hall 或 roles")


def twice(files: Mapping[str, Source]) -> Iterator[Problem]:
    """Codes given to two things."""
    seen: dict[tuple[str, str], str] = {}
    for name, source in files.items():
        for kind, code, path in _codes(name, source.data):
            if (kind, code) in seen:
                what = f"{kind}编码 {code} 用了两次（{seen[kind, code]}）"
                yield source.problem(path, what, "换一个没用过的编码", "duplicate_code")
            seen.setdefault((kind, code), f"{name} 第{source.line(path)}行")


def _codes(name: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str | int]]]:
    lists = {
        "departments.yaml": ("departments", "部门"),
        "halls.yaml": ("halls", "大厅"),
        "bundles.yaml": ("bundles", "一件事"),
    }
    if name.startswith("items/"):
        lists[name] = ("items", "事项")
    if name in lists:
        key, kind = lists[name]
        for n, entry in enumerate(data[key]):
            yield kind, entry["code"], [key, n]
    if name == "stations.yaml":
        for town, entries in data["stations"].items():
            for n, entry in enumerate(entries):
                yield "大厅", entry["code"], ["stations", town, n]
    if name == "accounts.yaml":
        for n, entry in enumerate(data["accounts"]):
            yield "登录名", entry["login"], ["accounts", n]
    if name.startswith("calendars/"):
        yield "年份", str(data["year"]), ["year"]


def unknown(source: Source, path: Path, kind: str, code: str, file: str) -> Problem:
    return source.problem(path, f"{kind}“{code}”没有登记", f"改成 {file} 里有的，或先在那里加上", "unknown_code")
