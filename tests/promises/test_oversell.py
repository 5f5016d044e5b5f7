"""P7: places that cannot be oversold. 300 clients race; thousands of random steps; the counters equal the rows."""

import asyncio
import os
import random
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from models.actions import appointment_new, appointments, slot_places, waiting
from models.actions.appointments import Wish
from models.appointment import CONSTRAINTS, Appointment, Place, Slot
from models.base import Refusal, execute, unit
from models.rules.permits import Actor
from tests.actions import booking
from tests.actions.booking import ITEM, crowd, slots, used, whole

pytestmark = pytest.mark.database
STEPS = int(os.environ.get("YIMEN_STORM", "600"))
VERBS = ("book", "hold", "wait", "confirm", "take_offer", "cancel", "reschedule")
AT_ONCE = 40  # more wait for a connection than there are; who has none after 3 s would be answered 503


async def race(*tries: Any) -> list[Any]:
    """Every try at once, as far as connections reach: results, or the code of the refusal."""
    door = asyncio.Semaphore(AT_ONCE)

    async def one(attempt: Any) -> Any:
        async with door:
            try:
                return await attempt
            except Refusal as refusal:
                return refusal.code

    return list(await asyncio.gather(*(one(each) for each in tries)))


@pytest.mark.parametrize("places", [1, 5, 50])
async def test_three_hundred_race_and_exactly_as_many_as_there_are_places_have_one(db: str, places: int) -> None:
    slot = (await slots(1, places))[0]
    people = await crowd(300)
    found = await race(*(appointments.book(who, Wish(slot.id, ITEM)) for who in people))
    assert sum(isinstance(each, UUID) for each in found) == places
    assert sum(each == "slot_full" for each in found) == 300 - places
    assert await used(slot) == places == await Place.filter(slot_id=slot.id, freed_at=None).count()
    codes = [row.code for row in await Appointment.filter(state="booked")]
    assert sorted(codes) == [f"Y{number:03d}" for number in range(1, places + 1)]
    await whole()


async def test_without_the_guard_the_database_still_refuses(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = (await slots(1, 1))[0]
    one, two = await crowd(2)
    monkeypatch.setattr(slot_places, "TAKE", "UPDATE slot SET used = used + $2 WHERE id = $1")
    monkeypatch.setattr(appointment_new, "room", lambda *_: True)  # the look before the lock only saves waiting
    await appointments.book(one, Wish(slot.id, ITEM))
    with pytest.raises(IntegrityError, match="slot_used"):
        await appointments.book(two, Wish(slot.id, ITEM))
    assert await used(slot) == 1
    await whole()


async def test_a_place_freed_twice_is_seen_by_the_checker(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = (await slots(1, 3))[0]
    people = await crowd(3)
    ids = [await appointments.book(who, Wish(slot.id, ITEM)) for who in people]
    await whole()
    monkeypatch.setattr(slot_places, "FREE", "UPDATE slot SET used = used - 2 * $2 WHERE id = $1")
    await appointments.cancel(people[0], ids[0])
    with pytest.raises(AssertionError):
        await whole()


async def test_a_long_service_has_its_whole_chain_or_nothing_under_race(db: str) -> None:
    chain = await slots(5, 2, parts=2)
    people = await crowd(60)
    starts = [chain[place % 4].id for place in range(60)]
    found = await race(*(appointments.book(who, Wish(at, ITEM)) for who, at in zip(people, starts, strict=True)))
    assert {each for each in found if isinstance(each, str)} == {"slot_full"}
    assert 4 <= sum(isinstance(each, UUID) for each in found) <= 5  # five slots of two places, two slots each
    await whole()


async def test_one_person_racing_with_themselves_has_one_time(db: str) -> None:
    first, second = await slots(2, 50)
    (li,) = await crowd(1)
    found = await race(*(appointments.book(li, Wish(slot.id, ITEM)) for slot in [first, second] * 10))
    assert sum(isinstance(each, UUID) for each in found) == 1
    assert {each for each in found if isinstance(each, str)} <= {"same_item_booked", "overlapping_appointment"}
    await whole()


async def test_holds_that_ran_out_are_given_back_once_under_race(db: str) -> None:
    slot = (await slots(1, 5))[0]
    people = await crowd(45)
    for who in people[:5]:
        await booking.over(await appointments.hold(who, Wish(slot.id, ITEM)))
    found = await race(*(appointments.book(who, Wish(slot.id, ITEM)) for who in people[5:]))
    assert sum(isinstance(each, UUID) for each in found) == 5
    assert await Appointment.filter(state="expired").count() == 5
    await whole()


# ------------------------------------------------------------------ random steps


class Storm:
    """Citizens who book, hold, wait, move and cancel at random, several at once; the seed decides who wants what."""

    def __init__(self, people: list[Actor], rows: list[Slot], seed: int) -> None:
        self.people, self.slots, self.chance = people, rows, random.Random(seed)
        self.said: dict[str, int] = {}

    async def step(self) -> None:
        who, slot = self.chance.choice(self.people), self.chance.choice(self.slots)
        verb = self.chance.choice(["book", "book", "hold", "wait", "confirm", "take_offer", "cancel", "cancel",
                                   "take_offer", "reschedule", "over", "sweep"])  # fmt: skip
        try:
            if await self._do(verb, who, slot):
                self.said[verb] = self.said.get(verb, 0) + 1
        except Refusal as refusal:
            self.said[refusal.code] = self.said.get(refusal.code, 0) + 1

    async def _do(self, verb: str, who: Actor, slot: Slot) -> bool:
        if verb in ("book", "hold", "wait"):
            await getattr(appointments, verb)(who, Wish(slot.id, ITEM, party=self.chance.choice([1, 1, 2])))
            return True
        if verb == "sweep":
            return bool(await waiting.sweep())
        state = {"confirm": "held", "take_offer": "offered", "over": "offered"}.get(verb, "booked")
        found = await Appointment.filter(state=state).order_by("id")
        if not found:
            return False
        own = self.chance.choice(found)  # whoever has one: else the verb would hardly ever be tried
        who = next(each for each in self.people if each.id == own.account_id)
        if verb == "over":
            await booking.over(own.id)
        elif verb == "reschedule":
            await appointments.reschedule(who, own.id, slot.id)
        else:
            await getattr(appointments, verb)(who, own.id)
        return True


async def test_random_steps_leave_counters_equal_to_rows(db: str) -> None:
    people = await crowd(30)
    rows = await slots(4, 3, parts=2) + await slots(4, 3, ahead=3, parts=2)
    storm = Storm(people, rows, seed=7)
    done = 0
    while done < STEPS or (done < 5 * STEPS and not all(storm.said.get(verb) for verb in VERBS)):
        done += 12
        answers = await asyncio.gather(*(storm.step() for _ in range(12)), return_exceptions=True)
        assert [each for each in answers if each is not None] == []  # no deadlock, no constraint: only refusals
        await whole()
    assert all(storm.said.get(verb) for verb in VERBS), storm.said  # a storm of refusals would show nothing
    await waiting.sweep()
    await whole()


async def test_two_times_of_one_person_are_refused_by_the_database(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of a day taken away, the exclusion constraint still answers, in words."""
    (li,) = await crowd(1)
    slot = (await slots(1, 5))[0]

    async def anything(*_: Any, **__: Any) -> None: ...

    monkeypatch.setattr("models.actions.appointment_new.limits", anything)
    await appointments.book(li, Wish(slot.id, ITEM))
    with pytest.raises(Refusal) as no:
        await appointments.book(li, Wish(slot.id, booking.OTHER_ITEM))
    assert no.value.code == "overlapping_appointment"
    assert await used(slot) == 1
    await unit(lambda: execute("ALTER TABLE appointment DROP CONSTRAINT appointment_one_place_at_a_time"))
    try:
        await appointments.book(li, Wish(slot.id, booking.OTHER_ITEM))  # so it was the constraint
    finally:
        await unit(lambda: execute("DELETE FROM place"))
        await unit(lambda: execute("DELETE FROM appointment"))
        await unit(lambda: execute(_constraint()))


def _constraint() -> str:
    return next(each for each in CONSTRAINTS if "one_place_at_a_time" in each)
