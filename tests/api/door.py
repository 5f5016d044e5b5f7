"""The real application over ASGI with the real gateways, against a sandbox on a free port; and people who sign in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from api.app import build
from gateways.tokenstore import MemoryTokens
from gateways.verifier import FormVerifier, Verifier
from gateways.wechat import WeChat
from tests.sandbox_server import Sandbox, running

LI_NUMBER, SUN_NUMBER = "44022919580312038X", "440229198503120314"


@dataclass
class Web:
    """`call` answers with the response; `problem` also checks that it is a whole problem document with this code."""

    http: httpx.AsyncClient
    sandbox: Sandbox
    state: dict[str, Any]

    async def call(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> httpx.Response:
        head = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            head["authorization"] = f"Bearer {token}"
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=head)

    async def get(self, path: str, token: str = "") -> Any:
        answer = await self.call("GET", path, token=token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def problem(
        self, status: int, code: str, method: str, path: str, body: Any = None, token: str = "", **headers: str
    ) -> Any:
        answer = await self.call(method, path, body, token, **headers)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        found = answer.json()
        assert (answer.status_code, found["code"]) == (status, code), found
        assert found["status"] == status and any("\u4e00" <= c <= "\u9fff" for c in found["detail"])
        if status == 429:
            assert int(answer.headers["retry-after"]) > 0
        return found

    async def sign_in(self, name: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
        """A new phone of the sandbox and what signing in with it answered."""
        phone = self.sandbox.phone(name)
        answer = await self.call("POST", "/auth/wechat", {"code": phone["code"]})
        assert answer.status_code == 200, answer.text
        return phone, answer.json()

    async def li(self) -> tuple[dict[str, Any], str]:
        """李秀英 with her real name: her phone and an access token."""
        phone, tokens = await self.sign_in("李秀英")
        token = tokens["access_token"]
        answer = await self.call("POST", "/auth/real-name", {"name": "李秀英", "id_number": LI_NUMBER}, token)
        assert answer.status_code == 200, answer.text
        return phone, token


@pytest.fixture(scope="session")
def world() -> Iterator[Sandbox]:
    """One outside world for all these tests: phones are new each time."""
    with running() as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def web(db: str, world: Sandbox) -> AsyncIterator[Web]:
    wechat = WeChat(world.url, world.settings.appid, world.settings.secret, MemoryTokens())
    verifier: Verifier = FormVerifier()
    state: dict[str, Any] = {"wechat": wechat, "verifier": verifier}
    app = build(_nothing, ["testserver"])

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        yield Web(http, world, state)
    await wechat.close()


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}
