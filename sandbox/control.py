"""The control side: tests, the page and the walk move the outside world with it. No part of the product."""

import asyncio
import re
import secrets
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox import mini, push
from sandbox.faults import Fault
from sandbox.phones import ALWAYS, Phone
from sandbox.settings import BEHAVIOURS
from sandbox.wechat import body_of
from sandbox.world import Behaviour, World

ANSWERS = ("accept", "reject", "ban", "always")


def wrong(detail: str, status: int = 422) -> HTTPException:
    return HTTPException(status, detail)


class Control:
    """Handlers over one World. Answers are plain JSON; trouble is {"detail": words}."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._pictures: dict[str, Path] = {}

    def routes(self) -> list[Route]:
        phone = "/_control/phones/{phone}"
        return [
            Route("/_control/phones", self.list_phones, methods=["GET"]),
            Route("/_control/phones", self.new_phone, methods=["POST"]),
            Route(f"{phone}/code", self.login_code, methods=["POST"]),
            Route(f"{phone}/phone-code", self.phone_code, methods=["POST"]),
            Route(f"{phone}/consents", self.consents, methods=["POST"]),
            Route(f"{phone}/say", self.say, methods=["POST"]),
            Route(f"{phone}/open", self.open_app, methods=["POST"]),
            Route(f"{phone}/messages", self.messages, methods=["GET"]),
            Route("/_control/departments/{code}/events", self.department_events, methods=["GET"]),
            Route("/_control/departments/{code}/behaviour", self.department_behaviour, methods=["POST"]),
            Route("/_control/faults", self.faults, methods=["GET"]),
            Route("/_control/faults", self.add_fault, methods=["POST"]),
            Route("/_control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_control/templates", self.register_template, methods=["POST"]),
            Route("/_control/quotas", self.set_quotas, methods=["POST"]),
            Route("/_control/tokens/revoke", self.revoke_token, methods=["POST"]),
            Route("/_control/calls", self.calls, methods=["GET"]),
            Route("/_control/pushes", self.pushes, methods=["GET"]),
            Route("/_control/pushes/verify", self.verify_push, methods=["POST"]),
            Route("/_control/pictures/{name}", self.picture, methods=["GET"]),
        ]

    # -- phones

    async def list_phones(self, request: Request) -> Response:
        return JSONResponse({"items": [self._brief(p) for p in self.world.phones.by_number.values()]})

    async def new_phone(self, request: Request) -> Response:
        ask = await _asked(request)
        name, number = str(ask.get("name", "") or "").strip()[:20], str(ask.get("phone", "") or "")
        if number and not re.fullmatch("1[3-9][0-9]{9}", number):
            raise wrong("手机号应为11位")
        phone = self.world.phones.add(number, name) if number else self.world.phones.new(name)
        phone.name = name or phone.name
        code = self.world.code(phone, "login")
        await self.world.touch()
        return JSONResponse({**self._brief(phone), "code": code}, status_code=201)

    async def login_code(self, request: Request) -> Response:
        return JSONResponse({"code": self.world.code(self._phone(request), "login")})

    async def phone_code(self, request: Request) -> Response:
        return JSONResponse({"code": self.world.code(self._phone(request), "phone")})

    async def consents(self, request: Request) -> Response:
        """`{template: accept|reject|ban|always}`; always = 长期订阅, "*" = every template."""
        phone, ask = self._phone(request), await _asked(request)
        if not ask or not all(answer in ANSWERS for answer in ask.values()):
            raise wrong("应为 {模板编号: accept|reject|ban|always}")
        for template, answer in ask.items():
            self._consent(phone, template, answer)
        shown = {t: "accept" if a == "always" else a for t, a in ask.items() if t != "*"}
        await self.world.touch()
        if shown:
            self.world.later(push.popup(self.world, phone, shown))
        return JSONResponse({"consents": phone.consents})

    def _consent(self, phone: Phone, template: str, answer: str) -> None:
        if template != "*":
            unknown = {"title": template, "long_term": False, "fields": {}}
            known = self.world.templates.setdefault(template, unknown)
            if answer == "accept" and known["long_term"]:
                answer = "always"
        if answer == "always":
            phone.consents[template] = ALWAYS
        elif answer == "accept":
            phone.consents[template] = max(phone.consents.get(template, 0), 0) + 1
        else:
            phone.consents.pop(template, None)
            if answer == "reject":
                return
            phone.banned.append(template)
            return
        if template in phone.banned:
            phone.banned.remove(template)

    async def say(self, request: Request) -> Response:
        phone, ask = self._phone(request), await _asked(request)
        text, image = ask.get("text"), ask.get("image_path")
        phone.wrote_at, phone.replies_left, phone.seen_at = self.world.clock(), 5, self.world.clock()
        if isinstance(text, str) and text:
            phone.receive(self.world.clock(), "said", text=text)
            self.world.later(push.said(self.world, phone, text))
        elif isinstance(image, str) and _is_file(image):
            name = secrets.token_urlsafe(12)
            self._pictures[name] = Path(image)
            url = str(request.url_for("picture", name=name))
            phone.receive(self.world.clock(), "said", text="［图片］", picture=url)
            self.world.later(push.showed(self.world, phone, url))
        else:
            raise wrong("请给出 text，或一张存在的图片 image_path")
        await self.world.touch()
        return JSONResponse({"said": True})

    async def open_app(self, request: Request) -> Response:
        """The phone opens the mini-program: signs in and gives its number to the product at --app-url."""
        phone = self._phone(request)
        if not self.world.settings.app_url:
            raise wrong("没有设一门的地址（--app-url）", 409)
        try:
            got = await mini.open_app(self.world, phone)
        except httpx.HTTPError:
            raise wrong("联系不上一门", 502) from None
        if got["status"] >= 400:
            raise wrong(got["detail"], 502)
        return JSONResponse({"opened": True})

    async def messages(self, request: Request) -> Response:
        """What the phone received, oldest first; what its holder wrote is not in the list."""
        items = [m for m in self._phone(request).messages if m["kind"] != "said"]
        return JSONResponse({"items": items})

    async def picture(self, request: Request) -> Response:
        path = self._pictures.get(request.path_params["name"])
        if path is None:
            raise wrong("没有这张图片", 404)
        return FileResponse(path)

    # -- departments

    async def department_events(self, request: Request) -> Response:
        """Both directions, oldest first; `?direction=in` for what was received alone."""
        log = self.world.events.get(request.path_params["code"], [])
        direction = request.query_params.get("direction")
        return JSONResponse({"items": [e for e in log if not direction or e["direction"] == direction]})

    async def department_behaviour(self, request: Request) -> Response:
        code, ask = request.path_params["code"], await _asked(request)
        present = self.world.behaviour(code)
        answer, after = ask.get("answer", present.answer), ask.get("after_ms", present.after_ms)
        if answer not in BEHAVIOURS or not isinstance(after, int) or not 0 <= after <= 600_000:
            raise wrong("应为 {answer: grant|refuse|silent|slow|error, after_ms: 0..600000}")
        self.world.behaviours[code] = Behaviour(answer, after)
        await self.world.touch()
        return JSONResponse({"answer": answer, "after_ms": after})

    # -- trouble

    async def faults(self, request: Request) -> Response:
        return JSONResponse({"items": [vars(f) for f in self.world.faults.rows]})

    async def add_fault(self, request: Request) -> Response:
        ask = await _asked(request)
        known = {f.name: f for f in fields(Fault)}
        if not isinstance(ask.get("path"), str) or not set(ask) <= set(known):
            raise wrong(f"应有 path，可有 {'、'.join(sorted(known))}")
        self.world.faults.rows.append(Fault(**ask))
        return JSONResponse(vars(self.world.faults.rows[-1]), status_code=201)

    async def clear_faults(self, request: Request) -> Response:
        self.world.faults.rows.clear()
        return Response(status_code=204)

    async def register_template(self, request: Request) -> Response:
        """`{template_id, title, long_term?, fields?: {thing1: label}}`."""
        ask = await _asked(request)
        template, title, labels = ask.get("template_id"), ask.get("title"), ask.get("fields", {})
        if not isinstance(template, str) or not isinstance(title, str) or not isinstance(labels, dict):
            raise wrong("应为 {template_id, title, long_term?, fields?}")
        self.world.templates[template] = {"title": title, "long_term": ask.get("long_term") is True, "fields": labels}
        return JSONResponse({"template_id": template}, status_code=201)

    async def set_quotas(self, request: Request) -> Response:
        """`{path: {day?: n, minute?: n}}`; replaces the limits of these paths. /sms/send:{phone} limits one number."""
        ask = await _asked(request)
        if not all(isinstance(v, dict) and set(v) <= {"day", "minute"} for v in ask.values()):
            raise wrong("应为 {路径: {day: 次数, minute: 次数}}")
        self.world.quotas.update(ask)
        return JSONResponse(self.world.quotas)

    async def revoke_token(self, request: Request) -> Response:
        self.world.tokens.revoke()
        return Response(status_code=204)

    async def calls(self, request: Request) -> Response:
        """How often each platform path was really reached."""
        return JSONResponse(dict(self.world.calls))

    async def pushes(self, request: Request) -> Response:
        return JSONResponse({"items": self.world.pushes})

    async def verify_push(self, request: Request) -> Response:
        if not self.world.settings.push_url:
            raise wrong("没有设推送地址（--push-url）", 409)
        async with asyncio.timeout(10):
            status, body, echo = await push.echo(self.world)
        return JSONResponse({"status": status, "ok": status == 200 and body == echo})

    # -- helps

    def _phone(self, request: Request) -> Phone:
        phone = self.world.phones.by_number.get(request.path_params["phone"])
        if phone is None:
            raise wrong("没有这部手机", 404)
        return phone

    def _brief(self, phone: Phone) -> dict[str, Any]:
        return {"phone": phone.number, "name": phone.name, "openid": phone.openid, "consents": phone.consents}


def _is_file(path: str) -> bool:
    return Path(path).is_file()


async def _asked(request: Request) -> dict[str, Any]:
    if not await request.body():
        return {}
    got = await body_of(request)
    if got is None:
        raise wrong("请求内容应为一个JSON对象", 400)
    return got
