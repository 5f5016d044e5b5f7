"""A push that cannot be made falls over to one text message with the same words (issue 4; R55, R56; promises 3.6).

Only what is still of use is sent: no "please come to window 3" to a person who has been served, no reminder of a time
that is over. The person's list says what became of it: `texted`, and `failed` when the text does not arrive either.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.actions import outbox, tell_hall
from models.actions.outbox import Owed
from models.appointment import Appointment
from models.base import now
from models.outbox import Notification
from models.ticket import Ticket

#: Template -> seconds a push is tried before the text goes: who is called must hear it now.
PATIENCE = {"queue": 10.0, "appointment": 600.0}
TICKET_USE = timedelta(minutes=10)
#: Notice -> the states of its appointment or ticket in which saying it is still of use; others always are.
STILL = {
    "appointment.tomorrow": ("booked", "displaced"), "appointment.soon": ("booked", "displaced"),
    "appointment.offered": ("offered",), "ticket.called": ("called",), "ticket.near": ("waiting",),
    "ticket.skipped": ("skipped",), "ticket.transferred": ("waiting",),
}  # fmt: skip


def waited_enough(owed: Owed) -> bool:
    """Whether this push has a text message to fall over to and has been tried for as long as it may."""
    patience = PATIENCE.get(owed.payload["template"]) if owed.payload.get("sms") else None
    return patience is not None and (now() - owed.created_at).total_seconds() >= patience


async def push_ended(owed: Owed, state: str) -> str:
    """What the person's list says of a push that ended `state`; owes its text message once, in the open unit.

    A dead push has a text; so has one of which nobody knows (`unknown`) when it must be told.
    """
    if state == "dead" or (state == "unknown" and owed.class_ == "must"):
        return "texted" if await _owe_text(owed) else state
    return state


async def text_ended(owed: Owed, state: str) -> None:
    """A text that stood in for a push and did not arrive either: the person is to be called."""
    stood_for = owed.payload.get("notification")
    if stood_for and state in ("dead", "unknown"):
        await Notification.filter(id=UUID(stood_for), push="texted").update(push="failed")


def too_late(owed: Owed) -> bool:
    """Whether a text message has lost its use while it waited."""
    until = owed.payload.get("until", "")
    return bool(until) and datetime.fromisoformat(until) <= now()


async def _owe_text(owed: Owed) -> bool:
    text = owed.payload.get("sms")
    note = await Notification.filter(id=UUID(owed.payload["notification"]), read_at=None).first()
    if not text or note is None:
        return False
    row = await _row(note.kind, owed.subject_id)
    until = _of_use_until(note.kind, row, owed.created_at)
    phone = await _phone(row, note.account_id)
    if row is None or not phone or (until is not None and until <= now()):
        return False
    if row.state not in STILL.get(note.kind, (row.state,)):
        return False
    payload = {
        "phone": phone, "template": text["template"], "params": text["params"], "notification": str(note.id),
        "until": until.isoformat() if until else "",
    }  # fmt: skip
    await outbox.put("sms", owed.subject_id, "phone", payload, f"{note.event_id}:{note.kind}:sms", owed.class_)
    return True


async def _row(kind: str, id_: UUID) -> Any:
    """The appointment or ticket a notice is about."""
    table: Any = Ticket if kind.startswith("ticket.") else Appointment
    return await table.filter(id=id_).first()


def _of_use_until(kind: str, row: Any, said_at: datetime) -> datetime | None:
    if kind.startswith("ticket."):
        return said_at + TICKET_USE
    if row is None or kind not in STILL:
        return None
    until: datetime | None = row.held_until if kind == "appointment.offered" else row.starts_at
    return until


async def _phone(row: Any, account_id: UUID) -> str | None:
    """The phone left with the booking, else the account's own."""
    booking = row
    if isinstance(row, Ticket):
        booking = await Appointment.filter(id=row.appointment_id).first() if row.appointment_id else None
    left = Appointment.PHONE.open(booking.id, booking.phone_sealed) if booking is not None else None
    return left or await tell_hall.phone_of(account_id)
