"""P8: every state x verb x role does what the table below says, and random walks never leave it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from models.actions import acceptance, cases, correction, drafts, step, tasks
from models.base import Refusal, now, rows, unit
from models.case import CASE_STATES, TASK_STATES, Case, Result, Task
from models.reads import calendar
from models.rules import flow, permits
from models.rules.permits import CLOCK, SYSTEM, Actor
from tests import people
from workers import alarms

pytestmark = pytest.mark.database

#: What may happen, written a second time by hand from R17-R22: verb -> (from, to, by). `=` keeps the state.
CASE_TABLE = {
    "submit": ("draft", "submitted", "owner"),
    "receive": ("submitted", "received", "clerk"),
    "notify": ("submitted received", "correcting", "clerk"),
    "correct": ("correcting", "received", "owner"),
    "accept": ("submitted received", "accepted", "clerk"),
    "deem_accept": ("submitted received", "accepted", "clock"),
    "refuse": ("submitted received", "refused", "clerk"),
    "withdraw": ("draft submitted received correcting accepted", "withdrawn", "owner"),
    "lapse": ("correcting", "returned", "clock"),
    "conclude": ("accepted", "concluded", "system"),
    "shelve": ("concluded", "=", "clerk"),
    "shelve_part": ("concluded", "=", "clerk"),
    "deliver": ("concluded", "delivered", "clerk"),
    "hand_over": ("concluded", "=", "clerk"),
    "acknowledge": ("correcting accepted concluded delivered refused returned", "=", "owner"),
    "remind_acceptance": ("submitted received", "=", "clock"),
    "remind_correction": ("correcting", "=", "clock"),
    "remind_decision": ("accepted", "=", "clock"),
    "overdue_promise": ("accepted", "=", "clock"),
    "overdue_statutory": ("accepted", "=", "clock"),
    "remind_delivery": ("concluded", "=", "clock"),
}
TASK_TABLE = {
    "assign": ("", "assigned", "system"),
    "acknowledge": ("assigned", "examining", "handler department"),
    "advise": ("examining", "advised", "handler department"),
    "return": ("advised", "examining", "approver"),
    "decide": ("assigned examining advised", "decided", "approver department"),
    "cancel": ("assigned examining advised", "cancelled", "system"),
}


class Undone(Exception):
    """Rolls a tried verb back."""


@dataclass
class Everybody:
    """Each principal with the role they play towards the case and towards its task."""

    case: dict[str, tuple[Actor, str]]
    task: dict[str, tuple[Actor, str]]


async def everybody() -> tuple[Actor, Everybody]:
    li = await people.citizen()
    sun = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    town = await people.worker("李娜", "clerk", hall="0101", tier="town")
    other = await people.handler("孙伟", "NY")
    lead = await people.worker("周督", "supervisor")
    system, foreign = Actor("department", department="SJ", name="SJ"), Actor("department", department="NY", name="NY")
    nobody = {"anonymous": (Actor("anonymous"), ""), "other citizen": (sun, "")}
    case = {
        **nobody, "owner": (li, "owner"), "clerk": (wang, "clerk"), "town clerk": (town, ""), "handler": (zhao, ""),
        "approver": (chen, ""), "other department": (other, ""), "supervisor": (lead, "supervisor"),
        "department": (system, ""), "clock": (CLOCK, "clock"), "system": (SYSTEM, "system"),
    }  # fmt: skip
    task = {
        **nobody, "owner": (li, ""), "clerk": (wang, ""), "handler": (zhao, "handler"), "approver": (chen, "approver"),
        "other department": (other, ""), "supervisor": (lead, ""), "department": (system, "department"),
        "foreign system": (foreign, ""), "clock": (CLOCK, "clock"), "system": (SYSTEM, "system"),
    }  # fmt: skip
    return li, Everybody(case, task)


async def tried(run: Callable[[], Awaitable[Any]], row: Any) -> str:
    """What a verb does: the state it ends in, or the code it is refused with. Nothing of it stays."""
    ended = ""

    async def body() -> None:
        nonlocal ended
        await run()
        ended = row.state
        raise Undone

    try:
        await unit(body)
    except Undone:
        return ended
    except Refusal as refusal:
        return refusal.code
    raise AssertionError("neither done nor refused")


def expected(table: dict[str, tuple[str, str, str]], verb: str, state: str, role: str) -> str:
    starts, end, who = table[verb]
    if not role:
        return "not_found"
    if role not in who.split():
        return "not_allowed"
    if state not in starts.split():
        return "state_changed"
    return state if end == "=" else end


async def wrong_triples() -> list[str]:
    """Every case and task triple where the engine and the table differ."""
    li, who = await everybody()
    wrong = []
    id_ = await people.submitted(li)
    for state, verb, name in product(CASE_STATES, CASE_TABLE, who.case):
        actor, role = who.case[name]
        case = await _row(Case, id_) if role else Case(id=id_, account_id=li.id, hall_id="0001", state=state)
        case.state = state
        found = await tried(partial(_move_case, actor, case, verb, state), case)
        if found != expected(CASE_TABLE, verb, state, role):
            wrong.append(f"case {state} {verb} {name}: {found}")
    other = await people.accepted(
        await people.citizen("钱七", "440229199001010030", "13900000009"), who.case["clerk"][0]
    )
    task_id = (await Task.get(case_id=other)).id
    case = await Case.get(id=other)
    for state, verb, name in product(TASK_STATES, TASK_TABLE, who.task):
        actor, role = who.task[name]
        task = await Task.get(id=task_id)
        task.state = state
        found = await tried(partial(_move_task, actor, case, task, verb, state), task)
        if found != expected(TASK_TABLE, verb, state, role):
            wrong.append(f"task {state} {verb} {name}: {found}")
    return wrong


async def _row(table: Any, id_: UUID) -> Any:
    return await table.get(id=id_)


async def _move_case(actor: Actor, case: Case, verb: str, state: str) -> None:
    if verb in flow.CASE and state in flow.CASE[verb].start:
        await rows("UPDATE cases SET state = $2, owner = 'citizen' WHERE id = $1 RETURNING id", case.id, state)
    await step.move_case(actor, case, verb, step.Move(facts={"outcome": "同意了", "lines": 1, "where": "大厅"}))


async def _move_task(actor: Actor, case: Case, task: Task, verb: str, state: str) -> None:
    fields = {"outcome": "granted"} if verb == "decide" else {}
    if state not in ("decided", "cancelled"):
        await rows("UPDATE task SET state = $2 WHERE id = $1 RETURNING id", task.id, state)
    await step.move_task(actor, case, task, verb, step.Move(fields=fields))


def test_the_sheet_is_this_table() -> None:
    for table, sheet in ((CASE_TABLE, flow.CASE), (TASK_TABLE, flow.TASK)):
        assert set(table) == set(sheet)
        for verb, (starts, end, who) in table.items():
            found = sheet[verb]
            assert (set(starts.split()), end, set(who.split())) == (set(found.start), found.end or "=", set(found.who))


async def test_every_state_verb_and_role(db: str) -> None:
    assert await wrong_triples() == []


async def test_roles_given_to_everybody_are_found_out(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: everybody is owner and clerk of every case."""
    monkeypatch.setattr(permits, "case_roles", lambda *_: frozenset({"owner", "clerk"}))
    assert len(await wrong_triples()) > 50


@pytest.mark.parametrize("guard", ["_may", "_can_start"])
async def test_a_missing_guard_is_found_out(db: str, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    """Sabotage: one guard of the engine lets everything pass."""
    monkeypatch.setattr(step, guard, lambda *_: None)
    assert len(await wrong_triples()) > 50


async def test_of_fifty_at_once_one_wins(db: str, together: Any) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    version = (await Case.get(id=id_)).version
    answers = await together(*(cases.receive(wang, id_, version) for _ in range(50)))
    assert answers.count(None) == 1
    assert {a.code for a in answers if a is not None} <= {"stale_version", "state_changed"}
    assert await Case.filter(id=id_, version=version + 1).exists()


# ------------------------------------------------------------------ random walks


@dataclass
class Walk:
    """One case and the people round it, over days. `due` remembers every clock's end."""

    li: Actor
    wang: Actor
    zhao: Actor
    chen: Actor
    sun: Actor
    id: UUID
    due: dict[UUID, datetime] = field(default_factory=dict)
    done: int = 0


async def _lines(w: Walk) -> list[dict[str, str]]:
    found = await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready' LIMIT 2", w.id)
    return [{"material_code": row["code"], "defect": "看不清日期", "fix": "拍清楚再交"} for row in found]


async def _mend(w: Walk) -> None:
    for row in await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'defect'", w.id):
        await drafts.lay(w.li, w.id, row["code"], [await people.page(w.li)])


async def _notify(w: Walk) -> None:
    await correction.notify(w.wang, w.id, None, await _lines(w))


async def _results(w: Walk, most: int) -> list[UUID]:
    return [r.id for r in await Result.filter(case_id=w.id, state__in=["making", "ready"]).limit(most)]


async def _shelve(w: Walk) -> None:
    for id_ in await _results(w, 1):
        await cases.shelve(w.wang, w.id, None, id_, "B-07")


async def _deliver(w: Walk, most: int) -> None:
    await cases.deliver(w.wang, w.id, None, await _results(w, most), "window")


def _each_task(verb: Callable[[Walk, UUID], Awaitable[None]]) -> Callable[[Walk], Awaitable[None]]:
    async def act(w: Walk) -> None:
        for task in await Task.filter(case_id=w.id).limit(1 + w.done % 2):
            await verb(w, task.id)

    return act


MOVES: dict[str, Callable[[Walk], Awaitable[None]]] = {
    "submit": lambda w: cases.submit(w.li, w.id),
    "receive": lambda w: cases.receive(w.wang, w.id),
    "notify": _notify,
    "mend": _mend,
    "correct": lambda w: correction.correct(w.li, w.id),
    "accept": lambda w: acceptance.accept(w.wang, w.id),
    "refuse": lambda w: cases.refuse(w.wang, w.id, None, "不属于本机关"),
    "withdraw": lambda w: cases.withdraw(w.li, w.id),
    "seen": lambda w: cases.acknowledge(w.li, w.id),
    "shelve": _shelve,
    "hand over one": lambda w: _deliver(w, 1),
    "deliver": lambda w: _deliver(w, 9),
    "task acknowledge": _each_task(lambda w, t: tasks.acknowledge(w.zhao, t)),
    "task advise": _each_task(lambda w, t: tasks.advise(w.zhao, t, None, "granted", "符合条件")),
    "task return": _each_task(lambda w, t: tasks.send_back(w.chen, t, None, "再看一遍")),
    "task decide": _each_task(lambda w, t: tasks.decide(w.chen, t, None, "granted")),
    "task refuse": _each_task(lambda w, t: tasks.decide(w.chen, t, None, "refused", "不符合条件")),
    "stranger receives": lambda w: cases.receive(w.sun, w.id),
    "stranger decides": _each_task(lambda w, t: tasks.decide(w.sun, t, None, "granted")),
    "handler decides": _each_task(lambda w, t: tasks.decide(w.zhao, t, None, "granted")),
    "citizen accepts": lambda w: acceptance.accept(w.li, w.id),
}
NEVER = {"stranger receives", "stranger decides", "handler decides", "citizen accepts"}
#: A likely way through, so that walks get deep; hypothesis mixes it with everything else.
ONWARD = ["submit", "receive", "notify", "mend", "correct", "accept", "task acknowledge", "task advise", "task decide"]
STEPS = st.tuples(st.sampled_from([*MOVES, *ONWARD, *ONWARD]), st.sampled_from([0, 0, 0, 1, 2, 4, 9]))


async def sound(w: Walk) -> None:
    """The case is somewhere the table allows, somebody owns it, and a clock runs that was not quietly moved."""
    case = await Case.get(id=w.id)
    events = await rows("SELECT verb, before, after, task_id, role FROM event WHERE case_id = $1 ORDER BY at, id", w.id)
    state, states = "draft", dict[str, str]()
    for event in events:
        task = event["task_id"]
        starts, end, who = (TASK_TABLE if task else CASE_TABLE)[event["verb"]]
        before = states.get(task, "") if task else state
        assert event["before"] == before and (before in starts.split() or (task and not before)), event
        assert event["after"] == (before if end == "=" else end), event
        if task:
            states[task] = event["after"]
        else:
            state = event["after"]
    assert state == case.state and case.version == sum(1 for e in events if e["task_id"] is None)
    open_ = case.state not in flow.FINAL["case"]
    assert bool(case.owner) == open_
    clocks = await rows("SELECT id, kind, due_at, stopped_at, task_id FROM clock WHERE case_id = $1", w.id)
    running = {c["kind"] for c in clocks if c["stopped_at"] is None and c["task_id"] is None}
    need = {"submitted": "acceptance", "received": "acceptance", "correcting": "correction", "accepted": "promise",
            "concluded": "delivery"}  # fmt: skip
    assert (need[case.state] in running) if case.state in need else not running, (case.state, running)
    for clock in clocks:
        assert w.due.setdefault(clock["id"], clock["due_at"]) == clock["due_at"]
    alive = {t.state for t in await Task.filter(case_id=w.id)} & {"assigned", "examining", "advised"}
    assert bool(alive) == (case.state == "accepted"), (case.state, alive)
    if not open_:
        left = await rows("SELECT verb FROM alarm WHERE case_id = $1 AND done_at IS NULL", w.id)
        assert left == [], left


async def walk(db: str, steps: list[tuple[str, int]]) -> str:
    await people_gone()
    w = Walk(
        await people.citizen(), await people.clerk(), await people.handler(), await people.approver(),
        await people.handler("孙伟", "NY"), UUID(int=0),
    )  # fmt: skip
    with time_machine.travel(datetime(2026, 3, 2, 2, 0, tzinfo=now().tzinfo), tick=False) as clock:
        w.id = await people.draft(w.li, "SJ03", "SJ04")
        for name, days in steps:
            if days:
                clock.shift(timedelta(days=days))
                await alarms.perform_due()
                await sound(w)
            clock.shift(timedelta(seconds=1))
            try:
                await MOVES[name](w)
            except Refusal as refusal:
                assert refusal.status in (403, 404, 409, 422), (name, refusal)
            else:
                assert name not in NEVER or ("decides" in name and not await Task.filter(case_id=w.id).exists()), name
                w.done += 1
            await sound(w)
    return (await Case.get(id=w.id)).state


async def people_gone() -> None:
    found = await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = {row["tablename"] for row in found} & {"account", "staff", "cases", "upload", "outbox", "audit"}
    await rows("TRUNCATE " + ", ".join(sorted(names)) + " CASCADE")
    calendar.forget()


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(steps=st.lists(STEPS, min_size=12, max_size=26))
async def test_random_walks(db: str, steps: list[tuple[str, int]]) -> None:
    await walk(db, steps)


@pytest.mark.parametrize("end", ["deliver", "withdraw", "refuse", "lapse", "wait"])
async def test_the_ways_to_every_end(db: str, end: str) -> None:
    """Walks that surely reach each final state, so that the random ones are known to be able to."""
    await go_to(db, end)


@pytest.mark.parametrize("sabotage", ["owner", "clock", "stop", "deadline"])
async def test_a_broken_engine_is_found_out(db: str, monkeypatch: pytest.MonkeyPatch, sabotage: str) -> None:
    """Sabotage: the owner is not passed on, a clock is not started, not stopped, or moved without a word."""
    starts = step.start_clock

    async def none(*_: Any, **__: Any) -> None:
        return None

    async def still(*given: Any) -> Any:
        row = await starts(*given)
        await rows("UPDATE clock SET stopped_at = now() WHERE id = $1 RETURNING id", row.id)
        return row

    async def moved(case: Case, task: Task | None, kind: str, limit: Any, start: Any = None) -> Any:
        await rows("UPDATE clock SET due_at = due_at - interval '1 day' WHERE case_id = $1 RETURNING id", case.id)
        return await starts(case, task, kind, limit, start)

    broken: dict[str, tuple[str, Any]] = {
        "owner": ("_owner", lambda *_: "citizen"), "clock": ("start_clock", still), "stop": ("stop_clocks", none),
        "deadline": ("start_clock", moved),
    }  # fmt: skip
    monkeypatch.setattr(step, *broken[sabotage])
    with pytest.raises((AssertionError, IntegrityError)):
        for end in ("withdraw", "deliver"):
            await go_to(db, end)


async def go_to(db: str, end: str) -> None:
    ways = {
        "deliver": [*ONWARD, "task advise", "task acknowledge", "task advise", "task decide", "shelve", "deliver"],
        "withdraw": ["submit", "accept", "withdraw"],
        "refuse": ["submit", "receive", "refuse"],
        "lapse": ["submit", "notify", *["seen"] * 8],
        "wait": ["submit", *["seen"] * 4],
    }
    ended = await walk(db, [(name, 9 if name == "seen" else 0) for name in ways[end]])
    wanted = {"deliver": "delivered", "withdraw": "withdrawn", "refuse": "refused", "lapse": "returned"}
    assert ended == wanted.get(end, "accepted")
