"""The verbs of a department's task: assign, acknowledge, advise, send back, decide, cancel."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions import audit, inspections, licences, tell
from models.actions.clocks import cover, start_clock
from models.actions.conclude import conclude_if_done
from models.actions.step import Move, locked_case, move_task, write_event
from models.base import Refusal, execute, local, new_id, not_found, now, today, unit
from models.case import Case, CaseItem, Clock, Result, Task
from models.catalogue import Department
from models.reads import calendar
from models.rules import delegation, graph, permits
from models.rules.flow import TASK
from models.rules.limits import Limit, limits_of
from models.rules.permits import SYSTEM, Actor


async def begin(case: Case, item: CaseItem, place: int, limits: dict[str, Limit], accepted_on: date) -> Task:
    """One item of an accepted case becomes a child: sent to its department, or waiting for what comes before it."""
    county = await calendar.county()
    delegated = delegation.in_force(county.settings.get("delegations", []), item.code, accepted_on)
    task = Task(
        id=new_id(), case_id=case.id, case_item_id=item.id, department_id=item.department_id,
        number=f"{case.number}-{place:02d}", delegation=delegated["notice"] if delegated else "",
    )  # fmt: skip
    waits = item.after and not graph.ready(item.after, await granted(case))
    task.state = "waiting" if waits else "assigned"
    await task.save(force_create=True)
    if waits:
        words = f"“{item.name}”等{'、'.join(await _names(case, item.after)) or '前面的'}办好"[:200]
        await write_event(SYSTEM, case, task, "hold", TASK["hold"], "", Move(words=words))
        return task
    department = await Department.get(code=item.department_id)
    step = TASK["assign"]
    event = await write_event(SYSTEM, case, task, "assign", step, "", Move(words=f"材料分送到{department.short}"))
    await _start(case, task, limits, accepted_on)
    await tell.all_of(step.tell, case, event, {"title": item.name, "number": case.number or ""}, task)
    return task


async def _start(case: Case, task: Task, limits: dict[str, Limit], start: date) -> None:
    """The clocks of a child: inside those of a bundle, and carrying along those of any other case."""
    for kind, limit in limits.items():
        whole = await Clock.filter(case_id=case.id, task_id=None, kind=kind, stopped_at=None).first()
        inside = whole.due_on if whole and case.bundle_code else None
        child = await start_clock(case, task, kind, limit, start, until=inside)
        if whole and not inside:
            await cover(whole, child.due_on)


async def hold_project(case_id: UUID) -> None:
    """Let one transaction at a time decide within a project, before any of its cases is locked.

    A decision in one case releases or ends what waits in another: two at once would lock them crosswise, and an
    acceptance beside a grant would wait for what has just been granted.
    """
    await execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('project:' || project_id::text, 0)) FROM cases "
        "WHERE id = $1 AND project_id IS NOT NULL",
        case_id,
    )


def _within(case: Case) -> dict[str, Any]:
    """The items that count for a case: its own, or those of its whole project."""
    return {"case__project_id": case.project_id} if case.project_id else {"case_id": case.id}


async def granted(case: Case) -> set[str]:
    """Codes of the items granted so far, in this case and in the other cases of its project."""
    found = await Task.filter(state="decided", outcome="granted", **_within(case)).values_list(
        "case_item__code", flat=True
    )
    return set(found)  # type: ignore[arg-type]


async def _names(case: Case, codes: list[str]) -> list[str]:
    found = {item.code: item.name for item in await CaseItem.filter(code__in=codes, **_within(case))}
    return [found[code] for code in codes if code in found]


async def _follow(case: Case, task: Task) -> None:
    """After a decision: what waited for it goes on, or falls with it; what is independent is not touched (R42)."""
    if task.outcome == "refused":
        await fall_behind(case, task, "没有同意")
        return
    there = await granted(case)
    for each in await siblings(case):
        waiting = await Task.filter(case_id=each.id, state="waiting").prefetch_related("case_item__item")
        for one in waiting:
            if graph.ready(one.case_item.after, there):
                await _release(each, one)


async def siblings(case: Case) -> list[Case]:
    """The case and the other open cases of its project, locked in one order."""
    if not case.project_id:
        return [case]
    others = await Case.filter(project_id=case.project_id, state="accepted").exclude(id=case.id).order_by("id")
    return [case, *[await locked_case(other.id) for other in others]]


async def _release(case: Case, task: Task) -> None:
    item = task.case_item
    department = await Department.get(code=item.department_id)
    words, facts = f"前面的办好了，材料分送到{department.short}", {"title": item.name}
    await move_task(SYSTEM, case, task, "release", Move(words=words, facts=facts))
    await _start(case, task, limits_of(dict(item.item.record)), today())


async def fall_behind(case: Case, lost: Task, why: str) -> None:
    """What stood behind an item that will not come falls; the applicant is told at once which and why.

    `why` is how it was lost: 没有同意, 不办了, 退回了, 撤销了.
    """
    gone = await CaseItem.get(id=lost.case_item_id)
    await _fall(case, {gone.code: gone.name}, why)


async def fall_with(case: Case, why: str) -> None:
    """A case of a project ended: what other cases of the project waited for in it falls, unless it was granted."""
    if not case.project_id:
        return
    there = await granted(case)
    items = await CaseItem.filter(case_id=case.id)
    await _fall(case, {item.code: item.name for item in items if item.code not in there}, why)


async def _fall(case: Case, gone: dict[str, str], why: str) -> None:
    """All that waits behind `gone`, in this case and from case to case of the project."""
    found = await siblings(case)
    waiting = [
        (each, task) for each in found
        for task in await Task.filter(case_id=each.id, state="waiting").prefetch_related("case_item")
    ]  # fmt: skip
    fallen = graph.fallen({task.case_item.code: task.case_item.after for _, task in waiting}, set(gone))
    for each, task in waiting:
        if task.case_item.code in fallen:
            name, first = task.case_item.name, gone[fallen[task.case_item.code]]
            words = f"“{name}”不办了：要先办的“{first}”{why}"[:200]
            await move_task(
                SYSTEM, each, task, "fall", Move(words=words, facts={"item": name, "first": first, "why": why})
            )
    for each in found:
        await conclude_if_done(each)


async def locked_task(actor: Actor, task_id: UUID) -> tuple[Case, Task]:
    """A task the actor plays a role towards, and its case, locked in that order so that verbs of one case queue up."""
    found = await Task.filter(id=task_id).first()
    if found is None or not permits.task_roles(actor, found):
        raise not_found()
    await hold_project(found.case_id)
    case = await locked_case(found.case_id)
    task = await Task.filter(id=task_id).select_for_update().get()
    return case, task


async def acknowledge(actor: Actor, task_id: UUID, version: int | None = None) -> None:
    """接收: the department has it and begins to examine."""

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
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
        case, task = await locked_task(actor, task_id)
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
        case, task = await locked_task(actor, task_id)
        words = _words(reason, "reason_needed", "请写退回的理由（2 到 2000 字）")
        await move_task(actor, case, task, "return", Move(version, detail=words))

    await unit(body)


async def decide(actor: Actor, task_id: UUID, version: int | None, outcome: str, reason: str = "") -> None:
    """决定: granted or refused; a refusal needs its reason (行政许可法 art. 38). The last decision concludes the case.

    Who proposed does not decide: `same_person` (403). A department's own system passes the inner steps at once.
    """

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
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
    await settle(actor, case, task, "decide", version, outcome, words)


async def settle(
    actor: Actor, case: Case, task: Task, verb: str, version: int | None, outcome: str, words: str, *, by: str = ""
) -> None:
    """Write a decision, its result, and what follows from it for the rest of the case. `by`: in whose name, if told."""
    department = await Department.get(code=task.department_id)
    said = "准予" if outcome == "granted" else "不予许可"
    fields = {
        "outcome": outcome,
        "decided_at": now(),
        "reason_sealed": Task.REASON.seal(task.id, words) if words else None,
        "approver_id": actor.id if actor.kind == "staff" else None,
    }
    event = await move_task(
        actor, case, task, verb,
        Move(version, detail=words or None, words=f"{by or department.short}：{said}", fields=fields),
    )  # fmt: skip
    item = await CaseItem.get(id=task.case_item_id).prefetch_related("item")
    await licences.against_silence(case, item, outcome)
    result = dict(item.item.record).get("result") or {}
    await Result.create(
        case_id=case.id,
        task_id=task.id,
        name=str(result.get("name") or item.name)[:80] if outcome == "granted" else "不予许可决定书",
        outcome=outcome,
    )
    if outcome == "granted":
        await licences.after_grant(case, task, item)
        await inspections.after_grant(case, task, item)
    await audit.record(actor, "task.decided", f"task:{task.id}", said, version=task.version)
    alone = await Task.filter(case_id=case.id).count() == 1
    if outcome == "refused" and not alone:
        await tell.all_of(("case.part_refused",), case, event, {"item": item.name, **_named(case)})
    await _follow(case, task)
    await conclude_if_done(case)


def _named(case: Case) -> dict[str, Any]:
    return {"title": case.title, "number": case.number or "", "at": local(now()).strftime("%Y-%m-%d %H:%M")}


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
