"""What a kiosk of a hall shows beside the lines: the numbers that were passed over today (R56). No name."""

from typing import Any

from models.base import today
from models.reads.hall_lines import names_of
from models.rules.permits import Actor, in_hall
from models.ticket import Ticket


async def skipped(actor: Actor) -> list[dict[str, Any]]:
    """Today's numbers that were called and did not come: [{id, number, group: name}], by number."""
    found = await Ticket.filter(in_hall(actor), hall_id=actor.hall, day=today(), state="skipped").order_by("number")
    names = await names_of(actor.hall, sorted({row.group_code for row in found}))
    return [{"id": str(row.id), "number": row.number, "group": names[row.group_code].name} for row in found]
