"""Reading 230 KB of YAML with its line numbers takes a second; within this folder each text is read once."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from models.rules import county_shapes
from models.rules.yamlfile import Source, parse


@lru_cache(maxsize=200)
def _read(file: str, text: str) -> Source:
    return parse(file, text)


def _parse(file: str, text: str) -> Source:
    read = _read(file, text)
    return Source(read.file, read.tree, read.data, list(read.problems))


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(county_shapes, "parse", _parse)
        yield
