"""LISTEN that survives the loss of its connection."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from gateways.wake import WAKE, Listener

pytestmark = pytest.mark.database


@pytest_asyncio.fixture(loop_scope="session")
async def other(server: str) -> AsyncIterator["asyncpg.Connection"]:
    connection = await asyncpg.connect(server)
    yield connection
    await connection.close()


async def end_the_only_one(other: "asyncpg.Connection", name: str) -> None:
    """End the one connection of this name; one that was ended before may still be on its way out."""
    async with asyncio.timeout(10):
        while True:
            pids = await other.fetch("select pid from pg_stat_activity where application_name = $1", name)
            if len(pids) == 1:
                break
            await asyncio.sleep(0.02)
    assert await other.fetchval("select pg_terminate_backend($1)", pids[0]["pid"])


async def test_hears_and_wakes_after_a_loss(server: str, other: "asyncpg.Connection") -> None:
    name = {"server_settings": {"application_name": "yimen-wake-test"}}
    async with Listener({"dsn": server, **name}, ["wake_a", "wake_b"]) as listener:
        heard = aiter(listener)
        await other.execute("select pg_notify('wake_a', '1'), pg_notify('wake_b', '二'), pg_notify('wake_c', '3')")
        assert [await asyncio.wait_for(anext(heard), 5) for _ in range(2)] == [("wake_a", "1"), ("wake_b", "二")]
        for _ in range(3):
            await end_the_only_one(other, "yimen-wake-test")
            assert await asyncio.wait_for(anext(heard), 5) == WAKE
            await other.execute("select pg_notify('wake_a', 'again')")
            assert await asyncio.wait_for(anext(heard), 5) == ("wake_a", "again")


async def test_leaving_leaves_nothing(server: str, other: "asyncpg.Connection") -> None:
    name = {"server_settings": {"application_name": "yimen-wake-leave"}}
    async with Listener({"dsn": server, **name}, ["wake_a"]):
        pass
    for _ in range(200):
        left = await other.fetchval("select count(*) from pg_stat_activity where application_name = 'yimen-wake-leave'")
        if not left:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the connection is still there")


async def test_a_flood_becomes_one_wake(
    server: str, other: "asyncpg.Connection", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.wake._ROOM", 10)
    async with Listener({"dsn": server}, ["wake_a"]) as listener:
        await other.execute("select pg_notify('wake_a', n::text) from generate_series(1, 25) n")
        assert await listener._alive()  # its own question is answered after all that was notified before
        heard = aiter(listener)
        first = await asyncio.wait_for(anext(heard), 5)
        assert first == WAKE
        rest = [await asyncio.wait_for(anext(heard), 5)]
        while rest[-1] != ("wake_a", "25"):
            rest.append(await asyncio.wait_for(anext(heard), 5))
        assert len(rest) <= 10


async def test_wrong_database_is_said_at_once(server: str) -> None:
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        async with asyncio.timeout(5), Listener({"dsn": server, "database": "no_such_database"}, ["wake_a"]):
            pass
