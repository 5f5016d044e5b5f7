"""Projects: the file under its code, the map's rows, the one list, and progress by code and key (R43, S22 to S27)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.base import local, not_found, rows, today
from models.case import Case, Clock
from models.catalogue import Item
from models.paper import CaseMaterial
from models.people import Organisation
from models.project import Guidance, Project
from models.promise import Promise
from models.reads import calendar, notices
from models.reads.standings import Standings, items_of, standings
from models.rules import graph, merge, permits
from models.rules import projects as rules
from models.rules.dates import say, say_full
from models.rules.flow import STATE_WORDS
from models.rules.limits import limits_of
from models.rules.permits import OVERSEERS, WITHIN, Actor
from models.rules.projects import Filed


@dataclass(frozen=True)
class Seen:
    """A project, and whether the one who looks is its owner, staff, or somebody with its key."""

    row: Project
    own: bool
    inside: bool = False


async def find(actor: Actor, code: str, key: str = "") -> Seen:
    """The project under a code, for its owner, for staff it concerns, or with its key; otherwise `not_found`."""
    row = await Project.filter(code=rules.parse_code(code)).first()
    if row is not None:
        if actor.kind == "citizen" and row.account_id == actor.id:
            return Seen(row, True)
        if key and (Project.QUERY_KEY.open(row.id, row.query_key_sealed) or "") == key.strip().upper():
            return Seen(row, False)
        if await _concerns(actor, row):
            return Seen(row, False, True)
    raise not_found("项目代码或查询密码不对，请再输一次；是您登记的，请先登录")


async def _concerns(actor: Actor, row: Project) -> bool:
    """Whether staff may see it: windows and overseers every one, a department those whose road leads to it."""
    if actor.kind != "staff":
        return False
    if actor.roles & {"clerk", *OVERSEERS}:
        return True
    if not (actor.roles & WITHIN and actor.department):
        return False
    asked = await Guidance.filter(project_id=row.id, department_id=actor.department).exists()
    return asked or actor.department in {item.department_id for item in (await items_of(row)).values()}


async def by_id(actor: Actor, project_id: UUID) -> Project:
    """A project for staff it concerns."""
    row = await Project.filter(id=project_id).first()
    if row is None or not await _concerns(actor, row):
        raise not_found()
    return row


# ------------------------------------------------------------------ the whole


async def whole(actor: Actor, code: str, key: str = "") -> dict[str, Any]:
    """ProjectOut but for its drawing. With the key alone: how it stands, no names of people and no materials."""
    seen = await find(actor, code, key)
    row, stand = seen.row, await standings(seen.row, seen.own)
    shown = seen.own or seen.inside
    firm = await Organisation.get(id=row.organisation_id) if row.organisation_id else None
    return {
        "id": str(row.id) if seen.inside else None,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "green": row.green,
        "organisation": {"id": str(firm.id), "name": firm.name} if firm else None,
        "query_key": Project.QUERY_KEY.open(row.id, row.query_key_sealed) if seen.own else None,
        "bundle_code": row.bundle_code,
        "all": len(stand.items),
        "done": stand.done,
        "earliest": await _earliest(stand),
        "stages": _stages(stand, shown),
        "next": await next_of(stand, seen.own),
        "guidance": await _guidance(row) if shown else [],
        "as_of": today().isoformat(),
    }


async def mine(actor: Actor) -> dict[str, Any]:
    """The citizen's projects, newest first."""
    found = []
    for row in await Project.filter(account_id=permits.require_citizen(actor)).order_by("-id"):
        stand = await standings(row)
        found.append(
            {
                "code": row.code, "name": row.name, "kind": row.kind, "green": row.green, "done": stand.done,
                "all": len(stand.items), "next": await next_of(stand, True),
            }
        )  # fmt: skip
    return {"items": found}


def _stages(stand: Standings, shown: bool) -> list[dict[str, Any]]:
    """`steps`: how many rows of the stage run side by side before the next ones, for the drawing."""
    return [
        {
            "n": rules.NUMERALS[place],
            "title": title,
            "rows": [_row(stand, code, shown) for code in codes],
            "steps": [len(step) for step in graph.steps(stand.road, codes)],
        }
        for place, (title, codes) in enumerate(rules.stages(stand.bundle, list(stand.items)))
    ]


def _row(stand: Standings, code: str, shown: bool) -> dict[str, Any]:
    filed, before = stand.filed.get(code), stand.open_before(code)
    may = rules.may_file(code, stand.road, stand.states)
    told = rules.standing(filed, stand.names(before), may, today())
    said = told.words if shown else told.words.replace("等您补", "等申请人补")
    item = stand.items[code]
    return {
        "item": code,
        "name": item.name,
        "everyday": stand.short(code),
        "department": item.record["department"]["short"],
        "department_code": item.department_id,
        "state": told.state,
        "light": {"colour": told.colour, "word": said, "short": None},
        "words": said,
        "progress": told.progress,
        "case_id": filed.case_id if filed and shown else None,
        "can_file": may and shown,
        "after": stand.names(stand.road[code]),
    }


async def _earliest(stand: Standings) -> dict[str, str] | None:
    """最快1月12日能开工: what is left of the road counted out from today by its promised limits."""
    limits = {code: limits_of(item.record).get("promise") for code, item in stand.items.items()}
    counted = {code: limit for code, limit in limits.items() if limit}
    due = {code: filed.due_on for code, filed in stand.filed.items() if filed.due_on}
    day = rules.earliest(await calendar.clock(), stand.road, counted, stand.states, due, today())
    if day is None:
        return None
    goal = stand.bundle["stages"][-1]["title"]
    return {"on": day.isoformat(), "words": f"最快{say(day, today())}能{goal}"}


# ------------------------------------------------------------------ the owner's next step


async def next_of(stand: Standings, own: bool) -> dict[str, Any]:
    """The one thing the owner must do now, the most pressing first; for others how far it is."""
    if not own:
        return _do("none", f"{len(stand.items)} 件办好 {stand.done} 件", "")
    for state, step in (("correcting", _answer), ("granted", _collect)):
        for code, filed in stand.filed.items():
            if stand.states[code] == state and (found := await step(stand, code, filed)):
                return found
    for code, filed in stand.filed.items():
        if filed.case_state == "accepted" and (found := await _supply(stand, code, filed)):
            return found
    draft = next((code for code, state in stand.states.items() if state == "draft"), None)
    if draft:
        return _do("submit", f"{stand.short(draft)}：填了还没交", "接着填好，交上去", None, stand.filed[draft].case_id)
    if stand.fileable:
        names = "、".join(stand.names(stand.fileable)[:3])
        more = f"等 {len(stand.fileable)} 件" if len(stand.fileable) > 3 else ""
        return _do("file", f"去办：{names}{more}", f"{len(stand.fileable)} 件现在就能交，一次交齐")
    if stand.done == len(stand.items):
        return _do("none", "全部办好了", "")
    return _do("wait", "现在不用您做什么", "有变化，我们发消息告诉您")


async def _answer(stand: Standings, code: str, filed: Filed) -> dict[str, Any] | None:
    case = await Case.get(id=filed.case_id)
    waiting = await notices.open_lines(case)
    clock = await Clock.filter(case_id=case.id, kind="correction", stopped_at=None).first()
    words = f"补{waiting[0]}" if waiting else "改好了，交上去"
    by = clock.due_on if clock else None
    return _do(
        "correct", f"{stand.short(code)}：{words}", f"{say_full(by, today())}前" if by else "", by, filed.case_id
    )


async def _supply(stand: Standings, code: str, filed: Filed) -> dict[str, Any] | None:
    owed = await Promise.filter(case_id=filed.case_id, kind="tolerance", state="made").order_by("due_on").first()
    if owed is None:
        return None
    names = await CaseMaterial.filter(case_id=filed.case_id, code__in=owed.materials).values_list("name", flat=True)
    words = f"{stand.short(code)}：补交{'、'.join(str(name) for name in names)}"
    by = f"{say_full(owed.due_on, today())}前，承诺后补的" if owed.due_on else "承诺后补的"
    return _do("supply", words, by, owed.due_on, filed.case_id)


async def _collect(stand: Standings, code: str, filed: Filed) -> dict[str, Any] | None:
    ready = await rows(
        "SELECT h.name FROM result r JOIN cases c ON c.id = r.case_id JOIN hall h ON h.code = c.hall_id "
        "WHERE c.id = $1 AND r.state = 'ready' LIMIT 1",
        UUID(filed.case_id),
    )
    return (
        _do("collect", f"来领{stand.short(code)}的结果", f"在{ready[0]['name']}", None, filed.case_id)
        if ready
        else None
    )


def _do(action: str, words: str, detail: str, by: date | None = None, case_id: str | None = None) -> dict[str, Any]:
    on = by.isoformat() if by else None
    return {"action": action, "words": words, "detail": detail, "by": on, "case_id": case_id}


# ------------------------------------------------------------------ one list, guidance


async def checklist(actor: Actor, code: str, key: str = "") -> dict[str, Any]:
    """一表清单 (R16): what is still to be handed in for the whole project, each thing once, with who needs it.

    {materials: [{code, name, need, departments, items, state, words, when}]}. state: missing | ready | free | produced
    (comes out of an earlier step by itself) | paper (brought to the counter).
    """
    seen = await find(actor, code, key)
    stand = await standings(seen.row, seen.own)
    left = [one for one, state in stand.states.items() if state in ("none", "draft", "refused", "fallen")]
    if not left:
        return {"materials": []}
    records = [stand.items[one].record for one in left]
    whole_ = {**stand.bundle, "elsewhere": list(stand.items)}
    asked = {need["code"] for need in merge.joined(records, left, whole_)["materials"]}
    union = merge.merged([*records, {**records[0], "materials": merge.forms(stand.bundle)}])["materials"]
    form = {need["code"] for need in merge.forms(stand.bundle)}
    handed = await _handed(seen.row) if seen.own else set()
    found = []
    for need in sorted(union, key=lambda each: each["code"] not in form):
        if need["form"] and need["code"] not in form:
            continue  # the one form of the project stands for it
        users = [one for one in left if need["code"] in form or _needs(stand.items[one], need["code"])]
        state = _state(need, need["code"] in asked, need["code"] in handed)
        found.append(
            {
                "code": need["code"], "name": need["name"], "need": need["need"], "state": state,
                "words": LIST_WORDS[state], "when": need.get("when"), "items": users,
                "departments": list(dict.fromkeys(stand.items[one].record["department"]["short"] for one in users)),
            }
        )  # fmt: skip
    return {"materials": found}


LIST_WORDS = {
    "missing": "还没交", "ready": "交过了，不用再交", "free": "系统查得到，不用带",
    "produced": "办的过程中自己会出来", "paper": "带原件到窗口交",
}  # fmt: skip


def _needs(item: Item, code: str) -> bool:
    return any(need["code"] == code for need in item.record["materials"])


def _state(need: dict[str, Any], asked: bool, handed: bool) -> str:
    if not asked:
        return "produced"
    if need.get("free"):
        return "free"
    if handed:
        return "ready"
    return "missing" if need["photo"] or need["form"] else "paper"


async def _handed(row: Project) -> set[str]:
    found = await CaseMaterial.filter(case__project_id=row.id, state="ready").values_list("code", flat=True)
    return {str(code) for code in found}


async def siblings(actor: Actor, case_id: UUID) -> list[dict[str, str]]:
    """The other cases of a case's project that `actor` may see: each is a file of its own in the project's (R77)."""
    case = await Case.get(id=case_id)
    if case.project_id is None:
        return []
    query = Case.filter(permits.scope(actor)).filter(project_id=case.project_id, number__isnull=False)
    return [
        {"number": each.number, "title": each.title, "state_words": STATE_WORDS[each.state]}
        for each in await query.exclude(id=case_id).distinct().order_by("id")
    ]


async def _guidance(row: Project) -> list[dict[str, Any]]:
    return [guidance(each) for each in await Guidance.filter(project_id=row.id).order_by("created_at")]


def guidance(row: Guidance) -> dict[str, Any]:
    """One question or early visit, as those who may see the project read it."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "department": row.department_id or None,
        "question": Guidance.QUESTION.open(row.id, row.question_sealed) or "",
        "answer": Guidance.ANSWER.open(row.id, row.answer_sealed),
        "state": row.state,
        "planned_on": row.planned_on.isoformat() if row.planned_on else None,
        "at": local(row.answered_at or row.created_at).isoformat(timespec="seconds"),
    }


async def guidance_inbox(actor: Actor) -> list[dict[str, Any]]:
    """Open guidance for staff: a department's own; the windows and overseers see all, coordination among them (R43)."""
    query = Guidance.filter(permits.guided(actor), state="open").order_by("created_at").prefetch_related("project")
    return [
        {**guidance(each), "project_id": str(each.project_id), "code": each.project.code, "name": each.project.name,
         "item": each.item_code or None}
        for each in await query
    ]  # fmt: skip


async def board(actor: Actor) -> list[dict[str, Any]]:
    """Every project for those who watch over the county, the green channel first: {code, name, kind, green, ...}."""
    permits.require_staff(actor, "clerk", *OVERSEERS)
    found = []
    for row in await Project.all().order_by("-green", "-id").limit(50):
        stand = await standings(row, own=False)
        late = [stand.short(code) for code, filed in stand.filed.items() if filed.colour == "red"]
        found.append(
            {
                "id": str(row.id), "code": row.code, "name": row.name, "kind": row.kind, "green": row.green,
                "green_reason": row.green_reason, "done": stand.done, "all": len(stand.items), "late": late,
                "earliest": await _earliest(stand),
            }
        )  # fmt: skip
    return found
