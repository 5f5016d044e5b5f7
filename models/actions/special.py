"""特别程序 and 延期: the clock stands still for what the law names (art. 45), or is lengthened once (art. 42)."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions import clocks
from models.actions.alarms import Due
from models.actions.step import Move, locked_case, may, move_case, move_task
from models.actions.tasks import locked_task
from models.base import Refusal, today, unit
from models.case import Case, CaseItem, Clock, Event, Task
from models.reads import calendar
from models.rules import permits, special
from models.rules.dates import say
from models.rules.limits import Limit, unit_of
from models.rules.permits import CLOCK, Actor

AGAIN = 5  # working days until a special procedure that runs over its plan is spoken of again


async def suspend(
    actor: Actor, task_id: UUID, version: int | None, kind: str, planned_days: int | None, reason: str
) -> None:
    """特别程序开始: whole local dates from today on do not count, told to the applicant in writing (R19, R33, R37).

    `planned_days` may be left out where the item gives them. Refusals beside those of the engine and rules.special:
    reason_needed (422).
    """

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
        may(actor, task, "task", "suspend", version)
        item = await _item(task)
        held = special.procedure(item.item.record, kind.strip(), planned_days)
        why = special.words(reason, "为什么要进行")
        clock = await calendar.clock()
        first = await clocks.free_date(case, task)
        last = clocks.planned_end(clock.calendar, first, held.planned.days, held.planned.unit)
        facts = {"procedure": held.kind, "planned": held.planned.words, "title": await _title(case, item)}
        words = f"进入特别程序：{held.kind}，计划{held.planned.words}，到{say(last, today())}为止，这几天不算时间"
        move = Move(version, detail=held.told(first, last, why), words=words, facts=facts)
        await move_task(actor, case, task, "suspend", move)
        await clocks.pause(case, task, first, last, held.kind)
        await _remind(case, task, last)

    await unit(body)


async def resume(actor: Actor, task_id: UUID, version: int | None, result: str) -> None:
    """特别程序结束, with its result in words: today is the last date left out, then the clock goes on."""

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
        may(actor, task, "task", "resume", version)
        said = special.words(result, "特别程序的结果")
        item = await _item(task)
        kind = await clocks.running_pause(case, task) or "特别程序"
        due = await clocks.unpause(case, task, today())
        await clocks.disarm(task.id, ["remind_suspension"])
        facts = {"procedure": kind, "title": await _title(case, item), **({"due": due} if due else {})}
        words = f"{kind}结束了，接着算时间" + (f"，最晚{say(due, today())}办结" if due else "")
        await move_task(actor, case, task, "resume", Move(version, detail=said, words=words, facts=facts))

    await unit(body)


async def overrun(due: Due) -> None:
    """The clock's act when a special procedure runs over its plan: told, and told again while nobody ends it."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        task = await Task.filter(id=due.subject_id).select_for_update().get()
        await move_task(CLOCK, case, task, "remind_suspension", Move())
        for row in await clocks.deciding(case, task):
            await clocks.recount(row)
        county = await calendar.clock()
        await _remind(case, task, county.calendar.add_working(today(), AGAIN))

    await unit(body)


async def _remind(case: Case, task: Task, last: date) -> None:
    clock = await calendar.clock()
    await clocks.plan("task", case.id, task.id, "remind_suspension", clock.due_at(last), task_id=task.id)


async def extend(actor: Actor, task_id: UUID, version: int | None, days: int, reason: str) -> None:
    """批准延期 by the head of the department, once, the reason told to the applicant (art. 42, R31).

    A case of its own follows its child; a child of a bundle stays inside the whole (R42). Refusals beside those of the
    engine and rules.special: extension_used, extension_too_late, joint_limit (409).
    """

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
        may(actor, task, "task", "extend", version)
        item = await _item(task)
        if await Event.filter(task_id=task.id, verb="extend").exists():
            raise Refusal("extension_used", 409, "已经延期过一次，依法不能再延")
        more = special.extension(item.item.record, days)
        why = special.words(reason, "延期的原因")
        own = [row for row in await clocks.deciding(case, task) if row.task_id]
        await _in_time(own)
        if case.bundle_code:
            await _inside(case, own, more)
        due = await clocks.lengthen(case, task, more)
        if not case.bundle_code:
            await clocks.follow(case, task, more)
        move = _lengthened(version, more, due, why, await _title(case, item), "负责人")
        await move_task(actor, case, task, "extend", move)

    await unit(body)


async def extend_case(actor: Actor, case_id: UUID, version: int | None, days: int, reason: str) -> None:
    """批准延期 of joint handling by the head of the county's government, once (arts. 26 and 42: 45 + 15).

    Refusals beside those of the engine: not_joint, extension_used, extension_too_late (409), extension_too_long (422).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        may(actor, case, "case", "extend", version)
        own = await clocks.deciding(case, None)
        if not case.bundle_code or not any(row.kind == "statutory" for row in own):
            raise Refusal("not_joint", 409, "只有联合办理的一件事才由县政府负责人批准延期，别的由部门负责人批准")
        if await Event.filter(case_id=case.id, task_id=None, verb="extend").exists():
            raise Refusal("extension_used", 409, "已经延期过一次，依法不能再延")
        rule = (await calendar.county()).facts["rules"]["joint_handling_limit"]
        special.within(days, int(rule["extension_days"]), unit_of(rule))
        more = Limit(days, unit_of(rule))
        why = special.words(reason, "延期的原因")
        await _in_time(own)
        due = await clocks.lengthen(case, None, more)
        await move_case(actor, case, "extend", _lengthened(version, more, due, why, case.title, "县政府负责人"))

    await unit(body)


def _lengthened(version: int | None, more: Limit, due: date | None, why: str, title: str, by: str) -> Move:
    facts = {"days": more.words, "title": title, **({"due": due} if due else {})}
    until = f"，最晚{say(due, today())}办结" if due else ""
    return Move(version, detail=why, words=f"经{by}批准，延长{more.words}{until}", facts=facts)


async def _in_time(own: list[Clock]) -> None:
    """An extension is approved while the limit of the law runs; where the law gives none, while the promise does."""
    clock = await calendar.clock()
    legal = [row for row in own if row.kind == "statutory"] or own
    if not legal or any(clocks.due_with(clock, row) < today() for row in legal):
        raise Refusal("extension_too_late", 409, "期限已经过了，不能再批准延期。请尽快作出决定")


async def _inside(case: Case, own: list[Clock], more: Limit) -> None:
    """A child of a bundle may not be due after the whole: that is for the county's government to lengthen first."""
    clock = await calendar.clock()
    for whole in await clocks.deciding(case, None):
        for row in own:
            due = clocks.due_with(clock, row, clocks.spread(clock.calendar, row, more))
            if row.kind == whole.kind and due > clocks.due_with(clock, whole):
                words = f"整件事要在{say(whole.due_on, today())}前办完，这一项不能延到{say(due, today())}。"
                raise Refusal("joint_limit", 409, f"{words}请先报县政府负责人批准整件事延期")


async def _item(task: Task) -> Any:
    """The item of a task, with its frozen record."""
    return await CaseItem.get(id=task.case_item_id).prefetch_related("item")


async def _title(case: Case, item: CaseItem) -> str:
    """What the applicant calls it: the case, or the one item of several."""
    return case.title if await CaseItem.filter(case_id=case.id).count() == 1 else item.name
