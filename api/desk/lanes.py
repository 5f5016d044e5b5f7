"""The page of a case after acceptance: its lanes, one a department, the clock in view and the bar of who looks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request

from api.desk import bars, issue, layout, view, writing
from api.desk.bars import Around, Bar
from models.actions.staff import Seated
from models.base import today
from models.reads import calendar
from models.rules.dates import say
from models.rules.permits import OVERSEERS, WITHIN

Values = dict[str, Any]
AXIS_LEAD, AXIS_LEAST = 3, 31  # days before acceptance and on the whole axis of the lanes
ENDED = ("decided", "revoked", "cancelled")
WORST = {"red": 0, "amber": 1, "green": 2, "grey": 3}


async def page(request: Request, me: Seated, values: Values, query: dict[str, str]) -> Values:
    """The rest of the case page: the ruler and its ledger, the lanes, the bar of one's task, what is being written."""
    case = values["case"]
    values["lines"] = []
    task = chosen(case, me, query.get("task", ""))
    bar = bar_of(me, values, task)
    clock, law = view.main_clock(case, task)
    lanes = [lane(one, me, values) for one in case["tasks"]]
    county = await calendar.county()
    return {
        "task": task, "bar": bar, "clock": clock, "law": law, "lanes": lanes, "axis": _axis(lanes),
        "lanes_title": _title(case, lanes), "lanes_empty": _no_lanes(case), "lanes_note": _note(case, lanes),
        "opinion": (task or {}).get("opinion") if me.actor.department else None, "results": case["results"],
        "calendar_notice": f"日历到 {max(county.clock.calendar.years, default=0)} 年",
        "looking": bool(query.get("v")), "pause": _open_pause(values, task),
        "sheet": await writing.sheet(request, me, values, query, task, bar),
        "paper": await issue.decision(request, me, values, query, task, bar),
        "said": values["said"] or layout.done_note(query),
    }  # fmt: skip


def chosen(case: Values, me: Seated, asked: str) -> Values | None:
    """The task one is here for: the asked one of one's own, else the first of them still open, else the first."""
    own = [task for task in case["tasks"] if _own(task, me)]
    opened = [task for task in own if task["state"] not in ENDED]
    if me.actor.roles & OVERSEERS:  # of all of them, the one that presses most
        opened.sort(
            key=lambda task: (task["state"] == "waiting", WORST[task["light"]["colour"]], task["due_on"] or "9")
        )
    return next((task for task in own if task["id"] == asked), None) or next(iter(opened or own), None)


def _own(task: Values, me: Seated) -> bool:
    roles = me.actor.roles
    if roles & OVERSEERS:
        return True
    if me.actor.department and roles & WITHIN and task["department"]["code"] == me.actor.department:
        return True
    return bool("delegate" in roles and task["at_window"])


def bar_of(me: Seated, values: Values, task: Values | None) -> Bar:
    """The verbs of the person who looks."""
    case, roles = values["case"], me.actor.roles
    if roles & OVERSEERS:
        return bars.overseer_bar(case, task, roles)
    inside = bool(me.actor.department and roles & WITHIN)
    if task is not None and inside and task["department"]["code"] == me.actor.department:
        bar = bars.task_bar(case, task, roles, _around(me, values, task))
        return replace(bar, left=[*bar.left, *bars.letter_verb(case, values["letters"], me.actor.department)])
    if task is not None and "delegate" in roles:
        return bars.window_bar(case, task, values["delegations"].get(task["id"]), me.actor.name)
    if inside:
        return bars.asked_bar(case, values["letters"], me.actor.department)
    return bars.clerk_bar(case, values["materials"], values["chosen"].code, [])


def _around(me: Seated, values: Values, task: Values) -> Around:
    rules = values["rules"].get(task["item"], {"special": [], "extension": None})
    roles = me.actor.roles
    return Around(
        rules["special"], rules["extension"], _open_pause(values, task),
        urged=any(one["open"] for one in values["urges"].get(task["id"], [])),
        extended=task["id"] in values["extended"],
        same=task["handler"] == me.actor.name and {"handler", "approver"} <= roles,
    )  # fmt: skip


def _open_pause(values: Values, task: Values | None) -> Values | None:
    if task is None or task["state"] != "suspended":
        return None
    return next((one for one in values["pauses"].get(task["id"], []) if one["open"]), None)


def lane(task: Values, me: Seated, values: Values) -> Values:
    """One department's line: who, its light, its days, what it does now and until when."""
    ended = (task["decided_at"] or "")[:10]
    clocks = {clock["kind"]: view.desk_clock(clock, ended) for clock in task["clocks"]}
    clock = clocks.get("promise") or next(iter(clocks.values()), None)
    done = "不办了" if task["state"] == "cancelled" else task["state_words"] if task["state"] in ENDED else ""
    urges = [one for one in values["urges"].get(task["id"], []) if one["level"] == "manual"]
    return {
        "id": task["id"], "department": task["department"]["short"], "item": task["item_name"], "clock": clock,
        "done": done, "bad": task["state"] == "revoked" or task["outcome"] == "refused",
        "light": clock["light"] if clock else {"colour": "grey", "word": "还没开始"},
        "mine": _own(task, me) and not me.actor.roles & OVERSEERS, "pale": task["state"] in ("waiting", "cancelled"),
        "number": task["number"][-2:] if len(values["case"]["tasks"]) > 1 else "",
        "words": _words(task, done, ended), "due": _due(task, clock, done, values),
        "urged": f"已催 {len(urges)} 次" if urges else "", "can_urge": "urge" in task["can"],
        "lead": values["lead"] == task["department"]["code"],
    }  # fmt: skip


def _words(task: Values, done: str, ended: str) -> str:
    if done:
        return f"{ended[5:]} {done}" if ended else "停止办理"
    if task["state"] == "waiting":
        return f"等“{'、'.join(task['after'])}”办好" if task["after"] else "等前面的办好"
    who = task["approver"] or task["handler"]
    return f"{task['state_words']} · {who}" if who else str(task["state_words"])


def _due(task: Values, clock: Values | None, done: str, values: Values) -> str:
    pause = _open_pause(values, task)
    if pause:
        return f"{pause['reason']}，计划到 {pause['last'][5:]}"
    if clock is None:
        return ""
    return f"用 {clock['day']} 日，承诺 {clock['of']} 日" if done else f"{clock['due_on'][5:]} 到期"


def _axis(lanes: list[Values]) -> Values:
    """The calendar all lanes share: from a few days before acceptance to the last end, a month at least."""
    clocks = [one["clock"] for one in lanes if one["clock"]]
    first = min((date.fromisoformat(c["started_on"]) for c in clocks), default=today())
    last = max([*(date.fromisoformat(c["due_on"]) for c in clocks), today()])
    first -= timedelta(days=AXIS_LEAD)
    return {"first": first, "count": max(AXIS_LEAST, (last - first).days + 3)}


NUMERALS = "零一二三四五六七八九十"


def _title(case: Values, lanes: list[Values]) -> str:
    bodies = len({one["department"] for one in lanes})
    if len(lanes) < 2:
        return "承办部门"
    if bodies == 1:
        return f"{len(lanes)} 个事项一起办"
    count = NUMERALS[bodies] if bodies < len(NUMERALS) else str(bodies)
    return f"{count}个部门联合办理" if case["bundle"] else f"{count}个部门同时办"


def _note(case: Values, lanes: list[Values]) -> str:
    lead = (case["bundle"] or {}).get("lead")
    done = sum(1 for one in lanes if one["done"] and not one["pale"])
    ended = f"{done} 个办完" if done and len(lanes) > 1 else ""
    return " · ".join(part for part in (ended, f"牵头：{lead['short']}" if lead else "") if part)


def _no_lanes(case: Values) -> str:
    words = {
        "correcting": "等申请人补正，还没有受理。",
        "refused": "不予受理，没有分送部门。",
        "returned": "到期没有补齐，材料已退还。",
    }
    return words.get(case["state"], "还没有分送部门。")


def lead_of(case: Values) -> str:
    """The code of the department that leads a bundle: the last to decide (R42)."""
    lead = (case["bundle"] or {}).get("lead")
    return str(lead["code"]) if lead else ""


def tags(case: Values, task: Values | None) -> list[tuple[str, str]]:
    """What one must know of a case at first sight: (words, look of the tag)."""
    found = []
    if case["green"]:
        found.append(("绿色通道", "on"))
    owed = next((c for c in case["clocks"] if c["kind"] == "tolerance" and c["state"] != "stopped"), None)
    if case["tolerant"]:
        until = f"，{say(date.fromisoformat(owed['due_on']), today())}前补齐" if owed else "，补齐了"
        found.append((f"容缺受理{until}", "wait" if owed else ""))
    if any(one["kind"] == "informed" for one in case["promises"]):
        found.append(("告知承诺", ""))
    if task is not None and task["at_window"]:
        found.append(("即办", ""))
    if any(event["verb"] == "deem_accept" for event in case["timeline"]):
        found.append(("视为受理", "wait"))
    return found
