"""The sandbox on a free port, in its own thread and loop, for any test that needs the outside world.

    from tests.sandbox_server import sandbox  # noqa: F401   (a fixture: one fresh world per test)

`sandbox.url` is the base URL, `sandbox.control(method, path, body)` moves the world, `sandbox.world` looks inside.
"""

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn

from sandbox.app import build
from sandbox.settings import Department, Settings
from sandbox.world import World

APPID = "wx5a4db0c5a4db0c01"


@dataclass
class Sandbox:
    """A running sandbox. Secrets are random: a test that finds one where it should not be has found a leak."""

    settings: Settings
    world: World
    url: str
    _client: httpx.Client = field(repr=False)

    @property
    def sms_url(self) -> str:
        return f"{self.url}/sms"

    def department_url(self, code: str = "XF") -> str:
        return f"{self.url}/departments/{code}/events"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control side: `path` after `/_control/`."""
        answer = self._client.request(method, f"/_control/{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def phone(self, name: str = "", **consents: str) -> dict[str, Any]:
        """A new phone {phone, openid, code}, with consents given."""
        phone: dict[str, Any] = self.control("POST", "phones", {"name": name})
        if consents:
            self.control("POST", f"phones/{phone['phone']}/consents", consents)
        return phone

    def messages(self, phone: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.control("GET", f"phones/{phone}/messages")["items"]
        return items

    def fault(self, path: str, times: int = 1, **how: Any) -> None:
        self.control("POST", "faults", {"path": path, "times": times, **how})

    def calls(self, path: str) -> int:
        return int(self.control("GET", "calls").get(path, 0))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def make_settings(**more: Any) -> Settings:
    """Settings with fresh secrets, a department XF, and no pushes unless `push_url` is given."""
    given: dict[str, Any] = {
        "appid": APPID,
        "secret": secrets.token_hex(16),
        "sms_key": secrets.token_hex(16),
        "push_token": secrets.token_hex(8),
        "push_aes_key": secrets.token_hex(22)[:43],
        "departments": {"XF": Department("XF", "xf", secrets.token_hex(16).encode())},
        "department_after_ms": 0,
    }
    return Settings(**{**given, **more})


@contextlib.contextmanager
def serve(app: Any, port: int) -> Iterator[str]:
    """Any ASGI app on 127.0.0.1 in a thread of its own; gives the base URL."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="critical", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 10
        while not server.started:
            assert thread.is_alive() and time.monotonic() < end, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextlib.contextmanager
def running(port: int | None = None, **more: Any) -> Iterator[Sandbox]:
    """A sandbox with these settings, on this port or a free one."""
    settings = make_settings(**more)
    world = World(settings)
    with (
        serve(build(settings, world), port or free_port()) as url,
        httpx.Client(base_url=url, timeout=10, trust_env=False) as client,
    ):
        yield Sandbox(settings, world, url, client)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """One fresh world for one test."""
    with running() as place:
        yield place
