"""The pool of children: hand in a photograph, get back an archive copy, a thumbnail and advice, or a clear refusal.

A child that hangs, dies or talks nonsense is killed and replaced; the next photograph never notices. Children are kept
warm: starting one takes about 0.3 s, developing a 12 MP JPEG less.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from models.rules.advice import ADVICE, REFUSALS
from workers.darkroom.sniff import PLUGINS, sniff

ROOT = Path(__file__).resolve().parents[2]
WALL = 8.0  # seconds a photograph may take, and a child to get ready
ENDING = 1.0  # a child that closed its pipe is given so long to end by itself, so that its signal is known
CPU = 5  # seconds of processor a photograph may use
MOST = 25 * 1024 * 1024  # bytes of a photograph
ANSWER_MOST = 16 * 1024 * 1024  # bytes of one frame of an answer
SIDE_MOST = 8000  # px
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "1048576"}


class Refused(Exception):
    """A file that cannot be taken: `code` of models.rules.advice.REFUSALS and its words."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words or REFUSALS[code]


@dataclass(frozen=True)
class Developed:
    """A photograph upright and clean: `archive` (JPEG, long side 2000 px; longer for long screenshots) and `thumbnail`
    (JPEG, 320 px), sizes in px, `format` jpeg|png|webp|heic as found, `advice` codes of models.rules.advice.ADVICE,
    `dhash` 16 hex digits or "", `sha256` hex of the bytes handed in.
    """

    archive: bytes
    thumbnail: bytes
    width: int
    height: int
    original_width: int
    original_height: int
    format: str
    advice: list[str]
    dhash: str
    sha256: str


class Lost(Exception):
    """The child ended or spoke nonsense. `hung` when it ran out of CPU seconds."""

    def __init__(self, *, hung: bool = False) -> None:
        super().__init__("the child is lost")
        self.hung = hung


class Child:
    """One child process and its pipes."""

    def __init__(self, process: Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, cpu: int = CPU) -> "Child":
        """A warm child, with nothing of our environment (no key, no address) in it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "workers.darkroom.child", str(os.getpid()), str(cpu),
            stdin=PIPE, stdout=PIPE, cwd=ROOT, env=ENVIRONMENT,
        )  # fmt: skip
        child = cls(process)
        try:
            async with asyncio.timeout(WALL):
                if await child._receive() != b"ready":
                    raise Lost
        except BaseException:
            await child.stop()
            raise
        return child

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def develop(self, data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
        """The JSON head, archive and thumbnail as the child sent them; Lost when it did not."""
        stdin = self.process.stdin
        assert stdin is not None
        try:
            stdin.write(struct.pack(">I", len(data)))
            stdin.write(data)
            await stdin.drain()
            head = json.loads(await self._receive())
            return head, await self._receive(), await self._receive()
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            if not isinstance(error, ValueError):  # the pipe is closed, so it is ending: of what, its own signal says
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ENDING):
                        await self.process.wait()
            code = await self.stop()
            raise Lost(hung=code == -signal.SIGXCPU) from error

    async def _receive(self) -> bytes:
        stdout = self.process.stdout
        assert stdout is not None
        (length,) = struct.unpack(">I", await stdout.readexactly(4))
        if length > ANSWER_MOST:
            raise ValueError("the child sends too much")
        return await stdout.readexactly(length)

    async def stop(self) -> int:
        """End the process at once and wait for it; its return code."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        return await self.process.wait()


class Darkroom:
    """`children` processes, one photograph at a time each: `async with Darkroom() as room: await room.develop(...)`."""

    def __init__(self, children: int = 2, *, wall: float = WALL, cpu: int = CPU) -> None:
        self.children, self.wall, self.cpu = children, wall, cpu
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._free = asyncio.Semaphore(children)
        self._closed = False

    async def __aenter__(self) -> Self:
        """Warm all children, so that the first photograph is as quick as the rest."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.children):
                    group.create_task(self._warm())
        except BaseException:
            await self.close()
            raise
        return self

    async def _warm(self) -> None:
        self._idle.append(await Child.start(self.cpu))

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        await self.close()

    async def close(self) -> None:
        """End every child."""
        self._closed = True
        children, self._idle = [*self._idle, *self._busy], []
        await asyncio.gather(*(child.stop() for child in children))

    def pids(self) -> list[int]:
        """The processes of the pool, for measuring."""
        return [child.process.pid for child in [*self._idle, *self._busy] if child.alive]

    async def develop(self, data: bytes, declared: str = "") -> Developed:
        """Develop one photograph. What the sender `declared` it to be only chooses the words; the bytes decide.

        Raises Refused. A child that dies of no fault of the photograph is replaced and the photograph tried once more.
        """
        if len(data) > MOST:
            raise Refused("photo_too_large")
        kind = sniff(data[:64])
        if kind not in PLUGINS:
            raise Refused("photo_heic" if kind == "photo_not_image" and declared in HEIC_TYPES else kind)
        digest = asyncio.create_task(asyncio.to_thread(_sha256, data))
        try:
            try:
                head, archive, thumbnail = await self._once(data)
            except Lost as lost:
                if lost.hung:
                    raise Refused("photo_timeout") from lost
                head, archive, thumbnail = await self._once(data)
        except Lost as lost:
            raise Refused("photo_timeout" if lost.hung else "photo_damaged") from lost
        except TimeoutError as error:
            raise Refused("photo_timeout") from error
        finally:
            sha256 = await asyncio.shield(digest)
        if "refused" in head:
            raise Refused(head["refused"] if head["refused"] in REFUSALS else "photo_damaged")
        return _checked(head, archive, thumbnail, sha256)

    async def _once(self, data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
        async with self._child() as child, asyncio.timeout(self.wall):
            return await child.develop(data)

    @contextlib.asynccontextmanager
    async def _child(self) -> AsyncIterator[Child]:
        """A live child for one photograph; one that was interrupted in the middle is not used again."""
        async with self._free:
            if self._closed:
                raise RuntimeError("the darkroom is closed")
            while self._idle and not self._idle[-1].alive:
                await self._idle.pop().stop()
            child = self._idle.pop() if self._idle else await Child.start(self.cpu)
            self._busy.add(child)
            try:
                yield child
            except BaseException:
                await asyncio.shield(child.stop())
                raise
            finally:
                self._busy.discard(child)
                if child.alive:
                    self._idle.append(child)


HEIC_TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _checked(head: dict[str, Any], archive: bytes, thumbnail: bytes, sha256: str) -> Developed:
    """The child has touched hostile bytes, so its word is checked like anybody's."""
    try:
        sizes = [int(head[key]) for key in ("width", "height", "original_width", "original_height")]
        advice = [code for code in head["advice"] if code in ADVICE]
        kind, likeness = str(head["format"]), str(head["dhash"])
        if kind not in PLUGINS or min(sizes) < 1 or max(sizes[:2]) > SIDE_MOST or len(likeness) not in (0, 16):
            raise ValueError("out of range")
        if likeness:
            int(likeness, 16)
        for jpeg in (archive, thumbnail):
            if not (jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")):
                raise ValueError("not a JPEG")
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("photo_damaged") from error
    width, height, original_width, original_height = sizes
    return Developed(archive, thumbnail, width, height, original_width, original_height, kind, advice, likeness, sha256)
