"""The row whoever takes or calls a number locks, and what every verb of a ticket does first (R56).

Order of locks: appointment, lines by code, ticket. Two windows that call at once wait for each other here.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.actions import step, tell_hall
from models.actions.step import Move, stale
from models.appointment import Appointment, HallEvent
from models.base import Refusal, execute, new_id, not_found, now, rows, unit
from models.rules import permits
from models.rules.permits import Actor
from models.rules.queue import window_of
from models.ticket import Line, Ticket

T = TypeVar("T")


async def locked_line(hall: str, day: date, group: str) -> Line:
    """The line of this hall and day, made if it is the first number, locked for this unit."""
    await execute(
        "INSERT INTO line (id, created_at, hall_id, day, group_code, given, calls) VALUES ($1, $2, $3, $4, $5, 0, 0) "
        "ON CONFLICT (hall_id, day, group_code) DO NOTHING",
        new_id(), now(), hall, day, group,
    )  # fmt: skip
    return (await locked_lines(hall, day, [group]))[0]


async def locked_lines(hall: str, day: date, groups: list[str]) -> list[Line]:
    """The lines there are of these groups, locked in order of their codes."""
    query = Line.filter(hall_id=hall, day=day, group_code__in=sorted(groups)).order_by("group_code")
    return list(await query.select_for_update())


async def next_number(line: Line) -> str:
    """The next number of a locked line: A037."""
    found = await rows("UPDATE line SET given = given + 1 WHERE id = $1 RETURNING given", line.id)
    line.given = int(found[0]["given"])
    return f"{line.group_code}{line.given:03d}"


async def count_call(line: Line) -> None:
    """One more was called from a locked line."""
    found = await rows("UPDATE line SET calls = calls + 1 WHERE id = $1 RETURNING calls", line.id)
    line.calls = int(found[0]["calls"])


async def held(actor: Actor, id_: UUID, *more: str) -> tuple[Ticket, dict[str, Line]]:
    """A ticket the actor may see, with its line and the lines `more`, locked. not_found; stale where it moved."""
    seen = await Ticket.filter(permits.in_hall(actor), id=id_).first()
    if seen is None:
        raise not_found()
    if seen.appointment_id:
        await Appointment.filter(id=seen.appointment_id).select_for_update().first()
    lines = {}
    for group in sorted({seen.group_code, *more}):
        lines[group] = await locked_line(seen.hall_id, seen.day, group)
    ticket = await Ticket.filter(id=id_).select_for_update().first()
    if ticket is None or ticket.group_code != seen.group_code:
        raise stale()
    return ticket, lines


def window(actor: Actor) -> str:
    """The window the actor sits at, A01; refuses `no_window` where the seat does not say."""
    found = window_of(actor.seat)
    if not found:
        raise Refusal("no_window", 409, "还不知道您坐哪个窗口。请重新登录，座位写成“A01”这样")
    return found


async def be_free(hall: str, day: date, at: str) -> None:
    """Refuse `window_busy` while somebody is called to the window or served there."""
    there = await Ticket.filter(hall_id=hall, day=day, window=at, state__in=("called", "serving")).first()
    if there is not None:
        raise busy(there.number)


def busy(number: str = "") -> Refusal:
    whom = f"{number}号" if number else "前一位"
    return Refusal("window_busy", 409, f"{whom}还在您的窗口。先办完、过号或转走，再叫下一位")


async def one_at_a_window(body: Callable[[], Awaitable[T]]) -> T:
    """Run a call in one unit; two calls of one window at the same moment end in `window_busy` for the second."""
    try:
        return await unit(body)
    except IntegrityError as error:
        if "ticket_one_at_window" in str(error):
            raise busy() from error
        raise


async def moved(actor: Actor, ticket: Ticket, verb: str, version: int | None = None, **fields: Any) -> HallEvent:
    """Move the ticket by the sheet and let every open page of the hall read again. `said_*` fields go to the notice."""
    facts = {name.removeprefix("said_"): fields.pop(name) for name in list(fields) if name.startswith("said_")}
    event = await step.move_at_hall(actor, ticket, "ticket", verb, Move(version=version, fields=fields, facts=facts))
    await tell_hall.moved(ticket, event)
    return event
