"""P8: in five sheets every state x verb x role does what the tables say; of fifty racing one wins; walks stay in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tortoise.exceptions import BaseORMException, IntegrityError

from models.actions import cases, clocks, consultations, inspections, special, step, supervision, tasks
from models.base import Refusal, new_id, now, rows, unit
from models.case import Case, Task
from models.licence import Licence
from models.rules import flow, permits
from models.rules.permits import SYSTEM, Actor
from models.supervision import Consultation, Inspection
from tests import people
from tests.promises import walking
from tests.promises.tables import STATES, TABLES, Everybody, everybody, expected
from tests.promises.test_hall_sheets import TABLES as HALL_TABLES
from tests.promises.walking import MOVES, ONWARD, walk

pytestmark = pytest.mark.database

TABLE_OF = {"case": "cases", "task": "task", "consultation": "consultation", "inspection": "inspection",
            "licence": "licence"}  # fmt: skip
SAID = ("outcome", "where", "days", "procedure", "planned", "item", "first", "why", "level", "lines", "title", "number")
DATES = dict.fromkeys(("due", "before", "until"), date(2030, 1, 2))
FACTS: dict[str, Any] = {"at": "2026-03-02 10:00", **dict.fromkeys(SAID, "示例"), **DATES}
#: Columns the tables of the database ask for in a state, or with a verb.
HELD = {
    ("task", "decided"): {"outcome": "granted"}, ("task", "revoked"): {"outcome": "granted"},
    ("consultation", "answered"): {"outcome": "agrees"},
}  # fmt: skip
WITH = {
    ("task", "decide"): {"outcome": "granted"}, ("task", "decide_at_window"): {"outcome": "granted"},
    ("task", "void_grant"): {"outcome": ""}, ("consultation", "answer"): {"outcome": "agrees"},
}  # fmt: skip


class Undone(Exception):
    """Rolls a tried verb back."""


@dataclass(frozen=True)
class Try:
    """One triple: a verb of a machine, tried by somebody in a state."""

    machine: str
    state: str
    verb: str
    name: str
    actor: Actor
    want: str

    def __str__(self) -> str:
        return f"{self.machine} {self.state} {self.verb} {self.name}"


@dataclass
class Stage:
    """A case, its task, and a row of each small sheet, on which verbs are tried."""

    who: Everybody
    case: Case
    rows: dict[str, Any]

    def tries(self) -> Iterator[Try]:
        """The whole product, all five machines."""
        for machine, table in TABLES.items():
            actors = self.who.case if machine == "case" else self.who.row
            for state, verb, name in product(STATES[machine], table, actors):
                actor, role = actors[name]
                if role == "delegate" and machine != "task":
                    role = ""  # only a task is ever delegated
                yield Try(machine, state, verb, name, actor, expected(table, verb, state, role))

    async def act(self, each: Try) -> str:
        """Perform the verb on a copy of the row standing in the state; returns the state it comes to."""
        row, case = copy(self.rows[each.machine]), copy(self.case)
        row.state = each.state
        steps = flow.MACHINES[each.machine]
        if each.verb in steps and each.state in steps[each.verb].start:
            await self._stand(each)
        move = step.Move(facts=FACTS, fields=dict(WITH.get((each.machine, each.verb), {})))
        if each.machine == "case":
            await step.move_case(each.actor, row, each.verb, move)
        elif each.machine == "task":
            await step.move_task(each.actor, case, row, each.verb, move)
        else:
            await step.move_row(each.actor, case, row, each.machine, each.verb, move)
        return str(row.state)

    async def _stand(self, each: Try) -> None:
        values = {"state": each.state, **HELD.get((each.machine, each.state), {})}
        if each.machine == "case":
            values["owner"] = "citizen"
        columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
        table, id_ = TABLE_OF[each.machine], self.rows[each.machine].id
        await rows(f"UPDATE {table} SET {columns} WHERE id = $1 RETURNING id", id_, *values.values())


async def stage() -> Stage:
    who = await everybody()
    id_ = await people.accepted(who.owner, who.case["clerk"][0], "SJ03")
    case = await Case.get(id=id_)
    task = await Task.get(case_id=id_)
    task.delegation = "翁市监公告〔2026〕1号"
    zhao = who.case["handler"][0]
    due: dict[str, Any] = {"due_on": date(2030, 1, 2), "due_at": now()}
    letter = await Consultation.create(
        id=new_id(),
        case_id=id_,
        department_id="SJ",
        asked_by=zhao.id,
        asker="department:SJ",
        question_sealed="-",
        **due,
    )
    look = await Inspection.create(
        id=new_id(), case_id=id_, task_id=task.id, kind="spot", department_id="SJ", **due
    )  # fmt: skip
    licence = await Licence.create(
        id=new_id(), case_id=id_, task_id=task.id, account_id=who.owner.id, subject_id=who.owner.id, item_code="SJ03",
        department_id="SJ", name="食品经营许可证", number="示例1", issued_on=due["due_on"], valid_from=due["due_on"],
    )  # fmt: skip
    found = {"case": case, "task": task, "consultation": letter, "inspection": look, "licence": licence}
    return Stage(who, case, found)


async def wrong_triples() -> list[str]:
    """Every triple of the five machines in which the engine and the tables differ.

    What must be refused touches nothing and shares one transaction; what must succeed has its own, which is undone.
    """
    there = await stage()
    wrong: list[str] = []
    done: list[Try] = []
    refused: list[Try] = []
    for each in there.tries():
        (done if each.want in STATES[each.machine] else refused).append(each)

    async def answers(tries: list[Try]) -> None:
        for each in tries:
            try:
                found = await there.act(each)
            except Refusal as refusal:
                found = refusal.code
            except BaseORMException as error:
                found = type(error).__name__
            if found != each.want:
                wrong.append(f"{each}: {found}")
        raise Undone

    for tries in (refused, *([each] for each in done)):
        with pytest.raises(Undone):
            await unit(lambda tries=tries: answers(tries))  # type: ignore[misc]
    assert len(done) > 130 and len(refused) > 9000
    return wrong


def test_the_sheets_are_these_tables() -> None:
    assert [*TABLES, *HALL_TABLES] == list(flow.MACHINES)
    for machine, table in TABLES.items():
        sheet = flow.MACHINES[machine]
        assert set(table) == set(sheet), machine
        for verb, (starts, end, who) in table.items():
            found = sheet[verb]
            said = set(starts.split()), end, set(who.split())
            assert said == (set(found.start), found.end or "=", set(found.who)), (machine, verb)


async def test_every_state_verb_and_role(db: str) -> None:
    assert await wrong_triples() == []


async def test_a_delegate_without_a_delegation_is_a_stranger(db: str) -> None:
    there = await stage()
    there.rows["task"].delegation = ""
    window = there.who.row["delegate"][0]
    tried = Try("task", "examining", "decide_at_window", "delegate", window, "not_found")
    with pytest.raises(Refusal) as refused:
        await unit(lambda: there.act(tried))
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (permits, "case_roles", lambda *_: frozenset({"owner", "clerk"})),
        (permits, "task_roles", lambda *_: frozenset({"handler", "approver"})),
        (step, "_may", lambda *_: None),
        (step, "_can_start", lambda *_: None),
    ],
    ids=["everybody owns", "everybody decides", "no question who", "no question when"],
)
async def test_a_broken_guard_is_found_out(
    db: str, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, broken: Any
) -> None:
    """Sabotage: roles given to everybody, or one guard of the engine that lets everything pass."""
    monkeypatch.setattr(where, name, broken)
    assert len(await wrong_triples()) > 50


# ------------------------------------------------------------------ fifty at once


@dataclass
class Race:
    """A case with a task in each state a race starts from."""

    wang: Actor
    zhao: Actor
    chen: Actor
    lead: Actor
    case: Case
    task: Task


@pytest.fixture
async def race(db: str) -> AsyncIterator[Race]:
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    lead = await people.worker("周督", "supervisor")
    id_ = await people.accepted(await people.citizen(), wang, "SJ03")
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(zhao, task.id)
    yield Race(wang, zhao, chen, lead, await Case.get(id=id_), await Task.get(id=task.id))


async def _letter(r: Race) -> Consultation:
    asked = await consultations.ask(r.wang, r.case.id, "SJ", "这样行不行")
    return await Consultation.get(id=asked)


async def _look(r: Race) -> Inspection:
    made: dict[str, Any] = {"due_on": date(2030, 1, 2), "due_at": now()}
    return await Inspection.create(
        id=new_id(), case_id=r.case.id, task_id=r.task.id, kind="spot", department_id="SJ", **made
    )


Verb = Callable[[Race, int, Any], Awaitable[Any]]
RACES: dict[str, tuple[Callable[[Race], Awaitable[Any]], Verb]] = {
    "advise": (
        lambda r: Task.get(id=r.task.id),
        lambda r, v, row: tasks.advise(r.zhao, row.id, v, "granted", "符合条件"),
    ),
    "extend": (lambda r: Task.get(id=r.task.id), lambda r, v, row: special.extend(r.chen, row.id, v, 3, "案情复杂")),
    "urge": (
        lambda r: Task.get(id=r.task.id),
        lambda r, v, row: supervision.urge(r.lead, row.id, v, "请抓紧", walking.office_hour(2)),
    ),
    "answer": (_letter, lambda r, v, row: consultations.answer(r.zhao, row.id, v, "agrees", "同意", [])),
    "judge": (_look, lambda r, v, row: inspections.judge(r.zhao, row.id, v, "passed", "看过，属实")),
    "conclude": (
        lambda r: Case.get(id=r.case.id),
        lambda r, v, row: unit(lambda: step.move_case(SYSTEM, copy(row), "conclude", step.Move(v, facts=FACTS))),
    ),
}
LOST = {"stale_version", "state_changed", "extension_used", "urge_open"}


@pytest.mark.parametrize("name", RACES)
async def test_of_fifty_at_once_one_wins(race: Race, together: Any, name: str) -> None:
    find, verb = RACES[name]
    row = await find(race)
    answers = await together(*(verb(race, row.version, row) for _ in range(50)))
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(answers) - len(lost) == 1
    assert all(isinstance(answer, Refusal) and answer.code in LOST for answer in lost), {str(a) for a in lost}
    assert (await type(row).get(id=row.id)).version == row.version + 1


async def test_of_fifty_receipts_one_is_given(db: str, together: Any) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    version = (await Case.get(id=id_)).version
    answers = await together(*(cases.receive(wang, id_, version) for _ in range(50)))
    assert answers.count(None) == 1
    assert {a.code for a in answers if a is not None} <= {"stale_version", "state_changed"}
    assert await Case.filter(id=id_, version=version + 1).exists()


# ------------------------------------------------------------------ random walks

STEPS = st.tuples(st.sampled_from([*MOVES, *ONWARD, *ONWARD]), st.sampled_from([0, 0, 0, 1, 2, 4, 9]))


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(steps=st.lists(STEPS, min_size=14, max_size=30))
async def test_random_walks(db: str, steps: list[tuple[str, int]]) -> None:
    await walk(steps)


WAYS = {
    "delivered": [*walking.THROUGH, "shelve", "shelve", "deliver"],
    "withdrawn": ["lay", "submit", "accept", "task acknowledge", "suspend", "withdraw"],
    "refused": ["lay", "submit", "receive", "refuse"],
    "returned": ["lay", "submit", "notify", *["seen +9"] * 8],
    "accepted": ["lay", "submit", *["seen +9"] * 2],
}


@pytest.mark.parametrize("end", WAYS)
async def test_the_ways_to_every_end(db: str, end: str) -> None:
    """Walks that surely reach each end, so that the random ones are known to be able to."""
    assert await go(WAYS[end]) == end


@pytest.mark.parametrize("way", walking.WAYS)
async def test_the_ways_of_the_law(db: str, way: str) -> None:
    """Special procedures, extensions, promises, second notices, letters: each walk does what it names."""
    steps, verbs, end = walking.WAYS[way]
    assert await go(steps) == end
    done = {row["verb"] for row in await rows("SELECT DISTINCT verb FROM event")}
    assert set(verbs) <= done, set(verbs) - done


async def go(names: list[str]) -> str:
    """Go the named steps: `seen +9` is seen, nine days later."""
    split = [name.partition(" +") for name in names]
    return await walk([(name, int(days or 0)) for name, _, days in split])


@pytest.mark.parametrize("sabotage", ["owner", "clock", "stop", "deadline", "silent verb"])
async def test_a_broken_engine_is_found_out(db: str, monkeypatch: pytest.MonkeyPatch, sabotage: str) -> None:
    """Sabotage: the owner is not passed on, a clock not started, not stopped, or moved, or a verb without its event."""
    starts, writes = clocks.start_clock, step.write_event

    async def none(*_: Any, **__: Any) -> None:
        return None

    async def still(*given: Any, **more: Any) -> Any:
        row = await starts(*given, **more)
        await rows("UPDATE clock SET stopped_at = now() WHERE id = $1 RETURNING id", row.id)
        return row

    async def moved(case: Case, *given: Any, **more: Any) -> Any:
        await rows("UPDATE clock SET due_at = due_at - interval '1 day' WHERE case_id = $1 RETURNING id", case.id)
        return await starts(case, *given, **more)

    async def silent(actor: Actor, case: Case, task: Any, verb: str, *given: Any, **more: Any) -> Any:
        return await writes(actor, case, task, "acknowledge" if verb == "receive" else verb, *given, **more)

    broken: dict[str, tuple[str, Any]] = {
        "owner": ("_owner", lambda *_: "citizen"), "clock": ("start_clock", still), "stop": ("stop_clocks", none),
        "deadline": ("start_clock", moved), "silent verb": ("write_event", silent),
    }  # fmt: skip
    monkeypatch.setattr(step, *broken[sabotage])
    with pytest.raises((AssertionError, IntegrityError)):
        for end in ("withdrawn", "refused", "delivered"):
            assert await go(WAYS[end]) == end
