"""The SMS gateway: takes signed messages, knows an id again, limits a number, keeps what each phone got."""

import json
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.signature import REQUEST_ID, SIGNATURE, TIMESTAMP, verify
from sandbox.world import World

SIGN = "【翁源政务】"
TEXTS = {
    "code": "验证码{code}，{minutes}分钟内有效。工作人员不会向您要验证码。",
    "login": "验证码{code}，5分钟内有效。工作人员不会向您要验证码。",
    "notice": "{words}",
}


class SmsGateway:
    """One route: POST /sms/send {phone, template, params, id}."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [Route("/sms/send", self.send, methods=["POST"])]

    async def send(self, request: Request) -> Response:
        self.world.calls[request.url.path] += 1
        body, given = await request.body(), request.headers
        stamp, request_id = given.get(TIMESTAMP, ""), given.get(REQUEST_ID, "")
        key = self.world.settings.sms_key.encode()
        if not verify(key, stamp, request_id, body, given.get(SIGNATURE, ""), now=self.world.clock()):
            return _say("bad_signature", 401)
        try:
            ask = json.loads(body)
            phone, template, message_id = str(ask["phone"]), str(ask["template"]), str(ask["id"])
            params = {str(k): str(v) for k, v in dict(ask.get("params", {})).items()}
        except (ValueError, KeyError, TypeError, RecursionError):
            return _say("bad_template")
        if not re.fullmatch(r"1[3-9][0-9]{9}", phone):
            return _say("bad_phone")
        if message_id in self.world.sms_ids:
            return _say("duplicate", message_id=self.world.sms_ids[message_id])
        if errcode := self.world.over_quota(f"/sms/send:{phone}"):
            return _say("phone_day" if errcode == 45009 else "phone_minute")
        receipt = f"sms-{len(self.world.sms_ids) + 1}"
        self.world.sms_ids[message_id] = receipt
        holder = self.world.phones.add(phone, "")
        holder.receive(self.world.clock(), "sms", template=template, data=params, text=SIGN + _text(template, params))
        await self.world.touch()
        return _say("ok", message_id=receipt)


def _text(template: str, params: dict[str, str]) -> str:
    pattern = TEXTS.get(template, "，".join(params.values()))
    for key, value in params.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern


def _say(code: str, status: int = 200, **more: str) -> JSONResponse:
    return JSONResponse({"code": code, **more}, status_code=status)
