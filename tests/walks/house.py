"""A whole house for the walks: `python main.py run` on a data folder and ports of its own, stopped by signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import webapp

HOME = Path(__file__).parents[2]
BUILD = HOME / "build"
READY_WITHIN = 150.0
STOPPED_WITHIN = 30.0
Run = dict[str, Any]


class NotBuilt(Exception):
    """There is no web app to walk through; the words say why."""


def web_app(say: Any = print) -> Path:
    """The built web app: the one `make run` made from these very sources, or one made now under build/."""
    source = HOME / "miniprogram"
    for var in (Path(os.environ.get("VAR") or HOME / "var"), BUILD):
        done = webapp.built(source, var)
        if done is not None:
            return done
    try:
        return webapp.build(source, BUILD, say)
    except (webapp.BuildError, OSError) as error:
        raise NotBuilt(str(error)) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(var: Path, web: Path | None = None) -> Iterator[Run]:
    """Start a house in `var`, give its run.json, stop it by SIGTERM and see that it ends well."""
    log = var.with_suffix(".log")
    # no settings of the person's own shell: the house brings its servers and its sandbox itself
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "USER") if name in os.environ}
    given = {"VAR": str(var), "PORT": str(free_port()), "SANDBOX_PORT": str(free_port()), "WEB_DIST": str(web or "")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "main.py", "run"], cwd=HOME, env={**kept, **given}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield _ready(process, var / "run.json", log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the house did not stop within {STOPPED_WITHIN:.0f} s:\n{_tail(log)}") from None
        if status != 0:
            raise AssertionError(f"the house ended with status {status}:\n{_tail(log)}")


def _ready(process: "subprocess.Popen[bytes]", run_file: Path, log: Path) -> Run:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if run_file.exists():
            run: Run = json.loads(run_file.read_text())
            return run
        if process.poll() is not None:
            raise AssertionError(f"the house did not start:\n{_tail(log)}")
        time.sleep(0.05)
    raise AssertionError(f"the house was not ready after {READY_WITHIN:.0f} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
