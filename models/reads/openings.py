"""The county's data about places as loaded: durations, shares, who goes first, travelling days (R54)."""

from typing import Any

from models.hall import Hall
from models.reads import calendar
from models.rules.opening import Plan


async def booking_data() -> dict[str, Any]:
    """booking.yaml: {walk_in_share, durations, hours, travelling, priority: [{key, words, basis}]}."""
    found: dict[str, Any] = (await calendar.county()).settings.get("opening", {})
    return found


async def plan(hall: Hall) -> Plan:
    """What makes the slots of one hall."""
    data = await booking_data()
    own = [each for each in data.get("hours", ()) if each["hall"] == hall.code]
    return Plan(
        hours={"": hall.hours, **{each["group"]: each for each in own}},
        share=float(data.get("walk_in_share", 0)),
        travelling=[each for each in data.get("travelling", ()) if each["hall"] == hall.code],
    )
