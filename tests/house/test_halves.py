"""One process carries one half of the house: what a command does not need is not read in."""

import subprocess
import sys
from pathlib import Path

import pytest

import main

HOME = Path(__file__).parents[2]
LOADED = "import sys, main; main.half(sys.argv[1]) if sys.argv[1] else 0; print(*sys.modules, sep=chr(10))"
WEB = {"api", "starlette", "uvicorn", "jinja2", "PIL", "argon2"}
LOADING = {"pypinyin", "yaml"}


def loaded(half: str) -> set[str]:
    """Top-level packages in a fresh process that has read in main.py and one half."""
    said = subprocess.run([sys.executable, "-c", LOADED, half], cwd=HOME, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in said.stdout.split()}


@pytest.mark.parametrize(
    ("half", "without"),
    [
        ("", WEB | LOADING | {"workers"}),
        ("worker", WEB | LOADING),
        ("api", {"workers"}),
        ("county", {"starlette", "jinja2", "workers"}),
    ],
)
def test_a_process_reads_in_its_own_half_only(half: str, without: set[str]) -> None:
    found = loaded(half)
    assert {"models", "gateways", "tortoise"} <= found
    assert not found & without


@pytest.mark.parametrize(
    ("half", "names"),
    [
        ("api", ["application", "serve"]),
        ("worker", ["work"]),
        ("county", ["load", "check"]),
        ("run", ["run"]),
        ("staff", ["perform"]),
        ("sweep", ["perform"]),
        ("clock", ["perform"]),
        ("flow", ["show"]),
    ],
)
def test_each_half_has_what_its_command_calls(half: str, names: list[str]) -> None:
    """`half` hides the module from the type checker, so this looks instead."""
    assert all(callable(getattr(main.half(half), name)) for name in names)
    assert set(main.HALVES) == {"api", "worker", *main.LOCAL}
