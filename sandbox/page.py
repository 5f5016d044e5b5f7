"""The page 手机桌面: the phones side by side and the departments' log, live."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.world import World

STATIC = Path(__file__).parent / "static"


class Page:
    """`/` and what it asks for."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.index, methods=["GET"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/_control/state", self.state, methods=["GET"]),
            Route("/_control/stream", self.stream, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def index(self, request: Request) -> Response:
        headers = {"content-security-policy": "default-src 'self'; img-src 'self' data:", "cache-control": "no-cache"}
        return FileResponse(STATIC / "index.html", headers=headers)

    async def health(self, request: Request) -> Response:
        return JSONResponse({"state": "ready"})

    async def state(self, request: Request) -> Response:
        return JSONResponse(self._picture())

    async def stream(self, request: Request) -> Response:
        async def pictures() -> AsyncIterator[dict[str, str]]:
            async for version in self.world.versions():
                yield {"id": str(version), "data": json.dumps(self._picture(), ensure_ascii=False)}

        return EventSourceResponse(pictures(), ping=15)

    def _picture(self) -> dict[str, Any]:
        """Everything the page draws; the newest 40 messages of a phone."""
        world = self.world
        phones = [
            {
                "phone": p.number,
                "name": p.name,
                "openid": p.openid,
                "consents": p.consents,
                "banned": p.banned,
                "messages": p.messages[-40:],
                "count": len(p.messages),
            }
            for p in list(world.phones.by_number.values())[-60:]
        ]
        codes = sorted(set(world.settings.departments) | set(world.events))
        departments = [
            {
                "code": c,
                "behaviour": vars(world.behaviour(c)),
                "events": [_line(e) for e in world.events.get(c, [])[-60:]],
            }
            for c in codes
        ]
        return {
            "now": world.now(),
            "app_url": world.settings.app_url,
            "templates": world.templates,
            "phones": phones,
            "departments": departments,
        }


def _line(event: dict[str, Any]) -> dict[str, Any]:
    """A log line without the task's contents: the page shows its name and number alone."""
    task = event.get("task") or {}
    case = task.get("case")
    shown = {"item_name": task.get("item_name"), "number": case.get("number") if isinstance(case, dict) else None}
    return {**event, "task": shown}
