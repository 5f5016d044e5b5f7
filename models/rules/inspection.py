"""The draw of a spot check (S6): from a secret seed and the task alone, so that it can be drawn again. Pure.

number = HMAC-SHA256(seed of the month, id of the task), its first 64 bits scaled to 0 .. 999 999. A task is inspected
when its number is below the rate. Nobody can know the number without the seed, nobody can change it with the seed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

WHOLE = 1_000_000  # rates and numbers are millionths
SEED_BYTES = 32


def draw(seed: bytes, task_id: UUID) -> int:
    """The number of a task under a seed: 0 <= number < 1 000 000."""
    mac = hmac.new(seed, task_id.bytes, hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "big") * WHOLE >> 64


def millionths(rate: float) -> int:
    """0.1 -> 100 000."""
    return round(rate * WHOLE)


def drawn(number: int, rate: int) -> bool:
    return number < rate


def percent(rate: int) -> str:
    """10%, 2.5%."""
    return f"{rate / WHOLE * 100:.4g}%"


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


@dataclass(frozen=True)
class Decision:
    """A decision at the window as it stands in the audit chain; `rate` and `number` None: nothing was written down."""

    task_id: UUID
    rate: int | None
    number: int | None


@dataclass(frozen=True)
class Wrong:
    """What does not hold. kind: unrecorded | other_number | suppressed | invented | other_draw."""

    kind: str
    task_id: UUID
    words: str


def again(seed: bytes, decisions: Iterable[Decision], spots: Mapping[UUID, tuple[int, int]]) -> list[Wrong]:
    """Draw every decision of a month again and say where the inspections (task -> rate, number) differ from it."""
    found: list[Wrong] = []
    known: set[UUID] = set()
    for one in decisions:
        known.add(one.task_id)
        number = draw(seed, one.task_id)
        if one.rate is None or one.number is None:
            found.append(Wrong("unrecorded", one.task_id, "窗口作了决定，审计里没有抽签的记录"))
        elif one.number != number:
            found.append(Wrong("other_number", one.task_id, f"记下的号是{one.number}，重抽是{number}"))
        found += _against(one, number, spots.get(one.task_id))
    invented = [Wrong("invented", task, "不是窗口受委托的决定，却有抽查") for task in spots if task not in known]
    return found + invented


def _against(one: Decision, number: int, spot: tuple[int, int] | None) -> list[Wrong]:
    if one.rate is None:
        return []
    due = drawn(number, one.rate)
    if due and spot is None:
        return [Wrong("suppressed", one.task_id, f"该抽中（{number} < {one.rate}），却没有抽查")]
    if not due and spot is not None:
        return [Wrong("invented", one.task_id, f"没有抽中（{number} ≥ {one.rate}），却有抽查")]
    if spot is not None and spot != (one.rate, number):
        return [Wrong("other_draw", one.task_id, f"抽查上写的比例和号{spot}，该是{(one.rate, number)}")]
    return []
