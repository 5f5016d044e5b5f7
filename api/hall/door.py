"""Who stands before a page of a hall: anybody, or the machine whose key this browser keeps."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.desk.render import HEADERS
from api.hall.render import page
from api.op import refuse_nul
from api.problem import refusal_of
from models.actions import devices
from models.base import Refusal
from models.hall import Hall
from models.reads import halls
from models.rules.permits import Actor

log = structlog.get_logger()

Endpoint = Callable[[Request], Awaitable[Response]]
MOST_FIELD = 200
YEAR = 365 * 24 * 3600


def cookie_name(request: Request) -> str:
    """The browser guards the prefix: only a page over https may set it."""
    return "__Secure-yimen-hall" if request.url.scheme == "https" else "yimen-hall"


def keep_key(request: Request, response: Response, key: str) -> None:
    """The machine's key, out of reach of scripts and of other sites; it outlives a restart of the machine."""
    response.set_cookie(
        cookie_name(request), key, max_age=YEAR, path="/hall", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip


async def hall_of(request: Request) -> Hall:
    found = await halls.find(str(request.path_params["hall"]))
    if found is None:
        raise Refusal("unknown_hall", 404, "没有这个大厅或服务站，请从列表里选")
    return found


async def machine(request: Request, hall: str) -> Actor | None:
    """The machine of this hall whose key the browser keeps; None without one, or when it was taken back."""
    key = request.cookies.get(cookie_name(request), "")
    if not key:
        return None
    try:
        actor = await devices.enter(key)
    except Refusal:
        return None
    return actor if actor.hall == hall else None


async def form(request: Request) -> dict[str, str]:
    """The text fields of a form of ours. Refuses what another site sent: its Origin is not this house."""
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host", "?"):
        raise Refusal("foreign_origin", 403, "这次提交不是从取号机发出的，没有办。请回到取号机再办")
    posted = await request.form(max_fields=20, max_files=0)
    fields = {name: value.strip() for name, value in posted.items() if isinstance(value, str)}
    refuse_nul(fields)
    if any(len(value) > MOST_FIELD for value in fields.values()):
        raise Refusal("too_long", 422, "写得太长了，请短一些")
    return fields


def go(target: str) -> Response:
    return RedirectResponse(target, 303, HEADERS)


def opened(handler: Endpoint) -> Endpoint:
    """A page for whoever stands there; a refusal is a page with words and a way back."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except Exception as error:
            refusal = refusal_of(error)
            log.info("hall_refused", code=refusal.code, path=request.url.path)
            hall = str(request.path_params["hall"])
            at_kiosk = f"/hall/{hall}/kiosk"
            back = at_kiosk if request.url.path.startswith(at_kiosk) and refusal.code != "unknown_hall" else ""
            answer = page("refused.html", refusal.status, refusal=refusal, back=back)
            if refusal.retry_after is not None:
                answer.headers["Retry-After"] = str(refusal.retry_after)
            return answer

    return endpoint
