"""P12: huge bodies are refused with 413 and cost nothing; slow ones hold nobody else up. Through the real server."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.promises.house import House, inside, link_departments, standing
from tests.sandbox_server import free_port, serve

pytestmark = pytest.mark.database
MEGA = 1024 * 1024
HUGE = 400 * MEGA
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
GROWTH = 60 * MEGA  # a process that kept the body would grow by 400


@pytest_asyncio.fixture(loop_scope="session")
async def house(db: str, tmp_path: Path) -> AsyncIterator[House]:
    with standing(tmp_path / "h", db) as found:
        await link_departments(found)
        yield found


async def send_huge(port: int, head: str, chunked: bool, first: bytes = b"") -> tuple[int, bytes]:
    """Send 400 MB by hand, stopping when an answer comes. Gives the bytes that were sent and the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {HUGE}"
    writer.write(f"{head}\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n".encode())
    block = b"x" * 65536
    answer, sent = asyncio.create_task(reader.read(4000)), 0
    try:
        while sent < HUGE and not answer.done():
            part = first + block if not sent else block
            writer.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            await writer.drain()
            await asyncio.sleep(0)  # drain alone never looks for the answer while the kernel takes all that is written
            sent += len(block)
    except (ConnectionError, BrokenPipeError):
        pass
    got = await asyncio.wait_for(answer, 20)
    writer.close()
    return sent, got


def send_deaf(port: int, head: str, chunked: bool) -> tuple[int, bytes]:
    """Send 400 MB without once looking for an answer. Gives what the server let us send, and what it had answered."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {HUGE}"
    block, sent = b"x" * 65536, 0
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(f"{head}\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n".encode())
        try:
            while sent < HUGE:
                line.sendall(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
                sent += len(block)
        except ConnectionError:
            pass
        return sent, line.recv(4000)


async def cut_off(port: int, head: str, chunked: bool) -> None:
    """Answered, and the line cut long before the body is over."""
    sent, got = await asyncio.to_thread(send_deaf, port, head, chunked)
    assert sent < 64 * MEGA, (head, chunked, sent)
    assert got.startswith(b"HTTP/1.1 4"), (head, chunked, got[:300])
    assert b"\r\nconnection: close\r\n" in got.lower()


async def refused_early(port: int, head: str, chunked: bool, first: bytes = b"") -> None:
    """413, and long before the body is over."""
    sent, got = await send_huge(port, head, chunked, first)
    assert b" 413 " in got.split(b"\r\n")[0], (head, chunked, sent, got[:300])
    assert sent < 64 * MEGA, (head, chunked, sent)


def post(path: str, token: str, kind: str, more: str = "") -> str:
    return f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}{more}"


async def test_400_mb_bodies(house: House) -> None:
    async with inside(house) as web:
        _, token = await web.li()
    api = psutil.Process(house.api().pid)
    tus = "\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 1000000"
    doors = [
        ("/api/v1/cases", "application/json", ""),
        ("/api/v1/uploads/photo", "multipart/form-data; boundary=b", ""),
        ("/api/v1/uploads", "application/offset+octet-stream", tus),
        ("/desk/sign-in", "application/x-www-form-urlencoded", "\r\nOrigin: http://127.0.0.1"),
    ]
    port = int(house.env["PORT"])
    await send_huge(port, post("/api/v1/auth/sms", token, "application/json"), False)
    before = api.memory_info().rss
    for path, kind, more in doors:
        for chunked in (False, True):
            await refused_early(port, post(path, token, kind, more), chunked, PART if "multipart" in kind else b"")
    assert api.memory_info().rss - before < GROWTH
    held = sum(path.stat().st_size for path in (house.var / "staging").rglob("*") if path.is_file())
    assert held < 2 * MEGA
    answer = httpx.get(f"{house.url}/api/v1/halls", trust_env=False)
    assert answer.status_code == 200


async def test_who_sends_on_after_the_answer_is_cut_off(house: House) -> None:
    """Also where the answer is no 413: here nobody is signed in."""
    house.api()
    port = int(house.env["PORT"])
    for path, kind in (("/api/v1/auth/sms", "application/json"), ("/api/v1/cases", "application/json")):
        for chunked in (False, True):
            await cut_off(port, post(path, "-", kind), chunked)
    assert httpx.get(f"{house.url}/api/v1/halls", trust_env=False).status_code == 200


async def test_slow_bodies_hold_nobody_up(house: House) -> None:
    """Sixty bodies that trickle: everybody else is answered meanwhile."""
    house.api()
    open_: list[Any] = []
    for _ in range(60):
        _, writer = await asyncio.open_connection("127.0.0.1", int(house.env["PORT"]))
        writer.write(b"POST /api/v1/auth/sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: 100\r\n\r\n{")
        open_.append(writer)
    async with httpx.AsyncClient(trust_env=False, base_url=house.url, timeout=10) as http:
        took = []
        for n in range(40):
            for writer in open_:
                writer.write(b" ")
            began = time.monotonic()
            answer = await http.get(f"/api/v1/halls?tier=county&n={n}" if n % 2 else "/readyz")
            assert answer.status_code in (200, 422)
            took.append(time.monotonic() - began)
    for writer in open_:
        writer.close()
    print(json.dumps({"slowest_ms": round(max(took) * 1000), "median_ms": round(sorted(took)[20] * 1000)}))


async def test_a_server_that_takes_everything_is_found_out() -> None:
    """Sabotage: a server without a limit."""

    async def swallow(request: Request) -> Response:
        async for _ in request.stream():
            pass
        return Response(status_code=413)

    port = free_port()
    with serve(Starlette(routes=[Route("/x", swallow, methods=["POST"])]), port), pytest.raises(AssertionError):
        await refused_early(port, post("/x", "-", "application/json"), False)


async def test_a_server_that_answers_and_takes_everything_is_found_out() -> None:
    """Sabotage: the limit of the framework alone, with nothing that cuts the line."""
    app = Starlette(routes=[Route("/x", lambda _: Response(status_code=401), methods=["POST"])])
    port = free_port()
    with serve(app, port), pytest.raises(AssertionError):
        await cut_off(port, post("/x", "-", "application/json"), True)
