"""One case walked at random through days, by everybody, with its soundness looked at after every step (P8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import time_machine

from models.actions import (
    acceptance,
    cases,
    consultations,
    correction,
    drafts,
    promises,
    recount,
    revocation,
    special,
    supervision,
    tasks,
)
from models.actions.drafts import Filing
from models.base import SHANGHAI, Refusal, now, rows, today
from models.case import Case, Result, Task
from models.paper import CaseMaterial
from models.promise import Promise
from models.reads import calendar, sweep
from models.rules import flow
from models.rules.calendar import Calendar
from models.rules.permits import Actor
from models.supervision import Consultation
from tests import people
from tests.promises.tables import CASE_TABLE, FORWARD, SMALL, TASK_TABLE
from workers import alarms

LATER = "C18"  # the secondary paper of SL01 that may come later
EXTRA = "临时放假"


@dataclass
class Walk:
    """One case of two departments and the people round it, over days. `due` remembers every clock's end."""

    people: dict[str, Actor]
    id: UUID = field(default=UUID(int=0))
    due: dict[UUID, datetime] = field(default_factory=dict)
    seen: int = 0
    done: int = 0

    def __getattr__(self, name: str) -> Actor:
        return self.people[name]

    def of(self, task: Task, role: str) -> Actor:
        return self.people[f"{role} {task.department_id}"]


async def company() -> dict[str, Actor]:
    found = {
        "li": await people.citizen(), "wang": await people.clerk(), "sun": await people.handler("孙伟", "NY"),
        "lead": await people.worker("周督", "supervisor"), "mayor": await people.worker("县领导", "county_head"),
    }  # fmt: skip
    for department in ("SJ", "SL"):
        found[f"handler {department}"] = await people.handler(f"赵{department}", department)
        found[f"approver {department}"] = await people.approver(f"陈{department}", department)
    return found


def office_hour(days: int) -> datetime:
    """Four in the afternoon of the working day so many days on."""
    day = Calendar().add_working(today(), days)
    return datetime.combine(day, time(16), SHANGHAI)


async def _lines(w: Walk) -> list[dict[str, str]]:
    found = await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready' LIMIT 2", w.id)
    return [{"material_code": row["code"], "defect": f"看不清日期{w.done}", "fix": "拍清楚再交"} for row in found]


async def _mend(w: Walk) -> None:
    for row in await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'defect'", w.id):
        await drafts.lay(w.li, w.id, row["code"], [await people.page(w.li)])


async def _notify(w: Walk) -> None:
    await correction.notify(w.wang, w.id, None, await _lines(w))


async def _results(w: Walk, most: int) -> list[UUID]:
    return [r.id for r in await Result.filter(case_id=w.id, state__in=["making", "ready"]).limit(most)]


async def _shelve(w: Walk) -> None:
    for id_ in [r.id for r in await Result.filter(case_id=w.id, state="making").limit(1)]:
        await cases.shelve(w.wang, w.id, None, id_, "B-07")


async def _deliver(w: Walk, most: int) -> None:
    await cases.deliver(w.wang, w.id, None, await _results(w, most), "window")


async def _letter(w: Walk, outcome: str) -> None:
    for letter in await Consultation.filter(case_id=w.id, state__in=["open", "silent"]).limit(1):
        lines = (await _lines(w))[:1] if outcome == "defects" else []
        who = w.people[f"handler {letter.department_id}"]
        await consultations.answer(who, letter.id, None, outcome, "看过了", lines)


async def _holiday(w: Walk) -> None:
    """The State Council gives one day off more: the first plain working day from tomorrow on."""
    clock = await calendar.clock()
    day = clock.calendar.next_working(today())
    await rows(
        "INSERT INTO calendar_day (date, kind, name) VALUES ($1, 'off', $2) ON CONFLICT DO NOTHING RETURNING date",
        day, EXTRA,
    )  # fmt: skip
    calendar.forget()
    await recount.everything()


Act = Callable[[Walk, Task], Awaitable[None]]


def _each(verb: Act, *, one: bool = False) -> Callable[[Walk], Awaitable[None]]:
    """A verb on every task that takes it, or on the first; refused only if no task did."""

    async def act(w: Walk) -> None:
        refused, done = None, 0
        for task in await Task.filter(case_id=w.id).order_by("department_id"):
            if one and done:
                break
            try:
                await verb(w, task)
                done += 1
            except Refusal as refusal:
                refused = refusal
        if refused and not done:
            raise refused

    return act


MOVES: dict[str, Callable[[Walk], Awaitable[Any]]] = {
    "lay": lambda w: people_lay(w),
    "sign": lambda w: promises.sign(w.li, w.id, None, "tolerance", "SL01"),
    "submit": lambda w: cases.submit(w.li, w.id),
    "receive": lambda w: cases.receive(w.wang, w.id),
    "notify": _notify,
    "mend": _mend,
    "correct": lambda w: correction.correct(w.li, w.id),
    "ask second": lambda w: correction.ask_second(w.wang, w.id, None, "复印件也过期了"),
    "allow second": lambda w: correction.allow_second(w.lead, w.id, None, "确实要再告知"),
    "accept": lambda w: acceptance.accept(w.wang, w.id),
    "refuse": lambda w: cases.refuse(w.wang, w.id, None, "不属于本机关"),
    "withdraw": lambda w: cases.withdraw(w.li, w.id),
    "supply": lambda w: promises.supply(w.li, w.id),
    "confirm": lambda w: promises.confirm_supply(w.wang, w.id),
    "reject": lambda w: promises.reject_supply(w.wang, w.id, None, "章看不清"),
    "seen": lambda w: cases.acknowledge(w.li, w.id),
    "shelve": _shelve,
    "hand over one": lambda w: _deliver(w, 1),
    "deliver": lambda w: _deliver(w, 9),
    "consult": lambda w: consultations.ask(w.wang, w.id, "SJ", "这样行不行"),
    "letter agrees": lambda w: _letter(w, "agrees"),
    "letter finds": lambda w: _letter(w, "defects"),
    "holiday": _holiday,
    "extend case": lambda w: special.extend_case(w.mayor, w.id, None, 3, "几个部门要会商"),
    "task acknowledge": _each(lambda w, t: tasks.acknowledge(w.of(t, "handler"), t.id)),
    "suspend": _each(lambda w, t: special.suspend(w.of(t, "handler"), t.id, None, "征求意见", 5, "要征求意见")),
    "resume": _each(lambda w, t: special.resume(w.of(t, "handler"), t.id, None, "都同意")),
    "extend": _each(lambda w, t: special.extend(w.of(t, "approver"), t.id, None, 3, "情况复杂")),
    "task advise": _each(lambda w, t: tasks.advise(w.of(t, "handler"), t.id, None, "granted", "符合条件")),
    "task return": _each(lambda w, t: tasks.send_back(w.of(t, "approver"), t.id, None, "再看一遍"), one=True),
    "task decide": _each(lambda w, t: tasks.decide(w.of(t, "approver"), t.id, None, "granted")),
    "decide one": _each(lambda w, t: tasks.decide(w.of(t, "approver"), t.id, None, "granted"), one=True),
    "task refuse": _each(lambda w, t: tasks.decide(w.of(t, "approver"), t.id, None, "refused", "不符合条件"), one=True),
    "revoke": _each(lambda w, t: revocation.revoke(w.of(t, "approver"), t.id, None, "材料是假的"), one=True),
    "urge": _each(lambda w, t: supervision.urge(w.lead, t.id, None, "请抓紧", office_hour(2)), one=True),
    "answer urge": _each(lambda w, t: supervision.answer_urge(w.of(t, "handler"), t.id, None, "明天办好"), one=True),
    "stranger receives": lambda w: cases.receive(w.sun, w.id),
    "stranger decides": _each(lambda w, t: tasks.decide(w.sun, t.id, None, "granted")),
    "stranger suspends": _each(lambda w, t: special.suspend(w.sun, t.id, None, "征求意见", 5, "要征求意见")),
    "handler extends": _each(lambda w, t: special.extend(w.of(t, "handler"), t.id, None, 3, "情况复杂")),
    "citizen accepts": lambda w: acceptance.accept(w.li, w.id),
    "clerk allows": lambda w: correction.allow_second(w.wang, w.id, None, "确实要再告知"),
    "clerk urges": _each(lambda w, t: supervision.urge(w.wang, t.id, None, "请抓紧", office_hour(2))),
}
NEVER = {"stranger receives", "stranger decides", "stranger suspends", "handler extends", "citizen accepts",
         "clerk allows", "clerk urges"}  # fmt: skip
#: A likely way through, so that walks get deep; hypothesis mixes it with everything else.
ONWARD = ["lay", "submit", "receive", "mend", "correct", "accept", "task acknowledge", "task advise", "task decide"]
THROUGH = ["lay", "submit", "receive", "accept", "task acknowledge", "task advise", "task decide"]
#: name -> steps (` +4`: four days later), verbs that must have happened, the state it ends in.
WAYS: dict[str, tuple[list[str], list[str], str]] = {
    "a special procedure": (
        [*THROUGH[:5], "suspend", "resume +4", "task advise", "task decide +1"], ["suspend", "resume"], "concluded",
    ),
    "a special procedure that runs over": (
        [*THROUGH[:5], "suspend", "seen +9", "seen +9", "resume +4"], ["remind_suspension", "resume"], "accepted",
    ),
    "an extension": ([*THROUGH[:5], "extend +2", "extend"], ["extend"], "accepted"),
    "a promise kept": (
        ["sign", "submit", "accept", "task acknowledge", "lay +3", "supply", "reject +1", "lay", "supply", "confirm",
         "task advise", "task decide"],
        ["promise", "supply", "reject_supply", "confirm_supply", "conclude"], "concluded",
    ),
    "a result held back for a paper": (
        ["sign", "submit", "accept", "task acknowledge", "task advise", "task decide", "lay +5", "supply",
         "confirm +1"],
        ["promise", "supply", "confirm_supply", "conclude"], "concluded",
    ),
    "a promise broken": (
        ["sign", "submit", "accept", "task acknowledge", "seen +9", "seen +9"],
        ["remind_tolerance", "break_promise", "drop"], "accepted",
    ),
    "a second notice": (
        ["lay", "submit", "notify", "mend +1", "correct", "ask second", "allow second", "notify +1"],
        ["ask_second_notice", "allow_second_notice"], "correcting",
    ),
    "a letter nobody answers": (
        ["lay", "submit", "receive", "consult", "letter agrees +4"], ["ask", "fall_silent", "answer"], "received",
    ),
    "a letter that finds defects": (
        ["lay", "submit", "consult", "letter finds +1", "notify"], ["ask", "answer", "notify"], "correcting",
    ),
    "an urging": ([*THROUGH[:4], "urge", "answer urge +1"], ["urge", "answer_urge"], "accepted"),
    "the ladder to the top": (
        [*THROUGH[:4], *["seen +9"] * 3], ["remind_handler", "escalate_section", "escalate_head", "escalate_centre"],
        "accepted",
    ),
    "a holiday more": ([*THROUGH[:4], "holiday", "holiday +1"], ["recount"], "accepted"),
    "a decision revoked": ([*THROUGH[:6], "decide one", "revoke"], ["decide", "revoke"], "accepted"),
}  # fmt: skip


async def people_lay(w: Walk) -> None:
    """The paper that may come later comes."""
    await drafts.lay(w.li, w.id, LATER, [await people.page(w.li)])


async def _draft(w: Walk) -> UUID:
    id_ = await drafts.begin(w.li, Filing(["SL01", "SJ03"]), applicant={}, answers={}, form={}, hall="0001")
    record = await drafts.record_of(await Case.get(id=id_))
    await drafts.fill(w.li, id_, people.filled(record["form"]))
    for material in await CaseMaterial.filter(case_id=id_).order_by("position"):
        wanted = material.need["photo"] and not material.need["form"] and not material.need["free"]
        if wanted and material.code != LATER:
            await drafts.lay(w.li, id_, material.code, [await people.page(w.li)])
    return id_


# ------------------------------------------------------------------ what must hold after every step


async def sound(w: Walk) -> None:
    """The case is somewhere the tables allow, somebody owns it, and a clock runs that was not quietly moved."""
    case = await Case.get(id=w.id)
    events = await rows("SELECT verb, before, after, task_id FROM event WHERE case_id = $1 ORDER BY at, id", w.id)
    own = _replayed(case, events)
    assert own[None] == case.state
    assert case.version == sum(1 for e in events if e["task_id"] is None and e["verb"] in CASE_TABLE)
    found = {task.id: task.state for task in await Task.filter(case_id=w.id)}
    assert {id_: state for id_, state in own.items() if id_} == found
    open_ = case.state not in flow.FINAL["case"]
    assert bool(case.owner) == open_
    await _clocks(w, case, [event["verb"] for event in events[w.seen :]])
    w.seen = len(events)
    alive = {state for state in found.values() if state not in flow.FINAL["task"]}
    owed = await Promise.filter(case_id=w.id, kind="tolerance", state__in=["made", "supplied"]).exists()
    assert case.state == "accepted" if alive else (case.state != "accepted" or owed), (case.state, alive)
    lost = await sweep.orphans()
    assert not lost.cases and not lost.tasks, (lost.cases, lost.tasks)
    if not open_:
        left = await rows(
            "SELECT verb FROM alarm WHERE case_id = $1 AND done_at IS NULL AND machine IN ('case', 'task')", w.id
        )
        assert left == [], left


def _replayed(case: Case, events: list[dict[str, Any]]) -> dict[UUID | None, str]:
    """The states the history leads to by the tables alone: of the case (None) and of each task."""
    own: dict[UUID | None, str] = {None: "draft"}
    for event in events:
        verb, task = event["verb"], event["task_id"]
        if verb in SMALL:
            starts, end, _ = SMALL[verb]
            assert event["before"] in (starts.split() or [""]), event
            assert event["after"] == (event["before"] if end == "=" else end), event
            continue
        starts, end, _ = (TASK_TABLE if task else CASE_TABLE)[verb]
        before = own.get(task, "")
        assert event["before"] == before and before in (starts.split() or [""]), event
        own[task] = before if end == "=" else end
        assert event["after"] == own[task], event
    return own


async def _clocks(w: Walk, case: Case, news: list[str]) -> None:
    clocks = await rows("SELECT id, kind, due_at, stopped_at, task_id FROM clock WHERE case_id = $1", w.id)
    running = {c["kind"] for c in clocks if c["stopped_at"] is None and c["task_id"] is None}
    need = {"submitted": "acceptance", "received": "acceptance", "correcting": "correction", "accepted": "promise",
            "concluded": "delivery"}  # fmt: skip
    assert (need[case.state] in running) if case.state in need else not running, (case.state, running)
    for clock in clocks:
        before = w.due.setdefault(clock["id"], clock["due_at"])
        if clock["due_at"] < before:
            assert FORWARD & set(news), (clock["kind"], before, clock["due_at"], news)
        w.due[clock["id"]] = clock["due_at"]


async def walk(steps: list[tuple[str, int]]) -> str:
    """Go the steps, (move, days before it); returns the state the case ends in."""
    await _gone()
    try:
        with time_machine.travel(datetime(2026, 3, 2, 2, 0, tzinfo=now().tzinfo), tick=False) as clock:
            w = Walk(await company())
            w.id = await _draft(w)
            for name, days in steps:
                await _step(w, clock, name, days)
            return (await Case.get(id=w.id)).state
    finally:
        await rows("DELETE FROM calendar_day WHERE name = $1 RETURNING date", EXTRA)
        calendar.forget()


async def _step(w: Walk, clock: Any, name: str, days: int) -> None:
    for _ in range(days):
        clock.shift(timedelta(days=1))
        calendar.forget()
        await alarms.perform_due()
    if days:
        await sound(w)
    clock.shift(timedelta(seconds=1))
    try:
        await MOVES[name](w)
    except Refusal as refusal:
        assert refusal.status in (403, 404, 409, 422), (name, refusal)
    else:
        assert name not in NEVER or not await Task.filter(case_id=w.id).exists(), name
        w.done += 1
    await sound(w)


async def _gone() -> None:
    found = await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = {row["tablename"] for row in found} & {"account", "staff", "cases", "upload", "outbox", "audit"}
    await rows("TRUNCATE " + ", ".join(sorted(names)) + " CASCADE")
    calendar.forget()
