"""期限重算: a changed calendar moves the clocks that run, each with the old day and the new written down (R26).

Every case is one unit of its own, so a county of a million cases is never locked at once and a run cut short is simply
run again. A clock whose day is past stays as it was: nobody becomes late, or in time again, afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.actions.clocks import due_with, rearm
from models.actions.step import Move, locked_case, move_case
from models.base import today, unit
from models.case import Case, CaseItem, Clock, Notice, Task
from models.promise import Promise
from models.reads import calendar
from models.rules.clock import Clock as Counter
from models.rules.dates import say
from models.rules.flow import CASE
from models.rules.periods import PERIODS
from models.rules.permits import SYSTEM

BATCH = 500
TOLD_FIRST = ("acceptance", "correction", "tolerance", "promise", "delivery", "statutory")
Progress = Callable[[str], None]


@dataclass(slots=True)
class Recounted:
    """What a recount came to: clocks looked at, cases and clocks that moved."""

    clocks: int = 0
    cases: int = 0
    moved: int = 0

    @property
    def words(self) -> str:
        if not self.moved:
            return f"期限都重算过了：{self.clocks}个在算的期限都不用改"
        return f"期限都重算过了：{self.clocks}个在算的期限，{self.cases}件改了{self.moved}个"


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that moved. `name`: of the item, when it is a child's."""

    row: Clock
    before: date
    name: str

    @property
    def words(self) -> str:
        near = self.before
        due = f"由{say(self.before, near)}改为{say(self.row.due_on, near)}"
        return f"{f'“{self.name}”' if self.name else ''}{PERIODS[self.row.kind].words}{due}"


async def everything(report: Progress = lambda _: None) -> Recounted:
    """Count every running clock anew on the calendar in force. Twice is once; `report` is told of every batch."""
    done, last = Recounted(), None
    while True:
        query = Clock.filter(stopped_at=None, due_on__gte=today()).order_by("id").limit(BATCH)
        batch = await (query.filter(id__gt=last) if last else query)
        if not batch:
            return done
        clock = await calendar.clock()
        for case_id in dict.fromkeys(row.case_id for row in batch if _differs(clock, row)):
            moved = await _one(case_id)
            done.cases += bool(moved)
            done.moved += moved
        done.clocks += len(batch)
        last = batch[-1].id
        report(done.words)


def _differs(clock: Counter, row: Clock) -> bool:
    return _counts(row) and due_with(clock, row) != row.due_on


def _counts(row: Clock) -> bool:
    """A pause past its planned end moves its clock day by day: that is not the calendar's doing, and is left to it."""
    return all(date.fromisoformat(held["last"]) >= today() for held in row.suspensions if held.get("open"))


async def _one(case_id: UUID) -> int:
    """One case, its own clocks before those of its children. Returns how many moved."""

    async def body() -> int:
        case = await locked_case(case_id)
        if case.state not in CASE["recount"].start:
            return 0
        found = await Clock.filter(case_id=case.id, stopped_at=None).select_for_update()
        moved = []
        for row in sorted(found, key=lambda each: (each.task_id is not None, each.id)):
            whole = next((each for each in found if each.task_id is None and each.kind == row.kind), None)
            before = row.due_on
            if before >= today() and _counts(row) and await _recount(row, whole if case.bundle_code else None):
                moved.append(Moved(row, before, await _name(row)))
        if moved:
            await _follow(case, moved)
            await _say(case, moved)
        return len(moved)

    return await unit(body)


async def _recount(row: Clock, whole: Clock | None) -> bool:
    """Count one clock anew, a child's inside that of its bundle; never to a day already past. True when it moved."""
    clock = await calendar.clock()
    due_on = due_with(clock, row)
    if row.task_id and whole is not None and due_on > whole.due_on:
        due_on = _inside(clock, row, whole.due_on)
        await row.save(update_fields=["limit_days", "within"])
    due_on = max(due_on, today())
    if due_on == row.due_on:
        return False
    row.due_on, row.due_at = due_on, clock.due_at(due_on)
    await row.save(update_fields=["due_on", "due_at"])
    await rearm(row)
    return True


def _inside(clock: Counter, row: Clock, until: date) -> date:
    """Shorten a child's limit until it ends with its case (R42)."""
    while row.limit_days > 0 and (due_on := due_with(clock, row)) > until:
        row.limit_days, row.within = row.limit_days - 1, True
    return min(due_on, until)


async def _name(row: Clock) -> str:
    if row.task_id is None:
        return ""
    task = await Task.get(id=row.task_id)
    return (await CaseItem.get(id=task.case_item_id)).name


async def _follow(case: Case, moved: list[Moved]) -> None:
    """What repeats a clock's day follows it: the open notice, and the promise of a paper to come."""
    for each in moved:
        if each.row.kind == "correction":
            await Notice.filter(case_id=case.id, answered_at=None).update(due_on=each.row.due_on)
        if each.row.kind == "tolerance":
            owed = Promise.filter(case_id=case.id, kind="tolerance", state__in=["made", "supplied"])
            await owed.update(due_on=each.row.due_on)


async def _say(case: Case, moved: list[Moved]) -> None:
    """One event for the whole case; people are told of the day that concerns them."""
    whole = f"国家放假安排有变：{'，'.join(dict.fromkeys(each.words for each in moved))}"
    own = [each for each in moved if not each.name] or moved
    first = min(own, key=lambda each: TOLD_FIRST.index(each.row.kind))
    facts: dict[str, Any] = {"before": first.before, "due": first.row.due_on}
    if first.name:
        facts["title"] = first.name
    short = f"国家放假安排有变：{first.words}"
    more = f"，另有{len(moved) - 1}个期限一起改了"
    words = whole if len(whole) <= 200 else f"{short}{more}"
    await move_case(SYSTEM, case, "recount", Move(words=words, detail=whole, facts=facts))
