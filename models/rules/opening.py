"""Which places a hall offers on a day: hours, exceptions, slots of each line, durations (R54). Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from models.base import SHANGHAI

BOOKABLE = ("comprehensive", "specialist")
Span = tuple[time, time]
Key = tuple[str, str]  # kind, group_code


class Group(Protocol):
    """What of a window group is needed here."""

    code: str
    name: str
    kind: str
    departments: list[str]
    slot_minutes: int | None
    per_slot: int | None


class Special(Protocol):
    """What of an exception to the hours is needed here."""

    group_code: str
    intervals: list[list[str]]
    per_slot: int | None


@dataclass(frozen=True, slots=True)
class GridSlot:
    """One slot as the rules want it; moments are aware."""

    kind: str
    group_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A hall's day: its slots, and the hours in which each line is open; outside them nobody can be served."""

    slots: tuple[GridSlot, ...]
    open: Mapping[Key, tuple[tuple[datetime, datetime], ...]]

    def within(self, key: Key, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a line is open through all of this time."""
        return any(first <= starts_at and ends_at <= last for first, last in self.open.get(key, ()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What of booking.yaml makes the slots of one hall. `hours`: of the hall, by window group where it differs."""

    hours: Mapping[str, Mapping[str, Any]]
    share: float
    travelling: Sequence[Mapping[str, Any]]


def group_for(item: Mapping[str, Any], groups: Iterable[Any]) -> Any | None:
    """The window group of a hall at which an item is booked; None where the hall has none.

    A specialist window of the department, the one with the fewest departments; else the general windows that take it.
    """
    department, bookable = item["department"]["code"], [group for group in groups if group.kind in BOOKABLE]
    own = [group for group in bookable if group.kind == "specialist" and department in group.departments]
    own.sort(key=lambda group: len(group.departments))
    general = [group for group in bookable if group.kind == "comprehensive"]
    named = [group for group in general if department in group.departments]
    named += [group for group in general if not group.departments]
    order = own + named if item.get("window") == "specialist" else named + own
    return order[0] if order else None


def minutes_for(code: str, group: Any | None, booking: Mapping[str, Any]) -> int:
    """How long an item takes: as booking.yaml says, else one slot of its line (20 where it has none)."""
    given = booking.get("durations", {}).get(code)
    return int(given or (group.slot_minutes if group is not None else 0) or 20)


def span(words: str) -> Span:
    """ "08:30-12:00" as two hours of the wall clock."""
    first, _, last = words.partition("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def usual(hours: Mapping[str, Any], day: date, *, worked: bool, made_up: bool) -> list[Span]:
    """The hours of a plain day. A weekend day that is worked (调休) is open like any other."""
    if not worked or not (made_up or day.isoweekday() in hours.get("days", ())):
        return []
    return [span(hours[half]) for half in ("am", "pm") if hours.get(half)]


def grid(day: date, groups: Sequence[Any], plan: Plan, specials: Sequence[Any], *, worked: bool, made_up: bool) -> Grid:
    """Every slot a hall offers on `day`, by line. `worked`: a working day; `made_up`: a weekend day worked instead."""
    slots: list[GridSlot] = []
    opened: dict[Key, tuple[tuple[datetime, datetime], ...]] = {}
    for group in groups:
        if group.kind not in BOOKABLE or not group.slot_minutes or not group.per_slot:
            continue
        hours = plan.hours.get(group.code) or plan.hours.get("", {})
        spans, places = usual(hours, day, worked=worked, made_up=made_up), _bookable(group.per_slot, plan.share)
        spans, places = _special(specials, group.code, spans, places)
        opened["hall", group.code] = _moments(day, spans)
        slots += _cut("hall", group.code, opened["hall", group.code], group.slot_minutes, places)
    for entry in plan.travelling:
        key = ("travelling", str(entry["department"]))
        spans = [span(words) for words in entry["hours"]] if worked and _comes(entry, day) else []
        spans, places = _special(specials, "", spans, int(entry["per_slot"]))
        opened[key] = _moments(day, spans)
        slots += _cut(*key, opened[key], int(entry["minutes"]), places)
    return Grid(tuple(slots), opened)


def _heard(specials: Iterable[Any], group: str) -> list[Any]:
    """The exceptions that are about a group, newest first as given; its own go before those of the whole hall."""
    return sorted((each for each in specials if each.group_code in ("", group)), key=lambda each: not each.group_code)


def instead(specials: Iterable[Any], group: str) -> list[list[str]] | None:
    """Hours a group keeps instead of the usual under exceptions: none at all is closed, None is as usual.

    One that only tells other places tells no hours: the group is shut with its hall all the same.
    """
    told = (each.intervals for each in _heard(specials, group) if each.intervals or each.per_slot is None)
    return next(told, None)


def _special(specials: Sequence[Any], group: str, spans: list[Span], places: int) -> tuple[list[Span], int]:
    """Hours and places under exceptions, heard apart."""
    hours = instead(specials, group)
    count = next((each.per_slot for each in _heard(specials, group) if each.per_slot is not None), places)
    if hours is not None:
        spans = [(time.fromisoformat(first), time.fromisoformat(last)) for first, last in hours]
    return spans, count


def _bookable(per_slot: int, share: float) -> int:
    """Places given to bookings; the walk-in share is kept back, but one can always be booked."""
    return max(1, per_slot - math.ceil(per_slot * share))


def _comes(entry: Mapping[str, Any], day: date) -> bool:
    return day.isoweekday() in entry.get("weekdays", ()) or day.isoformat() in map(str, entry.get("dates", ()))


def _moments(day: date, spans: Iterable[Span]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        (datetime.combine(day, first, SHANGHAI), datetime.combine(day, last, SHANGHAI)) for first, last in spans
    )


def _cut(
    kind: str, group: str, spans: Iterable[tuple[datetime, datetime]], minutes: int, places: int
) -> Iterator[GridSlot]:
    """Slots one after the other; what is left at the end of a span is no slot."""
    length = timedelta(minutes=minutes)
    for first, last in spans:
        while first + length <= last:
            yield GridSlot(kind, group, first, first + length, places)
            first += length
