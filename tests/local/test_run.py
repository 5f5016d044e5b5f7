"""The supervisor with real servers, the real sandbox and small programs in place of the API and the worker."""

import json
import os
import signal
import socket
import subprocess
import textwrap
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .processes import eventually, kill, line_with, python, with_mark

RUN = """
import os, sys
from pathlib import Path
import local.run, settings
local.run.MAIN = Path(sys.argv[1])
local.run.PREPARE = [sys.executable, sys.argv[1], "prepare"]
sys.exit(local.run.run(settings.read(os.environ)))
"""
MAIN = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
sys.path.insert(0, os.getcwd())
import settings
from local.servers import servers
var, word = Path(os.environ["VAR"]), sys.argv[1]
with (var / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + chr(10))
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"pid": os.getpid(), "database": os.environ["DATABASE_URL"]}).encode())
    def log_message(self, *_):
        pass
if word == "prepare":
    time.sleep(0.5)
    account = {"login": "wangfang", "password": "p w", "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}
    account |= {"role": "clerk", "name": "王芳"}
    (var / "demo-accounts.json").write_text(json.dumps([account]))
if word == "worker":
    time.sleep(600)
if word == "api":
    with servers(settings.here()):
        assert (var / "demo-accounts.json").exists()
    HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Page).serve_forever()
"""
Start = Callable[..., "subprocess.Popen[str]"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("web")
    given = {"VAR": str(tmp_path / "var"), "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    return {**given, "WEB_DIST": str(web), "DATABASE_URL": "", "REDIS_URL": "", "DEMO": ""}


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Iterator[Start]:
    main = tmp_path / "main.py"
    main.write_text(textwrap.dedent(MAIN))
    houses: list[subprocess.Popen[str]] = []

    def begin(**more: str) -> "subprocess.Popen[str]":
        houses.append(python(RUN, str(main), env={**environ, **more}))
        return houses[-1]

    yield begin
    for house in houses:
        if house.poll() is None:
            kill(house)


def page(environ: dict[str, str]) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{environ['PORT']}/", timeout=5) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def test_starts_says_where_and_leaves_nothing_after_a_polite_end(start: Start, environ: dict[str, str]) -> None:
    var = Path(environ["VAR"])
    house = start()
    line_with(house, "一门已就绪")
    shown = line_with(house, "王芳")
    assert "wangfang" in shown
    assert "JBSWY3DPEHPK3PXP" in shown
    run = json.loads((var / "run.json").read_text())
    assert run["citizen"] == f"http://127.0.0.1:{environ['PORT']}"
    assert run["desk"] == run["citizen"] + "/desk"
    assert run["sandbox"] == f"http://127.0.0.1:{environ['SANDBOX_PORT']}"
    assert run["pid"] == house.pid
    assert set(run["accounts"][0]) == {"login", "password", "totp_secret", "role", "name"}
    assert eventually(lambda: sorted((var / "calls").read_text().split()) == ["api", "prepare", "worker"], 10)
    assert page(environ)["database"].startswith("postgres://")
    with urllib.request.urlopen(run["sandbox"] + "/healthz", timeout=5) as answer:
        assert answer.status == 200
    house.send_signal(signal.SIGINT)
    assert house.wait(10) == 0
    assert not with_mark(str(var))
    assert not (var / "run.json").exists()


@pytest.mark.parametrize("stage", ["一门已就绪", "数据库和消息服务"])
def test_nothing_is_left_after_kill_nine_and_it_starts_again(start: Start, environ: dict[str, str], stage: str) -> None:
    house = start()
    line_with(house, stage)
    kill(house)
    assert eventually(lambda: not with_mark(environ["VAR"])), with_mark(environ["VAR"])
    with pytest.raises(OSError):
        page(environ)
    again = start()
    line_with(again, "一门已就绪")


def test_ends_with_make_when_make_is_killed(start: Start, environ: dict[str, str]) -> None:
    """`make` in between: the house is told when the one who started it is gone."""
    code = "import os, subprocess, sys\nsubprocess.call(sys.argv[1:])"
    house = start()  # only for its arguments
    kill(house)
    argv = [str(word) for word in house.args] if isinstance(house.args, list) else []
    assert eventually(lambda: not with_mark(environ["VAR"]))
    make = python(code, *argv, env={**environ, "WITH_PARENT": "1"})
    line_with(make, "一门已就绪")
    kill(make)
    assert eventually(lambda: not with_mark(environ["VAR"])), with_mark(environ["VAR"])


def test_what_dies_is_started_again(start: Start, environ: dict[str, str]) -> None:
    house = start()
    line_with(house, "一门已就绪")
    first = int(page(environ)["pid"])
    os.kill(first, signal.SIGKILL)
    line_with(house, "api 意外结束")

    def another() -> bool:
        try:
            return int(page(environ)["pid"]) != first
        except OSError:
            return False

    assert eventually(another, 10)
    postgres = int((Path(environ["VAR"]) / "postgres" / "postmaster.pid").read_text().split("\n")[0])
    os.kill(postgres, signal.SIGKILL)
    line_with(house, "Postgres 意外结束")
    pid_file = Path(environ["VAR"]) / "postgres" / "postmaster.pid"

    def fresh() -> bool:
        try:
            text = pid_file.read_text()
        except FileNotFoundError:  # it goes and comes while one looks
            return False
        return "ready" in text and not text.startswith(f"{postgres}\n")

    assert eventually(fresh, 15)


def test_second_start_says_who_runs(start: Start, environ: dict[str, str]) -> None:
    house = start()
    line_with(house, "一门已就绪")
    second = start()
    said = line_with(second, "already_running")
    assert str(house.pid) in said
    assert environ["PORT"] in said
    assert second.wait(10) == 1
    assert page(environ)


def test_busy_port_is_named(start: Start, environ: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environ["PORT"])))
        taken.listen()
        house = start()
        said = line_with(house, "port_busy")
        assert "PORT" in said
        assert environ["PORT"] in said
        assert house.wait(10) == 1
    assert not with_mark(environ["VAR"])


def test_program_that_cannot_start_is_shown_with_its_last_words(
    start: Start, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(
        "import sys, time\nif sys.argv[1] == 'api': sys.exit('端口坏了')\nif sys.argv[1] == 'worker': time.sleep(60)"
    )
    house = start()
    line_with(house, "端口坏了")
    line_with(house, "not_ready")
    assert house.wait(15) == 1
    assert not with_mark(environ["VAR"])


def test_failed_preparation_ends_the_start(start: Start, environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "import sys, time\nif sys.argv[1] == 'prepare': sys.exit('第 3 行有误')\ntime.sleep(60)"
    )
    house = start()
    line_with(house, "第 3 行有误")
    line_with(house, "prepare_failed")
    assert house.wait(15) == 1
    assert not with_mark(environ["VAR"])
