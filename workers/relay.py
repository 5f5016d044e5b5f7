"""The relay: carries what the outbox owes, inside the arq worker process.

Woken by PostgreSQL NOTIFY, it claims due rows as slots come free, under a lease and a fence, sends with no transaction
open, and acknowledges in batches. A sweep every second finds what a lost wake-up left behind.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import structlog

from gateways.outcome import GIVE_UP_AFTER, Outcome, wait_before
from gateways.wake import Listener
from models.actions import outbox
from models.actions.outbox import Owed
from models.base import now, unit

log = structlog.get_logger()

Sender = Callable[[Owed], Awaitable[Outcome]]
Ending = Callable[[Owed, str], Awaitable[None]]
SLOTS = 16
SWEEP_SECONDS = 1.0
FLUSH_SECONDS = 0.02


class Relay:
    """One relay of a process. `senders`: topic -> how it is sent; `endings`: topic -> told how it ended."""

    def __init__(
        self, listen: dict[str, Any], senders: dict[str, Sender], endings: dict[str, Ending] | None = None
    ) -> None:
        self._listen, self._senders, self._endings = listen, senders, endings or {}
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._sent: list[Owed] = []
        self._stopping = False
        self._resting: dict[str, float] = {}  # topic -> when its quota opens again

    async def run(self) -> None:
        """Work until cancelled or stopped."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._flush())
            group.create_task(self._work())

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, acknowledge it."""
        self._stopping = True
        if self._busy:
            await asyncio.wait(self._busy, timeout=8)
        await self._acknowledge()

    async def _hear(self) -> None:
        async with Listener(self._listen, [outbox.WAKE]) as listener:
            async for _ in listener:
                self._wake.set()

    async def _work(self) -> None:
        while not self._stopping:
            topics = [topic for topic in self._senders if self._resting.get(topic, 0.0) <= monotonic()]
            free = SLOTS - len(self._busy)
            claimed: list[Owed] = []
            if free:
                self._wake.clear()
                claimed = await self._claim(topics, free)
                for owed in claimed:
                    task = asyncio.create_task(self._carry(owed))
                    self._busy.add(task)
                    task.add_done_callback(self._done)
            if len(claimed) < free or not free:
                await self._rest()

    async def _claim(self, topics: list[str], free: int) -> list[Owed]:
        try:
            return await outbox.claim(topics, free)
        except Exception as error:
            log.warning("relay_cannot_claim", kind=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)
            return []

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._wake.set()

    async def _carry(self, owed: Owed) -> None:
        """Send one message and write what became of it."""
        try:
            outcome = await self._senders[owed.topic](owed)
            if outcome.ok:
                self._sent.append(owed)
                await self._ended(owed, "sent")
            else:
                await self._failed(owed, outcome)
        except Exception as error:
            log.error("relay_send_failed", topic=owed.topic, kind=type(error).__name__, exc_info=error)
            await outbox.again(owed, wait_before(owed.attempts), type(error).__name__)

    async def _failed(self, owed: Owed, outcome: Outcome) -> None:
        old = (now() - owed.created_at).total_seconds() > GIVE_UP_AFTER
        if outcome.alarm:
            log.error("outbox_alarm", topic=owed.topic, code=outcome.code)
        if outcome.kind == "unknown" and (owed.class_ == "nice" or owed.topic == "wechat"):
            await self._end(owed, "unknown", outcome)
        elif outcome.kind in ("final", "user", "ours") or old:
            await self._end(owed, "dead", outcome)
        else:
            wait = outcome.after or wait_before(owed.attempts)
            if outcome.until:
                # a used-up quota rests the whole topic: asking on would only burn tries
                wait = 60.0 if outcome.until == "minute" else 3600.0
                self._resting[owed.topic] = monotonic() + wait
            await outbox.again(owed, wait, f"{outcome.code} {outcome.words}")

    async def _end(self, owed: Owed, state: str, outcome: Outcome) -> None:
        """In one unit: what an end owes (a text in place of the push) is never lost between the two."""

        async def both() -> None:
            if await outbox.settle(owed, state, f"{outcome.code} {outcome.words}"):
                await self._ended(owed, state)

        await unit(both)

    async def _ended(self, owed: Owed, state: str) -> None:
        ending = self._endings.get(owed.topic)
        if ending:
            await ending(owed, state)

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._acknowledge()

    async def _acknowledge(self) -> None:
        if not self._sent:
            return
        batch, self._sent = self._sent, []
        try:
            await outbox.settle_sent(batch)
        except Exception as error:
            self._sent = batch + self._sent
            log.warning("relay_cannot_acknowledge", kind=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)
