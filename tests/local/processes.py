"""Helpers for tests that start, kill and look for processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Does it come true within so many seconds?"""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def with_mark(mark: str) -> list[int]:
    """Living processes, but for ourselves, whose command line or working folder holds `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if mark in line or mark in os.readlink(entry / "cwd"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def python(code: str, *args: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A parent of its own, running `code` with the house importable; its output is read by line."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        cwd=HOME,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """Read until a line holds `words`; fails with everything said when the end comes first."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if words in line:
            return line
    raise AssertionError(f"never said {words!r}:\n{said}")


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
