"""What stands where on the calling page: the ticket at one's window, the queue in calling order, who is set aside."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from models.actions.staff import Seated
from models.base import Refusal, local, now
from models.reads import openings, queue
from models.rules.flow_hall import TICKET
from models.rules.permits import Actor
from models.rules.windows import letter

Row = dict[str, Any]
#: The verbs at the window with their keys, in the order in which one needs them; the first open one is the main verb.
BUTTONS = (
    ("start", "S", "check"), ("finish", "B", "check"), ("recall", "R", "bell"), ("skip", "G", ""), ("park", "F", ""),
)  # fmt: skip
ALL = "all"


def hall_of(actor: Actor) -> str:
    """The hall one sits in today; refusal `no_hall` (409) for whoever signed in without one."""
    if not actor.hall:
        raise Refusal("no_hall", 409, "您登录时没有选大厅，看不到排队的人。退出再登录，选上大厅和窗口")
    return actor.hall


async def values(request: Request, me: Seated) -> Row:
    """Everything the page and its live parts draw."""
    hall, chosen = hall_of(me.actor), request.query_params.get("line", "")
    line = chosen if request.method == "GET" else await _posted_line(request)
    giving = await queue.groups(hall)
    codes = {one["code"] for one in giving}
    line, own = line if line in {ALL, *codes} else "", letter(me.actor.seat)
    shown = [] if line == ALL else [line] if line else [own] if own in codes else []
    found = await queue.desk_queue(me.actor, hall, shown)
    first = {one["key"]: one for one in (await openings.booking_data())["priority"]}
    window, lines, clerk = found["window"], found["lines"], "clerk" in me.actor.roles
    drawn = {part: [_row(raw, first, line) for raw in found[part]] for part in ("waiting", "skipped", "parked")}
    mine = _row(found["here"], first, line) if found["here"] else None
    everybody = [*drawn["waiting"], *drawn["skipped"], *drawn["parked"]]
    pick = request.query_params.get("pick", "")
    picked = next((row for row in everybody if row["id"] == pick), None)
    if mine:
        mine |= {"buttons": _buttons(mine), "came": _came(mine)}
    if picked:
        picked["elsewhere"] = _others(lines, picked)
    query = {key: value for key, value in (("line", line), ("pick", pick if picked else "")) if value}
    return {
        "mine": mine, "picked": picked, "busy": [_row(raw, first, line) for raw in found["serving"]],
        "waiting": drawn["waiting"], "window": window, "clerk": clerk, "line": line,
        "callable": clerk and bool(window) and mine is None, "own": line if line in codes else own,
        "others": _others(lines, mine) if mine else [], "giving": [one for one in giving if one["open"]],
        "priorities": [*first.values()], "beside": _beside(drawn), "tabs_of_lines": _tabs(lines, line, own),
        "here": _here(line),
        "query": f"?{urlencode(query)}" if query else "",
    }  # fmt: skip


async def _posted_line(request: Request) -> str:
    value = (await request.form()).get("line", "")
    return value if isinstance(value, str) else ""


def _here(line: str, **more: str) -> str:
    found = urlencode({key: value for key, value in {"line": line, **more}.items() if value})
    return f"/desk/calls?{found}" if found else "/desk/calls"


def _row(raw: Row, first: dict[str, Row], line: str) -> Row:
    """A ticket as the desk says it: clock times, whole minutes, the law it goes first by."""
    since = raw["started_at"] if raw["state"] == "serving" else raw["called_at"]
    return {
        **raw, "line": raw["group"]["name"], "item": raw["item"]["name"] if raw["item"] else "",
        "priority": raw["priority_words"], "basis": first.get(raw["priority"], {}).get("basis", ""),
        "waited": raw["waited_minutes"], "arrived": _clock(raw["arrived_at"]), "booked": _clock(raw["booked_at"]),
        "again": _again(raw), "since": _clock(raw["called_at"]), "lasted": f"{_minutes(since)} 分钟" if since else "",
        "href": _here(line, pick=raw["id"]),
    }  # fmt: skip


def _again(raw: Row) -> str:
    """Of who was skipped and stands in line again: when that is called."""
    after = raw["requeue_after"]
    return "" if after is None else f"过号，再等 {after} 个" if after else "过号，轮到了"


def _clock(at: datetime | None) -> str:
    return f"{local(at):%H:%M}" if at else ""


def _minutes(since: datetime) -> int:
    return max(0, int((now() - since).total_seconds() // 60))


def _buttons(mine: Row) -> list[Row]:
    found = [
        {"verb": verb, "key": key, "icon": icon, "words": TICKET[verb].words, "main": False}
        for verb, key, icon in BUTTONS
        if verb in mine["can"]
    ]
    if found and mine["state"] == "called":
        found[0]["main"] = True  # of one who is served, the next call is the main verb
    return found


def _came(mine: Row) -> str:
    """预约 10:30，到了 10:24，叫了 2 次."""
    parts = [f"预约 {mine['booked']}" if mine["booked"] else "现场取号", f"{mine['arrived']} 到"]
    if mine["state"] == "called" and mine["calls"] > 1:
        parts.append(f"叫了 {mine['calls']} 次")
    return "，".join(parts)


def _others(lines: list[Row], row: Row) -> list[Row]:
    return [one for one in lines if one["code"] != row["group"]["code"]]


def _beside(drawn: dict[str, list[Row]]) -> list[tuple[str, str, list[Row], str, str]]:
    """(title, words when nobody, tickets, the verb that brings one back, its button)."""
    return [
        ("先放着", "没有去补东西的人。", drawn["parked"], "call", "叫"),
        ("过号", "没有叫了没来的人。", drawn["skipped"], "requeue", TICKET["requeue"].words),
    ]


def _tabs(lines: list[Row], line: str, own: str) -> list[Row]:
    """The lines of the hall by their letters, one's own marked, and all of them together."""
    home = own if own in {one["code"] for one in lines} else ALL
    found = [(ALL, "全部", "这个大厅的每一队", sum(one["waiting"] for one in lines))]
    found += [(one["code"], one["code"], one["name"], one["waiting"]) for one in lines]
    return [
        {
            "words": words,
            "title": title,
            "n": n,
            "href": _here("" if code == home else code),
            "on": code == (line or home),
        }
        for code, words, title, n in found
    ]


DONE = {
    "next": "叫了 {number}。", "call": "叫了 {number}。", "recall": "又叫了一次 {number}。",
    "start": "{number} 开始办了。", "skip": "{number} 过号了。", "requeue": "{number} 重新排上了。",
    "park": "{number} 先放着，回来点“叫”。", "finish": "{number} 办完了。", "leave": "{number} 退号了。",
    "transfer": "{number} 转过去了，接着排，不用重新取号。", "nobody": "后面没有人在等。", "take": "取号 {number}。",
}  # fmt: skip


def done_note(query: dict[str, str], drawn: Row) -> Row | None:
    """What has just been done, said once."""
    verb, number = query.get("done", ""), query.get("number", "")
    if verb == "take" and drawn["picked"]:
        number = drawn["picked"]["number"]
    if verb not in DONE or not (number.isascii() and number.isalnum() and len(number) <= 8 or verb == "nobody"):
        return None
    words = f"前面 {drawn['picked']['ahead']} 人。" if verb == "take" else ""
    return {
        "kind": "good", "icon": "check", "bold": DONE[verb].format(number=number), "words": words, "facts": [],
        "errors": [],
    }  # fmt: skip
