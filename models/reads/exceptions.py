"""Days on which a hall keeps other hours than usual: what stands from today on, and what the usual hours are (R54)."""

from datetime import date, datetime, time
from typing import Any

from models.appointment import OpeningException
from models.base import SHANGHAI, local, today
from models.hall import Hall, WindowGroup
from models.people import Staff
from models.rules.permits import Actor

Row = dict[str, Any]
Span = tuple[str, str]
MOST = 200


async def standing(actor: Actor, hall: Hall) -> list[Row]:
    """[{id, date, group, group_name, intervals, per_slot, reason, source, by, at}], the nearest day first."""
    found = await OpeningException.filter(hall_id=hall.code, ended_at=None, date__gte=today()).order_by(
        "date", "group_code", "created_at"
    ).limit(MOST)  # fmt: skip
    names = dict(await WindowGroup.filter(hall_id=hall.code).values_list("code", "name"))
    writers = {
        row.id: row.name for row in await Staff.filter(id__in=[row.created_by for row in found if row.created_by])
    }
    return [
        {
            "id": str(row.id), "date": row.date, "group": row.group_code, "group_name": names.get(row.group_code, ""),
            "intervals": [tuple(span) for span in row.intervals], "per_slot": row.per_slot, "reason": row.reason,
            "source": row.source, "by": writers.get(row.created_by, ""), "at": local(row.created_at),
        }
        for row in found
    ]  # fmt: skip


def usual(hall: Hall) -> dict[str, Span]:
    """{am: ("08:30", "12:00"), pm: (...)}: the half days of a hall; a half that it never opens is not there."""
    found = {}
    for half in ("am", "pm"):
        first, _, last = str(hall.hours.get(half) or "").partition("-")
        if first and last:
            found[half] = (first, last)
    return found


def moments(on: date, spans: list[Span]) -> list[tuple[datetime, datetime]]:
    """Spans of the wall clock as moments of one day."""
    return [
        (
            datetime.combine(on, time.fromisoformat(first), SHANGHAI),
            datetime.combine(on, time.fromisoformat(last), SHANGHAI),
        )
        for first, last in spans
    ]
