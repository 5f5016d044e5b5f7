"""特别程序 and 延期 by an item's own record: what it allows, how it refuses (R14, R19, R31; arts. 42, 45).

Pure checks. A record is the frozen record of the item (rules/records.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.base import Refusal
from models.rules.dates import say
from models.rules.limits import Limit, unit_of

LEAST_WORDS, MOST_WORDS = 2, 2000
MOST_PLANNED = 365  # where the item leaves the days open: a longer plan is made again when this one is over


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure as it will be held: its kind, the planned time, who holds it and the law that says so."""

    kind: str
    planned: Limit
    by: str
    basis: str

    def told(self, first: date, last: date, reason: str) -> str:
        """What the applicant is told in writing (art. 45): procedure, basis, time needed, until when, why."""
        return "\n".join((
            f"程序：{self.kind}",
            f"依据：{self.basis}",
            f"由谁进行：{self.by}",
            f"需要：{self.planned.words}",
            f"从{say(first)}起，计划到{say(last, first)}为止，这几天不算办理时间",
            f"原因：{reason}",
        ))  # fmt: skip


def procedure(record: Mapping[str, Any], kind: str, planned_days: int | None) -> Procedure:
    """The procedure `kind` of the item's list, planned as the item says or shorter.

    Refusals (422): unknown_procedure, procedure_keeps_clock, planned_days_needed, planned_too_long.
    """
    listed = {entry["kind"]: entry for entry in record.get("special_procedures") or []}
    entry = listed.get(kind)
    if entry is None:
        raise Refusal("unknown_procedure", 422, _only(list(listed)))
    if entry["stops_clock"] is not True:
        words = f"“{kind}”依现有规定不能停表，要在期限内进行。确有法律依据的，请先改事项的办事指南"
        raise Refusal("procedure_keeps_clock", 422, words)
    days = _planned(kind, entry, planned_days)
    return Procedure(kind, Limit(days, unit_of(entry)), str(entry["by"]), str(entry["basis"]))


def _only(kinds: list[str]) -> str:
    if not kinds:
        return "这一项的办事指南里没有特别程序，不能停表"
    return f"这一项只能用办事指南里写明的特别程序：{'、'.join(kinds)}"


def _planned(kind: str, entry: Mapping[str, Any], asked: int | None) -> int:
    most = entry["planned_days"]
    if asked is None:
        if most is None:
            raise Refusal("planned_days_needed", 422, f"“{kind}”要多少天，事项没有定，请写明计划多少个{entry['unit']}")
        return int(most)
    limit = MOST_PLANNED if most is None else int(most)
    if not 1 <= asked <= limit:
        raise Refusal("planned_too_long", 422, f"“{kind}”的天数要在 1 到 {limit} 个{entry['unit']}之间")
    return asked


def extension(record: Mapping[str, Any], days: int) -> Limit:
    """The extension of `days` this item's law allows, once (art. 42).

    Refusals: no_extension (409), extension_unit (409), extension_too_long (422).
    """
    allowed = record.get("extension")
    if not allowed:
        raise Refusal("no_extension", 409, "这一项的依据里没有延期，不能延期")
    legal = record["limits"]["statutory"]
    if legal.get("days") is not None and unit_of(legal) != unit_of(allowed):
        words = f"法定期限按{unit_of(legal)}算，延期写的是{unit_of(allowed)}，对不上。请先改事项的办事指南"
        raise Refusal("extension_unit", 409, words)
    within(days, int(allowed["days"]), unit_of(allowed))
    return Limit(days, unit_of(allowed))


def within(days: int, most: int, unit: str) -> None:
    """Refuse days that are none, or more than the law gives."""
    if not 1 <= days <= most:
        raise Refusal("extension_too_long", 422, f"延长的天数要在 1 到 {most} 个{unit}之间")


def words(text: str, what: str) -> str:
    """What must be told in words, 2 to 2000 characters; refused (422) as reason_needed. `what`: 原因, 结果."""
    said = text.strip()
    if not LEAST_WORDS <= len(said) <= MOST_WORDS:
        raise Refusal("reason_needed", 422, f"请写明{what}（{LEAST_WORDS} 到 {MOST_WORDS} 字）")
    return said
