"""The verb bar of a case: what each person may do now, and beside what is closed the reason."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from api.desk.view import AT_COUNTER, Material
from models.base import today
from models.rules.dates import say
from models.rules.flow import CASE, CONSULTATION, TASK

Case = dict[str, Any]
Task = dict[str, Any]


@dataclass(frozen=True)
class Verb:
    """One button. `off` is the reason it cannot be pressed; `href` opens its paper, `post` performs it at once."""

    name: str
    words: str
    key: str = ""
    icon: str = ""
    href: str = ""
    post: str = ""
    version: int = 0
    off: str = ""
    main: bool = False
    stop: bool = False
    blank: bool = False


@dataclass(frozen=True)
class Bar:
    """The verb bar: main verbs left, rare and refusing ones right, at most two lines of reasons between."""

    left: list[Verb]
    right: list[Verb] = field(default_factory=list)
    why: str = ""

    def verb(self, name: str) -> Verb | None:
        return next((verb for verb in (*self.left, *self.right) if verb.name == name), None)


# ------------------------------------------------------------------ the counter


def clerk_bar(case: Case, found: list[Material], chosen: str, said: list[dict[str, str]]) -> Bar:
    """What the clerk may do now. `said`: what departments' letters found wrong, to be told in the one notice."""
    if "confirm_supply" in case["can"]:
        return _supply(case, found, chosen)
    if case["state"] not in AT_COUNTER:
        return Bar([], _papers(case), _waits(case))
    at = f"/desk/cases/{case['id']}?m={chosen}&"
    bad = [one for one in found if one.bad]
    lines = bool(bad or said)
    closed, notice_words = _notice(case, lines)
    refused = _not_acceptable(bad, said)
    words = "容缺受理" if owed(case) else CASE["accept"].words
    left = [
        Verb("receive", CASE["receive"].words, "F7", "in", at + "paper=receive",
             main=case["state"] == "submitted" and not lines, off="" if "receive" in case["can"] else "已经收件"),
        Verb("notify", notice_words, "F8", "stamp", at + "paper=notify", off=closed, main=lines and not closed),
        Verb("accept", words, "F9", "check", at + "paper=accept", off=refused,
             main=not lines and case["state"] == "received"),
        *_second(case, lines, at),
        Verb("consult", "征询部门", "C", "", at + "do=consult"),
    ]  # fmt: skip
    right = [Verb("refuse", CASE["refuse"].words + "…", "Q", href=at + "paper=refuse", stop=True)]
    return Bar(_allowed(left, case["can"]), _allowed(right, case["can"]), _counter_why(case, found, refused, closed))


def owed(case: Case) -> set[str]:
    """Codes of the materials the applicant promised to bring later and has not brought (R40)."""
    return {
        material["code"]
        for one in case["promises"] if one["kind"] == "tolerance" and one["state"] == "made"
        for material in one["materials"]
    }  # fmt: skip


def _notice(case: Case, lines: bool) -> tuple[str, str]:
    """(why the notice is closed, the words of its button)."""
    if case["notice"] and case["second_notice"] != "allowed":
        words = {"asked": "等督办同意", "used": "已经再次告知过，不能再告知了"}
        return words.get(case["second_notice"], "已经一次性告知过，依法不能再告知"), CASE["notify"].words
    button = "再次告知" if case["notice"] else CASE["notify"].words
    return ("" if lines else "还没有写不符的地方，按数字键勾出来"), button


def _second(case: Case, lines: bool, at: str) -> list[Verb]:
    """请示再次告知: only where a first notice was given and there is something new to tell (R28)."""
    if not case["notice"] or case["second_notice"] not in ("", "asked") or not lines:
        return []
    off = "已经请示，等督办同意" if case["second_notice"] == "asked" else ""
    return [Verb("ask_second", CASE["ask_second_notice"].words + "…", "G", "", at + "do=ask_second", off=off)]


def _not_acceptable(bad: list[Material], said: list[dict[str, str]]) -> str:
    if bad:
        return f"不能受理：{_numbers(bad)}不符"
    departments = "、".join(dict.fromkeys(line["department"] for line in said))
    return f"不能受理：{departments}复函指出材料不符" if said else ""


def _counter_why(case: Case, found: list[Material], refused: str, closed: str) -> str:
    unlooked = sum(1 for one in found if one.open)
    if refused:
        tail = "，出具告知书一次说清。" if not closed else f"。{closed}。"
        return refused + tail
    waiting = sum(1 for one in found if one.promised)
    said = f"还有 {unlooked} 份没看。" if unlooked else "主要材料都齐。" if waiting else "材料都齐，可以受理。"
    return said + (f"{waiting} 份已承诺后补，可以容缺受理。" if waiting else "")


def _supply(case: Case, found: list[Material], chosen: str) -> Bar:
    """The promised papers came: every one looked at, then confirmed or sent back (R40)."""
    came = [one for one in found if one.supplied]
    bad, unlooked = [one for one in came if one.bad], [one for one in came if one.open]
    confirm = f"{_numbers(bad)}不符，退回重补" if bad else f"先看 {_numbers(unlooked)}勾齐" if unlooked else ""
    back = "" if bad else "没有不符的，勾出来再退"
    at = f"/desk/cases/{case['id']}?m={chosen}&not={','.join(marks(came))}&do="
    left = [
        Verb("confirm_supply", CASE["confirm_supply"].words, "F9", "check",
             post=f"/desk/cases/{case['id']}/confirm_supply", version=case["version"], main=not bad, off=confirm),
        Verb("reject_supply", CASE["reject_supply"].words + "…", "F8", "back", at + "reject_supply", off=back,
             main=bool(bad)),
    ]  # fmt: skip
    why = confirm or "补来的都齐，确认后接着办，当天出结果。"
    return Bar(left, _papers(case), f"{why}。" if confirm else why)


def marks(found: list[Material]) -> list[str]:
    """The ticks of the page as its address carries them: T13.2 is not met, T13 was looked at."""
    out = []
    for one in found:
        wrong = [f"{one.code}.{tick.standard.n}" for tick in one.ticks if tick.state == "not"]
        out += wrong or ([one.code] if not one.open else [])
    return out


def ticked(query: dict[str, str]) -> frozenset[str]:
    """The marks of the page's address after the tick it carries (`m`, `set` yes | not | all, `n`)."""
    held = {mark for mark in query.get("not", "").split(",") if mark}
    code, what, n = query.get("m", ""), query.get("set", ""), query.get("n", "")
    if not code or what not in ("yes", "not", "all"):
        return frozenset(held)
    own = {mark for mark in held if mark.split(".")[0] == code and mark != code}
    own = set() if what == "all" else own | {f"{code}.{n}"} if what == "not" else own - {f"{code}.{n}"}
    return frozenset({mark for mark in held if mark.split(".")[0] != code} | (own or {code}))


def _allowed(verbs: list[Verb], can: list[str]) -> list[Verb]:
    names = {"ask_second": "ask_second_notice", "consult": "receive"}
    return [
        verb if names.get(verb.name, verb.name) in can or verb.off or (verb.name == "consult" and "accept" in can)
        else Verb(verb.name, verb.words, verb.key, verb.icon, off="这一步不归您办")
        for verb in verbs
    ]  # fmt: skip


def _numbers(found: list[Material]) -> str:
    return "、".join(str(one.k) for one in found) + " "


def _waits(case: Case) -> str:
    return {
        "correcting": "等申请人补正，补齐了会回到队里。",
        "accepted": "已经受理，部门在办。" + (f"{say_owed(case)}" if owed(case) else ""),
        "concluded": "已经办结，在出件窗口发放。",
    }.get(case["state"], "这件已经结束。")


def say_owed(case: Case) -> str:
    due = next((c["due_on"] for c in case["clocks"] if c["kind"] == "tolerance" and c["state"] != "stopped"), "")
    return f"容缺的材料 {say(date.fromisoformat(due), today())}前补齐。" if due else "还有容缺的材料要补。"


def _papers(case: Case) -> list[Verb]:
    """打印 the paper of this state, and the list of all of them."""
    kind = {"correcting": "notice", "refused": "refusal", "delivered": "delivery"}.get(case["state"], "acceptance")
    if kind == "acceptance" and not any(e["verb"] in ("accept", "deem_accept") for e in case["timeline"]):
        kind = "receipt"
    at = f"/desk/cases/{case['id']}/papers"
    return [
        Verb("papers", "文书", "M", "doc", at),
        Verb("print", "打印", "P", "print", f"{at}/{kind}", blank=True),
    ]


# ------------------------------------------------------------------ a department


@dataclass(frozen=True)
class Around:
    """What the bar of a task looks at beside it: the item's rules, its pauses, an open urging, what was extended."""

    special: list[dict[str, Any]]
    extension: dict[str, Any] | None
    paused: dict[str, Any] | None
    urged: bool
    extended: bool
    same: bool


def task_bar(case: Case, task: Task, roles: frozenset[str], around: Around) -> Bar:
    """What a department's person may do about their task. `around.same`: they examined it themselves."""
    state = task["state"]
    if state in ("decided", "revoked", "cancelled"):
        return _ended(case, task, roles)
    if state == "waiting":
        return Bar([], _papers(case), f"等{'、'.join(task['after']) or '前面的'}办好，到时分送过来，时限从那天算。")
    left = [*_handler(case, task, roles, around), *_approver(case, task, roles, around)]
    right = _papers(case)
    if "approver" in roles:
        off = _closed("return", task["can"], state)
        href = f"/desk/cases/{case['id']}?task={task['id']}&do=return"
        right.append(Verb("return", TASK["return"].words + "…", "Q", href=href, stop=True, off=off))
    if around.urged:
        at = f"/desk/cases/{case['id']}?task={task['id']}&do=answer_urge"
        left.insert(1 if left else 0, Verb("answer_urge", TASK["answer_urge"].words, "U", "bell", at))
    return Bar(left, right, _task_why(task, around, [*left, *right]))


def _handler(case: Case, task: Task, roles: frozenset[str], around: Around) -> list[Verb]:
    if "handler" not in roles:
        return []
    at, can, state = f"/desk/cases/{case['id']}?task={task['id']}&do=", task["can"], task["state"]
    found = []
    if state == "assigned":
        take = f"/desk/tasks/{task['id']}/acknowledge"
        found.append(Verb("acknowledge", TASK["acknowledge"].words, "F7", "in", post=take, version=task["version"],
                          main=True, off=_closed("acknowledge", can, state)))  # fmt: skip
    if state == "suspended":
        found.append(Verb("resume", TASK["resume"].words + "…", "F9", "clock", at + "resume", main=True,
                          off=_closed("resume", can, state)))  # fmt: skip
    else:
        found.append(Verb("advise", TASK["advise"].words, "F9", "pen", at + "advise", main=state == "examining",
                          off=_closed("advise", can, state)))  # fmt: skip
    found.append(Verb("consult", "征询部门", "C", "", at + "consult"))
    if state != "suspended":
        off = _no_procedure(around) or _closed("suspend", can, state)
        found.append(Verb("suspend", TASK["suspend"].words + "…", "S", "", at + "suspend", off=off))
    return found


def _no_procedure(around: Around) -> str:
    if not around.special:
        return "这一项的办事指南里没有特别程序，不能停表"
    if not any(one["stops_clock"] is True for one in around.special):
        return f"“{around.special[0]['kind']}”依现有规定不能停表"
    return ""


def _approver(case: Case, task: Task, roles: frozenset[str], around: Around) -> list[Verb]:
    if "approver" not in roles:
        return []
    at, can, state = f"/desk/cases/{case['id']}?task={task['id']}&do=", task["can"], task["state"]
    off = "您写的意见，要由负责人决定" if around.same else _closed("decide", can, state)
    longer = "" if around.extension else "这一项的依据里没有延期，不能延期"
    longer = "已经延过一次，依法不能再延" if around.extended else longer
    return [
        Verb("decide", TASK["decide"].words, "F8" if "handler" in roles else "F9", "stamp", at + "decide",
             main=state == "advised", off=off),
        Verb("extend", "延期…", "E", "", at + "extend", off=longer or _closed("extend", can, state)),
    ]  # fmt: skip


def letter_verb(case: Case, letters: list[dict[str, Any]], department: str) -> list[Verb]:
    """复函, when this department was asked and has not answered."""
    asked = next((one for one in letters if one["department"]["code"] == department and "answer" in one["can"]), None)
    if asked is None:
        return []
    at = f"/desk/cases/{case['id']}?do=answer_letter&letter={asked['id']}"
    return [Verb("answer_letter", CONSULTATION["answer"].words, "Y", "send", at)]


def asked_bar(case: Case, letters: list[dict[str, Any]], department: str) -> Bar:
    """A department that was only asked: it reads, and answers its letter (S30)."""
    verbs = letter_verb(case, letters, department)
    why = "来函征询，答复的话写进复函。" if verbs else "本部门没有要办的，只看得到来函征询过的这一件。"
    return Bar([replace(verb, key="F9", main=True) for verb in verbs], _papers(case), why)


def _ended(case: Case, task: Task, roles: frozenset[str]) -> Bar:
    right = _papers(case)
    why = {"decided": "这件本部门已经办完。", "revoked": "决定已经撤销。"}.get(task["state"], "停止办理了，不用办了。")
    if "approver" in roles and task["state"] == "decided":
        at = f"/desk/cases/{case['id']}?task={task['id']}&do=revoke"
        off = "" if task["outcome"] == "granted" else "不予许可的决定没有要撤销的"
        right.append(Verb("revoke", "撤销决定…", "Q", href=at, stop=True, off=off))
    return Bar([], right, why)


def _task_why(task: Task, around: Around, verbs: list[Verb]) -> str:
    if around.paused:
        last = say(date.fromisoformat(around.paused["last"]), today())
        return f"特别程序中：{around.paused['reason']}，计划到{last}。这几天不算时间。"
    urged = ["督办催办，等您答复"] if around.urged else []
    return "；".join(dict.fromkeys([*urged, *(verb.off for verb in verbs if verb.off)]))


CLOSED = {
    "acknowledge": "已经接收",
    "advise": "意见已经报上去，等负责人决定",
    "decide": "还没有审查意见",
    "return": "还没有报上来，没有可退的",
    "suspend": "审查中才能进入特别程序",
    "extend": "现在不能延期",
    "resume": "没有在特别程序里",
}


def _closed(verb: str, can: list[str], state: str) -> str:
    """Why a verb of the task sheet is not open now, empty when it is. An approver waits for the opinion (R50)."""
    if verb in can and not (verb == "decide" and state != "advised"):
        return ""
    if verb == "advise" and state == "assigned":
        return "先接收，再写意见"
    if verb == "decide" and state == "suspended":
        return "特别程序中，结束了再决定"
    if state not in TASK[verb].start or verb == "decide":
        return CLOSED[verb]
    return f"“{TASK[verb].words}”不归您的岗位办"


# ------------------------------------------------------------------ the window, the centre, the county


def window_bar(case: Case, task: Task | None, delegation: dict[str, Any] | None, name: str) -> Bar:
    """What the delegate `name` may decide on the spot, and under which notice (R50); who took it in does not."""
    if task is None or delegation is None:
        return Bar([], _papers(case), _waits(case))
    at = f"/desk/cases/{case['id']}?task={task['id']}&do=decide_at_window"
    off = "" if "decide_at_window" in task["can"] else f"现在是“{task['state_words']}”，不能当场决定"
    if any(event["verb"] in ("receive", "accept") and event["who"] == name for event in case["timeline"]):
        off = "这件是您收件或受理的，要由别人决定"
    verb = Verb("decide_at_window", TASK["decide_at_window"].words, "F9", "stamp", at, main=True, off=off)
    why = off or f"受{task['department']['name']}委托，按《{delegation['notice']}》，以它的名义决定。"
    return Bar([verb], _papers(case), why)


def overseer_bar(case: Case, task: Task | None, roles: frozenset[str]) -> Bar:
    """A supervisor's 同意再次告知 and 催办, the county government's 批准延期."""
    at, left, why = f"/desk/cases/{case['id']}?do=", [], []
    if "supervisor" in roles and case["second_notice"]:
        off = {"asked": "", "allowed": "已经同意过"}.get(case["second_notice"], "已经再次告知过")
        left.append(Verb("allow_second", CASE["allow_second_notice"].words, "F9", "check", at + "allow_second",
                         main=not off, off=off))  # fmt: skip
        why.append(off or "窗口请示再次告知，原因在“同意”里看")
    if "supervisor" in roles and task is not None:
        off = "" if "urge" in task["can"] else f"{task['department']['short']}{task['state_words']}，不用催"
        href = f"/desk/cases/{case['id']}?task={task['id']}&do=urge"
        left.append(Verb("urge", f"催办 {task['department']['short']}…", "U", "bell", href, main=not left, off=off))
        why.append(off)
    if "county_head" in roles:
        off = "" if "extend" in case["can"] else _no_joint(case)
        left.append(Verb("extend_case", "批准整件延期…", "E", "clock", at + "extend_case", main=not off, off=off))
        why.append(off)
    return Bar(left, _papers(case), "；".join(part for part in why if part))


def _no_joint(case: Case) -> str:
    if case["state"] != "accepted":
        return "在办的才能延期"
    return "只有联合办理的一件事由县政府负责人批准延期"
