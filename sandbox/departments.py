"""Departments' own systems: they take our signed events, keep a log, and after a while call back and decide."""

import asyncio
import json
import secrets
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.signature import REQUEST_ID, SIGNATURE, TIMESTAMP, signed_headers, verify
from sandbox.world import World

DECISIONS = {
    "grant": {"outcome": "granted", "reason": "经审查并现场核查，符合法定条件，准予许可。"},
    "refuse": {"outcome": "refused", "reason": "现场核查发现安全出口不符合要求，不予许可。"},
}
#: Waits in seconds between tries of a call back.
WAITS = (0.3, 1, 3, 10, 30, 60)


class DepartmentSystems:
    """POST /departments/{code}/events, and the calls that answer it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [Route("/departments/{code}/events", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        code = request.path_params["code"]
        department = self.world.settings.departments.get(code)
        if department is None:
            return _problem(404, "no_such_department", "这里没有这个部门的系统")
        body, given = await request.body(), request.headers
        stamp, request_id = given.get(TIMESTAMP, ""), given.get(REQUEST_ID, "")
        if not verify(department.key, stamp, request_id, body, given.get(SIGNATURE, ""), now=self.world.clock()):
            self.world.log(code, direction="in", event="?", note="签名不对或已过时，没有接收")
            await self.world.touch()
            return _problem(401, "signature_wrong", "签名不对或已过时")
        if not self.world.first_time(f"{code}:{request_id}"):
            return _problem(409, "already_received", "这个请求编号已经用过")
        try:
            event = dict(json.loads(body))
            kind, task = str(event["event"]), dict(event.get("task") or {})
        except (ValueError, KeyError, TypeError, RecursionError):
            return _problem(400, "not_an_event", "不是约定的事件格式")
        how = self.world.behaviour(code)
        if how.answer == "error":
            self.world.log(code, direction="in", event=kind, task_id=task.get("id"), note="系统故障，回500")
            await self.world.touch()
            return _problem(500, "down", "系统故障")
        again = not self.world.first_time(f"{code}:event:{event.get('event_id', request_id)}")
        note = "重复的事件，不再处理" if again else "已接收"
        known = {"event_id": event.get("event_id"), "task_id": task.get("id"), "task": task}
        self.world.log(code, direction="in", event=kind, **known, note=note)
        await self.world.touch()
        if how.answer == "slow":
            await asyncio.sleep(how.after_ms / 1000)
        if kind == "task.assigned" and how.answer in ("grant", "refuse", "slow") and not again:
            self.world.later(self._decide(code, task))
        return JSONResponse({"received": True})

    async def _decide(self, code: str, task: dict[str, Any]) -> None:
        task_id = str(task.get("id", ""))
        how = self.world.behaviour(code)
        if not await self._call(code, task_id, "acknowledge", {}):
            return
        await asyncio.sleep(how.after_ms / 1000)
        how = self.world.behaviour(code)  # it may have been told otherwise meanwhile
        if how.answer in ("silent", "error"):
            return
        self.world.decided += 1
        decision = dict(DECISIONS["refuse" if how.answer == "refuse" else "grant"])
        decision["document"] = f"{code}〔{self.world.now()[:4]}〕第{self.world.decided:04d}号"
        await self._call(code, task_id, "decide", decision)

    async def _call(self, code: str, task_id: str, verb: str, content: dict[str, Any]) -> bool:
        """One call to the product, tried again while it cannot be reached. True when it was taken."""
        department, base = self.world.settings.departments[code], self.world.settings.department_api
        if not base:
            self.world.log(code, direction="out", event=verb, task_id=task_id, note="没有给出回传地址，没有回传")
            return False
        path = f"/department/v1/tasks/{task_id}/{verb}"
        body = json.dumps(content, ensure_ascii=False).encode()
        key = secrets.token_hex(16)
        for wait in (*WAITS, None):
            fault = self.world.faults.take(path)
            headers = signed_headers(
                department.key_id, department.key, secrets.token_hex(16), body, now=self.world.clock()
            )
            headers["Idempotency-Key"] = key
            for _ in range(2 if fault and fault.duplicate else 1):
                status, said = await _post(self.world.http, base + path, body, headers)
            self.world.log(code, direction="out", event=verb, task_id=task_id, status=status, note=said)
            await self.world.touch()
            if status is not None and status < 500 and status not in (408, 425, 429):
                return 200 <= status < 300
            if wait is None:
                break
            await asyncio.sleep(wait)
        return False


async def _post(client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
    try:
        answer = await client.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        return None, f"联系不上（{type(error).__name__}）"
    if answer.is_success:
        return answer.status_code, "对方已收下"
    try:
        detail = str(answer.json().get("detail", ""))
    except (ValueError, AttributeError):
        detail = ""
    return answer.status_code, detail or f"对方没有收下（{answer.status_code}）"


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    return JSONResponse({"status": status, "code": code, "detail": detail}, status_code=status)
