"""From the slots a day has to those the rules want, without taking a place from anybody (R54). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models.rules.opening import Grid, GridSlot


@dataclass(frozen=True, slots=True)
class Held:
    """One slot as it stands."""

    id: UUID
    kind: str
    group_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    used: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A slot to add (`id` None) or to write. `shut`: it is closed by this; `grew`: there may be room for who waits."""

    id: UUID | None
    slot: GridSlot
    closed: bool = False
    shut: bool = False
    grew: bool = False


def changes(wanted: Grid, held: Iterable[Held], now: datetime) -> list[Change]:
    """What has to be written, in the order of ids; nothing where all is as wanted. What has begun is left alone."""
    here = sorted(held, key=lambda slot: slot.id)
    grid = {(s.kind, s.group_code, s.starts_at): s for s in wanted.slots}
    kept = [slot for slot in here if _stays_closed(slot, grid.get(_key(slot)))]
    found = []
    for slot in here:
        want = grid.pop(_key(slot), None)
        change = _shut(slot) if want is None or slot in kept else _change(slot, _less(want, kept))
        if change is not None and slot.starts_at > now:
            found.append(change)
    fresh = [_less(want, kept) for want in grid.values() if want.starts_at > now]
    return found + [Change(None, slot) for slot in sorted(fresh, key=lambda s: (s.kind, s.group_code, s.starts_at))]


def _key(slot: Held) -> tuple[str, str, datetime]:
    return slot.kind, slot.group_code, slot.starts_at


def _stays_closed(slot: Held, want: GridSlot | None) -> bool:
    """Somebody has it, and it is no slot of the grid as it is: kept for them, closed to others."""
    return slot.used > 0 and (want is None or want.ends_at != slot.ends_at)


def _shut(slot: Held) -> Change | None:
    if slot.closed:
        return None
    return Change(slot.id, _as_grid(slot), closed=True, shut=True)


def _change(slot: Held, want: GridSlot) -> Change | None:
    capacity = max(want.capacity, slot.used)
    if (slot.capacity, slot.ends_at, slot.closed) == (capacity, want.ends_at, False):
        return None
    grew = slot.closed or capacity > slot.capacity
    return Change(slot.id, replace(want, capacity=capacity), grew=grew)


def _less(want: GridSlot, kept: Iterable[Held]) -> GridSlot:
    """The windows that serve people of a kept slot serve nobody else meanwhile."""
    busy = sum(
        slot.used
        for slot in kept
        if (slot.kind, slot.group_code) == (want.kind, want.group_code)
        and slot.starts_at < want.ends_at
        and want.starts_at < slot.ends_at
    )
    return replace(want, capacity=max(0, want.capacity - busy)) if busy else want


def _as_grid(slot: Held) -> GridSlot:
    return GridSlot(slot.kind, slot.group_code, slot.starts_at, slot.ends_at, slot.capacity)
