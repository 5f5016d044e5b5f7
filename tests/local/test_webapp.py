"""The web app's build: once for each state of the sources, never at the cost of the rest. A script plays npm."""

import json
import os
import stat
from pathlib import Path

import pytest

from local import webapp
from local.node import Node, find

from .processes import HOME, eventually, kill, line_with, python, with_mark

NPM = """#!/bin/sh
echo "$@ CI=$CI" >> calls
case "$1" in
  ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
  run) [ -e broken ] && { echo "src/App.vue: 少了一个括号"; exit 1; }
       [ -e slow ] && sleep 60
       mkdir -p dist/build/h5 && cp src/App.vue dist/build/h5/index.html ;;
esac
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    app = tmp_path / "app"
    (app / "src").mkdir(parents=True)
    (app / "package.json").write_text("{}")
    (app / "package-lock.json").write_text("{}")
    (app / "src" / "App.vue").write_text("first")
    npm = tmp_path / "npm"
    npm.write_text(NPM)
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(webapp, "find", lambda: Node(npm, [str(npm)]))
    return app


def calls(source: Path) -> list[str]:
    return (source.parent / "app" / "calls").read_text().splitlines()


def test_builds_once_for_each_state_of_the_sources(source: Path, tmp_path: Path) -> None:
    said: list[str] = []
    first = webapp.build(source, tmp_path / "var", said.append)
    assert (first / "index.html").read_text() == "first"
    assert calls(source) == ["ci --no-audit --no-fund CI=1", "run build:h5 CI=1"]
    assert said
    (source / "calls").unlink()
    assert webapp.build(source, tmp_path / "var", said.append) == first
    assert not (source / "calls").exists()
    (source / "src" / "App.vue").write_text("second")
    second = webapp.build(source, tmp_path / "var", said.append)
    assert second != first
    assert (second / "index.html").read_text() == "second"
    assert calls(source) == ["run build:h5 CI=1"]


def test_new_lock_file_installs_again(source: Path, tmp_path: Path) -> None:
    webapp.build(source, tmp_path / "var", lambda _: None)
    (source / "calls").unlink()
    (source / "package-lock.json").write_text('{"new": 1}')
    later = (source / "node_modules" / ".package-lock.json").stat().st_mtime + 5
    os.utime(source / "package-lock.json", (later, later))
    webapp.build(source, tmp_path / "var", lambda _: None)
    assert calls(source)[0].startswith("ci ")


def test_a_failed_build_says_why_and_leaves_nothing_half(source: Path, tmp_path: Path) -> None:
    (source / "broken").touch()
    with pytest.raises(webapp.BuildError, match="少了一个括号"):
        webapp.build(source, tmp_path / "var", lambda _: None)
    assert webapp.built(source, tmp_path / "var") is None


def test_without_node_it_says_so(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webapp, "find", lambda: None)
    with pytest.raises(webapp.BuildError, match="Node 20"):
        webapp.build(source, tmp_path / "var", lambda _: None)


def test_old_builds_are_forgotten(source: Path, tmp_path: Path) -> None:
    for text in "abcde":
        (source / "src" / "App.vue").write_text(text)
        newest = webapp.build(source, tmp_path / "var", lambda _: None)
    kept = list((tmp_path / "var" / "web").iterdir())
    assert len(kept) == webapp.KEPT
    assert newest in kept


def test_a_killed_build_leaves_no_process(source: Path, tmp_path: Path) -> None:
    (source / "slow").touch()
    npm = source.parent / "npm"
    code = (
        "import sys\nfrom pathlib import Path\nfrom local import webapp\nfrom local.node import Node\n"
        "webapp.find = lambda: Node(Path(sys.argv[1]), [sys.argv[1]])\n"
        "webapp.build(Path(sys.argv[2]), Path(sys.argv[3]), lambda w: print(w, flush=True))\n"
    )
    builder = python(code, str(npm), str(source), str(tmp_path / "var"))
    line_with(builder, "构建网页版")
    assert eventually(lambda: any("run" in call for call in calls(source)), 10)
    kill(builder)
    assert eventually(lambda: not with_mark(str(source))), with_mark(str(source))


@pytest.mark.parametrize(("version", "good"), [("v20.1.0", True), ("v24.0.0", True), ("v18.9.0", False), ("", False)])
def test_node_must_be_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, good: bool) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr("local.node.find_spec", lambda name: None)
    found = find()
    assert (found is not None) == good
    if found is not None:
        assert found.node == tmp_path / "node"


def test_app_names_the_script_we_run() -> None:
    package = json.loads((HOME / "miniprogram" / "package.json").read_text())
    assert "build:h5" in package["scripts"]
    assert {"lint", "type", "test"} <= set(package["scripts"])
