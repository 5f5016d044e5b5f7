"""Our own Valkey: real processes, real kills."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from local.process import LocalError
from local.valkey import Valkey

from .processes import eventually, kill, line_with, python, with_mark

PARENT = """
import sys, time
from pathlib import Path
from redis import Redis
from local.valkey import Valkey
server = Valkey(Path(sys.argv[1]))
server.start()
with Redis.from_url(server.url) as client:
    client.set("kept", "yes")
print("ready", server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path / "vk")
    yield valkey
    valkey.stop()


def test_starts_speaks_and_keeps_data(server: Valkey) -> None:
    server.start()
    with Redis.from_url(server.url) as client:
        client.set("kept", "yes")
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    server.stop()
    assert not with_mark(str(server.data))
    server.start()
    with Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"


def test_jobs_of_a_killed_worker_are_free_after_the_start(server: Valkey) -> None:
    server.start()
    with Redis.from_url(server.url) as client:
        client.set("arq:in-progress:one", 1)
        client.set("arq:job:one", 1)
    server.stop()
    server.start()
    with Redis.from_url(server.url) as client:
        assert client.keys("arq:*") == [b"arq:job:one"]


def test_long_paths_get_a_short_socket(tmp_path: Path) -> None:
    server = Valkey(tmp_path / ("x" * 120) / "vk")
    before = server.url
    assert "/yimen-" in before
    server.start()
    try:
        assert server.url == before
        with Redis.from_url(server.url) as client:
            assert client.ping()
    finally:
        server.stop()
    assert not with_mark(str(server.data))
    assert not Path(before.split("unix://")[1].split("?")[0]).exists()


def test_second_owner_is_told_who_holds_it(server: Valkey) -> None:
    server.start()
    with pytest.raises(LocalError) as refused:
        Valkey(server.data).start()
    assert refused.value.code == "valkey_locked"
    assert str(os.getpid()) in refused.value.words
    with Redis.from_url(server.url) as client:
        assert client.ping()


def test_nothing_is_left_when_the_parent_is_killed_and_data_survive(tmp_path: Path) -> None:
    data = tmp_path / "vk"
    parent = python(PARENT, str(data))
    line_with(parent, "ready")
    assert with_mark(str(data))
    kill(parent)
    assert eventually(lambda: not with_mark(str(data))), with_mark(str(data))
    server = Valkey(data)
    server.start()
    try:
        with Redis.from_url(server.url) as client:
            assert client.get("kept") == b"yes"
    finally:
        server.stop()


def test_left_over_server_is_ended_before_its_file_is_shared(server: Valkey) -> None:
    server.start()
    with Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    server._lock.release()  # as if the owner had been killed, and the server had not noticed
    again = Valkey(server.data)
    again.start()
    try:
        assert server._process is not None
        assert server._process.wait(5) == 0
        with Redis.from_url(again.url) as client:
            assert client.get("kept") == b"yes"
    finally:
        again.stop()


def test_stale_pid_file_of_somebody_else(server: Valkey) -> None:
    server.data.mkdir()
    stranger = python("import time; time.sleep(60)")
    (server.data / "valkey.pid").write_text(str(stranger.pid))
    try:
        server.start()
        assert stranger.poll() is None
    finally:
        kill(stranger)


def test_killed_server_is_noticed(server: Valkey) -> None:
    server.start()
    assert not server.fallen
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert eventually(lambda: server.fallen)


def test_without_the_wheel_it_names_both_urls(server: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.valkey.find_spec", lambda name: None)
    with pytest.raises(LocalError) as refused:
        server.start()
    assert refused.value.code == "valkey_missing"
    assert "DATABASE_URL" in refused.value.words
    assert "REDIS_URL" in refused.value.words
