"""What a kiosk does for whoever stands before it: a number by one tap, a booking checked in by its code (R56)."""

import hmac
import re
from hashlib import sha256
from uuid import UUID

from models.actions import appointments, attempts, idempotency, tickets
from models.appointment import Appointment
from models.base import Refusal, today, unit
from models.people import Account
from models.rules.permits import Actor, in_hall
from models.ticket import Ticket

CODE = re.compile(r"[Yy]?([0-9]{1,4})", re.ASCII)
NOT_MATCHED = "号码和后四位没有对上。请看短信或小程序里的预约号再试，或带身份证到导办台"


async def take(actor: Actor, group: str, once: str, priority: str = "") -> UUID:
    """The id of a walk-in's ticket. `once` is drawn with the page: a button tapped twice gives one number."""

    async def body() -> UUID:
        said = sha256(f"{actor.hall}:{group}:{priority}".encode()).hexdigest()
        taken = await idempotency.claim(actor.key, "kiosk take", once, said)
        if taken.answer:
            return UUID(taken.answer.decode())
        ticket = await tickets.take(actor, actor.hall, group, priority=priority, channel="kiosk")
        await idempotency.remember(taken, 201, str(ticket).encode())
        return ticket

    return await unit(body)


async def check_in(actor: Actor, code: str, tail: str, priority: str = "") -> UUID:
    """The id of the ticket of today's booking `code` (Y012, or its digits alone); asked again, the same one.

    tail: the last four of the person's ID number or phone. Refusals: booking_not_matched (404, alike for no such code
    and a wrong tail), too_many_attempts (429, five wrong tails a code and hour), and those of appointments.check_in.
    """
    found = CODE.fullmatch(code.strip())
    number = f"Y{int(found[1]):03d}" if found else code.strip()[:8]

    async def body() -> Appointment | Refusal:
        who = f"{actor.hall}:{today()}:{number}"
        await attempts.lock(f"booked_code:{attempts.index(who)}")
        await attempts.check("booked_code", who)
        row = await Appointment.filter(in_hall(actor), day=today(), code=number).first()
        if row is None or not await _is_theirs(row, tail):
            await attempts.count("booked_code", who)
            return Refusal("booking_not_matched", 404, NOT_MATCHED)
        return row

    row = await unit(body)
    if isinstance(row, Refusal):
        raise row
    ticket = await Ticket.filter(appointment_id=row.id).first()
    return ticket.id if ticket else await appointments.check_in(actor, row.id, priority=priority)


async def _is_theirs(row: Appointment, tail: str) -> bool:
    """Whether `tail` ends the phone left with the booking, or the phone or ID number of its account."""
    account = await Account.filter(id=row.account_id).first() if row.account_id else None
    known = [Appointment.PHONE.open(row.id, row.phone_sealed)]
    if account:
        known += [
            Account.PHONE.open(account.id, account.phone_sealed),
            Account.ID_NUMBER.open(account.id, account.id_number_sealed),
        ]
    given = tail.strip().upper().encode()
    hits = [hmac.compare_digest(each[-4:].upper().encode(), given) for each in known if each]  # all are compared
    return any(hits)
