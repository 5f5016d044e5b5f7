"""大厅数字: the figures of a few weeks worked by hand, who may see them, and a hall without any (issue 4)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from models.appointment import Appointment, HallEvent, OpeningException
from models.base import SHANGHAI, Refusal, new_id
from models.reads import hall_figures
from models.ticket import Ticket
from tests import people
from tests.desk.door import Desk, hire

pytestmark = pytest.mark.database
HERE = "/desk/calls/figures"
SEAT = "0001|综合窗口 A01 号窗口"
TODAY = date(2026, 11, 26)  # a Thursday
MONDAYS = (date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23))


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)):
        yield


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


async def came(
    arrived: datetime, wait: int | None = None, service: int = 3, *, hall: str = "0001", group: str = "A",
    appointment: Appointment | None = None,
) -> Ticket:  # fmt: skip
    """A ticket served after `wait` minutes, or one whose holder did not wait for it."""
    called = arrived + timedelta(minutes=wait) if wait is not None else None
    ticket = await Ticket.create(
        id=new_id(), hall_id=hall, day=arrived.date(), group_code=group, number=f"A{await Ticket.all().count():03d}",
        state="left" if called is None else "done", arrived_at=arrived, channel="kiosk", appointment=appointment,
        called_at=called, started_at=called, ended_at=called + timedelta(minutes=service) if called else arrived,
    )  # fmt: skip
    if called:
        await call(ticket, called)
    return ticket


async def call(ticket: Ticket, moment: datetime) -> None:
    await HallEvent.create(
        id=new_id(), hall_id=ticket.hall_id, machine="ticket", subject_id=ticket.id, verb="call", actor="staff:x",
        before="waiting", after="called", at=moment, words="叫到了",
    )  # fmt: skip


async def ended(state: str, day: date, kind: str = "hall") -> Appointment:
    n = await Appointment.all().count() + 1
    return await Appointment.create(
        id=new_id(), hall_id="0001", kind=kind, group_code="A", state=state, code=f"Y{n:03d}", day=day,
        starts_at=at(day, 9), ends_at=at(day, 9, 15), item_code="MZ01", item_name="示例", person_key=f"k{n}",
        person_no=n, name_sealed="x",
    )  # fmt: skip


async def weeks() -> None:
    """Eleven numbers on three Mondays: waits of 2, 4 .. 20 minutes, and one who left; five booked times ended."""
    first, second, third = MONDAYS
    booked = [await ended("served", first), await ended("served", second), await ended("left", third)]
    for state in ("missed", "excused", "booked"):
        await ended(state, third)
    await ended("missed", third, "home_visit")
    places = [(first, 9)] * 4 + [(second, 9)] * 2 + [(second, 10)] * 2 + [(third, 9)] * 2
    for n, (day, hour) in enumerate(places):
        mine = {0: booked[0], 4: booked[1]}.get(n)
        await came(at(day, hour, n), 2 * (n + 1), 30 if n in (2, 5) else 3, appointment=mine,
                   group="B" if n == 9 else "A")  # fmt: skip
    again = await Ticket.get(number="A000")  # called again half an hour later: the wait ended with the first call
    again.called_at += timedelta(minutes=30)
    again.started_at, again.ended_at = again.called_at, again.called_at + timedelta(minutes=3)
    await again.save()
    await call(again, again.called_at)
    await came(at(third, 9, 30), appointment=booked[2])
    await came(at(TODAY, 9), 5)  # today is not over
    await came(at(third, 9), 55, hall="0100")  # another hall's


def plain(page: str) -> str:
    """The words of the work on the page, without markup."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page.split("<main")[1].split("</main>")[0]))


async def test_the_numbers_worked_by_hand(db: str) -> None:
    await weeks()
    found = await hall_figures.figures(await people.clerk())
    total = found["total"]
    assert {name: total[name] for name in ("people", "booked", "walk_in", "gone", "done")} == {
        "people": 11, "booked": 3, "walk_in": 8, "gone": 1, "done": 10,
    }  # fmt: skip
    assert (total["wait"], total["service"], total["service_most"]) == (11.0, 3.0, 30.0)
    assert total["wait_most"] == pytest.approx(18.2)  # nine tenths of the way from 2 to 20 in ten steps of 2
    assert [(line["code"], line["people"], line["wait"]) for line in found["lines"]] == [
        ("A", 10, 10.0),
        ("B", 1, 20.0),
    ]
    assert found["ended"] == {"missed": 1, "excused": 1, "ended": 5, "share": 0.2}
    monday, *others = found["load"]["days"]
    assert found["load"]["hours"] == [9, 10] and monday["days"] == 3
    assert monday["people"] == pytest.approx([9 / 3, 2 / 3]) and len(others) == 4
    assert all(day["people"] == [0, 0] for day in others)
    assert found["days"] == 13  # 9 to 25 November without the weekends


async def test_the_days_ahead_with_their_error(db: str) -> None:
    await weeks()
    told = (await hall_figures.figures(await people.clerk()))["forecast"]
    assert [(each.day.day, each.people, each.days) for each in told["days"]] == [
        (27, 0, 2), (30, 4, 3), (1, 0, 3), (2, 0, 3), (3, 0, 2),
    ]  # fmt: skip
    # from the 19th on: Monday 4 foretold, 3 came. From the 12th on: Thursday and Friday by the mean of 4, 0, 0.
    assert told["error"] == pytest.approx((1 + 4 / 3 + 4 / 3) / 10) and told["warnings"] == []


async def test_a_day_on_which_the_hall_is_shut_counts_nowhere(db: str) -> None:
    await weeks()
    for day, group in ((date(2026, 11, 20), ""), (date(2026, 11, 30), ""), (date(2026, 12, 1), "A")):
        await OpeningException.create(id=new_id(), hall_id="0001", date=day, group_code=group, reason="停电")
    found = await hall_figures.figures(await people.clerk())
    assert found["days"] == 12
    assert [each.day.day for each in found["forecast"]["days"]] == [27, 1, 2, 3, 4]
    assert found["forecast"]["days"][0].days == 1  # the 13th: on the 20th nobody could come


async def test_how_far_back(db: str) -> None:
    await weeks()
    await came(at(date(2026, 9, 8), 9), 4)
    clerk = await people.clerk()
    counts = [(await hall_figures.figures(clerk, weeks=span))["total"]["people"] for span in (4, 8, 12)]
    assert counts == [11, 11, 12]


async def test_the_page(desk: Desk) -> None:
    await weeks()
    await desk.sign_in("wangfang", seat=SEAT)
    page = await desk.page(HERE)
    words = plain(page)
    for said in (
        "等候（中位数）11 分九成的人等了 18 分以内", "办理（中位数）3 分",
        "约了没来20.0 %5 人里 1 人，另有 1 人不算失约",
        "来取号11 人现场 8，预约 3；没等到办 1", "13 个开门的日子", "平均差 0.4 人", "± 0.4", "3 个周一的中位数",
    ):  # fmt: skip
        assert said in words, (said, words)
    assert 'class="h4">3.0<' in page and 'class="h1">0.7<' in page and 'class="hx">0<' in page
    assert "style=" not in page and 'name="hall"' not in page
    assert f'href="{HERE}"' in await desk.page("/desk/calls")


async def test_without_two_weeks_no_error_is_claimed(desk: Desk) -> None:
    await came(at(MONDAYS[1], 9), 5)
    await desk.sign_in("wangfang", seat=SEAT)
    words = plain(await desk.page(HERE))
    assert "满两周" in words and "±" not in words and "2 个周一的中位数" in words


async def test_a_hall_without_numbers_says_so(desk: Desk) -> None:
    await came(at(MONDAYS[0], 9), 5, hall="0100")
    await desk.sign_in("wangfang", seat=SEAT)
    words = plain(await desk.page(HERE))
    assert "这里还没有数字" in words and "没有人取号" in words and "中位数" not in words


async def test_whose_hall_it_is(desk: Desk) -> None:
    await weeks()
    await desk.sign_in("wangfang", seat=SEAT)
    assert (await desk.get(f"{HERE}?hall=0001")).status_code == 200
    for query in ("hall=0100", "hall=9999", "weeks=5", "weeks=x"):
        assert (await desk.get(f"{HERE}?{query}")).status_code == 404, query
    await hire("zhangwenhui", "张文辉", "supervisor")
    lead = desk.another()
    await lead.sign_in("zhangwenhui")
    assert "来取号11 人" in plain(await lead.page(HERE))  # the county's hall
    assert "来取号1 人" in plain(await lead.page(f"{HERE}?hall=0100"))
    assert (await lead.get(f"{HERE}?hall=9999")).status_code == 404
    await lead.http.aclose()


@pytest.mark.parametrize("login", ["sunwei", "zhaoqiang", "chenjing"])
async def test_a_department_sees_nothing(desk: Desk, login: str) -> None:
    await weeks()
    await desk.sign_in(login)
    answer = await desk.get(f"{HERE}?hall=0001")
    assert answer.status_code == 403 and "中位数" not in answer.text


async def test_the_read_itself_refuses(db: str) -> None:
    refused: list[Any] = [await people.citizen(), await people.handler("孙伟", "NY"), await people.approver()]
    for actor in refused:
        with pytest.raises(Refusal) as refusal:
            await hall_figures.figures(actor, "0001")
        assert refusal.value.code == "role_not_allowed"
    town = await people.clerk("刘小燕", "0100", "town")
    with pytest.raises(Refusal, match="not_found"):
        await hall_figures.figures(town, "0001")
