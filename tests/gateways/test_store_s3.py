"""The same promises against an S3-compatible store: a small HTTP server that speaks put, get and bulk delete."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gateways.store import Exists, Missing, Store, Tampered, Unreachable, new_key
from tests.gateways.test_store import PLAIN, Ring

KEPT: dict[str, bytes] = {}


class Bucket(BaseHTTPRequestHandler):
    """Path-style objects in memory; honours `If-None-Match: *`, which write-once rests on."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match") == "*" and self.path in KEPT:
            return self.answer(412)
        KEPT[self.path] = body
        return self.answer(200)

    def do_GET(self) -> None:
        self.answer(200, KEPT[self.path]) if self.path in KEPT else self.answer(
            404, b"<Error><Code>NoSuchKey</Code></Error>"
        )

    def do_POST(self) -> None:
        """DeleteObjects: the store deletes in bulk even for one."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        gone = re.findall("<Key>(.*?)</Key>", body)
        for key in gone:
            KEPT.pop(f"{self.path.split('?')[0].rstrip('/')}/{key}", None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in gone)
        self.answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    KEPT.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def store(endpoint: str) -> Store:
    return Store("s3://county/photos", Ring(), aws_access_key_id="example", aws_secret_access_key="example",
                 aws_region="cn-example", aws_endpoint=endpoint)  # fmt: skip


async def test_sealed_written_once_and_deleted(endpoint: str) -> None:
    s3, key = store(endpoint), new_key()
    await s3.put(key, PLAIN)
    assert list(KEPT) == [f"/county/photos/{key}"]
    assert PLAIN[:30] not in KEPT[f"/county/photos/{key}"]
    assert await s3.get(key) == PLAIN
    with pytest.raises(Exists):
        await s3.put(key, b"second")
    await s3.delete(key)
    with pytest.raises(Missing):
        await s3.get(key)


async def test_changed_behind_our_back(endpoint: str) -> None:
    s3, key = store(endpoint), new_key()
    await s3.put(key, PLAIN)
    name = f"/county/photos/{key}"
    KEPT[name] = KEPT[name][:-1] + bytes([KEPT[name][-1] ^ 1])
    with pytest.raises(Tampered):
        await s3.get(key)


@pytest.mark.parametrize(
    ("place", "option"), [("s3://county", "endpoint"), ("gs://county", "aws_region"), ("http://x", "")]
)
def test_wrong_settings_say_so(place: str, option: str) -> None:
    with pytest.raises(ValueError, match="S3"):
        Store(place, Ring(), **({option: "x"} if option else {}))


async def test_storage_that_does_not_answer(endpoint: str) -> None:
    away = Store("s3://county/photos", Ring(), aws_access_key_id="example", aws_secret_access_key="example",
                 aws_endpoint="http://127.0.0.1:9")  # fmt: skip
    with pytest.raises(Unreachable):
        await away.put(new_key(), b"x")
    with pytest.raises(Unreachable):
        await away.get(new_key())
