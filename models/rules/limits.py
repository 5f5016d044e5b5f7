"""What a clock is set with: limits, pauses, and the county's own rules. Also how the command line writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

from models.base import Refusal
from models.rules.calendar import MOST_DAYS

Unit = Literal["工作日", "自然日"]
WORKING: Unit = "工作日"
NATURAL: Unit = "自然日"
UNITS: dict[str, Unit] = {"wd": WORKING, "工作日": WORKING, "cd": NATURAL, "自然日": NATURAL}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many working days or natural days (R25). 0 means on the spot, the same day."""

    days: int
    unit: Unit = WORKING

    def __post_init__(self) -> None:
        if not 0 <= self.days <= MOST_DAYS:
            raise Refusal("limit_out_of_range", 422, f"期限的天数要在0到{MOST_DAYS}之间")

    @property
    def words(self) -> str:
        """20个工作日; 当天 for 0."""
        return f"{self.days}个{self.unit}" if self.days else "当天"

    def plus(self, more: Limit | None) -> Limit:
        """This limit with its extension (art. 42). Both are in one unit."""
        if more is None:
            return self
        if more.unit != self.unit:
            raise Refusal("extension_unit", 422, f"延期的单位要和期限一样，都用{self.unit}")
        return Limit(self.days + more.days, self.unit)


ACCEPTANCE = Limit(5, WORKING)  # 行政许可法 art. 32


@dataclass(frozen=True, slots=True)
class Pause:
    """Whole local dates that do not count, first and last included (R37).

    `open`: not ended yet. `last` is then the planned end, and the pause runs on for as long as nobody ends it.
    """

    first: date
    last: date
    reason: str = "暂停"
    open: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refusal("pause_backwards", 422, "暂停的结束日期早于开始日期，请调换")

    def covers(self, day: date, on: date | None = None) -> bool:
        """Whether `day` is taken out, seen on the date `on`."""
        last = max(self.last, on) if self.open and on is not None else self.last
        return self.first <= day <= last


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The county's settings: the office's closing hour (R27) and when a light turns amber (R38)."""

    cutoff: time = time(17, 30)
    amber_share: float = 0.2
    amber_min: int = 1


def parse_limit(text: str) -> Limit:
    """`20wd` or `20工作日`, `30cd` or `30自然日`."""
    found = re.fullmatch(r"([0-9]{1,5})(wd|cd|工作日|自然日)", text.strip())
    if not found:
        raise Refusal("bad_limit", 422, "期限要写成 20wd（20个工作日）或 30cd（30个自然日）")
    return Limit(int(found[1]), UNITS[found[2]])


def parse_pause(text: str) -> Pause:
    """`2026-03-02..2026-03-05`, or one day `2026-03-02`; a reason may follow a colon: `…:专家评审`."""
    span, _, reason = text.strip().partition(":")
    first, _, last = span.partition("..")
    return Pause(parse_date(first), parse_date(last or first), reason.strip() or "暂停")


def parse_date(text: str) -> date:
    """`2026-03-02`, a date that exists."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise Refusal("bad_date", 422, f"日期要写成 2026-03-02 这样，并且真有这一天：{text.strip()[:30]}")


def limits_of(record: Mapping[str, Any]) -> dict[str, Limit]:
    """Promise and statutory limits of an item record; an item whose law gives none has only its promise."""
    found = {}
    for kind, part in (("promise", "promised"), ("statutory", "statutory")):
        limit = record["limits"][part]
        if limit.get("days") is not None:
            found[kind] = Limit(int(limit["days"]), unit_of(limit))
    return found


def unit_of(limit: Mapping[str, Any]) -> Unit:
    """The unit a record names; working days when it names none."""
    return NATURAL if limit.get("unit") == NATURAL else WORKING
