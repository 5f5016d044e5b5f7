"""The one engine: right -> compare-and-set move -> event row -> clock and alarm rows -> notices, in one transaction."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from models.actions import tell
from models.base import SHANGHAI, Refusal, execute, in_unit, local, new_id, not_found, now
from models.case import Alarm, Case, Clock, Event, Task
from models.reads import calendar
from models.rules import permits
from models.rules.flow import CASE, FINAL, PERIODS, STATE_WORDS, TASK, TASK_WORDS, Step
from models.rules.limits import Limit
from models.rules.permits import Actor

MORNING = time(8, 30)


@dataclass
class Move:
    """What a verb needs beside the sheet.

    `version`: the version the caller saw (None for the clock and the system). `detail`: sealed words of the event
    (reason, opinion). `limits`: clock kind -> Limit. `start`: the day clocks start from (default: the business day).
    `facts`: what notices say. `fields`: columns written in the same update.
    """

    version: int | None = None
    detail: str | None = None
    words: str = ""
    limits: dict[str, Limit] = field(default_factory=dict)
    start: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


async def move_case(actor: Actor, case: Case, verb: str, move: Move | None = None) -> Event:
    """Perform a verb of the case sheet inside the open unit. Refuses with not_allowed, state_changed, stale_version."""
    move = move or Move()
    step = CASE[verb]
    _may(actor, step, permits.case_roles(actor, case))
    _can_start(step, case.state, STATE_WORDS)
    owner = _owner(step, case)
    before = case.state
    await _swap("cases", case, step, move, {"owner": owner, **move.fields})
    event = await write_event(actor, case, None, verb, step, before, move)
    if step.stops:
        await stop_clocks(case, step.stops)
    begun = [
        await start_clock(case, None, kind, move.limits[kind], move.start)
        for kind in step.starts
        if kind in move.limits
    ]
    if step.tell:
        await tell.all_of(step.tell, case, event, await _facts(case, move, begun))
    return event


async def move_task(actor: Actor, case: Case, task: Task, verb: str, move: Move | None = None) -> Event:
    """Perform a verb of the task sheet inside the open unit."""
    move = move or Move()
    step = TASK[verb]
    _may(actor, step, permits.task_roles(actor, task))
    _can_start(step, task.state, TASK_WORDS)
    before = task.state
    await _swap("task", task, step, move, move.fields)
    event = await write_event(actor, case, task, verb, step, before, move)
    if task.state in FINAL["task"]:
        await stop_clocks(case, ("promise", "statutory"), task)
    if step.tell:
        await tell.all_of(step.tell, case, event, await _facts(case, move, []), task)
    return event


def _may(actor: Actor, step: Step, roles: frozenset[str]) -> None:
    if not roles:
        raise not_found()
    if not roles & step.who:
        raise Refusal("not_allowed", 403, f"“{step.words}”不归您办。可以转给有这个岗位的人")


def _can_start(step: Step, state: str, words: dict[str, str]) -> None:
    if state not in step.start:
        raise Refusal("state_changed", 409, f"这件现在是“{words[state]}”，不能再“{step.words}”。请刷新看看，您写的还在")


def _owner(step: Step, case: Case) -> str:
    if step.owner is None:
        return case.owner
    return f"hall:{case.hall_id}" if step.owner == "hall" else step.owner


async def _swap(table: str, row: Any, step: Step, move: Move, fields: dict[str, Any]) -> None:
    """Compare and set: one row moves, or somebody else was first."""
    if move.version is not None and move.version != row.version:
        raise stale()
    values = {"state": step.end or row.state, "version": row.version + 1, **fields}
    columns = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(values, 4))
    moved = await execute(
        f"UPDATE {table} SET {columns} WHERE id = $1 AND version = $2 AND state = $3",
        row.id, row.version, row.state, *values.values(),
    )  # fmt: skip
    if not moved:
        raise stale()
    for name, value in values.items():
        setattr(row, name, value)


def stale() -> Refusal:
    """The answer to a verb on a version that is no longer there."""
    return Refusal("stale_version", 409, "没有办成：这件刚被别人改过。您写的还在，看过新的再办")


async def write_event(
    actor: Actor, case: Case, task: Task | None, verb: str, step: Step, before: str, move: Move
) -> Event:
    """Append one line of the case's history."""
    if not in_unit():
        raise RuntimeError("a verb needs a unit")
    id_ = new_id()
    return await Event.create(
        id=id_,
        case_id=case.id,
        task_id=task.id if task else None,
        verb=verb,
        actor=actor.key,
        actor_name=actor.name if actor.kind != "citizen" else "申请人",
        role=actor.kind,
        place=actor.seat,
        before=before,
        after=(task or case).state,
        at=now(),
        words=(move.words or step.event)[:200],
        detail_sealed=Event.DETAIL.seal(id_, move.detail),
        audience=step.audience,
    )


async def _facts(case: Case, move: Move, begun: list[Clock]) -> dict[str, Any]:
    """What every notice may say. `due` is that of a clock this verb has `begun`, else of the one that runs."""
    clocks = begun or await Clock.filter(case_id=case.id, task_id=None, stopped_at=None).order_by("due_at")
    due = next((c.due_on for kind in ("correction", "acceptance", "promise", "statutory", "delivery")
                for c in clocks if c.kind == kind), None)  # fmt: skip
    return {
        "title": case.title,
        "number": case.number or "",
        "due": due,
        "at": local(now()).strftime("%Y-%m-%d %H:%M"),
        **move.facts,
    }


# ------------------------------------------------------------------ clocks and alarms


async def start_clock(case: Case, task: Task | None, kind: str, limit: Limit, start: date | None = None) -> Clock:
    """Start a period of the law and set the alarms of flow.PERIODS on it."""
    clock = await calendar.clock()
    started_on = start or clock.received_on(now())
    due_on = clock.due_on(started_on, limit)
    row = await Clock.create(
        case_id=case.id,
        task_id=task.id if task else None,
        kind=kind,
        limit_days=limit.days,
        unit=limit.unit,
        started_on=started_on,
        due_on=due_on,
        due_at=clock.due_at(due_on),
    )
    if task is None:
        await Alarm.bulk_create(await _alarms(row))
    return row


async def _alarms(row: Clock) -> list[Alarm]:
    clock = await calendar.clock()
    found = []
    for alarm in PERIODS[row.kind].alarms:
        due_at = row.due_at
        if alarm.before:
            day = row.due_on
            for _ in range(alarm.before):
                day -= timedelta(days=1)
                while not clock.calendar.is_working(day):
                    day -= timedelta(days=1)
            if day <= row.started_on:
                continue
            due_at = datetime.combine(day, MORNING, SHANGHAI)
        found.append(Alarm(case_id=row.case_id, clock_id=row.id, verb=alarm.verb, due_at=due_at))
    return found


async def stop_clocks(case: Case, kinds: tuple[str, ...], task: Task | None = None) -> None:
    """Stop running periods of a case (or of one of its tasks) and drop their alarms."""
    await execute(
        "UPDATE clock SET stopped_at = $3 WHERE case_id = $1 AND kind = ANY($2) AND stopped_at IS NULL "
        "AND ($4::uuid IS NULL OR task_id = $4)",
        case.id, list(kinds), now(), task.id if task else None,
    )  # fmt: skip
    await execute(
        "UPDATE alarm SET done_at = $2 FROM clock WHERE alarm.clock_id = clock.id AND clock.stopped_at IS NOT NULL "
        "AND alarm.case_id = $1 AND alarm.done_at IS NULL",
        case.id, now(),
    )  # fmt: skip


async def locked_case(case_id: UUID, scope: Any = None) -> Case:
    """The case, locked for this unit, if the scope lets it be seen; otherwise not_found."""
    query = Case.filter(id=case_id)
    if scope is not None:
        query = query.filter(scope)
    case = await query.select_for_update(of=("cases",)).first()  # a scope may join tasks: those stay unlocked
    if case is None:
        raise not_found()
    return case
