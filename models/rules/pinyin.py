"""Readings of single characters from pypinyin's table, every one of them: 行 -> xing, hang, heng.

The table is read straight from the package's data. Importing pypinyin itself brings its 47,000 phrases along, 57 MB in
every process; with all readings of a character at hand the phrases are not needed.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

MOST = 4  # rarer readings than these are names of rivers and ancient clans
FIRST, LAST = 0x4E00, 0x9FFF


def sounds(text: str) -> list[list[str]]:
    """The readings of each character without tones, the usual one first. Letters and digits stand for themselves."""
    table = _table()
    return [table.get(char, char).split() or [char] for char in text]


@cache
def _table() -> dict[str, str]:
    """Character -> its readings, joined by a blank; read once, on first use."""
    package = find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("pypinyin is not installed")
    raw = json.loads((Path(package.submodule_search_locations[0]) / "pinyin_dict.json").read_text("utf-8"))
    return {chr(int(code)): _plain(marked) for code, marked in raw.items() if FIRST <= int(code) <= LAST}


def _plain(marked: str) -> str:
    """kāi,kǎi -> kai; lǜ -> lv."""
    letters = unicodedata.normalize("NFD", marked).replace("u\u0308", "v")
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return sys.intern(" ".join(list(dict.fromkeys(bare.split(",")))[:MOST]))
