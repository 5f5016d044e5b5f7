"""即办件 decided on the spot by the window, in the name of the body that delegated it (S6, R50, art. 24)."""

from typing import Any
from uuid import UUID

from models.actions import inspections, tasks
from models.actions.step import locked_case
from models.base import Refusal, not_found, today, unit
from models.case import Case, CaseItem, Event, Task
from models.catalogue import Department
from models.reads import calendar, versions
from models.rules import delegation, permits
from models.rules.permits import Actor
from models.rules.written import written

RECEIVING = ["receive", "accept"]


async def decide(actor: Actor, task_id: UUID, version: int | None, outcome: str, reason: str = "") -> None:
    """当场决定: granted or refused (with its reason), by a delegate of the body the decision was delegated to.

    Refusals: not_delegated, not_delegate, delegation_over, same_person (403: who received or accepted it),
    not_instant (409), unknown_outcome, reason_needed (422). A lot is drawn: the delegating body may look again.
    """
    if outcome not in ("granted", "refused"):
        raise Refusal("unknown_outcome", 422, "请选“准予”或“不予许可”")
    words = reason.strip()
    if outcome == "refused":
        words = written(reason, "reason_needed", "不予许可要写明理由")

    async def body() -> None:
        case, task = await _locked(actor, task_id)
        item = await CaseItem.get(id=task.case_item_id).prefetch_related("item")
        powers = await _powers(actor, task, item)
        if await Event.filter(case_id=case.id, verb__in=RECEIVING, actor=actor.key).exists():
            raise Refusal("same_person", 403, "这件是您收件或受理的，要由别人决定")
        department = await Department.get(code=task.department_id)
        by = f"受{department.name}委托（{powers['notice']}）"
        await tasks.settle(actor, case, task, "decide_at_window", version, outcome, words, by=by)
        await inspections.after_window(case, task, item, float(powers.get("inspection_rate") or 0))

    await unit(body)


async def _locked(actor: Actor, task_id: UUID) -> tuple[Case, Task]:
    """The task and its case, if the actor decides at a window that reaches it."""
    found = await Task.filter(id=task_id).first()
    if found is None or "delegate" not in actor.roles:
        raise not_found()
    await tasks.hold_project(found.case_id)
    case = await locked_case(found.case_id, permits.scope(actor))
    return case, await Task.filter(id=task_id).select_for_update().get()


async def _powers(actor: Actor, task: Task, item: CaseItem) -> dict[str, Any]:
    """The delegation in force today under which this person may decide this item."""
    if not task.delegation:
        raise Refusal("not_delegated", 403, f"“{item.name}”没有委托窗口决定，由部门办")
    record = (await versions.records([item]))[0]
    if record["handling"] != "instant":
        raise Refusal("not_instant", 409, f"“{item.name}”是承诺件，要由部门审查后决定")
    county = await calendar.county()
    powers = delegation.in_force(county.settings.get("delegations", []), item.code, today())
    if powers is None:
        raise Refusal("delegation_over", 403, f"“{item.name}”的委托已经到期或停止，今天起由部门决定")
    if powers["to"] != actor.department:
        raise Refusal("not_delegate", 403, f"“{item.name}”委托给了别的机关，您不能决定")
    return dict(powers)
