"""叫号: the clerk's window and the queue of the hall; every button is a verb of the ticket's sheet (R56)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.desk import calls_view
from api.desk.door import go, text, version
from api.desk.render import HEADERS, page, render
from models.actions import tickets
from models.actions.staff import Seated
from models.base import Refusal, not_found
from models.reads import queue
from models.rules.permits import Actor

HERE = "/desk/calls"
Verb = Callable[[Actor, UUID, int | None], Awaitable[Any]]
#: What one button does to one ticket; 转窗口 needs a line besides.
VERBS: dict[str, Verb] = {
    "call": tickets.call, "recall": tickets.recall, "start": tickets.start, "skip": tickets.skip,
    "requeue": tickets.requeue, "park": tickets.park, "finish": tickets.finish, "leave": tickets.leave,
}  # fmt: skip


async def show(request: Request, me: Seated) -> Response:
    """The page; `line` shows another line of the hall, `pick` opens one ticket of it."""
    return await _draw(request, me)


async def part(request: Request, me: Seated) -> Response:
    """What changes by itself, for the script to exchange. It is asked for by the queue, so it keeps no desk awake."""
    values = await calls_view.values(request, me)
    return HTMLResponse(render("calls_part.html", me=me, csrf=me.csrf, **values), headers=HEADERS)


async def next_(request: Request, me: Seated) -> Response:
    """叫下一个; with `ticket`, the one at the window is done first (办完，叫下一个)."""
    done = await text(request, "ticket")
    try:
        if done:
            await tickets.finish(me.actor, _id(done), await version(request))
        called = await tickets.call_next(me.actor, await _lines(request, me.actor))
    except Refusal as refusal:
        return await _again(request, me, refusal)
    return go(await _back(request, done="next" if called else "nobody", number=called.number if called else ""))


async def act(request: Request, me: Seated) -> Response:
    """One verb of one ticket, on the version the page showed."""
    verb, ticket_id = request.path_params["verb"], request.path_params["ticket"]
    try:
        if verb == "transfer":
            await tickets.transfer(me.actor, ticket_id, await text(request, "to"), await version(request))
        elif verb in VERBS:
            await VERBS[verb](me.actor, ticket_id, await version(request))
        else:
            raise not_found()
    except Refusal as refusal:
        return await _again(request, me, refusal)
    return go(await _back(request, done=verb, number=await text(request, "number")))


async def take(request: Request, me: Seated) -> Response:
    """取号 for somebody who stands at the counter."""
    hall = calls_view.hall_of(me.actor)
    try:
        ticket_id = await tickets.take(
            me.actor, hall, await text(request, "to"), priority=await text(request, "priority"), channel="desk"
        )
    except Refusal as refusal:
        return await _again(request, me, refusal)
    return go(await _back(request, done="take", pick=str(ticket_id)))


async def _again(request: Request, me: Seated, refusal: Refusal) -> Response:
    """A refusal that the next press can mend is said above the queue as it is now."""
    if refusal.status not in (409, 422):
        raise refusal
    bold = "" if refusal.words.startswith("没有") else "没有办。"
    said = {"kind": "bad", "icon": "cross", "bold": bold, "words": refusal.words, "facts": [], "errors": []}
    return await _draw(request, me, refusal.status, said)


async def _draw(request: Request, me: Seated, status: int = 200, said: dict[str, Any] | None = None) -> Response:
    values = await calls_view.values(request, me)
    note = said or calls_view.done_note(dict(request.query_params), values)
    return await page(request, me, "calls.html", status, said=note, **values)


async def _lines(request: Request, actor: Actor) -> list[str] | None:
    """The line to call from: the one on the screen or every one, else those of one's own window."""
    line = await text(request, "line")
    if line == calls_view.ALL:
        return [str(one["code"]) for one in await queue.groups(calls_view.hall_of(actor))]
    return [line] if line else None


async def _back(request: Request, **told: str) -> str:
    """Back to the page as it stood, with what was done."""
    kept = {"line": await text(request, "line"), **told}
    return f"{HERE}?" + urlencode({key: value for key, value in kept.items() if value})


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise not_found() from None
