"""One outside address: time limits, a bulkhead, a circuit breaker, and failures turned into words without URLs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from gateways.outcome import Outcome


class _NoAddresses(logging.Filter):
    """httpx writes each URL with its query to the log; ours carry tokens, so those lines never leave the logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


logging.getLogger("httpx").addFilter(_NoAddresses())


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, calls at once, and bytes of answer allowed."""

    connect: float = 2.0
    read: float = 5.0
    total: float = 8.0
    concurrent: int = 8
    answer: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer."""

    status: int
    body: bytes
    kind: str
    retry_after: float | None = None


class Breaker:
    """Opens after `threshold` failures in a row, rests, then lets one call through to see."""

    def __init__(self, threshold: int = 5, rest: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold, self._rest, self._clock = threshold, rest, clock
        self._failures = 0
        self._open_until = 0.0
        self._trying = False

    def remaining(self) -> float:
        """Seconds to wait; 0.0 means the call may go, and must be followed by `good()` or `bad()`."""
        if self._failures < self._threshold:
            return 0.0
        left = self._open_until - self._clock()
        if left > 0 or self._trying:
            return max(left, 1.0)
        self._trying = True
        return 0.0

    def good(self) -> None:
        self._failures, self._trying = 0, False

    def bad(self) -> None:
        self._failures, self._trying = self._failures + 1, False
        if self._failures >= self._threshold:
            self._open_until = self._clock() + self._rest


class Link:
    """Calls to one peer. `call` never raises for trouble outside: it answers with an `Answer` or an `Outcome`."""

    def __init__(
        self, base_url: str, *, limits: Limits | None = None, breaker: Breaker | None = None, who: str = "对方系统"
    ) -> None:
        self.limits = limits or Limits()
        self._who = who
        self._breaker = breaker or Breaker()
        self._room = asyncio.Semaphore(self.limits.concurrent)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect, pool=self.limits.connect),
            limits=httpx.Limits(max_connections=self.limits.concurrent + 2, keepalive_expiry=20),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> Answer | Outcome:
        """One exchange. Outcomes: `again` when nothing was sent, `unknown` when it may have been."""
        if not await self._enter():
            return Outcome("again", "busy", f"同时发往{self._who}的请求太多，稍后再试", after=2.0)
        try:
            if (rest := self._breaker.remaining()) > 0:
                return Outcome("again", "resting", f"{self._who}连续出错，暂停片刻再试", after=rest)
            try:
                result = await self._exchange(method, url, params, content, headers, extensions)
            except BaseException:
                self._breaker.bad()  # a cancelled trial call must not leave the breaker waiting for it
                raise
        finally:
            self._room.release()
        if isinstance(result, Outcome) or result.status >= 500:
            self._breaker.bad()
        else:
            self._breaker.good()
        return result

    async def _enter(self) -> bool:
        try:
            async with asyncio.timeout(self.limits.total):
                await self._room.acquire()
        except TimeoutError:
            return False
        return True

    async def _exchange(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        extensions: dict[str, Any] | None,
    ) -> Answer | Outcome:
        try:
            async with asyncio.timeout(self.limits.total):
                request = self._client.build_request(
                    method, url, params=params, content=content, headers=headers, extensions=extensions
                )
                answer = await self._client.send(request, stream=True)
                try:
                    return await self._read(answer)
                finally:
                    await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Outcome("again", "connect", f"连不上{self._who}")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Outcome("ours", "address", f"{self._who}的地址不是有效的网址", alarm=True)
        except (httpx.TimeoutException, TimeoutError):
            return Outcome("unknown", "timeout", f"{self._who}没有按时回答，可能已送到")
        except httpx.HTTPError:
            return Outcome("unknown", "cut", f"{self._who}的回答中断，可能已送到")

    async def _read(self, answer: httpx.Response) -> Answer | Outcome:
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > self.limits.answer:
                return Outcome("again", "too_long", f"{self._who}的回答过长，不像是它的回答", after=60.0, alarm=True)
        wait = answer.headers.get("retry-after", "")
        return Answer(
            answer.status_code,
            bytes(body),
            answer.headers.get("content-type", ""),
            min(float(wait), 3600.0) if wait.isascii() and wait.isdigit() and len(wait) < 8 else None,
        )
