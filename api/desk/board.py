"""督办: what will be late in 1, 3 and 5 days on one line of sight, the ladder of a task, and the urging (S34, R38)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import go, text
from api.desk.render import page
from models.actions import supervision as acting
from models.actions.staff import Seated
from models.base import Refusal, local, now
from models.reads import calendar, matters, supervision
from models.rules import ladder
from models.rules.dates import say, weekday

Row = dict[str, Any]
SEGMENTS = (("", "全县"), ("department", "按部门"), ("hall", "按大厅"), ("green", "绿色通道"))
COLUMNS = {"1": 1, "3": 3, "5": 5, "late": 0}
HEAT = (5, 10, 20, 30)  # five steps of one green, as the legend says
REASON = "请写明没有按承诺办结的原因。"
LEFT = {
    "urge_open": "催过了，答复期限还没到", "state_changed": "已经办完", "not_found": "已经办完",
    "stale_version": "刚有变化",
}  # fmt: skip


async def show(request: Request, me: Seated) -> Response:
    """The board, or one of its lists whole (`show`), with the drawer of one task (`pick`)."""
    return await _draw(request, me)


async def urge(request: Request, me: Seated) -> Response:
    """Urge one task, or every ticked one. A refusal shows the board again with every word kept."""
    form = await request.form()
    chosen = [UUID(one) for one in form.getlist("task") if isinstance(one, str) and _is_id(one)]
    words = await text(request, "words")
    if await text(request, "ask") == "reason" and REASON not in words:
        words = f"{words}{'' if words.endswith(('。', '！', '？')) or not words else '。'}{REASON}"
    try:
        due = _moment(await text(request, "due"))
        if await text(request, "many"):
            found = await acting.urge_all(me.actor, chosen, words, due)
            told = {"urged": str(found.done), "left": ",".join(f"{code}.{n}" for code, n in found.left.items())}
        else:
            version = await text(request, "version")
            seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
            await acting.urge(me.actor, _only(chosen), seen, words, due)
            told = {"urged": "1", "pick": str(chosen[0])}
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _draw(request, me, refusal, words)
    return go("/desk/board?" + urlencode({**_place(request), **told}))


def _only(chosen: list[UUID]) -> UUID:
    if len(chosen) != 1:
        raise Refusal("urge_none", 422, "请先选一件要催的")
    return chosen[0]


def _moment(value: str) -> datetime:
    """An hour as the page's list gives it, with its offset."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refusal("answer_due_needed", 422, "请选一个答复的期限")
    return moment


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False


def _place(request: Request) -> dict[str, str]:
    """Where on the board one is: the filter and the list that is open."""
    asked = {name: request.query_params.get(name, "")[:40] for name in ("by", "value", "show")}
    return {name: value for name, value in asked.items() if value}


async def _draw(request: Request, me: Seated, refusal: Refusal | None = None, words: str = "") -> Response:
    query, place = request.query_params, _place(request)
    due = await text(request, "due") if refusal else ""
    board = await supervision.board(me.actor, place.get("by", ""), place.get("value", ""))
    listed = await _listed(me, place, query.get("after", ""))
    many = bool(query.get("all")) and listed is not None and listed["pickable"]
    picked = None if many else await _picked(me, board, listed, query.get("pick", ""))
    # what the drawer writes with: the words kept, else the sentence one would write
    offers = await _offers()
    return await page(
        request, me, "board.html", refusal.status if refusal else 200, board=board, listed=listed, many=many,
        picked=picked, refusal=refusal, kept=words or _first_words(picked), offers=offers, due=due,
        segments=SEGMENTS, link=_links(place), done=_done(request), heat=_heat, may_urge="supervisor" in me.actor.roles,
        heading=_heading(board), under=_under(board), most=acting.MOST_AT_ONCE,
    )  # fmt: skip


def _links(place: dict[str, str]) -> Any:
    """An address of the board: what is named replaces what one stands on, an empty word drops it."""

    def link(path: str = "/desk/board", **more: str) -> str:
        asked = {name: value for name, value in {**place, **more}.items() if value}
        return path + (f"?{urlencode(asked)}" if asked else "")

    return link


async def _listed(me: Seated, place: dict[str, str], after: str) -> dict[str, Any] | None:
    """A column whole, or the cases behind one line of 要人管的事."""
    name = place.get("show", "")
    if name in COLUMNS:
        found = await supervision.column(
            me.actor, COLUMNS[name], place.get("by", ""), place.get("value", ""), after[:60]
        )
        title = f"{name} 日内会超" if COLUMNS[name] else "已超期"
        return {**found, "title": title, "name": name, "pickable": True}
    if name:
        found = await matters.listed(me.actor, name)
        return {**found, "title": found["words"], "name": name, "pickable": False, "next": ""}
    return None


async def _picked(me: Seated, board: dict[str, Any], listed: dict[str, Any] | None, pick: str) -> dict[str, Any] | None:
    """The task in the drawer with its ladder: the asked one, else the one that cannot wait."""
    if listed and listed["pickable"]:
        found = listed["rows"]
    else:
        found = [*board["late"]["rows"], *(row for column in board["columns"] for row in column["rows"])]
    row = next((row for row in found if row["task_id"] == pick), None)
    if row is None and pick and _is_id(pick):
        row = await _by_itself(me, UUID(pick))
    row = row or next(iter(found), None)
    if row is None:
        return None
    steps = await supervision.steps(me.actor, UUID(row["task_id"]))
    until = next((step["until"] for step in steps if step["until"]), "")
    return {"row": row, "steps": steps, "until": until}


async def _by_itself(me: Seated, task_id: UUID) -> Row | None:
    try:
        return await supervision.one(me.actor, task_id)
    except Refusal:  # decided meanwhile: the drawer shows the next one
        return None


async def _offers() -> list[tuple[str, str]]:
    """[(ISO hour, 今天（周三）17:00)], the likeliest first."""
    clock = await calendar.clock()
    at = local(now())
    tomorrow = clock.calendar.next_working(at.date())
    found = []
    for moment in ladder.offers(clock.calendar, at, clock.rules.cutoff):
        day = moment.date()
        name = (
            "今天"
            if day == at.date()
            else "明天"
            if (day - at.date()).days == 1 == (tomorrow - at.date()).days
            else say(day)
        )
        found.append((moment.isoformat(), f"{name}（{weekday(day)}）{moment:%H:%M}"))
    return found


def _first_words(picked: dict[str, Any] | None) -> str:
    if picked is None:
        return "这件快到承诺的期限。请答复办到哪一步，哪天办结。"
    row = picked["row"]
    promised = f"这件承诺{say(row['due_on'])}办结"
    if row["light"] == "red":
        return f"{promised}，今天还没有结果。请答复办到哪一步，哪天办结。"
    return f"{promised}。请答复办到哪一步，能不能按时办结。"


def _done(request: Request) -> str:
    """What has just been sent, said once."""
    urged, left = request.query_params.get("urged", ""), request.query_params.get("left", "")
    if not urged.isascii() or not urged.isdigit():
        return ""
    words = f"催办发出了 {int(urged[:4])} 件，部门会看到；答复了会告诉您。"
    parts = [part.partition(".") for part in left.split(",") if part]
    held = [f"{LEFT.get(code, '没有办成')} {n[:4]} 件" for code, _, n in parts if n.isascii() and n.isdigit()]
    return words + (f"没有催的：{'，'.join(held)}。" if held else "")


def _heading(board: dict[str, Any]) -> str:
    first = board["columns"][0]["count"]
    return f"先盯这些：{first:,} 件一日内会超" if first else "一日内没有会超的"


def _under(board: dict[str, Any]) -> str:
    whose = next((words for code, words in board["choices"] if code == board["value"]), "")
    whose = whose or ("绿色通道" if board["by"] == "green" else "全县")
    return f"{whose}在办 {board['total']:,} 件"


def _heat(n: int) -> str:
    """The class of a cell: none for 0, then five steps."""
    return "hx" if not n else f"h{sum(1 for step in HEAT if n >= step)}"
