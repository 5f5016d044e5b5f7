"""Time limits, the bulkhead and the breaker, against a peer that misbehaves on purpose."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from gateways.link import Answer, Breaker, Limits, Link
from gateways.outcome import Outcome, wait_before
from tests.sandbox_server import free_port, serve


class Peer:
    """Counts the calls under way."""

    def __init__(self) -> None:
        self.now = self.most = self.calls = 0
        self.broken = False

    async def slow(self, request: Request) -> Response:
        self.calls += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(float(request.query_params.get("s", "0.05")))
        self.now -= 1
        return PlainTextResponse("", 500) if self.broken else PlainTextResponse("ok")

    async def drip(self, _request: Request) -> Response:
        async def drops() -> AsyncIterator[bytes]:
            for _ in range(300):
                yield b"x"
                await asyncio.sleep(0.1)

        return StreamingResponse(drops())

    async def flood(self, _request: Request) -> Response:
        return PlainTextResponse("x" * 200_000)


@pytest_asyncio.fixture(loop_scope="session")
async def place() -> AsyncIterator[tuple[Peer, str]]:
    peer = Peer()
    routes = [Route("/slow", peer.slow), Route("/drip", peer.drip), Route("/flood", peer.flood)]
    with serve(Starlette(routes=routes), free_port()) as url:
        yield peer, url


def kind(result: Answer | Outcome) -> tuple[str, str] | int:
    return (result.kind, result.code) if isinstance(result, Outcome) else result.status


async def test_never_more_at_once_than_allowed(place: tuple[Peer, str]) -> None:
    peer, url = place
    link = Link(url, limits=Limits(concurrent=3))
    results = await asyncio.gather(*(link.call("GET", "/slow") for _ in range(12)))
    assert [kind(r) for r in results] == [200] * 12 and peer.most == 3
    await link.close()


async def test_waiting_for_room_ends(place: tuple[Peer, str]) -> None:
    link = Link(place[1], limits=Limits(concurrent=1, total=0.3, read=1))
    results = await asyncio.gather(*(link.call("GET", "/slow?s=0.29") for _ in range(3)))
    assert ("again", "busy") in [kind(r) for r in results]
    await link.close()


async def test_a_slow_answer_and_a_dripping_one_end_in_time(place: tuple[Peer, str]) -> None:
    link = Link(place[1], limits=Limits(read=0.3, total=0.6))
    async with asyncio.timeout(15):  # the peer would take 30 s for each
        assert kind(await link.call("GET", "/slow?s=30")) == ("unknown", "timeout")
        assert kind(await link.call("GET", "/drip")) == ("unknown", "timeout")
    await link.close()


async def test_an_answer_has_a_size(place: tuple[Peer, str]) -> None:
    link = Link(place[1], limits=Limits(answer=64 * 1024))
    assert kind(await link.call("GET", "/flood")) == ("again", "too_long")
    await link.close()


async def test_the_breaker_rests_and_tries_again(place: tuple[Peer, str]) -> None:
    peer, url = place
    clock = [0.0]
    link = Link(url, breaker=Breaker(threshold=3, rest=10, clock=lambda: clock[0]))
    peer.broken = True
    assert [kind(await link.call("GET", "/slow")) for _ in range(3)] == [500] * 3
    resting = await link.call("GET", "/slow")
    assert isinstance(resting, Outcome) and resting.code == "resting" and resting.after == 10 and peer.calls == 3
    clock[0] = 11
    results = await asyncio.gather(*(link.call("GET", "/slow") for _ in range(4)))
    assert [kind(r) for r in results].count(500) == 1 and peer.calls == 4  # one looks, the others wait
    clock[0], peer.broken = 22, False
    assert kind(await link.call("GET", "/slow")) == 200
    assert [kind(await link.call("GET", "/slow")) for _ in range(3)] == [200] * 3
    await link.close()


async def test_cancelling_gives_the_room_back(place: tuple[Peer, str]) -> None:
    link = Link(place[1], limits=Limits(concurrent=2), breaker=Breaker(threshold=1000))
    for _ in range(20):
        task = asyncio.create_task(link.call("GET", "/slow?s=1"))
        await asyncio.sleep(0.005)
        task.cancel()
    await asyncio.sleep(0.05)
    assert kind(await asyncio.wait_for(link.call("GET", "/slow?s=0"), 3)) == 200
    await link.close()


async def test_bad_addresses_are_ours() -> None:
    for url in ("ftp://127.0.0.1/x", "http://[::1/x", "http://a\x00b/"):
        link = Link("")
        assert kind(await link.call("GET", url)) == ("ours", "address")
        await link.close()


def test_waits_grow_to_five_minutes() -> None:
    assert [wait_before(n) for n in (0, 1, 2, 3, 4, 5, 48)] == [1, 1, 10, 60, 300, 300, 300]
