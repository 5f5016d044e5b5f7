"""The kiosk (R56): take a number by one tap, or check in what was booked; large letters, no name, no sign-in."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.hall import door
from api.hall.door import go, hall_of
from api.hall.render import page
from models.actions import devices, kiosk, tickets
from models.base import Refusal, new_id, not_found
from models.hall import Hall
from models.reads import calendar, openings, queue
from models.reads import kiosk as kiosk_read
from models.rules.booking import rules_of
from models.rules.permits import SYSTEM, Actor


async def _at(request: Request) -> tuple[Hall, Actor | None, str]:
    """(hall, its machine or None, address of the first page)."""
    hall = await hall_of(request)
    return hall, await door.machine(request, hall.code), f"/hall/{hall.code}/kiosk"


async def _groups() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await openings.booking_data())["priority"]
    return found


async def start(request: Request) -> Response:
    """The lines of the hall, each a button; a machine without its key asks for it."""
    hall, actor, home = await _at(request)
    if actor is None:
        return go(f"{home}/key")
    asked = request.query_params.get("first", "")
    first = next((group for group in await _groups() if group["key"] == asked), None)
    lines = await queue.groups(hall.code)
    return page("kiosk.html", hall=hall, home=home, lines=lines, first=first, once=new_id())


async def take(request: Request) -> Response:
    """A number of the line that was tapped; tapped twice it is the same number."""
    _, actor, home = await _at(request)
    fields = await door.form(request)
    if actor is None:
        return go(f"{home}/key")
    ticket = await kiosk.take(actor, fields.get("group", ""), fields.get("once", ""), fields.get("first", ""))
    return go(f"{home}/tickets/{ticket}?new=1")


async def show_key(request: Request) -> Response:
    hall, actor, home = await _at(request)
    return page("kiosk_key.html", hall=hall, home=home, known=actor is not None, wrong="")


async def enter(request: Request) -> Response:
    """Once a machine: its key, given out by the supervisor on the desk."""
    hall, _, home = await _at(request)
    key = (await door.form(request)).get("key", "")
    try:
        actor = await devices.enter(key)
        if actor.hall != hall.code:
            raise Refusal("device_unknown", 401, "这把钥匙是别的大厅的。请用这个大厅发的钥匙")
    except Refusal as refusal:
        return page("kiosk_key.html", refusal.status, hall=hall, home=home, known=False, wrong=refusal.words)
    answer = go(home)
    door.keep_key(request, answer, key)
    return answer


async def show_first(request: Request) -> Response:
    """Who goes first by law: one choice, then the same lines."""
    hall, actor, home = await _at(request)
    if actor is None:
        return go(f"{home}/key")
    return page("kiosk_first.html", hall=hall, home=home, groups=await _groups())


async def show_booked(request: Request) -> Response:
    hall, actor, home = await _at(request)
    if actor is None:
        return go(f"{home}/key")
    return await _ask(hall, home)


async def _ask(
    hall: Hall, home: str, status: int = 200, wrong: str = "", kept: dict[str, str] | None = None
) -> Response:
    before = rules_of((await calendar.county()).settings).check_in_before
    return page(
        "kiosk_booked.html", status, hall=hall, home=home, groups=await _groups(), before=before, wrong=wrong,
        kept=kept or {},
    )  # fmt: skip


async def booked(request: Request) -> Response:
    """Check in with the code of the appointment and the last four of ID number or phone."""
    hall, actor, home = await _at(request)
    fields = await door.form(request)
    if actor is None:
        return go(f"{home}/key")
    try:
        ticket = await kiosk.check_in(actor, fields.get("code", ""), fields.get("tail", ""), fields.get("first", ""))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await _ask(hall, home, refusal.status, refusal.words, fields)
    return go(f"{home}/tickets/{ticket}?new=1")


async def show_again(request: Request) -> Response:
    """The numbers that were called and did not come: one's own is tapped, and stands in line again."""
    hall, actor, home = await _at(request)
    if actor is None:
        return go(f"{home}/key")
    return page("kiosk_again.html", hall=hall, home=home, skipped=await kiosk_read.skipped(actor))


async def again(request: Request) -> Response:
    """Stand in line again. A number that a window called meanwhile, or that was tapped twice, is shown as it is."""
    _, actor, home = await _at(request)
    fields = await door.form(request)
    if actor is None:
        return go(f"{home}/key")
    try:
        ticket = UUID(fields.get("ticket", ""))
    except ValueError as error:
        raise not_found() from error
    try:
        await tickets.requeue(actor, ticket)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
    return go(f"{home}/tickets/{ticket}")


async def number(request: Request) -> Response:
    """The number that was taken, to be read, printed on 80 mm and followed by phone."""
    hall, actor, home = await _at(request)
    if actor is None:
        return go(f"{home}/key")
    ticket = await queue.ticket(actor, UUID(str(request.path_params["ticket"])))
    link = f"{request.state['settings'].public_url}/hall/{hall.code}/tickets/{ticket['id']}"
    return page("kiosk_number.html", hall=hall, home=home, ticket=ticket, link=link)


async def follow(request: Request) -> Response:
    """How far a number is, for whoever holds its paper: the link is known to that paper alone, and names nobody."""
    hall = await hall_of(request)
    ticket = await queue.ticket(SYSTEM, UUID(str(request.path_params["ticket"])))
    if ticket["hall"]["code"] != hall.code:
        raise not_found()
    return page("ticket.html", hall=hall, ticket=ticket)
