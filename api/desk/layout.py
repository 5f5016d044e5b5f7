"""What stands where on the counter's page of a case: the chosen material, the slip, the paper to be given out."""

import re
from itertools import groupby
from typing import Any
from uuid import UUID

from starlette.requests import Request

from api.desk import bars, issue, view, writing
from api.desk.view import Material
from models.actions.staff import Seated
from models.reads import at_desk, consultations, supervision
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
    "suspend": ("进入特别程序了，停表。", "告知书可以打印；结束那天在这里点“特别程序结束”。"),
    "resume": ("特别程序结束，接着算时间。", "可以写意见了。"),
    "extend": ("延期批准了。", "告知书可以打印，申请人会收到消息。"),
    "extend_case": ("整件延期批准了。", "告知书可以打印，申请人会收到消息。"),
    "revoke": ("决定撤销了。", "撤销决定书可以打印，证照作废。"),
    "consult": ("函发出了。", "对方在“征询”里答复，复了会在这里看到。"),
    "urge": ("催办发出了。", "部门答复了会在这里看到。"),
    "answer_urge": ("答复了。", "督办会看到。"),
    "ask_second": ("报督办了。", "同意以后，才能再次告知。"),
    "allow_second": ("同意了，只这一次。", "窗口会看到，原因进统计。"),
    "confirm_supply": ("补齐了。", "接着办；部门都决定了，当天出结果。"),
    "reject_supply": ("退回重补了。", "申请人会看到哪里不符。"),
    "answer_letter": ("复函了。", "问的人会看到。"),
    "judge": ("结论写下了。", "属实的就此了结；不实的督办会看到。"),
    "repair": ("修复记下了。", "申请人又可以容缺、承诺。"),
    "answer_guidance": ("答复了。", "业主会收到消息。"),
    "visit": ("上门的日子定了。", "业主会收到消息。"),
    "green": ("绿色通道改好了。", "这个项目的办件都跟着改。"),
    "decide_at_window": ("当场决定了。", "决定书可以打印，请申请人签收。"),
    "shelve": ("存放的地方记下了。", "申请人会收到来领的消息。"),
    "deliver": ("已经发放。", "送达回证请领取人签名存档。"),
}
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
        note = event["note"] or ""  # of a special procedure the paper says the rest
        event["note"] = note.rpartition("原因：")[2] if event["verb"] == "suspend" else note
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


async def beside(me: Seated, case: dict[str, Any]) -> dict[str, Any]:
    """What the page needs beside the case: its letters, and once it is accepted its rules, pauses, urgings."""
    case_id = UUID(case["id"])
    accepted = bool(case["tasks"])
    extended = await at_desk.trail(me.actor, case_id, "extend") if accepted else []
    return {
        "letters": await consultations.of_case(me.actor, case_id),
        "rules": await at_desk.rules_of(me.actor, case_id),
        "pauses": await at_desk.paused(me.actor, case_id) if accepted else {},
        "urges": await supervision.urges_of(case_id, me.actor) if accepted else {},
        "delegations": await at_desk.delegations_of(me.actor, case_id) if accepted else {},
        "extended": {event["task"] for event in extended},
        "second": await at_desk.second_notice(me.actor, case_id),
    }  # fmt: skip


async def counter(request: Request, me: Seated, values: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The rest of the counter's page: clock, slip, bar, and the paper or sheet of the verb that was chosen."""
    case, found = values["case"], values["materials"]
    supplying = "confirm_supply" in case["can"]
    said = view.said_by_departments(case, values["letters"])
    values["lines"] = lines = view.slip(found) + said
    bar = bars.clerk_bar(case, found, values["chosen"].code, said)
    clock, law = (view.tolerance_clock(case), None) if supplying else view.main_clock(case, None)
    chosen = values["chosen"]
    return {
        "clock": clock, "law": law, "bar": bar, "supplying": supplying, "marks": ",".join(bars.marks(found)),
        "editable": chosen.supplied if supplying else not chosen.promised,
        "paper": await issue.counter(request, me, values, query, bar, lines),
        "sheet": await writing.sheet(request, me, values, query, None, bar),
        "summary": _summary(found), "slip": _by_material(lines), "newest": _newest(values["chosen"], query),
        "said": values["said"] or done_note(query), **await _slip(case, found, supplying),
    }  # fmt: skip


async def _slip(case: dict[str, Any], found: list[Material], supplying: bool) -> dict[str, Any]:
    """The words round the slip: its title, its state, what it says while empty, and its foot."""
    notice, second = case["notice"], case["second_notice"]
    if supplying:
        return {
            "slip_title": "退回重补的话", "slip_state": "随勾随写", "slip_foot": "窗口核对用的日子不算在补齐期限里。",
            "slip_empty": "勾出不符的，这里自动写一句。",
        }  # fmt: skip
    foot = f"全部问题一次写完，只能出具一次。补正期限 {await issue.correction_due()}。"
    if notice:
        foot = {
            "asked": "已经请示再次告知，等督办同意。", "allowed": "督办同意再次告知一次，这次要说全。",
            "used": "已经再次告知过，不能再告知。",
        }.get(second, "依法只告知一次，已经告知过。")  # fmt: skip
    return {
        "slip_title": "再次告知书" if second in ("allowed", "used") else "一次性告知书",
        "slip_state": f"已出具 {notice['number']}" if notice and second != "allowed" else "随勾随写 · 未出具",
        "slip_empty": "都符合，没有要补的。" if not any(one.open for one in found) else "勾出不符的，这里自动写一句。",
        "slip_foot": foot,
    }  # fmt: skip


def _newest(one: Material, query: dict[str, str]) -> str:
    return next((t.standard.defect for t in one.ticks if str(t.standard.n) == query.get("new", "")), "")


def _by_material(lines: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    return [(name, list(rows)) for name, rows in groupby(lines, key=lambda line: line["material"])]


def _summary(found: list[Material]) -> str:
    counted = [
        ("齐", sum(1 for one in found if one.look == "ok")), ("不符", sum(1 for one in found if one.bad)),
        ("没看", sum(1 for one in found if one.open)), ("承诺后补", sum(1 for one in found if one.promised)),
        ("未交", sum(1 for one in found if one.look == "wait" and not one.promised)),
    ]  # fmt: skip
    return f"{len(found)} 份：" + " · ".join(f"{word} {n}" for word, n in counted if n)
