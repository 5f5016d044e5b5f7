"""What stands where on the page of a case: the chosen material, the slip, the paper to be given out, the lanes."""

import re
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from starlette.requests import Request

from api.desk import issue, view
from api.desk.view import Bar, Material
from models.actions.staff import Seated
from models.base import today
from models.reads import calendar
from models.seal import mask_id, mask_phone

DONE = {
    "receive": ("收件了。", "收件凭证可以打印；接着看材料。"),
    "notify": ("告知书已经发出。", "申请人会收到消息；补齐了会回到队里。"),
    "accept": ("已经受理，材料分送到部门。", "受理通知书可以打印。"),
    "refuse": ("不予受理的决定已经发出。", "决定书可以打印。"),
    "acknowledge": ("接收了。", "可以写意见了。"),
    "advise": ("意见报上去了。", "等负责人决定。"),
    "return": ("退回重审了。", "承办人会看到理由。"),
    "decide": ("决定已经作出。", "各部门都决定了就办结，结果到出件窗口。"),
    "shelve": ("存放的地方记下了。", "申请人会收到来领的消息。"),
    "deliver": ("已经发放。", "送达回证请领取人签名存档。"),
}
AXIS_LEAD, AXIS_LEAST = 3, 31  # days before acceptance and on the whole axis of the lanes
ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def done_note(query: dict[str, str]) -> dict[str, Any] | None:
    """What has just been done, said once on the page one returns to."""
    found = DONE.get(query.get("done", ""))
    if found is None:
        return None
    return {"kind": "good", "icon": "check", "bold": found[0], "words": found[1], "facts": [], "errors": [], "code": ""}


def events(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The timeline, newest first, as staff read it: what speaks to the applicant speaks of the applicant here."""
    told = [{**event, "words": event["words"].replace("您", "申请人")} for event in case["timeline"]]
    for event in told:
        event["note"] = event["note"] or ""
        event["who"] = "" if event["who"] == "申请人" else event["who"]
    return list(reversed(told))


def chosen(found: list[Material], code: str) -> Material:
    """The material before one's eyes: the asked one, else the first to be looked at, else the first."""
    asked = next((one for one in found if one.code == code), None)
    return asked or next((one for one in found if one.open), None) or next(iter(found), None) or NOTHING


NO_PAPER = {
    "pages": [],
    "form": False,
    "free": False,
    "note": "",
    "standard": "",
    "name": "",
    "state": "free",
    "photo": True,
}
NOTHING = Material(0, "", "没有材料", False, "", "ok", "", "", [], NO_PAPER)


def own_materials(case: dict[str, Any], me: Seated) -> list[dict[str, Any]]:
    """A department's page shows the materials of its own items; the counter sees all."""
    own = {task["item"] for task in case["tasks"] if task["department"]["code"] == me.actor.department}
    if me.actor.roles & {"clerk", "supervisor"} or not own:
        return list(case["materials"])
    return [raw for raw in case["materials"] if own & set(raw["items"])]


def photos(one: Material, case_id: UUID) -> None:
    """Give each page of the chosen material its address on the desk."""
    for upload in one.raw["pages"]:
        upload["photo"] = f"/desk/photos/{upload['id']}/archive?case={case_id}"


def form_rows(case: dict[str, Any]) -> list[tuple[str, str]]:
    """The filled form as (label, value), numbers of persons masked."""
    values = case["form"]["values"]
    rows = []
    for field in case["form"]["fields"]:
        value = values.get(field["key"])
        if value in (None, "", []):
            continue
        words = "、".join(map(str, value)) if isinstance(value, list) else "是" if value is True else str(value)
        words = ID_NUMBER.sub(lambda found: mask_id(found[0]) or "", words)
        words = PHONE.sub(lambda found: mask_phone(found[0]) or "", words)
        rows.append((field["label"], " ".join(part for part in (words, field.get("unit")) if part)))
    return rows


async def counter(request: Request, me: Seated, values: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The rest of the counter's page: clock, slip, bar, and the paper when a verb with legal effect was chosen."""
    case, found = values["case"], values["materials"]
    editable = "clerk" in me.actor.roles
    bar = view.clerk_bar(case, found, values["chosen"].code)
    clock, law = view.main_clock(case, None)
    lines = view.slip(found)
    paper = await issue.counter(request, me, values, query, bar, lines)
    notice = case["notice"]
    return {
        "clock": clock, "law": law, "bar": bar, "paper": paper, "editable": editable,
        "summary": _summary(found), "slip": _by_material(lines), "newest": _newest(values["chosen"], query),
        "slip_state": f"已出具 {notice['number']}" if notice else "随勾随写 · 未出具",
        "slip_empty": "都符合，没有要补的。" if not any(one.open for one in found) else "勾出不符的，这里自动写一句。",
        "slip_foot": "依法只告知一次，已经告知过。" if notice
        else f"全部问题一次写完，只能出具一次。补正期限 {await issue.correction_due()}。",
        "said": values["said"] or done_note(query),
    }  # fmt: skip


def _newest(one: Material, query: dict[str, str]) -> str:
    return next((t.standard.defect for t in one.ticks if str(t.standard.n) == query.get("new", "")), "")


def _by_material(lines: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    return [(name, list(rows)) for name, rows in groupby(lines, key=lambda line: line["material"])]


def _summary(found: list[Material]) -> str:
    counted = [
        ("齐", sum(1 for one in found if one.look == "ok")), ("不符", sum(1 for one in found if one.bad)),
        ("没看", sum(1 for one in found if one.open)), ("未交", sum(1 for one in found if one.look == "wait")),
    ]  # fmt: skip
    return f"{len(found)} 份：" + " · ".join(f"{word} {n}" for word, n in counted if n)


# ------------------------------------------------------------------ the department's page


async def department(request: Request, me: Seated, values: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The rest of the case page: the ruler and its ledger, the lanes, the bar of one's task, what is being written."""
    case = values["case"]
    task = mine(case, me, query.get("task", ""))
    bar = _bar(me, values, task)
    clock, law = view.main_clock(case, task)
    lanes = [_lane(one, me) for one in case["tasks"]]
    county = await calendar.county()
    return {
        "task": task, "bar": bar, "clock": clock, "law": law, "lanes": lanes, "axis": _axis(lanes),
        "lanes_title": _title(lanes), "lanes_empty": _no_lanes(case),
        "lanes_note": f"{sum(1 for one in lanes if one['done'])} 个办完" if len(lanes) > 1 else "",
        "opinion": (task or {}).get("opinion"), "results": case["results"],
        "calendar_notice": f"日历到 {max(county.clock.calendar.years, default=0)} 年",
        "looking": bool(query.get("v")), "write": issue.writing(values, query, task, bar),
        "paper": await issue.decision(request, me, values, query, task, bar),
        "said": values["said"] or done_note(query),
    }  # fmt: skip


def mine(case: dict[str, Any], me: Seated, asked: str) -> dict[str, Any] | None:
    """The task one is here for: the asked one of one's department, else its first open one, else its first."""
    own = [task for task in case["tasks"] if task["department"]["code"] == me.actor.department]
    if not me.actor.roles & {"handler", "approver"}:
        return None
    opened = [task for task in own if task["state"] not in ("decided", "cancelled")]
    return next((task for task in own if task["id"] == asked), None) or next(iter(opened or own), None)


def _bar(me: Seated, values: dict[str, Any], task: dict[str, Any] | None) -> Bar:
    if task is None:
        return view.clerk_bar(values["case"], values["materials"], values["chosen"].code)
    same = task["handler"] == me.actor.name and "approver" in me.actor.roles and "handler" in me.actor.roles
    return view.task_bar(values["case"], task, me.actor.roles, same=same)


def _lane(task: dict[str, Any], me: Seated) -> dict[str, Any]:
    ended = (task["decided_at"] or "")[:10]
    clocks = {clock["kind"]: view.desk_clock(clock, ended) for clock in task["clocks"]}
    clock = clocks.get("promise") or next(iter(clocks.values()), None)
    done = task["state_words"] if task["state"] in ("decided", "cancelled") else ""
    who = f" · {task['approver'] or task['handler']}" if task["approver"] or task["handler"] else ""
    return {
        "department": task["department"]["short"], "item": task["item_name"], "clock": clock, "done": done,
        "light": clock["light"] if clock else task["light"], "mine": task["department"]["code"] == me.actor.department,
        "words": f"{ended[5:]} {done}" if done and ended else f"{task['state_words']}{who}",
        "due": f"用 {clock['day']} 日，承诺 {clock['of']} 日" if done and clock
        else f"{clock['due_on'][5:]} 到期" if clock else "",
    }  # fmt: skip


def _axis(lanes: list[dict[str, Any]]) -> dict[str, Any]:
    """The calendar all lanes share: from a few days before acceptance to the last end, a month at least."""
    clocks = [one["clock"] for one in lanes if one["clock"]]
    first = min((date.fromisoformat(c["started_on"]) for c in clocks), default=today())
    last = max([*(date.fromisoformat(c["due_on"]) for c in clocks), today()])
    first -= timedelta(days=AXIS_LEAD)
    return {"first": first, "count": max(AXIS_LEAST, (last - first).days + 3)}


def _title(lanes: list[dict[str, Any]]) -> str:
    return f"{len(lanes)} 个部门同时办" if len(lanes) > 1 else "承办部门"


def _no_lanes(case: dict[str, Any]) -> str:
    words = {
        "correcting": "等申请人补正，还没有受理。",
        "refused": "不予受理，没有分送部门。",
        "returned": "到期没有补齐，材料已退还。",
    }
    return words.get(case["state"], "还没有分送部门。")
