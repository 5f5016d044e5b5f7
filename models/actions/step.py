"""The one engine: right -> compare-and-set move -> event row -> clock and alarm rows -> notices, in one transaction."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from models.actions import tell, tell_hall
from models.actions.clocks import disarm, start_clock, stop_clocks, unpause
from models.appointment import HallEvent
from models.base import Refusal, execute, in_unit, local, new_id, not_found, now, today
from models.case import Case, Clock, Event, Task
from models.rules import permits
from models.rules.flow import CASE, FINAL, MACHINES, STATE_WORDS, TASK, TASK_WORDS, WORDS, Step
from models.rules.limits import Limit
from models.rules.permits import Actor


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
        if before == "suspended":  # nobody will end its pause: the case's clocks run on
            await disarm(task.id, ["remind_suspension"])
            await unpause(case, task, today())
    if step.tell:
        await tell.all_of(step.tell, case, event, await _facts(case, move, []), task)
    return event


async def move_row(
    actor: Actor, case: Case, row: Any, machine: str, verb: str, move: Move | None = None, *, task: Task | None = None
) -> Event:
    """Perform a verb of one of the smaller sheets (consultation, inspection, licence) inside the open unit."""
    move = move or Move()
    step = MACHINES[machine][verb]
    _may(actor, step, permits.task_roles(actor, row))
    _can_start(step, row.state, WORDS[machine])
    before = row.state
    await _swap(machine, row, step, move, move.fields)
    event = await write_event(actor, case, task, verb, step, before, move, after=row.state)
    if step.tell:
        await tell.all_of(step.tell, case, event, await _facts(case, move, []), task, row=row)
    return event


async def move_at_hall(actor: Actor, row: Any, machine: str, verb: str, move: Move | None = None) -> HallEvent:
    """Perform a verb of the appointment or ticket sheet inside the open unit.

    A verb that begins something has no row to move: the caller has made it, in the verb's end state.
    """
    move = move or Move()
    step = MACHINES[machine][verb]
    _may(actor, step, permits.hall_roles(actor, row))
    before = ""
    if step.start:
        _can_start(step, row.state, WORDS[machine])
        before = row.state
        await _swap(machine, row, step, move, move.fields)
    elif row.state != step.end:
        raise RuntimeError(f"{machine}.{verb} begins in {step.end}")
    event = await _hall_event(actor, row, machine, verb, step, before, move)
    if step.tell:
        await tell_hall.all_of(step.tell, machine, row, event, move.facts)
    return event


async def _hall_event(
    actor: Actor, row: Any, machine: str, verb: str, step: Step, before: str, move: Move
) -> HallEvent:
    if not in_unit():
        raise RuntimeError("a verb needs a unit")
    return await HallEvent.create(
        hall_id=row.hall_id, machine=machine, subject_id=row.id, verb=verb, actor=actor.key,
        actor_name=actor.name if actor.kind != "citizen" else "", role=actor.kind, place=actor.seat, before=before,
        after=row.state, at=now(), words=(move.words or step.event)[:200], audience=step.audience,
    )  # fmt: skip


def may(actor: Actor, row: Any, machine: str, verb: str, version: int | None) -> None:
    """Refuse now what the move would refuse, before anything is worked out for it."""
    step = MACHINES[machine][verb]
    _may(actor, step, ROLES_OF.get(machine, permits.task_roles)(actor, row))
    _can_start(step, row.state, WORDS[machine])
    if version is not None and version != row.version:
        raise stale()


ROLES_OF = {"case": permits.case_roles, "appointment": permits.hall_roles, "ticket": permits.hall_roles}


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
    actor: Actor, case: Case, task: Task | None, verb: str, step: Step, before: str, move: Move, after: str = ""
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
        after=after or (task or case).state,
        at=now(),
        words=(move.words or step.event)[:200],
        detail_sealed=Event.DETAIL.seal(id_, move.detail),
        audience=step.audience,
    )


async def _facts(case: Case, move: Move, begun: list[Clock]) -> dict[str, Any]:
    """What every notice may say. `due` is that of a clock this verb has `begun`, else of the one that runs."""
    clocks = begun or await Clock.filter(case_id=case.id, task_id=None, stopped_at=None).order_by("due_at")
    due = next((c.due_on for kind in ("correction", "acceptance", "tolerance", "promise", "statutory", "delivery")
                for c in clocks if c.kind == kind), None)  # fmt: skip
    return {
        "title": case.title,
        "number": case.number or "",
        "due": due,
        "at": local(now()).strftime("%Y-%m-%d %H:%M"),
        **move.facts,
    }


async def locked_case(case_id: UUID, scope: Any = None) -> Case:
    """The case, locked for this unit, if the scope lets it be seen; otherwise not_found."""
    query = Case.filter(id=case_id)
    if scope is not None:
        query = query.filter(scope)
    case = await query.select_for_update(of=("cases",)).first()  # a scope may join tasks: those stay unlocked
    if case is None:
        raise not_found()
    return case
