"""Sign-in, lock screen and sign-out. One field for the six digits; where one sits today is remembered here."""

import hmac
import secrets
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import cookie_name, go, inside, same_origin, set_cookie, text, token_of
from api.desk.render import bare, stamp
from api.op import refuse_nul
from models.actions import staff
from models.actions.staff import Seated
from models.base import Refusal, today
from models.reads import calendar, desk
from models.seal import ring

SEAT_COOKIE = "yimen-seat"
DOOR_COOKIE = "yimen-door"
SEAT_KEPT = 180 * 24 * 3600
ROOMS = {
    "delegate": "/desk/window",
    "clerk": "/desk/queue",
    "supervisor": "/desk/board",
    "county_head": "/desk/board",
    "handler": "/desk/inbox",
    "section_head": "/desk/inbox",
    "approver": "/desk/inbox",
}


def home(me: Seated) -> str:
    """The first room of this person's work."""
    return next((path for role, path in ROOMS.items() if role in me.actor.roles), "/desk/nothing")


async def show(request: Request) -> Response:
    return await _form(request, 200)


async def _form(request: Request, status: int, words: str = "", login: str = "", seat: str = "") -> Response:
    """The page; the token of its form is bound to a cookie of this browser."""
    nonce = request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(18)
    county = await calendar.county()
    working = county.clock.calendar.is_working(today())
    response = bare(
        "sign_in.html", status, words=words, login=login, csrf=_door_token(nonce), seats=await desk.seats(),
        seat=seat or unquote(request.cookies.get(SEAT_COOKIE, "")), next=inside(request.query_params.get("next", "")),
        county=county.facts.get("name", ""), day_words="工作日" if working else county.clock.calendar.why(today()),
    )  # fmt: skip
    _keep(request, response, DOOR_COOKIE, nonce, None)
    return response


def _door_token(nonce: str) -> str:
    return ring().link_mac(f"desk-door:{nonce}")


def _keep(request: Request, response: Response, name: str, value: str, age: int | None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=age, path="/desk", httponly=True, samesite="strict", secure=secure)


async def enter(request: Request) -> Response:
    """Sign in and go to one's work. A failure shows the form again with the login and the seat kept."""
    same_origin(request)
    form = await request.form(max_fields=20, max_files=0)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    refuse_nul(fields)
    login, seat = fields.get("login", "").strip(), fields.get("seat", "")
    expected = _door_token(request.cookies.get(DOOR_COOKIE, "-"))
    if not hmac.compare_digest(fields.get("csrf", "").encode(), expected.encode()):
        return await _form(request, 403, "这一页放得太久了，没有登录。请再填一次密码和动态口令", login, seat)
    hall, _, window = seat.partition("|")
    digits = "".join(fields.get("code", "").split())
    try:
        signed = await staff.sign_in(
            login, fields.get("password", ""), digits, hall=hall, window=window, address=_address(request)
        )
    except Refusal as refusal:
        return await _form(request, refusal.status, refusal.words, login, seat)
    target = inside(fields.get("next", "")) or home(signed.seated)
    response = go(f"{target}{'&' if '?' in target else '?'}welcome=1")
    set_cookie(request, response, signed.token)
    if seat:
        _keep(request, response, SEAT_COOKIE, quote(seat), SEAT_KEPT)
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def lock(request: Request, me: Seated) -> Response:
    await staff.lock(token_of(request))
    return go(f"/desk/lock?next={quote(inside(await text(request, 'next')))}")


async def show_lock(request: Request) -> Response:
    """The locked screen: whose desk it is and one password field; nothing of the work behind it."""
    return await _locked(request, 200)


async def _locked(request: Request, status: int, words: str = "") -> Response:
    token = token_of(request)
    name = await staff.resting(token)
    return bare(
        "lock.html", status, name=name, words=words, csrf=ring().link_mac(f"desk-lock:{staff.digest(token)}"),
        next=inside(request.query_params.get("next", "")),
    )  # fmt: skip


async def unlock(request: Request) -> Response:
    same_origin(request)
    token = token_of(request)
    expected = ring().link_mac(f"desk-lock:{staff.digest(token)}")
    if not hmac.compare_digest((await text(request, "csrf")).encode(), expected.encode()):
        raise Refusal("form_expired", 403, "这一页放得太久了，请再解锁一次")
    password = (await request.form()).get("password", "")
    try:
        await staff.unlock(token, password if isinstance(password, str) else "", _address(request))
    except Refusal as refusal:
        return await _locked(request, refusal.status, refusal.words)
    return go(inside(await text(request, "next")) or "/desk")


async def leave(request: Request, me: Seated) -> Response:
    await staff.sign_out(token_of(request))
    response = go("/desk/sign-in")
    response.delete_cookie(cookie_name(request), path="/", secure=request.url.scheme == "https", samesite="strict")
    return response


async def last_words(me: Seated) -> str:
    """What is told right after sign-in: when and where this account was used before."""
    visit = await staff.last_visit(me.actor)
    old = "密码用了 90 天以上，请找值班长换。" if await staff.password_old(me.actor) else ""
    if visit is None:
        return "这是这个账号第一次登录。" + old
    return old + f"上次登录：{stamp(visit.at)}，{visit.place}，地址 {visit.address or '没有记下'}。不是您，请马上报告。"
