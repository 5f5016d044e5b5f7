"""The WeChat platform's server side: the paths the product calls, with the platform's own shapes and error codes."""

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox import push
from sandbox.fields import wrong_field
from sandbox.phones import Phone
from sandbox.world import World

WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41001: "access_token missing",
    41030: "invalid page",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    47003: "argument invalid!",
    61010: "code is expired",
}
LOGINS_A_MINUTE = 100


def refuse(errcode: int, more: str = "") -> JSONResponse:
    """As the platform refuses: status 200, errcode, errmsg with a request id."""
    said = WORDS.get(errcode, "error") + (f" {more}" if more else "")
    return JSONResponse({"errcode": errcode, "errmsg": f"{said} rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}"})


def agree(**content: Any) -> JSONResponse:
    return JSONResponse({"errcode": 0, "errmsg": "ok", **content})


async def body_of(request: Request) -> dict[str, Any] | None:
    try:
        got = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    return got if isinstance(got, dict) else None


class WeChatPlatform:
    """Handlers over one World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [
            Route("/sns/jscode2session", self.code_to_session, methods=["GET", "POST"]),
            Route("/cgi-bin/stable_token", self.stable_token, methods=["POST"]),
            Route("/wxa/business/getuserphonenumber", self.phone_number, methods=["POST"]),
            Route("/cgi-bin/message/subscribe/send", self.subscribe_send, methods=["POST"]),
            Route("/cgi-bin/message/custom/send", self.custom_send, methods=["POST"]),
        ]

    async def code_to_session(self, request: Request) -> Response:
        self.world.calls[request.url.path] += 1
        ask = request.query_params
        errcode = self._wrong_app(ask.get("appid"), ask.get("secret"))
        if not errcode and ask.get("grant_type") != "authorization_code":
            errcode = 40002
        phone = errcode or self.world.redeem(ask.get("js_code", ""), "login")
        if isinstance(phone, Phone) and self._too_many_logins(phone):
            phone = 45011
        if isinstance(phone, int):
            return _as_text(refuse(phone))
        session = {"session_key": secrets.token_urlsafe(18), "openid": phone.openid, "unionid": phone.unionid}
        return _as_text(JSONResponse(session))

    async def stable_token(self, request: Request) -> Response:
        self.world.calls[request.url.path] += 1
        ask = await body_of(request)
        if ask is None:
            return refuse(47001)
        if ask.get("grant_type") != "client_credential":
            return refuse(40002)
        if errcode := self._wrong_app(ask.get("appid"), ask.get("secret")) or self.world.over_quota(request.url.path):
            return refuse(errcode)
        token = self.world.tokens.get(ask.get("force_refresh") is True)
        if token is None:
            return refuse(45009)
        return JSONResponse(
            {"access_token": token.value, "expires_in": max(int(token.expires_at - self.world.clock()), 0)}
        )

    async def phone_number(self, request: Request) -> Response:
        ask = await self.entered(request)
        if isinstance(ask, Response):
            return ask
        phone = self.world.redeem(str(ask.get("code", "")), "phone")
        if isinstance(phone, int):
            return refuse(phone)
        return agree(
            phone_info={
                "phoneNumber": phone.number,
                "purePhoneNumber": phone.number,
                "countryCode": "86",
                "watermark": {"timestamp": int(self.world.clock()), "appid": self.world.settings.appid},
            }
        )

    async def subscribe_send(self, request: Request) -> Response:
        ask = await self.entered(request)
        if isinstance(ask, Response):
            return ask
        phone = self.world.phones.by_openid.get(str(ask.get("touser", "")))
        template = str(ask.get("template_id", ""))
        known = self.world.templates.get(template)
        if phone is None:
            return refuse(40003)
        if known is None:
            return refuse(40037)
        page = str(ask.get("page", ""))
        if page.startswith(("/", "http")) or len(page) > 1024:
            return refuse(41030)
        if wrong := wrong_field(ask.get("data"), known["fields"]):
            return refuse(47003, f"{wrong}.DATA 的内容不符合要求")
        if not phone.take(template):
            return refuse(43101)
        msgid = secrets.randbelow(10**18)
        data = {key: str(content["value"]) for key, content in ask["data"].items()}
        message = {"template": template, "title": known["title"], "labels": known["fields"], "data": data, "page": page}
        phone.receive(self.world.clock(), "subscribe", **message)
        await self.world.touch()
        self.world.later(push.sent(self.world, phone, template, msgid))
        return agree(msgid=msgid)

    async def custom_send(self, request: Request) -> Response:
        ask = await self.entered(request)
        if isinstance(ask, Response):
            return ask
        phone = self.world.phones.by_openid.get(str(ask.get("touser", "")))
        if phone is None:
            return refuse(40003)
        content = ask.get("text") if ask.get("msgtype") == "text" else None
        text = content.get("content") if isinstance(content, dict) else None
        if not isinstance(text, str) or not text:
            return refuse(47001)
        if self.world.clock() - phone.wrote_at > 48 * 3600:
            return refuse(45015)
        if phone.replies_left <= 0:
            return refuse(45047)
        phone.replies_left -= 1
        phone.receive(self.world.clock(), "custom", text=text)
        await self.world.touch()
        return agree()

    async def entered(self, request: Request) -> dict[str, Any] | Response:
        """The body of a call whose token and quota are good, or the refusal."""
        self.world.calls[request.url.path] += 1
        if errcode := self.world.tokens.check(request.query_params.get("access_token")):
            return refuse(errcode)
        if errcode := self.world.over_quota(request.url.path):
            return refuse(errcode)
        ask = await body_of(request)
        return refuse(47001) if ask is None else ask

    def _wrong_app(self, appid: object, secret: object) -> int:
        if appid != self.world.settings.appid:
            return 40013
        right = isinstance(secret, str) and secrets.compare_digest(secret.encode(), self.world.settings.secret.encode())
        return 0 if right else 40125

    def _too_many_logins(self, phone: Phone) -> bool:
        minute = int(self.world.clock() // 60)
        count = phone.login_minute[1] + 1 if phone.login_minute[0] == minute else 1
        phone.login_minute = (minute, count)
        return count > LOGINS_A_MINUTE


def _as_text(answer: JSONResponse) -> Response:
    """jscode2session answers JSON, but calls it text/plain."""
    return PlainTextResponse(answer.body)
