"""Trouble on demand: the next calls of a path are late, cut, doubled, refused, or answered by somebody else."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HTML = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>"
    "<p>上网认证</p></body></html>"
)


@dataclass
class Fault:
    """One row of POST /_control/faults; `path` may end in `*`. `times` counts down."""

    path: str
    times: int = 1
    errcode: int | None = None
    status: int | None = None
    delay_ms: int = 0
    cut: bool = False
    duplicate: bool = False
    html: bool = False
    empty: bool = False
    gbk: bool = False

    def meets(self, path: str) -> bool:
        return self.times > 0 and (path == self.path or (self.path.endswith("*") and path.startswith(self.path[:-1])))


class Faults:
    """The list of what is still to go wrong."""

    def __init__(self) -> None:
        self.rows: list[Fault] = []

    def take(self, path: str) -> Fault | None:
        """The first fault for this path, counted down."""
        fault = next((f for f in self.rows if f.meets(path)), None)
        if fault is not None:
            fault.times -= 1
            self.rows = [f for f in self.rows if f.times > 0]
        return fault


class FaultLayer:
    """Between the network and the sandbox. The control side and the page never suffer."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path == "/" or path.startswith(("/_control/", "/static/")):
            await self._app(scope, receive, send)
            return
        fault = self._faults.take(path)
        if fault is None:
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        await asyncio.sleep(fault.delay_ms / 1000)
        ready = _instead(fault)
        if ready is not None:
            await _answer(send, *ready)
            return
        if fault.duplicate:
            await self._act(scope, body)
        status, headers, content = await self._act(scope, body)
        if fault.cut:  # it was done, but the answer breaks off: announce more than is sent
            cut = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
            await send({"type": "http.response.start", "status": status, "headers": cut})
            await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
            return
        if fault.gbk:
            content = content.decode().encode("gbk", "replace") + "（超时）".encode("gbk")
            headers = [(k, v) for k, v in headers if k != b"content-length"]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _act(self, scope: Scope, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Let the real thing happen, and hold its answer back."""
        started: dict[str, Any] = {}
        parts: list[bytes] = []
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(dict(scope), receive, send)
        return started["status"], list(started["headers"]), b"".join(parts)


def _instead(fault: Fault) -> tuple[int, bytes, bytes] | None:
    """An answer given without doing anything: (status, content type, body)."""
    if fault.html:
        return fault.status or 200, b"text/html; charset=utf-8", HTML.encode()
    if fault.empty:
        return fault.status or 200, b"text/plain", b""
    if fault.errcode is not None:
        said = {"errcode": fault.errcode, "errmsg": f"sandbox fault {fault.errcode}"}
        return fault.status or 200, b"application/json; charset=utf-8", json.dumps(said).encode()
    if fault.status is not None:
        return fault.status, b"text/plain", b""
    return None


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    if 300 <= status < 400:
        headers.append((b"location", b"http://login.example.invalid/"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
