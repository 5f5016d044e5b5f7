"""Sheets one writes on before a verb is performed: their fields, and beside them the paper as it will print."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateways.press import PaperContent
from models.base import Refusal

MOST_DAYS = 3660


@dataclass(frozen=True)
class Field:
    """One field. kind: words (a text area), pick (one of a few), list (one of many), days (a number), when (a date),
    lines (what is wrong with each material and what to make of it, by `defect:CODE` and `fix:CODE` of `held`).

    `redraw`: choosing another value draws the paper anew. `slot`: what is typed appears in the paper at once.
    """

    name: str
    label: str
    kind: str = "words"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    starters: tuple[str, ...] = ()
    hint: str = ""
    keep: str = ""
    needed: bool = True
    redraw: bool = False
    slot: bool = False
    most: int = 2000
    held: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A sheet: where it is sent, which version it saw, its fields, the facts beside it or its paper (`doc`)."""

    title: str
    action: str
    version: int
    seen: str
    words: str
    fields: tuple[Field, ...]
    note: str = ""
    icon: str = "send"
    key: str = "F9"
    back: str = "?"
    why: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    doc: PaperContent | None = None
    hidden: tuple[tuple[str, str], ...] = ()


def number(text: str, words: str, *, least: int = 1) -> int:
    """A number of days as typed; refused in words when it is none."""
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= MOST_DAYS:
        raise Refusal("days_needed", 422, words)
    return int(text)


def options(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(pairs)


def seen_words(words: str, version: int) -> str:
    """What the page showed when it was opened, to be compared after a refusal."""
    return f"{words} · 第 {version} 版"
