"""The department's own system: verifies, keeps, and calls back signed, by its behaviour."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.signature import signed_headers, verify
from tests.sandbox_server import Sandbox, free_port, running, serve


class Product:
    """The product's /department/v1, with the same verifier as the real one."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, dict[str, Any]]] = []
        self.ids: list[str] = []
        self.keys: list[str] = []
        self.down = 0
        self.key = b""

    async def verb(self, request: Request) -> Response:
        body, given = await request.body(), request.headers
        request_id = given["X-Request-Id"]
        assert given["X-Key-Id"] == "xf"
        if not verify(self.key, given["X-Timestamp"], request_id, body, given["X-Signature"]):
            return JSONResponse({"detail": "签名不对"}, 401)
        self.ids.append(request_id)
        self.keys.append(given["Idempotency-Key"])
        if self.down:
            self.down -= 1
            return JSONResponse({}, 503)
        self.heard.append((request.path_params["id"], request.path_params["verb"], json.loads(body)))
        return JSONResponse({"state": "ok"})

    def wait(self, count: int) -> list[tuple[str, str, dict[str, Any]]]:
        end = time.monotonic() + 8
        while len(self.heard) < count:
            assert time.monotonic() < end, f"only {self.heard}"
            time.sleep(0.01)
        return self.heard


@pytest.fixture
def pair() -> Iterator[tuple[Sandbox, Product]]:
    product = Product()
    app = Starlette(routes=[Route("/department/v1/tasks/{id}/{verb}", product.verb, methods=["POST"])])
    with serve(app, free_port()) as url, running(department_api=url) as sandbox:
        product.key = sandbox.settings.departments["XF"].key
        yield sandbox, product


def tell(sandbox: Sandbox, task: str = "t1", kind: str = "task.assigned", **how: Any) -> int:
    event = {"event_id": how.get("event_id", uuid.uuid4().hex), "event": kind, "task": {"id": task}}
    body = json.dumps(event).encode()
    key = how.get("key", sandbox.settings.departments["XF"].key)
    headers = signed_headers("xf", key, how.get("request_id", uuid.uuid4().hex), body, now=how.get("now"))
    answer = httpx.post(sandbox.department_url(), content=body, headers=headers, timeout=5, trust_env=False)
    return answer.status_code


def logged(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """The department's log once it has so many lines; a call is written down after its answer, so later than heard."""
    end = time.monotonic() + 8
    while len(log := sandbox.control("GET", "departments/XF/events")["items"]) < count:
        assert time.monotonic() < end, f"only {log}"
        time.sleep(0.01)
    return list(log)


def test_grant_and_refuse(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    assert tell(sandbox, "t1") == 200
    product.wait(2)
    logged(sandbox, 3)
    sandbox.control("POST", "departments/XF/behaviour", {"answer": "refuse", "after_ms": 10})
    assert tell(sandbox, "t2") == 200
    heard = product.wait(4)
    assert [(task, verb) for task, verb, _ in heard] == [
        ("t1", "acknowledge"), ("t1", "decide"), ("t2", "acknowledge"), ("t2", "decide"),
    ]  # fmt: skip
    assert [heard[1][2]["outcome"], heard[3][2]["outcome"]] == ["granted", "refused"]
    assert heard[1][2]["reason"] and heard[3][2]["reason"]
    assert heard[1][2]["document"] != heard[3][2]["document"]
    assert len(set(product.ids)) == 4
    assert [e["direction"] for e in logged(sandbox, 6)] == ["in", "out", "out"] * 2


def test_silent_slow_and_error(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    behaviour = "departments/XF/behaviour"
    sandbox.control("POST", behaviour, {"answer": "silent", "after_ms": 0})
    assert tell(sandbox, "t1") == 200
    sandbox.control("POST", behaviour, {"answer": "error"})
    assert tell(sandbox, "t2") == 500
    sandbox.control("POST", behaviour, {"answer": "slow", "after_ms": 400})
    began = time.monotonic()
    assert tell(sandbox, "t3") == 200 and time.monotonic() - began >= 0.4
    assert {task for task, _, _ in product.wait(2)} == {"t3"}


def test_only_signed_fresh_and_new(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    assert tell(sandbox, key=b"wrong") == 401
    assert tell(sandbox, now=time.time() - 400) == 401
    assert [tell(sandbox, "t1", request_id="r1"), tell(sandbox, "t1", request_id="r1")] == [200, 409]
    assert [tell(sandbox, "t2", event_id="e2") for _ in range(2)] == [200, 200]
    assert tell(sandbox, "t1", kind="task.urged") == 200
    product.wait(4)
    time.sleep(0.2)
    assert len(product.heard) == 4, "a repeated event is not worked on again"
    answer = httpx.post(f"{sandbox.url}/departments/ZZ/events", content=b"{}", trust_env=False)
    assert answer.status_code == 404


def test_calls_back_until_taken_with_one_key(pair: tuple[Sandbox, Product]) -> None:
    sandbox, product = pair
    product.down = 2
    tell(sandbox, "t1")
    product.wait(2)
    assert len(set(product.ids)) == 4 and len(product.keys) == 4
    assert len(set(product.keys[:3])) == 1, "the same call keeps its Idempotency-Key"
