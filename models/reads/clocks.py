"""Clock rows as people see them: the day, the light, the words and the strip of days."""

from datetime import date
from typing import Any

from models.base import local, today
from models.case import Clock
from models.reads import calendar
from models.rules.clock import Clock as Counter
from models.rules.limits import UNITS, Limit, Pause
from models.rules.periods import PERIODS

BEGAN = {
    "acceptance": "收到", "correction": "告知", "promise": "受理", "statutory": "受理", "tolerance": "容缺受理",
    "delivery": "决定",
}  # fmt: skip
DUE = {
    "acceptance": "答复", "correction": "补正", "promise": "办结", "statutory": "办结", "tolerance": "补齐",
    "delivery": "送达",
}  # fmt: skip


async def explained(found: list[Clock]) -> list[dict[str, Any]]:
    """Each clock in the shape of ClockOut."""
    clock = await calendar.clock()
    return [explain(clock, row) for row in found]


def explain(clock: Counter, row: Clock) -> dict[str, Any]:
    """One clock; a stopped one as it stood on the day it stopped."""
    at = local(row.stopped_at).date() if row.stopped_at else today()
    told = clock.explain(
        row.started_on,
        limit_of(row),
        at=max(at, row.started_on),
        pauses=pauses_of(row),
        extension=_extension(row),
        began=BEGAN[row.kind] if not row.within else "开始办",
        verb=DUE[row.kind],
    )
    paused = told.light == "grey"
    return {
        "kind": row.kind,
        "name": PERIODS[row.kind].words,
        "state": "stopped" if row.stopped_at else ("paused" if paused else "running"),
        "unit": row.unit,
        "started_on": row.started_on.isoformat(),
        "due_on": (row.due_on if row.stopped_at else told.due_on).isoformat(),  # an open pause moves it every day
        "day": told.day,
        "of": told.of,
        "remaining": told.remaining,
        "light": {"colour": told.light, "word": told.word, "short": told.short},
        "words": told.words,
        "explain": [*told.explain, WITHIN] if row.within else told.explain,
        "guessed": told.guessed,
        "days": [{**day, "date": str(day["date"])} for day in told.days],
    }


WITHIN = "这一项要在整件事的总时限内办完，所以比它单独办的期限短"


def limit_of(row: Clock) -> Limit:
    """The limit a clock began with."""
    return Limit(row.limit_days, UNITS[row.unit])


def whole_limit(row: Clock) -> Limit:
    """The limit with its extension."""
    return limit_of(row).plus(_extension(row))


def _extension(row: Clock) -> Limit | None:
    return Limit(row.extension_days, UNITS[row.unit]) if row.extension_days else None


def pauses_of(row: Clock) -> list[Pause]:
    """The pauses of a clock, as the counting wants them."""
    read = date.fromisoformat
    return [
        Pause(read(held["first"]), read(held["last"]), held.get("reason", "暂停"), bool(held.get("open")))
        for held in row.suspensions
    ]
