"""The shape of booking.yaml: places, hours, travelling days, who goes first (R54-R56)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.rules.county import Code, HallCode, ItemCode, Key, Shape, Short, Text
from models.rules.yamlfile import Problem, Source

HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
Span = Annotated[str, StringConstraints(pattern=rf"^{HOUR}-{HOUR}$")]
Group = Annotated[str, StringConstraints(pattern=r"^[A-Z]?$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
Minutes = Annotated[int, Field(ge=5, le=480)]
Places = Annotated[int, Field(ge=0, le=200)]


class HoursEntry(Shape):
    """Hours of a hall, or of one window group, that differ from those of halls.yaml."""

    hall: HallCode
    group: Group = ""
    days: list[Weekday]
    am: Span | None = None
    pm: Span | None = None
    example: bool = False


class ExceptionEntry(Shape):
    hall: HallCode
    group: Group = ""
    date: dt.date
    intervals: list[Span] = []
    per_slot: Places | None = None
    reason: Short
    example: bool = False


class TravellingEntry(Shape):
    """A department's days at a town's hall (S31), every week or on dates."""

    department: Code
    hall: HallCode
    weekdays: list[Weekday] = []
    dates: list[dt.date] = []
    hours: list[Span]
    minutes: Minutes
    per_slot: Places
    example: bool = False


class PriorityEntry(Shape):
    key: Key
    words: Short
    basis: Text


class BookingFile(Shape):
    walk_in_share: Annotated[float, Field(ge=0, le=0.9, strict=False)]
    durations: dict[ItemCode, Minutes] = {}
    hours: list[HoursEntry] = []
    exceptions: list[ExceptionEntry] = []
    travelling: list[TravellingEntry] = []
    priority: list[PriorityEntry]


def booking(source: Source, known: Any) -> Iterator[Problem]:
    """What booking.yaml names that is nowhere, and spans that end before they begin."""
    data = source.data
    for code in data["durations"]:
        if code not in known.items:
            yield _unknown(source, ["durations"], "事项", code, "items/")
    for part in ("hours", "exceptions", "travelling"):
        for n, entry in enumerate(data[part]):
            if entry["hall"] not in known.halls:
                yield _unknown(source, [part, n, "hall"], "大厅", entry["hall"], "halls.yaml")
            if entry.get("department", "ZS") not in known.departments:
                yield _unknown(source, [part, n, "department"], "部门", entry["department"], "departments.yaml")
            spans = entry.get("intervals") or [entry.get("am"), entry.get("pm")]
            yield from _spans(source, [part, n], entry["hours"] if part == "travelling" else spans)


def _spans(source: Source, path: list[str | int], spans: list[str | None]) -> Iterator[Problem]:
    end = ""
    for span in spans:
        if span is None:
            continue
        first, _, last = span.partition("-")
        if first >= last or first < end:
            yield source.problem(path, f"时间“{span}”不对", "结束要晚于开始，前后两段不能重叠", "wrong_span")
        end = last


def _unknown(source: Source, path: list[str | int], kind: str, code: str, file: str) -> Problem:
    return source.problem(path, f"{kind}“{code}”没有登记", f"改成 {file} 里有的，或先在那里加上", "unknown_code")
