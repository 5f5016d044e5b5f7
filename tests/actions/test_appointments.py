"""The verbs of an appointment: rights, rules of booking, moving without losing, missed times (R54, R55)."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.actions import alarms, appointments, by_clock, erasure
from models.actions.alarms import Due
from models.actions.appointments import Guest, Wish
from models.appointment import Appointment, HallEvent, Slot
from models.base import Refusal, local, new_id, now, today, unit
from models.case import Alarm
from models.hall import Hall
from models.outbox import Notification
from models.people import Account, Membership, Organisation
from models.reads import appointments as reads
from models.reads import calendar, hall_day
from models.reads import slots as slot_reads
from models.rules import limits_of_booking, presence
from models.rules.booking import Rules
from models.rules.permits import Actor
from models.seal import ring
from tests import people
from tests.actions.booking import HALL, ITEM, OTHER_ITEM, crowd, number, over, past, slots, used, whole, working_day
from tests.actions.people import refused

pytestmark = pytest.mark.database


async def row(id_: Any) -> Appointment:
    return await Appointment.get(id=id_)


async def clock(id_: Any, verb: str) -> None:
    await appointments.by_clock(Due(new_id(), None, "appointment", id_, None, verb))


async def test_a_booked_time_has_its_code_its_alarms_and_is_told(db: str) -> None:
    slot = (await slots(1, 3, ahead=3))[0]
    li = await people.citizen()
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    found = await row(id_)
    assert (found.state, found.code, found.version, found.channel) == ("booked", "Y001", 1, "app")
    assert Appointment.NAME.open(id_, found.name_sealed) == "李秀英"
    planned = {alarm.verb: local(alarm.due_at) for alarm in await Alarm.filter(subject_id=id_, done_at=None)}
    start = local(slot.starts_at)
    assert planned["remind_hours"] == start - timedelta(hours=2)
    assert (planned["remind_day"].date(), planned["remind_day"].hour) == (start.date() - timedelta(days=1), 18)
    assert planned["miss"] == local(slot.ends_at) + timedelta(minutes=15)
    assert await Notification.filter(account_id=li.id, kind="appointment.booked").count() == 1
    out = await reads.appointment(li, id_)
    assert out["bring"][0] == "身份证"
    assert out["can"] == ["join-waitlist", "reschedule", "cancel"]
    assert [event["words"] for event in out["timeline"]] == ["订好了"]


async def test_others_see_nothing_and_do_nothing(db: str) -> None:
    slot = (await slots(1, 3))[0]
    li, sun = await people.citizen(), await people.citizen("孙伟", people.SUN_ID, "13800000002")
    examiner = await people.handler()
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    for other in (sun, examiner):
        for attempt in (
            reads.appointment(other, id_), appointments.cancel(other, id_), appointments.check_in(other, id_),
            appointments.reschedule(other, id_, slot.id), appointments.call_off(other, id_, None, "停电"),
        ):  # fmt: skip
            assert (await refused(attempt)).code == "not_found"
        with pytest.raises(Refusal):
            await hall_day.hall_of(other, HALL)
    assert await reads.mine(sun) == []
    assert [one["id"] for one in await reads.mine(li)] == [str(id_)]
    assert (await refused(appointments.call_off(li, id_, None, "不想来"))).code == "not_allowed"
    village = await people.clerk("刘洋", "0201", "town")
    assert (await refused(reads.appointment(village, id_))).code == "not_found"
    assert (await row(id_)).version == 1


async def test_a_name_must_be_known(db: str) -> None:
    slot = (await slots(1))[0]
    li = await people.citizen()
    unknown = Actor("citizen", id=li.id, assurance="none")
    await Account.filter(id=li.id).update(assurance="phone")
    assert (await refused(appointments.book(unknown, Wish(slot.id, ITEM)))).code == "real_name_needed"


async def test_only_the_next_working_days_can_be_booked_and_the_desk_may_book_today(db: str) -> None:
    (li,), clerk = await crowd(1), await people.clerk()
    far = (await slots(1, ahead=6))[0]
    assert (await refused(appointments.book(li, Wish(far.id, ITEM)))).code == "slot_not_open"
    (soon,) = await slots(1)
    start = now() + timedelta(minutes=40)
    today_slot = await Slot.create(
        hall_id=HALL, kind="hall", group_code=soon.group_code, day=today(), starts_at=start,
        ends_at=start + timedelta(minutes=15), capacity=2,
    )  # fmt: skip
    assert (await refused(appointments.book(li, Wish(today_slot.id, ITEM)))).code == "slot_not_open"
    id_ = await appointments.book(clerk, Wish(today_slot.id, ITEM), Guest("张某", number(0)))
    assert (await row(id_)).account_id == li.id  # found by the number: it is in her own list
    assert (await refused(appointments.book(clerk, Wish(soon.id, ITEM)))).code == "guest_needed"
    no_one = await refused(appointments.book(clerk, Wish(soon.id, ITEM), Guest("无名")))
    assert no_one.code == "person_unknown"


async def test_limits_of_a_day_of_an_item_of_a_company_and_of_a_party(db: str) -> None:
    row_ = await slots(8, 9)
    li, wang, zhang = await crowd(3)
    await appointments.book(li, Wish(row_[0].id, ITEM))
    assert (await refused(appointments.book(li, Wish(row_[1].id, ITEM)))).code == "same_item_booked"
    assert (await refused(appointments.book(li, Wish(row_[1].id, OTHER_ITEM)))).code == "one_a_day"
    assert (await refused(appointments.book(wang, Wish(row_[1].id, ITEM, party=6)))).code == "party_too_big"
    company = await Organisation.create(uscc="91440229MA00000001", name="翁源某公司")
    wish = Wish(row_[2].id, ITEM, organisation_id=company.id)
    assert (await refused(appointments.book(wang, wish))).code == "not_found"  # acts for nobody
    for who in (wang, zhang):
        await Membership.create(account_id=who.id, organisation_id=company.id, role="agent")
    for place, who in ((2, wang), (3, zhang), (4, wang)):
        await appointments.book(who, Wish(row_[place].id, ITEM, organisation_id=company.id))
    last = await refused(appointments.book(zhang, Wish(row_[5].id, ITEM, organisation_id=company.id)))
    assert last.code == "company_limit"
    await whole()


async def test_a_case_of_somebody_else_is_not_taken_along(db: str) -> None:
    slot = (await slots(1, 3))[0]
    li, sun = await people.citizen(), await people.citizen("孙伟", people.SUN_ID, "13800000002")
    case = await people.submitted(li)
    assert (await refused(appointments.book(sun, Wish(slot.id, ITEM, case_id=case)))).code == "not_found"
    id_ = await appointments.book(li, Wish(slot.id, ITEM, case_id=case))
    assert (await row(id_)).case_id == case


async def test_a_hold_is_confirmed_or_ends_by_time(db: str) -> None:
    slot = (await slots(1))[0]
    one, two = await crowd(2)
    first = await appointments.hold(one, Wish(slot.id, ITEM))
    assert (await refused(appointments.book(two, Wish(slot.id, ITEM)))).code == "slot_full"
    await over(first)
    second = await appointments.book(two, Wish(slot.id, ITEM))  # no job has run
    assert [(await row(id_)).state for id_ in (first, second)] == ["expired", "booked"]
    assert (await refused(appointments.confirm(one, first))).code == "state_changed"
    await appointments.cancel(two, second)
    third = await appointments.hold(one, Wish(slot.id, ITEM))
    assert (await refused(appointments.confirm(one, third, 9))).code == "stale_version"
    await appointments.confirm(one, third, 1)
    assert (await row(third)).code == "Y002"
    await whole()


async def test_a_hold_of_a_time_closed_meanwhile_ends(db: str) -> None:
    slot = (await slots(1))[0]
    (one,) = await crowd(1)
    id_ = await appointments.hold(one, Wish(slot.id, ITEM))
    await Slot.filter(id=slot.id).update(closed=True)
    assert (await refused(appointments.confirm(one, id_))).code == "slot_closed"
    assert ((await row(id_)).state, await used(slot)) == ("expired", 0)
    assert (await refused(appointments.book(one, Wish(slot.id, ITEM)))).code == "slot_closed"


async def test_moving_never_loses_the_old_time(db: str) -> None:
    old, new = await slots(2)
    one, two = await crowd(2)
    mine = await appointments.book(one, Wish(old.id, ITEM))
    other = await appointments.book(two, Wish(new.id, ITEM))
    assert (await refused(appointments.reschedule(one, mine, new.id))).code == "slot_full"
    kept = await row(mine)
    assert (kept.state, kept.starts_at, kept.version) == ("booked", old.starts_at, 1)
    assert [await used(old), await used(new)] == [1, 1]
    await appointments.cancel(two, other)
    await appointments.reschedule(one, mine, new.id)
    moved = await row(mine)
    assert (moved.starts_at, moved.moved, moved.code) == (new.starts_at, 1, "Y001")
    assert [await used(old), await used(new)] == [0, 1]
    assert (await refused(appointments.reschedule(one, mine, new.id))).code == "same_slot"
    await whole()


async def test_a_chain_moved_by_one_slot_keeps_what_it_has(db: str) -> None:
    chain = await slots(3, parts=2)
    (one,) = await crowd(1)
    id_ = await appointments.book(one, Wish(chain[0].id, ITEM))
    await appointments.reschedule(one, id_, chain[1].id)
    assert [await used(slot) for slot in chain] == [0, 1, 1]
    assert (await refused(appointments.reschedule(one, id_, chain[2].id))).code == "slot_closed"  # too short
    await whole()


async def test_another_day_counts_its_codes_anew(db: str) -> None:
    first, later = (await slots(1, 5))[0], (await slots(1, 5, ahead=3))[0]
    one, two = await crowd(2)
    await appointments.book(two, Wish(later.id, ITEM))
    id_ = await appointments.book(one, Wish(first.id, ITEM))
    await appointments.reschedule(one, id_, later.id)
    found = await row(id_)
    assert (found.code, found.day) == ("Y002", later.day)


async def test_too_late_a_citizen_calls_the_hall_and_the_clerk_cancels(db: str) -> None:
    slot = (await slots(1))[0]
    li, clerk = await people.citizen(), await people.clerk()
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    found = await row(id_)
    shift = found.starts_at - now() - timedelta(minutes=90)
    await past(id_, seconds=shift.total_seconds())
    no = await refused(appointments.cancel(li, id_))
    assert no.code == "too_late_to_cancel"
    assert ((await Hall.get(code=HALL)).phone or "-") in no.words
    assert "cancel" not in (await reads.appointment(li, id_))["can"]
    await appointments.cancel(clerk, id_, 1, "电话说来不了")
    assert ((await row(id_)).state, await used(slot)) == ("cancelled", 0)
    assert not await Alarm.filter(subject_id=id_, done_at=None).exists()


async def test_the_hall_calls_off_with_a_reason(db: str) -> None:
    slot = (await slots(1))[0]
    li, clerk = await people.citizen(), await people.clerk()
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    assert (await refused(appointments.call_off(clerk, id_, 1, "  "))).code == "reason_needed"
    await appointments.call_off(clerk, id_, 1, "系统检修")
    note = await Notification.get(account_id=li.id, kind="appointment.called_off")
    assert "系统检修" in (Notification.WORDS.open(note.id, note.words_sealed) or "")
    assert await used(slot) == 0


async def test_displaced_people_keep_their_places_until_they_choose_again(db: str) -> None:
    slot, other = (await slots(1, 5))[0], (await slots(1, 5, ahead=3))[0]
    one, two, three = await crowd(3)
    clerk = await people.clerk()
    booked = await appointments.book(one, Wish(slot.id, ITEM))
    held = await appointments.hold(two, Wish(slot.id, ITEM))
    waits = await appointments.book(three, Wish(slot.id, ITEM))
    await Slot.filter(id=slot.id).update(closed=True)
    await appointments.displace([booked, held, waits], "停电")
    assert [(await row(id_)).state for id_ in (booked, held, waits)] == ["displaced", "expired", "displaced"]
    assert await used(slot) == 2
    day = await hall_day.day(clerk, await hall_day.hall_of(clerk, HALL), slot.day)
    assert {line["id"] for line in day["displaced"]} == {str(booked), str(waits)}
    assert all("*" in line["name"] for line in day["displaced"])
    await clock(booked, "remind_day")
    assert not await HallEvent.filter(subject_id=booked, verb="remind_day").exists()
    await appointments.reschedule(one, booked, other.id)
    assert [(await row(booked)).state, await used(slot), await used(other)] == ["booked", 1, 1]
    await clock(waits, "miss")
    assert ((await row(waits)).state, await reads.blocked((await row(waits)).person_key)) == ("cancelled", None)
    await whole()


async def test_arriving_makes_a_ticket_with_the_same_number(db: str) -> None:
    slot = (await slots(1))[0]
    li = await people.citizen()
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    code = presence.code(ring().link_mac, HALL, now())
    assert (await refused(appointments.check_in(li, id_, hall_code=code))).code == "too_early_to_check_in"
    shift = (await row(id_)).starts_at - now() - timedelta(minutes=20)
    await past(id_, seconds=shift.total_seconds())
    wrong = "000000" if code != "000000" else "111111"
    for given in ("", wrong):
        assert (await refused(appointments.check_in(li, id_, hall_code=given))).code == "not_in_hall"
    ticket = await appointments.check_in(li, id_, hall_code=presence.code(ring().link_mac, HALL, now()))
    out = await reads.appointment(li, id_)
    assert (out["state"], out["ticket_id"], out["can"]) == ("arrived", str(ticket), [])
    assert not await Alarm.filter(subject_id=id_, done_at=None).exists()
    await unit(lambda: appointments.finished(id_, "serve"))
    await unit(lambda: appointments.finished(id_, "serve"))
    assert (await row(id_)).state == "served"


async def missed(who: Actor, ahead: int, days_ago: int) -> Any:
    slot = (await slots(1, 9, ahead=ahead))[0]
    id_ = await appointments.book(who, Wish(slot.id, ITEM))
    shift = (await row(id_)).starts_at - now() + timedelta(days=days_ago)
    await past(id_, seconds=shift.total_seconds())
    await clock(id_, "miss")
    assert (await row(id_)).state == "missed"
    return id_


async def test_missed_times_block_are_excused_and_lift_by_themselves(db: str) -> None:
    li, clerk = await people.citizen(), await people.clerk()
    wanted = (await slots(1, 9, ahead=5))[0]
    ids = [await missed(li, ahead, ago) for ahead, ago in ((2, 3), (3, 5), (4, 7))]
    key = (await row(ids[0])).person_key
    until = await reads.blocked(key)
    assert until == local(now() - timedelta(days=3)).date() + timedelta(days=30)
    no = await refused(appointments.book(li, Wish(wanted.id, ITEM)))
    assert no.code == "no_show_blocked"
    assert f"{until.month}月{until.day}日" in no.words and "取号" in no.words
    sun = await people.citizen("孙伟", people.SUN_ID, "13800000002")
    assert (await refused(appointments.excuse(sun, ids[0], None, "生病"))).code == "not_found"
    assert (await refused(appointments.excuse(li, ids[0], None, "生病"))).code == "not_allowed"
    await appointments.excuse(clerk, ids[0], None, "住院，有证明")
    assert await reads.blocked(key) is None
    await appointments.book(li, Wish(wanted.id, ITEM))


def test_the_block_by_dates() -> None:
    rules, day = Rules(), date(2026, 11, 26)
    three = [date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 2)]
    assert limits_of_booking.blocked_until(three, day, rules) == date(2026, 12, 2)
    assert limits_of_booking.blocked_until(three[:2], day, rules) is None
    assert limits_of_booking.blocked_until(three, date(2026, 12, 3), rules) is None  # lifted by itself
    assert limits_of_booking.blocked_until([date(2026, 5, 25), *three[1:]], day, rules) is None  # older than 6 months
    assert limits_of_booking.months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)


async def test_the_alarms_are_performed_by_the_house(db: str) -> None:
    slot = (await slots(1))[0]
    (li,) = await crowd(1)
    id_ = await appointments.hold(li, Wish(slot.id, ITEM))
    await over(id_)
    await Alarm.filter(subject_id=id_).update(due_at=now() - timedelta(seconds=1))
    (due,) = await alarms.due(10)
    await alarms.perform(due.id, lambda: by_clock.perform(due))
    assert ((await row(id_)).state, await used(slot), await alarms.due(10)) == ("expired", 0, [])


async def test_the_times_one_can_have(db: str) -> None:
    chain = await slots(3, 2, parts=2)
    (li, wang) = await crowd(2)
    await appointments.book(wang, Wish(chain[1].id, ITEM, party=2))
    out = await slot_reads.slots(li, hall=HALL, item=ITEM)
    assert [(one["id"], one["left"], one["state"]) for one in out["items"]] == [
        (str(chain[0].id), 0, "full"), (str(chain[1].id), 0, "full"),
    ]  # fmt: skip
    first = (await calendar.clock()).calendar.add_working(today(), 1)
    assert out["days"][0]["date"] == first.isoformat()
    state = {one["date"]: one["state"] for one in out["days"]}
    assert state[(await working_day()).isoformat()] == "full"
    assert (await refused(slot_reads.slots(li, hall="9999", item=ITEM))).code == "unknown_hall"
    assert (await refused(slot_reads.slots(li, hall=HALL, item="QQ99"))).code == "unknown_item"
    assert (await refused(appointments.book(li, Wish(chain[0].id, "SJ03")))).code == "no_line"


async def test_the_day_of_the_hall(db: str) -> None:
    slot = (await slots(1, 2))[0]
    people_, clerk = await crowd(3), await people.clerk()
    for who in people_[:2]:
        await appointments.book(who, Wish(slot.id, ITEM))
    await appointments.wait(people_[2], Wish(slot.id, ITEM))
    day = await hall_day.day(clerk, await hall_day.hall_of(clerk, HALL), slot.day)
    assert [line["code"] for line in day["people"]] == ["Y001", "Y002"]
    assert [(one["used"], one["capacity"]) for one in day["slots"]] == [(2, 2)]
    assert [line["state"] for line in day["waiting"]] == ["waiting"]
    assert day["people"][0]["name"] == "张*"


async def test_an_erased_person_gives_their_place_back_and_leaves_no_name(db: str) -> None:
    slot = (await slots(1))[0]
    li, next_ = await people.citizen(), (await crowd(1))[0]
    id_ = await appointments.book(li, Wish(slot.id, ITEM))
    waits = await appointments.wait(next_, Wish(slot.id, ITEM))
    await erasure.erase(li)
    gone = await row(id_)
    assert gone.state == "cancelled" and gone.phone_sealed is None and gone.person_key.startswith("erased:")
    assert Appointment.NAME.open(gone.id, gone.name_sealed) == "已注销"
    assert (await row(waits)).state == "offered"
    await whole()
