"""预约: a hall's day by line and time, its people, who waits, who must rebook; and what the desk does (R54-R56)."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import day_sheets, hall_grid
from api.desk.case import conflict
from api.desk.day_links import HERE, Where, day_of, id_of, where
from api.desk.door import go, text, version
from api.desk.render import bare, page
from api.op import refuse_nul
from models.actions import appointments, reveal
from models.actions.appointments import Guest, Wish
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now, today
from models.hall import Hall
from models.reads import calendar, hall_day, line_items, openings
from models.reads.desk import short_hall

Row = dict[str, Any]
DONE = {
    "book": ("订好了。", "号码写在右边，请告诉本人；到了凭身份证或号码取号。"),
    "wait": ("排上候补了。", "空出来会发消息或短信，留一会儿等本人确认。"),
    "check_in": ("取号了。", "已经排进队里。"),
    "reschedule": ("改好时间了。", "本人会收到消息或短信。"),
    "cancel": ("取消了。", "位置放出来了，先给候补的人。"),
    "call_off": ("取消了。", "本人会收到消息或短信，不算失约。"),
    "excuse": ("这一次不算失约。", "原因记下了。"),
    "confirm": ("订好了。", "本人会收到消息或短信。"),
    "take_offer": ("订好了。", "本人会收到消息或短信。"),
}
KEPT = ("name", "id_number", "phone", "item", "party", "slot_id", "reason", "priority", "opened")
MENDABLE = (403, 409, 422)


async def show(request: Request, me: Seated) -> Response:
    return await draw(request, me, await where(request), done=request.query_params.get("done", ""))


async def find(request: Request, me: Seated) -> Response:
    """By code, or by the last four digits of a phone: posted, never put in an address, and on record."""
    at, q = await where(request), await text(request, "q")
    refuse_nul(q)
    hall = await hall_day.hall_of(me.actor, at.hall)
    found = await hall_day.search(me.actor, hall, at.day, q[:20])
    await reveal.searched(me.actor, "预约号或手机尾号", len(found))
    return await draw(request, me, at, found={"q": q[:20], "rows": found})


async def draw(
    request: Request, me: Seated, at: Where, *, status: int = 200, said: Row | None = None,
    kept: dict[str, str] | None = None, found: Row | None = None, done: str = "",
) -> Response:  # fmt: skip
    """The page as it is now; `kept`: what a refused form held."""
    hall = await hall_day.hall_of(me.actor, at.hall)
    day = await hall_day.day(me.actor, hall, at.day)
    lines = [line for line in day["lines"] if at.group in ("", line["key"])] or day["lines"]
    wall = local(now())
    rows = hall_grid.bands(day, lines, wall)
    calendar_ = (await calendar.county()).clock.calendar
    off = "" if calendar_.is_working(at.day) else calendar_.why(at.day)
    if said is None and done in DONE:
        said = {"kind": "good", "icon": "check", "bold": DONE[done][0], "words": DONE[done][1], "facts": [],
                "errors": [], "code": ""}  # fmt: skip
    kept = dict.fromkeys(KEPT, "") | (kept or {})
    return await page(
        request, me, "appointments.html", status, at=at, day=day, lines=lines, rows=rows, said=said, kept=kept, off=off,
        hall=hall, hall_words=short_hall(hall.name, hall.tier), short=hall_grid.short, sums=hall_grid.sums(day),
        clock=hall_grid.clock, found=found, cell=hall_grid.cell_at(rows, at.at), on=at.day,
        before=calendar_.before(at.day).isoformat(), after=calendar_.next_working(at.day).isoformat(),
        opened=kept["opened"] or wall.isoformat(timespec="seconds"), carried=day_sheets.carried(at),
        **await _beside(me, hall, at, kept), **await _booking(me, hall, at),
    )  # fmt: skip


async def _beside(me: Seated, hall: Hall, at: Where, kept: dict[str, str]) -> Row:
    """The person in the drawer: their buttons, and the sheet or the times of what was chosen to do."""
    id_ = id_of(at.pick)
    nothing: Row = {"picked": None, "buttons": [], "sheet": None, "times": None}
    if id_ is None:
        return nothing
    row = await hall_day.one(me.actor, id_)
    times = None
    if at.do == "reschedule" and at.do in row["can"]:
        times = await _times(me, hall, row["line"], at.to or max(row["day"], today()).isoformat())
    asked = None
    if at.do:
        priorities = (await openings.booking_data())["priority"] if at.do == "check_in" else []
        asked = day_sheets.sheet(row, at.do, at, kept, priorities)
    return nothing | {
        "picked": row, "buttons": day_sheets.buttons(row, at), "times": times,
        "sheet": asked,
    }  # fmt: skip


async def _times(me: Seated, hall: Hall, line: str, to: str) -> Row:
    """The days and times one may choose: {on, days, slots}."""
    days = await hall_day.days_with_places(hall, line)
    asked = day_of(to)
    on = asked if asked in days or not days else min(days, key=lambda day: abs(day - asked))
    return {"on": on, "days": days, "slots": await hall_day.open_slots(me.actor, hall, line, on)}


async def _booking(me: Seated, hall: Hall, at: Where) -> Row:
    """What the sheet 窗口代约 needs: the items of the line and its times."""
    nothing: Row = {"booking": None}
    if at.do != "book" or at.pick or "clerk" not in me.actor.roles:
        return nothing
    known = {line["key"]: line for line in await hall_day.lines(hall)}
    line = known.get(at.at.partition("~")[0] or at.group) or next(iter(known.values()), None)
    if line is None:
        return nothing
    times = await _times(me, hall, line["key"], at.to or max(at.day, today()).isoformat())
    band = at.at.partition("~")[2]
    first = next((slot for slot in times["slots"] if slot["left"] > 0 and _in_band(slot, band)), None)
    found = await line_items.items_of(me.actor, hall, line["key"])
    return {"booking": {"line": line, "items": found, "first": at.slot or (first or {}).get("id", ""), **times}}


def _in_band(slot: Row, band: str) -> bool:
    return f"{hall_grid.floor(slot['starts_at']):%H%M}" == band


async def _kept(request: Request) -> dict[str, str]:
    return {name: await text(request, name) for name in KEPT}


def _wish(kept: dict[str, str]) -> Wish:
    """The posted time and item. Refuses slot_needed and party_too_big (422) in words."""
    slot, party = id_of(kept["slot_id"]), kept["party"] or "1"
    if slot is None:
        raise Refusal("slot_needed", 422, "请选一个时间")
    if not kept["item"]:
        raise Refusal("item_needed", 422, "请选要办的事")
    if not (party.isascii() and party.isdigit() and len(party) < 3 and int(party)):
        raise Refusal("party_too_big", 422, "一起来的人数请写数字")
    return Wish(slot, kept["item"], party=int(party), phone=kept["phone"])


async def book(request: Request, me: Seated) -> Response:
    """窗口代约: a time for somebody by name, or a place on its waiting list; what was written stays after a refusal."""
    at, kept, waits = await where(request), await _kept(request), await text(request, "waits") == "yes"
    try:
        if len(kept["name"]) < 2:
            raise Refusal("name_needed", 422, "请写本人的姓名，和身份证上一样")
        guest = Guest(kept["name"], kept["id_number"].upper(), kept["phone"])
        made = await (appointments.wait if waits else appointments.book)(me.actor, _wish(kept), guest)
    except Refusal as refusal:
        if refusal.status not in MENDABLE:
            raise
        return await draw(request, me, at, status=refusal.status, said=_said(refusal), kept=kept)
    row = await hall_day.one(me.actor, made)
    return go(f"{at.link(date=row['day'].isoformat(), at=at.at, pick=str(made))}&done={'wait' if waits else 'book'}")


def _said(refusal: Refusal) -> Row:
    said = conflict(refusal, "", "", "", {"version": 0, "timeline": []})
    said["errors"] = [error for error in said["errors"] if error["detail"] != refusal.words]
    return said


async def act(request: Request, me: Seated) -> Response:
    """A verb of one appointment; a refusal shows the sheet again with every word."""
    id_, verb = UUID(request.path_params["appointment"]), request.path_params["verb"]
    if verb not in day_sheets.BUTTONS:
        raise not_found("没有这一步")
    at, kept, seen = await where(request), await _kept(request), await version(request)
    await hall_day.one(me.actor, id_)
    try:
        await _perform(me, id_, verb, seen, kept)
    except Refusal as refusal:
        if refusal.status not in MENDABLE:
            raise
        fresh = await hall_day.one(me.actor, id_)
        said = conflict(refusal, await text(request, "seen"), kept["opened"], fresh["state_words"], fresh)
        if kept["reason"] and verb not in fresh["can"]:
            said["facts"].append(("您写的", kept["reason"]))
        back = Where(**{**vars(at), "pick": str(id_), "do": verb})
        return await draw(request, me, back, status=refusal.status, said=said, kept=kept)
    day = (await hall_day.one(me.actor, id_))["day"]
    moved = {} if day == at.day else {"date": day.isoformat()}
    return go(f"{at.link(**moved, pick=str(id_))}&done={verb}")


async def _perform(me: Seated, id_: UUID, verb: str, seen: int, kept: dict[str, str]) -> None:
    if verb == "check_in":
        await appointments.check_in(me.actor, id_, seen, priority=kept["priority"])
    elif verb == "reschedule":
        slot = id_of(kept["slot_id"])
        if slot is None:
            raise Refusal("slot_needed", 422, "请选一个时间")
        await appointments.reschedule(me.actor, id_, slot, seen)
    elif verb == "cancel":
        await appointments.cancel(me.actor, id_, seen, kept["reason"])
    elif verb in day_sheets.AT_ONCE:
        await (appointments.confirm if verb == "confirm" else appointments.take_offer)(me.actor, id_, seen)
    else:
        if len(kept["reason"]) < 2:
            raise Refusal("reason_needed", 422, "请写原因，本人会看到")
        await (appointments.call_off if verb == "call_off" else appointments.excuse)(
            me.actor, id_, seen, kept["reason"]
        )


async def paper(request: Request, me: Seated) -> Response:
    """The day's list on A4, to be carried to the windows: by line and time, phones masked, a box to tick."""
    at = await where(request)
    hall = await hall_day.hall_of(me.actor, at.hall)
    day = await hall_day.day(me.actor, hall, at.day)
    shown = [row for row in day["people"] if row["state"] not in ("held", "offered")]
    groups = [(line, [row for row in shown if row["line"] == line["key"]]) for line in day["lines"]]
    return bare(
        "appointments_print.html", hall=hall, on=at.day, groups=[pair for pair in groups if pair[1]], total=len(shown),
        waiting=day["waiting"], clock=hall_grid.clock, back=f"{HERE}?date={at.day.isoformat()}",
    )  # fmt: skip
