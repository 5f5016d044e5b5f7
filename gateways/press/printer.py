"""Papers are set in a child process: fonts and libraries cost 60 MB and half a second of CPU the API cannot spare.

The child starts with the first paper, is used again while there is work, and leaves by itself when there is none.
"""

import json
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Protocol

from gateways.press.content import PaperContent

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1"}  # nothing of ours: no key, no address
MOST = 512 * 1024 * 1024  # bytes of one answer
PATIENCE = 60.0  # seconds for one paper


class PressError(Exception):
    """The paper could not be set: a page is not a JPEG, or the child did not answer."""


def paper(content: PaperContent) -> bytes:
    """An official paper as a PDF. Blocks 0.5 s (1 s when the child must start): call it in a thread."""
    return _PRESS.ask({"kind": "paper", "content": asdict(content)}, [])


def pages_pdf(pages: list[bytes], title: str) -> bytes:
    """One upright A4 page for each JPEG, its bytes as they are, margin 10 mm; long ones over several sheets.

    `title` becomes the document's title. ValueError without pages. Blocks like `paper`.
    """
    if not pages:
        raise ValueError("no pages")
    return _PRESS.ask({"kind": "pages", "title": title}, pages)


class _Press:
    """The child and the lock that gives it one paper at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, task: dict[str, object], pages: list[bytes]) -> bytes:
        """Hand over a task; a child that has left meanwhile is replaced once."""
        with self._lock:
            try:
                return self._once(task, pages)
            except OSError:
                self._drop()
            try:
                return self._once(task, pages)
            except OSError as error:
                self._drop()
                raise PressError("the press does not answer") from error

    def _once(self, task: dict[str, object], pages: list[bytes]) -> bytes:
        child = self._child if self._child is not None and self._child.poll() is None else self._start()
        assert child.stdin is not None and child.stdout is not None
        watchdog = threading.Timer(PATIENCE, child.kill)
        watchdog.start()
        try:
            send(child.stdin, json.dumps({**task, "pages": len(pages)}).encode())
            for page in pages:
                send(child.stdin, page)
            child.stdin.flush()
            verdict, body = receive(child.stdout), receive(child.stdout)
        finally:
            watchdog.cancel()
        if verdict != b"ok":
            raise PressError(body.decode(errors="replace"))
        return body

    def _start(self) -> subprocess.Popen[bytes]:
        self._drop()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "gateways.press.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            for pipe in (self._child.stdin, self._child.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            self._child.wait()
            self._child = None


_PRESS = _Press()


def send(pipe: IO[bytes], data: bytes) -> None:
    """One frame: 4 bytes of length (big endian), then the bytes."""
    pipe.write(struct.pack(">I", len(data)))
    pipe.write(data)


class Source(Protocol):
    def read(self, length: int, /) -> bytes: ...


def receive(pipe: Source) -> bytes:
    """One frame; BrokenPipeError when the other side is gone."""
    head = pipe.read(4)
    if len(head) < 4:
        raise BrokenPipeError("the other side is gone")
    (length,) = struct.unpack(">I", head)
    if length > MOST:
        raise BrokenPipeError("the other side speaks nonsense")
    data = pipe.read(length)
    if len(data) < length:
        raise BrokenPipeError("the other side is gone")
    return data
