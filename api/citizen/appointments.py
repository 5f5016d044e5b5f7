"""Appointments of the signed-in citizen: book, hold, wait, move, cancel, check in, keep in the calendar."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from api import ics
from api.auth import CITIZEN
from api.op import Ctx, Empty, op
from api.schemas.appointment import (
    AppointmentOut,
    AppointmentsOut,
    AppointmentVerbIn,
    BookIn,
    CancelIn,
    CheckInIn,
    SlotIn,
)
from api.schemas.case import CursorIn
from models.actions import appointments as verbs
from models.actions.appointments import Wish
from models.base import Refusal, unit
from models.reads import appointments

Verb = Ctx[AppointmentVerbIn, Empty]
ICS: dict[str, Any] = {
    "responses": {"200": {"description": "日历文件", "content": {"text/calendar": {"schema": {"type": "string"}}}}}
}


def _id(c: Ctx[Any, Any]) -> UUID:
    return UUID(c.path["id"])


@op("POST", "/appointments", body=BookIn, out=AppointmentOut, status=201, door=CITIZEN)
async def book(c: Ctx[BookIn, Empty]) -> dict[str, Any]:
    """Book a time, hold it for some minutes, or wait for it when it is full."""
    said = c.body
    if said.hold and said.wait:
        raise Refusal("hold_or_wait", 422, "先留着和排候补，只能选一样")
    wish = Wish(said.slot_id, said.item_code, said.case_id, said.organisation_id, said.party, said.phone)
    verb = verbs.hold if said.hold else verbs.wait if said.wait else verbs.book

    async def done() -> dict[str, Any]:
        found = await appointments.appointment(c.actor, await verb(c.actor, wish))
        if said.kind and found["kind"] != said.kind:  # taken back with the unit: nothing was booked
            raise Refusal("wrong_kind", 422, "这个时间不是您选的那种服务，请重新选时间")
        return found

    return await unit(done)


@op("GET", "/appointments", query=CursorIn, out=AppointmentsOut, door=CITIZEN)
async def listed(c: Ctx[Empty, CursorIn]) -> dict[str, Any]:
    """The citizen's appointments, latest time first."""
    found = await appointments.mine(c.actor, str(c.query.cursor) if c.query.cursor else None)
    full = len(found) == appointments.MOST
    return {"items": found, "next_cursor": found[-1]["id"] if full else None}


@op("GET", "/appointments/{id:id}", out=AppointmentOut, door=CITIZEN)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One appointment with what to bring, its history and what may be done now."""
    return await appointments.appointment(c.actor, _id(c))


@op("POST", "/appointments/{id:id}/confirm", body=AppointmentVerbIn, out=AppointmentOut, door=CITIZEN)
async def confirm(c: Verb) -> dict[str, Any]:
    """Take the place that is held."""
    await verbs.confirm(c.actor, _id(c), c.body.version)
    return await appointments.appointment(c.actor, _id(c))


@op("POST", "/appointments/{id:id}/take-offer", body=AppointmentVerbIn, out=AppointmentOut, door=CITIZEN)
async def take_offer(c: Verb) -> dict[str, Any]:
    """Take the place the waiting list has offered."""
    await verbs.take_offer(c.actor, _id(c), c.body.version)
    return await appointments.appointment(c.actor, _id(c))


@op("POST", "/appointments/{id:id}/cancel", body=CancelIn, out=AppointmentOut, door=CITIZEN)
async def cancel(c: Ctx[CancelIn, Empty]) -> dict[str, Any]:
    """Give the place up; the next who waits gets it."""
    await verbs.cancel(c.actor, _id(c), c.body.version, c.body.reason)
    return await appointments.appointment(c.actor, _id(c))


@op("POST", "/appointments/{id:id}/reschedule", body=SlotIn, out=AppointmentOut, door=CITIZEN)
async def reschedule(c: Ctx[SlotIn, Empty]) -> dict[str, Any]:
    """Move to another time: the old place is given up only when the new one is had."""
    await verbs.reschedule(c.actor, _id(c), c.body.slot_id, c.body.version)
    return await appointments.appointment(c.actor, _id(c))


@op("POST", "/appointments/{id:id}/join-waitlist", body=SlotIn, out=AppointmentOut, door=CITIZEN)
async def join_waitlist(c: Ctx[SlotIn, Empty]) -> dict[str, Any]:
    """Wait for a better time and keep the booked one meanwhile; answers with the wait."""
    held = await appointments.appointment(c.actor, _id(c))
    if c.body.version is not None and c.body.version != held["version"]:
        raise Refusal("stale_version", 409, "没有办成：这件刚被别人改过。您写的还在，看过新的再办")
    case = UUID(held["case_id"]) if held["case_id"] else None
    wish = Wish(c.body.slot_id, held["item"]["code"], case, party=held["party"])
    return await appointments.appointment(c.actor, await verbs.wait(c.actor, wish, instead_of=_id(c)))


@op("POST", "/appointments/{id:id}/check-in", body=CheckInIn, out=AppointmentOut, door=CITIZEN)
async def check_in(c: Ctx[CheckInIn, Empty]) -> dict[str, Any]:
    """Arrived: the booking becomes a ticket of today's queue; only in the hall itself."""
    await verbs.check_in(c.actor, _id(c), c.body.version, hall_code=c.body.hall_code)
    return await appointments.appointment(c.actor, _id(c))


@op("GET", "/appointments/{id:id}/calendar.ics", out=None, door=CITIZEN, raw=ICS)
async def calendar(c: Ctx[Empty, Empty]) -> Response:
    """The appointment for the phone's own calendar."""
    found = await appointments.appointment(c.actor, _id(c))
    return ics.answer(AppointmentOut.model_validate(found))
