"""The platform's smaller abilities: content checks, mini-program codes, links."""

import asyncio
import io
import secrets

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import push
from sandbox.wechat import WeChatPlatform, agree, refuse

#: Words the sandbox's content check holds up, and how.
RISKY = {"赌博": 20006, "办假证": 20008, "枪支": 20003}
REVIEW = {"加微信": 21000, "代开发票": 20008}
SCENE = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&'()*+,/:;=?@-._~")


class MoreWeChat:
    """Handlers that share the platform's token and quota checks."""

    def __init__(self, platform: WeChatPlatform) -> None:
        self.platform, self.world = platform, platform.world

    def routes(self) -> list[Route]:
        return [
            Route("/wxa/msg_sec_check", self.check_text, methods=["POST"]),
            Route("/wxa/media_check_async", self.check_media, methods=["POST"]),
            Route("/wxa/getwxacodeunlimit", self.qrcode, methods=["POST"]),
            Route("/wxa/generate_urllink", self.urllink, methods=["POST"]),
        ]

    async def check_text(self, request: Request) -> Response:
        ask = await self.platform.entered(request)
        if isinstance(ask, Response):
            return ask
        phone = self.world.phones.by_openid.get(str(ask.get("openid", "")))
        text = ask.get("content")
        if ask.get("version") != 2 or ask.get("scene") not in (1, 2, 3, 4) or not isinstance(text, str):
            return refuse(47001)
        if phone is None:
            return refuse(40003)
        if self.world.clock() - phone.seen_at > 7200:
            return refuse(61010)
        suggest, label = _verdict(text)
        return agree(result={"suggest": suggest, "label": label}, detail=[], trace_id=secrets.token_hex(16))

    async def check_media(self, request: Request) -> Response:
        ask = await self.platform.entered(request)
        if isinstance(ask, Response):
            return ask
        phone = self.world.phones.by_openid.get(str(ask.get("openid", "")))
        if phone is None:
            return refuse(40003)
        if ask.get("version") != 2 or not str(ask.get("media_url", "")).startswith(("http://", "https://")):
            return refuse(47001)
        trace = secrets.token_hex(16)
        result = {"suggest": "pass", "label": 100}
        event = {"appid": self.world.settings.appid, "trace_id": trace, "version": 2, "result": result, "errcode": 0}

        async def later() -> None:
            await asyncio.sleep(0.5)
            await push.event(self.world, phone, "wxa_media_check", event)

        self.world.later(later())
        return agree(trace_id=trace)

    async def qrcode(self, request: Request) -> Response:
        ask = await self.platform.entered(request)
        if isinstance(ask, Response):
            return ask
        scene, page = str(ask.get("scene", "")), str(ask.get("page", ""))
        if not 1 <= len(scene) <= 32 or not set(scene) <= SCENE:
            return refuse(40169)
        if page.startswith("/"):
            return refuse(41030)
        picture = io.BytesIO()
        segno.make(f"wxa:{page}?scene={scene}", error="m").save(picture, kind="png", scale=8, dark="#1b2430")
        return Response(picture.getvalue(), media_type="image/png")

    async def urllink(self, request: Request) -> Response:
        ask = await self.platform.entered(request)
        if isinstance(ask, Response):
            return ask
        days = ask.get("expire_interval")
        if ask.get("expire_type") == 1 and not (isinstance(days, int) and 1 <= days <= 30):
            return refuse(85401)
        return agree(url_link=f"https://wxaurl.cn/{secrets.token_urlsafe(8)}")


def _verdict(text: str) -> tuple[str, int]:
    for words, suggest in ((RISKY, "risky"), (REVIEW, "review")):
        for word, label in words.items():
            if word in text:
                return suggest, label
    return "pass", 100
