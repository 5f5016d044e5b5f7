"""项目: an investment project under its code, its road as drawn, early guidance, the green way (R43, S22 to S27)."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api import road
from api.desk import layout
from api.desk.case import conflict
from api.desk.door import go, text
from api.desk.render import HEADERS, page
from api.desk.sheets import Field, Sheet
from models.actions import projects
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now, today
from models.reads import projects as read
from models.rules.permits import OVERSEERS

Row = dict[str, Any]
Kept = dict[str, str]
KIND_WORDS = {"filing": "备案类", "approval": "核准类"}


async def show(request: Request, me: Seated) -> Response:
    """Every project for who watches over them, and the guidance that waits for an answer."""
    overview = await read.board(me.actor) if me.actor.roles & {"clerk", *OVERSEERS} else []
    waiting = await read.guidance_inbox(me.actor)
    return await page(
        request, me, "projects.html", found=overview, waiting=waiting, kinds=KIND_WORDS,
        wide=bool(me.actor.roles & {"clerk", *OVERSEERS}), said=layout.done_note(dict(request.query_params)),
    )  # fmt: skip


async def find(request: Request, me: Seated) -> Response:
    """The project under the code that was typed or scanned."""
    found = await read.find(me.actor, await text(request, "code"))
    return go(f"/desk/projects/{quote(found.row.code)}")


async def one(request: Request, me: Seated) -> Response:
    return await draw(request, me, dict(request.query_params))


async def draw(
    request: Request, me: Seated, query: Kept, *, status: int = 200, said: Row | None = None, kept: Kept | None = None
) -> Response:
    """One project: its road, what each department does, its guidance; the sheet that was asked for."""
    project = await read.whole(me.actor, request.path_params["code"])
    plan = road.plan(project)
    return await page(
        request, me, "project.html", status, project=project, plan=plan, kinds=KIND_WORDS,
        sheet=_sheet(me, project, query, kept or {}), said=said or layout.done_note(query),
        opened=local(now()).isoformat(timespec="seconds"), green_off=_green_off(me), visit_off=_visit_off(me),
        mine=_mine(me, project),
    )  # fmt: skip


def _green_off(me: Seated) -> str:
    return "" if "supervisor" in me.actor.roles else "绿色通道由督办定"


def _visit_off(me: Seated) -> str:
    return "" if me.actor.roles & {"clerk", "handler", "supervisor"} else "上门由承办人、窗口或督办定"


def _mine(me: Seated, project: Row) -> set[str]:
    """The guidance this person may answer."""
    every = bool(me.actor.roles & {"clerk", *OVERSEERS})
    return {one["id"] for one in project["guidance"] if every or one["department"] == me.actor.department}


async def drawing(request: Request, me: Seated) -> Response:
    """The road as a picture, the same the owner sees."""
    project = await read.whole(me.actor, request.path_params["code"])
    return Response(road.plan(project)["svg"], headers=HEADERS, media_type="image/svg+xml")


# ------------------------------------------------------------------ what is written


def _sheet(me: Seated, project: Row, query: Kept, kept: Kept) -> Sheet | None:
    do, at = query.get("do", ""), f"/desk/projects/{project['code']}"
    if do == "green" and not _green_off(me):
        return _green_sheet(project, at, kept)
    if do == "visit" and not _visit_off(me):
        return _visit_sheet(me, project, at, kept)
    asked = next((one for one in project["guidance"] if one["id"] == query.get("answer")), None)
    if asked and asked["state"] == "open" and asked["id"] in _mine(me, project):
        return _answer_sheet(asked, at, kept)
    return None


def _green_sheet(project: Row, at: str, kept: Kept) -> Sheet:
    words = "停掉绿色通道" if project["green"] else "走绿色通道"
    return Sheet(
        title=words, action=f"{at}/green", version=0, seen="", words=words, icon="check", back=at,
        fields=(Field("reason", "理由", value=kept.get("reason", ""), keep=f"{project['code']}:green", most=120),),
        hidden=(("on", "" if project["green"] else "yes"),), why="这个项目在办的件都跟着改；时限不变，先办。",
    )  # fmt: skip


def _visit_sheet(me: Seated, project: Row, at: str, kept: Kept) -> Sheet:
    rows = [row for stage in project["stages"] for row in stage["rows"]]
    if not me.actor.roles & {"clerk", "supervisor"}:
        rows = [row for row in rows if row["department_code"] == me.actor.department]
    pairs = tuple((row["item"], f"{row['department']}　{row['everyday']}") for row in rows)
    return Sheet(
        title="定上门的日子", action=f"{at}/visit", version=0, seen="", words="定下，告诉业主", icon="send", back=at,
        fields=(
            Field("item", "哪一项", "list", kept.get("item") or (pairs[0][0] if pairs else ""), pairs),
            Field("planned_on", "哪天", "when", kept.get("planned_on") or today().isoformat(), most=10),
            Field("words", "去看什么，请对方准备什么", value=kept.get("words", ""), keep=f"{project['code']}:visit",
                  starters=("看选址和周边，请准备总平面图。", "看工艺和污染治理，请准备流程图。"), most=1000),
        ),
        why="提前上门是帮忙，不开始算时间。",
    )  # fmt: skip


def _answer_sheet(asked: Row, at: str, kept: Kept) -> Sheet:
    visit = asked["kind"] == "visit"
    label = "看到了什么，建议怎么做" if visit else "答复"
    return Sheet(
        title="记下上门的情况" if visit else "答复咨询", action=f"{at}/guidance/{asked['id']}", version=0, seen="",
        words="记下，告诉业主" if visit else "答复", back=at, why=f"{'去看' if visit else '问'}：{asked['question']}",
        fields=(Field("words", label, value=kept.get("words", ""), keep=f"{asked['id']}:answer", most=1000),),
    )  # fmt: skip


async def green(request: Request, me: Seated) -> Response:
    """绿色通道 on or off, with its reason."""
    kept = {"reason": await text(request, "reason")}
    on = await text(request, "on") == "yes"

    async def act() -> None:
        await projects.green(me.actor, request.path_params["code"], on, kept["reason"])

    return await _perform(request, me, act, {"do": "green"}, kept, "green")


async def visit(request: Request, me: Seated) -> Response:
    """预介入: the day an office comes early."""
    kept = {name: await text(request, name) for name in ("item", "planned_on", "words")}

    async def act() -> None:
        try:
            day = date.fromisoformat(kept["planned_on"])
        except ValueError:
            raise Refusal("bad_visit_day", 422, "请选哪天上门") from None
        seen = await read.find(me.actor, request.path_params["code"])
        await projects.plan_visit(me.actor, seen.row.id, "", kept["item"], day, kept["words"])

    return await _perform(request, me, act, {"do": "visit"}, kept, "visit")


async def answer(request: Request, me: Seated) -> Response:
    """The answer to a question, or what an early visit found."""
    guidance, kept = UUID(request.path_params["guidance"]), {"words": await text(request, "words")}
    project = await read.whole(me.actor, request.path_params["code"])
    if str(guidance) not in _mine(me, project):
        raise not_found()

    async def act() -> None:
        await projects.answer(me.actor, guidance, kept["words"])

    return await _perform(request, me, act, {"answer": str(guidance)}, kept, "answer_guidance")


async def _perform(request: Request, me: Seated, act: Any, query: Kept, kept: Kept, done: str) -> Response:
    """One action; a refusal that can be mended shows the sheet again with every word kept."""
    try:
        await act()
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        said = conflict(refusal, "", "", "", {"version": 0, "timeline": []})
        words = kept.get("words") or kept.get("reason")
        if words and refusal.status == 409:
            said["facts"].append(("您写的", words))
        return await draw(request, me, query, status=refusal.status, said=said, kept=kept)
    return go(f"/desk/projects/{quote(request.path_params['code'])}?done={done}")
