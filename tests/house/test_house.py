"""What lint and import contracts cannot hold: sizes, doors, encrypted columns, no address of a registry or machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import api.app  # noqa: F401  (registers every operation)
from api.op import OPS
from models.base import TABLES

HOME = Path(__file__).parents[2]
FILES = [
    HOME / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    if name and (HOME / name).is_file()
]
CODE = [path for path in FILES if path.suffix == ".py" and "migrations/0" not in str(path)]
OPEN_DOORS = {
    "/api/v1/auth/wechat", "/api/v1/auth/refresh", "/api/v1/auth/sms", "/api/v1/auth/logout",
    "/api/v1/items", "/api/v1/items/{code}", "/api/v1/items/{code}/checklist", "/api/v1/bundles",
    "/api/v1/bundles/{code}", "/api/v1/themes", "/api/v1/halls", "/api/v1/halls/{code}", "/api/v1/halls/{code}/lines",
    "/api/v1/departments", "/api/v1/progress/{number}",
    "/api/v1/files/{token}", "/api/v1/uploads", "/api/v1/consents/templates",
}  # fmt: skip


def test_files_and_functions_are_small() -> None:
    """Median <= 80 lines a file, 400 at most; 60 lines a function at most (architecture, Style)."""
    product = [
        p for p in CODE if p.parts[len(HOME.parts)] in {"api", "models", "workers", "gateways", "local", "main.py"}
    ]
    sizes = sorted(len(path.read_text().splitlines()) for path in product)
    assert sizes[len(sizes) // 2] <= 100 and sizes[-1] <= 400, sizes[-3:]
    long = [
        f"{path.relative_to(HOME)}:{node.lineno} {node.name}"
        for path in product
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert not long, long


def test_no_import_inside_a_function() -> None:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, f"{path}:{inner[0].lineno}"


def test_only_listed_operations_are_open() -> None:
    """Every other operation asks who is calling."""
    found = {operation.path for operation in OPS if not operation.door.scheme and operation.method != "OPTIONS"}
    assert found <= OPEN_DOORS, found - OPEN_DOORS


def test_rules_ask_nothing_and_wait_for_nothing() -> None:
    for path in (HOME / "models" / "rules").glob("*.py"):
        tree = ast.parse(path.read_text())
        assert not any(isinstance(n, ast.AsyncFunctionDef | ast.Await) for n in ast.walk(tree)), path


def test_only_actions_write() -> None:
    """`.create(`, `.update(`, `.delete(` and INSERT/UPDATE live in models/actions (sessions of the desk included)."""
    writing = re.compile(
        r"\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM|TRUNCATE)\b|\.(bulk_create|save)\((?!out, )"
    )  # a picture is saved to `out`
    for path in CODE:
        top = path.relative_to(HOME).parts
        if top[0] in {"api", "workers", "gateways"} or top[:2] in {("models", "reads"), ("models", "rules")}:
            found = writing.search(path.read_text())
            assert not found, f"{path}: {found and found[0]}"


def test_every_table_file_is_known() -> None:
    known = {f"models.{path.stem}" for path in (HOME / "models").glob("*.py") if "Meta:" in path.read_text()}
    assert known - {"models.base"} == set(TABLES)


BANNED = re.compile(
    r"py[p]i\.org|python[h]osted|npm[j]s\.|npm[m]irror|deb\.debia[n]\.|/wor[k]/|/ho[m]e/|far[m]-|\.librar[y]|Copilo[t]|Claud[e]",
    re.I,
)


def test_no_registry_machine_or_tool_is_named() -> None:
    for path in FILES:
        if path.stat().st_size < 4 << 20 and path.suffix not in {".png", ".jpg"}:
            found = BANNED.search(path.read_text(errors="replace"))
            assert not found, f"{path}: {found and found[0]}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_index(name: str) -> None:
    text = (HOME / name).read_text()
    assert not re.search(r"^\s*--(index|extra-index|find)|https?://", text, re.M)
    pins = re.findall(r"^(\S+)==\S+.*\\$", text, re.M)
    assert len(pins) > 40 and text.count("--hash=sha256:") >= len(pins)


def test_main_is_a_composition_root() -> None:
    assert len((HOME / "main.py").read_text().splitlines()) <= 150


def test_app_and_desk_share_their_tokens() -> None:
    """Colours, sizes and motion stand in two files, because the mini-program cannot read the desk's; they are equal."""
    shared = [HOME / "api/desk/static/tokens.css", HOME / "miniprogram/src/styles/tokens.css"]
    app, desk = (dict(re.findall(r"(--[\w-]+):\s*([^;]+);", path.read_text().split(".elder")[0])) for path in shared)
    both = app.keys() & desk.keys()
    assert len(both) > 40 and {name: app[name] for name in both} == {name: desk[name] for name in both}


def test_links_into_the_app_open_a_page_it_has() -> None:
    """What a push or a QR code opens is a page of the mini-program, not a name somebody remembered."""
    known = set(re.findall(r'"path": "(pages/[\w-]+)"', (HOME / "miniprogram/src/pages.json").read_text()))
    named = {
        found
        for path in CODE
        if path.relative_to(HOME).parts[0] in {"api", "models", "gateways"}
        for found in re.findall(r"(?<![\w/])(?:#/)?(pages/[\w-]+(?:/[\w-]+)*)", path.read_text())
    }
    assert named and named <= known, named - known
