"""The call display: what it shows, what it never shows, and who sees the code of the moment (R56)."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest
import time_machine

from api.desk.render import code as qr
from api.hall import screen
from api.hall.render import short_names, spoken_name
from api.live import Live
from models.actions import tickets
from models.reads import queue
from models.rules.permits import Actor
from tests.desk.door import Desk
from tests.hall.house import HALL, KIOSK, PHONE, SCREEN, clerk, key, li, walk_in

pytestmark = pytest.mark.database


def board(page: str, part: str) -> str:
    """The words of one part of the board, without marks."""
    found = re.search(rf'<(section|footer|header)[^>]*class="{part}[^>]*>(.*?)</\1>', page, re.S)
    assert found, page
    return " ".join(re.sub("<[^>]+>", " ", found[2]).split())


async def test_before_the_first_call_the_board_says_so(desk: Desk) -> None:
    page = await desk.page(SCREEN)
    assert "还没有叫号" in board(page, "now") and "翁源县政务服务中心" in page and "10:00" in page


async def test_the_newest_call_is_large_and_the_one_before_moves_down(desk: Desk) -> None:
    for _ in range(4):
        await walk_in()
    wang, chen = clerk("A01"), clerk("A02")
    await tickets.call_next(wang, ["A"])
    assert board(await desk.page(SCREEN), "now").startswith("A001 请到 A01 窗口 综合窗口（民生）")
    await tickets.call_next(chen, ["A"])
    page = await desk.page(SCREEN)
    assert board(page, "now").startswith("A002 请到 A02 窗口")
    assert "A001 A01" in board(page, "past") and "A002" not in board(page, "past")
    assert "A01 A001" in board(page, "serving") and "A02 A002" in board(page, "serving")
    assert "民生 A 2 A003" in board(page, "wait")


async def test_nothing_of_a_person_is_on_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The citizen's name, phone and account stay away, also when the read behind it should say too much."""
    account = await li()
    actor = Actor("citizen", id=account.id, assurance="name")
    await tickets.take(actor, HALL, "A", hall_code=queue.hall_code(HALL), channel="app")
    await tickets.call_next(clerk(), ["A"])
    real = queue.screen

    async def too_much(hall: str) -> dict[str, Any]:
        found = await real(hall)
        for row in (*found["last"], *found["serving"], *found["lines"]):
            row["name" if "number" in row else "person"] = "李秀英"
        return found | {"people": ["李秀英"]}

    monkeypatch.setattr(queue, "screen", too_much)
    page, state = await desk.page(SCREEN), (await desk.get(f"{SCREEN}/state")).text
    assert "A001" in page and "A001" in state
    for word in ("李秀英", PHONE, str(account.id)):
        assert word not in page and word not in state


async def test_the_state_has_the_agreed_shape(desk: Desk) -> None:
    await walk_in()
    ticket = await tickets.call_next(clerk(), ["A"])
    assert ticket
    state = (await desk.get(f"{SCREEN}/state")).json()
    assert set(state) == {"hall", "at", "code", "last", "serving", "lines"}
    assert state["at"].startswith("2026-10-13T10:00") and state["at"].endswith("+08:00")
    assert state["last"] == [{
        "number": "A001", "window": "A01", "line": "综合窗口（民生）", "calls": 1, "ticket": str(ticket.id),
        "called_at": state["last"][0]["called_at"],
    }]  # fmt: skip
    assert state["serving"] == [{"number": "A001", "window": "A01", "line": "综合窗口（民生）"}]
    assert {"code": "A", "name": "综合窗口（民生）", "waiting": 0, "next": []} in state["lines"]


async def test_only_a_machine_of_the_hall_shows_the_code(desk: Desk, morning: time_machine.Traveller) -> None:
    """Whoever reads the code must stand in the hall; the page itself opens anywhere."""
    assert (await desk.get(f"{SCREEN}/state")).json()["code"] == "" and "手机取号" not in await desk.page(SCREEN)
    assert (await desk.get(f"{SCREEN}/code.svg")).status_code == 403
    await desk.post(f"{KIOSK}/key", key=await key())
    first = queue.hall_code(HALL)
    assert (await desk.get(f"{SCREEN}/state")).json()["code"] == first
    assert f"{first[:3]} {first[3:]}" in await desk.page(SCREEN)
    drawn = await desk.get(f"{SCREEN}/code.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    modules = re.search(r' d="([^"]+)"', str(qr(f"yimen:hall:{HALL}:{first}")))
    assert modules and modules[1] in drawn.text
    morning.shift(60)
    assert (await desk.get(f"{SCREEN}/state")).json()["code"] == queue.hall_code(HALL) != first
    assert (await desk.get("/hall/0100/screen/state")).json()["code"] == ""  # another hall's page


async def test_no_such_hall_is_a_page_with_words(desk: Desk) -> None:
    answer = await desk.get("/hall/9999/screen")
    assert answer.status_code == 404 and "没有这个大厅" in answer.text
    assert (await desk.get("/hall/9999/screen/events")).status_code == 404


class Told(Live):
    """The real dispatch, without Redis."""

    def __init__(self) -> None:
        self._pages = {}


async def _next(stream: AsyncIterator[dict[str, str]]) -> dict[str, str]:
    return await asyncio.wait_for(anext(stream), 5)


async def test_the_stream_says_read_again_and_nothing_else() -> None:
    live = Told()
    stream = screen._stream(live, HALL)
    assert isinstance(stream, AsyncGenerator)
    assert (await _next(stream))["event"] == "hello"
    heard = asyncio.ensure_future(_next(stream))
    await asyncio.sleep(0.01)
    live._tell({"audience": "hall:0001", "kind": "hall.booked", "case_id": "", "words": "李秀英约了明天"})
    live._tell({"audience": "queue:0100", "kind": "queue", "case_id": "", "words": ""})
    await asyncio.sleep(0.01)
    assert not heard.done()
    live._tell({"audience": "queue:0001", "kind": "queue", "case_id": "c1", "words": "李秀英"})
    assert await heard == {"event": "reread", "data": "{}"}
    await stream.aclose()
    assert not live._pages and screen._open_pages == 0


async def test_streams_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await desk.get(f"{SCREEN}/events")).status_code == 200
    monkeypatch.setattr(screen, "MOST_PAGES", 0)
    answer = await desk.get(f"{SCREEN}/events")
    assert answer.status_code == 503 and answer.headers["retry-after"] and json.loads(answer.text)["code"]


def test_names_are_shortened_only_as_far_as_they_differ() -> None:
    names = ["综合窗口（民生）", "综合窗口（企业开办和经营）", "协调服务窗口（咨询、绿色通道）", "办税专窗"]
    assert short_names(names) == ["民生", "企业开办和经营", "协调服务窗口", "办税专窗"]
    assert spoken_name(names[0]) == "综合窗口"
