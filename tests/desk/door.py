"""The desk over ASGI: staff with known passwords, forms posted as a browser posts them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pyotp
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from api.app import build
from gateways.store import Store
from models import seal
from models.actions import staff
from models.base import now

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BASE = "http://desk.test"
PASSWORD = "dui-chuang-kou-2026"


class Live:
    """No news: the pages under test do not listen."""

    async def subscribe(self, _: set[str]) -> AsyncIterator[dict[str, Any]]:
        return
        yield {}


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}


class Desk:
    """One browser at the desk. `page` gives the text of a page that must be there."""

    def __init__(self, store: Store) -> None:
        self.store = store
        app = build(_nothing, ["desk.test"])
        settings = SimpleNamespace(public_url=BASE, web_dist=None)
        state = {"settings": settings, "live": Live(), "store": store}

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE, follow_redirects=True)

    def another(self) -> "Desk":
        """Another browser in the same house."""
        return Desk(self.store)

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def page(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text[-2000:])
        return answer.text

    async def post(self, path: str, origin: str = BASE, **fields: Any) -> httpx.Response:
        return await self.http.post(path, data=fields, headers={"origin": origin})

    async def sign_in(self, login: str, password: str = PASSWORD, code: str = "", seat: str = "") -> httpx.Response:
        form = await self.page("/desk/sign-in")
        return await self.post(
            "/desk/sign-in", csrf=csrf(form), login=login, password=password, code=code or digits(), seat=seat
        )


def csrf(page: str) -> str:
    found = re.search('name="csrf" value="([^"]+)"', page)
    assert found, page[-2000:]
    return found[1]


def value(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, (name, page[-3000:])
    return found[1]


def digits(ahead: int = 0) -> str:
    return pyotp.TOTP(SECRET).generate_otp(int(now().timestamp()) // 30 + ahead)


async def hire(login: str, name: str, *roles: str, department: str | None = None, hall: str | None = None) -> None:
    await staff.hire(login, name, list(roles), PASSWORD, totp=SECRET, department=department, hall=hall)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(db: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A browser that has not signed in, and 王芳, 赵强, 陈静 and 孙伟 on the books."""
    await hire("wangfang", "王芳", "clerk", hall="0001")
    await hire("zhaoqiang", "赵强", "handler", department="SJ")
    await hire("chenjing", "陈静", "approver", department="SJ")
    await hire("sunwei", "孙伟", "handler", department="NY")
    browser = Desk(Store(tmp_path, seal.ring()))
    yield browser
    await browser.http.aclose()
