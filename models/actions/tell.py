"""Turn an event into what is owed: a line of the person's own list and one outbox row per recipient and channel."""

from typing import Any

from models.actions import outbox
from models.base import local, new_id
from models.case import Case, Event, Task
from models.catalogue import Department
from models.outbox import Notification
from models.rules import notices
from models.rules.flow import OPEN_TASKS
from models.rules.notices import NOTICES, SYSTEM_EVENTS


async def all_of(
    names: tuple[str, ...], case: Case, event: Event, facts: dict[str, Any], task: Task | None = None, *,
    row: Any = None,
) -> None:  # fmt: skip
    """Owe every notice of a verb, in the open unit; a draft that was never handed in concerns nobody else.

    `row`: the letter, inspection or licence the verb is about; it names its department, and a letter its asker.
    """
    if case.number is None:
        return
    for name in names:
        audience = NOTICES[name].audience
        if audience == "citizen":
            await _citizen(name, case, event, facts)
        elif audience == "hall":
            await _desk(name, case, event, facts, f"hall:{case.hall_id}")
        elif audience == "supervisor":
            await _desk(name, case, event, facts, "supervisor")
        elif audience == "asker":
            await _desk(name, case, event, facts, row.asker)
        elif row is not None:
            await _department(name, case, event, facts, row.department_id, task)
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
            "page": f"pages/progress?id={case.id}",
            "notification": str(id_),
        }
        await outbox.put("wechat", case.id, f"citizen:{case.account_id}", payload, f"{event.id}:{name}", notice.class_)


async def _desk(name: str, case: Case, event: Event, facts: dict[str, Any], audience: str) -> None:
    payload = {"kind": name, "case_id": str(case.id), "words": notices.words(name, facts)}
    await outbox.put("desk", case.id, audience, payload, f"{event.id}:{name}:{audience}", "nice")


async def _departments(name: str, case: Case, event: Event, facts: dict[str, Any], task: Task | None) -> None:
    tasks = [task] if task else await Task.filter(case_id=case.id, state__in=list(OPEN_TASKS))
    for each in tasks:
        await _department(name, case, event, facts, each.department_id, each)


async def _department(
    name: str, case: Case, event: Event, facts: dict[str, Any], department: str, task: Task | None
) -> None:
    """Tell one department on its desk, and its own system where the matter is a task of its own."""
    await _desk(name, case, event, facts, f"department:{department}")
    own = task is not None and task.department_id == department
    if own and task is not None and await Department.filter(code=department, system=True).exists():
        payload = {
            "event_id": f"{event.id}:{task.id}",
            "event": SYSTEM_EVENTS[name],
            "task_id": str(task.id),
            "at": local(event.at).isoformat(),
        }
        await outbox.put("department", task.id, f"department:{department}", payload, f"{event.id}:{name}:{task.id}")
