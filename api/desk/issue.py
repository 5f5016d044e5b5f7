"""Verbs of the counter and decisions before they are performed: the paper as it will print."""

from typing import Any
from uuid import UUID

from starlette.requests import Request

from api.desk.bars import Bar
from api.desk.papers import base_of, place_of
from api.papers import DECIDED, content
from models.actions.staff import Seated
from models.base import today
from models.reads import at_desk, calendar
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
    if button.words in ("容缺受理", "再次告知"):
        words = {"容缺受理": "容缺受理，分送部门", "再次告知": "发出再次告知书"}[button.words]
    reason = values["kept"].get("reason", "")
    more: Values = {"by": place_of(me), "lines": lines, "reason": reason, "due": await _correction_day()}
    if verb == "notify" and case["notice"]:
        first = await at_desk.first_notice(me.actor, UUID(case["id"]))
        more["again"] = {**(first or {}), "reason": (values["second"] or {}).get("asked", "")}
        more["number"] = "编号在发出时生成"
    if verb == "accept":
        more["tolerance"] = _tolerance(values)
    return _paper(
        request, me, values, kind, more, verb=verb, words=words, key=key, why=why, reason=reason,
        action=f"/desk/cases/{case['id']}/{verb}", version=case["version"], needs=verb == "refuse",
        back=f"?m={values['chosen'].code}",
    )  # fmt: skip


def _tolerance(values: Values) -> str:
    """How long promised papers may take, as the items say: 10 个工作日."""
    promised = {one["item"] for one in values["case"]["promises"] if one["kind"] == "tolerance"}
    found = [values["rules"][code]["tolerance"] for code in promised if code in values["rules"]]
    return next((f" {one['days']} 个{one['unit']}" for one in found if one.get("days")), " 10 个工作日")


async def decision(
    request: Request, me: Seated, values: Values, query: dict[str, str], task: Values | None, bar: Bar
) -> Values | None:
    """The paper of a department's decision, with its outcome and reason below it."""
    do = query.get("do", "")
    button = bar.verb(do)
    if do not in DECIDED or task is None or button is None or (button.off and not values["kept"]):
        return None
    proposed = (task["opinion"] or {}).get("outcome", "granted")
    outcome = values["kept"].get("outcome") or query.get("outcome") or proposed
    argued = (task["opinion"] or {}).get("words", "") if outcome == proposed == "refused" else ""
    reason = values["kept"].get("reason") or argued
    more: Values = {"task": task, "outcome": outcome, "reason": reason}
    if do == "decide_at_window":
        more["delegation"] = values["delegations"][task["id"]]
    found = _paper(
        request, me, values, "decision", more, verb=do, words=button.words, key=button.key, reason=reason,
        why=bar.why if do == "decide_at_window" else "决定后本部门办完；各部门都决定了就办结。",
        action=f"/desk/tasks/{task['id']}/{do}", version=task["version"], needs=True, back=f"?task={task['id']}",
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
        "title": doc.title, "doc": doc, "words": words, "key": key, "why": why,
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
