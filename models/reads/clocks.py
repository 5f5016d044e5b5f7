"""Clock rows as people see them: the day, the light, the words and the strip of days."""

from datetime import date
from typing import Any

from models.base import local, today
from models.case import Clock
from models.reads import calendar
from models.rules.clock import Clock as Counter
from models.rules.flow import PERIODS
from models.rules.limits import UNITS, Limit, Pause

BEGAN = {"acceptance": "收到", "correction": "告知", "promise": "受理", "statutory": "受理", "delivery": "决定"}
DUE = {"acceptance": "答复", "correction": "补正", "promise": "办结", "statutory": "办结", "delivery": "送达"}


async def explained(found: list[Clock]) -> list[dict[str, Any]]:
    """Each clock in the shape of ClockOut."""
    clock = await calendar.clock()
    return [explain(clock, row) for row in found]


def explain(clock: Counter, row: Clock) -> dict[str, Any]:
    """One clock; a stopped one as it stood on the day it stopped."""
    at = local(row.stopped_at).date() if row.stopped_at else today()
    held = [Pause(**_pause(pause)) for pause in row.suspensions]
    told = clock.explain(
        row.started_on,
        Limit(row.limit_days, UNITS[row.unit]),
        at=max(at, row.started_on),
        pauses=held,
        began=BEGAN[row.kind],
        verb=DUE[row.kind],
    )
    paused = told.light == "grey"
    return {
        "kind": row.kind,
        "name": PERIODS[row.kind].words,
        "state": "stopped" if row.stopped_at else ("paused" if paused else "running"),
        "unit": row.unit,
        "started_on": row.started_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "day": told.day,
        "of": told.of,
        "remaining": told.remaining,
        "light": {"colour": told.light, "word": told.word, "short": told.short},
        "words": told.words,
        "explain": told.explain,
        "guessed": told.guessed,
        "days": [{**day, "date": str(day["date"])} for day in told.days],
    }


def _pause(kept: dict[str, Any]) -> dict[str, Any]:
    read = date.fromisoformat
    return {**kept, "first": read(kept["first"]), "last": read(kept["last"])}
