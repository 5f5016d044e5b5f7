"""The page of one case: the counter's checklist while it is there, the clock and the departments afterwards."""

import re
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import bars, lanes, layout, view
from api.desk.door import go, text, version
from api.desk.render import page, stamp
from api.desk.sheets import number
from api.desk.view import AT_COUNTER
from models.actions import acceptance, cases, consultations, correction, materials, promises, reveal, special
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now
from models.reads import cases as read
from models.reads import consultations as letters
from models.reads import desk
from models.rules import standards
from models.rules.standards import Defect


async def show(request: Request, me: Seated) -> Response:
    return await draw(request, me, UUID(request.path_params["case"]))


async def draw(
    request: Request, me: Seated, case_id: UUID, *, status: int = 200, said: dict[str, Any] | None = None,
    kept: dict[str, str] | None = None, shown: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The page as it is now. `said`: a note on top; `kept`: what a refused form held; `shown`: plain values."""
    case = await read.case(me.actor, case_id)
    query = {**dict(request.query_params), **(kept or {})}
    case["materials"] = layout.own_materials(case, me)
    clerk = "clerk" in me.actor.roles
    ticked = bars.ticked(query) if clerk and "confirm_supply" in case["can"] else None
    found = view.materials(case, await desk.checks(me.actor, case_id), ticked)
    values: dict[str, Any] = {
        "case": case, "person": await desk.person(me.actor, case_id), "shown": shown_values(shown), "said": said,
        "materials": found, "chosen": layout.chosen(found, query.get("m", "")), "kept": kept or {},
        "events": layout.events(case), "opened": query.get("opened") or local(now()).isoformat(timespec="seconds"),
    }  # fmt: skip
    values["form_rows"] = layout.form_rows(case) if values["chosen"].raw["form"] else []
    layout.photos(values["chosen"], case_id)
    values |= await layout.beside(me, case) | {"lead": lanes.lead_of(case), "tags": lanes.tags(case, None)}
    if clerk and (case["state"] in AT_COUNTER or ticked is not None):
        values |= await layout.counter(request, me, values, query)
        _unwritten(values, kept)
        return await page(request, me, "check.html", status, **values)
    values |= await lanes.page(request, me, values, query)
    values["tags"] = lanes.tags(case, values["task"])
    _unwritten(values, kept)
    return await page(request, me, "case.html", status, **values)


WRITTEN = ("opinion", "reason", "result", "words", "question")


def _unwritten(values: dict[str, Any], kept: dict[str, str] | None) -> None:
    """Where no sheet is left to show what was written before a refusal, the note holds it."""
    words = next((kept[name] for name in WRITTEN if kept.get(name)), "") if kept else ""
    if words and values["said"] and not values["sheet"] and not values["paper"]:
        values["said"]["facts"].append(("您写的", words))


def shown_values(shown: dict[str, str] | None) -> dict[str, str]:
    return {"id_number": "", "phone": "", **(shown or {})}


async def _reveal_one(request: Request, me: Seated) -> tuple[UUID, dict[str, str]]:
    case_id, what = UUID(request.path_params["case"]), await text(request, "what")
    return case_id, {what: await reveal.plain(me.actor, case_id, what, "办件核对")}


async def show_plain(request: Request, me: Seated) -> Response:
    """The whole number, once, on record; it is masked again on the next page."""
    case_id, shown = await _reveal_one(request, me)
    return await draw(request, me, case_id, shown=shown)


async def tick(request: Request, me: Seated) -> Response:
    """One tick of the checklist: yes | not for a standard, all, or the clerk's own line."""
    case_id, code = UUID(request.path_params["case"]), request.path_params["code"]
    case = await read.case(me.actor, case_id)
    raw = next((one for one in case["materials"] if one["code"] == code), None)
    if raw is None:
        raise not_found("这件事没有这样材料")
    found = view.standards_of(raw)
    note = raw["note"] or "" if raw["state"] == "defect" else ""
    failed, own = standards.failed(found, note), standards.own(note)
    failed, own, newest = await _ticked(request, found, failed, own)
    written = standards.note(found, failed, own)
    if len(written) > standards.MOST_NOTE:
        raise Refusal("note_too_long", 422, "这份材料不符的地方太多，写不下了，请合成一句")
    await materials.check(me.actor, case_id, code, "defect" if written else "ready", written)
    if not written and await text(request, "set") == "all":
        return go(f"/desk/cases/{case_id}")  # on to the first one nobody looked at
    return go(f"/desk/cases/{case_id}?m={code}" + (f"&new={newest}" if newest else ""))


async def _ticked(
    request: Request, found: list[standards.Standard], failed: set[int], own: Defect | None
) -> tuple[set[int], Defect | None, int]:
    """The ticks after this one: (failed numbers, own line, the number newly failed or 0)."""
    what, n = await text(request, "set"), await text(request, "n")
    if what == "all":
        return set(), None, 0
    if what == "own":
        defect, fix = await text(request, "defect"), await text(request, "fix")
        if defect and len(fix) < 2:
            raise Refusal("fix_needed", 422, "请写清“改成什么样”，申请人才知道怎么补")
        return failed, Defect(re.sub("[（）]", "", defect), re.sub("[（）]", "", fix)) if defect else None, 0
    number = int(n) if n.isascii() and n.isdigit() and len(n) < 4 else 0
    if what not in ("yes", "not") or number not in {one.n for one in found}:
        raise Refusal("unknown_standard", 422, "没有这条标准，请刷新再勾")
    return (failed | {number}, own, number) if what == "not" else (failed - {number}, own, 0)


async def act(request: Request, me: Seated) -> Response:
    """A verb of a case (函询, which a handler sends too, has its own address). What was written stays."""
    case_id, verb = UUID(request.path_params["case"]), request.path_params.get("verb", "consult")
    if verb not in VERBS:
        raise not_found("没有这一步")
    kept = {name: await text(request, name) for name in KEPT}
    try:
        await _perform(request, me, case_id, verb, kept)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _again(request, me, case_id, verb, kept, refusal)
    task = f"&task={kept['task']}" if kept["task"] else ""
    return go(f"/desk/cases/{case_id}?done={SHEET.get(verb, verb)}{task}")


KEPT = ("reason", "words", "question", "department", "days", "task", "not", "opened")
SHEET = {"extend": "extend_case"}  # the sheet of the task's verb has the same name
COUNTER = ("receive", "notify", "accept", "refuse")
VERBS = (*COUNTER, "ask_second", "allow_second", "confirm_supply", "reject_supply", "consult", "extend")


async def _again(
    request: Request, me: Seated, case_id: UUID, verb: str, kept: dict[str, str], refusal: Refusal
) -> Response:
    """The page after a refusal: what did not happen, and every word that was written."""
    case = await read.case(me.actor, case_id)
    said = conflict(refusal, await text(request, "seen"), kept["opened"], case["state_words"], case)
    sheet = {"paper": verb} if verb in COUNTER else {"do": SHEET.get(verb, verb)}
    return await draw(request, me, case_id, status=refusal.status, said=said, kept={**kept, **sheet})


async def _perform(request: Request, me: Seated, case_id: UUID, verb: str, kept: dict[str, str]) -> None:
    seen = await version(request)
    if verb in COUNTER:
        await _at_counter(me, case_id, verb, seen, kept["reason"])
    elif verb == "ask_second":
        await correction.ask_second(me.actor, case_id, seen, kept["reason"])
    elif verb == "allow_second":
        await correction.allow_second(me.actor, case_id, seen, kept["reason"])
    elif verb == "consult":
        task = one_id(kept["task"]) if kept["task"] else None
        await consultations.ask(me.actor, case_id, kept["department"], kept["question"], task)
    elif verb == "confirm_supply":
        await promises.confirm_supply(me.actor, case_id, seen)
    elif verb == "reject_supply":
        await promises.reject_supply(me.actor, case_id, seen, kept["words"])
    else:
        await special.extend_case(me.actor, case_id, seen, number(kept["days"], "请写延长几天"), kept["reason"])


def one_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_found() from None


async def _at_counter(me: Seated, case_id: UUID, verb: str, seen: int, reason: str) -> None:
    """The counter's own four; a button that is closed on the page is closed here too."""
    case = await read.case(me.actor, case_id)
    found = view.materials(case, await desk.checks(me.actor, case_id))
    said = view.said_by_departments(case, await letters.of_case(me.actor, case_id))
    button = bars.clerk_bar(case, found, "", said).verb(verb)
    if seen == case["version"] and button is not None and button.off:
        raise Refusal("not_now", 409, f"现在不能“{button.words.rstrip('…')}”：{button.off}")
    if verb == "notify":
        await correction.notify(me.actor, case_id, seen, view.slip(found))
    elif verb == "refuse":
        await cases.refuse(me.actor, case_id, seen, reason)
    elif verb == "receive":
        await cases.receive(me.actor, case_id, seen)
    else:
        await acceptance.accept(me.actor, case_id, seen)


def conflict(refusal: Refusal, seen: str, opened: str, present: str, case: dict[str, Any]) -> dict[str, Any]:
    """The note of a refused verb: what did not happen, who changed it since one opened the page, what is kept."""
    facts = []
    if refusal.code in ("stale_version", "state_changed"):
        facts = [("您打开时", seen or "—"), ("现在", f"{present} · 第 {case['version']} 版")]
        facts += [
            (stamp(event["at"]), " ".join(part for part in (event["words"], event["who"], event["note"] or "") if part))
            for event in case["timeline"] if opened and event["at"] >= opened
        ][-3:]  # fmt: skip
    return {
        "kind": "bad", "icon": "warn", "bold": "没有提交。",
        "words": refusal.words.removeprefix("没有办成：").rstrip("。") + "。",
        "facts": facts, "errors": refusal.errors[:6], "code": refusal.code,
    }  # fmt: skip
