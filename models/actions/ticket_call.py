"""What a window does with tickets (R56): call, recall, start, skip, park, transfer, finish; and what ends one.

Every verb locks the ticket's line first, so that the same number is never called twice and the order is that of one
queue. The window is the seat the clerk signed in at.
"""

from uuid import UUID

from models.actions import appointment_change, step
from models.actions.step import Move
from models.actions.ticket_lines import (
    be_free,
    count_call,
    held,
    locked_lines,
    moved,
    one_at_a_window,
    window,
)  # fmt: skip
from models.base import Refusal, not_found, now, today, unit
from models.reads import queue
from models.rules import permits, windows
from models.rules.permits import SYSTEM, Actor
from models.rules.queue import order
from models.ticket import Line, Ticket


async def call_next(actor: Actor, groups: list[str] | None = None) -> Ticket | None:
    """Call whose turn it is among `groups` (default: the group of one's window); None where nobody waits.

    Refusals: role_not_allowed, no_window, no_line, window_busy.
    """
    permits.require_staff(actor, "clerk")
    at, day = window(actor), today()
    chosen = sorted(set(groups if groups is not None else [windows.letter(actor.seat)]))
    known = await queue.line_codes(actor.hall, day)
    if not actor.hall or not set(chosen) <= known:
        raise Refusal("no_line", 422, "这个大厅没有这样的窗口，请另选要叫的号")

    async def body() -> Ticket | None:
        lines = {line.group_code: line for line in await locked_lines(actor.hall, day, chosen)}
        await be_free(actor.hall, day, at)
        waiting = await Ticket.filter(hall_id=actor.hall, day=day, group_code__in=chosen, state="waiting")
        turn = order(waiting, {code: line.calls for code, line in lines.items()}, now())
        if not turn:
            return None
        await _call(actor, turn[0], lines[turn[0].group_code], at)
        return turn[0]

    return await one_at_a_window(body)


async def call(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """Call this ticket out of its turn, or one that was parked."""

    async def body() -> Ticket:
        ticket, lines = await held(actor, id_)
        _at_hand(actor, ticket)
        step.may(actor, ticket, "ticket", "call", version)
        at = window(actor)
        await be_free(ticket.hall_id, ticket.day, at)
        await _call(actor, ticket, lines[ticket.group_code], at)
        return ticket

    return await one_at_a_window(body)


async def _call(actor: Actor, ticket: Ticket, line: Line, at: str) -> None:
    await count_call(line)
    await moved(actor, ticket, "call", window=at, staff_id=actor.id, calls=ticket.calls + 1, called_at=now(),
                due_call=None)  # fmt: skip
    await _near(line)


async def _near(line: Line) -> None:
    """Tell those who are nearly there, each once. Who has no phone with us hears the call."""
    for ahead, ticket in enumerate(await queue.nearest(line)):
        if not ticket.told_near and (ticket.account_id or ticket.appointment_id):
            move = Move(facts={"ahead": ahead}, fields={"told_near": True})
            await step.move_at_hall(SYSTEM, ticket, "ticket", "near", move)


async def recall(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """Call once more; the display speaks each count of calls once."""

    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        _at_hand(actor, ticket)
        await moved(actor, ticket, "recall", version, calls=ticket.calls + 1, called_at=now())
        return ticket

    return await unit(body)


async def start(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        _at_hand(actor, ticket)
        await moved(actor, ticket, "start", version, started_at=now())
        return ticket

    return await unit(body)


async def skip(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """Nobody came: the next are called first."""

    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        _at_hand(actor, ticket)
        await moved(actor, ticket, "skip", version, said_after=(await queue.booking_rules()).requeue_after)
        return ticket

    return await unit(body)


async def requeue(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """Stand in line again: due after `requeue_after` more calls of the line."""

    async def body() -> Ticket:
        ticket, lines = await held(actor, id_)
        due = lines[ticket.group_code].calls + (await queue.booking_rules()).requeue_after
        await moved(actor, ticket, "requeue", version, due_call=due)
        return ticket

    return await unit(body)


async def park(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """The person fetches what is missing and does not queue again."""

    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        _at_hand(actor, ticket)
        await moved(actor, ticket, "park", version)
        return ticket

    return await unit(body)


async def transfer(actor: Actor, id_: UUID, group: str, version: int | None = None) -> Ticket:
    """To another line of the hall, with the same number and the same arrival. Refusals: no_line, same_line."""

    async def body() -> Ticket:
        seen = await Ticket.filter(permits.in_hall(actor), id=id_).first()
        if seen is None:
            raise not_found()
        target = await queue.line_of(seen.hall_id, group)
        if target is None:
            raise Refusal("no_line", 422, "这个大厅没有这样的窗口，请另选")
        if group == seen.group_code:
            raise Refusal("same_line", 409, "本来就在这一队，不用转")
        ticket, lines = await held(actor, id_, group)
        _at_hand(actor, ticket)
        step.may(actor, ticket, "ticket", "transfer", version)
        fields = {"group_code": group, "window": "", "due_call": None, "started_at": None}
        near = await queue.is_near(ticket, lines[group])
        await moved(actor, ticket, "transfer", version, said_line=target.name, told_near=near, **fields)
        return ticket

    return await unit(body)


async def finish(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """Done at the window; the appointment behind it is served."""

    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        _at_hand(actor, ticket)
        await _end(actor, ticket, "finish", version, "serve")
        return ticket

    return await unit(body)


async def leave(actor: Actor, id_: UUID, version: int | None = None) -> Ticket:
    """The person waits no longer."""

    async def body() -> Ticket:
        ticket, _ = await held(actor, id_)
        await _end(actor, ticket, "leave", version, "leave")
        return ticket

    return await unit(body)


async def end_of_day(actor: Actor, id_: UUID) -> None:
    """The hall has closed: this number counts no more."""

    async def body() -> None:
        ticket, _ = await held(actor, id_)
        await _end(actor, ticket, "close_day", None, "leave")

    await unit(body)


async def _end(actor: Actor, ticket: Ticket, verb: str, version: int | None, appointment: str) -> None:
    await moved(actor, ticket, verb, version, ended_at=now())
    if ticket.appointment_id:
        await appointment_change.finished(ticket.appointment_id, appointment)


def _at_hand(actor: Actor, ticket: Ticket) -> None:
    """Windows serve the hall they stand in; a county counter may see a town's tickets but not call them."""
    if actor.kind == "staff" and actor.hall != ticket.hall_id:
        raise not_found()
