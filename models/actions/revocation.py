"""撤销: the body that granted takes the grant back, with its reason (行政许可法 art. 69; a false promise, R41)."""

from uuid import UUID

from models.actions import audit, inspections, licences, tasks
from models.actions.step import Move, move_task
from models.base import Refusal, unit
from models.case import Case, CaseItem, Result, Task
from models.catalogue import Department
from models.rules.permits import Actor
from models.rules.written import written

PAPER = "撤销决定书"


async def revoke(actor: Actor, task_id: UUID, version: int | None, reason: str) -> None:
    """Take back a grant: its result is void, its licence annulled, what still waited for it falls; the applicant is
    told why; the paper (撤销决定书) names the remedies. The case stays as it is.

    Refusals: reason_needed (422), nothing_granted (409).
    """
    words = written(reason, "reason_needed", "请写明撤销的理由")

    async def body() -> None:
        case, task = await tasks.locked_task(actor, task_id)
        item = await CaseItem.get(id=task.case_item_id)
        department = await Department.get(code=task.department_id)
        said = f"{department.short}撤销了“{item.name}”的准予"[:200]
        fields = {"reason_sealed": Task.REASON.seal(task.id, words)}
        granted = task.outcome == "granted"
        await move_task(actor, case, task, "revoke", Move(version, words=said, detail=words, fields=fields))
        if not granted:
            raise Refusal("nothing_granted", 409, "这一项没有准予，没有可以撤销的")
        await _void(case, task)
        await licences.annul(actor, case, task)
        await inspections.drop(case, task)
        await audit.record(actor, "task.revoked", f"task:{task.id}", "撤销", version=task.version)
        await tasks.fall_behind(case, task, "撤销了")

    await unit(body)


async def _void(case: Case, task: Task) -> None:
    """The result holds no longer. Where it was not handed over yet, the paper that says so will be."""
    await Result.filter(task_id=task.id).update(state="void")
    if case.state in ("accepted", "concluded"):
        await Result.create(case_id=case.id, task_id=task.id, name=PAPER, outcome="revoked")
