"""Clocks and their alarms: begun, stopped, paused (art. 45), lengthened (art. 42), counted anew after a change.

A clock is never moved but by a verb that says why. Every function runs inside the open unit of its verb.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from models.base import SHANGHAI, execute, now, today
from models.case import Alarm, Case, Clock, Task
from models.reads import calendar
from models.reads.clocks import pauses_of, whole_limit
from models.rules.calendar import DAY, Calendar
from models.rules.clock import Clock as Counter
from models.rules.limits import NATURAL, WORKING, Limit
from models.rules.periods import PERIODS
from models.rules.periods import Alarm as Planned

MORNING = time(8, 30)


async def start_clock(
    case: Case, task: Task | None, kind: str, limit: Limit, start: date | None = None, *, until: date | None = None
) -> Clock:
    """Start a period of the law and set the alarms of periods.PERIODS on it.

    `until`: the day its case is due. A child that would end later ends with it (R42), and its clock says so.
    """
    clock = await calendar.clock()
    started_on = start or clock.received_on(now())
    due_on, within = clock.due_on(started_on, limit), False
    if until is not None and due_on > max(until, started_on):
        until = max(until, started_on)
        limit = Limit(clock.calendar.working_between(started_on, until), WORKING)
        due_on, within = clock.due_on(started_on, limit), True
    row = await Clock.create(
        case_id=case.id, task_id=task.id if task else None, kind=kind, limit_days=limit.days, unit=limit.unit,
        started_on=started_on, due_on=due_on, due_at=clock.due_at(due_on), within=within,
        department_id=task.department_id if task else "", hall_id=case.hall_id,
    )  # fmt: skip
    await arm(row)
    return row


async def arm(row: Clock) -> None:
    """Set the alarms of a running clock. One whose hour is past comes at once: late is better than silent."""
    period = PERIODS[row.kind]
    clock = await calendar.clock()
    planned = period.task if row.task_id else period.alarms
    found = [(each.verb, _hour(clock.calendar, row, each)) for each in planned]
    machine = "task" if row.task_id else "case"
    await Alarm.bulk_create(
        [
            Alarm(
                case_id=row.case_id, task_id=row.task_id, clock_id=row.id, machine=machine, subject_id=row.task_id,
                verb=verb, due_at=at,
            )
            for verb, at in found
            if at is not None
        ]
    )  # fmt: skip


def _hour(days: Calendar, row: Clock, planned: Planned) -> datetime | None:
    """When an alarm comes, or None when the period is too short for it to say anything new."""
    if not planned.before and not planned.at:
        return row.due_at
    day = row.due_on
    step = -DAY if planned.before > 0 else DAY
    for _ in range(abs(planned.before)):
        day += step
        while not days.is_working(day):
            day += step
    if planned.before > 0 and day <= row.started_on:
        return None
    return datetime.combine(day, time.fromisoformat(planned.at) if planned.at else MORNING, SHANGHAI)


async def plan(machine: str, case_id: UUID, subject_id: UUID, verb: str, due_at: datetime, **more: Any) -> None:
    """One alarm about a letter, an inspection, a licence or a suspended task."""
    await Alarm.create(case_id=case_id, machine=machine, subject_id=subject_id, verb=verb, due_at=due_at, **more)


async def disarm(subject_id: UUID, verbs: Iterable[str] = ()) -> None:
    """Drop the alarms about a subject, all of them or those of some verbs."""
    wanted = list(verbs)
    await execute(
        "UPDATE alarm SET done_at = $2, last_error = 'dropped' WHERE subject_id = $1 AND done_at IS NULL "
        "AND (cardinality($3::text[]) = 0 OR verb = ANY($3::text[]))",
        subject_id, now(), wanted,
    )  # fmt: skip


async def stop_clocks(case: Case, kinds: tuple[str, ...], task: Task | None = None) -> None:
    """Stop running periods of a case and of all its tasks, or of one task, and drop their alarms."""
    await execute(
        "UPDATE clock SET stopped_at = $3 WHERE case_id = $1 AND kind = ANY($2) AND stopped_at IS NULL "
        "AND ($4::uuid IS NULL OR task_id = $4)",
        case.id, list(kinds), now(), task.id if task else None,
    )  # fmt: skip
    await execute(
        "UPDATE alarm SET done_at = $2, last_error = 'dropped' FROM clock "
        "WHERE alarm.clock_id = clock.id AND clock.stopped_at IS NOT NULL AND alarm.case_id = $1 "
        "AND alarm.done_at IS NULL",
        case.id, now(),
    )  # fmt: skip


async def deciding(case: Case, task: Task | None) -> list[Clock]:
    """The running promise and statutory clocks of a task and of its case (or of the case alone), locked."""
    found = await Clock.filter(
        case_id=case.id, kind__in=["promise", "statutory"], stopped_at=None
    ).order_by("id").select_for_update()  # fmt: skip
    return [row for row in found if row.task_id is None or (task is not None and row.task_id == task.id)]


async def recount(row: Clock) -> bool:
    """Count a running clock anew from what it consists of; True when its day moved. Alarms to come move with it.

    A pause nobody has ended runs on past its planned end, so that what would be overdue then is not (R37).
    """
    clock = await calendar.clock()
    due_on = due_with(clock, row)
    if due_on == row.due_on:
        return False
    row.due_on, row.due_at = due_on, clock.due_at(due_on)
    await row.save(update_fields=["due_on", "due_at"])
    await rearm(row)
    return True


def due_with(clock: Counter, row: Clock, more: int = 0) -> date:
    """The day a running clock ends as things stand today, with `more` days of its own unit."""
    limit = whole_limit(row)
    return clock.count(row.started_on, Limit(limit.days + more, limit.unit), pauses_of(row), today()).due_on


async def rearm(row: Clock) -> None:
    """Set the alarms of a clock anew; none while its task is suspended.

    A step of the ladder that has spoken does not speak again for the same clock, and nothing speaks twice of one hour.
    """
    await drop_alarms(row)
    if row.task_id and any(held.get("open") for held in row.suspensions):
        return
    await arm(row)
    spoken = await Alarm.filter(clock_id=row.id, done_at__isnull=False, last_error="")
    said = {(alarm.verb, alarm.due_at) for alarm in spoken}
    once = {alarm.verb for alarm in spoken if alarm.verb.startswith("escalate")}
    fresh = await Alarm.filter(clock_id=row.id, done_at=None)
    again = [alarm.id for alarm in fresh if alarm.verb in once or (alarm.verb, alarm.due_at) in said]
    await Alarm.filter(id__in=again).delete()


async def drop_alarms(row: Clock) -> None:
    await execute(
        "UPDATE alarm SET done_at = $2, last_error = 'dropped' WHERE clock_id = $1 AND done_at IS NULL", row.id, now()
    )


async def free_date(case: Case, task: Task) -> date:
    """The first date a new pause of this task may take out: today, or the day after its former pause."""
    ended = [
        date.fromisoformat(held["last"]) + DAY
        for row in await deciding(case, task)
        for held in row.suspensions
        if held.get("by") == str(task.id)
    ]
    return max([today(), *ended])


async def running_pause(case: Case, task: Task) -> str:
    """The special procedure a suspended task is in; empty where no clock of it runs."""
    return next(
        (
            str(held["reason"])
            for row in await deciding(case, task)
            for held in row.suspensions
            if held.get("open") and held.get("by") == str(task.id)
        ),
        "",
    )


async def pause(case: Case, task: Task, first: date, last: date, reason: str) -> date:
    """Take the dates from `first` on out of the task's and the case's clocks; `last` is the planned end.

    The dates of two tasks of one case may overlap: the case's clock leaves each date out once. Returns the planned end.
    """
    for row in await deciding(case, task):
        row.suspensions = [
            *row.suspensions,
            {"first": first.isoformat(), "last": last.isoformat(), "reason": reason, "open": True, "by": str(task.id)},
        ]
        await row.save(update_fields=["suspensions"])
        await recount(row)
        if row.task_id:
            await drop_alarms(row)
    return last


async def unpause(case: Case, task: Task, last: date) -> date | None:
    """End the open pause of a task on `last`, included; returns the day its promise is due now.

    A pause that has not begun by then takes no date out: it is as if it had never been.
    """
    due = None
    for row in await deciding(case, task):
        row.suspensions = [
            held for held in (_ended(each, task, last) for each in row.suspensions) if held["first"] <= held["last"]
        ]
        await row.save(update_fields=["suspensions"])
        if not await recount(row):
            await rearm(row)
        if row.task_id and (due is None or row.kind == "promise"):
            due = row.due_on
    return due


def _ended(held: dict[str, Any], task: Task, last: date) -> dict[str, Any]:
    mine = held.get("open") and held.get("by") == str(task.id)
    return {**held, "last": last.isoformat(), "open": False} if mine else held


async def lengthen(case: Case, task: Task | None, more: Limit) -> date | None:
    """Add an extension to the clocks of a task, or of the case alone; returns the new day of the promise."""
    clock = await calendar.clock()
    due = None
    for row in await deciding(case, task):
        if bool(row.task_id) != bool(task):
            continue
        row.extension_days += spread(clock.calendar, row, more)
        await row.save(update_fields=["extension_days"])
        await recount(row)
        if due is None or row.kind == "promise":
            due = row.due_on
    return due


async def follow(case: Case, task: Task, more: Limit) -> None:
    """A case's own clocks must not end before those of a child just lengthened: they follow, no further than it."""
    clock = await calendar.clock()
    found = await deciding(case, task)
    child = {row.kind: row.due_on for row in found if row.task_id}
    for row in found:
        if row.task_id or row.kind not in child:
            continue
        days = range(spread(clock.calendar, row, more) + 1)
        needed = next((n for n in days if due_with(clock, row, n) >= child[row.kind]), days[-1])
        row.extension_days += needed
        await row.save(update_fields=["extension_days"])
        await recount(row)


async def cover(row: Clock, until: date) -> None:
    """A case that is no bundle lasts as long as its last child: one released late carries the case's clock along."""
    if row.due_on >= until:
        return
    clock = await calendar.clock()
    days = range(1, (until - row.due_on).days + 1)
    row.limit_days += next((n for n in days if due_with(clock, row, n) >= until), days[-1])
    await row.save(update_fields=["limit_days"])
    await recount(row)


def spread(days: Calendar, row: Clock, more: Limit) -> int:
    """An extension in a clock's own unit: as it is, or as many days as it reaches over on the calendar."""
    if more.unit == row.unit:
        return more.days
    if row.unit == WORKING:
        return days.working_between(row.due_on, row.due_on + timedelta(days=more.days))
    return (days.add_working(row.due_on, more.days) - row.due_on).days


def planned_end(days: Calendar, first: date, planned: int, unit: str) -> date:
    """The last day of a special procedure of `planned` days that begins on `first`, both included."""
    if unit == NATURAL:
        return first + timedelta(days=planned - 1)
    return days.add_working(first - DAY, planned)
