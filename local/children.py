"""One program of the house: started, watched, started again when it dies, stopped politely."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from local.process import kill_group, spawn, stop

HEALTHY = 30.0  # seconds after which an earlier death is forgotten
LONGEST = 15.0


class Child:
    """`start()` once, then `watch()` often. Its words go to `log`."""

    def __init__(self, name: str, argv: list[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.name, self.log = name, log
        self.deaths = 0
        self._argv, self._env, self._cwd = argv, env, cwd
        self._process: subprocess.Popen[bytes] | None = None
        self._began = self._again_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._began = time.monotonic()
        self._process = spawn(self._argv, death=signal.SIGKILL, env=self._env, log=self.log, cwd=self._cwd)

    def watch(self, say: Callable[[str], None]) -> None:
        """Start it again after a death: at once the first time, then with longer and longer pauses."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._again_at:
                self.start()
            return
        status = self._process.poll()
        if status is None:
            return
        kill_group(self._process.pid)  # whatever it had started itself
        self._process = None
        self.deaths = 1 if now - self._began > HEALTHY else self.deaths + 1
        pause = 0.0 if self.deaths == 1 else min(LONGEST, 0.5 * 2 ** (self.deaths - 2))
        self._again_at = now + pause
        when = f"{pause:.1f} 秒后" if pause else "马上"
        say(f"{self.name} 意外结束（状态 {status}），{when}重新启动；日志见 {self.log}")

    @property
    def mark(self) -> str:
        """What its command line holds."""
        return " ".join(self._argv)

    def kill(self) -> None:
        if self._process is not None:
            kill_group(self._process.pid)

    def stop(self, seconds: float) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGTERM, seconds)
            kill_group(self._process.pid)
            self._process = None

    def tail(self, lines: int = 12) -> str:
        """The last words it wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
