"""The child process: reads a photograph on stdin, answers on stdout, owns nothing.

Arguments: the parent's process id, CPU seconds a photograph. Frames: 4 bytes of length (big endian), then the bytes.
In: the photograph. Out: JSON, archive, thumbnail (the last two empty after a refusal).
Once warm it may open no file and no socket, and it dies with its parent.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from dataclasses import asdict
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from workers.darkroom.develop import Spoiled, develop

MEMORY = 400 * 1024 * 1024  # bytes of address space
MOST = 26 * 1024 * 1024  # bytes of a photograph
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


def main() -> None:
    """Serve until stdin closes."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    parent, cpu = int(sys.argv[1]), int(sys.argv[2])
    if os.getppid() != parent:
        return  # it was gone before the request to die with it was heard
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes stdin
    warm()
    confine()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    send(sink, b"ready")
    while (data := receive(source)) is not None:
        allow(cpu)
        answer(sink, data)


def warm() -> None:
    """Load every decoder once, since no file can be opened later, and leave the allocator as a photograph finds it."""
    sheet = Image.effect_noise((640, 480), 60).convert("RGB")
    for kind in ("JPEG", "PNG", "WEBP"):
        out = BytesIO()
        sheet.save(out, kind)
        develop(out.getvalue())
    for hostile in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"):
        try:
            develop(hostile)
        except Spoiled:
            continue


def confine() -> None:
    """No memory beyond MEMORY, no new file or socket, nothing written, no core dump."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for limit, most in limits.items():
        try:
            resource.setrlimit(limit, (most, most))
        except (OSError, ValueError):
            if sys.platform == "linux":  # other systems, for development only, do not know them all
                raise


def allow(cpu: int) -> None:
    """`cpu` seconds for one more photograph; the kernel ends the process when they are used up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu + 1, hard))


def answer(sink: BinaryIO, data: bytes) -> None:
    archive, thumbnail = b"", b""
    head: dict[str, object]
    try:
        head = asdict(develop(data))
        archive, thumbnail = head.pop("archive"), head.pop("thumbnail")  # type: ignore[assignment]
    except Spoiled as error:
        head = {"refused": str(error)}
    send(sink, json.dumps(head).encode())
    send(sink, archive)
    send(sink, thumbnail)


def receive(source: BinaryIO) -> bytes | None:
    """One frame; None when the parent has closed the pipe or speaks nonsense."""
    head = source.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    if length > MOST:
        return None
    data = source.read(length)
    return data if len(data) == length else None


def send(sink: BinaryIO, data: bytes) -> None:
    sink.write(struct.pack(">I", len(data)))
    sink.write(data)
    sink.flush()


if __name__ == "__main__":
    main()
