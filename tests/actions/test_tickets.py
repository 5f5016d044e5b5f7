"""Numbers of a hall (R56): taken, called in order and never twice, skipped, moved, finished; and who may."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from models.actions import devices, ticket_call, tickets
from models.appointment import Appointment, HallEvent, OpeningException
from models.base import Refusal, new_id, now, today, unit
from models.outbox import Notification, Outbox
from models.reads import openings, queue
from models.rules.permits import Actor
from models.ticket import Device, Line, Ticket
from tests import people
from tests.actions.queueing import HALL, KIOSK, MORNING, arrived, at_window, booked, walk_in
from workers import hall_day

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def clock(db: str) -> Any:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(Refusal) as found:
        await call
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.value.words)
    return found.value.code


async def state(row: Ticket) -> str:
    return (await Ticket.get(id=row.id)).state


async def first_priority() -> str:
    return str((await openings.booking_data())["priority"][0]["key"])


# ------------------------------------------------------------------ taking one


async def test_a_number_with_the_app_needs_the_halls_code(clock: Any) -> None:
    li, hui = await people.citizen(), queue.hall_code(HALL)
    assert await refused(tickets.take(li, HALL, "A", channel="app")) == "not_in_hall"
    id_ = await tickets.take(li, HALL, "A", hall_code=hui, item_code="RS01", channel="app")
    clock.shift(60)
    again = await tickets.take(li, HALL, "A", hall_code=hui, channel="app")
    assert again == id_ and await Ticket.all().count() == 1
    clock.shift(60)
    assert await refused(tickets.take(li, HALL, "B", hall_code=hui, channel="app")) == "not_in_hall"
    other = await tickets.take(li, HALL, "B", hall_code=queue.hall_code(HALL), channel="app")
    assert [one["number"] for one in await queue.mine(li)] == ["B001", "A001"] and other != id_
    shown = await queue.ticket(li, id_)
    assert (shown["number"], shown["ahead"], shown["state"], shown["can"]) == ("A001", 0, "waiting", ["leave"])
    assert "身份证" in shown["bring"] and shown["estimate_minutes"] == 0


async def test_nobody_takes_a_number_where_or_when_there_is_none(clock: Any) -> None:
    li = await people.citizen()
    assert await refused(tickets.take(KIOSK, HALL, "Q", channel="kiosk")) == "no_line"
    assert await refused(tickets.take(KIOSK, HALL, "Z", channel="kiosk")) == "no_line"
    assert await refused(tickets.take(KIOSK, "9999", "A", channel="kiosk")) == "unknown_hall"
    assert await refused(tickets.take(KIOSK, "0100", "A", channel="kiosk")) == "not_found"
    assert await refused(tickets.take(KIOSK, HALL, "A", item_code="XX99", channel="kiosk")) == "unknown_item"
    assert await refused(tickets.take(KIOSK, HALL, "A", priority="rich", channel="kiosk")) == "unknown_priority"
    first = await first_priority()
    hui = queue.hall_code(HALL)
    assert await refused(tickets.take(li, HALL, "A", hall_code=hui, priority=first, channel="app")) == (
        "priority_at_desk"
    )
    clock.move_to(MORNING.replace(hour=7, minute=59))
    assert await refused(tickets.take(KIOSK, HALL, "A", channel="kiosk")) == "hall_closed"
    clock.move_to(MORNING + timedelta(days=4))  # Saturday
    assert await refused(tickets.take(KIOSK, HALL, "A", channel="kiosk")) == "hall_closed"
    assert await Ticket.all().count() == 0 and await Line.filter(given__gt=0).count() == 0


async def test_an_exception_of_one_line_closes_that_line_alone() -> None:
    await OpeningException.create(hall_id=HALL, group_code="B", date=today(), intervals=[], reason="停电")
    assert await refused(tickets.take(KIOSK, HALL, "B", channel="kiosk")) == "hall_closed"
    assert (await walk_in("A")).number == "A001"
    assert {one["code"]: one["open"] for one in await queue.groups(HALL)}["B"] is False


async def test_a_booked_ticket_bears_the_code_and_goes_before_walk_ins() -> None:
    wang = await at_window("A01")
    first, late = await walk_in(), await booked("Y007", -5)
    assert (late.number, late.band_at) == ("Y007", now() - timedelta(minutes=5))
    called = await tickets.call_next(wang)
    assert called is not None and called.number == "Y007"
    await tickets.start(wang, late.id)
    await tickets.finish(wang, late.id)
    assert (await Appointment.get(id=late.appointment_id)).state == "served"
    called = await tickets.call_next(wang)
    assert called is not None and called.id == first.id


# ------------------------------------------------------------------ at the window


async def test_a_ticket_goes_its_whole_way(clock: Any) -> None:
    wang = await at_window("A01")
    li = await people.citizen()
    id_ = await tickets.take(li, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    called = await tickets.call_next(wang)
    assert called is not None and (called.id, called.window, called.calls) == (id_, "A01", 1)
    assert (await queue.screen(HALL))["last"][0]["number"] == "A001"
    await tickets.recall(wang, id_)
    assert (await queue.screen(HALL))["last"][0]["calls"] == 2
    await tickets.start(wang, id_)
    await tickets.park(wang, id_)
    await tickets.call(wang, id_)
    clock.shift(600)
    await tickets.start(wang, id_)
    await tickets.finish(wang, id_, 7)
    verbs = [event.verb for event in await HallEvent.filter(subject_id=id_).order_by("id")]
    assert verbs == ["take", "call", "recall", "start", "park", "call", "start", "finish"]
    assert await Notification.filter(account_id=li.id, kind="ticket.called").count() == 3
    assert await Outbox.filter(topic="desk", audience=f"queue:{HALL}").count() == len(verbs)
    assert (await queue.screen(HALL))["serving"] == []


async def test_verbs_refuse_what_is_stale_out_of_state_or_without_a_window() -> None:
    wang, bare, lead = await at_window("A01"), await people.clerk(), await people.worker("周督", "supervisor")
    one, two = await walk_in(), await walk_in()
    assert await refused(tickets.call_next(bare)) == "no_window"
    assert await refused(tickets.call_next(lead)) == "role_not_allowed"
    assert await refused(tickets.call_next(wang, ["Q"])) == "no_line"
    assert await refused(tickets.call(wang, one.id, 9)) == "stale_version"
    assert await refused(tickets.start(wang, one.id)) == "state_changed"
    await tickets.call(wang, one.id, 1)
    assert await refused(tickets.call_next(wang)) == "window_busy"
    assert await refused(tickets.call(wang, two.id)) == "window_busy"
    assert await refused(tickets.transfer(wang, one.id, "A")) == "same_line"
    assert await refused(tickets.transfer(wang, one.id, "Z")) == "no_line"
    assert await refused(tickets.call(wang, new_id())) == "not_found"


async def test_who_has_no_say_sees_and_does_nothing() -> None:
    li = await people.citizen()
    sun, examiner = await people.citizen("孙伟", people.SUN_ID, "13800000002"), await people.handler()
    elsewhere, town = await at_window("A02", "刘敏", "0100"), await walk_in()
    id_ = await tickets.take(li, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    stranger = Actor("kiosk", id=new_id(), hall="0100")
    assert await refused(queue.desk_queue(KIOSK, HALL)) == "not_found"
    for actor in (sun, examiner, elsewhere, stranger, Actor("anonymous")):
        assert await refused(queue.ticket(actor, id_)) == "not_found"
        assert await refused(tickets.leave(actor, id_)) == "not_found"
        assert await refused(queue.desk_queue(actor, HALL)) == "not_found"
    assert await queue.mine(sun) == []
    assert await refused(tickets.call(li, id_)) == "not_allowed"
    assert await refused(tickets.requeue(li, town.id)) == "not_found"
    assert await refused(tickets.take(sun, HALL, "A", hall_code="000000", account_id=li.id, channel="app")) == (
        "not_in_hall"
    )
    county = await at_window("A01")  # sees a town's numbers, but windows call in their own hall
    far = await tickets.take(Actor("kiosk", id=new_id(), hall="0100"), "0100", "A", channel="kiosk")
    assert await refused(tickets.call(county, far)) == "not_found"


async def test_a_skipped_ticket_waits_for_two_others_then_goes_first(clock: Any) -> None:
    wang = await at_window("A01")
    li = await people.citizen()
    id_ = await tickets.take(li, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    for _ in range(3):
        clock.shift(1)
        await walk_in()
    await tickets.call_next(wang)
    await tickets.skip(wang, id_)
    told = await Notification.get(account_id=li.id, kind="ticket.skipped")
    assert "再等 2 位" in (Notification.WORDS.open(told.id, told.words_sealed) or "")
    await tickets.requeue(li, id_)
    shown = await queue.ticket(li, id_)
    assert (shown["ahead"], shown["before"]) == (2, ["A003", "A002"])
    numbers = []
    for _ in range(4):
        called = await tickets.call_next(wang)
        assert called is not None
        numbers.append(called.number)
        await tickets.start(wang, called.id)
        await tickets.finish(wang, called.id)
    assert numbers == ["A002", "A003", "A001", "A004"]
    assert await tickets.call_next(wang) is None


async def test_a_transferred_ticket_keeps_its_number_and_arrival(clock: Any) -> None:
    wang, zhou = await at_window("A01"), await at_window("B01", "周敏")
    early = await walk_in("A")
    clock.shift(60)
    await walk_in("B")
    await tickets.call_next(wang)
    await tickets.start(wang, early.id)
    moved = await tickets.transfer(wang, early.id, "B")
    assert (moved.number, moved.group_code, moved.window, moved.arrived_at) == ("A001", "B", "", early.arrived_at)
    called = await tickets.call_next(zhou)
    assert called is not None and called.number == "A001"


async def test_nearly_your_turn_is_said_once() -> None:
    wang = await at_window("A01")
    for _ in range(4):
        await walk_in()
    li = await people.citizen()
    id_ = await tickets.take(li, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    near = Notification.filter(account_id=li.id, kind="ticket.near")
    said = []
    for _ in range(4):
        called = await tickets.call_next(wang)
        assert called is not None
        await tickets.start(wang, called.id)
        await tickets.finish(wang, called.id)
        said.append(await near.count())
    assert said == [0, 1, 1, 1] and (await queue.ticket(li, id_))["ahead"] == 0
    told = await near.get()
    assert "前面还有 2 位" in (Notification.WORDS.open(told.id, told.words_sealed) or "")


async def test_the_estimate_says_what_the_line_took_and_nothing_when_closed(clock: Any) -> None:
    wang, chen = await at_window("A01"), await at_window("A02", "陈红")
    for _ in range(9):
        await walk_in()
    li = await people.citizen()
    id_ = await tickets.take(li, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    assert (await queue.ticket(li, id_))["estimate_minutes"] == 135  # 9 x 15 minutes of the group, one window
    for _ in range(3):
        called = await tickets.call_next(wang)
        assert called is not None
        await tickets.start(wang, called.id)
        clock.shift(240)
        await tickets.finish(wang, called.id)
    assert (await queue.ticket(li, id_))["estimate_minutes"] == 25  # 6 x 4 minutes
    await tickets.call_next(chen)
    shown = await queue.ticket(li, id_)
    assert (shown["ahead"], shown["estimate_minutes"]) == (5, 10)  # 5 x 4 minutes by two windows
    clock.move_to(MORNING.replace(hour=12, minute=30))
    assert (await queue.ticket(li, id_))["estimate_minutes"] is None


# ------------------------------------------------------------------ at once


async def race(together: Any) -> list[Any]:
    """Eight windows call the next of thirty at the same moment."""
    clerks = [await at_window(f"A{n:02d}", f"王芳{n}") for n in range(1, 9)]
    for _ in range(30):
        await walk_in()
    return list(await together(*(tickets.call_next(clerk) for clerk in clerks)))


def all_different(called: list[Any]) -> bool:
    return sorted(getattr(each, "number", "refused") for each in called) == [f"A{n:03d}" for n in range(1, 9)]


async def test_eight_windows_at_once_call_eight_tickets(together: Any) -> None:
    called = await race(together)
    assert all_different(called), called
    assert len({each.window for each in called}) == 8


async def test_without_the_lock_of_the_line_the_race_is_found_out(
    together: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: nobody waits for anybody. The database still calls no number twice, but windows go away empty."""

    async def loose(hall: str, day: Any, groups: list[str]) -> list[Line]:
        return list(await Line.filter(hall_id=hall, day=day, group_code__in=groups))

    monkeypatch.setattr(ticket_call, "locked_lines", loose)
    called = await race(together)
    assert not all_different(called)
    numbers = [each.number for each in called if isinstance(each, Ticket)]
    assert len(numbers) == len(set(numbers))


async def test_one_window_pressing_eight_times_calls_one(together: Any) -> None:
    wang = await at_window("A01")
    for _ in range(9):
        await walk_in()
    called = await together(*(tickets.call_next(wang) for _ in range(8)))
    assert [each.code for each in called if isinstance(each, Refusal)] == ["window_busy"] * 7


async def test_the_database_lets_one_person_to_a_window(together: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines, one window, no look beforehand: the unique index answers, in the same words."""

    async def blind(*_: Any) -> None:
        return None

    monkeypatch.setattr(ticket_call, "be_free", blind)
    wang = await at_window("A01")
    await walk_in("A")
    await walk_in("B")
    called = await together(tickets.call_next(wang, ["A"]), tickets.call_next(wang, ["B"]))
    assert [each.code for each in called if isinstance(each, Refusal)] == ["window_busy"]


async def test_numbers_taken_at_once_are_all_different(together: Any) -> None:
    ids = await together(*(tickets.take(KIOSK, HALL, "A", channel="kiosk") for _ in range(40)))
    assert not [each for each in ids if isinstance(each, Exception)]
    assert sorted([row.number for row in await Ticket.all()]) == [f"A{n:03d}" for n in range(1, 41)]


async def test_one_person_pressing_ten_times_has_one_number(together: Any) -> None:
    li, hui = await people.citizen(), queue.hall_code(HALL)
    ids = await together(*(tickets.take(li, HALL, "A", hall_code=hui, channel="app") for _ in range(10)))
    assert len(set(ids)) == 1 and await Ticket.all().count() == 1


# ------------------------------------------------------------------ pages


async def test_the_public_screen_shows_no_person() -> None:
    wang = await at_window("A01")
    await booked("Y001")
    for _ in range(4):
        await walk_in()
    await tickets.call_next(wang)
    shown = await queue.screen(HALL)
    assert set(shown) == {"hall", "at", "code", "last", "serving", "lines"}
    assert shown["code"] == queue.hall_code(HALL)
    line = next(each for each in shown["lines"] if each["code"] == "A")
    assert (line["waiting"], line["next"]) == (4, ["A001", "A002", "A003"])
    assert shown["serving"] == [{"number": "Y001", "window": "A01", "line": line["name"]}]
    assert set(shown["last"][0]) == {"number", "window", "line", "calls", "called_at", "ticket"}
    assert "李秀英" not in str(shown) and "王芳" not in str(shown)


async def test_the_counter_sees_the_queue_in_calling_order(clock: Any) -> None:
    wang = await at_window("A01")
    skipped, parked, here = await walk_in(item_code="RS01"), await walk_in(), await walk_in()
    clock.shift(300)
    last, first = await walk_in(), await walk_in(priority=await first_priority())
    other = await walk_in("B")
    for ticket, verb in ((skipped, tickets.skip), (parked, tickets.start)):
        await tickets.call(wang, ticket.id)
        await verb(wang, ticket.id)
    await tickets.park(wang, parked.id)
    await tickets.call(wang, here.id)
    shown = await queue.desk_queue(wang, HALL)
    assert (shown["window"], shown["groups"], shown["here"]["number"]) == ("A01", ["A"], here.number)
    assert [each["number"] for each in shown["waiting"]] == [first.number, last.number]
    assert [each["ahead"] for each in shown["waiting"]] == [0, 1]
    assert shown["waiting"][0]["priority_words"] and shown["skipped"][0]["item"]["code"] == "RS01"
    assert (shown["skipped"][0]["number"], shown["parked"][0]["number"]) == (skipped.number, parked.number)
    assert set(shown["here"]["can"]) == {"recall", "start", "skip", "transfer"}
    whole = await queue.desk_queue(wang, HALL, [])
    assert {each["number"] for each in whole["waiting"]} == {first.number, last.number, other.number}


# ------------------------------------------------------------------ the end of the day


async def test_the_day_ends_for_every_open_number(clock: Any) -> None:
    wang = await at_window("A01")
    done, waiting, here = await walk_in(), await walk_in(), await booked("Y001", 60)
    await tickets.call(wang, done.id)
    await tickets.start(wang, done.id)
    await tickets.finish(wang, done.id)
    clock.move_to(MORNING.replace(hour=19, minute=59))
    assert await hall_day.close_day() == 0
    clock.move_to(MORNING.replace(hour=20, minute=0))
    assert await hall_day.close_day() == 2
    assert [await state(row) for row in (done, waiting, here)] == ["done", "closed", "closed"]
    assert (await Appointment.get(id=here.appointment_id)).state == "left"
    assert await hall_day.close_day() == 0


async def test_a_night_without_a_worker_is_made_up_for_at_the_next_start(clock: Any) -> None:
    yesterday = await walk_in()
    clock.shift(24 * 3600)
    fresh = await walk_in()
    assert fresh.number == "A001" and await hall_day.close_day() == 1
    assert (await state(yesterday), await state(fresh)) == ("closed", "waiting")


async def test_who_leaves_lets_the_appointment_go() -> None:
    li = await people.citizen()
    row = await arrived("Y001", account_id=li.id)
    ticket = await unit(lambda: tickets.take_booked(li, row, channel="app"))
    await tickets.leave(li, ticket.id)
    assert await state(ticket) == "left" and (await Appointment.get(id=row.id)).state == "left"


# ------------------------------------------------------------------ machines


async def test_a_kiosks_key_is_shown_once_and_can_be_taken_back(clock: Any) -> None:
    lead, wang = await people.worker("周督", "supervisor", hall=HALL, tier="county"), await people.clerk()
    assert await refused(devices.issue(wang, HALL, "一楼东门")) == "role_not_allowed"
    assert await refused(devices.issue(lead, "9999", "一楼东门")) == "unknown_hall"
    assert await refused(devices.issue(lead, HALL, " ")) == "label_needed"
    id_, key = await devices.issue(lead, HALL, "一楼东门")
    row = await Device.get(id=id_)
    assert key not in (row.hash, row.label) and len(row.hash) == 64
    kiosk = await devices.enter(key)
    assert (kiosk.kind, kiosk.hall, kiosk.id) == ("kiosk", HALL, id_)
    assert (await queue.devices(lead))[0]["seen_at"] == now()
    assert (await Ticket.get(id=await tickets.take(kiosk, HALL, "A", channel="kiosk"))).number == "A001"
    for wrong in ("", key + "x", row.hash):
        assert await refused(devices.enter(wrong)) == "device_unknown"
    assert await refused(devices.revoke(wang, id_)) == "role_not_allowed"
    await devices.revoke(lead, id_)
    await devices.revoke(lead, id_)
    assert await refused(devices.enter(key)) == "device_unknown"
