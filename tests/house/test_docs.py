"""What the documents say is so: every stable code has its line, every setting both READMEs, every link its end."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.problem import BROKEN, BUSY, STATUS_CODES
from local import flow
from local.flow_drawing import drawing
from models.rules.advice import ADVICE, REFUSALS
from models.rules.flow import MACHINES
from settings import read

HOME = Path(__file__).parents[2]
DOCS = [HOME / "README.md", HOME / "README.zh.md", HOME / "CHANGELOG.md", *sorted((HOME / "docs").rglob("*.md"))]
SOURCES = sorted(
    path for part in ("api", "models", "workers", "gateways", "local") for path in (HOME / part).rglob("*.py")
) + [HOME / "main.py", HOME / "settings.py"]
CODE_PLACE = {"Refusal": 0, "LocalError": 0, "SettingError": 2, "written": 1}  # which argument is the code
CODE = re.compile(r"[a-z][a-z0-9_]{2,40}")


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    by_name = [word.value for word in node.keywords if word.arg == name]
    return node.args[place] if len(node.args) > place else by_name[0] if by_name else None


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def codes_of(tree: ast.Module) -> set[str]:
    """Codes written where a refusal is made, and those handed to a function that makes one of its argument."""
    found: set[str] = set()
    makers: dict[str, tuple[int, str]] = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = [each.arg for each in function.args.args]
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and called(node) in CODE_PLACE:
                given = argument(node, CODE_PLACE[called(node)], "code")
                if isinstance(given, ast.Name) and given.id in names:
                    makers[function.name] = (names.index(given.id), given.id)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = CODE_PLACE.get(called(node))
            if place is not None:
                found.add(constant(argument(node, place, "code")) or "")
            elif called(node) in makers:
                found.add(constant(argument(node, *makers[called(node)])) or "")
    return found - {""}


def every_code() -> set[str]:
    found = {code for code, _ in STATUS_CODES.values()} | {BUSY.code, BROKEN.code, "setting_invalid"}
    for path in SOURCES:
        found |= codes_of(ast.parse(path.read_text()))
    return found


def test_codes_are_found_in_every_way_they_are_written():
    tree = ast.parse(
        "def no(code, words):\n    return Refusal(code, 422, words)\n"
        "no('by_helper', 'x')\nRefusal('plain', 404, 'x')\nbase.Refusal(code='named', status=1, words='x')\n"
        "SettingError('PORT', 'x', 'third')\n"
    )
    assert codes_of(tree) == {"by_helper", "plain", "named", "third"}
    assert {"stale_version", "opinion_needed", "sms_code_wrong", "wechat_code_invalid"} <= every_code()


def test_every_code_stands_in_the_table_of_errors():
    told = set(re.findall(r"`([a-z0-9_]+)`", (HOME / "docs" / "errors.md").read_text()))
    missing = (every_code() | set(ADVICE) | set(REFUSALS)) - told
    assert not missing, f"docs/errors.md lacks {sorted(missing)}"


def test_the_table_of_errors_names_no_code_that_is_gone():
    listed = re.findall(r"^\| (`[^|]+) \|", (HOME / "docs" / "errors.md").read_text(), re.M)
    named = {code for cell in listed for code in re.findall(r"`([a-z0-9_]+)`", cell) if CODE.fullmatch(code)}
    gone = named - every_code() - set(ADVICE) - set(REFUSALS)
    assert not gone, f"docs/errors.md still has {sorted(gone)}"


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "docs/manual/it.md"])
def test_every_setting_is_told(name: str):
    text = (HOME / name).read_text()
    settings = [*read({}).environ(), "_KEY_ID", "_KEY", "_URL"]
    missing = [setting for setting in settings if not re.search(rf"`[^`]*{setting}(=[^`]*)?`", text)]
    assert not missing, f"{name} lacks {missing}"


def plain(text: str) -> str:
    """The text without its code blocks, where brackets are code and not links."""
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(HOME)))
def test_every_link_leads_somewhere(path: Path):
    targets = re.findall(r"\]\(([^)\s]+)\)", plain(path.read_text()))
    inner = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    gone = [target for target in inner if target and not (path.parent / target).exists()]
    assert not gone, f"{path.relative_to(HOME)} points to {gone}"


def test_every_command_of_make_that_is_told_exists():
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text(), re.M))
    for path in DOCS:
        told = set(re.findall(r"`make ([a-z-]+)", path.read_text()))
        assert told <= targets, f"{path.relative_to(HOME)}: {told - targets}"


def test_every_decision_is_listed_and_short():
    folder = HOME / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    decisions = sorted(folder.glob("0*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text()
        assert path.name in index, path.name
        assert len(text.splitlines()) <= 70, path.name
        for part in ("## Context", "## Decision", "## Consequences", "## Alternatives"):
            assert part in text, f"{path.name} lacks {part}"


def test_the_state_sheet_in_the_documents_is_the_one_in_force():
    """Made again and compared byte for byte: `python main.py flow --svg docs/state-sheet.svg` brings it up to date."""
    docs = HOME / "docs"
    assert (docs / "state-sheet.svg").read_bytes() == drawing(flow.SHEETS).encode()
    assert (docs / "state-sheet.md").read_bytes() == flow.markdown("state-sheet.svg").encode()


def test_the_state_sheet_is_shown_without_a_database(tmp_path: Path):
    """Two fresh processes, no server, no settings: the same bytes, and every verb on the terminal."""
    seen = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        said = subprocess.run(
            [sys.executable, "main.py", "flow", "--svg", str(tmp_path / name / "sheet.svg")], cwd=HOME,
            capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )  # fmt: skip
        seen.append([(tmp_path / name / f"sheet.{end}").read_bytes() for end in ("svg", "md")])
    assert seen[0] == seen[1]
    assert all(verb in said.stdout for steps in MACHINES.values() for verb in steps)
    assert not said.stderr
