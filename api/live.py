"""Live desks: what the relay publishes on Redis reaches every open page of its audience in this process."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import structlog
from redis import asyncio as aioredis
from redis.exceptions import RedisError

log = structlog.get_logger()
CHANNEL = "desk"
ROOM = 100
RETRY_SECONDS = 1.0


class Live:
    """One listener on Redis, many pages. A page that falls 100 events behind is told to read again."""

    def __init__(self, redis: aioredis.Redis) -> None:
        self._redis = redis
        self._pages: dict[asyncio.Queue[dict[str, Any]], frozenset[str]] = {}

    async def run(self) -> None:
        """Listen for ever; after a break every page is told to read again, for something may have been missed."""
        while True:
            try:
                async with self._redis.pubsub() as heard:
                    await heard.subscribe(CHANNEL)
                    self._tell_all({"kind": "reread"})
                    async for message in heard.listen():
                        if message["type"] == "message":
                            self._tell(json.loads(message["data"]))
            except (RedisError, OSError) as error:
                log.warning("live_away", kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def subscribe(self, audiences: set[str]) -> AsyncIterator[dict[str, Any]]:
        """Events of these audiences (`hall:0001`, `department:SJ`): dicts with kind, case_id, words."""
        mine: asyncio.Queue[dict[str, Any]] = asyncio.Queue(ROOM)
        self._pages[mine] = frozenset(audiences)
        try:
            while True:
                yield await mine.get()
        finally:
            del self._pages[mine]

    def _tell(self, event: dict[str, Any]) -> None:
        audience = event.pop("audience", "")
        for page, audiences in self._pages.items():
            if audience in audiences or (audience.startswith("hall:") and "hall:*" in audiences):
                self._put(page, event)

    def _tell_all(self, event: dict[str, Any]) -> None:
        for page in self._pages:
            self._put(page, event)

    def _put(self, page: asyncio.Queue[dict[str, Any]], event: dict[str, Any]) -> None:
        if page.full():
            while not page.empty():
                page.get_nowait()
            event = {"kind": "reread"}
        page.put_nowait(event)
