"""Appointments as their owner, and one alone as the desk, may see them (R54, R55). The actor comes first.

The hall's day is in hall_day.py.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.appointment import Appointment, HallEvent
from models.base import Refusal, local, not_found, now, rows
from models.catalogue import Department
from models.hall import Hall, WindowGroup
from models.reads.appointment_rules import blocked, rules
from models.reads.bring import bring
from models.reads.halls import hall_brief
from models.rules.booking import Rules
from models.rules.dates import say_full
from models.rules.flow import WORDS, verbs
from models.rules.limits_of_booking import cancel_until
from models.rules.permits import Actor, hall_roles, in_hall, require_citizen
from models.seal import mask_name, mask_phone
from models.ticket import Ticket

MOST = 50
BUTTONS = {
    "reschedule": "reschedule", "cancel": "cancel", "check_in": "check-in", "join_waitlist": "join-waitlist",
    "confirm": "confirm", "take_offer": "take-offer",
}  # fmt: skip

__all__ = ["MOST", "appointment", "blocked", "mine"]


async def appointment(actor: Actor, id_: UUID) -> dict[str, Any]:
    """AppointmentOut; not_found for what is not one's own or not of one's hall. For the desk with `name`, `phone`
    masked and `desk` = the verbs of a clerk."""
    row = await Appointment.filter(in_hall(actor), id=id_).first()
    if row is None:
        raise not_found()
    found = await _out(actor, row, await rules())
    events = await HallEvent.filter(subject_id=row.id, audience="public").order_by("at", "id")
    return {**found, "timeline": [{"words": event.words, "at": local(event.at)} for event in events]}


async def mine(actor: Actor, cursor: str | None = None) -> list[dict[str, Any]]:
    """At most MOST of the citizen's own, latest time first; `cursor`: the id of the last one seen. No timeline."""
    require_citizen(actor)
    query = Appointment.filter(in_hall(actor))
    if cursor:
        last = await Appointment.filter(in_hall(actor), id=_id(cursor)).first()
        if last is None:
            raise Refusal("bad_cursor", 422, "翻页的位置不对，请从第一页看起")
        query = query.filter(Q(starts_at__lt=last.starts_at) | Q(starts_at=last.starts_at, id__lt=last.id))
    held = await rules()
    return [await _out(actor, row, held) for row in await query.order_by("-starts_at", "-id").limit(MOST)]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("bad_cursor", 422, "翻页的位置不对，请从第一页看起") from None


async def _out(actor: Actor, row: Appointment, held: Rules) -> dict[str, Any]:
    hall = await Hall.get(code=row.hall_id)
    line: WindowGroup | Department | None
    if row.kind == "travelling":
        line = await Department.filter(code=row.group_code).first()
    else:
        line = await WindowGroup.filter(hall_id=row.hall_id, code=row.group_code).first()
    ticket = await Ticket.filter(appointment_id=row.id).first()
    start, place = local(row.starts_at), hall_brief(hall)
    found = {
        "id": str(row.id), "code": row.code, "state": row.state, "state_words": WORDS["appointment"][row.state],
        "kind": row.kind, "hall": {key: place[key] for key in ("code", "name", "address", "phone")},
        "window_group": {"code": row.group_code, "name": line.name if line else ""}, "starts_at": start,
        "ends_at": local(row.ends_at), "day_words": say_full(start.date()),
        "time_words": f"{start.hour}:{start.minute:02d}", "minutes": round((row.ends_at - row.starts_at).seconds / 60),
        "item": {"code": row.item_code, "name": row.item_name}, "case_id": str(row.case_id) if row.case_id else None,
        "party": row.party, "held_until": local(row.held_until) if row.held_until else None,
        "ahead": await _ahead(row), "instead_of": str(row.instead_of) if row.instead_of else None, "moved": row.moved,
        "ticket_id": str(ticket.id) if ticket else None, "bring": await bring(row.item_code),
        "cancel_until": local(cancel_until(row.starts_at, held)), "can": can(actor, row, held), "version": row.version,
        "reason": Appointment.REASON.open(row.id, row.reason_sealed) or "",
    }  # fmt: skip
    if actor.kind == "staff":
        found["desk"] = verbs("appointment", row.state, hall_roles(actor, row))
        found["name"] = mask_name(Appointment.NAME.open(row.id, row.name_sealed)) or ""
        found["phone"] = mask_phone(Appointment.PHONE.open(row.id, row.phone_sealed)) or ""
    return found


def can(actor: Actor, row: Appointment, held: Rules) -> list[str]:
    """The buttons that would not be refused now: the sheet, the hours of cancelling and of arriving."""
    found = [BUTTONS[verb] for verb in verbs("appointment", row.state, hall_roles(actor, row)) if verb in BUTTONS]
    drop = set()
    if now() < row.starts_at - timedelta(minutes=held.check_in_before):
        drop.add("check-in")
    if actor.kind == "citizen" and row.state == "booked" and now() > cancel_until(row.starts_at, held):
        drop |= {"cancel", "reschedule"}
    if row.state in ("held", "offered") and row.held_until <= now():
        drop |= {"confirm", "take-offer"}
    return [name for name in found if name not in drop]


async def _ahead(row: Appointment) -> int | None:
    """How many wait before this one for any of the same slots; None when it does not wait."""
    if row.state != "waiting":
        return None
    found = await rows(
        "SELECT count(*) AS n FROM appointment WHERE state = 'waiting' AND hall_id = $1 AND day = $2 "
        "AND (created_at, id) < ($3, $4) AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(slot_ids) AS s "
        "WHERE s = ANY($5::text[]))",
        row.hall_id, row.day, row.created_at, row.id, row.slot_ids,
    )  # fmt: skip
    return int(found[0]["n"])
