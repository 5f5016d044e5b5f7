"""The sheets of the verbs of a case and its tasks: what is asked of the one who writes, and the paper beside it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from starlette.requests import Request

from api.desk.bars import Bar, Verb
from api.desk.papers import base_of, place_of
from api.desk.render import stamp
from api.desk.sheets import Field, Sheet, options, seen_words
from api.paper_words import REASON_HERE
from api.papers import content
from models.actions.staff import Seated
from models.base import local, now, today
from models.reads import at_desk, calendar
from models.reads.places import places
from models.rules import ladder, special
from models.rules.calendar import DAY
from models.rules.dates import say, say_full
from models.rules.limits import NATURAL, Limit

Values = dict[str, Any]
STARTERS = {
    "granted": ("经审查，材料齐全，符合法定条件，建议准予。", "经现场核查，场所、设备与申请一致。"),
    "return": ("请补充现场核查照片。", "请写明依据的条款。"),
    "refused": ("经审查，不符合法定条件：", "建议不予许可，理由：", "现场核查与申请材料不一致："),
    "urge": ("这一件快到承诺期限，请今天反馈进展。", "这一件已经超期，请今天办结或者写明原因。"),
    "answer_urge": ("正在办，今天报审核。", "等现场核查，最迟明天报审核。"),
    "resume": ("评审结束，意见已经收到。", "检测结束，合格。", "公示期满，没有异议。"),
    "extend": ("案情复杂，需要继续调查核实。", "涉及多个部门，需要进一步会商。"),
}


@dataclass(frozen=True)
class Desk:
    """What a sheet is made from: who writes, the page's values, the task in hand, the button that opened it."""

    request: Request
    me: Seated
    values: Values
    query: dict[str, str]
    task: Values
    button: Verb

    @property
    def case(self) -> Values:
        return dict(self.values["case"])

    def kept(self, name: str) -> str:
        """What was written before a refusal, or chosen while the paper is looked at."""
        return str(self.values["kept"].get(name) or self.query.get(name, ""))

    def for_task(self, verb: str, **more: Any) -> Sheet:
        seen = seen_words(self.task["state_words"], self.task["version"])
        action = f"/desk/tasks/{self.task['id']}/{verb}"
        return Sheet(action=action, version=self.task["version"], seen=seen, **more)

    def for_case(self, verb: str, **more: Any) -> Sheet:
        seen = seen_words(self.case["state_words"], self.case["version"])
        return Sheet(action=f"/desk/cases/{self.case['id']}/{verb}", version=self.case["version"], seen=seen, **more)

    def keep(self, verb: str) -> str:
        return f"{self.task['id'] if self.task else self.case['id']}:{verb}"

    def words(self, verb: str, label: str, name: str = "reason", **more: Any) -> Field:
        """The one text area of a sheet."""
        starters = more.pop("starters", STARTERS.get(verb, ()))
        value = self.kept(name) or more.get("value", "")
        more.pop("value", None)
        return Field(name, label, value=value, keep=self.keep(verb), starters=starters, **more)

    def doc(self, kind: str, **more: Any) -> Any:
        """The paper as it will print."""
        base, name = base_of(self.request), self.values["person"]["name"]
        return content(kind, self.case, name, today(), place_of(self.me), base, **more)


async def sheet(
    request: Request, me: Seated, values: Values, query: dict[str, str], task: Values | None, bar: Bar
) -> Sheet | None:
    """The sheet the query asks for; None when none is, or its verb is closed and nothing was written on it."""
    do = query.get("do", "")
    button = bar.verb(do)
    if do not in SHEETS or button is None or (button.off and not values["kept"]):
        return None
    return await SHEETS[do](Desk(request, me, values, query, task or {}, button))


async def _advise(d: Desk) -> Sheet:
    opinion = d.task["opinion"] or {}
    outcome = d.kept("outcome") or opinion.get("outcome", "granted")
    pick = Field("outcome", "结论", "pick", outcome, options((("granted", "建议准予"), ("refused", "建议不予许可"))))
    starters = STARTERS["granted"] + STARTERS["refused"][:1]
    text = d.words("advise", "审查意见", "opinion", value=opinion.get("words", ""), starters=starters)
    facts = [("事项", d.task["item_name"]), ("环节", d.task["state_words"]), ("承办", d.task["handler"] or "还没有人")]
    return d.for_task(
        "advise", title="写审查意见", words="报审核", note="只有本部门看得到", fields=(pick, text),
        facts=(*facts, *_letters(d)),
    )  # fmt: skip


def _letters(d: Desk) -> list[tuple[str, str]]:
    """What the other departments answered, to compare while one writes."""
    return [
        (one["department"]["short"], "。".join(part for part in (one["state_words"], one["words"]) if part))
        for one in d.values["letters"]
    ]


async def _return(d: Desk) -> Sheet:
    facts = [("事项", d.task["item_name"]), ("承办", d.task["handler"] or "还没有人")]
    if d.task["opinion"]:
        facts.append(("审查意见", d.task["opinion"]["words"]))
    return d.for_task(
        "return", title="退回重审", words="退回给承办人", icon="back", note="只有本部门看得到",
        fields=(d.words("return", "退回的理由"),), facts=tuple(facts),
    )  # fmt: skip


async def _suspend(d: Desk) -> Sheet | None:
    listed = [one for one in d.values["rules"][d.task["item"]]["special"] if one["stops_clock"] is True]
    if not listed:
        return None
    kind = next((one for one in listed if one["kind"] == d.kept("kind")), listed[0])
    planned, typed = kind["planned_days"], d.kept("planned_days")
    most = planned or special.MOST_PLANNED
    right = kind["kind"] == (d.kept("kind") or kind["kind"]) and typed.isdecimal() and 1 <= int(typed) <= most
    days = int(typed) if right else planned or 5
    held = special.procedure({"special_procedures": listed}, kind["kind"], days)
    first = await _free_date(d)
    last = await _planned_end(first, held.planned)
    told = held.told(first, last, d.values["kept"].get("reason") or REASON_HERE)
    how = f"{held.planned.unit}，" + (f"目录里写的是 {planned}，可以少" if planned else "目录里没有写，照实写")
    return d.for_task(
        "suspend", title="特别程序", words="发出告知书，停表", icon="stamp",
        doc=d.doc("suspension", task=d.task, told=told),
        fields=(
            Field("kind", "哪一种（目录里列的）", "pick", kind["kind"],
                  options((one["kind"], one["kind"]) for one in listed), redraw=True),
            Field("planned_days", "计划几天", "days", typed or str(days), hint=how, redraw=True),
            d.words("suspend", "为什么（印在告知书上）", slot=True),
        ),
        why="发出后这几天不算时间；过了计划的日子还没有结束，会提醒您和督办。",
    )  # fmt: skip


async def _free_date(d: Desk) -> date:
    """Today, or the day after the former special procedure of this task."""
    ended = [date.fromisoformat(one["last"]) + DAY for one in d.values["pauses"].get(d.task["id"], [])]
    return max([today(), *ended])


async def _planned_end(first: date, planned: Limit) -> date:
    if planned.unit == NATURAL:
        return first + DAY * (planned.days - 1)
    return (await calendar.clock()).calendar.add_working(first - DAY, planned.days)


async def _resume(d: Desk) -> Sheet:
    pause = next((one for one in reversed(d.values["pauses"].get(d.task["id"], [])) if one["open"]), None)
    facts = [("事项", d.task["item_name"])]
    if pause:
        facts += [("特别程序", pause["reason"]), ("从", say(date.fromisoformat(pause["first"]), today())),
                  ("计划到", say(date.fromisoformat(pause["last"]), today()))]  # fmt: skip
    return d.for_task(
        "resume", title="特别程序结束", words="结束，接着算时间", icon="clock", facts=tuple(facts),
        fields=(d.words("resume", "结果（申请人看得到）", "result"),),
        why="今天也算在特别程序里，从明天起接着算时间。",
    )  # fmt: skip


async def _extend(d: Desk) -> Sheet | None:
    extension = d.values["rules"][d.task["item"]]["extension"]
    if not extension:
        return None
    most, unit = int(extension["days"]), extension["unit"]
    return d.for_task(
        "extend", title="批准延期", words="批准，发出告知书", icon="stamp",
        doc=await _longer(d, "promise", most, unit, d.task), fields=_extension(d, most, unit),
        why=f"{extension['approval']}。只能延这一次。",
    )  # fmt: skip


async def _extend_case(d: Desk) -> Sheet:
    most = await at_desk.joint_extension(d.me.actor, UUID(d.case["id"]))
    return d.for_case(
        "extend", title="批准整件延期", words="批准，发出告知书", icon="stamp",
        doc=await _longer(d, "statutory", most, "工作日", None), fields=_extension(d, most, "工作日"),
        why="联合办理的，经县政府负责人批准可以延长一次（行政许可法第42条）。",
    )  # fmt: skip


def _extension(d: Desk, most: int, unit: str) -> tuple[Field, ...]:
    days = d.kept("days") if d.kept("days").isdecimal() else str(most)
    return (
        Field("days", "延长几天", "days", days, hint=f"{unit}，最多 {most} 个", redraw=True),
        d.words("extend", "为什么（印在告知书上）", slot=True),
    )


async def _longer(d: Desk, kind: str, most: int, unit: str, task: Values | None) -> Any:
    """The paper of an extension; the new day is the sum of the two periods, as the clock will count it."""
    days = int(d.kept("days")) if d.kept("days").isdecimal() else most
    found = (task or d.case)["clocks"]
    running = next((one for one in found if one["kind"] == kind), None) or next(iter(found), None)
    until = ""
    if running:
        due, clock = date.fromisoformat(running["due_on"]), await calendar.clock()
        later = due + DAY * days if unit == NATURAL else clock.calendar.add_working(due, days)
        until = say(later, today())
    longer = f"{days}个{unit}"
    return d.doc("extension", task=task, longer=longer, until=until, reason=d.values["kept"].get("reason", ""))


async def _revoke(d: Desk) -> Sheet:
    return d.for_task(
        "revoke", title="撤销决定", words="发出撤销决定书", icon="stamp",
        doc=d.doc("revocation", task=d.task, reason=d.values["kept"].get("reason", "")),
        fields=(d.words("revoke", "查明了什么（印在决定书上）", slot=True),),
        why="撤销前要告知申请人可以陈述、申辩。发出后证照作废，不能恢复。",
    )  # fmt: skip


async def _consult(d: Desk) -> Sheet:
    known = await places(d.case["hall"]["code"])
    own = d.me.actor.department
    involved = [task["department"]["code"] for task in d.case["tasks"]]
    involved += [item["department"]["code"] for item in d.case["items"]]
    codes = [code for code in dict.fromkeys([*involved, *sorted(known.departments)]) if code != own]
    pairs = tuple((code, known.departments[code].name) for code in codes if code in known.departments)
    chosen = d.kept("department") or (pairs[0][0] if pairs else "")
    facts = [("事项", d.case["title"]), ("怎么走", "对方在“征询”里答复，到期不复转督办")]
    return d.for_case(
        "consult", title="征询部门", words="发函", note="对方看得到这一件的材料",
        fields=(
            Field("department", "问哪个部门", "list", chosen, pairs),
            d.words("consult", "想请他们答复什么", "question",
                    starters=("请就选址是否符合规划提出意见。", "请核对材料是否齐全、有效。")),
        ),
        facts=(*facts, *_letters(d)), hidden=(("task", d.task["id"]),) if d.task else (), back=_back(d),
    )  # fmt: skip


def _back(d: Desk) -> str:
    return "?" if d.task else f"?m={d.values['chosen'].code}"


async def _answer_letter(d: Desk) -> Sheet | None:
    mine = [one for one in d.values["letters"] if "answer" in one["can"]]
    letter = next((one for one in mine if one["id"] == d.query.get("letter")), None) or next(iter(mine), None)
    if letter is None:
        return None
    facts = [("谁问", letter["asker_words"]), ("问什么", letter["question"]),
             ("什么时候前", say(date.fromisoformat(letter["due_on"]), today())), ("事项", d.case["title"])]  # fmt: skip
    kept = {key: value for key, value in d.values["kept"].items() if key.startswith(("defect:", "fix:"))}
    outcomes = options((("agrees", "同意"), ("objects", "不同意"), ("defects", "材料要补正")))
    return Sheet(
        title="复函", action=f"/desk/letters/{letter['id']}/answer", version=letter["version"], words="复函",
        seen=seen_words(letter["state_words"], letter["version"]), note="问的人看得到；材料的问题由窗口一次告知",
        fields=(
            Field("outcome", "意见", "pick", d.kept("outcome") or "agrees", outcomes),
            d.words("answer_letter", "怎么答复", "words", starters=("经研究，没有意见。", "请按下列要求修改后再报：")),
            Field("lines", "哪份材料要补正（没有就空着，选“材料要补正”时至少写一份）", "lines", needed=False,
                  options=options((one["code"], one["name"]) for one in d.case["materials"]), held=kept),
        ),
        facts=tuple(facts),
    )  # fmt: skip


async def _urge(d: Desk) -> Sheet:
    clock = await calendar.clock()
    hours = ladder.offers(clock.calendar, local(now()), clock.rules.cutoff)
    pairs = options((hour.isoformat(), f"{say_full(hour.date(), today())} {hour:%H:%M}") for hour in hours)
    left = d.task["light"].get("short") or d.task["light"]["word"]
    facts = [("事项", d.task["item_name"]), ("部门", d.task["department"]["name"]),
             ("承办", d.task["handler"] or "还没有人"), ("还剩", left)]  # fmt: skip
    return d.for_task(
        "urge", title=f"催办 {d.task['department']['short']}", words="发出催办", icon="bell", note="经办人看得到",
        fields=(
            d.words("urge", "给部门的话", "words", most=500),
            Field("answer_due_at", "什么时候前答复", "list", d.kept("answer_due_at") or pairs[0][0], pairs),
        ),
        facts=(*facts, *_urges(d)),
    )  # fmt: skip


def _urges(d: Desk) -> list[tuple[str, str]]:
    """What was done to hurry this task, newest first, with what the department answered."""
    return [
        (stamp(one["at"]), _urging(one) + (f"　答复：{one['answer']}" if one["answer"] else ""))
        for one in reversed(d.values["urges"].get(d.task["id"], []))
    ]  # fmt: skip


def _urging(one: Values) -> str:
    return f"{one['by']}：{one['words']}" if one["level"] == "manual" else str(one["level_words"])


async def _answer_urge(d: Desk) -> Sheet:
    return d.for_task(
        "answer_urge", title="答复催办", words="答复", icon="send", note="督办看得到",
        fields=(d.words("answer_urge", "现在到哪一步，什么时候办好", "words", most=500),),
        facts=(("事项", d.task["item_name"]), *_urges(d)),
    )  # fmt: skip


async def _ask_second(d: Desk) -> Sheet:
    lines = d.values["lines"]
    facts = [("要再告知的", f"{len(lines)} 处：" + "；".join(line["defect"] for line in lines[:4]))]
    if d.case["notice"]:
        facts.insert(0, ("已经告知过", d.case["notice"]["number"]))
    return d.for_case(
        "ask_second", title="请示再次告知", words="报督办", note="督办看得到，会进统计",
        fields=(
            d.words("ask_second", "为什么第一次没有说全",
                    starters=("申请人补来的新材料又有不符：", "部门复函提出了新的问题：")),
        ),
        facts=tuple(facts), why="依法只能一次性告知。督办同意后，才能再告知一次。", back=_back(d),
    )  # fmt: skip


async def _allow_second(d: Desk) -> Sheet:
    asked = (d.values["second"] or {}).get("asked", "")
    facts = (("窗口的原因", asked or "没有写"), ("告知过", (d.case["notice"] or {}).get("number", "")))
    return d.for_case(
        "allow_second", title="同意再次告知", words="同意", icon="check", note="原因会进每月的统计", facts=facts,
        fields=(d.words("allow_second", "同意的原因", value=asked, starters=()),),
        why="只同意这一次。",
    )  # fmt: skip


async def _reject_supply(d: Desk) -> Sheet:
    found = d.values["lines"]
    text = "；".join(f"{line['material']}：{line['defect']}，请{line['fix']}" for line in found)
    tolerance = next((one for one in d.case["clocks"] if one["kind"] == "tolerance"), None)
    due = say(date.fromisoformat(tolerance["due_on"]), today()) if tolerance else ""
    return d.for_case(
        "reject_supply", title="退回重补", words="退回重补", icon="back", note="申请人看得到",
        fields=(d.words("reject_supply", "哪里不符，改成什么样", "words", value=text, most=300),),
        why=f"补齐的期限到{due}，窗口核对用的日子不算。" if due else "",
        back=f"{_back(d)}&not={d.query.get('not', '')}", hidden=(("not", d.query.get("not", "")),),
    )  # fmt: skip


SHEETS: dict[str, Callable[[Desk], Awaitable[Sheet | None]]] = {
    "advise": _advise, "return": _return, "suspend": _suspend, "resume": _resume, "extend": _extend,
    "revoke": _revoke, "consult": _consult, "urge": _urge, "answer_urge": _answer_urge, "ask_second": _ask_second,
    "allow_second": _allow_second, "answer_letter": _answer_letter, "reject_supply": _reject_supply,
    "extend_case": _extend_case,
}  # fmt: skip
