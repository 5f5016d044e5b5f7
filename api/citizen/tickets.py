"""Numbers of the hall's queue: take one in the hall, see how many are ahead, give it up, stand in line again."""

from typing import Any
from uuid import UUID

from api.auth import CITIZEN
from api.op import Ctx, Empty, op
from api.schemas.appointment import AppointmentVerbIn, QueueLinesOut, TakeIn, TicketOut, TicketsOut
from models.actions import tickets as verbs
from models.reads import queue

Verb = Ctx[AppointmentVerbIn, Empty]


def _id(c: Ctx[Any, Any]) -> UUID:
    return UUID(c.path["id"])


@op("GET", "/halls/{code}/lines", out=QueueLinesOut)
async def lines(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """The lines of a hall one can take a number for now, with how many wait. No sign-in."""
    return {"items": await queue.groups(c.path["code"])}


@op("POST", "/tickets", body=TakeIn, out=TicketOut, status=201, door=CITIZEN)
async def take(c: Ctx[TakeIn, Empty]) -> dict[str, Any]:
    """Take a number without an appointment; the hall's code of the moment shows that one is there."""
    said = c.body
    id_ = await verbs.take(
        c.actor, said.hall, said.group, hall_code=said.hall_code, item_code=said.item_code or "", channel="app"
    )
    return await queue.ticket(c.actor, id_)


@op("GET", "/tickets", out=TicketsOut, door=CITIZEN)
async def listed(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """Today's own numbers."""
    return {"items": await queue.mine(c.actor)}


@op("GET", "/tickets/{id:id}", out=TicketOut, door=CITIZEN)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One number: who is ahead, how long it may take, which window calls."""
    return await queue.ticket(c.actor, _id(c))


@op("POST", "/tickets/{id:id}/leave", body=AppointmentVerbIn, out=TicketOut, door=CITIZEN)
async def leave(c: Verb) -> dict[str, Any]:
    """Not waiting any longer."""
    await verbs.leave(c.actor, _id(c), c.body.version)
    return await queue.ticket(c.actor, _id(c))


@op("POST", "/tickets/{id:id}/requeue", body=AppointmentVerbIn, out=TicketOut, door=CITIZEN)
async def requeue(c: Verb) -> dict[str, Any]:
    """Called and not there: stand in line again, after the next few."""
    await verbs.requeue(c.actor, _id(c), c.body.version)
    return await queue.ticket(c.actor, _id(c))
