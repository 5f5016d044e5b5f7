"""Everything the sandbox knows, in memory: phones, codes, tokens, quotas, calls, departments' logs."""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sandbox.faults import Faults
from sandbox.phones import Phone, Phones, stamp
from sandbox.settings import Settings
from sandbox.tokens import TokenDesk

CODE_SECONDS = 300
TEMPLATES = Path(__file__).parent / "templates.json"


@dataclass
class Code:
    """A login code or a phone-number code: once, for five minutes."""

    phone: Phone
    kind: str
    expires_at: float
    used: bool = False


@dataclass
class Behaviour:
    """How a department's system answers a new task."""

    answer: str
    after_ms: int


@dataclass
class World:
    """One sandbox. `clock` gives Unix seconds."""

    settings: Settings
    clock: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    quotas: dict[str, dict[str, int]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    sms_ids: dict[str, str] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    decided: int = 0

    def __post_init__(self) -> None:
        self.phones = Phones(self.settings.appid, self.settings.state)
        self.tokens = TokenDesk(self.clock, self.settings.token_seconds)
        self.faults = Faults()
        self.templates: dict[str, dict[str, Any]] = json.loads(TEMPLATES.read_text(encoding="utf-8"))
        self.tasks: set[asyncio.Task[None]] = set()
        self.seen: dict[str, float] = {}
        self._used: dict[tuple[str, int], int] = {}
        self._version = 0
        self._saving = False
        self._http: httpx.AsyncClient | None = None
        self._changed = asyncio.Condition()

    # -- time and change

    def now(self) -> str:
        return stamp(self.clock())

    async def touch(self) -> None:
        """Something visible happened: keep the phones, wake the page."""
        if not self._saving:
            self._saving = True
            self.later(self._save())
        async with self._changed:
            self._version += 1
            self._changed.notify_all()

    async def versions(self) -> AsyncIterator[int]:
        """The number of the present state, now and after each change."""
        seen = -1
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._version != seen)  # noqa: B023
                seen = self._version
            yield seen
            await asyncio.sleep(0.1)  # a storm is drawn ten times a second

    async def _save(self) -> None:
        """Once for all that happens in a moment."""
        await asyncio.sleep(0.2)
        self._saving = False
        self.phones.save()

    @property
    def http(self) -> httpx.AsyncClient:
        """For the calls the outside world makes to the product."""
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=5, trust_env=False)
        return self._http

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        if self._http is not None:
            await self._http.aclose()
        self.phones.save()

    def later(self, work: Any) -> None:
        """Run a coroutine beside the answer; it is cancelled when the sandbox stops."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # -- codes

    def code(self, phone: Phone, kind: str) -> str:
        now = self.clock()
        self.codes = {k: c for k, c in self.codes.items() if c.expires_at > now - 3600}
        value = "0" + secrets.token_urlsafe(24)[:31]
        self.codes[value] = Code(phone, kind, now + CODE_SECONDS)
        return value

    def redeem(self, value: str, kind: str) -> Phone | int:
        """The phone behind a code, or the platform's errcode."""
        code = self.codes.get(value)
        if code is None or code.kind != kind or code.expires_at <= self.clock():
            return 40029
        if code.used:
            return 40163
        code.used = True
        code.phone.seen_at = self.clock()
        return code.phone

    # -- quotas

    def over_quota(self, path: str) -> int:
        """0, or 45009 / 45011 when the day's or the minute's calls of this path are used up."""
        limits, now = self.quotas.get(path, {}), self.clock()
        for name, seconds, errcode in (("day", 86400, 45009), ("minute", 60, 45011)):
            if name not in limits:
                continue
            window = (f"{path}:{name}", int(now // seconds))
            self._used[window] = self._used.get(window, 0) + 1
            if self._used[window] > limits[name]:
                return errcode
        return 0

    # -- departments

    def behaviour(self, code: str) -> Behaviour:
        default = Behaviour(self.settings.department_answer, self.settings.department_after_ms)
        return self.behaviours.get(code, default)

    def log(self, code: str, **entry: Any) -> dict[str, Any]:
        """A line of a department's own log."""
        line = {"at": self.now(), **entry}
        log = self.events.setdefault(code, [])
        log.append(line)
        del log[:-500]
        return line

    def first_time(self, mark: str) -> bool:
        """False when this request id was seen in the last ten minutes."""
        now = self.clock()
        if len(self.seen) > 10_000:
            self.seen = {k: t for k, t in self.seen.items() if now - t < 600}
        if now - self.seen.get(mark, 0.0) < 600:
            return False
        self.seen[mark] = now
        return True
