"""The verbs of a department's task: assign, acknowledge, advise, send back, decide, cancel."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions import audit, tell
from models.actions.conclude import conclude_if_done
from models.actions.step import Move, locked_case, move_task, start_clock, write_event
from models.base import Refusal, new_id, not_found, now, unit
from models.case import Case, CaseItem, Result, Task
from models.catalogue import Department
from models.rules import permits
from models.rules.flow import TASK
from models.rules.limits import Limit
from models.rules.permits import SYSTEM, Actor


async def assign(case: Case, item: CaseItem, limits: dict[str, Limit], accepted_on: date) -> Task:
    """Send one item of an accepted case to its department, with clocks of its own."""
    task = await Task.create(id=new_id(), case_id=case.id, case_item_id=item.id, department_id=item.department_id)
    department = await Department.get(code=item.department_id)
    step = TASK["assign"]
    move = Move(words=f"材料分送到{department.short}")
    event = await write_event(SYSTEM, case, task, "assign", step, "", move)
    for kind, limit in limits.items():
        await start_clock(case, task, kind, limit, accepted_on)
    facts = {"title": item.name, "number": case.number or ""}
    await tell.all_of(step.tell, case, event, facts, task)
    return task


async def _locked(actor: Actor, task_id: UUID) -> tuple[Case, Task]:
    """The case is locked before its task, so that verbs of one case queue up in one order."""
    found = await Task.filter(id=task_id).first()
    if found is None or not permits.task_roles(actor, found):
        raise not_found()
    case = await locked_case(found.case_id)
    task = await Task.filter(id=task_id).select_for_update().get()
    return case, task


async def acknowledge(actor: Actor, task_id: UUID, version: int | None = None) -> None:
    """接收: the department has it and begins to examine."""

    async def body() -> None:
        case, task = await _locked(actor, task_id)
        await _acknowledge(actor, case, task, version)

    await unit(body)


async def _acknowledge(actor: Actor, case: Case, task: Task, version: int | None) -> None:
    fields: dict[str, Any] = {"handler_id": actor.id} if actor.kind == "staff" else {}
    department = await Department.get(code=task.department_id)
    await move_task(
        actor, case, task, "acknowledge", Move(version, words=f"{department.short}接收，开始审查", fields=fields)
    )


async def advise(actor: Actor, task_id: UUID, version: int | None, outcome: str, opinion: str) -> None:
    """写意见，报审核: the handler's opinion goes to the approver. outcome: granted | refused (a proposal)."""

    async def body() -> None:
        case, task = await _locked(actor, task_id)
        await _advise(actor, case, task, version, outcome, opinion)

    await unit(body)


async def _advise(actor: Actor, case: Case, task: Task, version: int | None, outcome: str, opinion: str) -> None:
    _outcome(outcome)
    words = _words(opinion, "opinion_needed", "请写审查意见（2 到 2000 字）")
    sealed = Task.OPINION.seal_json(task.id, {"outcome": outcome, "words": words, "by": actor.name})
    await move_task(actor, case, task, "advise", Move(version, detail=words, fields={"opinion_sealed": sealed}))


async def send_back(actor: Actor, task_id: UUID, version: int | None, reason: str) -> None:
    """退回重审, with the reason the handler reads."""

    async def body() -> None:
        case, task = await _locked(actor, task_id)
        words = _words(reason, "reason_needed", "请写退回的理由（2 到 2000 字）")
        await move_task(actor, case, task, "return", Move(version, detail=words))

    await unit(body)


async def decide(actor: Actor, task_id: UUID, version: int | None, outcome: str, reason: str = "") -> None:
    """决定: granted or refused; a refusal needs its reason (行政许可法 art. 38). The last decision concludes the case.

    Who proposed does not decide: `same_person` (403). A department's own system passes the inner steps at once.
    """

    async def body() -> None:
        case, task = await _locked(actor, task_id)
        _outcome(outcome)
        words = reason.strip()
        if outcome == "refused":
            words = _words(reason, "reason_needed", "不予许可要写明理由（2 到 2000 字）")
        if actor.kind == "department":
            await _catch_up(actor, case, task, outcome, words)
        if actor.kind == "staff" and task.handler_id == actor.id:
            raise Refusal("same_person", 403, "您写的意见，要由负责人决定，不能自己决定")
        await _decide(actor, case, task, version, outcome, words)

    await unit(body)


async def _catch_up(actor: Actor, case: Case, task: Task, outcome: str, words: str) -> None:
    if task.state == "assigned":
        await _acknowledge(actor, case, task, None)
    if task.state == "examining":
        await _advise(actor, case, task, None, outcome, words or "经审查，符合条件")


async def _decide(actor: Actor, case: Case, task: Task, version: int | None, outcome: str, words: str) -> None:
    department = await Department.get(code=task.department_id)
    said = "准予" if outcome == "granted" else "不予许可"
    fields = {
        "outcome": outcome,
        "decided_at": now(),
        "reason_sealed": Task.REASON.seal(task.id, words) if words else None,
        "approver_id": actor.id if actor.kind == "staff" else None,
    }
    await move_task(
        actor,
        case,
        task,
        "decide",
        Move(version, detail=words or None, words=f"{department.short}：{said}", fields=fields),
    )
    item = await CaseItem.get(id=task.case_item_id).prefetch_related("item")
    result = dict(item.item.record).get("result") or {}
    await Result.create(
        case_id=case.id,
        task_id=task.id,
        name=str(result.get("name") or item.name)[:80] if outcome == "granted" else "不予许可决定书",
        outcome=outcome,
    )
    await audit.record(actor, "task.decided", f"task:{task.id}", said, version=task.version)
    await conclude_if_done(case)


async def cancel(case: Case, task: Task) -> None:
    """The case was withdrawn: the department stops. Inside the unit of the withdrawal."""
    await move_task(SYSTEM, case, task, "cancel", Move())


def _outcome(outcome: str) -> None:
    if outcome not in ("granted", "refused"):
        raise Refusal("unknown_outcome", 422, "请选“准予”或“不予许可”")


def _words(text: str, code: str, words: str) -> str:
    said = text.strip()
    if not 2 <= len(said) <= 2000:
        raise Refusal(code, 422, words)
    return said
