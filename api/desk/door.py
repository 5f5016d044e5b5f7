"""Who stands at the desk: session cookie, Origin and CSRF checks, and the pages a refusal becomes."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.desk.render import HEADERS, bare, page
from api.op import refuse_nul
from api.problem import refusal_of
from models.actions import staff
from models.actions.staff import Seated
from models.base import Refusal, new_id
from models.rules.permits import require_staff

log = structlog.get_logger()

Handler = Callable[[Request, Seated], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
MOST_FIELD = 4000
NEXT_ROOMS = ("/desk",)


def cookie_name(request: Request) -> str:
    """`__Host-` only where the browser takes it: over https."""
    return "__Host-yimen" if request.url.scheme == "https" else "yimen"


def set_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(request), token, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def token_of(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


def room(handler: Handler, *roles: str, awake: bool = True) -> Endpoint:
    """A page for signed-in staff with one of `roles` (any staff when none are named).

    What a page asks for by itself is not `awake`: it never keeps a desk from locking.
    """

    async def endpoint(request: Request) -> Response:
        me: Seated | None = None
        try:
            me = await staff.seated(token_of(request), touch=awake)
            require_staff(me.actor, *roles)
            if request.method == "POST":
                await check_form(request, me.csrf)
            return await handler(request, me)
        except Exception as error:
            return await refused(request, me, refusal_of(error))

    return endpoint


def opened(handler: Endpoint) -> Endpoint:
    """A page before sign-in; it still never shows a bare error."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except Exception as error:
            return await refused(request, None, refusal_of(error))

    return endpoint


async def check_form(request: Request, token: str) -> FormData:
    """Refuse a form that was not sent from our own page: foreign Origin, or a wrong CSRF token."""
    same_origin(request)
    form = await request.form(max_fields=200, max_files=0)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    refuse_nul(fields)
    if any(len(value) > MOST_FIELD for value in fields.values()):
        raise Refusal("too_long", 422, "写得太长了，请短一些（4000 字以内）")
    if not hmac.compare_digest(fields.get("csrf", "").encode(), token.encode()):
        raise Refusal("form_expired", 403, "这一页放得太久了，没有提交。请刷新这一页再办，您写的还在")
    return form


def same_origin(request: Request) -> None:
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host", "?"):
        raise Refusal("foreign_origin", 403, "这次提交不是从工作台发出的，没有办。请回工作台再办")


async def text(request: Request, name: str) -> str:
    """A text field of the posted form, empty when it is not there."""
    value = (await request.form()).get(name, "")
    return value.strip() if isinstance(value, str) else ""


async def version(request: Request) -> int:
    """The version the page was drawn from; every verb says which one it saw."""
    given = await text(request, "version")
    if not (given.isascii() and given.isdigit()) or len(given) > 9:
        raise Refusal("version_needed", 422, "这一页不完整，请刷新再办")
    return int(given)


def inside(target: str) -> str:
    """A path of the desk to go on to, never another site; empty when it is none."""
    parts = urlsplit(target)
    inner = not parts.scheme and not parts.netloc and parts.path.startswith(NEXT_ROOMS) and "\\" not in target
    return target if inner and not target.startswith("//") else ""


def go(target: str) -> Response:
    return RedirectResponse(target, 303, HEADERS)


async def refused(request: Request, me: Seated | None, refusal: Refusal) -> Response:
    """What a refusal looks like: sign in, unlock, or the error page with the code one can read out on the phone."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if refusal.code in ("sign_in_needed", "desk_locked") and request.method == "GET":
        where = "sign-in" if refusal.code == "sign_in_needed" else "lock"
        return go(f"/desk/{where}?next={quote(here)}")
    incident = str(new_id())[-12:].upper()
    log.info("desk_refused", code=refusal.code, incident=incident, path=request.url.path)
    values = {"refusal": refusal, "incident": incident, "here": here}
    if me is None:
        response = bare("refused_bare.html", refusal.status, **values)
    else:
        response = await page(request, me, "refused.html", refusal.status, **values)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
