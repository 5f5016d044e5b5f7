"""Which item of a bundle comes before which (S29, R42): prerequisites first, all else at once. Pure.

A road is {item: [items that must be granted first]}. Items nobody asked for are taken out and what stood behind them
moves up, so that a shorter application keeps the order of the long one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from models.rules.calendar import Calendar
from models.rules.limits import WORKING, Limit

Road = dict[str, list[str]]


class Counts(Protocol):
    """What of the clock is needed here."""

    calendar: Calendar

    def due_on(self, start: date, limit: Limit) -> date: ...


def road(bundle: Mapping[str, Any], chosen: Sequence[str]) -> Road:
    """The road through the chosen items of a bundle record (`members`, `alternatives`), in the bundle's order."""
    stands_for = {other: usual for usual, other in bundle.get("alternatives", {}).items()}
    whole = {member["item"]: list(member["after"]) for member in bundle["members"]}
    at = {stands_for.get(code, code): code for code in chosen}
    there = [usual for usual in [*whole, *(code for code in at if code not in whole)] if usual in at]
    found: Road = {}
    for usual in there:
        before = _before(whole, usual, at)
        found[at[usual]] = [at[one] for one in there if one in before]
    return found


def _before(whole: Mapping[str, list[str]], item: str, at: Collection[str]) -> set[str]:
    """The nearest chosen items before `item`, looking through those that were not chosen."""
    direct = {one for one in whole.get(item, ()) if one in at}
    reached: set[str] = set()
    waiting, seen = [one for one in whole.get(item, ()) if one not in at], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        reached.update(each for each in whole.get(one, ()) if each in at)
        waiting.extend(each for each in whole.get(one, ()) if each not in at)
    near = direct | reached
    return direct | {one for one in reached if not any(one in _all_before(whole, other) for other in near)}


def steps(whole: Mapping[str, Collection[str]], row: Sequence[str]) -> list[list[str]]:
    """A stretch of the road cut into steps: an item that waits for all that stands before it on the stretch begins
    the next step, the others of a step run side by side."""
    found: list[list[str]] = []
    for item in row:
        before = [one for step in found for one in step]
        if not found or set(before) <= _all_before(whole, item):
            found.append([])
        found[-1].append(item)
    return found


def _all_before(whole: Mapping[str, Collection[str]], item: str) -> set[str]:
    found: set[str] = set()
    waiting = list(whole.get(item, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(whole.get(one, ()))
    return found


def circle(whole: Mapping[str, Iterable[str]]) -> list[str]:
    """Items that wait for each other; empty when the road can be gone."""
    left = {item: set(after) & set(whole) for item, after in whole.items()}
    while True:
        free = {item for item, after in left.items() if not after}
        if not free:
            return sorted(left)
        left = {item: after - free for item, after in left.items() if item not in free}


def ready(after: Iterable[str], granted: Collection[str]) -> bool:
    """Whether everything before an item has been granted."""
    return all(one in granted for one in after)


def fallen(whole: Mapping[str, Collection[str]], refused: Collection[str]) -> dict[str, str]:
    """Items that can no longer be reached, each with the refused item that stands in its way; the others go on."""
    found: dict[str, str] = {}
    moved = True
    while moved:
        moved = False
        for item, after in whole.items():
            if item in found or item in refused:
                continue
            blocked = next((one for one in after if one in refused or one in found), None)
            if blocked is not None:
                found[item] = found.get(blocked, blocked)
                moved = True
    return found


def ends(
    clock: Counts,
    whole: Mapping[str, Sequence[str]],
    limits: Mapping[str, Limit],
    start: date,
    known: Mapping[str, date] | None = None,
) -> dict[str, date]:
    """The day each item is due when each begins on the day the last before it was due. Items without limit: at once.

    `known`: items already under way, each with the day it is due.
    """
    found: dict[str, date] = dict(known or {})
    while len(found) < len(whole):
        free = [item for item, after in whole.items() if item not in found and all(a in found for a in after)]
        if not free:
            raise ValueError("the road runs in a circle")
        for item in free:
            begins = max((found[one] for one in whole[item]), default=start)
            found[item] = clock.due_on(begins, limits[item]) if item in limits else begins
    return found


def last(ended: Mapping[str, date], whole: Mapping[str, Sequence[str]]) -> str:
    """The item decided last: its department leads (S30). Of several on one day, the one furthest down the road."""
    depth = _depths(whole)
    return max(ended, key=lambda item: (ended[item], depth[item]))


def _depths(whole: Mapping[str, Sequence[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    while len(found) < len(whole):
        for item, after in whole.items():
            if all(one in found for one in after):
                found.setdefault(item, 1 + max((found[one] for one in after), default=0))
    return found


def whole_limit(clock: Counts, total: Limit | None, ended: Mapping[str, date], start: date) -> Limit:
    """The promise of the whole: the published total, unless its parts need longer, for a promise must hold."""
    due = max(ended.values(), default=start)
    if total is not None and clock.due_on(start, total) >= due:
        return total
    return Limit(clock.calendar.working_between(start, due), WORKING)
