"""The kiosk: a machine with its key gives numbers and takes bookings; a browser without it gives nothing (R56)."""

import re
from uuid import UUID

import pytest
import time_machine

from models.actions import devices, tickets
from models.base import new_id
from models.reads import queue
from models.ticket import Device, Ticket
from tests.desk.door import Desk, value
from tests.hall.house import HALL, ID_NUMBER, KIOSK, PHONE, booking, clerk, key, li, soon, supervisor

pytestmark = pytest.mark.database


async def machine(desk: Desk) -> Desk:
    answer = await desk.post(f"{KIOSK}/key", key=await key())
    assert answer.url.path == KIOSK, answer.text[-1000:]
    return desk


async def tap(desk: Desk, group: str = "A", **more: str) -> tuple[str, UUID]:
    """Take a number as the page offers it; (number, ticket)."""
    once = value(await desk.page(KIOSK), "once")
    answer = await desk.post(KIOSK, **{"group": group, "once": once, **more})
    assert answer.status_code == 200, answer.text[-1000:]
    number = re.search('class="number">([A-Z0-9]+)<', answer.text)
    assert number, answer.text[-1000:]
    return number[1], UUID(answer.url.path.rpartition("/")[2])


async def test_without_its_key_the_machine_asks_for_it_and_gives_nothing(desk: Desk) -> None:
    for path in ("", "/booked", "/first", f"/tickets/{new_id()}"):
        assert (await desk.get(f"{KIOSK}{path}")).url.path == f"{KIOSK}/key"
    await desk.post(KIOSK, group="A", once=str(new_id()))
    await desk.post(f"{KIOSK}/booked", code="012", tail=PHONE[-4:])
    assert await Ticket.all().count() == 0


async def test_a_key_of_another_hall_or_none_at_all_is_refused(desk: Desk) -> None:
    for wrong in ("x" * 43, await key("0100")):
        answer = await desk.post(f"{KIOSK}/key", key=wrong)
        assert answer.status_code == 401 and "没有进去" in answer.text and not desk.http.cookies


async def test_a_key_taken_back_ends_the_machine(desk: Desk) -> None:
    await machine(desk)
    assert (await desk.get(KIOSK)).url.path == KIOSK
    await devices.revoke(supervisor(), (await Device.all().first()).id)  # type: ignore[union-attr]
    assert (await desk.get(KIOSK)).url.path == f"{KIOSK}/key"


async def test_the_key_is_out_of_reach_of_scripts(desk: Desk) -> None:
    answer = await desk.http.post(
        f"{KIOSK}/key", data={"key": await key()}, headers={"origin": "http://desk.test"}, follow_redirects=False
    )
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=strict" in said and "path=/hall" in said


async def test_one_tap_is_a_number_and_a_second_tap_the_same(desk: Desk) -> None:
    await machine(desk)
    once = value(await desk.page(KIOSK), "once")
    first, second = [await desk.post(KIOSK, group="A", once=once) for _ in range(2)]
    assert first.url == second.url and "A001" in first.text
    assert await Ticket.all().count() == 1
    assert (await tap(desk))[0] == "A002" and (await tap(desk, "D"))[0] == "D001"
    page = await desk.page(KIOSK)
    assert re.search(r"综合窗口（民生）</b><span>2 人在等", page)


async def test_a_form_of_another_site_takes_no_number(desk: Desk) -> None:
    await machine(desk)
    once = value(await desk.page(KIOSK), "once")
    answer = await desk.post(KIOSK, origin="http://elsewhere.test", group="A", once=once)
    assert answer.status_code == 403 and "不是从取号机发出的" in answer.text and await Ticket.all().count() == 0


async def test_what_the_machine_does_not_offer_is_refused_in_words(desk: Desk) -> None:
    await machine(desk)
    for fields in ({"group": "Q"}, {"group": "A", "first": "boss"}, {"group": "A", "once": "x"}, {"group": "x" * 300}):
        answer = await desk.post(KIOSK, **{"once": str(new_id()), **fields})
        assert answer.status_code == 422 and "没有办成" in answer.text and f'href="{KIOSK}"' in answer.text
    assert await Ticket.all().count() == 0


async def test_when_the_hall_is_closed_there_is_no_button(desk: Desk, morning: time_machine.Traveller) -> None:
    await machine(desk)
    once = value(await desk.page(KIOSK), "once")
    morning.shift(10 * 3600)
    assert "现在不取号" in await desk.page(KIOSK)
    answer = await desk.post(KIOSK, group="A", once=once)
    assert answer.status_code == 409 and await Ticket.all().count() == 0


async def test_who_goes_first_by_law_goes_first(desk: Desk) -> None:
    await machine(desk)
    await tap(desk)
    choice = re.search(rf'href="({KIOSK}\?first=([a-z_]+))"', await desk.page(f"{KIOSK}/first"))
    assert choice
    page = await desk.page(choice[1])
    assert "先办" in page and value(page, "first") == choice[2]
    number, id_ = await tap(desk, first=choice[2])
    assert (await Ticket.get(id=id_)).priority == choice[2]
    called = await tickets.call_next(clerk(), ["A"])
    assert called and called.number == number == "A002"


async def test_a_booking_is_checked_in_by_its_code_and_four_digits(desk: Desk) -> None:
    await machine(desk)
    await booking(await li(), "Y012", soon())
    answer = await desk.post(f"{KIOSK}/booked", code="12", tail="002x", first="")
    assert answer.status_code == 200 and "Y012" in answer.text and "10:15" in answer.text
    assert "李秀英" not in answer.text and ID_NUMBER not in answer.text
    again = await desk.post(f"{KIOSK}/booked", code="Y012", tail=PHONE[-4:])
    assert again.url.path == answer.url.path and await Ticket.all().count() == 1


async def test_a_guest_of_the_desk_has_only_the_phone(desk: Desk) -> None:
    await machine(desk)
    await booking(None, "Y003", soon(), phone="13900000009")
    assert (await desk.post(f"{KIOSK}/booked", code="003", tail="0009")).status_code == 200
    await booking(None, "Y004", soon())
    answer = await desk.post(f"{KIOSK}/booked", code="004", tail="")
    assert answer.status_code == 404 and "没有对上" in answer.text


async def test_guessing_ends_after_five_and_says_nothing_of_who_is_there(desk: Desk) -> None:
    await machine(desk)
    await booking(await li(), "Y012", soon())
    none = await desk.post(f"{KIOSK}/booked", code="013", tail="0000")
    wrong = [await desk.post(f"{KIOSK}/booked", code="012", tail=f"000{n}") for n in range(6)]
    words = [re.search(r'role="alert">(.*?)</p>', one.text)[1] for one in (none, *wrong)]  # type: ignore[index]
    assert {one.status_code for one in wrong[:5]} == {404} and len(set(words[:6])) == 1
    assert wrong[5].status_code == 429
    right = await desk.post(f"{KIOSK}/booked", code="012", tail="002X")
    assert right.status_code == 429 and await Ticket.all().count() == 0


async def test_too_early_is_said_with_the_hour(desk: Desk, morning: time_machine.Traveller) -> None:
    await machine(desk)
    await booking(await li(), "Y012", soon().replace(hour=11))
    answer = await desk.post(f"{KIOSK}/booked", code="012", tail="002X")
    assert answer.status_code == 409 and "10:45" in answer.text


async def test_the_paper_s_link_follows_the_number_and_names_nobody(desk: Desk) -> None:
    await machine(desk)
    await tap(desk)
    await booking(await li(), "Y012", soon())
    number, id_ = await tap(desk)
    phone = desk.another()
    page = await phone.page(f"/hall/{HALL}/tickets/{id_}")
    assert number in page and "前面还有 <b>1</b> 人" in page and "A001" in page
    called = await tickets.call_next(clerk("A03"), ["A"])
    assert called and "在 A03 窗口" in await phone.page(f"/hall/{HALL}/tickets/{id_}")
    assert (await phone.get(f"/hall/0100/tickets/{id_}")).status_code == 404
    assert (await phone.get(f"/hall/{HALL}/tickets/{new_id()}")).status_code == 404
    await desk.post(f"{KIOSK}/booked", code="012", tail="002X")
    booked = await Ticket.get(number="Y012")
    for text in (await phone.page(f"/hall/{HALL}/tickets/{booked.id}"), (await queue.ticket(supervisor(), booked.id))):
        assert "李秀英" not in str(text) and PHONE not in str(text)
    await phone.http.aclose()


async def test_a_machine_of_another_hall_reads_no_number_of_this_one(desk: Desk) -> None:
    await machine(desk)
    _, id_ = await tap(desk)
    other = desk.another()
    await other.post("/hall/0100/kiosk/key", key=await key("0100"))
    assert (await other.get("/hall/0100/kiosk")).url.path == "/hall/0100/kiosk"
    assert (await other.get(f"/hall/0100/kiosk/tickets/{id_}")).status_code == 404
    assert (await other.get(f"{KIOSK}/tickets/{id_}")).url.path == f"{KIOSK}/key"
    assert (await desk.get(f"{KIOSK}/tickets/{id_}")).status_code == 200
    await other.http.aclose()


async def test_who_was_passed_over_stands_in_line_again(desk: Desk) -> None:
    await machine(desk)
    (number, id_), wang = await tap(desk), clerk()
    assert "没有过号的" in await desk.page(f"{KIOSK}/again")
    await tickets.call_next(wang, ["A"])
    await tickets.skip(wang, id_)
    assert f'value="{id_}"><b>{number}</b>' in await desk.page(f"{KIOSK}/again")
    for _ in range(2):  # the second tap changes nothing and shows the same
        answer = await desk.post(f"{KIOSK}/again", ticket=str(id_))
        assert answer.url.path == f"{KIOSK}/tickets/{id_}" and number in answer.text
    assert (await Ticket.get(id=id_)).state == "waiting"
    for wrong in ("x", str(new_id())):
        assert (await desk.post(f"{KIOSK}/again", ticket=wrong)).status_code == 404
