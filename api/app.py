"""The web application: routes, limits, error answers. The composition root hands in every client."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import desk, hall
from api.citizen import (
    appointments,
    auth,
    cases,
    files,
    halls,
    items,
    me,
    papers,
    projects,
    slots,
    tickets,
    uploads,
)
from api.department import consultations, tasks
from api.op import OPS, Operation
from api.openapi import document
from api.problem import answer_error, problem, refusal_of
from api.public import docs, health, web
from models.base import Refusal

log = structlog.get_logger()

# Importing a subject registers its operations; the tuple keeps that visible.
SUBJECTS = (
    appointments, auth, cases, consultations, files, halls, items, me, papers, projects, slots, tasks, tickets, uploads,
    health,
)  # fmt: skip
MOST_BODY = 1024 * 1024
#: What is still taken, and thrown away, of a body that was answered before its end: enough that an honest client which
#: is still sending reads the answer before the line is cut.
LINGER_BYTES, LINGER_SECONDS = 32 * 1024 * 1024, 10
FILES = "/api/v1/files/"
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[dict[str, Any]]]


class IdConvertor(Convertor[str]):
    """A UUID in a path; anything else is no route, so an id of 5,000 digits is a plain 404."""

    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

    def convert(self, value: str) -> str:
        return value.lower()

    def to_string(self, value: str) -> str:
        return value


class CodeConvertor(Convertor[str]):
    """The code of a material in a path; no dot, so that `CODE.pdf` is another address with its own methods."""

    regex = "[A-Za-z0-9_-]{1,12}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("id", IdConvertor())
register_url_convertor("code", CodeConvertor())


class Cut:
    """Ends the line of a client that sends on after the answer; the server alone would take its body without end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
        over, cutting, last = False, False, False

        async def watched() -> Message:
            nonlocal over
            message = await receive()
            over = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def held(message: Message) -> None:
            nonlocal cutting, last
            if message["type"] == "http.response.start":
                cutting = not over and (message["status"] == 413 or chunked)
                if cutting:
                    MutableHeaders(scope=message)["Connection"] = "close"
            elif cutting and not message.get("more_body", False):
                last = True
                message = {**message, "more_body": True}
            await send(message)

        await self.app(scope, watched, held)
        if last:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    left = LINGER_BYTES
                    while left > 0 and not over:
                        left -= len((await watched()).get("body", b""))
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class Guard:
    """Headers on every answer, one log line a request without its query, and answers for what falls through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, plain = time.perf_counter(), 0, False

        async def guarded(message: Message) -> None:
            nonlocal status, plain
            if plain:
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 413 and b"problem" not in dict(message["headers"]).get(b"content-type", b""):
                    plain = True  # the framework's own body limit speaks plain text
                    await problem(refusal_of(HTTPException(413)))(scope, receive, send)
                    return
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            if status:
                raise
            await problem(refusal_of(error))(scope, receive, guarded)
        finally:
            took = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], path=_logged(scope["path"]), status=status, ms=took)


def _logged(path: str) -> str:
    """A path as the log may keep it: the token of a link to a file opens that file for a minute."""
    return f"{FILES}*" if path.startswith(FILES) else path


def operation_routes() -> list[BaseRoute]:
    """One Route per path, so that `Allow` on a 405 is true."""
    by_path: dict[str, dict[str, Operation]] = {}
    for found in OPS:
        by_path.setdefault(found.path, {})[found.method] = found
    return [
        Route(path, _dispatch(table), methods=list(table), max_body_size=max(o.most for o in table.values()) or None)
        for path, table in by_path.items()
    ]


def _dispatch(table: dict[str, Operation]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" and "HEAD" not in table else request.method
        return await table[method].endpoint(request)

    return endpoint


async def openapi(_: Request) -> Response:
    """The description of every operation, made from the operations themselves."""
    return Response(document(OPS), media_type="application/json")


def build(lifespan: Lifespan, hosts: list[str], *, debug: bool = False) -> Starlette:
    """The application. `hosts` are the names it answers to."""
    routes: list[BaseRoute] = [
        *operation_routes(),
        Route("/openapi.json", openapi),
        *docs.routes(),
        *health.routes(),
        *desk.routes(),
        *hall.routes(),
        *web.routes(),
    ]
    return Starlette(
        debug=debug,
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(Cut),
            Middleware(Guard),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BODY),
        ],
        exception_handlers={Refusal: answer_error, HTTPException: answer_error, Exception: answer_error},
    )
