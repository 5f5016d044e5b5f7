"""What counts towards the limits of a person or a company: places of a day, missed times (R55)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models.base import local, now, rows, today
from models.reads import calendar
from models.rules.booking import Rules, rules_of
from models.rules.limits_of_booking import blocked_until

COUNTS = "state IN ('held','offered','booked','arrived','served')"


async def rules() -> Rules:
    return rules_of((await calendar.county()).settings)


async def blocked(person_key: str) -> date | None:
    """Until when the person may not book after missed times; None when free. Computed: nothing has to lift it."""
    held = await rules()
    since = now() - timedelta(days=31 * held.no_show_months + 1)
    missed = await rows(
        "SELECT starts_at FROM appointment WHERE person_key = $1 AND state = 'missed' AND starts_at >= $2",
        person_key, since,
    )  # fmt: skip
    return blocked_until([local(row["starts_at"]).date() for row in missed], today(), held)


async def of_day(person_key: str, organisation_id: UUID | None, day: date, but: list[UUID]) -> list[dict[str, Any]]:
    """The times that count on a day: [{item_code}] of the person on their own account, or of the whole company."""
    if organisation_id is not None:
        return await rows(
            f"SELECT item_code FROM appointment WHERE organisation_id = $1 AND day = $2 AND {COUNTS} "
            "AND NOT id = ANY($3::uuid[])",
            organisation_id, day, but,
        )  # fmt: skip
    return await rows(
        f"SELECT item_code FROM appointment WHERE person_key = $1 AND organisation_id IS NULL AND day = $2 "
        f"AND {COUNTS} AND NOT id = ANY($3::uuid[])",
        person_key, day, but,
    )  # fmt: skip
