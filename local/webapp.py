"""The web app, built once for each state of its sources and kept under `VAR/web/<hash>`."""

import hashlib
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from local import npm
from local.node import Node, find
from local.process import Lock, spawn, stop
from settings import HOME

SKIPPED = {"node_modules", "dist", "unpackage", "tests", ".git"}
LOCK = ".build.lock"
OUTPUT = Path("dist") / "build" / "h5"
KEPT = 3
LIMIT = 15 * 60  # seconds for one step
Say = Callable[[str], None]


class BuildError(Exception):
    """The web app was not built; the words say why. Everything else can run without it."""


def fingerprint(source: Path) -> str:
    """The hash of everything the build reads."""
    digest = hashlib.sha256()
    for path in _sources(source):
        digest.update(path.relative_to(source).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _sources(source: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        yield from (Path(folder) / name for name in sorted(names) if name != LOCK)


def built(source: Path, var: Path) -> Path | None:
    """The web app made from these very sources, if it has been made."""
    folder = var / "web" / fingerprint(source)
    return folder if (folder / "index.html").is_file() else None


def build(source: Path, var: Path, say: Say) -> Path:
    """The folder of the built web app, made now if need be. `say` gets a line at each step.

    Raises BuildError when there are no sources, no Node, or a step fails.
    """
    if not (source / "package.json").is_file():
        raise BuildError("没有找到小程序的源文件")
    done = built(source, var)
    if done is not None:
        return done
    node = find()
    if node is None:
        raise BuildError("这台机器上没有 Node 20 或更新的版本，网页版这次不构建；装好 Node 后再启动一次即可")
    lock = Lock(source / LOCK)
    while not lock.take():
        say(f"另一个进程（{lock.holder()}）正在构建网页版，等它结束")
        time.sleep(2)
    try:
        return built(source, var) or _build(source, var, node, say)
    finally:
        lock.release()


def _build(source: Path, var: Path, node: Node, say: Say) -> Path:
    log = var / "log" / "web.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    mark = fingerprint(source)
    if not _installed(source):
        _step([*node.npm, "ci", "--no-audit", "--no-fund"], source, node, log, say, "取来构建工具")
    _step([*node.npm, "run", "build:h5"], source, node, log, say, "构建网页版")
    if not (source / OUTPUT / "index.html").is_file():
        raise BuildError(f"构建没有产出网页，过程见 {log}")
    folder = var / "web" / mark
    fresh = folder.with_name(mark + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source / OUTPUT, fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    os.utime(folder)  # the copy kept the time of the original
    _forget_old(folder.parent)
    return folder


def _installed(source: Path) -> bool:
    """npm writes its hidden lock file last, so one newer than ours means a whole, current installation."""
    ours, theirs = source / "package-lock.json", source / "node_modules" / ".package-lock.json"
    return theirs.is_file() and ours.is_file() and theirs.stat().st_mtime >= ours.stat().st_mtime


def _step(argv: list[str], source: Path, node: Node, log: Path, say: Say, title: str) -> None:
    """Run one command under the guard, with a line every few seconds."""
    env = {**npm.environ(node), "PYTHONPATH": str(HOME)}
    began = time.monotonic()
    say(f"{title} …")
    process = spawn(
        [sys.executable, "-m", "local.guard", *argv], death=signal.SIGTERM, env=env, log=log, cwd=source
    )  # fmt: skip
    shown = 0.0
    try:
        while process.poll() is None:
            passed = time.monotonic() - began
            if passed > LIMIT:
                raise BuildError(f"{title}超过 {LIMIT // 60} 分钟没有完成，过程见 {log}")
            if passed - shown >= 5:
                shown = passed
                say(f"{title} … {passed:.0f} 秒　{_last_line(log)}")
            time.sleep(0.1)
    finally:
        stop(process, signal.SIGTERM, 3)
    if process.returncode != 0:
        raise BuildError(f"{title}没有成功：{_last_line(log)}（过程见 {log}）")


def _last_line(log: Path) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f]", "", line).strip() for line in text.splitlines()]
    return next((line[:100] for line in reversed(lines) if line), "")


def _forget_old(folder: Path) -> None:
    """Keep the newest few builds."""
    builds = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in builds[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
