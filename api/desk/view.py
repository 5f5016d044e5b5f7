"""A case as the desk lays it out: materials with their ticks, the slip, the verbs with their reasons, the clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from models.rules import standards
from models.rules.flow import CASE, TASK
from models.rules.standards import Standard

Case = dict[str, Any]


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


@dataclass(frozen=True)
class Tick:
    """One standard of the chosen material: yes, not, or open (nobody looked)."""

    standard: Standard
    state: str


@dataclass(frozen=True)
class Material:
    """One line of the checklist."""

    k: int
    code: str
    name: str
    main: bool
    origin: str
    look: str
    word: str
    trust: str
    ticks: list[Tick]
    raw: dict[str, Any]
    looked: str = ""

    @property
    def bad(self) -> bool:
        return self.look == "no"

    @property
    def open(self) -> bool:
        return self.look == "open"

    @property
    def failed(self) -> int:
        return sum(1 for tick in self.ticks if tick.state == "not")

    @property
    def own(self) -> standards.Defect | None:
        return standards.own(self.raw["note"] or "")


def materials(case: Case, checks: dict[str, dict[str, str]]) -> list[Material]:
    """The checklist. A look from before the applicant's correction counts no more for what the notice named."""
    corrected = max((e["at"] for e in case["timeline"] if e["verb"] == "correct"), default="")
    named = {line["material_code"] for line in (case["notice"] or {"lines": []})["lines"]}
    return [
        _material(k, raw, checks.get(raw["code"]), corrected if raw["code"] in named else "")
        for k, raw in enumerate(case["materials"], 1)
    ]


def handed_in(raw: dict[str, Any]) -> bool:
    return bool(raw["pages"] or raw["form"] or raw["free"])


def on_paper(raw: dict[str, Any]) -> bool:
    """Whether it cannot be photographed: the original comes to the window."""
    return not (raw["photo"] or raw["form"] or raw["free"] or raw["pages"])


def standards_of(raw: dict[str, Any]) -> list[Standard]:
    return standards.standards(
        raw["name"], raw["standard"] or "", handed_in=handed_in(raw), on_paper=on_paper(raw)
    )  # fmt: skip


def _material(k: int, raw: dict[str, Any], check: dict[str, str] | None, corrected: str) -> Material:
    looked = check is not None and check["at"] > corrected
    found = standards_of(raw)
    wrong = standards.failed(found, raw["note"] or "") if raw["state"] == "defect" else set()
    ticks = [
        Tick(one, "not" if one.n in wrong else "yes" if looked or raw["state"] == "defect" else "open") for one in found
    ]
    look, word = _state(raw, looked, len(wrong) + (standards.own(raw["note"] or "") is not None))
    seen = f"{check['who']} {check['at'][11:16]}" if check and looked else ""
    trust = "A" if raw["free"] else raw["trust"] or ("C" if raw["pages"] or raw["form"] else "")
    return Material(
        k, raw["code"], raw["name"], raw["need"] == "main", _origin(raw), look, word, trust, ticks, raw, seen
    )  # fmt: skip


def _state(raw: dict[str, Any], looked: bool, wrong: int) -> tuple[str, str]:
    """(look, word): ok 齐 / 免交, no 2 处不符, wait 未交, open 没看."""
    if raw["state"] == "defect":
        return "no", f"{wrong} 处不符" if wrong else "要改"
    if raw["free"]:
        return "ok", "免交"
    if raw["state"] in ("checking", "refused"):
        return "wait", "照片在处理" if raw["state"] == "checking" else "照片打不开"
    if looked:
        return "ok", "齐"
    if not handed_in(raw):
        return "wait", "未交"
    return "open", "没看"


def _origin(raw: dict[str, Any]) -> str:
    if raw["free"]:
        return "电子证照库调取"
    if raw["form"]:
        return "网上填写"
    if raw["pages"]:
        return f"拍照 {len(raw['pages'])} 页" + ("" if raw["need"] == "main" else " · 次要")
    if on_paper(raw):
        return "纸质原件 · 带到窗口交"
    return "主要材料" if raw["need"] == "main" else "次要材料"


def slip(found: Iterable[Material]) -> list[dict[str, str]]:
    """The lines of the notice as they stand now: [{material_code, material, defect, fix}]."""
    return [
        {"material_code": one.code, "material": one.name, "defect": line.defect, "fix": line.fix}
        for one in found
        if one.bad
        for line in standards.lines(
            {**one.raw, "note": one.raw["note"] or "", "handed_in": handed_in(one.raw), "on_paper": on_paper(one.raw)}
        )
    ]


# ------------------------------------------------------------------ verbs

AT_COUNTER = ("submitted", "received")  # the states in which the clerk has something to do


def clerk_bar(case: Case, found: list[Material], chosen: str) -> Bar:
    """What the clerk may do now; what is closed stays in sight with its reason."""
    at = f"/desk/cases/{case['id']}?m={chosen}&paper="
    can, why = case["can"], []
    bad = [one for one in found if one.bad]
    unlooked = [one for one in found if one.open]
    if case["state"] not in AT_COUNTER:
        return Bar([], [_print(case)], _waits(case))
    no_notice = "" if bad else "还没有写不符的地方，按数字键勾出来"
    if case["notice"]:
        no_notice = "已经一次性告知过，依法不能再告知"
    no_accept = f"不能受理：{_numbers(bad)}不符" if bad else ""
    why = [no_accept + "，出具告知书一次说清" if no_accept and not case["notice"] else no_accept]
    if not bad:
        why.append(f"还有 {len(unlooked)} 份没看。" if unlooked else "材料都齐，可以受理。")
    if bad and case["notice"]:
        why.append(f"{no_notice}。")
    notify = Verb(
        "notify", CASE["notify"].words, "F8", "stamp", at + "notify", off=no_notice, main=bool(bad) and not no_notice
    )  # fmt: skip
    accept = Verb(
        "accept", CASE["accept"].words, "F9", "check", at + "accept", off=no_accept,
        main=not bad and case["state"] == "received",
    )  # fmt: skip
    receive = Verb(
        "receive", CASE["receive"].words, "F7", "in", at + "receive", main=case["state"] == "submitted" and not bad,
        off="" if "receive" in can else "已经收件",
    )  # fmt: skip
    refuse = Verb("refuse", CASE["refuse"].words + "…", "Q", href=at + "refuse", stop=True)
    return Bar(
        _allowed([receive, notify, accept], can), _allowed([refuse], can), " ".join(part for part in why if part)
    )


def _allowed(verbs: list[Verb], can: list[str]) -> list[Verb]:
    return [
        verb if verb.name in can or verb.off else Verb(verb.name, verb.words, verb.key, verb.icon, off="这一步不归您办")
        for verb in verbs
    ]


def _numbers(found: list[Material]) -> str:
    return "、".join(str(one.k) for one in found) + " "


def _waits(case: Case) -> str:
    return {
        "correcting": "等申请人补正，补齐了会回到队里。",
        "accepted": "已经受理，部门在办。",
        "concluded": "已经办结，在出件窗口发放。",
    }.get(case["state"], "这件已经结束。")


def _print(case: Case) -> Verb:
    kind = {"correcting": "notice", "refused": "refusal", "delivered": "delivery"}.get(case["state"], "acceptance")
    if kind == "acceptance" and not any(e["verb"] in ("accept", "deem_accept") for e in case["timeline"]):
        kind = "receipt"
    return Verb("print", "打印", "P", "print", f"/desk/cases/{case['id']}/papers/{kind}", blank=True)


def task_bar(case: Case, task: dict[str, Any], roles: frozenset[str], *, same: bool) -> Bar:
    """What a department's person may do about their task. `same`: they examined it themselves."""
    at, can, state = f"/desk/cases/{case['id']}?do=", task["can"], task["state"]
    if state in ("decided", "cancelled"):
        why = "这件本部门已经办完。" if state == "decided" else "申请人撤回，不用办了。"
        return Bar([], [_print(case)], why)
    left, right = [], [_print(case)]
    if "handler" in roles:
        take = f"/desk/tasks/{task['id']}/acknowledge"
        left.append(
            Verb("acknowledge", TASK["acknowledge"].words, "F7", "in", post=take, version=task["version"],
                 main=state == "assigned", off=_closed("acknowledge", can, state))
        )  # fmt: skip
        left.append(
            Verb("advise", TASK["advise"].words, "F9", "pen", at + "advise", main=state == "examining",
                 off=_closed("advise", can, state))
        )  # fmt: skip
    if "approver" in roles:
        off = "您写的意见，要由负责人决定" if same else _closed("decide", can, state)
        key = "F8" if left else "F9"
        left.append(
            Verb("decide", TASK["decide"].words, key, "stamp", at + "decide", main=state == "advised", off=off)
        )  # fmt: skip
        back = Verb(
            "return", TASK["return"].words + "…", "Q", href=at + "return", stop=True,
            off=_closed("return", can, state),
        )  # fmt: skip
        right.insert(0, back)
    reasons = dict.fromkeys(verb.off for verb in (*left, *right) if verb.off)
    return Bar(left, right, "；".join(reasons))


CLOSED = {
    "acknowledge": "已经接收",
    "advise": "意见已经报上去，等负责人决定",
    "decide": "还没有审查意见",
    "return": "还没有报上来，没有可退的",
}


def _closed(verb: str, can: list[str], state: str) -> str:
    """Why a verb of the task sheet is not open now, empty when it is. An approver waits for the opinion (R50)."""
    if verb in can and not (verb == "decide" and state != "advised"):
        return ""
    if verb == "advise" and state == "assigned":
        return "先接收，再写意见"
    if state not in TASK[verb].start or verb == "decide":
        return CLOSED[verb]
    return f"“{TASK[verb].words}”不归您的岗位办"


# ------------------------------------------------------------------ clocks


def desk_clock(clock: dict[str, Any], stopped_on: str = "") -> dict[str, Any]:
    """A clock with the desk's word beside its light, done ones ticked off as 办结."""
    colour, word = clock["light"]["colour"], clock["light"].get("short") or clock["light"]["word"]
    if clock["state"] == "stopped":
        colour, word = ("red", "超期办结") if colour == "red" else ("green", "办结")
    return {**clock, "light": {"colour": colour, "word": word}, "stopped_on": stopped_on or clock["due_on"]}


ORDER = ("correction", "acceptance", "promise", "statutory", "delivery")
Clocks = tuple[dict[str, Any] | None, dict[str, Any] | None]


def main_clock(case: Case, task: dict[str, Any] | None) -> Clocks:
    """The clock that runs now, or the last that ran, and the law's behind a promise: (clock, law)."""
    ended = (task or {}).get("decided_at") or ""
    found = [desk_clock(clock, ended[:10]) for clock in (task or {}).get("clocks") or case["clocks"]]
    running = sorted((c for c in found if c["state"] != "stopped"), key=lambda c: ORDER.index(c["kind"]))
    promised = [c for c in found if c["kind"] == "promise"]
    chosen = running[0] if running else promised[-1] if promised else found[-1] if found else None
    if chosen is None or chosen["kind"] != "promise":
        return chosen, None
    return chosen, next((c for c in found if c["kind"] == "statutory"), None)


def delivery_clock(case: Case) -> dict[str, Any] | None:
    """The period within which the result must reach the applicant (行政许可法 art. 44)."""
    found = [desk_clock(clock) for clock in case["clocks"] if clock["kind"] == "delivery"]
    return found[-1] if found else None
