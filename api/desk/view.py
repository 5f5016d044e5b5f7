"""A case as the desk lays it out: materials with their ticks, the slip, the clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.base import today
from models.rules import standards
from models.rules.dates import say
from models.rules.standards import Standard

Case = dict[str, Any]
AT_COUNTER = ("submitted", "received")  # the states in which the clerk has something to do


@dataclass(frozen=True)
class Tick:
    """One standard of the chosen material: yes, not, or open (nobody looked)."""

    standard: Standard
    state: str


@dataclass(frozen=True)
class Material:
    """One line of the checklist. `promised`: to come later, not there yet. `supplied`: it came, to be looked at."""

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
    promised: bool = False
    supplied: bool = False

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


@dataclass(frozen=True)
class Owed:
    """A promise a material stands under: its kind, its state, and until when."""

    kind: str
    state: str
    due_on: str


def promised(case: Case) -> dict[str, Owed]:
    """{material code: the promise it stands under} (R40, R41)."""
    return {
        material["code"]: Owed(one["kind"], one["state"], one["due_on"] or "")
        for one in case["promises"]
        for material in one["materials"]
    }


def materials(case: Case, checks: dict[str, dict[str, str]], ticked: frozenset[str] | None = None) -> list[Material]:
    """The checklist. A look from before the applicant's correction counts no more for what the notice named.

    `ticked`: the ticks of promised papers that came, as the page's address carries them (bars.marks); they are written
    down only with the verb.
    """
    corrected = max((e["at"] for e in case["timeline"] if e["verb"] == "correct"), default="")
    named = {line["material_code"] for line in (case["notice"] or {"lines": []})["lines"]}
    owed, found = promised(case), []
    for k, raw in enumerate(case["materials"], 1):
        check, later = checks.get(raw["code"]), owed.get(raw["code"])
        if ticked is not None and later and later.state == "supplied":
            found.append(_came(k, raw, ticked))
        else:
            found.append(_material(k, raw, check, corrected if raw["code"] in named else "", later))
    return found


def _came(k: int, raw: dict[str, Any], ticked: frozenset[str]) -> Material:
    """A promised paper that came: its standards as ticked so far."""
    found = standards_of(raw)
    wrong = {one.n for one in found if f"{raw['code']}.{one.n}" in ticked}
    looked = bool(wrong) or raw["code"] in ticked
    ticks = [Tick(one, "not" if one.n in wrong else "yes" if looked else "open") for one in found]
    look, word = ("no", f"{len(wrong)} 处不符") if wrong else ("ok", "齐") if looked else ("open", "补来了，没看")
    trust = raw["trust"] or ("C" if raw["pages"] else "")
    main = raw["need"] == "main"
    return Material(k, raw["code"], raw["name"], main, _origin(raw), look, word, trust, ticks, raw, supplied=True)


def handed_in(raw: dict[str, Any]) -> bool:
    return bool(raw["pages"] or raw["form"] or raw["free"])


def on_paper(raw: dict[str, Any]) -> bool:
    """Whether it cannot be photographed: the original comes to the window."""
    return not (raw["photo"] or raw["form"] or raw["free"] or raw["pages"])


def standards_of(raw: dict[str, Any]) -> list[Standard]:
    return standards.standards(
        raw["name"], raw["standard"] or "", handed_in=handed_in(raw), on_paper=on_paper(raw)
    )  # fmt: skip


def _material(
    k: int, raw: dict[str, Any], check: dict[str, str] | None, corrected: str, later: Owed | None
) -> Material:  # fmt: skip
    looked = check is not None and check["at"] > corrected
    found = standards_of(raw)
    wrong = standards.failed(found, raw["note"] or "") if raw["state"] == "defect" else set()
    ticks = [
        Tick(one, "not" if one.n in wrong else "yes" if looked or raw["state"] == "defect" else "open") for one in found
    ]
    look, word = _state(raw, looked, len(wrong) + (standards.own(raw["note"] or "") is not None))
    waits = later is not None and look == "wait" and later.state == "made"
    if waits and later is not None:
        word = _later(later)
    elif later is not None and later.state == "made" and look == "no":
        word = "退回重补"
    seen = f"{check['who']} {check['at'][11:16]}" if check and looked else ""
    trust = "A" if raw["free"] else raw["trust"] or ("C" if raw["pages"] or raw["form"] else "")
    return Material(
        k, raw["code"], raw["name"], raw["need"] == "main", _origin(raw), look, word, trust, ticks, raw, seen,
        promised=waits,
    )  # fmt: skip


def _later(later: Owed) -> str:
    """未交（已承诺）, 待补 10月16日, 以承诺代替."""
    if later.kind == "informed":
        return "以承诺代替"
    return f"待补 {say(date.fromisoformat(later.due_on), today())}" if later.due_on else "未交（已承诺）"


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
    """The lines of the notice as they stand now: [{material_code, material, defect, fix, department}]."""
    return [
        {"material_code": one.code, "material": one.name, "defect": line.defect, "fix": line.fix, "department": ""}
        for one in found
        if one.bad
        for line in _lines(one)
    ]


def _lines(one: Material) -> list[standards.Defect]:
    if one.supplied:
        return [standards.Defect(t.standard.defect, t.standard.fix) for t in one.ticks if t.state == "not"]
    return standards.lines(
        {**one.raw, "note": one.raw["note"] or "", "handed_in": handed_in(one.raw), "on_paper": on_paper(one.raw)}
    )


def said_by_departments(case: Case, letters: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What departments' letters found wrong and no notice has told yet, in the shape of the slip with `department`."""
    told = {(line["material_code"], line["defect"]) for line in (case["notice"] or {"lines": []})["lines"]}
    return [
        {**{key: line[key] for key in ("material_code", "material", "defect", "fix")},
         "department": letter["department"]["short"]}
        for letter in letters if letter["outcome"] == "defects"
        for line in letter["lines"] if (line["material_code"], line["defect"]) not in told
    ]  # fmt: skip


# ------------------------------------------------------------------ clocks


def desk_clock(clock: dict[str, Any], stopped_on: str = "") -> dict[str, Any]:
    """A clock with the desk's word beside its light, done ones ticked off as 办结."""
    colour, word = clock["light"]["colour"], clock["light"].get("short") or clock["light"]["word"]
    if clock["state"] == "stopped":
        colour, word = ("red", "超期办结") if colour == "red" else ("green", "办结")
    return {**clock, "light": {"colour": colour, "word": word}, "stopped_on": stopped_on or clock["due_on"]}


ORDER = ("correction", "acceptance", "promise", "statutory", "tolerance", "delivery")
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


def tolerance_clock(case: Case) -> dict[str, Any] | None:
    """The period within which promised papers must come (R40)."""
    found = [desk_clock(clock) for clock in case["clocks"] if clock["kind"] == "tolerance"]
    return found[-1] if found else None
