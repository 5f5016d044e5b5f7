"""容缺逾期: the day promised papers were due is over (R40). Who did not bring them loses the item.

An item granted but held back loses its grant (`void_grant`): it never came into force. What stood behind it in the same
case goes with it. What was supplied in time and the counter has not looked at is not broken: the hall and the
supervisor hear of it, again each working day, until somebody looks.
"""

from datetime import date, datetime, time
from uuid import UUID

from models.actions import inspections, owed, tasks
from models.actions.clocks import recount, start_clock, stop_clocks
from models.actions.promises import limits_of, names_of
from models.actions.step import Move, locked_case, move_case, move_task
from models.base import SHANGHAI, now, today, unit
from models.case import Alarm, Case, CaseItem, Clock, Result, Task
from models.promise import Promise
from models.reads import calendar
from models.rules import graph
from models.rules.dates import say
from models.rules.flow import OPEN_TASKS
from models.rules.permits import SYSTEM, Actor

MORNING = time(8, 30)


async def lapse(actor: Actor, case_id: UUID) -> None:
    """The clock's act at the end of a tolerance period. Safe when late, early or doubled."""

    async def body() -> None:
        await tasks.hold_project(case_id)
        case = await locked_case(case_id)
        held = await _open(case) if case.state == "accepted" else []
        late = [promise for promise in held if promise.due_on and promise.due_on < today()]
        broken = [promise for promise in late if promise.state == "made"]
        if broken:
            await _break(actor, case, broken)
        elif late:
            await _counter_is_late(actor, case)
        elif held:
            await _count_on(case)

    await unit(body)


async def remind(actor: Actor, case_id: UUID) -> None:
    """提醒 the applicant of what is still to come; silent once it lies at the counter."""

    async def body() -> None:
        case = await locked_case(case_id)
        if any(promise.state == "made" for promise in await _open(case)):
            await move_case(actor, case, "remind_tolerance")

    await unit(body)


async def _open(case: Case) -> list[Promise]:
    query = Promise.filter(case_id=case.id, kind="tolerance", state__in=["made", "supplied"])
    return await query.order_by("due_on", "id")


async def _counter_is_late(actor: Actor, case: Case) -> None:
    clock = await Clock.filter(case_id=case.id, task_id=None, kind="tolerance", stopped_at=None).first()
    await move_case(actor, case, "overdue_supply")
    days = (await calendar.clock()).calendar
    again = datetime.combine(days.next_working(today()), MORNING, SHANGHAI)
    await Alarm.create(case_id=case.id, clock_id=clock.id if clock else None, verb="break_promise", due_at=again)


async def _break(actor: Actor, case: Case, broken: list[Promise]) -> None:
    names = {item.code: item.name for item in await CaseItem.filter(case_id=case.id)}
    for promise in broken:
        name, papers = names[promise.item_code], "、".join(await names_of(case, [promise]))
        await Promise.filter(id=promise.id).update(state="broken", settled_at=now())
        await owed.breach(case, promise, f"“{name}”：承诺{_said(promise.due_on)}前补交{papers}，到期没有补")
        move = Move(words=f"到期没有补{papers}，“{name}”退回"[:200], facts={"title": case.title, "item": name})
        await move_case(actor, case, "break_promise", move)
    lost = await _return(case, {promise.item_code for promise in broken})
    await owed.release(case)
    await _count_on(case)
    for task in lost:
        await tasks.fall_behind(case, task, "退回了")


def _said(day: date | None) -> str:
    return say(day) if day else ""


async def _return(case: Case, gone: set[str]) -> list[Task]:
    """Stop the items lost, and what had gone on because of them, in this case and in others of its project.

    Returns the tasks of this case that were lost. What a sister case has decided stands: it has to be revoked.
    """
    cases = await tasks.siblings(case)
    items = {item.id: item for item in await CaseItem.filter(case_id__in=[each.id for each in cases])}
    names = {item.code: item.name for item in items.values()}
    behind = graph.fallen({item.code: item.after for item in items.values()}, gone)
    lost = []
    for each in cases:
        for task in await Task.filter(case_id=each.id, state__in=[*OPEN_TASKS, "waiting", "decided"]).order_by("id"):
            item, own = items[task.case_item_id], each.id == case.id
            first = behind.get(item.code, "")
            returned = own and item.code in gone
            if not returned and (not first or task.state == "waiting" or (not own and task.state == "decided")):
                continue  # independent; or not begun: what waits falls by itself
            words = "" if returned else f"“{item.name}”退回：要先办的“{names[first]}”退回了"
            if await _stop(each, task, item, words) and own:
                lost.append(task)
    return lost


async def _stop(case: Case, task: Task, item: CaseItem, words: str) -> bool:
    """Stop one item; False where it was refused anyway."""
    facts = {"title": item.name}
    if task.state != "decided":
        await move_task(SYSTEM, case, task, "drop", Move(words=words[:200], facts=facts))
        return True
    if task.outcome != "granted":
        return False
    fields = {"outcome": "", "decided_at": None}
    await move_task(SYSTEM, case, task, "void_grant", Move(words=words[:200], facts=facts, fields=fields))
    await Result.filter(task_id=task.id).update(state="void")
    await inspections.drop(case, task)
    return True


async def _count_on(case: Case) -> None:
    """The period goes on to the next promise of the case that is still open, with the days already given back."""
    rest = await _open(case)
    old = await Clock.filter(case_id=case.id, task_id=None, kind="tolerance").order_by("-created_at").first()
    if not rest or case.accepted_on is None:
        return
    await stop_clocks(case, ("tolerance",))
    limits = await limits_of(case, rest)
    row = await start_clock(case, None, "tolerance", limits[rest[0].item_code], case.accepted_on)
    if old is not None and old.suspensions:
        row.suspensions = old.suspensions
        await row.save(update_fields=["suspensions"])
        await recount(row)
