"""Which days count (R25, R26): weekends, the State Council's holidays, and weekend days worked instead (调休)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from models.base import Refusal

DAY = timedelta(days=1)
MOST_DAYS = 3660  # ten years: no limit in law is longer, and a typing slip must not count for ever

Kind = Literal["off", "worked"]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that differs from the plain week."""

    date: date
    kind: Kind
    name: str


def special_days(year: Mapping[str, Any]) -> Iterator[SpecialDay]:
    """The days of one calendar file (calendars/2026.yaml), as its shape reads it."""
    for entry in year["days_off"]:
        for day in _dates(entry["from"], entry["to"]):
            yield SpecialDay(day, "off", entry["name"])
    for entry in year["days_worked"]:
        yield SpecialDay(entry["date"], "worked", entry["for"])


class Calendar:
    """The county's working days. Pure: built from rows, never asks the database.

    A year outside `years` has no published plan. It falls back to plain weekends and says so: `guessed`, `warnings`.
    """

    def __init__(self, days: Iterable[SpecialDay] = (), years: Iterable[int] = ()) -> None:
        self._days: Mapping[date, SpecialDay] = {day.date: day for day in days}
        self.years = frozenset(years)

    def covers(self, year: int) -> bool:
        """Whether the plan of this year is published and loaded."""
        return year in self.years

    def guessed(self, day: date) -> bool:
        """Whether the answer for this day is only 'weekends are off'."""
        return day.year not in self.years

    def is_working(self, day: date) -> bool:
        """Whether this local date is a 工作日."""
        special = self._days.get(day)
        if special is not None:
            return special.kind == "worked"
        return day.weekday() < 5

    def why(self, day: date) -> str:
        """What the day is called: 国庆节, 调休上班, 周末; empty for a plain working day."""
        special = self._days.get(day)
        if special is not None:
            return special.name if special.kind == "off" else "调休上班"
        return "周末" if day.weekday() >= 5 else ""

    def is_named(self, day: date) -> bool:
        """Whether the notice names this day, as a holiday or as a weekend day worked."""
        return day in self._days

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working(day, 1)

    def before(self, day: date) -> date:
        """The last working day before `day`."""
        day -= DAY
        while not self.is_working(day):
            day -= DAY
        return day

    def on_or_after(self, day: date) -> date:
        """`day` itself when it is worked, else the next working day (民法典 art. 203)."""
        return day if self.is_working(day) else self.next_working(day)

    def add_working(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; the day itself is not counted (R27). 0 gives the day itself."""
        if not 0 <= count <= MOST_DAYS:
            raise Refusal("limit_out_of_range", 422, f"天数要在0到{MOST_DAYS}之间")
        for step in self.after(day) if count else ():
            if self.is_working(step):
                count -= 1
            if not count:
                return step
        return day

    def working_between(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]: the first is not counted, the last is. Negative backwards."""
        if until < after:
            return -self.working_between(until, after)
        return sum(1 for step in _dates(after + DAY, until) if self.is_working(step))

    def after(self, day: date) -> Iterator[date]:
        """Every date after `day`, one by one, for as long as any limit may run."""
        for offset in range(1, 4 * MOST_DAYS):
            try:
                yield day + timedelta(days=offset)
            except OverflowError:
                raise Refusal("date_out_of_range", 422, "日期太远，算不了，请检查年份") from None

    def warnings(self, first: date, last: date) -> list[str]:
        """What a person must be told about years without a plan between two dates."""
        missing = [year for year in range(first.year, last.year + 1) if year not in self.years]
        return [unpublished(year, past=bool(self.years) and year < min(self.years)) for year in missing]


def unpublished(year: int, *, past: bool = False) -> str:
    """The visible warning of R26."""
    return f"{year}年放假安排{'没有载入' if past else '还没有公布'}，按周末推算"


def _dates(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
