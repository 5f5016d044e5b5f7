"""The mini-program on a phone, as far as the platform sees it: opened, it signs in silently and gives its number."""

import asyncio
from typing import Any

import httpx

from sandbox.phones import DEMO, Phone
from sandbox.world import World

#: Seconds for which the demonstration's phone waits for the product to come up.
PATIENCE = 180


async def open_app(world: World, phone: Phone) -> dict[str, Any]:
    """wx.login and the phone-number button, through the product's own API: {status, detail}. Raises httpx.HTTPError."""
    base = world.settings.app_url.rstrip("/") + "/api/v1"
    answer = await world.http.post(f"{base}/auth/wechat", json={"code": world.code(phone, "login")})
    if answer.is_success:
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        answer = await world.http.post(f"{base}/auth/phone", json={"code": world.code(phone, "phone")}, headers=bearer)
    return {"status": answer.status_code, "detail": "" if answer.is_success else _words(answer)}


async def open_demo(world: World) -> None:
    """The demonstration's citizen has opened the mini-program once, so her notices find her."""
    phone = world.phones.by_number[DEMO[0]]
    for _ in range(PATIENCE):
        try:
            got = await open_app(world, phone)
        except httpx.HTTPError:
            got = {"status": 503}
        if got["status"] < 500:
            return
        await asyncio.sleep(1)


def _words(answer: httpx.Response) -> str:
    try:
        detail = answer.json().get("detail")
    except (ValueError, AttributeError):
        detail = None
    return str(detail or f"一门没有让这部手机登录（{answer.status_code}）")
