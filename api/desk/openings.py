"""开放安排: a day or half a day closed, other hours, other places; who would have to rebook is said before (R54)."""

import datetime as dt
import re
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk.case import conflict
from api.desk.day_links import day_of
from api.desk.door import go, text
from api.desk.render import page
from models.actions import slots
from models.actions.staff import Seated
from models.base import Refusal, today
from models.hall import Hall
from models.reads import exceptions, hall_day
from models.reads.desk import short_hall
from models.reads.exceptions import Span

Row = dict[str, Any]
KINDS = (
    ("closed", "全天停"), ("no_am", "上午停"), ("no_pm", "下午停"), ("hours", "改时间"), ("places", "改人数"),
)  # fmt: skip
KEPT = ("group", "date", "what", "from1", "to1", "from2", "to2", "per_slot", "reason")
STARTERS = ("停电检修。", "系统升级。", "集中学习。", "台风停工。")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MOST_PLACES = 60


async def show(request: Request, me: Seated) -> Response:
    """What stands, and the sheet for something new."""
    query = request.query_params
    kept = {name: query.get(name, "")[:60].replace("\0", "") for name in ("group", "date")}
    said = None
    if query.get("done") in ("set", "ended"):
        bold = "定好了。" if query["done"] == "set" else "收回了。"
        words = "要另约的人已经收到消息，排在下面。" if query["done"] == "set" else "照平常的安排重新放号。"
        said = {"kind": "good", "icon": "check", "bold": bold, "words": words, "facts": [], "errors": [], "code": ""}
    return await draw(request, me, kept, said=said)


async def draw(
    request: Request, me: Seated, kept: dict[str, str], *, status: int = 200, said: Row | None = None,
    looked: Row | None = None,
) -> Response:  # fmt: skip
    hall = await hall_day.hall_of(me.actor)
    kept = dict.fromkeys(KEPT, "") | kept
    on = day_of(kept["date"]) if kept["date"] else None
    day = await hall_day.day(me.actor, hall, on or today())
    return await page(
        request, me, "openings.html", status, hall_words=short_hall(hall.name, hall.tier), kept=kept, said=said,
        lines=[line for line in await hall_day.lines(hall) if line["kind"] == "hall"], kinds=KINDS, looked=looked,
        standing=await exceptions.standing(me.actor, hall), usual=exceptions.usual(hall), starters=STARTERS,
        displaced=day["displaced"], on=on, words_of=words_of, first=today().isoformat(),
    )  # fmt: skip


def words_of(row: Row) -> str:
    """全天停; 9:00–11:30 开; 每段 2 人."""
    open_ = "、".join(f"{first.lstrip('0')}–{last.lstrip('0')}" for first, last in row["intervals"])
    hours = f"只开 {open_}" if open_ else "" if row["per_slot"] is not None else "全天停"
    places = f"每段 {row['per_slot']} 人" if row["per_slot"] is not None else ""
    return "，".join(part for part in (hours, places) if part)


def asked(kept: dict[str, str], usual: dict[str, Span]) -> tuple[dt.date, list[Span], int | None]:
    """(date, intervals, places a slot) as posted. Refuses in words what cannot be meant."""
    try:
        on = dt.date.fromisoformat(kept["date"])
    except ValueError:
        raise Refusal("date_needed", 422, "请选日期") from None
    if on < today() or on != day_of(kept["date"]):
        raise Refusal("date_needed", 422, "请选今天或以后一年里的日期")
    what = kept["what"]
    if what not in dict(KINDS):
        raise Refusal("kind_needed", 422, "请选怎么安排")
    if len(kept["reason"]) < 2 or len(kept["reason"]) > 60:
        raise Refusal("reason_needed", 422, "请写原因，60 字以内，约了的人会看到")
    if what == "places":
        return on, [], _places(kept["per_slot"])
    if what == "hours":
        return on, _hours(kept), None
    half = {"no_am": "pm", "no_pm": "am"}.get(what, "")
    return on, [usual[half]] if half in usual else [], None


def _places(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MOST_PLACES):
        raise Refusal("places_needed", 422, f"每段人数请写 1 到 {MOST_PLACES} 的数字")
    return int(given)


def _hours(kept: dict[str, str]) -> list[Span]:
    found: list[Span] = []
    for first, last in ((kept["from1"], kept["to1"]), (kept["from2"], kept["to2"])):
        if not first and not last:
            continue
        if not (TIME.fullmatch(first) and TIME.fullmatch(last)) or first >= last:
            raise Refusal("hours_needed", 422, "开门时间要早于关门时间，写成 09:00 的样子")
        if found and first < found[-1][1]:
            raise Refusal("hours_needed", 422, "下午的时间要在上午的后面")
        found.append((first, last))
    if not found:
        raise Refusal("hours_needed", 422, "请写几点开、几点关")
    return found


async def arrange(request: Request, me: Seated) -> Response:
    """First who would have to rebook is shown; the same form, confirmed, sets it."""
    kept = {name: await text(request, name) for name in KEPT}
    hall = await hall_day.hall_of(me.actor)
    try:
        on, spans, places = asked(kept, exceptions.usual(hall))
        known = {line["key"] for line in await hall_day.lines(hall)}
        if kept["group"] not in known | {""}:
            raise Refusal("unknown_group", 422, "没有这个窗口，请从列表里选")
        if await text(request, "confirm") != "yes":
            looked = await _look(me, hall, kept, on, spans, places)
            return await draw(request, me, kept, looked=looked)
        await slots.set_exception(
            me.actor, hall.code, kept["group"], on, [list(span) for span in spans], places, kept["reason"]
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        said = conflict(refusal, "", "", "", {"version": 0, "timeline": []})
        return await draw(request, me, kept, status=refusal.status, said=said)
    return go(f"/desk/openings?done=set&date={on.isoformat()}")


async def _look(
    me: Seated, hall: Hall, kept: dict[str, str], on: dt.date, spans: list[Span], places: int | None
) -> Row:
    """{words, on, people}: what it will be, and the booked people who lie outside the hours that stay."""
    people: list[Row] = []
    if places is None:
        people = await hall_day.touched(me.actor, hall, kept["group"], on, exceptions.moments(on, spans))
    return {"words": words_of({"intervals": spans, "per_slot": places}), "on": on, "people": people}


async def end(request: Request, me: Seated) -> Response:
    """Taken back: the usual hours again."""
    await slots.end_exception(me.actor, UUID(request.path_params["exception"]))
    return go("/desk/openings?done=ended")
