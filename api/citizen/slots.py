"""Times that can be booked. No sign-in: whoever plans a trip may look first."""

from typing import Any

from api.auth import CITIZEN_OR_NOBODY
from api.op import Ctx, Empty, op
from api.schemas.appointment import SlotsIn, SlotsOut
from models.reads import slots


@op("GET", "/slots", query=SlotsIn, out=SlotsOut, door=CITIZEN_OR_NOBODY)
async def listed(c: Ctx[Empty, SlotsIn]) -> dict[str, Any]:
    """The times of one item at one hall, open and full, with the days they lie on."""
    asked = c.query
    return await slots.slots(
        c.actor, hall=asked.hall, item=asked.item, kind=asked.kind, first=asked.first, last=asked.last
    )
