"""Times that can still be had for an item at a hall: the days, and each start with what is left of its chain (R54)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from models.appointment import Slot
from models.base import Refusal, local, now, today
from models.reads import calendar
from models.reads.appointment_rules import rules
from models.reads.bookable import Bookable, find_line, item_of
from models.reads.halls import find
from models.rules.calendar import DAY, Calendar
from models.rules.chains import lengths
from models.rules.dates import say_full, weekday
from models.rules.limits_of_booking import window
from models.rules.permits import Actor

KINDS = ("hall", "travelling", "home_visit")
ARRIVE_BEFORE = 10


async def slots(
    actor: Actor, *, hall: str, item: str, kind: str = "hall", first: date | None = None, last: date | None = None
) -> dict[str, Any]:
    """SlotsOut: starts within the dates that may be booked, whole chains only. A hall without a line has none."""
    if kind not in KINDS:
        raise Refusal("invalid_request", 422, "预约的种类不对，请回去重新选")
    place = await find(hall)
    if place is None:
        raise Refusal("unknown_hall", 404, "没有这个大厅或服务站，请从列表里选")
    name, line = (await item_of(item)).everyday, await find_line(hall, item, kind)
    held, days = await rules(), (await calendar.clock()).calendar
    begin, end = window(today(), days, held, desk=actor.kind == "staff")
    begin, end = max(begin, first or begin), min(end, last or end)
    found = await _starts(hall, kind, line, begin, end) if line and begin <= end else []
    return {
        "items": found, "next_cursor": None, "days": _days(begin, end, found, days), "kind": kind,
        "hall": {"code": place.code, "name": place.name},
        "group": {"code": line.group, "name": line.group_name} if line else None,
        "item": {"code": item, "name": name}, "minutes": line.minutes if line else 0,
        "cancel_hours": held.cancel_hours, "arrive_before": ARRIVE_BEFORE,
    }  # fmt: skip


async def _starts(hall: str, kind: str, line: Bookable, first: date, last: date) -> list[dict[str, Any]]:
    """[SlotOut] of every chain that is whole, in order of time."""
    by_day: dict[date, list[Slot]] = defaultdict(list)
    query = Slot.filter(hall_id=hall, kind=kind, group_code=line.group, day__gte=first, day__lte=last, closed=False)
    for slot in await query.order_by("starts_at"):
        by_day[slot.day].append(slot)
    at = now()
    found = []
    for row in by_day.values():
        for place, slot in enumerate(row):
            if slot.starts_at > at and (chain := lengths(slot, row[place + 1 :], line.minutes)):
                found.append(_out(chain))
    return found


def _out(chain: list[Slot]) -> dict[str, Any]:
    first, left = chain[0], min(slot.capacity - slot.used for slot in chain)
    return {
        "id": str(first.id), "hall": first.hall_id, "kind": first.kind, "group_code": first.group_code,
        "starts_at": local(first.starts_at), "ends_at": local(chain[-1].ends_at),
        "capacity": min(slot.capacity for slot in chain), "left": left, "state": "open" if left else "full",
    }  # fmt: skip


def _days(first: date, last: date, found: list[dict[str, Any]], days: Calendar) -> list[dict[str, Any]]:
    """[DayOut]: every date of the window, those that do not work too, with the reason."""
    left: dict[date, int] = defaultdict(int)
    for slot in found:
        left[slot["starts_at"].date()] += slot["left"]
    return [_day(day, left.get(day), days) for day in _dates(first, last)]


def _day(day: date, left: int | None, days: Calendar) -> dict[str, Any]:
    state = "closed" if left is None else ("open" if left else "full")
    return {
        "date": day.isoformat(), "weekday": weekday(day), "day_words": say_full(day), "state": state,
        "left": left or 0, "words": "" if left is not None else days.why(day),
    }  # fmt: skip


def _dates(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += DAY
