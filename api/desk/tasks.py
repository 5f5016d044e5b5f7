"""The verbs of a department's task, from the desk: each parses its form and performs one action."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import case
from api.desk.door import go, text, version
from api.desk.sheets import number
from models.actions import delegated, revocation, special, supervision, tasks
from models.actions.staff import Seated
from models.base import Refusal, not_found
from models.reads import cases as read_cases
from models.reads import tasks as read

Kept = dict[str, str]
KEPT = ("opinion", "reason", "result", "words", "outcome", "kind", "planned_days", "days", "answer_due_at", "opened")


async def act(request: Request, me: Seated) -> Response:
    """Perform one verb; a refusal that can be mended shows the sheet again with every word kept."""
    task_id, verb = UUID(request.path_params["task"]), request.path_params["verb"]
    if verb not in VERBS:
        raise not_found("没有这一步")
    found = await read.task(me.actor, task_id)
    case_id = UUID(found["case"]["id"])
    kept = {name: await text(request, name) for name in KEPT}
    try:
        await VERBS[verb](me, task_id, await version(request), kept)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _again(request, me, case_id, task_id, verb, kept, refusal)
    return go(f"/desk/cases/{case_id}?task={task_id}&done={verb}")


async def _acknowledge(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await tasks.acknowledge(me.actor, task, seen)


async def _advise(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await tasks.advise(me.actor, task, seen, kept["outcome"], kept["opinion"])


async def _return(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await tasks.send_back(me.actor, task, seen, kept["reason"])


async def _decide(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await tasks.decide(me.actor, task, seen, kept["outcome"], kept["reason"])


async def _at_window(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await delegated.decide(me.actor, task, seen, kept["outcome"], kept["reason"])


async def _revoke(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await revocation.revoke(me.actor, task, seen, kept["reason"])


async def _suspend(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    days = number(kept["planned_days"], "请写计划几天") if kept["planned_days"] else None
    await special.suspend(me.actor, task, seen, kept["kind"], days, kept["reason"])


async def _resume(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await special.resume(me.actor, task, seen, kept["result"])


async def _extend(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await special.extend(me.actor, task, seen, number(kept["days"], "请写延长几天"), kept["reason"])


async def _urge(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    try:
        due = datetime.fromisoformat(kept["answer_due_at"])
    except ValueError:
        raise Refusal("answer_due_needed", 422, "请选什么时候前答复") from None
    if due.tzinfo is None:
        raise Refusal("answer_due_needed", 422, "请选什么时候前答复")
    await supervision.urge(me.actor, task, seen, kept["words"], due)


async def _answer_urge(me: Seated, task: UUID, seen: int, kept: Kept) -> None:
    await supervision.answer_urge(me.actor, task, seen, kept["words"])


VERBS: dict[str, Callable[[Seated, UUID, int, Kept], Awaitable[None]]] = {
    "acknowledge": _acknowledge, "advise": _advise, "return": _return, "decide": _decide,
    "decide_at_window": _at_window, "suspend": _suspend, "resume": _resume, "extend": _extend, "revoke": _revoke,
    "urge": _urge, "answer_urge": _answer_urge,
}  # fmt: skip


async def _again(
    request: Request, me: Seated, case_id: UUID, task_id: UUID, verb: str, kept: Kept, refusal: Refusal
) -> Response:
    fresh: dict[str, Any] = await read.task(me.actor, task_id)
    whole = await read_cases.case(me.actor, case_id)
    said = case.conflict(refusal, await text(request, "seen"), kept["opened"], fresh["state_words"], whole)
    said["facts"] = [
        (k, f"{fresh['state_words']} · 第 {fresh['version']} 版" if k == "现在" else v) for k, v in said["facts"]
    ]
    return await case.draw(
        request, me, case_id, status=refusal.status, said=said, kept={**kept, "do": verb, "task": str(task_id)}
    )
