"""What the clock does when an alarm is due: the verb of its sheet, with what that verb needs. Safe when late."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from models.actions import (
    acceptance,
    appointment_clock,
    consultations,
    correction,
    inspections,
    lapse,
    licences,
    promises,
    special,
    supervision,
    tasks,
)
from models.actions.alarms import Due
from models.actions.clocks import MORNING, cover, recount
from models.actions.step import Move, locked_case, move_case, move_task
from models.base import SHANGHAI, rows, today, unit
from models.case import Alarm, Clock, Task
from models.reads import calendar
from models.rules.flow import OPEN_TASKS
from models.rules.ladder import LADDER
from models.rules.permits import CLOCK

FETCH_AGAIN = timedelta(days=30)
Handler = Callable[[Due], Awaitable[None]]


async def perform(due: Due) -> None:
    """Perform one due alarm inside its own unit. A period that a pause has moved on is counted anew, not acted on."""
    if due.clock_id and await _moved_on(due.case_id, due.clock_id):
        return
    if due.clock_id and due.machine == "case" and due.verb.startswith("overdue") and await _waits(due):
        return
    await HANDLERS.get((due.machine, due.verb), MACHINE_HANDLERS[due.machine])(due)


async def _moved_on(case_id: UUID, clock_id: UUID) -> bool:
    """An open pause runs on past its planned end: what would be overdue then is not (R37)."""
    if not any(held.get("open") for held in (await Clock.get(id=clock_id)).suspensions):
        return False
    await locked_case(case_id)  # before its clocks, as every verb does
    row = await Clock.get(id=clock_id)
    return any(held.get("open") for held in row.suspensions) and await recount(row)


async def _waits(due: Due) -> bool:
    """A case whose every open child waits for another case of its project is late with nothing; its clock goes on."""
    case = await locked_case(due.case_id)
    states = {task.state for task in await Task.filter(case_id=case.id, state__in=["waiting", *OPEN_TASKS])}
    if not case.project_id or states != {"waiting"}:
        return False
    row = await Clock.get(id=due.clock_id)
    await cover(row, (await calendar.clock()).calendar.next_working(today()))
    return True


async def _deem_accept(due: Due) -> None:
    await acceptance.deem_accept(CLOCK, due.case_id)


async def _break_promise(due: Due) -> None:
    await lapse.lapse(CLOCK, due.case_id)


async def _remind_tolerance(due: Due) -> None:
    await lapse.remind(CLOCK, due.case_id)


async def _case(due: Due) -> None:
    """Reminders, lapses and overdue marks of a case."""

    async def body() -> None:
        if due.verb == "lapse":
            await tasks.hold_project(due.case_id)
        case = await locked_case(due.case_id)
        move = Move()
        if due.verb == "lapse":
            await correction.close(case)
            await promises.void(case)
        if due.verb == "remind_delivery":
            hall = await rows("SELECT name FROM hall WHERE code = $1", case.hall_id)
            move.facts["where"] = hall[0]["name"]
        await move_case(CLOCK, case, due.verb, move)
        if due.verb == "remind_delivery":
            await _again(due)
        if due.verb == "lapse":
            await tasks.fall_with(case, "退回了")

    await unit(body)


async def _again(due: Due) -> None:
    """A result nobody fetches is reminded of every 30 days until it is delivered (R24): never without a next hour."""
    if due.clock_id and not await Alarm.filter(clock_id=due.clock_id, done_at=None).exists():
        day = today() + FETCH_AGAIN
        at = datetime.combine(day, MORNING, SHANGHAI)
        await Alarm.create(case_id=due.case_id, clock_id=due.clock_id, machine="case", verb=due.verb, due_at=at)


async def _task(due: Due) -> None:
    """Reminders and overdue marks of one department's task."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        task = await Task.filter(id=due.subject_id).select_for_update().get()
        await move_task(CLOCK, case, task, due.verb, Move())

    await unit(body)


MACHINE_HANDLERS: dict[str, Handler] = {
    "case": _case,
    "task": _task,
    "consultation": consultations.by_clock,
    "inspection": inspections.by_clock,
    "licence": licences.by_clock,
    "appointment": appointment_clock.by_clock,
}
HANDLERS: dict[tuple[str, str], Handler] = {
    ("case", "deem_accept"): _deem_accept,
    ("case", "break_promise"): _break_promise,
    ("case", "remind_tolerance"): _remind_tolerance,
    ("task", "remind_suspension"): special.overrun,
    **{("task", verb): supervision.climb for verb in LADDER},
}
