"""A hall's day against a plain model in memory (R56): the same next ticket, one at a window, and none lost.

Hypothesis draws the day in a thread; what it does runs in the loop of the tests, on the real database.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.actions import step, ticket_call, tickets
from models.appointment import Appointment
from models.base import Refusal, execute, now, today
from models.reads import openings, queue
from models.reads.hall_lines import calls_of
from models.rules.permits import Actor
from models.rules.queue import order
from models.ticket import Ticket
from tests.actions.queueing import HALL, MORNING, at_window, booked, walk_in

pytestmark = pytest.mark.database
LINES = {"A01": ["A"], "A02": ["A", "B"], "B01": ["B"]}
AFTER = 2  # settings.booking.requeue_after
ENDED = ("done", "left", "closed")


@dataclass
class Person:
    """What the model knows of a number."""

    line: str
    arrived: datetime
    band: datetime | None = None
    priority: bool = False
    state: str = "waiting"
    window: str = ""
    due: int | None = None


class Model:
    """The rules of the queue, told once more in the plainest way."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.calls = {"A": 0, "B": 0}

    def waiting(self, lines: list[str]) -> list[str]:
        return [n for n, who in self.people.items() if who.state == "waiting" and who.line in lines]

    def next(self, lines: list[str], at: datetime, calls: dict[str, int], gone: set[str]) -> str | None:
        """Whose turn it is: the first of the first kind of which somebody is there."""
        there = {n: self.people[n] for n in self.waiting(lines) if n not in gone}
        fresh = {n: who for n, who in there.items() if who.due is None}
        soon = at + timedelta(minutes=10)
        kinds: list[tuple[dict[str, Person], Callable[[Person], Any]]] = [
            ({n: w for n, w in there.items() if w.due is not None and w.due <= calls[w.line]},
             lambda w: (w.due, w.arrived)),
            ({n: w for n, w in fresh.items() if w.priority}, lambda w: w.arrived),
            ({n: w for n, w in fresh.items() if w.band and w.band <= soon}, lambda w: (w.band, w.arrived)),
            ({n: w for n, w in fresh.items() if w.band is None}, lambda w: w.arrived),
            (fresh, lambda w: (w.band, w.arrived)),
            (there, lambda w: (w.due, w.arrived)),
        ]  # fmt: skip
        for kind, key in kinds:
            if kind:
                return min(kind, key=lambda n: key(kind[n]))
        return None

    def order(self, lines: list[str], at: datetime) -> list[str]:
        """Call one after the other on paper."""
        calls: dict[str, int] = dict(self.calls)
        called: list[str] = []
        while (number := self.next(lines, at, calls, set(called))) is not None:
            called.append(number)
            calls[self.people[number].line] += 1
        return called

    def at(self, window: str) -> str | None:
        busy = (n for n, who in self.people.items() if who.state in ("called", "serving") and who.window == window)
        return next(busy, None)


@dataclass
class House:
    """What every drawn day shares: the loop, the clock, the clerks; and the day that comes next."""

    loop: asyncio.AbstractEventLoop
    clock: Any
    clerks: dict[str, Actor]
    priority: str
    day: datetime = MORNING
    days: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def run(self, call: Awaitable[Any]) -> Any:
        async def whole() -> Any:
            return await call

        return asyncio.run_coroutine_threadsafe(whole(), self.loop).result(30)

    def morning(self) -> None:
        """A Tuesday no day before has used: an empty hall without clearing any table."""
        self.clock.move_to(self.day)
        self.day += timedelta(days=7)
        self.days += 1


WINDOW = st.sampled_from(sorted(LINES))
GROUP = st.sampled_from(["A", "B"])
PICK = st.integers(0, 99)
HOUSE: list[House] = []


class HallDay(RuleBasedStateMachine):
    """One day of a hall with two lines and three windows."""

    def __init__(self) -> None:
        super().__init__()
        self.house, self.model, self.codes = HOUSE[0], Model(), 0
        self.ids: dict[str, UUID] = {}
        self.house.morning()

    # ---------------------------------------------------------------- people come

    def _came(self, ticket: Ticket, group: str, **more: Any) -> None:
        assert ticket.number not in self.model.people
        self.model.people[ticket.number] = Person(group, ticket.arrived_at, **more)
        self.ids[ticket.number] = ticket.id

    @initialize(groups=st.lists(GROUP, min_size=2, max_size=8))
    def people_at_the_door(self, groups: list[str]) -> None:
        for group in groups:
            self.take(group, False)

    @rule(group=GROUP, first=st.sampled_from([False, False, False, True]))
    def take(self, group: str, first: bool) -> None:
        self.house.clock.shift(1)
        ticket = self.house.run(walk_in(group, priority=self.house.priority if first else ""))
        self._came(ticket, group, priority=first)

    @rule(group=GROUP, minutes=st.sampled_from([-20, 0, 5, 15, 30, 30, 60]))
    def take_booked(self, group: str, minutes: int) -> None:
        self.house.clock.shift(1)
        self.codes += 1
        ticket = self.house.run(booked(f"Y{self.codes:03d}", minutes, group))
        self._came(ticket, group, band=ticket.band_at)

    @rule(minutes=st.sampled_from([1, 6, 12]))
    def time_goes_by(self, minutes: int) -> None:
        self.house.clock.shift(minutes * 60)

    # ---------------------------------------------------------------- windows work

    @rule(window=WINDOW)
    def call_next(self, window: str) -> None:
        call = tickets.call_next(self.house.clerks[window], LINES[window])
        if self.model.at(window):
            self._refused(call, "window_busy")
            return
        turn = self.model.next(LINES[window], now(), self.model.calls, set())
        called = self.house.run(call)
        assert (called.number if called else None) == turn, f"{called and called.number} was called, not {turn}"
        if turn:
            self._called(turn, window)
            self.house.seen["again" if called.calls > 1 else "call"] += 1

    @precondition(lambda self: self._in("called"))
    @rule(pick=PICK)
    def not_here_then_here(self, pick: int) -> None:
        number = self._pick(pick, "called")
        self._verb("skip", number)
        self.model.people[number].state = "skipped"
        self._again(number)

    def _again(self, number: str) -> None:
        self._verb("requeue", number)
        who = self.model.people[number]
        who.state, who.due = "waiting", self.model.calls[who.line] + AFTER

    @precondition(lambda self: self._in("waiting"))
    @rule(window=WINDOW, then=st.sampled_from(["finish", "park", "skip"]))
    def one_after_the_other(self, window: str, then: str) -> None:
        """The window ends whom it has and takes the next all the way."""
        for _ in range(2):
            number = self.model.at(window)
            if number is None:
                self.call_next(window)
                number = self.model.at(window)
            if number is None:
                return
            who = self.model.people[number]
            if who.state == "called" and then == "skip":
                self._verb("skip", number)
                who.state = "skipped"
                continue
            if who.state == "called":
                self._verb("start", number)
            self._verb("finish" if then == "skip" else then, number)
            who.state = "parked" if then == "park" else "done"

    def _called(self, number: str, window: str) -> None:
        who = self.model.people[number]
        who.state, who.window, who.due = "called", window, None
        self.model.calls[who.line] += 1

    @precondition(lambda self: self._in("waiting", "parked"))
    @rule(window=WINDOW, pick=PICK)
    def call_out_of_turn(self, window: str, pick: int) -> None:
        number = self._pick(pick, "waiting", "parked")
        call = tickets.call(self.house.clerks[window], self.ids[number])
        if self.model.at(window):
            self._refused(call, "window_busy")
            return
        self.house.run(call)
        self._called(number, window)
        self.house.seen["out-of-turn"] += 1

    @precondition(lambda self: self._in("called"))
    @rule(pick=PICK, verb=st.sampled_from(["recall", "start", "start", "skip"]))
    def who_was_called(self, pick: int, verb: str) -> None:
        number = self._pick(pick, "called")
        self._verb(verb, number)
        end = {"recall": "called", "start": "serving", "skip": "skipped"}
        self.model.people[number].state = end[verb]

    @precondition(lambda self: self._in("serving"))
    @rule(pick=PICK, verb=st.sampled_from(["finish", "park"]))
    def who_is_served(self, pick: int, verb: str) -> None:
        number = self._pick(pick, "serving")
        self._verb(verb, number)
        self.model.people[number].state = {"finish": "done", "park": "parked"}[verb]

    @precondition(lambda self: self._in("skipped"))
    @rule(pick=PICK)
    def requeue(self, pick: int) -> None:
        self._again(self._pick(pick, "skipped"))

    @precondition(lambda self: self._in("waiting", "called", "serving"))
    @rule(pick=PICK)
    def transfer(self, pick: int) -> None:
        number = self._pick(pick, "waiting", "called", "serving")
        who = self.model.people[number]
        target = "B" if who.line == "A" else "A"
        self.house.seen["transfer"] += 1
        self.house.run(tickets.transfer(self.house.clerks["A01"], self.ids[number], target))
        who.line, who.state, who.window, who.due = target, "waiting", "", None

    @precondition(lambda self: self._in("waiting", "skipped"))
    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        number = self._pick(pick, "waiting", "skipped")
        self._verb("leave", number)
        self.model.people[number].state = "left"

    @rule(pick=PICK, verb=st.sampled_from(["start", "skip", "requeue", "finish", "park", "leave", "recall"]))
    def what_the_sheet_forbids(self, pick: int, verb: str) -> None:
        closed = [n for n, who in self.model.people.items() if who.state in ENDED]
        if closed:
            number = closed[pick % len(closed)]
            self._refused(getattr(tickets, verb)(self.house.clerks["A01"], self.ids[number]), "state_changed")

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def every_number_stands_where_the_model_has_it(self) -> None:
        held, lines = self.house.run(_standing())
        for line in lines:  # somebody who was skipped stands between others
            self.house.seen["between"] += any(self.model.people[number].due is not None for number in line[1:-1])
        assert lines == [self.model.order(["A"], now()), self.model.order(["B"], now())]
        assert held == {n: (who.state, who.line) for n, who in self.model.people.items()}

    @rule(lines=st.sampled_from([["A"], ["B"], ["A", "B"]]))
    def the_counter_shows_the_models_order(self, lines: list[str]) -> None:
        shown = self.house.run(queue.desk_queue(self.house.clerks["A01"], HALL, lines))
        assert [each["number"] for each in shown["waiting"]] == self.model.order(lines, now())
        assert {each["window"] for each in shown["serving"]} == {w for w in LINES if self.model.at(w)}

    def teardown(self) -> None:
        self.house.clock.move_to(now().replace(hour=12))  # 20:00 in the county
        still = [who for who in self.model.people.values() if who.state not in ENDED]
        assert self.house.run(tickets.close_day()) == len(still)
        ends = self.house.run(_stored())
        assert len(ends) == len(self.model.people) and {state for state, _ in ends.values()} <= set(ENDED)
        self.house.run(_appointments_ended())

    # ---------------------------------------------------------------- helpers

    def _in(self, *states: str) -> bool:
        return any(who.state in states for who in self.model.people.values())

    def _pick(self, pick: int, *states: str) -> str:
        there = [n for n, who in self.model.people.items() if who.state in states]
        return there[pick % len(there)]

    def _verb(self, verb: str, number: str) -> None:
        window = self.model.people[number].window or "A01"
        self.house.run(getattr(tickets, verb)(self.house.clerks[window], self.ids[number]))
        self.house.seen[verb] += 1

    def _refused(self, call: Awaitable[Any], code: str) -> None:
        with pytest.raises(Refusal) as found:
            self.house.run(call)
        assert found.value.code == code


async def _stored() -> dict[str, tuple[str, str]]:
    found = await Ticket.filter(hall_id=HALL, day=today())
    at = [row.window for row in found if row.state in ("called", "serving")]
    assert len(at) == len(set(at)), "two people at one window"
    return {row.number: (row.state, row.group_code) for row in found}


async def _standing() -> tuple[dict[str, tuple[str, str]], list[list[str]]]:
    """The stored numbers, and each line in calling order by what is stored of it."""
    held, calls = await _stored(), await calls_of(HALL, today())
    waiting = await Ticket.filter(hall_id=HALL, day=today(), state="waiting")
    by_line = [[row for row in waiting if row.group_code == line] for line in ("A", "B")]
    return held, [[row.number for row in order(line, calls, now())] for line in by_line]


async def _appointments_ended() -> None:
    """A booked number that was finished is served; any other end of it is "did not wait"."""
    for row in await Ticket.filter(hall_id=HALL, day=today(), appointment_id__not_isnull=True):
        end = (await Appointment.get(id=row.appointment_id)).state
        assert end == ("served" if row.state == "done" else "left")


async def drawn(examples: int, steps: int) -> House:
    """Draw that many days of that many steps each; the first that differs from the model is raised."""
    clerks = {window: await at_window(window, f"王芳{window}") for window in LINES}
    priority = str((await openings.booking_data())["priority"][0]["key"])
    with time_machine.travel(MORNING, tick=False) as clock:
        house = House(asyncio.get_running_loop(), clock, clerks, priority)
        HOUSE[:] = [house]
        how = settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
        )  # fmt: skip
        await asyncio.to_thread(run_state_machine_as_test, HallDay, settings=how)
    return house


DAYS, STEPS = 30, 40
OFTEN = (
    "call", "again", "out-of-turn", "between", "recall", "start", "skip", "requeue", "transfer", "park", "finish",
    "leave",
)  # fmt: skip


async def test_a_hall_day_is_what_the_model_says(db: str) -> None:
    house = await drawn(DAYS, STEPS)
    assert house.days >= DAYS // 2
    rare = {verb: house.seen[verb] for verb in OFTEN if house.seen[verb] < 3}
    assert not rare, f"the drawn days show too little: {rare}"


def upside_down(tickets_: Any, calls: Any, at: Any) -> list[Any]:
    return sorted(tickets_, key=lambda each: each.arrived_at, reverse=True)


async def never_counted(line: Any) -> None:
    return None


async def anybody(*_: Any) -> None:
    return None


def no_guard(*_: Any) -> None:
    return None


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [
        (ticket_call, "order", upside_down), (ticket_call, "count_call", never_counted),
        (step, "_can_start", no_guard),
    ],
)  # fmt: skip
async def test_a_broken_queue_is_found_out(
    db: str, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, broken: Any
) -> None:
    """Sabotage: the order upside down, calls not counted, verbs allowed from any state."""
    monkeypatch.setattr(where, name, broken)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await drawn(DAYS, STEPS)


async def test_two_people_at_a_window_are_found_out(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: nobody looks whether the window is free, and the index that would say so is gone."""
    monkeypatch.setattr(ticket_call, "be_free", anybody)
    await execute("DROP INDEX ticket_one_at_window")
    try:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            await drawn(DAYS, STEPS)
    finally:
        await Ticket.all().update(window="")
        await execute(
            'CREATE UNIQUE INDEX ticket_one_at_window ON ticket (hall_id, day, "window") '
            "WHERE state IN ('called','serving') AND \"window\" <> ''"
        )
