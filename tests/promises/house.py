"""A house of one's own for a fault test: Valkey, outside world, API and workers as processes that may be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from api.serve import application
from local import keyfile
from local.process import spawn
from local.valkey import Valkey
from main import clients
from models import base
from models.actions import department_systems
from settings import SANDBOX_APPID, SANDBOX_SECRET, Settings, read
from tests.api.door import Web
from tests.keys import record
from tests.sandbox_server import Sandbox, free_port, running

HOME = Path(__file__).parents[2]
SMS_KEY = "promises-sms-0123456789abcdef"


@dataclass
class House:
    """Where everything of one test stands. `env` makes any process of the house a part of it."""

    var: Path
    env: dict[str, str]
    sandbox: Sandbox
    valkey: Valkey
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return read(self.env)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}"

    @property
    def log(self) -> Path:
        return self.var / "house.log"

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """One process of the house; it dies with us, and is ended by `stop` or at the end."""
        env = {**os.environ, **self.env}
        child = spawn([sys.executable, *argv], death=signal.SIGKILL, env=env, log=self.log, cwd=HOME)
        self.children.append(child)
        return child

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        return self.start("-m", "tests.promises.worker", *options)

    def api(self) -> subprocess.Popen[bytes]:
        child = self.start("main.py", "api")
        until(lambda: _answers(f"{self.url}/readyz") or child.poll() is not None, "the API to answer", 30)
        if child.poll() is not None:
            raise AssertionError(f"the API did not start:\n{self.log.read_text()[-3000:]}")
        return child

    def end(self, child: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.send_signal(how)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()

    def wipe_redis(self) -> None:
        """FLUSHALL, then SIGKILL: everything Valkey knew is gone, and so is Valkey."""
        with Redis.from_url(self.valkey.url) as client:
            client.flushall()
        assert self.valkey.pid is not None
        os.kill(self.valkey.pid, signal.SIGKILL)
        self.valkey.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def until(ask: Callable[[], Any], words: str, seconds: float = 20.0) -> Any:
    """Ask again until the answer is truthy."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {words}")


async def soon(ask: Callable[[], Awaitable[Any]], words: str, seconds: float = 20.0) -> Any:
    """As `until`, for coroutines."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await ask():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {words}")


@contextmanager
def standing(var: Path, database_url: str) -> Iterator[House]:
    """A house in `var` on this database; no process of it runs yet but Valkey and the outside world."""
    var.mkdir(parents=True, exist_ok=True)
    keys, port = var / "keys.json", free_port()
    keyfile.write(keys, record())
    valkey = Valkey(var / "valkey")
    valkey.start()
    house: House | None = None
    try:
        with running(
            appid=SANDBOX_APPID, secret=SANDBOX_SECRET, sms_key=SMS_KEY, department_api=f"http://127.0.0.1:{port}"
        ) as sandbox:
            xf = sandbox.settings.departments["XF"]
            env = {
                "DATABASE_URL": database_url, "REDIS_URL": valkey.url, "VAR": str(var), "PORT": str(port), "DEMO": "1",
                "KEYS_FILE": str(keys), "SANDBOX_URL": sandbox.url, "SMS_KEY": SMS_KEY, "DB_POOL": "5",
                "DEPARTMENT_XF_KEY": xf.key.decode(), "DEPARTMENT_XF_KEY_ID": xf.key_id,
                "DEPARTMENT_XF_URL": sandbox.department_url("XF"),
            }  # fmt: skip
            house = House(var, env, sandbox, valkey)
            try:
                yield house
            finally:
                for child in house.children:
                    house.end(child)
    finally:
        valkey.stop()


async def link_departments(house: House) -> None:
    """Write the outside world's department systems into the tables, as loading the county does."""
    for link in house.settings.departments:
        await department_systems.register(link.code, link.url, link.key_id, link.key)


@asynccontextmanager
async def inside(house: House) -> AsyncIterator[Web]:
    """The real application over ASGI in this process, with the clients `main` opens for it."""
    settings = house.settings
    app = application(settings, clients)
    await base.disconnect()
    try:
        async with app.router.lifespan_context(app) as state:
            given: dict[str, Any] = dict(state or {})

            async def with_state(scope: Any, receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(given)}, receive, send)

            transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=30) as http:
                yield Web(http, house.sandbox, given)
    finally:
        await base.connect(house.env["DATABASE_URL"], pool=12, name="tests")


def lines(log: Path) -> list[dict[str, Any]]:
    """The JSON lines of a log."""
    return [json.loads(line) for line in log.read_text(errors="replace").splitlines() if line.startswith("{")]
