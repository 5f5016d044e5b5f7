"""The verbs of a department's task, from the desk: 接收, 写意见, 退回重审, 作出决定."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import case
from api.desk.door import go, text, version
from models.actions import tasks
from models.actions.staff import Seated
from models.base import Refusal, not_found
from models.reads import cases as read_cases
from models.reads import tasks as read

VERBS = ("acknowledge", "advise", "return", "decide")


async def act(request: Request, me: Seated) -> Response:
    """Perform one verb; a refusal that can be mended shows the sheet again with every word kept."""
    task_id, verb = UUID(request.path_params["task"]), request.path_params["verb"]
    if verb not in VERBS:
        raise not_found("没有这一步")
    found = await read.task(me.actor, task_id)
    case_id = UUID(found["case"]["id"])
    kept = {name: await text(request, name) for name in ("opinion", "reason", "outcome", "opened")}
    try:
        await _perform(me, task_id, verb, await version(request), kept)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _again(request, me, case_id, task_id, verb, kept, refusal)
    return go(f"/desk/cases/{case_id}?task={task_id}&done={verb}")


async def _perform(me: Seated, task_id: UUID, verb: str, seen: int, kept: dict[str, str]) -> None:
    if verb == "acknowledge":
        await tasks.acknowledge(me.actor, task_id, seen)
    elif verb == "advise":
        await tasks.advise(me.actor, task_id, seen, kept["outcome"], kept["opinion"])
    elif verb == "return":
        await tasks.send_back(me.actor, task_id, seen, kept["reason"])
    else:
        await tasks.decide(me.actor, task_id, seen, kept["outcome"], kept["reason"])


async def _again(
    request: Request, me: Seated, case_id: UUID, task_id: UUID, verb: str, kept: dict[str, str], refusal: Refusal
) -> Response:
    fresh: dict[str, Any] = await read.task(me.actor, task_id)
    whole = await read_cases.case(me.actor, case_id)
    said = case.conflict(refusal, await text(request, "seen"), kept["opened"], fresh["state_words"], whole)
    said["facts"] = [
        (k, f"{fresh['state_words']} · 第 {fresh['version']} 版" if k == "现在" else v) for k, v in said["facts"]
    ]
    words = kept["opinion"] or kept["reason"]
    if words and fresh["state"] in ("decided", "cancelled"):  # no sheet to write on is left to show them
        said["facts"].append(("您写的", words))
    return await case.draw(
        request, me, case_id, status=refusal.status, said=said, kept={**kept, "do": verb, "task": str(task_id)}
    )
