"""A long service takes slots one after the other, whole or not at all (R54). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar


class Span(Protocol):
    """What of a slot is needed here."""

    starts_at: datetime
    ends_at: datetime


S = TypeVar("S", bound=Span)


def lengths(first: S, rest: Sequence[S], minutes: int) -> list[S]:
    """The chain from `first` that lasts `minutes`; [] where the line has a gap. `rest`: what follows, by time."""
    chain, end = [first], first.ends_at
    for slot in rest:
        if (end - first.starts_at).total_seconds() >= minutes * 60:
            break
        if slot.starts_at == end:
            chain.append(slot)
            end = slot.ends_at
    return chain if (end - first.starts_at).total_seconds() >= minutes * 60 else []
