"""Turn an event into what is owed: a line of the person's own list and one outbox row per recipient and channel."""

from typing import Any

from models.actions import outbox
from models.base import local, new_id
from models.case import Case, Event, Task
from models.catalogue import Department
from models.outbox import Notification
from models.rules import notices
from models.rules.notices import NOTICES, SYSTEM_EVENTS


async def all_of(
    names: tuple[str, ...], case: Case, event: Event, facts: dict[str, Any], task: Task | None = None
) -> None:
    """Owe every notice of a verb, in the open unit; a draft that was never handed in concerns nobody else."""
    if case.number is None:
        return
    for name in names:
        audience = NOTICES[name].audience
        if audience == "citizen":
            await _citizen(name, case, event, facts)
        elif audience == "hall":
            await _desk(name, case, event, facts, f"hall:{case.hall_id}")
        else:
            await _departments(name, case, event, facts, task)


async def _citizen(name: str, case: Case, event: Event, facts: dict[str, Any]) -> None:
    notice = NOTICES[name]
    id_ = new_id()
    pushed = "wechat" in notice.channels
    await Notification.create(
        id=id_,
        account_id=case.account_id,
        case_id=case.id,
        event_id=event.id,
        kind=name,
        title=notice.title,
        words_sealed=Notification.WORDS.seal(id_, notices.words(name, facts)) or "",
        push="waiting" if pushed else "none",
    )
    if pushed:
        payload = {
            "template": notice.template,
            "data": notices.fields_of(name, facts),
            "page": f"pages/case/progress?id={case.id}",
            "notification": str(id_),
        }
        await outbox.put("wechat", case.id, f"citizen:{case.account_id}", payload, f"{event.id}:{name}", notice.class_)


async def _desk(name: str, case: Case, event: Event, facts: dict[str, Any], audience: str) -> None:
    payload = {"kind": name, "case_id": str(case.id), "words": notices.words(name, facts)}
    await outbox.put("desk", case.id, audience, payload, f"{event.id}:{name}:{audience}", "nice")


async def _departments(name: str, case: Case, event: Event, facts: dict[str, Any], task: Task | None) -> None:
    tasks = [task] if task else await Task.filter(case_id=case.id, state__in=["assigned", "examining", "advised"])
    for each in tasks:
        await _desk(name, case, event, facts, f"department:{each.department_id}")
        if await Department.filter(code=each.department_id, system=True).exists():
            payload = {
                "event_id": f"{event.id}:{each.id}",
                "event": SYSTEM_EVENTS[name],
                "task_id": str(each.id),
                "at": local(event.at).isoformat(),
            }
            await outbox.put(
                "department", each.id, f"department:{each.department_id}", payload, f"{event.id}:{name}:{each.id}"
            )
