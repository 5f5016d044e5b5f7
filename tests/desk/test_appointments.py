"""预约 at the desk: the day by line and time, who comes, what the counter does for them (R54-R56)."""

from datetime import datetime, time, timedelta

import pytest

from api.desk import hall_grid
from models.appointment import Appointment, Slot
from models.base import SHANGHAI, Refusal, new_id, now, today
from models.people import Staff
from models.reads import calendar, hall_day
from models.rules.permits import Actor
from models.ticket import Ticket
from tests import people
from tests.desk.door import Desk, csrf, hire, value
from tests.desk.test_cases import actor

pytestmark = pytest.mark.database
HERE = "/desk/appointments"
LI, SUN = "440229196203154521", "440229199001010013"  # numbers whose check digit is right
ITEM, LINE = "CL01", "A"  # 残疾人证办理, received at 综合窗口（民生）


async def working_day(ahead: int = 2) -> datetime:
    """The start of a working day some days on, on the county's wall clock."""
    days = (await calendar.county()).clock.calendar
    return datetime.combine(days.add_working(today(), ahead), time(), SHANGHAI)


async def slot(hour: int, minute: int = 0, *, places: int = 2, group: str = LINE, minutes: int = 30) -> Slot:
    """One slot of the county hall, long enough for one thing."""
    starts = (await working_day()) + timedelta(hours=hour, minutes=minute)
    row = Slot(
        id=new_id(), hall_id="0001", kind="hall", group_code=group, day=starts.date(), starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes), capacity=places,
    )  # fmt: skip
    await row.save(force_create=True)
    return row


async def seated(desk: Desk, login: str = "wangfang") -> str:
    """Signed in; the day's page as one finds it."""
    await desk.sign_in(login)
    return await desk.page(f"{HERE}?date={(await working_day()).date()}")


async def booked(desk: Desk, at: Slot, name: str = "李秀英", number: str = LI, **more: str) -> Appointment:
    """Booked at the counter by 王芳."""
    page = await desk.page(f"{HERE}?date={at.day}&group={LINE}&do=book")
    fields = {"name": name, "id_number": number, "phone": "13800000001", "item": ITEM, "slot_id": str(at.id)}
    answer = await desk.post(f"{HERE}/book", csrf=csrf(page), date=str(at.day), do="book", **(fields | more))
    assert answer.status_code == 200 and "订好了" in answer.text, answer.text.partition("saidbar")[2][:600]
    newest = await Appointment.filter(hall_id="0001", state="booked").order_by("-id").first()
    assert newest is not None and newest.slot_ids == [str(at.id)]
    return newest


async def test_a_day_shows_each_place_once(desk: Desk) -> None:
    first, second = await slot(9, places=3), await slot(14, 30, places=1)
    page = await seated(desk)
    assert "预约" in page and "9:00" in page and "14:30" in page and "午休" not in page.split("9:00")[0]
    row = await booked(desk, first)
    page = await desk.page(f"{HERE}?date={first.day}")
    cell = page.split(f"at={LINE}~0900")[1].split("</a>")[0]
    assert cell.count("pip bk") == 1 and cell.count("pip ") == 3 and "余 2" in cell
    assert second.capacity == 1 and "14:30" in page
    people_there = await desk.page(f"{HERE}?date={first.day}&at={LINE}~0900")
    assert row.code in people_there and "李**" in people_there and "138****0001" in people_there
    assert "李秀英" not in people_there.split("<main")[1] and LI not in people_there


async def test_a_full_time_refuses_and_keeps_what_was_written_then_takes_one_on_the_waiting_list(desk: Desk) -> None:
    at = await slot(9, places=1)
    page = await seated(desk)
    await booked(desk, at)
    fields = {"name": "孙大伟", "id_number": SUN, "phone": "13800000002", "item": ITEM, "slot_id": str(at.id)}
    fields |= {"csrf": csrf(page), "date": str(at.day), "do": "book", "group": LINE}
    refused = await desk.post(f"{HERE}/book", **fields)
    assert refused.status_code == 409 and "没有提交" in refused.text
    assert (
        'value="孙大伟"' in refused.text
        and "13800000002" in refused.text
        and f'value="{at.id}" checked' in refused.text
    )
    waits = await desk.post(f"{HERE}/book", **fields, waits="yes")
    assert waits.status_code == 200 and "排上候补了" in waits.text
    assert "候补 1 人" in await desk.page(f"{HERE}?date={at.day}")
    assert (await Slot.get(id=at.id)).used == 1


async def test_moving_takes_the_new_place_and_frees_the_old(desk: Desk) -> None:
    old, new = await slot(9), await slot(10)
    await seated(desk)
    row = await booked(desk, old)
    sheet = await desk.page(f"{HERE}?date={old.day}&pick={row.id}&do=reschedule")
    assert "改到哪个时间" in sheet and "10:00" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "date": str(old.day)}
    nothing = await desk.post(f"{HERE}/{row.id}/reschedule", **fields)
    assert nothing.status_code == 422 and "请选一个时间" in nothing.text
    done = await desk.post(f"{HERE}/{row.id}/reschedule", **fields, slot_id=str(new.id))
    assert "改好时间了" in done.text
    assert [(await Slot.get(id=one.id)).used for one in (old, new)] == [0, 1]
    stale = await desk.post(f"{HERE}/{row.id}/cancel", **fields, reason="打电话来说不来了。")
    assert stale.status_code == 409 and "打电话来说不来了。</textarea>" in stale.text


async def test_called_off_by_the_hall_needs_a_reason(desk: Desk) -> None:
    at = await slot(9)
    await seated(desk)
    row = await booked(desk, at)
    sheet = await desk.page(f"{HERE}?date={at.day}&pick={row.id}&do=call_off")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "date": str(at.day)}
    refused = await desk.post(f"{HERE}/{row.id}/call_off", **fields, reason="")
    assert refused.status_code == 422 and "请写原因" in refused.text
    done = await desk.post(f"{HERE}/{row.id}/call_off", **fields, reason="停电，当天办不了。")
    assert "不算失约" in done.text and (await Appointment.get(id=row.id)).state == "cancelled"
    assert (await Slot.get(id=at.id)).used == 0


async def test_who_is_here_takes_a_number_only_from_the_hour_on(desk: Desk) -> None:
    at = await slot(9)
    await seated(desk)
    row = await booked(desk, at)
    early = await desk.page(f"{HERE}?date={at.day}&pick={row.id}")
    assert "当天才能取号" in early
    soon = {"day": today(), "starts_at": now() + timedelta(minutes=10), "ends_at": now() + timedelta(minutes=40)}
    await Slot.filter(id=at.id).update(**soon)
    await Appointment.filter(id=row.id).update(**soon)
    sheet = await desk.page(f"{HERE}?pick={row.id}&do=check_in")
    assert "依法先办" in sheet and "残疾人" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    done = await desk.post(f"{HERE}/{row.id}/check_in", **fields, priority="")
    assert "取号了" in done.text and (await Ticket.get(appointment_id=row.id)).number == row.code


async def test_found_by_code_and_by_the_end_of_the_phone(desk: Desk) -> None:
    at = await slot(9)
    page = await seated(desk)
    row = await booked(desk, at)
    for q, hit in ((row.code, True), (row.code.lower(), True), ("0001", True), ("9999", False), ("", False)):
        answer = await desk.post(HERE, csrf=csrf(page), date=str(at.day), q=q)
        assert (f"pick={row.id}" in answer.text) is hit, q


async def test_the_list_prints_without_whole_numbers(desk: Desk) -> None:
    at = await slot(9)
    await seated(desk)
    row = await booked(desk, at)
    paper = await desk.page(f"{HERE}/print?date={at.day}")
    assert row.code in paper and "138****0001" in paper and "13800000001" not in paper and "李秀英" not in paper
    listed = await desk.page(f"{HERE}?date={at.day}&view=list")
    assert row.code in listed and "到了没有" in listed


async def test_another_hall_and_other_rooms_see_nothing(desk: Desk) -> None:
    at = await slot(9)
    await seated(desk)
    row = await booked(desk, at)
    await hire("town", "何镇", "clerk", hall="0100")
    other = desk.another()
    await other.sign_in("town")
    assert (await other.get(f"{HERE}?hall=0001")).status_code == 404
    assert (await other.get(f"{HERE}?pick={row.id}")).status_code == 404
    page = await other.page(HERE)
    refused = await other.post(f"{HERE}/{row.id}/call_off", csrf=csrf(page), version="1", reason="不办了")
    assert refused.status_code == 404 and (await Appointment.get(id=row.id)).state == "booked"
    outside = desk.another()
    await outside.sign_in("sunwei")
    assert (await outside.get(HERE)).status_code == 403
    await other.http.aclose()
    await outside.http.aclose()


async def test_strange_addresses_are_a_page(desk: Desk) -> None:
    await seated(desk)
    for query in ("date=x", "date=9999-12-31", "at=A~", "pick=1", "do=book", "group=%00", "to=0001-01-01&do=book"):
        assert (await desk.get(f"{HERE}?{query}")).status_code == 200, query


def test_a_cell_counts_what_it_shows() -> None:
    """The drawing alone: missed, walked in, full, closed, over."""
    wall = datetime(2026, 12, 1, 10, 0, tzinfo=SHANGHAI)

    def at(hour: int, minute: int = 0) -> datetime:
        return wall.replace(hour=hour, minute=minute)

    def one(id_: str, starts: datetime, used: int, *, closed: bool = False) -> dict[str, object]:
        ends = starts + timedelta(minutes=15)
        return {
            "id": id_,
            "line": "A",
            "starts_at": starts,
            "ends_at": ends,
            "capacity": 2,
            "used": used,
            "closed": closed,
        }

    def who(state: str, *ids: str) -> dict[str, object]:
        return {"id": new_id(), "state": state, "slot_ids": list(ids), "party": 1}

    day = {
        "slots": [
            one("a", at(9), 1), one("b", at(9, 15), 0), one("c", at(10), 2), one("d", at(14, 30), 0, closed=True),
        ],
        "people": [who("missed", "a"), who("arrived", "a", "b"), who("booked", "c"), who("booked", "c")],
        "walk_ins": [{"line": "A", "at": at(8, 50)}, {"line": "Z", "at": at(9)}], "waiting": [],
    }  # fmt: skip
    rows = hall_grid.bands(day, [{"key": "A", "name": "综合窗口（民生）"}], wall)
    past, full, shut = (row.cells[0] for row in rows)
    assert past.pips == ["in", "in", "ns", "wk", "", "", ""] and past.words == "没来 1" and past.look == "past"
    assert full.pips == ["bk", "bk"] and full.words == "满" and rows[1].now
    assert shut.look == "shut" and shut.words == "停" and rows[2].gap == "10:30–14:30 午休"
    assert hall_grid.short("不动产登记专窗") == "不动产登记" and past.label == "民生 9:00"


async def test_the_read_begins_with_rights(desk: Desk) -> None:
    """孙伟 and a citizen are nobody to a hall's day."""
    staff = await Staff.get(login="sunwei")
    for nobody in (Actor("staff", id=staff.id, roles=frozenset({"handler"}), department="NY"), await people.citizen()):
        with pytest.raises(Refusal, match="not_found"):
            await hall_day.hall_of(nobody, "0001")
    assert (await hall_day.hall_of(await actor("wangfang"))).code == "0001"
