"""A log line stays one line, whatever a stranger writes into a path."""

import json

import pytest

from local.logs import as_line


@pytest.mark.parametrize("strange", ["\x85", "\u2028", "\u2029", "\x9b31m", "\u202e", "\x7f", "\n", "\r", "\x1b[2J"])
def test_no_character_ends_the_line_or_speaks_to_the_terminal(strange: str) -> None:
    line = as_line({"event": "request", "path": f"/api/v1/uploads/{strange}"})
    assert line.splitlines() == [line]
    assert line.isprintable()
    assert json.loads(line)["path"] == f"/api/v1/uploads/{strange}"


def test_chinese_stays_readable() -> None:
    assert "办件" in as_line({"event": "办件"})


def test_half_a_character_can_be_written() -> None:
    assert as_line({"event": "\ud800"}).encode() == rb'{"event": "\ud800"}'
