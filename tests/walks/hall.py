"""A hall on a port for the walk of its day: the application, the relay, a Redis and a WeChat that can go away.

The house runs in the test's own process, so that its clock can be turned from the day of booking to the day itself.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect
from redis import asyncio as aioredis

from api.app import build
from api.live import Live
from gateways.tokenstore import MemoryTokens
from gateways.verifier import FormVerifier
from gateways.wechat import WeChat
from local.valkey import Valkey
from models import base
from tests.desk.door import PASSWORD, digits
from tests.sandbox_server import Sandbox, running
from tests.walks.browser import ARGS
from workers import senders
from workers.relay import Relay

PHONE, DESK, TELEVISION = (375, 812), (1366, 768), (1920, 1080)
#: A Chinese voice that writes down what it was asked to say.
VOICE = """
window.heard = [];
Object.defineProperty(window, "SpeechSynthesisUtterance", {value: class { constructor(text) { this.text = text; } }});
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => [{lang: "zh-CN", name: "test"}], cancel() {},
  speak(said) { window.heard.push(said.text); setTimeout(() => said.onend(), 30); },
}});
"""


@dataclass
class Hall:
    """`outside`: WeChat and phones; `redis`: what carries the news to open pages. Either can be ended in the walk."""

    address: str
    browser: Browser
    redis: Valkey
    outside: Sandbox
    _sandbox: AsyncExitStack
    wrong: list[str] = field(default_factory=list)

    def wechat_down(self) -> Any:
        return self._sandbox.aclose()

    async def page(
        self, path: str, who: str, size: tuple[int, int], script: str = "", like: Page | None = None
    ) -> Page:
        """A page of somebody in a browser of their own, or in the one that holds `like`."""
        if like is None:
            context = await self.browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}
            )
            if script:
                await context.add_init_script(script)
        else:
            context = like.context
        page = await context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"{who}: {error}"))
        page.on("console", lambda line: self.wrong.append(f"{who}: {line.text}") if line.type == "error" else None)
        await page.goto(self.address + path)
        return page

    async def seat(self, login: str, window: str) -> Page:
        """Somebody signed in at a window, before the queue."""
        page = await self.page("/desk/sign-in", login, DESK)
        await page.get_by_label("工号").fill(login)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.get_by_label("动态口令，6 位数字").fill(digits())
        option = page.locator('option[value^="0001|"]', has_text=f"{window} 号窗口")
        await page.locator("select[name=seat]").select_option(await option.get_attribute("value"))
        await page.get_by_role("button", name="登录").click()
        await expect(page.locator(".who b")).to_be_visible()
        await page.goto(f"{self.address}/desk/calls")
        await expect(page.get_by_role("heading", name=f"{window} 窗口")).to_be_visible()
        return page

    async def machine(self, key: str) -> Page:
        """The kiosk's first page, in a browser that keeps the key of a machine of the hall."""
        page = await self.page("/hall/0001/kiosk/key", "取号机", DESK, VOICE)
        await page.get_by_label("钥匙").fill(key)
        await page.get_by_role("button", name="记住这台机器").click()
        await expect(page).to_have_url(f"{self.address}/hall/0001/kiosk")
        await page.evaluate("window.print = () => {}")
        return page


@dataclass
class Person:
    """Somebody with a phone: the JSON API over HTTP, and the web app with the same sign-in."""

    http: httpx.AsyncClient
    hall: Hall
    phone: str
    tokens: dict[str, Any]

    @classmethod
    async def new(cls, hall: Hall, name: str, id_number: str) -> "Person":
        made = hall.outside.phone(name)
        http = httpx.AsyncClient(base_url=f"{hall.address}/api/v1", timeout=20)
        person = cls(http, hall, made["phone"], {})
        await person.enter(made["code"])
        await person.post("/auth/real-name", {"name": name, "id_number": id_number})
        return person

    async def enter(self, code: str = "") -> None:
        """Sign in by WeChat, with a new code of the phone when the old sign-in is over."""
        code = code or self.hall.outside.control("POST", f"phones/{self.phone}/code")["code"]
        self.tokens = await self.post("/auth/wechat", {"code": code})
        self.http.headers["authorization"] = f"Bearer {self.tokens['access_token']}"

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.http.request(method, path, json=body, headers={"idempotency-key": str(uuid4())})

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self.ask("POST", path, body)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self.ask("GET", path)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def app(self, path: str) -> Page:
        """The web app at a page, signed in as this person."""
        kept = json.dumps({"access": self.tokens["access_token"], "refresh": self.tokens["refresh_token"]})
        script = f"localStorage.getItem('yimen:session') || localStorage.setItem('yimen:session', {json.dumps(kept)})"
        return await self.hall.page(f"/#/pages/{path}", "手机", PHONE, script)


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}


@asynccontextmanager
async def opened(database: str, folder: Path, web: Path, chromium: str) -> AsyncIterator[Hall]:
    """The hall, until the walk is over. A page error or a console error of anybody fails the walk."""
    valkey = Valkey(folder / "valkey")
    await asyncio.to_thread(valkey.start)
    redis = aioredis.from_url(valkey.url)  # type: ignore[no-untyped-call]
    async with AsyncExitStack() as stack:
        stack.callback(valkey.stop)
        outside = AsyncExitStack()
        stack.push_async_callback(outside.aclose)
        sandbox = outside.enter_context(running())
        wechat = WeChat(sandbox.url, sandbox.settings.appid, sandbox.settings.secret, MemoryTokens())
        stack.push_async_callback(wechat.close)
        topics = {"desk": senders.desk(redis), "wechat": senders.wechat(wechat)}
        relay = Relay(base.credentials(database), topics, {"wechat": senders.note_push})
        live = Live(redis)
        state = {
            "settings": SimpleNamespace(public_url="http://127.0.0.1", web_dist=web), "live": live, "wechat": wechat,
            "verifier": FormVerifier(),
        }  # fmt: skip
        address = await stack.enter_async_context(_served(state, live, relay))
        browsers = await stack.enter_async_context(async_playwright())
        browser = await browsers.chromium.launch(executable_path=chromium, args=ARGS)
        stack.push_async_callback(browser.close)
        hall = Hall(address, browser, valkey, sandbox, outside)
        yield hall
        assert not hall.wrong, "\n".join(hall.wrong)
    await redis.aclose()


@asynccontextmanager
async def _served(state: dict[str, Any], live: Live, relay: Relay) -> AsyncIterator[str]:
    inner = build(_nothing, ["127.0.0.1"])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": dict(state)}, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(app, "127.0.0.1", 0, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
    )
    tasks = [asyncio.create_task(each) for each in (live.run(), relay.run(), server.serve())]
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await relay.stop()
    for task in tasks[:2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def reaches(page: Page, figure: str, wanted: Any) -> None:
    """Wait until a figure of the page is this; the page's own policy forbids it to evaluate a waiting condition."""
    async with asyncio.timeout(30):
        while await page.evaluate(figure) != wanted:
            await asyncio.sleep(0.1)
