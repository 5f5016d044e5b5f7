"""The call display of a hall (R56): numbers and windows, never anything of a person."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from api.desk.render import HEADERS, code
from api.hall.door import hall_of, machine
from api.hall.render import page, short_names
from models.actions.tell_hall import QUEUE
from models.base import Refusal, local
from models.reads import calendar, queue
from models.rules.booking import rules_of

PING_SECONDS = 20
MOST_PAGES = 200  # a hall has a handful; who opens more only keeps lines busy, and polling goes on
PAST, SERVING = 4, 14


async def state_of(request: Request) -> dict[str, Any]:
    """{hall, at, code, last, serving, lines} as `queue.screen` gives it, field by field: nothing else gets out.

    `code` is empty for a browser without the key of a machine of this hall: who reads it must stand in the hall, and
    this page can be opened from anywhere.
    """
    hall = await hall_of(request)
    found = await queue.screen(hall.code)
    here = await machine(request, hall.code) is not None
    return {
        "hall": {"code": hall.code, "name": hall.name},
        "at": found["at"],
        "code": found["code"] if here else "",
        "last": [_only(call, "number", "window", "line", "calls", "called_at", "ticket") for call in found["last"]],
        "serving": [_only(one, "number", "window", "line") for one in found["serving"]],
        "lines": [_only(line, "code", "name", "waiting", "next") for line in found["lines"]],
    }


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


async def show(request: Request) -> Response:
    """The page of the television; without script it asks again by itself."""
    found = await state_of(request)
    named = zip(found["lines"], short_names([line["name"] for line in found["lines"]]), strict=True)
    waiting = [line | {"short": short} for line, short in named if line["waiting"]]
    rules = rules_of((await calendar.county()).settings)
    return page(
        "screen.html", state=found, now=next(iter(found["last"]), None), past=found["last"][1 : PAST + 1],
        serving=found["serving"][:SERVING], waiting=waiting, requeue_after=rules.requeue_after,
        at=local(found["at"]).isoformat(timespec="milliseconds"),
    )  # fmt: skip


async def state(request: Request) -> Response:
    """The same as JSON, for boards of the hall's own."""
    words = json.dumps(await state_of(request), ensure_ascii=False, default=_plain)
    return Response(words, media_type="application/json", headers=HEADERS)


def _plain(value: Any) -> str:
    return local(value).isoformat() if isinstance(value, datetime) else str(value)


async def picture(request: Request) -> Response:
    """The QR code of this minute, for the hall's own displays alone."""
    found = await state_of(request)
    if not found["code"]:
        raise Refusal("code_hidden", 403, "大厅码只在大厅的屏幕上看得到")
    drawn = str(code(f"yimen:hall:{found['hall']['code']}:{found['code']}"))
    words = drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return Response(words, media_type="image/svg+xml", headers=HEADERS)


_open_pages = 0


async def events(request: Request) -> Response:
    """`reread` whenever the queue of this hall moved or something may have been missed; it carries no words."""
    hall = await hall_of(request)
    if _open_pages >= MOST_PAGES:
        raise Refusal("too_many_pages", 503, "开着的屏幕太多，请稍等", retry_after=15)
    return EventSourceResponse(_stream(request.state["live"], hall.code), headers=HEADERS, ping=PING_SECONDS)


async def _stream(live: Any, hall: str) -> AsyncIterator[dict[str, str]]:
    global _open_pages
    _open_pages += 1
    try:
        yield {"event": "hello", "data": "{}"}
        async with aclosing(live.subscribe({f"{QUEUE}:{hall}"})) as heard:
            async for _ in heard:
                yield {"event": "reread", "data": "{}"}
    finally:
        _open_pages -= 1
