"""One refresher (R64): no storm, one refresh and one resend for a refusal, and work goes on without Redis."""

import asyncio
import logging
import time

import pytest
from redis.asyncio import Redis

from gateways.outcome import Outcome
from gateways.tokens import TokenKeeper
from gateways.tokenstore import MemoryTokens, RedisTokens, Token
from gateways.wechat import WeChat
from tests.gateways.say import SEND, TEMPLATE, TOKEN, say
from tests.sandbox_server import Sandbox


async def test_twenty_sends_fetch_one_token(sandbox: Sandbox, wechat: WeChat) -> None:
    phones = [sandbox.phone("", **{TEMPLATE: "accept"}) for _ in range(20)]
    outcomes = await asyncio.gather(*(say(wechat, p["openid"]) for p in phones))
    assert all(o.ok for o in outcomes)
    assert sandbox.calls(TOKEN) == 1


async def test_one_refusal_is_one_refresh_and_one_resend(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "always"})
    assert (await say(wechat, phone["openid"])).ok
    sandbox.control("POST", "tokens/revoke")
    assert (await say(wechat, phone["openid"])).ok
    assert (sandbox.calls(TOKEN), sandbox.calls(SEND)) == (2, 3)
    assert len(sandbox.messages(phone["phone"])) == 2


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_endless_refusals_end(sandbox: Sandbox, wechat: WeChat, errcode: int) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "always"})
    assert (await say(wechat, phone["openid"])).ok
    sandbox.fault(SEND, times=1000, errcode=errcode)
    outcomes = [await say(wechat, phone["openid"]) for _ in range(10)]
    assert {o.kind for o in outcomes} == {"token"} and all(o.alarm and o.after == 30.0 for o in outcomes)
    assert sandbox.calls(TOKEN) == 2  # the first one, and one refresh in thirty seconds
    assert sandbox.control("GET", "faults")["items"][0]["times"] == 1000 - 11  # ten attempts, one resend


async def test_many_refused_at_once_refresh_once(sandbox: Sandbox, wechat: WeChat) -> None:
    phones = [sandbox.phone("", **{TEMPLATE: "always"}) for _ in range(10)]
    assert (await say(wechat, phones[0]["openid"])).ok
    sandbox.control("POST", "tokens/revoke")
    outcomes = await asyncio.gather(*(say(wechat, p["openid"]) for p in phones))
    assert all(o.ok for o in outcomes)
    assert sandbox.calls(TOKEN) == 2


async def test_wrong_secret_is_ours_and_is_not_hammered(sandbox: Sandbox) -> None:
    client = WeChat(sandbox.url, sandbox.settings.appid, "w" * 32, MemoryTokens())
    outcome = await say(client, "o-x")
    assert (outcome.kind, outcome.code, outcome.alarm) == ("ours", "secret_wrong", True)
    assert (sandbox.calls(TOKEN), sandbox.calls(SEND)) == (1, 0)
    await client.close()


async def test_a_lost_token_answer_means_nothing_was_sent(sandbox: Sandbox, wechat: WeChat) -> None:
    sandbox.fault(TOKEN, cut=True)
    assert (await say(wechat, sandbox.phone()["openid"])).kind == "again"


class Platform:
    """Counts what is asked of it; each forced or late call makes another token."""

    def __init__(self, clock: list[float]) -> None:
        self.clock, self.n, self.asked = clock, 1, list[bool]()

    async def fetch(self, force: bool) -> Token | Outcome:
        self.asked.append(force)
        self.n += force
        return Token(f"t{self.n}", self.clock[0] + 7200)


async def test_renewed_five_minutes_early_and_forced_with_care() -> None:
    clock = [1000.0]
    platform = Platform(clock)
    keeper = TokenKeeper(MemoryTokens(lambda: clock[0]), platform.fetch, lambda: clock[0])
    token = await keeper.get()
    assert isinstance(token, Token)
    clock[0] += 6890
    assert await keeper.get() == token and platform.asked == [False]
    clock[0] += 20
    assert isinstance(await keeper.get(), Token) and platform.asked == [False, False]
    # the platform vouches for what it refuses: the second time, thirty seconds later, a forced refresh is spent
    again = await keeper.renew(token)
    assert isinstance(again, Token) and again.value == token.value and platform.asked[2:] == [False]
    assert isinstance(await keeper.renew(again), Outcome)
    clock[0] += 31
    forced = await keeper.renew(again)
    assert isinstance(forced, Token) and forced.value != token.value and platform.asked[3:] == [True]


async def test_twenty_forced_refreshes_a_day_at_most() -> None:
    clock = [1000.0]
    platform = Platform(clock)
    keeper = TokenKeeper(MemoryTokens(lambda: clock[0]), platform.fetch, lambda: clock[0])
    for _ in range(100):
        token = await keeper.get()
        assert isinstance(token, Token)
        await keeper.renew(token)
        clock[0] += 31
    assert platform.asked.count(True) == 20


async def test_the_old_token_serves_while_no_new_one_can_be_had() -> None:
    clock = [1000.0]
    store = MemoryTokens(lambda: clock[0])
    await store.write(Token("old", 1200.0))

    async def fetch(_force: bool) -> Token | Outcome:
        return Outcome("again", "connect", "连不上")

    keeper = TokenKeeper(store, fetch, lambda: clock[0])
    assert await keeper.get() == Token("old", 1200.0)
    clock[0] = 1201.0
    assert isinstance(await keeper.get(), Outcome)


# -- Redis


async def test_processes_share_one_token_sealed(sandbox: Sandbox, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    clients = [
        WeChat(sandbox.url, sandbox.settings.appid, sandbox.settings.secret, RedisTokens(
            Redis.from_url(redis_url), sandbox.settings.appid, sandbox.settings.secret
        ))
        for _ in range(4)
    ]  # fmt: skip
    phones = [sandbox.phone("", **{TEMPLATE: "always"}) for _ in range(20)]
    assert all(o.ok for o in await asyncio.gather(*(say(clients[i % 4], p["openid"]) for i, p in enumerate(phones))))
    assert sandbox.calls(TOKEN) == 1
    sandbox.control("POST", "tokens/revoke")
    assert all(o.ok for o in await asyncio.gather(*(say(clients[i % 4], p["openid"]) for i, p in enumerate(phones))))
    assert sandbox.calls(TOKEN) == 2
    present = sandbox.world.tokens.present
    assert present is not None
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        raw = str(await redis.hgetall(key) if kind == b"hash" else await redis.get(key))
        assert present.value not in raw and sandbox.settings.secret not in raw + str(key)
    for client in clients:
        await client.close()
    await redis.aclose()


async def test_an_older_token_never_replaces_a_newer(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    store = RedisTokens(redis, "wx1", "s")
    now = time.time()
    await store.write(Token("new", now + 7000))
    await store.write(Token("old", now + 100))
    found = await store.read()
    assert found is not None and found.value == "new"
    await store.drop("old")
    assert await store.read() is not None
    await store.drop("new")
    assert await store.read() is None
    assert "new" not in repr(found)
    await redis.aclose()


async def test_without_redis_it_works_and_says_so(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    tokens = RedisTokens(Redis.from_url("redis://127.0.0.1:9"), sandbox.settings.appid, sandbox.settings.secret)
    client = WeChat(sandbox.url, sandbox.settings.appid, sandbox.settings.secret, tokens)
    phones = [sandbox.phone("", **{TEMPLATE: "accept"}) for _ in range(5)]
    with caplog.at_level(logging.WARNING):
        assert all(o.ok for o in await asyncio.gather(*(say(client, p["openid"]) for p in phones)))
    assert sandbox.calls(TOKEN) == 1
    assert sum("Redis is away" in r.message for r in caplog.records) == 1
    await client.close()


async def test_a_hanging_redis_holds_nothing_up(sandbox: Sandbox) -> None:
    """It takes the connection and never answers."""

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    redis = Redis.from_url(f"redis://127.0.0.1:{port}")
    client = WeChat(
        sandbox.url, sandbox.settings.appid, sandbox.settings.secret,
        RedisTokens(redis, sandbox.settings.appid, sandbox.settings.secret),
    )  # fmt: skip
    phones = [sandbox.phone("", **{TEMPLATE: "accept"}) for _ in range(20)]
    began = time.monotonic()
    assert all(o.ok for o in await asyncio.gather(*(say(client, p["openid"]) for p in phones)))
    assert sandbox.calls(TOKEN) == 1 and time.monotonic() - began < 20
    await client.close()
    await redis.aclose()
    server.close()
