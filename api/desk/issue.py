"""Verbs before they are performed: the paper as it will print, or the sheet an opinion is written on."""

from typing import Any

from starlette.requests import Request

from api.desk.papers import base_of, bold, code, place_of
from api.desk.view import Bar
from api.papers import NAMES, content
from models.actions.staff import Seated
from models.base import today
from models.reads import calendar
from models.rules.dates import say
from models.rules.limits import Limit

Values = dict[str, Any]
COUNTER = {  # verb: (paper, button, key, what it does)
    "receive": ("receipt", "收件，发凭证", "F7", "发出后申请人收到消息，可当场打印。"),
    "notify": ("notice", "发出告知书", "F8", "依法只能发出一次；发出后等申请人补正，受理期限停下。"),
    "accept": ("acceptance", "受理，分送部门", "F9", "发出后承诺期限和法定期限都开始算。"),
    "refuse": ("refusal", "发出不予受理决定", "", "发出后这件结束，申请人可以重新申请。"),
}
CORRECTION_DAYS = 10
STARTERS = {
    "granted": ["经审查，材料齐全，符合法定条件，建议准予。", "经现场核查，场所、设备与申请一致。"],
    "return": ["请补充现场核查照片。", "请写明依据的条款。"],
    "refused": ["经审查，不符合法定条件：", "建议不予许可，理由：", "现场核查与申请材料不一致："],
}


async def correction_due() -> str:
    """When the correction would be due if the notice went out today: 10月27日."""
    return say(await _correction_day())


async def _correction_day() -> Any:
    clock = await calendar.clock()
    return clock.due_on(today(), Limit(CORRECTION_DAYS))


async def counter(
    request: Request, me: Seated, values: Values, query: dict[str, str], bar: Bar, lines: list[dict[str, str]]
) -> Values | None:
    """The paper of a counter verb, None when none is asked for or its verb is closed."""
    verb, case = query.get("paper", ""), values["case"]
    button = bar.verb(verb)
    if button is None or verb not in COUNTER or (button.off and not values["kept"]):
        return None
    kind, words, key, why = COUNTER[verb]
    reason = values["kept"].get("reason", "")
    more: Values = {"by": place_of(me), "lines": lines, "reason": reason, "due": await _correction_day()}
    return _paper(
        request, me, values, kind, more, verb=verb, words=words, key=key, why=why, reason=reason,
        action=f"/desk/cases/{case['id']}/{verb}", version=case["version"], needs=verb == "refuse",
        back=f"?m={values['chosen'].code}",
    )  # fmt: skip


async def decision(
    request: Request, me: Seated, values: Values, query: dict[str, str], task: Values | None, bar: Bar
) -> Values | None:
    """The paper of a department's decision, with its outcome and reason below it."""
    button = bar.verb("decide")
    if query.get("do") != "decide" or task is None or button is None or (button.off and not values["kept"]):
        return None
    proposed = (task["opinion"] or {}).get("outcome", "granted")
    outcome = values["kept"].get("outcome") or query.get("outcome") or proposed
    argued = (task["opinion"] or {}).get("words", "") if outcome == proposed == "refused" else ""
    reason = values["kept"].get("reason") or argued
    found = _paper(
        request, me, values, "decision", {"task": task, "outcome": outcome, "reason": reason}, verb="decide",
        words="作出决定", key=button.key, why="决定后本部门办完；各部门都决定了就办结。", reason=reason,
        action=f"/desk/tasks/{task['id']}/decide", version=task["version"], needs=True, back="?",
    )  # fmt: skip
    found["choices"], found["choice_name"] = [("granted", "准予"), ("refused", "不予许可")], "outcome"
    found["choice"], found["reason_needed"] = outcome, outcome == "refused"
    found["reason_words"] = "理由：不予许可必须写；准予可以不写"
    return found


def _paper(
    request: Request, me: Seated, values: Values, kind: str, more: Values, *, verb: str, words: str, key: str,
    why: str, reason: str, action: str, version: int, needs: bool, back: str,
) -> Values:  # fmt: skip
    case = values["case"]
    doc = content(kind, case, values["person"]["name"], today(), place_of(me), base_of(request), **more)
    return {
        "title": NAMES[kind], "doc": doc, "bold": bold, "code": code, "words": words, "key": key, "why": why,
        "reason": reason, "action": action, "version": version, "back": back, "choices": [], "choice": "",
        "choice_name": "", "reason_needed": needs, "hidden": [], "seen": f"{case['state_words']} · 第 {version} 版",
        "reason_words": "理由（2 到 2000 字，印在决定书上）" if needs else "", "keep": f"{case['id']}:{verb}",
    }  # fmt: skip


def delivery(request: Request, me: Seated, values: Values, chosen: list[Values], method: str) -> Values:
    """送达回证 for the chosen results."""
    case = values["case"]
    return _paper(
        request, me, values, "delivery", {"by": place_of(me), "results": chosen, "method": method}, verb="deliver",
        words=f"发放 {len(chosen)} 样", key="F9", why="", reason="", action=f"/desk/cases/{case['id']}/deliver",
        version=case["version"], needs=False, back=f"?case={case['id']}",
    )  # fmt: skip


def writing(values: Values, query: dict[str, str], task: Values | None, bar: Bar) -> Values | None:
    """The sheet of 写意见 or 退回重审."""
    do = query.get("do", "")
    button = bar.verb(do)
    if task is None or do not in ("advise", "return") or button is None or (button.off and not values["kept"]):
        return None
    advises = do == "advise"
    proposed = values["kept"].get("outcome") or (task["opinion"] or {}).get("outcome", "granted")
    before = (task["opinion"] or {}).get("words", "") if advises else ""
    field = "opinion" if advises else "reason"
    facts = [("事项", task["item_name"]), ("环节", task["state_words"]), ("承办", task["handler"] or "还没有人")]
    if task["opinion"] and not advises:
        facts.append(("审查意见", task["opinion"]["words"]))
    return {
        "title": "写审查意见" if advises else "退回重审", "note": "只有本部门看得到",
        "action": f"/desk/tasks/{task['id']}/{do}", "version": task["version"],
        "seen": f"{task['state_words']} · 第 {task['version']} 版", "label": "审查意见" if advises else "退回的理由",
        "field": field, "text": values["kept"].get(field) or before, "key": "F9",
        "words": "报审核" if advises else "退回给承办人", "keep": f"{task['id']}:{do}", "facts": facts,
        "choices": [("granted", "建议准予"), ("refused", "建议不予许可")] if advises else [], "choice": proposed,
        "starters": STARTERS["granted"] + STARTERS["refused"][:1] if advises else STARTERS["return"],
    }  # fmt: skip
