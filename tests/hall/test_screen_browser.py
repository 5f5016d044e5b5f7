"""The call display and the kiosk in a real Chromium: each call said once, the way back after a break, one tap."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
import time_machine
import uvicorn
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from redis import asyncio as aioredis

from api.app import build
from api.live import Live
from models import base
from models.actions import tickets
from models.ticket import Ticket
from tests.hall.house import KIOSK, SCREEN, clerk, key, walk_in
from workers import senders
from workers.relay import Relay

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.database,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="没有找到 Chromium，页面测试跳过"),
]
#: A Chinese voice that writes down what it was asked to say.
VOICE = """
window.heard = [];
const voice = {lang: "zh-CN", name: "test"};
Object.defineProperty(window, "SpeechSynthesisUtterance", {value: class { constructor(text) { this.text = text; } }});
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => VOICES, cancel() {},
  speak(said) { window.heard.push(said.text); setTimeout(() => said.onend(), 30); },
}});
"""


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}


class Hall:
    """A running house and a browser in front of it."""

    def __init__(self, address: str, context: BrowserContext) -> None:
        self.address, self.context = address, context
        self.wrong: list[str] = []

    async def page(self, path: str, voices: str = "[voice]", size: tuple[int, int] = (1920, 1080)) -> Page:
        page = await self.context.new_page()
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.add_init_script(VOICE.replace("VOICES", voices))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        await page.goto(self.address + path)
        return page

    async def machine(self) -> None:
        """This browser is a machine of the hall."""
        page = await self.page(f"{KIOSK}/key")
        await page.get_by_label("钥匙").fill(await key())
        await page.get_by_role("button", name="记住这台机器").click()
        await expect(page).to_have_url(self.address + KIOSK)
        await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def hall(db: str, redis_url: str) -> AsyncIterator[Hall]:
    """The application on a port with the relay behind it; a page error or a console error fails the test."""
    assert CHROMIUM, "CI must bring a Chromium"
    redis = aioredis.from_url(redis_url)  # type: ignore[no-untyped-call]
    live, relay = Live(redis), Relay(base.credentials(db), {"desk": senders.desk(redis)})
    state = {"settings": SimpleNamespace(public_url="http://127.0.0.1", web_dist=None), "live": live}
    inner = build(_nothing, ["127.0.0.1"])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": dict(state)}, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(app, "127.0.0.1", 0, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
    )
    running = [asyncio.create_task(each) for each in (live.run(), relay.run(), server.serve())]
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.02)
    expect.set_options(timeout=20_000)
    async with async_playwright() as browsers:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await browsers.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        house = Hall(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", context)
        yield house
        await browser.close()
    server.should_exit = True
    await relay.stop()
    for task in running[:2]:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await redis.aclose()
    assert not [words for words in house.wrong if "net::ERR_INTERNET_DISCONNECTED" not in words]


async def reaches(page: Page, figure: str, count: int) -> None:
    """Wait until a figure of the page is there; the page's own policy forbids it to evaluate a waiting condition."""
    async with asyncio.timeout(30):
        while await page.evaluate(figure) < count:
            await asyncio.sleep(0.1)


async def said(page: Page, count: int) -> list[str]:
    """What was said, once `count` sentences are there and nothing more follows."""
    await reaches(page, "window.heard.length", count)
    await asyncio.sleep(2.5)
    heard: list[str] = await page.evaluate("window.heard")
    return heard


async def picture(page: Page, name: str) -> None:
    """Kept where PICTURES names a folder, to be looked at."""
    folder = os.environ.get("PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_call_is_on_the_board_at_once_and_said_twice_in_order(hall: Hall) -> None:
    for _ in range(3):
        await walk_in()
    await tickets.call_next(clerk("A09"), ["A"])  # before the page was opened: never said
    page = await hall.page(SCREEN)
    await page.get_by_role("button", name="打开声音").click()
    await expect(page.locator("#sound")).to_be_hidden()
    await expect(page.locator("#voice")).to_be_hidden()
    second = await tickets.call_next(clerk("A01"), ["A"])
    await tickets.call_next(clerk("A02"), ["A"])
    await expect(page.locator(".now .number")).to_have_text("A003", timeout=5000)  # told, not polled
    await expect(page.locator(".past li")).to_have_text(["A002A01窗口", "A001A09窗口"])
    one, two = "请 A 零零二 号，到综合窗口 A 零一", "请 A 零零三 号，到综合窗口 A 零二"
    assert await said(page, 4) == [one, one, two, two]
    assert second
    await tickets.recall(clerk("A01"), second.id)
    assert await said(page, 6) == [one, one, two, two, one, one]
    await walk_in()  # the board is read again and says nothing
    await expect(page.locator(".wait tbody tr").first.locator("td").first).to_have_text("1")
    assert len(await said(page, 6)) == 6


async def test_after_a_break_it_comes_back_and_says_nothing_old(hall: Hall, morning: time_machine.Traveller) -> None:
    for _ in range(2):
        await walk_in()
    page = await hall.page(SCREEN)
    await page.get_by_role("button", name="打开声音").click()
    await hall.context.set_offline(True)
    await expect(page.locator("#away")).to_have_text("正在重新连接，这是 10:00 的情况")
    await tickets.call_next(clerk("A01"), ["A"])
    morning.shift(90)
    await tickets.call_next(clerk("A02"), ["A"])
    await expect(page.locator(".now")).to_have_text("还没有叫号")
    await hall.context.set_offline(False)
    await expect(page.locator(".now .number")).to_have_text("A002")
    await expect(page.locator("#away")).to_be_hidden()
    await expect(page.locator("[data-clock]")).to_have_text("10:01")
    assert await said(page, 2) == ["请 A 零零二 号，到综合窗口 A 零二"] * 2


async def test_without_a_chinese_voice_it_rings_and_says_so(hall: Hall) -> None:
    await walk_in()
    page = await hall.page(SCREEN, voices="[{lang: 'en-US'}]")
    await page.evaluate(
        "() => { window.rung = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (...when) { window.rung += 1; return start.apply(this, when); }; }"
    )
    await page.get_by_role("button", name="打开声音").click()
    await expect(page.locator("#voice")).to_have_text("这台机器没有中文语音，叫号时响铃")
    await tickets.call_next(clerk("A01"), ["A"])
    await reaches(page, "window.rung", 4)
    assert await page.evaluate("window.heard") == []


async def test_a_finger_that_taps_twice_has_one_number(hall: Hall) -> None:
    await hall.machine()
    page = await hall.page(KIOSK, size=(1366, 768))
    await page.evaluate("window.print = () => {}")
    await page.get_by_role("button", name="综合窗口（民生）").dblclick()
    await expect(page.locator(".number")).to_have_text("A001")
    assert await Ticket.all().count() == 1
    await picture(page, "kiosk-number")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 302, "height": 600})  # 80 mm
    await picture(page, "kiosk-paper")
    wide = await page.evaluate("[document.querySelector('.slip').scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1] <= 302
    await page.emulate_media(media="screen")
    await page.set_viewport_size({"width": 1366, "height": 768})
    ticket = await Ticket.get(number="A001")
    phone = await hall.page(f"/hall/0001/tickets/{ticket.id}", size=(390, 700))
    await picture(phone, "follow")
    await page.get_by_role("link", name="好了").click()
    await expect(page).to_have_url(hall.address + KIOSK)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_keys_on_the_glass_fill_both_fields(hall: Hall) -> None:
    await hall.machine()
    page = await hall.page(f"{KIOSK}/booked", size=(1366, 768))
    for digit in "0129002":
        await page.locator(f'[data-key="{digit}"]').click()
    await page.get_by_role("button", name="退一位").click()
    await page.locator('[data-key="X"]').click()
    assert await page.input_value("#code") == "012" and await page.input_value("#tail") == "900X"


async def test_nothing_on_the_board_is_cut_off(hall: Hall) -> None:
    """Twelve lines, many windows at work: at both sizes every part stays inside its frame."""
    await hall.machine()
    for group, count in {"A": 9, "B": 4, "D": 6, "F": 3, "G": 2}.items():
        for _ in range(count):
            await walk_in(group)
    for group in "ABDFG":
        for window in range(1, 4):
            await tickets.call_next(clerk(f"{group}{window:02d}"), [group])
    for size in ((1920, 1080), (1366, 768)):
        page = await hall.page(SCREEN, size=size)
        await reaches(page, "document.querySelector('.phone img').naturalWidth", 1)
        over = await page.evaluate(
            "[...document.querySelectorAll('.board > *')].filter((part) => part.scrollHeight > part.clientHeight + 2 ||"
            " part.scrollWidth > part.clientWidth + 2).map((part) => [part.className || part.tagName,"
            " part.scrollHeight, part.clientHeight, part.scrollWidth, part.clientWidth])"
        )
        await picture(page, f"screen-{size[0]}")
        assert over == [], size
    for path, name in (("", "kiosk"), ("/first", "kiosk-first"), ("/booked", "kiosk-booked"), ("/key", "kiosk-key")):
        page = await hall.page(f"{KIOSK}{path}", size=(1366, 768))
        await picture(page, name)
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight + 2"), path
