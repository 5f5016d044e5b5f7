"""The published acceptance standards of a material, one by one, and the sentence each writes into a one-time notice.

A clerk does not invent defects: a standard that is not met writes its own published sentence (R28). The sentences of a
material are kept as its note; what the clerk adds in own words stands at the end as `另：…（改成：…）`.
"""

import re
from dataclasses import dataclass
from typing import Any

MOST_NOTE = 300  # CaseMaterial.note
_OWN = re.compile(r"另：(?P<defect>.+?)（改成：(?P<fix>.+?)）$")


@dataclass(frozen=True)
class Standard:
    """One standard: its number at the desk, its words, what is wrong when it is not met, and what to make of it."""

    n: int
    words: str
    defect: str
    fix: str


@dataclass(frozen=True)
class Defect:
    """One line of a notice."""

    defect: str
    fix: str


def standards(name: str, standard: str, *, handed_in: bool, on_paper: bool = False) -> list[Standard]:
    """The standards of one material. Nothing handed in is a single one: 交上; for a paper original it comes first."""
    fix = f"交上{name}" + (f"：{standard}" if standard else "")
    brought = [Standard(1, "已经交来", f"没有交{name}", fix[:MOST_NOTE])]
    if not handed_in and not on_paper:
        return brought
    parts = [part.strip() for part in re.split("[；;]", standard) if part.strip()] or ["内容清楚、完整"]
    first = brought if on_paper else []
    return first + [Standard(n, part, f"没有做到“{part}”", part) for n, part in enumerate(parts, len(first) + 1)]


def note(found: list[Standard], failed: set[int], own: Defect | None = None) -> str:
    """The note that keeps the failed standards and the clerk's own line."""
    said = [standard.defect for standard in found if standard.n in failed]
    if own and own.defect:
        said.append(f"另：{own.defect}（改成：{own.fix}）")
    return "；".join(said)


def failed(found: list[Standard], kept: str) -> set[int]:
    """Which standards a note says are not met."""
    return {standard.n for standard in found if standard.defect in kept}


def own(kept: str) -> Defect | None:
    """The clerk's own line of a note."""
    match = _OWN.search(kept)
    return Defect(match["defect"], match["fix"]) if match else None


def lines(material: dict[str, Any]) -> list[Defect]:
    """The notice lines of one material of a case (`name, standard, note, handed_in, on_paper`)."""
    found = standards(
        material["name"], material["standard"], handed_in=material["handed_in"], on_paper=material["on_paper"]
    )
    wrong = failed(found, material["note"])
    written = [Defect(standard.defect, standard.fix) for standard in found if standard.n in wrong]
    added = own(material["note"])
    return written + ([added] if added else [])
