"""News at the desk: what the relay publishes reaches the seat it is for, and only while its session lives."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
import pytest_asyncio
from redis import asyncio as aioredis

from api.desk import live
from api.live import CHANNEL, Live
from models.actions import staff
from tests.desk.door import PASSWORD, Desk, digits

pytestmark = pytest.mark.database


@pytest_asyncio.fixture(loop_scope="session")
async def news(redis_url: str) -> AsyncIterator[tuple[Live, aioredis.Redis]]:
    redis = aioredis.from_url(redis_url)  # type: ignore[no-untyped-call]
    heard = Live(redis)
    running = asyncio.create_task(heard.run())
    await _listens(heard, redis)
    yield heard, redis
    running.cancel()
    await redis.aclose()


async def _listens(heard: Live, redis: aioredis.Redis) -> None:
    """Wait until what is published is heard: subscribing takes a moment."""
    page = heard.subscribe({"hall:probe"})
    assert isinstance(page, AsyncGenerator)
    waiting = asyncio.ensure_future(anext(page))
    async with asyncio.timeout(10):
        while not waiting.done() or waiting.result()["kind"] == "reread":
            if waiting.done():
                waiting = asyncio.ensure_future(anext(page))
            await _publish(redis, "hall:probe", "")
            await asyncio.wait([waiting], timeout=0.05)
    await page.aclose()


async def _publish(redis: aioredis.Redis, audience: str, words: str) -> None:
    told = {"audience": audience, "kind": "hall.new_case", "case_id": "c1", "words": words}
    await redis.publish(CHANNEL, json.dumps(told))


async def _next(stream: AsyncIterator[dict[str, str]]) -> dict[str, str]:
    """The next event that is not the note that something may have been missed."""
    while True:
        event = await asyncio.wait_for(anext(stream), 5)
        if event["event"] != "reread":
            return event


async def test_a_seat_hears_its_hall_and_nobody_else_s(desk: Desk, news: tuple[Live, aioredis.Redis]) -> None:
    signed = await staff.sign_in("wangfang", PASSWORD, digits(), hall="0001", window="综合窗口 A06 号窗口")
    heard, redis = news
    assert live.channels(signed.seated) == {"hall:0001", "queue:0001"}
    stream = live._stream(heard, live.channels(signed.seated), signed.token)
    assert (await _next(stream))["event"] == "hello"
    waiting = asyncio.create_task(_next(stream))
    async with asyncio.timeout(10):
        while not heard._pages:  # until the page is open
            await asyncio.sleep(0.01)
    await _publish(redis, "department:SJ", "不是给窗口的")
    await _publish(redis, "hall:0001", "新到一件")
    event = await waiting
    assert event["event"] == "news" and json.loads(event["data"])["words"] == "新到一件"
    await staff.sign_out(signed.token)
    await _publish(redis, "hall:0001", "又一件")
    assert (await _next(stream))["event"] == "over"


async def test_a_department_hears_its_tasks(desk: Desk) -> None:
    signed = await staff.sign_in("zhaoqiang", PASSWORD, digits())
    assert live.channels(signed.seated) == {"department:SJ"}


async def test_listening_keeps_no_desk_awake(desk: Desk) -> None:
    signed = await staff.sign_in("wangfang", PASSWORD, digits())
    before = signed.seated.session.seen_at
    await staff.seated(signed.token, touch=False)
    row = await type(signed.seated.session).get(id=signed.seated.session.id)
    assert row.seen_at == before
