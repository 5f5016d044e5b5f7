"""`make run`: the whole house on one machine, watched until somebody stops it."""

import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType

from local import keyfile, outside, webapp
from local.children import Child
from local.process import LocalError, Lock, end_left_over, leave_with_parent, spawn, stop
from local.servers import GATE, Servers
from local.show import Show, addresses, demo_accounts, write_private
from settings import HOME, SettingError, Settings

MAIN = HOME / "main.py"
READY_WITHIN = 60.0
# glibc keeps an arena a thread and gives freed memory back late: an idle worker would hold on to photographs
THRIFT = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
PREPARE = [sys.executable, "-m", "local.prepare"]


class Stopped(BaseException):
    """Somebody asked us to end."""


def run(settings: Settings) -> int:
    """Start everything, say where it is, stay until told to stop. Returns the exit status.

    With WITH_PARENT=1 in the environment (set by `make run`) the house also ends when the process that started it
    is gone.
    """
    if os.environ.get("WITH_PARENT") == "1":
        leave_with_parent()
    show = Show()
    house = House(settings, show)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        house.open()
        house.watch()
    except Stopped:
        return 0
    except (LocalError, SettingError) as error:
        show.say(str(error), "bold red")
        return 1
    finally:
        house.close()
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


class House:
    """The servers, the programs and the files of one running house."""

    def __init__(self, settings: Settings, show: Show) -> None:
        self.settings = settings
        self.show = show
        self._began = time.monotonic()
        self._gate = Lock(settings.var / "prepare.lock")
        self._lock = Lock(settings.var / "run.lock")
        self._locked = False
        self._servers = Servers(settings)
        self._children: list[Child] = []

    def open(self) -> None:
        self._take_folder()
        _free_port("PORT", self.settings.host, self.settings.port)
        if self.settings.brings_sandbox:
            _free_port("SANDBOX_PORT", "127.0.0.1", self.settings.sandbox_port)
        keyfile.ensure(self.settings)
        with self.show.step("数据库和消息服务"):
            self._servers.start()
        self.settings = outside.with_departments(self._servers.settings)
        self._build_web()
        (self.settings.var / "log").mkdir(exist_ok=True)
        self._gate.take()
        env = {**os.environ, **THRIFT, **self.settings.environ()}
        waiting = {**env, GATE: str(self._gate.path)}
        self._start("api", [sys.executable, str(MAIN), "api"], waiting)
        if self.settings.brings_sandbox:
            self._start("sandbox", outside.command(self.settings), env)
        self._prepare(env)
        self._gate.release()
        self._start("worker", [sys.executable, str(MAIN), "worker"], waiting)
        with self.show.step("启动服务"):
            self._await_ready()
        self._note_children()
        accounts = demo_accounts(self.settings)
        urls = {"citizen": "", "desk": "", "sandbox": "", **addresses(self.settings)}
        write_private(self._run_file, {**urls, "accounts": accounts, "pid": os.getpid()})
        self.show.ready(self.settings, accounts, time.monotonic() - self._began)

    def watch(self) -> None:
        """Until a signal comes: whatever dies is started again."""
        while True:
            for server in self._servers.fallen():
                self.show.say(f"{type(server).__name__} 意外结束，重新启动", "yellow")
                server.stop()
                self._restart(server.start)
            for child in self._children:
                before = child.pid
                child.watch(self._warn)
                if child.pid != before:
                    self._note_children()
            time.sleep(0.2)

    def close(self) -> None:
        """API first, then the worker, then the rest; a second Ctrl-C ends the programs at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._hurry())
        if not self._locked:
            return
        if self._children:
            self.show.say("正在停止 …")
        for name, seconds in (("api", 10.0), ("worker", 10.0), ("sandbox", 3.0)):
            for child in self._children:
                if child.name == name:
                    child.stop(seconds)
        self._servers.stop()
        self._gate.release()
        with suppress(OSError):
            for file in (self._run_file, self._children_file):
                file.unlink(missing_ok=True)
        self._lock.release()

    @property
    def _run_file(self) -> Path:
        return self.settings.var / "run.json"

    @property
    def _children_file(self) -> Path:
        return self.settings.var / "children.json"

    def _warn(self, words: str) -> None:
        self.show.say(words, "yellow")

    def _hurry(self) -> None:
        for child in self._children:
            child.kill()

    def _take_folder(self) -> None:
        """Make the data folder ours, and end what a killed run may have left where the kernel does not do it."""
        try:
            self.settings.var.mkdir(mode=0o755, parents=True, exist_ok=True)
            self._locked = self._lock.take()
        except OSError as error:
            raise SettingError("VAR", f"{self.settings.var} 写不进去（{error.strerror}），应为可写的目录") from error
        if not self._locked:
            raise LocalError(
                "already_running",
                f"一门已在运行（进程号 {self._lock.holder()}，数据目录 {self.settings.var}）{self._where()}。"
                "要再开一个，请另设 PORT= 和 VAR=",
            )
        with suppress(OSError, ValueError):
            for pid, mark in json.loads(self._children_file.read_text()):
                end_left_over(int(pid), str(mark), signal.SIGTERM)
        self._run_file.unlink(missing_ok=True)

    def _where(self) -> str:
        try:
            return f"，地址 {json.loads(self._run_file.read_text())['citizen']}"
        except (OSError, ValueError, KeyError):
            return ""

    def _build_web(self) -> None:
        """The web app is one way in of several: without it the house runs on, and says so."""
        if self.settings.web_dist is not None:
            return
        source = HOME / "miniprogram"
        folder = webapp.built(source, self.settings.var)
        if folder is None:
            try:
                with self.show.step("网页版"):
                    folder = webapp.build(source, self.settings.var, self.show.say)
            except (webapp.BuildError, OSError) as error:
                self._warn(f"网页版没有构建：{error}。其余部分照常运行。")
        self.settings = replace(self.settings, web_dist=folder)

    def _prepare(self, env: dict[str, str]) -> None:
        """The database up to date, while the API is being read in and waits at the gate."""
        log = self.settings.var / "log" / "prepare.log"
        log.unlink(missing_ok=True)
        with self.show.step("数据库结构和本县数据"):
            process = spawn(PREPARE, death=signal.SIGKILL, env=env, cwd=HOME, log=log)
            try:
                process.wait()
            finally:
                stop(process, signal.SIGTERM, 5)
            lines = log.read_text(errors="replace").splitlines()
            if process.returncode != 0:
                self.show.say("\n".join(lines[-60:]))
                raise LocalError("prepare_failed", f"数据库没有准备好，原因见上，全文在 {log}")
        for line in lines:
            if not line.startswith(" "):  # one indented line for each row: those are for the log
                self.show.say(f"    {line}")

    def _start(self, name: str, argv: list[str], env: dict[str, str]) -> None:
        child = Child(name, argv, env, self.settings.var / "log" / f"{name}.log", HOME)
        self._children.append(child)
        child.start()
        self._note_children()

    def _note_children(self) -> None:
        write_private(self._children_file, [(child.pid, child.mark) for child in self._children if child.pid])

    def _restart(self, start: Callable[[], None]) -> None:
        """A server that was killed may need a moment until its own children are gone."""
        for pause in (0.2, 0.5, 1.0, 2.0, 4.0):
            try:
                return start()
            except LocalError as error:
                self._warn(str(error))
                time.sleep(pause)
        return start()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not (_answers(self.settings) and (not self.settings.brings_sandbox or _listens(self.settings))):
            for child in self._children:
                child.watch(self._warn)
            late = [c for c in self._children if c.name == "api"] if time.monotonic() > deadline else []
            for child in [c for c in self._children if c.deaths >= 3] or late:
                self.show.say(child.tail())
                raise LocalError("not_ready", f"{child.name} 没有启动成功，以上是日志 {child.log} 的末尾")
            time.sleep(0.05)


def _free_port(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                name, f"端口 {port} 用不了（{error.strerror}），请换一个空闲的端口，如 PORT={port + 10}", "port_busy"
            ) from error


def _answers(settings: Settings) -> bool:
    """Does /readyz say yes?"""
    connection = http.client.HTTPConnection(settings.address.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _listens(settings: Settings) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", settings.sandbox_port), timeout=1):
            return True
    except OSError:
        return False
