"""News for an open page: one event stream for the seat's hall and the person's department."""

import json
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import token_of
from api.desk.render import HEADERS
from models.actions import staff
from models.actions.staff import Seated
from models.actions.tell_hall import QUEUE
from models.base import Refusal
from models.rules.permits import OVERSEERS, WITHIN

PING_SECONDS = 20


def channels(me: Seated) -> set[str]:
    """What this person hears of: the hall they sit in, the department they work for, the whole county."""
    heard = {"supervisor"} if me.actor.roles & OVERSEERS else set()
    if me.actor.hall and me.actor.roles & {"clerk", "delegate", "supervisor"}:
        heard |= {f"hall:{me.actor.hall}", f"{QUEUE}:{me.actor.hall}"}
    if me.actor.department and me.actor.roles & WITHIN:
        heard.add(f"department:{me.actor.department}")
    return heard


async def events(request: Request, me: Seated) -> Response:
    """`news` {kind, case_id, words}; without words `queue` when the hall's queue moved, `reread` when something may
    have been missed, `over` when the session ended."""
    live: Any = request.state["live"]
    return EventSourceResponse(_stream(live, channels(me), token_of(request)), headers=HEADERS, ping=PING_SECONDS)


async def _stream(live: Any, heard: set[str], token: str) -> AsyncIterator[dict[str, str]]:
    yield {"event": "hello", "data": "{}"}
    async for event in live.subscribe(heard):
        try:
            await staff.seated(token, touch=False)
        except Refusal as refusal:
            yield {"event": "over", "data": json.dumps({"code": refusal.code})}
            return
        if event.get("kind") in ("reread", QUEUE):
            yield {"event": event["kind"], "data": "{}"}
            continue
        words = {key: str(event.get(key, "")) for key in ("kind", "case_id", "words")}
        yield {"event": "news", "data": json.dumps(words, ensure_ascii=False)}
