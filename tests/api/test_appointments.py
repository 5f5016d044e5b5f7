"""Appointments over HTTP: what a citizen books, moves, waits for and keeps in the phone's calendar (R54, R55)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar

from models.actions import slots as generating
from models.appointment import Appointment, Slot
from models.base import SHANGHAI
from models.reads import queue
from tests.actions.queueing import MORNING
from tests.api.door import LI_NUMBER, SUN_NUMBER, Web

pytestmark = pytest.mark.database
HALL, ITEM = "0001", "RS01"


@pytest.fixture(autouse=True)
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING) as clock:
        yield clock


async def times(web: Web, item: str = ITEM) -> list[dict[str, Any]]:
    """The times that may be booked, as anybody reads them."""
    found = await web.get(f"/slots?hall={HALL}&item={item}")
    return [slot for slot in found["items"] if slot["state"] == "open"]


async def named(web: Web, name: str, number: str) -> tuple[dict[str, Any], str]:
    """Somebody else with a checked name."""
    phone, tokens = await web.sign_in(name)
    token = tokens["access_token"]
    answer = await web.call("POST", "/auth/real-name", {"name": name, "id_number": number}, token)
    assert answer.status_code == 200, answer.text
    return phone, token


async def post(web: Web, path: str, body: Any, token: str, status: int = 200) -> dict[str, Any]:
    answer = await web.call("POST", path, body, token)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def booked(web: Web, token: str, slot: str, **more: Any) -> dict[str, Any]:
    return await post(web, "/appointments", {"slot_id": slot, "item_code": ITEM, **more}, token, 201)


async def in_calendar(web: Web, path: str, token: str) -> Any:
    """The one event of the file as it is now."""
    (event,) = Calendar.from_ical((await web.call("GET", f"{path}/calendar.ics", token=token)).content).walk("VEVENT")
    return event


async def another_day(web: Web, first: dict[str, Any]) -> dict[str, Any]:
    return next(slot for slot in await times(web) if slot["starts_at"][:10] != first["starts_at"][:10])


@pytest.fixture
async def open_hall(web: Web) -> Web:
    await generating.generate(hall=HALL)
    return web


async def test_a_time_is_found_booked_and_seen(open_hall: Web) -> None:
    web = open_hall
    found = await web.get(f"/slots?hall={HALL}&item={ITEM}")
    assert found["hall"]["code"] == HALL and found["item"]["code"] == ITEM and found["group"] and found["minutes"] > 0
    assert [day["weekday"] for day in found["days"]][:4] == ["周三", "周四", "周五", "周六"]
    assert [day["state"] for day in found["days"]][:4] == ["open", "open", "open", "closed"]
    assert found["days"][3]["words"] == "周末" and found["days"][0]["day_words"] == "10月14日（周三）"
    first = found["items"][0]
    assert first["starts_at"].endswith("+08:00") and first["left"] == first["capacity"] > 0
    _, token = await web.li()
    made = await booked(web, token, first["id"])
    assert made["state"] == "booked" and made["code"] == "Y001" and made["state_words"] == "订好了"
    assert made["starts_at"] == first["starts_at"] and made["ends_at"] == first["ends_at"]
    assert set(made["can"]) == {"reschedule", "cancel", "join-waitlist"}
    assert "身份证" in made["bring"] and made["hall"]["address"] and made["timeline"][0]["words"] == "订好了"
    assert await web.get(f"/appointments/{made['id']}", token) == made
    listed = await web.get("/appointments", token)
    assert [row["id"] for row in listed["items"]] == [made["id"]] and listed["next_cursor"] is None
    assert (await times(web))[0]["left"] == first["left"] - 1


async def test_only_the_days_asked_for(open_hall: Web) -> None:
    found = await open_hall.get(f"/slots?hall={HALL}&item={ITEM}&from=2026-10-15&to=2026-10-15")
    assert [day["date"] for day in found["days"]] == ["2026-10-15"]
    assert {slot["starts_at"][:10] for slot in found["items"]} == {"2026-10-15"}


async def test_a_stranger_sees_nothing_of_it(open_hall: Web) -> None:
    web = open_hall
    _, li = await web.li()
    _, sun = await named(web, "孙伟", SUN_NUMBER)
    slot = (await times(web))[0]["id"]
    made = await booked(web, li, slot)
    path = f"/appointments/{made['id']}"
    assert (await web.get("/appointments", sun))["items"] == []
    for method, end, body in (
        ("GET", "", None), ("GET", "/calendar.ics", None), ("POST", "/confirm", {}), ("POST", "/take-offer", {}),
        ("POST", "/cancel", {}), ("POST", "/reschedule", {"slot_id": slot}), ("POST", "/check-in", {}),
        ("POST", "/join-waitlist", {"slot_id": slot}),
    ):  # fmt: skip
        await web.problem(404, "not_found", method, path + end, body, sun)
    assert (await web.get(path, li))["state"] == "booked"


async def test_without_a_checked_name_nobody_books(open_hall: Web) -> None:
    _, tokens = await open_hall.sign_in("张三")
    wish = {"slot_id": (await times(open_hall))[0]["id"], "item_code": ITEM}
    await open_hall.problem(403, "real_name_needed", "POST", "/appointments", wish, tokens["access_token"])
    await open_hall.problem(401, "sign_in_needed", "POST", "/appointments", wish)


async def test_full_waiting_offered_taken(open_hall: Web) -> None:
    web = open_hall
    slot = (await times(web))[0]["id"]
    await Slot.filter(id=slot).update(capacity=1)
    _, li = await web.li()
    _, sun = await named(web, "孙伟", SUN_NUMBER)
    wish = {"slot_id": slot, "item_code": ITEM}
    await web.problem(409, "wait_not_needed", "POST", "/appointments", {**wish, "wait": True}, sun)
    first = await booked(web, li, slot)
    full = next(each for each in (await web.get(f"/slots?hall={HALL}&item={ITEM}"))["items"] if each["id"] == slot)
    assert (full["state"], full["left"]) == ("full", 0)
    await web.problem(409, "slot_full", "POST", "/appointments", wish, sun)
    waiting = await booked(web, sun, slot, wait=True)
    assert (waiting["state"], waiting["ahead"], waiting["code"], waiting["can"]) == ("waiting", 0, "", ["cancel"])
    await post(web, f"/appointments/{first['id']}/cancel", {"reason": "有事"}, li)
    offered = await web.get(f"/appointments/{waiting['id']}", sun)
    assert offered["state"] == "offered" and offered["held_until"] and "take-offer" in offered["can"]
    taken = await post(web, f"/appointments/{waiting['id']}/take-offer", {"version": offered["version"]}, sun)
    assert taken["state"] == "booked" and taken["code"] == "Y002"
    assert (await Slot.get(id=slot)).used == 1


async def test_a_hold_is_confirmed(open_hall: Web) -> None:
    web = open_hall
    slot = (await times(web))[0]
    _, li = await web.li()
    held = await booked(web, li, slot["id"], hold=True)
    assert held["state"] == "held" and held["held_until"] and "confirm" in held["can"] and held["code"] == ""
    assert (await times(web))[0]["left"] == slot["left"] - 1
    await web.problem(409, "not_booked_yet", "GET", f"/appointments/{held['id']}/calendar.ics", None, li)
    sure = await post(web, f"/appointments/{held['id']}/confirm", {}, li)
    assert sure["state"] == "booked" and sure["held_until"] is None and sure["code"] == "Y001"
    await web.problem(409, "state_changed", "POST", f"/appointments/{held['id']}/confirm", {}, li)


async def test_a_wish_that_contradicts_itself_books_nothing(open_hall: Web) -> None:
    web = open_hall
    slot = (await times(web))[0]
    _, li = await web.li()
    wish = {"slot_id": slot["id"], "item_code": ITEM}
    await web.problem(422, "hold_or_wait", "POST", "/appointments", {**wish, "hold": True, "wait": True}, li)
    await web.problem(422, "wrong_kind", "POST", "/appointments", {**wish, "kind": "travelling"}, li)
    for wrong in ({"party": 0}, {"kind": "picnic"}, {"slot_id": "1"}, {"price": 3}, {"phone": "9" * 40}):
        await web.problem(422, "invalid_request", "POST", "/appointments", {**wish, **wrong}, li)
    await web.problem(422, "bad_phone", "POST", "/appointments", {**wish, "phone": "12345"}, li)
    for query in ("hall=1&item=RS01", "hall=0001", "hall=0001&item=RS01&from=0001-01-01", "hall=0001&item=RS01&kind=x"):
        await web.problem(422, "invalid_request", "GET", f"/slots?{query}")
    await web.problem(404, "unknown_hall", "GET", f"/slots?hall=9999&item={ITEM}")
    assert not await Appointment.all().exists() and (await times(web))[0]["left"] == slot["left"]


async def test_moved_cancelled_and_refused_when_seen_too_old(open_hall: Web) -> None:
    web = open_hall
    first = (await times(web))[0]
    _, li = await web.li()
    made = await booked(web, li, first["id"])
    later = await another_day(web, first)
    path = f"/appointments/{made['id']}"
    await web.problem(409, "stale_version", "POST", f"{path}/reschedule", {"slot_id": later["id"], "version": 99}, li)
    moved = await post(web, f"{path}/reschedule", {"slot_id": later["id"], "version": made["version"]}, li)
    assert moved["starts_at"] == later["starts_at"] and moved["moved"] == 1 and moved["id"] == made["id"]
    assert (await times(web))[0]["left"] == first["left"]
    gone = await post(web, f"{path}/cancel", {"reason": "不办了"}, li)
    assert gone["state"] == "cancelled" and gone["can"] == [] and gone["timeline"][-1]["words"] == "取消了"


async def test_waiting_for_a_better_time_keeps_the_booked_one(open_hall: Web) -> None:
    web = open_hall
    wished = (await times(web))[0]
    await Slot.filter(id=wished["id"]).update(capacity=1)
    _, sun = await named(web, "孙伟", SUN_NUMBER)
    await booked(web, sun, wished["id"])
    _, li = await web.li()
    own = await booked(web, li, (await another_day(web, wished))["id"])
    path, body = f"/appointments/{own['id']}/join-waitlist", {"slot_id": wished["id"]}
    await web.problem(409, "stale_version", "POST", path, {**body, "version": 99}, li)
    wait = await post(web, path, body, li)
    assert (wait["state"], wait["instead_of"], wait["starts_at"]) == ("waiting", own["id"], wished["starts_at"])
    assert (await web.get(f"/appointments/{own['id']}", li))["state"] == "booked"


async def test_arriving_in_the_hall_gives_the_ticket_of_the_same_number(
    open_hall: Web, morning: time_machine.Traveller
) -> None:
    web = open_hall
    phone, li = await web.li()
    made = await booked(web, li, (await times(web))[0]["id"])
    path = f"/appointments/{made['id']}/check-in"
    code = queue.hall_code(HALL)
    await web.problem(409, "too_early_to_check_in", "POST", path, {"hall_code": code}, li)
    morning.move_to(datetime.fromisoformat(made["starts_at"]) - timedelta(minutes=10))
    login = web.sandbox.control("POST", f"phones/{phone['phone']}/code")["code"]
    li = (await post(web, "/auth/wechat", {"code": login}, ""))["access_token"]
    assert "check-in" in (await web.get(f"/appointments/{made['id']}", li))["can"]
    await web.problem(422, "not_in_hall", "POST", path, {"hall_code": code}, li)  # yesterday's
    here = await post(web, path, {"hall_code": queue.hall_code(HALL)}, li)
    assert here["state"] == "arrived" and here["ticket_id"]
    ticket = await web.get(f"/tickets/{here['ticket_id']}", li)
    assert ticket["number"] == made["code"] and ticket["booked_at"] == made["starts_at"] and ticket["ahead"] == 0


async def test_the_file_for_the_phones_calendar(open_hall: Web) -> None:
    web = open_hall
    first = (await times(web))[0]
    _, li = await web.li()
    made = await booked(web, li, first["id"])
    path = f"/appointments/{made['id']}"
    answer = await web.call("GET", f"{path}/calendar.ics", token=li)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="Y001.ics"'
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    for secret in (LI_NUMBER, "李秀英"):
        assert secret not in answer.text.replace("\r\n ", "")
    event = await in_calendar(web, path, li)
    assert event["UID"] == f"{made['id']}@yimen" and event["SEQUENCE"] == made["version"]
    assert event.decoded("DTSTART") == datetime.fromisoformat(made["starts_at"])
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai" and str(event["STATUS"]) == "CONFIRMED"
    assert event.decoded("DTEND") == datetime.fromisoformat(made["ends_at"]).astimezone(SHANGHAI)
    assert made["hall"]["address"] in event["LOCATION"] and "身份证" in event["DESCRIPTION"]
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == -timedelta(hours=2)
    assert (await web.call("GET", f"{path}/calendar.ics", token=li)).content == answer.content
    moved = await post(web, f"{path}/reschedule", {"slot_id": (await another_day(web, first))["id"]}, li)
    after = await in_calendar(web, path, li)
    assert after["UID"] == event["UID"] and after["SEQUENCE"] > event["SEQUENCE"]
    assert after.decoded("DTSTART") == datetime.fromisoformat(moved["starts_at"])
    await post(web, f"{path}/cancel", {}, li)
    gone = await in_calendar(web, path, li)
    assert str(gone["STATUS"]) == "CANCELLED" and not gone.walk("VALARM") and gone["SEQUENCE"] > after["SEQUENCE"]
