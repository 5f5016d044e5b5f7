"""A house of the benchmark's own, started as `make run` does, on a data folder and ports nobody else uses."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from settings import HOME, Settings, read

READY_WITHIN = 1200.0  # the first start may have to build the web app
OURS = {"DATABASE_URL": "", "REDIS_URL": "", "DEMO": "", "WITH_PARENT": "", "KEYS_FILE": "", "STORE_URL": ""}


class House:
    """Started by `start`, ended by `stop`; the data folder stays for the next start."""

    def __init__(self, var: Path) -> None:
        port, sandbox = free_ports(2)
        given = {"VAR": str(var), "PORT": str(port), "SANDBOX_PORT": str(sandbox)}
        self.var, self.env = var, {**os.environ, **OURS, **given}
        self.run: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """Settings that reach the house's own servers from here."""
        return read(self.env)

    def start(self) -> float:
        """Start it; seconds until it says it is ready (run.json is written)."""
        began = time.perf_counter()
        with (self.var / "bench.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "local"], cwd=HOME, env=self.env, stdout=log)
        file = self.var / "run.json"
        while not file.exists():
            if self._process.poll() is not None or time.perf_counter() - began > READY_WITHIN:
                raise SystemExit(f"the house did not start:\n{(self.var / 'bench.log').read_text()[-2000:]}")
            time.sleep(0.01)
        took = time.perf_counter() - began
        self.run = json.loads(file.read_text())
        return took

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None

    def pid(self, part: str) -> int:
        """The process of a part: api or worker."""
        known = json.loads((self.var / "children.json").read_text())
        return next(int(pid) for pid, words in known if words.endswith(f"main.py {part}"))


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def house() -> Iterator[House]:
    """A fresh data folder, and nothing left of it afterwards; built web apps are shared with `make run`."""
    var = Path(tempfile.mkdtemp(prefix="yimen-bench-"))
    web = HOME / "var" / "web"
    web.mkdir(parents=True, exist_ok=True)
    (var / "web").symlink_to(web)
    made = House(var)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(var, ignore_errors=True)
