"""投资项目: the shapes of its code (R7, R8), which items it goes through, how each stands on its map (R43). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.base import Refusal
from models.rules import graph
from models.rules.dates import say
from models.rules.flow import FINAL

# GB/T 40058-2021: time, region, central department, type, five random and one check character. The check is not
# published, so the shape alone is looked at (R7). The older ones began with a year: 2015 to 2020 is no month (R8).
NEW = re.compile(r"[0-9]{2}(0[1-9]|1[0-2])-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{5}[0-9A-Z]")
OLD = re.compile(r"20(1[5-9]|20)-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")
LENGTH = 24
KINDS = ("filing", "approval")


def parse_code(text: str) -> str:
    """A project code as it is kept: upper case, plain hyphens. Codes come from the national platform, never from us."""
    clean = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:80])).upper()
    clean = re.sub(r"[‐‑‒–—―−]", "-", clean)
    if re.fullmatch(r"[0-9]{19}[0-9A-Z]", clean):  # typed without its hyphens
        clean = "-".join((clean[:4], clean[4:10], clean[10:12], clean[12:14], clean[14:]))
    if NEW.fullmatch(clean) or OLD.fullmatch(clean):
        return clean
    raise _bad(clean)


def _bad(clean: str) -> Refusal:
    words = "项目代码像 2609-440229-04-01-68315X 这样，请照备案证或核准文件再输一次"
    if len(clean) != LENGTH:
        words = f"项目代码连横线共{LENGTH}位，您输入了{len(clean)}位。请照备案证或核准文件再输一次"
    elif re.match(r"[0-9]{4}-", clean) and not re.match(r"[0-9]{2}(0[1-9]|1[0-2])-|20(1[5-9]|20)-", clean):
        words = f"项目代码开头的“{clean[:4]}”不是年月，请照备案证或核准文件再输一次"
    return Refusal("bad_project_code", 422, words, [{"pointer": "/code", "code": "bad_project_code", "detail": words}])


def members(bundle: Mapping[str, Any], kind: str, skipped: Collection[str] = ()) -> list[str]:
    """The items of a project of this kind, in the bundle's order. What it does without (`skipped`) is left out."""
    other = bundle.get("alternatives", {}) if kind == "approval" else {}
    return [
        other.get(member["item"], member["item"])
        for member in bundle["members"]
        if member.get("only") in (None, kind) and not (member["item"] in skipped and member.get("optional"))
    ]


def optional(bundle: Mapping[str, Any]) -> list[str]:
    """Items a project may do without."""
    return [member["item"] for member in bundle["members"] if member.get("optional")]


def stages(bundle: Mapping[str, Any], codes: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The stretches of the map that have something on them: (title, item codes)."""
    stands_for = {usual: instead for usual, instead in bundle.get("alternatives", {}).items() if instead in codes}
    found = []
    for stage in bundle["stages"]:
        here = [code for code in (stands_for.get(usual, usual) for usual in stage["items"]) if code in codes]
        if here:
            found.append((_title(stage["title"], len(here)), here))
    return found


def _title(name: str, count: int) -> str:
    """立项; 先办这 2 件; 这 6 件同时办."""
    if name == "先办":
        return f"先办这 {count} 件"
    if name == "同时办":
        return f"这 {count} 件同时办" if count > 1 else "接着办这 1 件"
    return name


NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Filed:
    """An item as one case of the project has it. `share`: how much of its clock has run, 0 to 1; `due_on` its end.

    `procedure`: the special procedure it waits in; `open_lines`: what the open notice still waits for.
    """

    case_id: str
    case_state: str
    task_state: str = ""
    outcome: str = ""
    decided_on: date | None = None
    due_on: date | None = None
    share: float = 0.0
    colour: str = "grey"
    procedure: str = ""
    open_lines: int = 0


@dataclass(frozen=True)
class Standing:
    """How one item stands: its state, its light, the words beside it, and how far along its lane it is."""

    state: str
    colour: str
    words: str
    progress: float


ON_THE_WAY = ("filed", "waiting", "running", "paused", "correcting")
GONE = {"withdrawn": "撤回了", "refused": "没有受理", "returned": "退回了"}


def state_of(filed: Filed | None) -> str:
    """none, draft, filed, waiting, running, paused, correcting, granted, refused or fallen."""
    if filed is None:
        return "none"
    if filed.task_state in ("decided", "revoked"):
        return "granted" if filed.task_state == "decided" and filed.outcome == "granted" else "refused"
    if filed.task_state == "cancelled" or filed.case_state in FINAL["case"]:
        return "fallen"
    if filed.task_state:
        return {"waiting": "waiting", "suspended": "paused"}.get(filed.task_state, "running")
    return {"draft": "draft", "correcting": "correcting"}.get(filed.case_state, "filed")


def best(tries: Sequence[Filed]) -> Filed | None:
    """Of several cases with the same item the one that counts: granted, then under way, then the latest."""
    rank = {"granted": 3, **dict.fromkeys(ON_THE_WAY, 2), "draft": 1}
    found = None
    for each in tries:
        if found is None or rank.get(state_of(each), 0) >= rank.get(state_of(found), 0):
            found = each
    return found


def standing(filed: Filed | None, after: Sequence[str], ready: bool, on: date) -> Standing:
    """`after`: names of what still has to be granted first; `ready`: it may be filed now."""
    state = state_of(filed)
    if filed is None:
        return Standing("none", "grey", "可以交了" if ready else behind(after), 0.0)
    if state == "granted":
        said = f"已同意 {say(filed.decided_on, on)}" if filed.decided_on else "已同意"
        return Standing(state, "green", said, 1.0)
    if state == "refused":
        return Standing(state, "red", "已撤销" if filed.task_state == "revoked" else "没有同意", 1.0)
    if state == "fallen":
        return Standing(state, "grey", GONE.get(filed.case_state, "不办了"), 0.0)
    if state == "draft":
        return Standing(state, "grey", "填了还没交", 0.0)
    if state == "waiting":
        return Standing(state, "grey", behind(after), 0.0)
    return _under_way(state, filed, on)


def _under_way(state: str, filed: Filed, on: date) -> Standing:
    """Receiving is the first fifth of a lane, deciding the rest."""
    if state == "filed":
        words = f"最晚{say(filed.due_on, on)}答复" if filed.due_on else "已提交"
        return Standing(state, filed.colour, words, round(0.2 * filed.share, 3))
    if state == "correcting":
        return Standing(state, "amber", f"等您补 {filed.open_lines} 样" if filed.open_lines else "补好了，请交", 0.2)
    progress = round(0.2 + 0.8 * min(1.0, filed.share), 3)
    if state == "paused":
        return Standing(state, "grey", filed.procedure.split("（")[0] or "特别程序", progress)
    if filed.colour == "red":
        return Standing(state, "red", "超期了，在催", progress)
    return Standing(state, filed.colour, f"最晚{say(filed.due_on, on)}" if filed.due_on else "在办", progress)


def behind(after: Sequence[str]) -> str:
    """项目备案办好就办; 上面 6 件办好就办."""
    if len(after) > 1:
        return f"上面 {len(after)} 件办好就办"
    return f"{after[0]}办好就办" if after else "等前面的办好"


def may_file(code: str, road: graph.Road, states: Mapping[str, str]) -> bool:
    """Nothing of it is on the way, and what it needs first is granted or on the way."""
    if states[code] in ("granted", "draft", *ON_THE_WAY):
        return False
    return all(states[one] in ("granted", *ON_THE_WAY) for one in road[code])


def earliest(
    clock: graph.Counts, road: graph.Road, limits: Mapping[str, Any], states: Mapping[str, str],
    due: Mapping[str, date], today: date,
) -> date | None:  # fmt: skip
    """The day the whole could be done: what is under way on the day it is due, the rest counted on from there."""
    left = {code: [one for one in after if states[one] != "granted"] for code, after in road.items()}
    left = {code: after for code, after in left.items() if states[code] != "granted"}
    if not left:
        return None
    known = {
        code: max(due[code], today) for code in left if code in due and states[code] in ("running", "paused")
    }  # fmt: skip
    return max(graph.ends(clock, left, limits, today, known).values())
