"""Pushes as the platform makes them: safe mode, signed, three tries, JSON and XML."""

import json
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.sandbox_server import Sandbox, free_port, running, serve

TEMPLATE = "yimen-tpl-progress-0001"


def tree(element: ET.Element) -> Any:
    """Elements as dicts, text as text."""
    return {child.tag: tree(child) for child in element} if len(element) else element.text


class Product:
    """Takes pushes as the product must: checks the signature, decrypts, remembers."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.bad = 0
        self.tries = 0
        self.sandbox: Sandbox | None = None

    async def push(self, request: Request) -> Response:
        assert self.sandbox is not None
        settings, ask = self.sandbox.settings, request.query_params
        check_signature(settings.push_token, ask["signature"], ask["timestamp"], ask["nonce"])
        if request.method == "GET":
            return PlainTextResponse(ask["echostr"])
        self.tries += 1
        if self.bad:
            self.bad -= 1
            return PlainTextResponse("", 500)
        body: Any = (await request.body()).decode()
        as_json = request.headers["content-type"].startswith("application/json")
        crypto = WeChatCrypto(settings.push_token, settings.push_aes_key, settings.appid)
        given = json.loads(body) if as_json else body
        plain = crypto.decrypt_message(given, ask["msg_signature"], ask["timestamp"], ask["nonce"])
        self.heard.append(json.loads(plain) if as_json else tree(ET.fromstring(plain)))
        return PlainTextResponse("success")

    def wait(self, count: int) -> list[dict[str, Any]]:
        end = time.monotonic() + 5
        while len(self.heard) < count:
            assert time.monotonic() < end, f"only {self.heard}"
            time.sleep(0.01)
        return self.heard


@pytest.fixture(params=["json", "xml"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, Product]]:
    product = Product()
    app = Starlette(routes=[Route("/wechat/push", product.push, methods=["GET", "POST"])])
    with serve(app, free_port()) as url, running(push_url=f"{url}/wechat/push", push_format=request.param) as sandbox:
        product.sandbox = sandbox
        yield sandbox, product


def test_consents_and_words_are_pushed(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    phone = sandbox.phone()
    sandbox.control("POST", f"phones/{phone['phone']}/consents", {TEMPLATE: "accept"})
    event = product.wait(1)[0]
    assert event["FromUserName"] == phone["openid"] and event["Event"] == "subscribe_msg_popup_event"
    rows = event.get("List") or event["SubscribeMsgPopupEvent"]["List"]
    row = rows[0] if isinstance(rows, list) else rows
    assert (row["TemplateId"], row["SubscribeStatusString"], row["PopupScene"]) == (TEMPLATE, "accept", "0")
    sandbox.control("POST", f"phones/{phone['phone']}/say", {"text": "几点开门 <&>"})
    said = product.wait(2)[1]
    assert (said["MsgType"], said["Content"]) == ("text", "几点开门 <&>") and said["MsgId"]


def test_tried_again_and_doubled(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    phone = sandbox.phone()
    product.bad = 2
    sandbox.control("POST", f"phones/{phone['phone']}/say", {"text": "一"})
    product.wait(1)
    assert product.tries == 3
    sandbox.fault("/wechat/push", duplicate=True)
    sandbox.control("POST", f"phones/{phone['phone']}/say", {"text": "二"})
    first, second = product.wait(3)[1:]
    assert first == second  # same MsgId: the product must know it again
    assert sandbox.control("POST", "pushes/verify") == {"status": 200, "ok": True}


def test_without_an_address_nothing_is_pushed(sandbox: Sandbox) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "accept"})
    sandbox.control("POST", f"phones/{phone['phone']}/say", {"text": "一"})
    assert sandbox.control("GET", "pushes") == {"items": []}
