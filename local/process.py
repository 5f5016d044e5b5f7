"""Children that never outlive us, and the lock that keeps a folder for one owner.

Linux tells a child when its parent is gone (PR_SET_PDEATHSIG); elsewhere the next start clears what was left.
"""

import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LINUX = sys.platform == "linux"
SOCKET_PATH_MAX = 100  # the kernel's limit is 108 bytes with the closing NUL, 104 on macOS

_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_NO_SETUID_FIXUP = 1 << 2  # without it access(2) ignores the right we keep, and initdb asks access(2)
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)


class LocalError(Exception):
    """Something this machine must offer is not there. `code` is stable, the words say what to do."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{words}（{code}）")
        self.code, self.words = code, words


@dataclass(frozen=True)
class User:
    """Who a child runs as. `reach` is set where folders closed to that user lie on the way to its files."""

    uid: int
    gid: int
    reach: bool = False


class Lock:
    """An exclusive lock file. It falls with its owner, however that ends, and says who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> bool:
        """True when the lock is ours now; False when somebody living has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._file = handle
        return True

    def holder(self) -> int | None:
        """The process id written by the one who holds it."""
        try:
            return int(self.path.read_text() or "0") or None
        except (OSError, ValueError):
            return None

    def wait(self) -> None:
        """Until nobody holds it."""
        with suppress(FileNotFoundError):
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_SH)
            finally:
                os.close(handle)

    def words(self) -> str:
        folder = self.path.with_suffix("")
        return f"{folder} 正由另一个进程使用（进程号 {self.holder()}），请先结束它，或用 VAR= 换一个数据目录"

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def spawn(
    argv: list[str],
    *,
    death: signal.Signals,
    user: User | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that gets `death` when we die. Call from the main thread: the kernel watches it.

    With `log` both outputs are added to that file; otherwise they stay those of this process.
    """
    before = _before_exec(os.getpid(), death, user)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600) if log else None
    try:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=handle, stderr=handle, env=env, cwd=cwd, start_new_session=True,
            preexec_fn=before,
        )  # fmt: skip
    finally:
        if handle is not None:
            os.close(handle)


def leave_with_parent() -> None:
    """End this very process when the one that started it is gone (Linux)."""
    if LINUX:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _before_exec(parent: int, death: signal.Signals, user: User | None) -> Callable[[], None]:
    """What the child does between fork and exec. The death signal comes last: changing the user clears it."""

    def prepare() -> None:
        if user is not None:
            become(user)
        if LINUX:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death), 0, 0, 0)
            if os.getppid() != parent:  # died in between
                os._exit(1)

    return prepare


def become(user: User) -> None:
    """Drop from root to `user`; with `reach` keep one right of root, that of passing closed folders."""
    if user.reach:
        _libc.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)
    if user.reach:
        _keep(_CAP_DAC_READ_SEARCH) or _keep(_CAP_DAC_OVERRIDE)


def _keep(capability: int) -> bool:
    """Carry one Linux capability over the coming exec; False where we never had it."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bits = 1 << capability
    sets = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
    if _libc.capset(header, sets) != 0:
        return False
    return bool(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)


def service_user(data: Path, needs: list[Path]) -> User | None:
    """The ordinary user a server runs as when we are root; None when we are an ordinary user already.

    Whoever owns `data` stays its owner; otherwise `postgres` where there is one, else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        found = (owner.st_uid, owner.st_gid)
    else:
        found = next((p.pw_uid, p.pw_gid) for p in map(_account, ("postgres", "nobody")) if p is not None)
    closed = any(not _passable(path, *found) for path in needs)
    return User(*found, reach=closed and LINUX)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _passable(path: Path, uid: int, gid: int) -> bool:
    """May this user walk down to `path`?"""
    for folder in path.resolve().parents:
        info = folder.stat()
        right = stat.S_IXUSR if info.st_uid == uid else stat.S_IXGRP if info.st_gid == gid else stat.S_IXOTH
        if not info.st_mode & right:
            return False
    return True


def socket_folder(data: Path, name: str, user: User | None) -> Path:
    """A folder for the socket `name`: `data` itself, or one in the temp folder when that path is too long.

    The answer depends on `data` alone, so that others find the socket without asking.
    """
    if len(os.fsencode(data / name)) <= SOCKET_PATH_MAX:
        return data
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"yimen-{mark}"
    uid = user.uid if user else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, user.uid, user.gid)
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != uid or info.st_mode & 0o077:
        raise LocalError("socket_folder_taken", f"{folder} 已被别人占用，请删去它，或用 VAR= 换一个较短的数据目录")
    return folder


def forget_sockets(data: Path, folder: Path) -> None:
    """Remove the folder in the temp folder, where there was one."""
    if folder != data:
        shutil.rmtree(folder, ignore_errors=True)


def stop(process: subprocess.Popen[bytes], polite: signal.Signals, seconds: float) -> int:
    """Ask a child to end, wait, then insist on its whole group. Returns its exit status."""
    if process.poll() is None:
        process.send_signal(polite)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
    return process.wait()


def kill_group(pid: int) -> None:
    """End every process of the session `pid` leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def command(pid: int) -> str:
    """The command line of a living process; empty when there is none, or it is a zombie."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    asked = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def end_left_over(pid: int, mark: str, polite: signal.Signals, seconds: float = 5.0) -> bool:
    """Clear a server an earlier, killed run left behind: only a process whose command line holds `mark`.

    Returns True when none is left.
    """
    deadline = time.monotonic() + seconds
    asked = False
    while mark in command(pid):
        if not asked:
            _signal(pid, polite)
            asked = True
        if time.monotonic() > deadline:
            _signal(pid, signal.SIGKILL)
            time.sleep(0.2)
            return mark not in command(pid)
        time.sleep(0.02)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
