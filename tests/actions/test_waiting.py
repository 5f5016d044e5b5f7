"""The waiting list: in order, for a time, by push or text; nobody's own trouble stops the freeing (R54)."""

from datetime import timedelta

import pytest

from models.actions import appointments, slot_places, waiting
from models.actions.alarms import Due
from models.actions.appointments import Guest, Wish
from models.appointment import Appointment, HallEvent
from models.base import new_id, now, rows
from models.case import Alarm
from models.outbox import Notification, Outbox
from models.reads import appointments as reads
from tests import people
from tests.actions import booking
from tests.actions.booking import ITEM, OTHER_ITEM, crowd, over, slots, used, whole
from tests.actions.people import refused

pytestmark = pytest.mark.database


async def state(id_: object) -> str:
    return (await Appointment.get(id=id_)).state


async def test_a_freed_place_is_offered_in_order_and_told(db: str) -> None:
    slot = (await slots(1))[0]
    one, two, three = await crowd(3)
    had = await appointments.book(one, Wish(slot.id, ITEM))
    first = await appointments.wait(two, Wish(slot.id, ITEM))
    second = await appointments.wait(three, Wish(slot.id, ITEM))
    assert [(await reads.appointment(who, id_))["ahead"] for who, id_ in ((two, first), (three, second))] == [0, 1]
    await appointments.cancel(one, had)
    assert [await state(first), await state(second)] == ["offered", "waiting"]
    row = await Appointment.get(id=first)
    assert timedelta(minutes=29) < row.held_until - now() <= timedelta(minutes=30)
    note = await Notification.get(account_id=two.id, kind="appointment.offered")
    assert f"给您留到{booking.clock_words(row.held_until)}" in (
        Notification.WORDS.open(note.id, note.words_sealed) or ""
    )
    assert await Outbox.filter(topic="wechat", subject_id=first).count() == 1
    assert await Alarm.filter(subject_id=first, verb="lapse_offer", done_at=None).exists()
    assert (await refused(appointments.take_offer(three, first))).code == "not_found"
    await appointments.take_offer(two, first)
    booked = await Appointment.get(id=first)
    assert (booked.state, booked.held_until, booked.code) == ("booked", None, "Y002")
    assert await used(slot) == 1
    await whole()


async def test_who_let_an_offer_pass_makes_room_for_the_next(db: str) -> None:
    slot = (await slots(1))[0]
    one, two, three = await crowd(3)
    had = await appointments.book(one, Wish(slot.id, ITEM))
    first, second = [await appointments.wait(who, Wish(slot.id, ITEM)) for who in (two, three)]
    await appointments.cancel(one, had)
    await over(first)
    assert (await refused(appointments.take_offer(two, first))).code == "hold_expired"
    assert [await state(first), await state(second)] == ["lapsed", "offered"]
    await whole()


async def test_the_alarm_of_an_offer_passes_it_on_and_comes_twice_without_harm(db: str) -> None:
    slot = (await slots(1))[0]
    one, two, three = await crowd(3)
    had = await appointments.book(one, Wish(slot.id, ITEM))
    first, second = [await appointments.wait(who, Wish(slot.id, ITEM)) for who in (two, three)]
    await appointments.cancel(one, had)
    due = Due(new_id(), None, "appointment", first, None, "lapse_offer")
    await appointments.by_clock(due)
    assert await state(first) == "offered"  # its time is not over: an early alarm does nothing
    await over(first)
    await appointments.by_clock(due)
    await appointments.by_clock(due)
    assert [await state(first), await state(second)] == ["lapsed", "offered"]
    assert await HallEvent.filter(subject_id=first, verb="lapse_offer").count() == 1
    await whole()


async def test_a_party_that_does_not_fit_is_passed_by(db: str) -> None:
    slot = (await slots(1, 2))[0]
    one, two, three, four = await crowd(4)
    had = await appointments.book(one, Wish(slot.id, ITEM))
    await appointments.book(two, Wish(slot.id, ITEM))
    pair = await appointments.wait(three, Wish(slot.id, ITEM, party=2))
    single = await appointments.wait(four, Wish(slot.id, ITEM))
    await appointments.cancel(one, had)
    assert [await state(pair), await state(single)] == ["waiting", "offered"]
    await whole()


async def test_waiting_is_for_full_times_only(db: str) -> None:
    slot = (await slots(1, 2))[0]
    one, two, three = await crowd(3)
    assert (await refused(appointments.wait(one, Wish(slot.id, ITEM)))).code == "wait_not_needed"
    await appointments.book(one, Wish(slot.id, ITEM, party=2))
    assert (await refused(appointments.wait(one, Wish(slot.id, OTHER_ITEM)))).code in (
        "one_a_day", "overlapping_appointment",
    )  # fmt: skip
    await appointments.wait(two, Wish(slot.id, ITEM))
    assert (await refused(appointments.wait(two, Wish(slot.id, ITEM)))).code == "same_item_booked"


async def test_an_offer_taken_instead_of_another_time_frees_that_one(db: str) -> None:
    early, late = await slots(2)
    one, two, three = await crowd(3)
    wanted = await appointments.book(one, Wish(early.id, ITEM))
    mine = await appointments.book(two, Wish(late.id, ITEM))
    same = await refused(appointments.wait(two, Wish(late.id, ITEM), instead_of=mine))
    assert same.code == "overlapping_appointment"
    third = await appointments.wait(three, Wish(late.id, ITEM))
    better = await appointments.wait(two, Wish(early.id, ITEM), instead_of=mine)
    assert await state(mine) == "booked"
    await appointments.cancel(one, wanted)
    await appointments.take_offer(two, better)
    assert [await state(id_) for id_ in (mine, better, third)] == ["cancelled", "booked", "offered"]
    await whole()


async def test_somebody_busy_or_placed_elsewhere_is_passed_by_without_breaking_the_freeing(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = (await slots(1))[0]
    one, two, three = await crowd(3)
    had = await appointments.book(one, Wish(slot.id, ITEM))
    first, second = [await appointments.wait(who, Wish(slot.id, ITEM)) for who in (two, three)]
    busy = (await Appointment.get(id=first)).person_no

    async def not_that_one(person_no: int) -> bool:
        return person_no != busy and await slot_places.try_person(person_no)

    monkeypatch.setattr(waiting, "try_person", not_that_one)
    await appointments.cancel(one, had)
    assert [await state(first), await state(second)] == ["waiting", "offered"]
    await whole()


async def test_the_sweep_offers_what_is_free_and_ends_what_ran_out(db: str) -> None:
    slot = (await slots(1))[0]
    one, two = await crowd(2)
    held = await appointments.hold(one, Wish(slot.id, ITEM))
    waits = await appointments.wait(two, Wish(slot.id, ITEM))
    assert await waiting.sweep() == 0
    await over(held)
    assert await waiting.sweep() == 1
    assert [await state(held), await state(waits)] == ["expired", "offered"]
    await appointments.cancel(two, waits)
    await whole()


async def test_a_guest_without_an_account_is_told_by_text(db: str) -> None:
    slot = (await slots(1))[0]
    (one,) = await crowd(1)
    clerk = await people.clerk()
    had = await appointments.book(one, Wish(slot.id, ITEM))
    guest = Guest("刘小兰", phone="13900000009")
    id_ = await appointments.wait(clerk, Wish(slot.id, ITEM), guest)
    await appointments.cancel(one, had)
    assert await state(id_) == "offered"
    sent = await Outbox.filter(topic="sms", subject_id=id_).first()
    assert sent is not None
    assert Outbox.PAYLOAD.open_json(sent.id, sent.payload_sealed)["phone"] == "13900000009"


async def test_a_wait_ends_when_its_time_begins(db: str) -> None:
    slot = (await slots(1))[0]
    one, two = await crowd(2)
    await appointments.book(one, Wish(slot.id, ITEM))
    id_ = await appointments.wait(two, Wish(slot.id, ITEM))
    planned = await Alarm.get(subject_id=id_, verb="lapse_wait")
    assert planned.due_at == slot.starts_at
    await appointments.by_clock(Due(planned.id, None, "appointment", id_, None, "lapse_wait"))
    assert await state(id_) == "lapsed"
    assert await Notification.filter(account_id=two.id, kind="appointment.wait_lapsed").count() == 1
    assert await rows("SELECT 1 FROM place WHERE appointment_id = $1", id_) == []
