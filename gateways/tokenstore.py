"""Where the shared WeChat access token lives: Redis for all processes, memory when Redis is away."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

log = logging.getLogger("yimen.gateways.tokens")

#: Seconds one Redis command may take, and seconds without asking again once it was away.
PATIENCE = 1.0
AWAY_REST = 5.0


@dataclass(frozen=True, slots=True)
class Token:
    """`value` up to 512 characters; `expires_at` in Unix seconds."""

    value: str
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(…, expires_at={self.expires_at:.0f})"


class TokenStore(Protocol):
    """One app's token, shared by every process that sends."""

    async def read(self) -> Token | None:
        """The token in force, or None."""

    async def write(self, token: Token) -> None:
        """Put it there, only if it outlives the one that is there."""

    async def drop(self, value: str) -> None:
        """Remove this token, if it is still the one in force."""

    def lease(self, seconds: float) -> AbstractAsyncContextManager[bool]:
        """The right to refresh: true for one holder at a time; false when it could not be had within `seconds`."""

    async def first(self, mark: str, seconds: float) -> bool:
        """True for the first caller with this mark in `seconds`."""

    async def count(self, mark: str, seconds: float) -> int:
        """How many times this mark was counted in its window, this one included."""


class MemoryTokens:
    """A TokenStore for one process; also the fallback of `RedisTokens`."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._token: Token | None = None
        self._lock = asyncio.Lock()
        self._marks: dict[str, tuple[int, float]] = {}

    async def read(self) -> Token | None:
        return self._token

    async def write(self, token: Token) -> None:
        if self._token is None or token.expires_at > self._token.expires_at:
            self._token = token

    async def drop(self, value: str) -> None:
        if self._token is not None and self._token.value == value:
            self._token = None

    @asynccontextmanager
    async def lease(self, seconds: float) -> AsyncIterator[bool]:
        try:
            async with asyncio.timeout(seconds):
                await self._lock.acquire()
        except TimeoutError:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()

    async def first(self, mark: str, seconds: float) -> bool:
        return await self.count(mark, seconds) == 1

    async def count(self, mark: str, seconds: float) -> int:
        now = self._clock()
        n, until = self._marks.get(mark, (0, 0.0))
        self._marks[mark] = (n + 1, until) if until > now else (1, now + seconds)
        return self._marks[mark][0]


# KEYS token; ARGV sealed, expires_at, ttl_ms
_WRITE: Final = """
local old = redis.call('HGET', KEYS[1], 'expires_at')
if old and tonumber(old) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'sealed', ARGV[1], 'expires_at', ARGV[2], 'print', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_DROP: Final = "if redis.call('HGET', KEYS[1], 'print') == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_COUNT: Final = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n
"""


class RedisTokens:
    """A TokenStore in Redis. The token lies there sealed under a key made from the AppSecret, so a dump of Redis is
    no access to WeChat. When Redis is away the same calls go to this process's memory, and the log says so."""

    def __init__(self, redis: Redis, appid: str, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._name = f"yimen:wechat:{appid}"
        self._seal = AESGCM(hmac.digest(secret.encode(), b"yimen access token " + appid.encode(), "sha256"))
        self._memory = MemoryTokens(clock)
        self._said_at = self._away_until = float("-inf")

    async def read(self) -> Token | None:
        try:
            found = await self._command(self._redis.hmget(self._name, ["sealed", "expires_at"]))
        except (RedisError, OSError) as error:
            return await self._away(error).read()
        sealed, expires_at = found
        if not sealed or not expires_at:
            return None
        raw = base64.b64decode(_text(sealed))
        try:
            value = self._seal.decrypt(raw[:12], raw[12:], self._name.encode()).decode()
        except (InvalidTag, ValueError):
            return None  # written under an earlier AppSecret
        return Token(value, float(_text(expires_at)))

    async def write(self, token: Token) -> None:
        nonce = secrets.token_bytes(12)
        sealed = base64.b64encode(nonce + self._seal.encrypt(nonce, token.value.encode(), self._name.encode()))
        ttl = max(int((token.expires_at - self._clock()) * 1000), 1000)
        try:
            until, mark = repr(token.expires_at), self._print(token.value)
            await self._script(_WRITE, self._name, sealed.decode(), until, ttl, mark)
        except (RedisError, OSError) as error:
            await self._away(error).write(token)

    async def drop(self, value: str) -> None:
        await self._memory.drop(value)
        try:
            await self._script(_DROP, self._name, self._print(value))
        except (RedisError, OSError) as error:
            self._away(error)

    @asynccontextmanager
    async def lease(self, seconds: float) -> AsyncIterator[bool]:
        holder = secrets.token_hex(8)
        async with self._memory.lease(seconds) as here:  # one of us at most asks Redis
            taken = here and await self._take(holder, seconds)
            try:
                yield taken
            finally:
                if taken:
                    with contextlib.suppress(RedisError, OSError):  # it ends by itself
                        await self._script(_RELEASE, f"{self._name}:lease", holder)

    async def _take(self, holder: str, seconds: float) -> bool:
        end = self._clock() + seconds
        while True:
            try:
                if await self._command(self._redis.set(f"{self._name}:lease", holder, nx=True, px=int(seconds * 2000))):
                    return True
            except (RedisError, OSError) as error:
                self._away(error)
                return True  # the lease in memory keeps it to one refresher in this process
            if self._clock() >= end:
                return False
            await asyncio.sleep(0.05)

    async def first(self, mark: str, seconds: float) -> bool:
        return await self.count(mark, seconds) == 1

    async def count(self, mark: str, seconds: float) -> int:
        try:
            return int(await self._script(_COUNT, f"{self._name}:{mark}", int(seconds * 1000)))
        except (RedisError, OSError) as error:
            return await self._away(error).count(mark, seconds)

    def _away(self, error: Exception) -> MemoryTokens:
        if self._clock() >= self._away_until:
            self._away_until = self._clock() + AWAY_REST
        if self._clock() - self._said_at >= 60:
            self._said_at = self._clock()
            log.warning(
                "Redis is away (%s): the WeChat token is kept in this process alone until it is back",
                type(error).__name__,
            )
        return self._memory

    def _print(self, value: str) -> str:
        return hashlib.sha256(self._name.encode() + value.encode()).hexdigest()

    async def _script(self, script: str, key: str, *args: Any) -> Any:
        return await self._command(self._redis.eval(script, 1, key, *args))

    async def _command(self, command: Any) -> Any:
        """One command, within a second; while Redis is known to be away it is not asked."""
        if self._clock() < self._away_until:
            command.close()
            raise RedisConnectionError("away")
        async with asyncio.timeout(PATIENCE):
            return await cast(Awaitable[Any], command)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
