"""A phone opens the mini-program: the product gets codes that the platform honours once."""

import time
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.outcome import GatewayError
from gateways.tokenstore import MemoryTokens
from gateways.wechat import WeChat
from tests.sandbox_server import Sandbox, free_port, running, serve


class Product:
    """Signs in with the real gateway, as the product does; down for its first calls."""

    def __init__(self) -> None:
        self.sandbox: Sandbox | None = None
        self.people: dict[str, str] = {}
        self.down = 2

    async def wechat(self, request: Request) -> Response:
        if self.down or self.sandbox is None:
            self.down -= self.down > 0
            return JSONResponse({}, 503)
        session = await self._gateway().code_to_session((await request.json())["code"])
        return JSONResponse({"access_token": session.openid})

    async def phone(self, request: Request) -> Response:
        try:
            number = await self._gateway().phone_number((await request.json())["code"])
        except GatewayError as error:
            return JSONResponse({"detail": error.outcome.words}, 401)
        if number == "13800000009":
            return JSONResponse({"detail": "这个手机号已绑定别的账户"}, 409)
        self.people[number] = request.headers["authorization"].removeprefix("Bearer ")
        return JSONResponse({})

    def _gateway(self) -> WeChat:
        assert self.sandbox is not None
        settings = self.sandbox.settings
        return WeChat(self.sandbox.url, settings.appid, settings.secret, MemoryTokens())


def test_the_demo_phone_opens_it_by_itself_and_others_when_told() -> None:
    product = Product()
    routes: list[Any] = [
        Route("/api/v1/auth/wechat", product.wechat, methods=["POST"]),
        Route("/api/v1/auth/phone", product.phone, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes), free_port()) as url, running(app_url=url) as sandbox:
        product.sandbox = sandbox
        end = time.monotonic() + 10
        while "13800000001" not in product.people:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert product.people["13800000001"] == sandbox.control("GET", "phones")["items"][0]["openid"]
        phone = sandbox.phone("陈志明")
        assert sandbox.control("POST", f"phones/{phone['phone']}/open") == {"opened": True}
        assert product.people[phone["phone"]] == phone["openid"]
        sandbox.control("POST", "phones", {"phone": "13800000009"})
        taken = httpx.post(f"{sandbox.url}/_control/phones/13800000009/open", trust_env=False)
        assert (taken.status_code, taken.json()) == (502, {"detail": "这个手机号已绑定别的账户"})


def test_without_an_address_it_says_so(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/_control/phones/13800000001/open", trust_env=False)
    assert answer.status_code == 409 and "--app-url" in answer.json()["detail"]
