"""Which window takes what (S8): an item of a specialist window is received there, others at the general ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

SEAT = re.compile(r"(?:^|\s)([A-Z])[0-9]{1,2}(?: ?号窗口)?$")  # “不动产登记专窗 D01 号窗口”, “D1”


class Group(Protocol):
    """What of a window group is needed here."""

    code: str
    name: str
    kind: str
    departments: list[str]


def letter(seat: str) -> str:
    """The window group one sits at, by its letter; empty where the seat does not say."""
    found = SEAT.search(seat.strip())
    return found[1] if found else ""


def elsewhere(items: Iterable[tuple[str, str]], groups: Sequence[Group], seat: str) -> str:
    """The name of the window that takes these items, if it is not the one at `seat`; empty when it is.

    items: (department, window) of each. A case for several windows goes to the general ones, as does every item of a
    hall that has no window of its own for it; a seat that does not say its window is not doubted.
    """
    at = letter(seat)
    own: list[Group] | None = None
    for department, window in items:
        if window != "specialist":
            return ""
        takes = [group for group in groups if group.kind == "specialist" and department in group.departments]
        own = takes if own is None else [group for group in own if group in takes]
    if not at or not own or at in {group.code for group in own}:
        return ""
    return own[0].name
