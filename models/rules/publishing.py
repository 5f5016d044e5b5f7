"""Publishing checks of an item (R15, R36): nothing vague, no promise the law cannot keep, each demand with its reason.

Each finding names the line and the cure in words the department can act on.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.rules.calendar import DAY, Calendar, SpecialDay
from models.rules.dates import say
from models.rules.vague import vague
from models.rules.yamlfile import Problem, Source

Path = list[str | int]
Entry = Mapping[str, Any]
LAW = re.compile(r"法|条例|办法|规定|细则|规程")
NATURAL = "自然日"


def materials(source: Source) -> Iterator[Problem]:
    """The registry of materials: what each is called and what is accepted."""
    for code, entry in source.data["materials"].items():
        for part in ("name", "standard"):
            yield from plain(source, ["materials", code, part], entry[part])


def published(source: Source, at: Path, item: Entry, year: Year) -> Iterator[Problem]:
    """One item of `items/`."""
    yield from basis(source, at, item)
    yield from limits(source, at, item, year)
    yield from visits(source, at, item)
    yield from special(source, at, item)
    yield from tolerance(source, at, item)
    for path, words in said(at, item):
        yield from plain(source, path, words or "")


def said(at: Path, item: Entry) -> Iterator[tuple[Path, str | None]]:
    """Everything of an item that an applicant reads, with its place."""
    for part in ("name", "everyday", "who"):
        yield [*at, part], item[part]
    for part, inner in (("fee", "text"), ("visits", "reason"), ("tolerance", "reason"), ("result", "name")):
        yield [*at, part, inner], item[part][inner]
    for n, words in enumerate(item["conditions"]):
        yield [*at, "conditions", n], words
    for part, inners in (
        ("legal_basis", ("law", "article")), ("questions", ("words",)), ("materials", ("hint", "when")),
        ("form", ("label", "hint")), ("special_procedures", ("kind",)),
    ):  # fmt: skip
        for n, entry in enumerate(item[part]):
            for inner in inners:
                yield [*at, part, n, inner], entry[inner]


def plain(source: Source, path: Sequence[str | int], words: str) -> Iterator[Problem]:
    found = vague(words)
    if found:
        yield source.problem(
            path, f"“{words[:40]}”里的“{found}”说不清要什么", "写出具体的名称，不留口子（R15）", "vague"
        )


def basis(source: Source, at: Path, item: Entry) -> Iterator[Problem]:
    if not item["legal_basis"]:
        yield source.problem([*at, "legal_basis"], f"{item['code']} 没有设定依据", "写上法律、条文", "no_legal_basis")


def visits(source: Source, at: Path, item: Entry) -> Iterator[Problem]:
    times = item["visits"]["times"]
    if not item["visits"]["reason"]:
        what = f"{item['code']} 要跑{times}次，没有写为什么" if times else f"{item['code']} 没有写怎么做到不用跑"
        cure = "在 reason 里写上，像“当面签字”；不用跑的写 times: 0 和“全程网办”"
        yield source.problem([*at, "visits"], what, cure, "no_visit_reason")


def special(source: Source, at: Path, item: Entry) -> Iterator[Problem]:
    for n, entry in enumerate(item["special_procedures"]):
        if not entry["basis"] or not LAW.search(entry["basis"]):
            what = f"特别程序“{entry['kind']}”没有写依据哪部法"
            cure = "在 basis 里写法律、法规的名称和条文，像“行政许可法第45条”；没有依据的删掉，不能停时间"
            yield source.problem([*at, "special_procedures", n], what, cure, "no_basis")


def tolerance(source: Source, at: Path, item: Entry) -> Iterator[Problem]:
    """容缺受理: what may come later is on the item's own list, and has its day (R40)."""
    entry, code = item["tolerance"], item["code"]
    path = [*at, "tolerance"]
    if not entry["allowed"]:
        if not entry["reason"]:
            yield source.problem(path, f"{code} 不能容缺，没有写为什么", "写上 reason", "no_tolerance_reason")
        if entry["days"] is not None:
            yield source.problem(path, f"{code} 不能容缺，却写了天数", "去掉 days 和 unit，或改成 allowed: true")
        return
    if not entry["days"] or not entry["unit"]:
        yield source.problem(
            path, f"{code} 可以容缺，没有写几天内补齐", "写 days 和 unit，像 10 个工作日", "no_tolerance_days"
        )
    if not any(need["need"] == "secondary" for need in item["materials"]):
        cure = "把可以晚交的材料写成 need: secondary；都是主要材料的，写 allowed: false 和 reason"
        yield source.problem(path, f"{code} 可以容缺，却没有一样次要材料", cure, "no_secondary")


def limits(source: Source, at: Path, item: Entry, year: Year) -> Iterator[Problem]:
    legal, promised = item["statutory_limit"], item["promised_limit"]
    if promised["days"] is None:
        yield source.problem([*at, "promised_limit"], f"{item['code']} 没有承诺时限", "写天数和单位，当场办的写0")
    whole = True
    for name, limit in (("statutory_limit", legal), ("promised_limit", promised)):
        if (limit["days"] is None) != (limit["unit"] is None):
            whole = False
            yield source.problem([*at, name], "days 和 unit 要一起写", "法律没写期限的两个都写 null，并在 note 里说明")
    if whole and legal["days"] is not None and promised["days"] is not None:
        yield from longer(source, [*at, "promised_limit"], promised, legal, year)
    if (item["handling"] == "instant") != (promised["days"] == 0):
        yield source.problem(
            [*at, "handling"], "即办件（instant）的承诺是0天，承诺件大于0天", "改 handling 或 promised_limit",
            "instant_promise",
        )  # fmt: skip
    more = item["extension"]
    if more and legal["unit"] and more["unit"] != legal["unit"]:
        what = f"法定期限按{legal['unit']}算，延期写的是{more['unit']}"
        yield source.problem([*at, "extension"], what, "延期的单位和法定期限写成一样", "extension_unit")


def longer(source: Source, path: Path, promised: Entry, legal: Entry, year: Year) -> Iterator[Problem]:
    """A promise that could end after the law's limit: in one unit by its number, in two on the calendar (R36)."""
    what = f"承诺{promised['days']}个{promised['unit']}，比法定{legal['days']}个{legal['unit']}还长"
    cure = "承诺不能超过法定（行政许可法第42条）"
    if promised["unit"] == legal["unit"]:
        if promised["days"] > legal["days"]:
            yield source.problem(path, what, cure, "promise_too_long")
        return
    found = year.overrun(promised, legal)
    if found:
        start, ours, laws = found
        most = year.most(promised["unit"], legal)
        what += f"：{say(start)}受理的，承诺到{say(ours, start)}，法定只到{say(laws, start)}"
        cure += f"，放假也要算在内：最多写{most}个{promised['unit']}，或改用{legal['unit']}"
        yield source.problem(path, what, cure, "promise_too_long")


class Year:
    """The calendars of the folder, for comparing limits of two units on every day they hold."""

    def __init__(self, files: Mapping[str, Source]) -> None:
        found = [source.data for name, source in files.items() if name.startswith("calendars/")]
        special_days = [day for data in found for day in _special(data)]
        years = [data["year"] for data in found]
        days = Calendar(special_days, years)
        first, last = date(min(years), 1, 1), date(max(years), 12, 31)
        self.starts = [first + DAY * n for n in range((last - first).days + 1)]
        more = [last + DAY * n for n in range(1, 400)]  # what begins in the last days of the year ends in the next
        self.working = [day for day in (*self.starts, *more) if days.is_working(day)]

    def overrun(self, promised: Entry, legal: Entry) -> tuple[date, date, date] | None:
        """The first day on which the promise would end after the law: (start, promised end, the law's end)."""
        for start in self.starts:
            ours, laws = self.due(start, promised), self.due(start, legal)
            if ours > laws:
                return start, ours, laws
        return None

    def most(self, unit: str, legal: Entry) -> int:
        """The longest promise in a unit that the law's limit always covers."""
        days = range(legal["days"] * 2, -1, -1)
        return next((n for n in days if not self.overrun({"days": n, "unit": unit}, legal)), 0)

    def due(self, start: date, limit: Entry) -> date:
        """The day a limit ends, as rules/clock.py counts it; limits beyond a year are compared by their plain span."""
        if limit["unit"] == NATURAL:
            place = bisect_left(self.working, start + timedelta(days=limit["days"]))
        elif limit["days"]:
            place = bisect_right(self.working, start) + limit["days"] - 1
        else:
            place = bisect_left(self.working, start)
        if place < len(self.working):
            return self.working[place]
        span = limit["days"] if limit["unit"] == NATURAL else -(-limit["days"] * 7 // 5)
        return start + timedelta(days=span)


def _special(data: Entry) -> Iterator[SpecialDay]:
    for off in data["days_off"]:
        for n in range((off["to"] - off["from"]).days + 1):
            yield SpecialDay(off["from"] + DAY * n, "off", off["name"])
    for day in data["days_worked"]:
        yield SpecialDay(day["date"], "worked", day["for"])
