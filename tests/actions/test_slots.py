"""Slots made ahead and again: nobody who has a place is dropped, who cannot be served is told once (R54)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from models.actions import appointments, slots
from models.actions.appointments import Wish
from models.appointment import Appointment, OpeningException, Place, Slot
from models.base import Refusal, now, rows, today
from models.hall import Hall, WindowGroup
from models.outbox import Notification
from models.reads import calendar, hall_lines
from tests import people
from tests.actions.booking import HALL, ITEM, crowd, line, whole, working_day
from tests.actions.queueing import MORNING

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


async def made(ahead: int = 2) -> tuple[date, list[Slot]]:
    """The slots of the line of ITEM on a working day, generated as the worker does."""
    day, own = await working_day(ahead), await line()
    await slots.generate(day, day, HALL)
    return day, await Slot.filter(hall_id=HALL, day=day, kind="hall", group_code=own.group).order_by("starts_at")


async def supervisor() -> Any:
    return await people.worker("督办", "supervisor")


async def test_a_run_fills_the_days_and_a_second_changes_nothing() -> None:
    first = await slots.generate(today(), today() + timedelta(days=9), HALL)
    assert first.added > 500 and not first.closed and not first.displaced
    again = await slots.generate(today(), today() + timedelta(days=9), HALL)
    assert (again.added, again.changed, again.closed, again.displaced) == (0, 0, 0, 0)
    counted = (await calendar.clock()).calendar
    days = {row["day"] for row in await rows("SELECT DISTINCT day FROM slot")}
    assert days and all(counted.is_working(day) for day in days)


async def test_travelling_departments_are_bookable_at_the_town() -> None:
    counted, day = (await calendar.clock()).calendar, await working_day(2)
    while day.isoweekday() != 2 or not counted.is_working(day):
        day += timedelta(days=1)
    await slots.generate(day, day, "0300")
    kinds = {(slot.kind, slot.group_code) for slot in await Slot.filter(hall_id="0300", day=day)}
    assert {("travelling", "SJ"), ("travelling", "SW"), ("hall", "A")} <= kinds


async def test_fewer_places_drop_nobody_and_more_go_to_who_waits() -> None:
    day, found = await made()
    first = found[0]
    some = await crowd(first.capacity + 1)
    for who in some[:-1]:
        await appointments.book(who, Wish(first.id, ITEM))
    waiting = await appointments.wait(some[-1], Wish(first.id, ITEM))
    group = await WindowGroup.get(hall_id=HALL, code=first.group_code)
    usual = group.per_slot
    try:
        await WindowGroup.filter(id=group.id).update(per_slot=1)
        await slots.generate(day, day, HALL)
        await first.refresh_from_db()
        assert first.used == first.capacity == len(some) - 1
        await WindowGroup.filter(id=group.id).update(per_slot=12)
        await slots.generate(day, day, HALL)
    finally:
        await WindowGroup.filter(id=group.id).update(per_slot=usual)
    assert (await Appointment.get(id=waiting)).state == "offered"
    await whole()


async def test_a_closed_day_is_told_once_and_everybody_is_listed_for_another_time() -> None:
    day, found = await made()
    booked, waits = await crowd(2)
    kept = await appointments.book(booked, Wish(found[0].id, ITEM))
    boss = await supervisor()
    await slots.set_exception(boss, HALL, "", day, [], None, "停电检修")
    row = await Appointment.get(id=kept)
    assert row.state == "displaced" and await Place.filter(appointment_id=kept, freed_at=None).exists()
    assert all(slot.closed for slot in await Slot.filter(hall_id=HALL, day=day))
    told = await Notification.filter(account_id=booked.id, kind="appointment.displaced")
    assert len(told) == 1 and "停电检修" in (Notification.WORDS.open(told[0].id, told[0].words_sealed) or "")
    await slots.generate(day, day, HALL)
    assert await Notification.filter(account_id=booked.id, kind="appointment.displaced").count() == 1
    with pytest.raises(Refusal) as refused:
        await appointments.book(waits, Wish(found[1].id, ITEM))
    assert refused.value.code == "slot_closed"
    await whole()


async def test_a_shorter_day_displaces_only_who_is_outside_it_and_can_be_taken_back() -> None:
    day, found = await made()
    early, late = await crowd(2)
    first, last = found[0], found[-1]
    stays = await appointments.book(early, Wish(first.id, ITEM))
    goes = await appointments.book(late, Wish(last.id, ITEM))
    boss = await supervisor()
    id_ = await slots.set_exception(boss, HALL, "", day, [("08:30", "12:00")], None, "下午开会")
    assert (await Appointment.get(id=stays)).state == "booked"
    assert (await Appointment.get(id=goes)).state == "displaced"
    await slots.end_exception(boss, id_)
    assert not (await Slot.get(id=last.id)).closed
    assert (await Appointment.get(id=goes)).state == "displaced"
    await appointments.reschedule(late, goes, found[1].id)
    assert (await Appointment.get(id=goes)).state == "booked"
    await whole()


async def test_another_length_of_the_slots_keeps_who_is_booked() -> None:
    day, found = await made()
    (who,) = await crowd(1)
    kept = await appointments.book(who, Wish(found[3].id, ITEM))
    group = await WindowGroup.get(hall_id=HALL, code=found[0].group_code)
    usual = group.slot_minutes
    try:
        await WindowGroup.filter(id=group.id).update(slot_minutes=25)
        await slots.generate(day, day, HALL)
        row, slot = await Appointment.get(id=kept), await Slot.get(id=found[3].id)
        assert row.state == "booked" and slot.closed and slot.used == 1
        over = await Slot.filter(
            hall_id=HALL, day=day, kind="hall", group_code=slot.group_code, closed=False,
            starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at,
        )  # fmt: skip
        full = max(each.capacity for each in await Slot.filter(day=day, group_code=slot.group_code, closed=False))
        assert over and all(each.capacity == full - 1 for each in over)
    finally:
        await WindowGroup.filter(id=group.id).update(slot_minutes=usual)
    await whole()


async def test_the_desks_exception_is_a_supervisors_and_well_formed() -> None:
    day = await working_day(3)
    clerk, boss = await people.clerk(), await supervisor()
    for actor, spans, when, reason, code in [
        (clerk, [], day, "停电", "role_not_allowed"),
        (boss, [("12:00", "08:30")], day, "停电", "wrong_span"),
        (boss, [("08:30", "10:00"), ("09:00", "11:00")], day, "停电", "wrong_span"),
        (boss, [], today() - timedelta(days=1), "停电", "past_day"),
        (boss, [], day, " ", "reason_needed"),
    ]:
        with pytest.raises(Refusal) as refused:
            await slots.set_exception(actor, HALL, "", when, spans, None, reason)
        assert refused.value.code == code
    for group, code in [("Q", "unknown_line")]:
        with pytest.raises(Refusal) as refused:
            await slots.set_exception(boss, HALL, group, day, [], None, "停电")
        assert refused.value.code == code
    one = await slots.set_exception(boss, HALL, "", day, [], 2, "人手少")
    two = await slots.set_exception(boss, HALL, "", day, [], None, "停电")
    assert (await OpeningException.get(id=one)).ended_at and not (await OpeningException.get(id=two)).ended_at


async def test_a_group_told_other_places_is_shut_with_its_hall() -> None:
    """Numbers and slots hear exceptions alike; each in the order in which they were set."""
    with time_machine.travel(MORNING):
        await _closings(await supervisor(), await Hall.get(code=HALL), today())


async def _closings(boss: Any, hall: Hall, day: date) -> None:
    for closing_first in (True, False):
        steps = [("", None, "停电"), ("A", 2, "人手少")]
        made = [
            await slots.set_exception(boss, HALL, group, day, [], places, why)
            for group, places, why in (steps if closing_first else reversed(steps))
        ]
        assert (await hall_lines.opened(hall, "A")).intervals == ()
        assert not await Slot.filter(hall_id=HALL, day=day, closed=False, starts_at__gt=now()).exists()
        for id_ in made:
            await slots.end_exception(boss, id_)
        assert (await hall_lines.opened(hall, "A")).intervals
