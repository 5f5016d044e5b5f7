"""Taking a number (R56): with the app inside the hall, at the kiosk, at the counter, or by checking in what is booked.

Nobody is ever blocked from taking one; a citizen needs a number of the hall's moment to show that they stand there.
"""

from typing import Any
from uuid import UUID

from models.actions.ticket_lines import locked_line, moved, next_number
from models.appointment import Appointment
from models.base import Refusal, local, new_id, not_found, now, today, unit
from models.catalogue import Item
from models.people import Account
from models.reads import halls, openings, queue
from models.rules import permits, presence
from models.rules.flow_hall import IN_HALL
from models.rules.permits import Actor
from models.seal import ring
from models.ticket import Line, Ticket

CHANNELS = ("app", "kiosk", "desk")


def must_be_here(hall: str, hall_code: str) -> None:
    """Refuse `not_in_hall` (422) unless this is the code the hall shows now, or showed a minute ago."""
    if not presence.valid(ring().link_mac, hall, hall_code, now()):
        raise Refusal("not_in_hall", 422, "请扫大厅屏幕上的码，或输入屏幕上的 6 位数字。数字每分钟会换")


async def take(
    actor: Actor, hall: str, group: str, *, hall_code: str = "", item_code: str = "", priority: str = "",
    account_id: UUID | None = None, channel: str,
) -> UUID:  # fmt: skip
    """Give out a number of a line; whoever has an open one in that line gets that one again. Returns the ticket's id.

    Refusals: no_line, not_in_hall, hall_closed, unknown_item, unknown_priority, priority_at_desk; not_found where the
    hall is not the actor's. `account_id`: staff take it for somebody with an account.
    """
    if channel not in CHANNELS:
        raise ValueError(f"no channel {channel}")
    place = await halls.find(hall)
    if place is None:
        raise Refusal("unknown_hall", 422, "没有这个大厅或服务站，请从列表里选")
    line = await queue.line_of(hall, group)
    if line is None:
        raise Refusal("no_line", 422, f"{place.name}没有这个窗口，请另选")
    owner = await _owner(actor, account_id)
    if actor.kind == "citizen":
        must_be_here(hall, hall_code)
        if priority:
            raise Refusal("priority_at_desk", 422, "优先办理要看一眼证件，请到取号机或服务台取号")
    await _known(item_code, priority)
    opened = await queue.opened(place, group)
    if not opened.gives(now()):
        raise Refusal("hall_closed", 409, _when(place.name, opened))

    async def body() -> UUID:
        row = await locked_line(hall, today(), group)
        open_one = await Ticket.filter(
            hall_id=hall, day=row.day, group_code=group, account_id=owner, state__in=IN_HALL
        ).first() if owner else None  # fmt: skip
        if open_one is not None:
            return open_one.id
        ticket = await _give(
            actor, row, await next_number(row), account_id=owner, item_code=item_code, priority=priority,
            channel=channel,
        )  # fmt: skip
        return ticket.id

    return await unit(body)


async def take_booked(actor: Actor, appointment: Appointment, *, priority: str = "", channel: str) -> Ticket:
    """The ticket of somebody who is booked and here, in the open unit: its number is the appointment's code.

    The caller has locked the appointment and checked who may; `band_at` is the booked time.
    """
    if channel not in CHANNELS:
        raise ValueError(f"no channel {channel}")
    await _known("", priority)
    row = await locked_line(appointment.hall_id, today(), appointment.group_code)
    return await _give(
        actor, row, appointment.code, appointment_id=appointment.id, account_id=appointment.account_id,
        case_id=appointment.case_id, item_code=appointment.item_code, priority=priority,
        band_at=appointment.starts_at, channel=channel,
    )  # fmt: skip


async def _give(actor: Actor, line: Line, number: str, **fields: Any) -> Ticket:
    """A new ticket at the end of a locked line; who sees at once that it is nearly their turn is not told again."""
    ticket = Ticket(
        id=new_id(), hall_id=line.hall_id, day=line.day, group_code=line.group_code, number=number, state="waiting",
        arrived_at=now(), **fields,
    )  # fmt: skip
    ticket.told_near = await queue.is_near(ticket, line)
    await ticket.save(force_create=True)
    await moved(actor, ticket, "take")
    return ticket


async def _owner(actor: Actor, account_id: UUID | None) -> UUID | None:
    if actor.kind == "citizen":
        return permits.require_citizen(actor)
    if account_id is None:
        return None
    if actor.kind != "staff" or not await Account.filter(id=account_id, erased_at=None).exists():
        raise not_found()
    return account_id


async def _known(item_code: str, priority: str) -> None:
    if item_code and not await Item.filter(code=item_code, state="published").exists():
        raise Refusal("unknown_item", 422, "没有这件事，或已经停办，请回到列表重新找")
    if priority and priority not in {each["key"] for each in (await openings.booking_data())["priority"]}:
        raise Refusal("unknown_priority", 422, "没有这一类优先，请从列表里选")


def _when(name: str, opened: Any) -> str:
    if not opened.intervals:
        return f"{name}今天不开门，不取号"
    first, last = (local(at).strftime("%H:%M") for at in (opened.first_number, opened.last_number))
    return f"现在不取号。{name}今天{first}到{last}取号"
