"""The output counter 出件: who comes, what lies where, what is handed out and how."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import find, issue, layout, view
from api.desk.case import conflict, shown_values
from api.desk.door import go, text, version
from api.desk.render import page
from models.actions import cases
from models.actions.cases import METHODS
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now
from models.reads import cases as read
from models.reads import desk

CHOICES = [(key, words) for key, words in METHODS.items() if key != "electronic"]


async def show(request: Request, me: Seated) -> Response:
    return await draw(request, me, dict(request.query_params))


async def draw(
    request: Request, me: Seated, query: dict[str, str], *, status: int = 200, said: dict[str, Any] | None = None,
    results: list[str] | None = None,
) -> Response:  # fmt: skip
    """The list of what waits and, when one is chosen, its results, places and the receipt."""
    q, waiting = await find.asked(request), await desk.output(me.actor)
    heard, found = await find.look(request, me, q) if q else ("", [])
    if q:
        known = {row["id"] for row in found}
        waiting = [row for row in waiting if row["id"] in known]
    one = query.get("case", "") or (waiting[0]["id"] if q and len(waiting) == 1 else "")
    given = results if results is not None else request.query_params.getlist("result")
    picked = await _picked(me, one) if one else None
    paper = await _paper(request, me, picked, query, given) if picked else None
    return await page(
        request, me, "output.html", status, cases=waiting, q=q if heard == "办件号" else "", asked=bool(q),
        heard=heard, picked=picked, methods=CHOICES, said=said or layout.done_note(query), shown=shown_values(None),
        paper=paper, opened=local(now()).isoformat(timespec="seconds"), events=picked["events"] if picked else [],
    )  # fmt: skip


async def _picked(me: Seated, one: str) -> dict[str, Any]:
    case_id = _id(one)
    case = await read.case(me.actor, case_id)
    for result in case["results"]:
        result["method_words"] = METHODS.get(result["method"] or "", "已发放")
    waiting = [result for result in case["results"] if result["state"] in ("making", "ready")]
    unplaced = [result["name"] for result in waiting if not result["place"]]
    why = f"{'、'.join(unplaced)} 还没写放在哪里。" if unplaced else "没勾的不发，下次再领。"
    return {
        "case": case, "waiting": waiting, "why": why if waiting else "都发完了。",
        "clock": view.delivery_clock(case),
        "person": await desk.person(me.actor, case_id), "events": layout.events(case),
    }  # fmt: skip


def _id(one: str) -> UUID:
    try:
        return UUID(one)
    except ValueError:
        raise not_found() from None


async def _paper(
    request: Request, me: Seated, picked: dict[str, Any], query: dict[str, str], given: list[str]
) -> dict[str, Any] | None:
    """送达回证 as it will print, with the ticked results."""
    if query.get("paper") != "deliver":
        return None
    case, method = picked["case"], query.get("method", "window")
    chosen = [result for result in picked["waiting"] if result["id"] in given]
    values = {"case": case, "person": picked["person"], "kept": {}}
    found = issue.delivery(request, me, values, chosen, METHODS.get(method, ""))
    found["hidden"] = [("method", method), *(("result", result["id"]) for result in chosen)]
    found["why"] = f"发放 {len(chosen)} 样；没勾的不发。" if chosen else "还没有勾要发的东西，请回去勾。"
    return found


async def shelve(request: Request, me: Seated) -> Response:
    """登记存放: where a result lies; the citizen is told to come."""
    case_id = UUID(request.path_params["case"])
    return await _try(request, me, case_id, "shelve", {})


async def deliver(request: Request, me: Seated) -> Response:
    """发放: the ticked results change hands."""
    case_id = UUID(request.path_params["case"])
    return await _try(request, me, case_id, "deliver", {"paper": "deliver", "method": await text(request, "method")})


async def _try(request: Request, me: Seated, case_id: UUID, verb: str, kept: dict[str, str]) -> Response:
    form = await request.form()
    results = [str(value) for value in form.getlist("result")]
    try:
        seen = await version(request)
        ids = [_id(value) for value in results]
        if verb == "shelve":
            if len(ids) != 1:
                raise Refusal("nothing_ticked", 422, "请选要登记存放的东西")
            await cases.shelve(me.actor, case_id, seen, ids[0], await text(request, "place"))
        else:
            await cases.deliver(me.actor, case_id, seen, ids, kept["method"])
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        case = await read.case(me.actor, case_id)
        said = conflict(refusal, await text(request, "seen"), await text(request, "opened"), case["state_words"], case)
        query = {"case": str(case_id), **kept}
        return await draw(request, me, query, status=refusal.status, said=said, results=results)
    return go(f"/desk/output?case={quote(str(case_id))}&done={verb}")
