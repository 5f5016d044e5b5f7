"""叫号 at the desk: the buttons of the sheet, what two counters see, and who stays outside (R56)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
import time_machine
import uvicorn
from redis import asyncio as aioredis

from api.app import build
from api.live import Live
from models import base
from models.actions import tickets
from models.base import SHANGHAI
from models.people import StaffSession
from models.rules.permits import Actor
from models.ticket import Ticket
from tests.desk.door import Desk, csrf, hire
from workers import senders
from workers.relay import Relay

pytestmark = pytest.mark.database
MORNING = datetime(2026, 10, 13, 10, 0, tzinfo=SHANGHAI)  # a Tuesday on which the hall is open
SEAT, OTHER = "0001|综合窗口 A01 号窗口", "0001|综合窗口 A02 号窗口"
HERE = "/desk/calls"


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(MORNING) as clock:
        yield clock


async def kiosk(hall: str = "0001") -> Actor:
    return Actor("kiosk", id=base.new_id(), name="取号机", hall=hall)


async def walk_in(group: str = "A", **more: Any) -> Ticket:
    return await Ticket.get(id=await tickets.take(await kiosk(), "0001", group, channel="kiosk", **more))


@pytest_asyncio.fixture(loop_scope="session")
async def wang(desk: Desk) -> Desk:
    await desk.sign_in("wangfang", seat=SEAT)
    return desk


async def press(desk: Desk, path: str, page: str, **more: Any) -> httpx.Response:
    return await desk.post(f"{HERE}/{path}", csrf=csrf(page), **more)


async def verb(desk: Desk, ticket: Ticket, name: str, **more: Any) -> str:
    """Press a button as it stands on the page, with the version it carries."""
    page = await desk.page(HERE)
    form = re.search(f'action="{HERE}/{ticket.id}/{name}".*?name="version" value="([0-9]+)"', page, re.S)
    assert form, (name, page[-4000:])
    answer = await press(desk, f"{ticket.id}/{name}", page, version=form[1], number=ticket.number, **more)
    assert answer.status_code == 200, answer.text[-2000:]
    return answer.text


def order(page: str) -> list[str]:
    return re.findall("data-pick>([A-Z][0-9]+)<", page)


async def test_one_key_calls_the_next_and_the_sheet_gives_the_buttons(wang: Desk) -> None:
    first, second = await walk_in(), await walk_in()
    page = await wang.page(HERE)
    assert order(page) == [first.number, second.number] and "A01 窗口" in page and 'data-key="Q"' in page
    called = await press(wang, "next", page)
    assert (
        called.status_code == 200 and f"叫了 {first.number}。" in called.text and order(called.text) == [second.number]
    )
    for words in ("再叫一次", "来了，开始办", "过号", "转窗口"):
        assert words in called.text, words
    assert "办完，叫下一个" not in called.text  # nobody has come yet
    assert "又叫了一次" in await verb(wang, first, "recall")
    served = await verb(wang, first, "start")
    for words in ("办完了", "先放一放", "办完，叫下一个", "转窗口"):
        assert words in served, words
    assert f"{HERE}/{first.id}/skip" not in served
    version = (await Ticket.get(id=first.id)).version
    after = await press(wang, "next", served, ticket=str(first.id), version=version)
    assert f"叫了 {second.number}。" in after.text
    states = {row.number: row.state for row in await Ticket.all()}
    assert states == {first.number: "done", second.number: "called"}


async def test_who_did_not_come_and_who_went_to_fetch_something(wang: Desk) -> None:
    first, second = await walk_in(), await walk_in()
    await press(wang, "next", await wang.page(HERE))
    page = await verb(wang, first, "skip")
    assert f"{first.number} 过号了。" in page and f"{HERE}/{first.id}/requeue" in page
    assert first.number in order(await verb(wang, first, "requeue"))
    await press(wang, "next", await wang.page(HERE))
    await verb(wang, second, "start")
    page = await verb(wang, second, "park")
    assert f"{HERE}/{second.id}/call" in page  # 叫, without queueing again
    assert "请到窗口" in await verb(wang, second, "call")


async def test_another_line_takes_over_and_the_number_stays(wang: Desk) -> None:
    ticket = await walk_in()
    await press(wang, "next", await wang.page(HERE))
    assert "转过去了" in await verb(wang, ticket, "transfer", to="B")
    row = await Ticket.get(id=ticket.id)
    assert (row.group_code, row.state, row.number) == ("B", "waiting", ticket.number)
    assert ticket.number not in order(await wang.page(HERE))
    assert order(await wang.page(f"{HERE}?line=B")) == [ticket.number] == order(await wang.page(f"{HERE}?line=all"))


async def test_a_number_for_somebody_at_the_counter_goes_first_by_law(wang: Desk) -> None:
    before = await walk_in()
    page = await wang.page(HERE)
    keys = re.findall('<option value="([a-z_]+)">', page)
    assert keys, "no group that goes first by law"
    answer = await press(wang, "take", page, to="A", priority=keys[0])
    assert "取号 A002。前面 0 人" in re.sub("<[^>]+>", "", answer.text)
    assert order(answer.text) == ["A002", before.number]
    refused = await press(wang, "take", answer.text, to="Q")
    assert (
        refused.status_code in (409, 422) and "没有办。" in refused.text and order(refused.text) == order(answer.text)
    )


async def test_a_button_of_an_old_page_changes_nothing(wang: Desk) -> None:
    ticket = await walk_in()
    page = (await press(wang, "next", await wang.page(HERE))).text
    await verb(wang, ticket, "recall")
    seen = re.search('name="version" value="([0-9]+)"', page)
    assert seen
    answer = await press(wang, f"{ticket.id}/start", page, version=seen[1])
    assert answer.status_code == 409 and "没有办成" in answer.text
    assert (await Ticket.get(id=ticket.id)).state == "called"


async def test_without_a_window_one_sees_and_takes_but_does_not_call(desk: Desk) -> None:
    await walk_in()
    await desk.sign_in("wangfang", seat="0001|")
    page = await desk.page(HERE)
    assert "没有选窗口" in page and 'data-key="Q"' not in page and f"{HERE}/take" in page
    answer = await press(desk, "next", page)
    assert answer.status_code == 409 and "没有办。" in answer.text


async def test_who_signed_in_without_a_hall_is_told_what_to_do(desk: Desk) -> None:
    await hire("qiandudao", "钱督", "supervisor", department="ZS")
    await desk.sign_in("qiandudao")
    answer = await desk.get(HERE)
    assert answer.status_code == 409 and "选上大厅和窗口" in answer.text


async def test_nobody_waits(wang: Desk) -> None:
    page = await wang.page(HERE)
    assert "没有人在等" in page
    answer = await press(wang, "next", page)
    assert "后面没有人在等。" in answer.text


async def test_departments_and_a_hall_elsewhere_do_not_see_the_queue(desk: Desk) -> None:
    ticket = await walk_in()
    await desk.sign_in("sunwei")
    assert (await desk.get(HERE)).status_code == 403
    assert (await desk.get(f"{HERE}/part")).status_code == 403
    await hire("lizhen", "李镇", "clerk", hall="0100")
    town = desk.another()
    await town.sign_in("lizhen", seat="0100|综合窗口 A01 号窗口")
    page = await town.page(f"{HERE}?line=all")
    assert ticket.number not in order(page)
    assert (await press(town, f"{ticket.id}/call", page, version=1)).status_code == 404
    assert (await Ticket.get(id=ticket.id)).state == "waiting"


async def test_what_the_page_asks_for_by_itself_keeps_no_desk_awake(wang: Desk, morning: Any) -> None:
    ticket = await walk_in()
    await wang.page(HERE)
    before = (await StaffSession.all())[0].seen_at
    morning.shift(60)
    part = await wang.page(f"{HERE}/part")
    assert order(part) == [ticket.number] and '<header class="bar"' not in part and "等了" in part
    assert (await StaffSession.all())[0].seen_at == before
    morning.shift(15 * 60)
    assert "锁着" in (await wang.get(f"{HERE}/part")).text


# ------------------------------------------------------------------ two counters over real HTTP


@asynccontextmanager
async def _serving(database: str, redis_url: str) -> AsyncIterator[str]:
    """The application on a port, with the relay behind it: NOTIFY, Redis and the event stream are the real ones."""
    redis = aioredis.from_url(redis_url)  # type: ignore[no-untyped-call]
    live = Live(redis)
    relay = Relay(base.credentials(database), {"desk": senders.desk(redis)})
    state = {"settings": SimpleNamespace(public_url="http://desk.test", web_dist=None), "live": live}
    inner = build(_nothing, ["127.0.0.1"])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": dict(state)}, receive, send)

    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, lifespan="off", log_level="warning"))
    running = [asyncio.create_task(each) for each in (live.run(), relay.run(), server.serve())]
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await relay.stop()
    for task in running[:2]:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await redis.aclose()


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}


async def _told(stream: AsyncIterator[str]) -> float:
    """When the next word that the queue moved came in."""
    async for line in stream:
        if line.strip() == "event: queue":
            return time.perf_counter()
    raise AssertionError("the stream ended")


async def _counter(desk: Desk, login: str, seat: str, address: str) -> httpx.AsyncClient:
    await desk.sign_in(login, seat=seat)
    return httpx.AsyncClient(base_url=address, cookies={"yimen": desk.http.cookies["yimen"]}, timeout=10)


async def test_two_counters_see_the_same_queue_at_once(
    desk: Desk, db: str, redis_url: str, morning: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number is called at A01; A02 hears of it and has drawn its own list anew. The time is printed."""
    await hire("chenfang", "陈芳", "clerk", hall="0001")
    taken = [await walk_in() for _ in range(6)]
    took: list[float] = []
    async with _serving(db, redis_url) as address:
        first = await _counter(desk, "wangfang", SEAT, address)
        second = await _counter(desk.another(), "chenfang", OTHER, address)
        async with second.stream("GET", "/desk/events") as heard:
            lines = heard.aiter_lines()
            while (await anext(lines)).strip() != "event: hello":
                pass
            await asyncio.sleep(0.3)
            for ticket in taken[:5]:
                page = (await first.get(HERE)).text
                mine = re.search(f'action="{HERE}/([0-9a-f-]+)/start"', page)
                if mine:  # the one before did not come
                    version = (await Ticket.get(id=mine[1])).version
                    await first.post(f"{HERE}/{mine[1]}/skip", data={"csrf": csrf(page), "version": version},
                                     headers={"origin": address})  # fmt: skip
                    await asyncio.wait_for(_told(lines), 5)
                began = time.perf_counter()
                answer, _ = await asyncio.gather(
                    first.post(f"{HERE}/next", data={"csrf": csrf(page)}, headers={"origin": address}),
                    asyncio.wait_for(_told(lines), 5),
                )
                part = (await second.get(f"{HERE}/part")).text
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 303
                assert ticket.number not in order(part) and re.search(f"<b>A01</b>{ticket.number}", part)
        await first.aclose()
        await second.aclose()
    took.sort()
    with capsys.disabled():
        print(f"\nfrom the key at A01 to the list drawn at A02: median {took[2]:.0f} ms, most {took[-1]:.0f} ms")
    assert took[2] < 3000
