"""What the clock does when an alarm is due: the verb of its sheet, with what that verb needs. Safe when late."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from models.actions import acceptance, correction, promises
from models.actions.alarms import Due
from models.actions.clocks import rearm
from models.actions.step import Move, locked_case, move_case, move_task
from models.base import rows, today, unit
from models.case import Clock, Task
from models.reads import calendar
from models.reads.clocks import pauses_of, whole_limit
from models.rules.permits import CLOCK

Handler = Callable[[Due], Awaitable[None]]


async def perform(due: Due) -> None:
    """Perform one due alarm inside its own unit. A period that a pause has moved on is counted anew, not acted on."""
    if due.clock_id and await _moved_on(due.clock_id, due.verb):
        return
    await HANDLERS.get((due.machine, due.verb), MACHINE_HANDLERS[due.machine])(due)


async def _moved_on(clock_id: UUID, verb: str) -> bool:
    """An open pause runs on past its planned end: what would be overdue then is not (R37)."""
    row = await Clock.get(id=clock_id)
    if not any(held.get("open") for held in row.suspensions) or verb.startswith("remind"):
        return False
    clock = await calendar.clock()
    count = clock.count(row.started_on, whole_limit(row), pauses_of(row), today())
    if count.due_on < today():
        return False
    row.due_on, row.due_at = count.due_on, clock.due_at(count.due_on)
    await row.save(update_fields=["due_on", "due_at"])
    await rearm(row)
    return True


async def _deem_accept(due: Due) -> None:
    await acceptance.deem_accept(CLOCK, due.case_id)


async def _break_promise(due: Due) -> None:
    await promises.lapse(CLOCK, due.case_id)


async def _case(due: Due) -> None:
    """Reminders, lapses and overdue marks of a case."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        move = Move()
        if due.verb == "lapse":
            await correction.close(case)
        if due.verb == "remind_delivery":
            hall = await rows("SELECT name FROM hall WHERE code = $1", case.hall_id)
            move.facts["where"] = hall[0]["name"]
        await move_case(CLOCK, case, due.verb, move)

    await unit(body)


async def _task(due: Due) -> None:
    """Reminders and overdue marks of one department's task."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        task = await Task.filter(id=due.subject_id).select_for_update().get()
        await move_task(CLOCK, case, task, due.verb, Move())

    await unit(body)


MACHINE_HANDLERS: dict[str, Handler] = {"case": _case, "task": _task}
HANDLERS: dict[tuple[str, str], Handler] = {
    ("case", "deem_accept"): _deem_accept,
    ("case", "break_promise"): _break_promise,
}
