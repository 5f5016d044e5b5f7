"""PostgreSQL LISTEN that survives the database: reconnects, and says so, for what was notified meanwhile is lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import asyncpg

log = logging.getLogger("yimen.gateways.wake")

#: Given to the consumer after a reconnect or an overflow: "you may have missed something, look for yourself".
WAKE = ("wake", "")

_CHECK_EVERY = 20.0
_ROOM = 10_000


class Listener:
    """`async with Listener({"dsn": ...}, ["outbox"]) as heard: async for channel, payload in heard: ...`

    Entering waits until the first connection listens, retrying with back-off while the database is away; wrong
    credentials and an unknown database are raised. What was notified before entering is not heard: look once first.
    """

    def __init__(self, dsn_kwargs: Mapping[str, Any], channels: Sequence[str]) -> None:
        self._dsn = {"timeout": 5.0, **dsn_kwargs}
        self._channels = tuple(channels)
        self._heard: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._connection: asyncpg.Connection[Any] | None = None

    async def __aenter__(self) -> Self:
        await self._connect(first=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()

    def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        return self._events()

    async def _events(self) -> AsyncIterator[tuple[str, str]]:
        while True:
            try:
                heard = await asyncio.wait_for(self._heard.get(), _CHECK_EVERY)
            except TimeoutError:
                heard = WAKE if not await self._alive() else ("", "")
            if heard is None:
                heard = WAKE
            if heard == WAKE and self._lost():
                await self._connect(first=False)
            if heard != ("", ""):
                yield heard

    def _lost(self) -> bool:
        return self._connection is None or self._connection.is_closed()

    async def _alive(self) -> bool:
        """A peer that vanished without a word is found by asking."""
        if self._connection is None or self._connection.is_closed():
            return False
        try:
            await self._connection.fetchval("select 1", timeout=5.0)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection.terminate()
            return False
        return True

    async def _connect(self, first: bool) -> None:
        wait = 0.1
        while True:
            try:
                connection = await asyncpg.connect(**self._dsn)
                try:
                    for channel in self._channels:
                        await connection.add_listener(channel, self._on_notify)
                except BaseException:
                    connection.terminate()
                    raise
                break
            except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError):
                if first:
                    raise
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("no connection to listen on (%s), trying again", type(error).__name__)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, 5.0)
        connection.add_termination_listener(self._on_end)
        self._connection = connection

    def _on_notify(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        if self._heard.qsize() >= _ROOM:  # a consumer that fell behind must look for itself anyway
            while not self._heard.empty():
                self._heard.get_nowait()
            self._heard.put_nowait(WAKE)
        self._heard.put_nowait((channel, str(payload)))

    def _on_end(self, connection: object) -> None:
        if connection is self._connection:
            self._heard.put_nowait(None)
