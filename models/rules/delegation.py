"""行政委托: which item the window may decide, in whose name and until when (R50, 行政许可法 art. 24). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def in_force(delegations: Iterable[Mapping[str, Any]], item: str, on: date) -> Mapping[str, Any] | None:
    """The published delegation of an item on a day. One without a notice number, or outside its dates, is none."""
    for entry in delegations:
        if entry["item"] != item or not entry.get("notice") or not entry.get("from_date"):
            continue
        first, last = _day(entry["from_date"]), entry.get("to_date")
        if first <= on and (last is None or on <= _day(last)):
            return entry
    return None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
