"""Who is called next, how many are before one, and how long that takes (R56). Pure: the moment is given.

Order: a skipped ticket that is due again; groups that go first by law; booked ones whose time has begun or begins
within ten minutes, by that time and then by arrival; walk-ins by arrival; booked ones who came early. A ticket that
stands in line again and is not yet due waits until enough others of its line were called, or nobody else is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, Protocol, TypeVar

from models.base import SHANGHAI

BAND_OPENS = timedelta(minutes=10)
DOORS = timedelta(minutes=30)  # numbers are given out from this long before the hall opens
ROUND_TO = 5
CALLING = timedelta(minutes=30)  # a window that called within this time counts as open
ENOUGH = 3  # finished tickets from which a median says something
SEAT = re.compile(r"(?:^|\s)([A-Z])([0-9]{1,2})(?: ?号窗口)?$")


class Standing(Protocol):
    """What of a waiting ticket decides its turn."""

    @property
    def number(self) -> str: ...
    @property
    def group_code(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def band_at(self) -> Any: ...
    @property
    def arrived_at(self) -> datetime: ...
    @property
    def due_call(self) -> Any: ...


T = TypeVar("T", bound=Standing)


def order(tickets: Iterable[T], calls: Mapping[str, int], at: datetime) -> list[T]:
    """The waiting tickets as they would be called from `at`, one window taking all their lines.

    calls: line -> how many were called so far; a re-queued ticket counts by its own line.
    """
    rest: list[T] = []
    again: list[T] = []
    for ticket in tickets:
        (rest if ticket.due_call is None else again).append(ticket)
    rest.sort(key=lambda ticket: _turn(ticket, at))
    again.sort(key=lambda ticket: (ticket.due_call, ticket.arrived_at, ticket.number))
    count = dict(calls)
    called: list[T] = []
    place = 0
    while place < len(rest) or again:
        due = next((ticket for ticket in again if count.get(ticket.group_code, 0) >= ticket.due_call), None)
        if due is None and place == len(rest):
            due = again[0]
        if due is not None:
            again.remove(due)
            chosen = due
        else:
            chosen = rest[place]
            place += 1
        called.append(chosen)
        count[chosen.group_code] = count.get(chosen.group_code, 0) + 1
    return called


def _turn(ticket: Standing, at: datetime) -> tuple[int, datetime, datetime, str]:
    if ticket.priority:
        return (1, ticket.arrived_at, ticket.arrived_at, ticket.number)
    if ticket.band_at is None:
        return (3, ticket.arrived_at, ticket.arrived_at, ticket.number)
    return (2 if ticket.band_at - BAND_OPENS <= at else 4, ticket.band_at, ticket.arrived_at, ticket.number)


def estimate(ahead: int, minutes: Sequence[float], usual: int | None, windows: int) -> int | None:
    """Minutes until one is called, rounded up to five; None where nothing is known.

    minutes: what the line's last finished tickets took; `usual` minutes of the group where those are too few to say.
    windows: how many call this line (at least one is assumed).
    """
    each = median(minutes) if len(minutes) >= ENOUGH else usual
    if each is None:
        return None
    whole = max(each, 1) * ahead / max(windows, 1)
    return int(-(-whole // ROUND_TO) * ROUND_TO)


def window_of(seat: str) -> str:
    """The window at which somebody sits, as it is printed and spoken: A01. Empty where the seat does not say."""
    found = SEAT.search(seat.strip())
    return f"{found[1]}{int(found[2]):02d}" if found else ""


# ------------------------------------------------------------------ the day


@dataclass(frozen=True, slots=True)
class Open:
    """The stretches of one day in which a hall is open, on the county's wall clock; none: closed."""

    intervals: tuple[tuple[datetime, datetime], ...]
    last: datetime | None = None

    @property
    def first_number(self) -> datetime | None:
        return self.intervals[0][0] - DOORS if self.intervals else None

    @property
    def last_number(self) -> datetime | None:
        return self.last or (self.intervals[-1][1] if self.intervals else None)

    def gives(self, at: datetime) -> bool:
        """Whether numbers are given out: from half an hour before the doors, through noon, to the last number."""
        first, last = self.first_number, self.last_number
        return first is not None and last is not None and first <= at < last

    def works(self, at: datetime) -> bool:
        """Whether windows are open now."""
        return any(start <= at < end for start, end in self.intervals)


def open_on(day: date, hours: Mapping[str, Any], working: bool, instead: Sequence[Sequence[str]] | None) -> Open:
    """When a hall is open on `day`. hours: Hall.hours; working: the calendar's word; instead: an exception's own hours.

    A weekend day worked instead (调休) is worked as a week day; an exception without hours closes the day.
    """
    if instead is not None:
        return Open(tuple(sorted((_at(day, first), _at(day, last)) for first, last in instead)))
    if hours.get("all_day"):
        return Open(((_at(day, "00:00"), _at(day, "00:00") + timedelta(days=1)),))
    spans = [hours.get("am"), hours.get("pm")] if working else []
    if not working and day.isoweekday() == 6:
        spans = [hours.get("saturday")]
    found = [tuple(_at(day, part) for part in span.split("-")) for span in spans if span]
    last = str(hours.get("last_ticket") or "").rpartition("/")[2].strip()
    return Open(tuple((span[0], span[1]) for span in found), _at(day, last) if last and found and working else None)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock.strip()), SHANGHAI)
