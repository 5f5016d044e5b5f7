"""The page 手机桌面 in a real browser: live, in Chinese, no error, nothing from elsewhere."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from gateways.signature import signed_headers
from tests.sandbox_server import Sandbox

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="没有找到 Chromium，页面测试跳过"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    """The page, open; a page error, a console error or a foreign request fails the test."""
    assert CHROMIUM, "CI must bring a Chromium"
    wrong: list[str] = []
    expect.set_options(timeout=20_000)
    async with async_playwright() as browsers:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await browsers.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda ask: None if ask.url.startswith(sandbox.url) else wrong.append(ask.url))
        await page.goto(sandbox.url)
        await expect(page.locator(".bar-live")).to_have_text("已连上")
        yield page
        await browser.close()
    assert not wrong


async def test_what_arrives_is_seen_at_once(sandbox: Sandbox, page: Page) -> None:
    openid = sandbox.control("GET", "phones")["items"][0]["openid"]
    world = sandbox.world
    token = world.tokens.get(False)
    assert token is not None
    data = {
        "character_string1": "4402",
        "thing2": "<b>开餐饮店</b>",
        "phrase3": "已受理",
        "time4": "10:00",
        "thing5": "好",
    }
    body = {
        "touser": openid,
        "template_id": "yimen-tpl-progress-0001",
        "page": "p",
        "data": {k: {"value": v} for k, v in data.items()},
    }
    answer = sandbox._client.post("/cgi-bin/message/subscribe/send", params={"access_token": token.value}, json=body)
    assert answer.json()["errcode"] == 0
    card = page.locator('[data-phone="13800000001"] .card')
    await expect(card.locator("h3")).to_have_text("办件进度提醒")
    await expect(card.locator("dd").nth(1)).to_have_text("<b>开餐饮店</b>")  # words, never markup


async def test_a_new_phone_gives_and_takes_back_consent(sandbox: Sandbox, page: Page) -> None:
    await page.get_by_role("button", name="新手机").click()
    await page.get_by_label("谁的手机").fill("陈志明")
    await page.get_by_role("button", name="加一部").click()
    phone = page.get_by_label("陈志明的手机")
    await phone.get_by_role("button", name="授权").click()
    first = phone.locator(".consent").first
    await first.get_by_role("button", name="同意一次").click()
    await expect(first).to_contain_text("还可收 1 条")
    await first.get_by_role("button", name="同意一次").click()
    await expect(first).to_contain_text("还可收 2 条")
    await first.get_by_role("button", name="拒收").click()
    await expect(first).to_contain_text("已拒收")
    await phone.get_by_role("button", name="收起").click()
    await phone.get_by_label("消息").last.fill("明天几点开门？")
    await page.keyboard.press("Enter")
    await expect(phone.locator(".said")).to_have_text("明天几点开门？")


async def test_the_department_shows_its_log_and_changes_its_mind(sandbox: Sandbox, page: Page) -> None:
    department = sandbox.settings.departments["XF"]
    body = (
        b'{"event_id": "e1", "event": "task.assigned", "task": {"id": "t1", "item_name": "\xe6\xb6\x88\xe9\x98\xb2"}}'
    )
    headers = signed_headers(department.key_id, department.key, "r1", body)
    assert sandbox._client.post("/departments/XF/events", content=body, headers=headers).status_code == 200
    await expect(page.locator(".log")).to_contain_text("收到新任务")
    await expect(page.locator(".log")).to_contain_text("消防")
    await page.get_by_role("button", name="不准").click()
    await expect(page.get_by_role("button", name="不准")).to_have_attribute("aria-pressed", "true")
    assert sandbox.world.behaviour("XF").answer == "refuse"


@pytest.mark.parametrize("width", [390, 768, 1024, 1920])
async def test_it_fits(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
