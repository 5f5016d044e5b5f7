"""容缺受理 and 告知承诺: what is promised, handed in later, kept or broken (R40, R41)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.actions.step import locked_case
from models.base import execute, now, unit
from models.case import Case, CaseItem
from models.paper import CaseMaterial
from models.promise import Promise
from models.reads import calendar
from models.rules.limits import NATURAL, WORKING, Limit
from models.rules.permits import Actor

OPEN = ["made", "supplied"]


async def promised_materials(case: Case) -> set[str]:
    """Codes of the materials a signed promise stands for: no gap when the case is handed in."""
    if not case.promised:
        return set()
    found = await Promise.filter(case_id=case.id, state__in=OPEN)
    return {code for promise in found for code in promise.materials}


@dataclass(frozen=True)
class Tolerated:
    """What acceptance writes down of the papers to come: their names, until when, and the limit that gives it."""

    names: list[str]
    due_on: date
    limit: Limit


async def tolerated(case: Case, accepted_on: date) -> Tolerated | None:
    """Give the tolerance promises of a case their day, counted from acceptance; the shortest of its items holds."""
    promises = await Promise.filter(case_id=case.id, kind="tolerance", state="made") if case.promised else []
    if not promises:
        return None
    clock = await calendar.clock()
    items = await CaseItem.filter(case_id=case.id, code__in=[p.item_code for p in promises]).prefetch_related("item")
    limits = [_limit(dict(item.item.record)["tolerance"]) for item in items]
    limit = min(limits, key=lambda each: clock.due_on(accepted_on, each))
    due_on = clock.due_on(accepted_on, limit)
    await Promise.filter(id__in=[p.id for p in promises]).update(due_on=due_on)
    codes = {code for promise in promises for code in promise.materials}
    rows = await CaseMaterial.filter(case_id=case.id, code__in=list(codes)).order_by("position")
    return Tolerated([row.name for row in rows], due_on, limit)


def _limit(tolerance: dict[str, object]) -> Limit:
    days, unit_ = tolerance.get("days"), tolerance.get("unit")
    return Limit(int(str(days)) if days is not None else 10, NATURAL if unit_ == NATURAL else WORKING)


async def void(case: Case) -> None:
    """The case ended before its promises were due: they bind nobody."""
    await execute(
        "UPDATE promise SET state = 'void', settled_at = $2 WHERE case_id = $1 AND state IN ('made', 'supplied')",
        case.id, now(),
    )  # fmt: skip


async def lapse(actor: Actor, case_id: UUID) -> None:
    """The clock's act when the papers did not come (R40)."""

    async def body() -> None:
        await locked_case(case_id)
        raise NotImplementedError

    await unit(body)
