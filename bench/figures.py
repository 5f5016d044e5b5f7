"""Measured figures beside what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the table. `limit` None: for scale, nothing is promised of it. `n`: how often it was measured."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    n: int = 1

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        said = f"{self.name:58} {self.value:9.1f} {self.unit:3}"
        if self.limit is not None:
            said += f" {self.limit:7.0f}  {self.value / self.limit:5.2f}  {'holds' if self.holds else 'MISSED':6}"
        else:
            said += " " * 24
        return f"{said}  n={self.n}"


HEAD = f"{'':58} {'measured':>9} {'':3} {'limit':>7}  {'ratio':>5}"


def middle(name: str, seconds: Sequence[float], limit_ms: float | None = None) -> Figure:
    """The median of durations, in ms."""
    return Figure(f"{name}, median", median(seconds) * 1e3, "ms", limit_ms, len(seconds))


def percentile(name: str, seconds: Sequence[float], share: float, limit_ms: float | None = None) -> Figure:
    """The duration that `share` of all stay within (nearest rank), in ms."""
    ranked = sorted(seconds)
    place = min(len(ranked) - 1, max(0, -int(-len(ranked) * share // 1) - 1))
    return Figure(f"{name}, p{share * 100:.0f}", ranked[place] * 1e3, "ms", limit_ms, len(ranked))
