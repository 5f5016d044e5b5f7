"""The page of one case: the counter's checklist while it is there, the clock and the departments afterwards."""

import re
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import layout, view
from api.desk.door import go, text, version
from api.desk.render import page, stamp
from models.actions import acceptance, cases, correction, materials, reveal
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now
from models.reads import cases as read
from models.reads import desk
from models.rules import standards
from models.rules.standards import Defect

AT_COUNTER = ("submitted", "received")


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
    found = view.materials(case, await desk.checks(me.actor, case_id))
    values: dict[str, Any] = {
        "case": case, "person": await desk.person(me.actor, case_id), "shown": shown_values(shown), "said": said,
        "materials": found, "chosen": layout.chosen(found, query.get("m", "")), "kept": kept or {},
        "events": layout.events(case), "opened": query.get("opened") or local(now()).isoformat(timespec="seconds"),
    }  # fmt: skip
    values["form_rows"] = layout.form_rows(case) if values["chosen"].raw["form"] else []
    layout.photos(values["chosen"], case_id)
    if "clerk" in me.actor.roles and case["state"] in AT_COUNTER:
        values |= await layout.counter(request, me, values, query)
        return await page(request, me, "check.html", status, **values)
    values |= await layout.department(request, me, values, query)
    return await page(request, me, "case.html", status, **values)


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
    """A verb of the counter. What was written stays, whatever is answered."""
    case_id, verb = UUID(request.path_params["case"]), request.path_params["verb"]
    if verb not in VERBS:
        raise not_found("没有这一步")
    kept = {"paper": verb, "reason": await text(request, "reason"), "opened": await text(request, "opened")}
    try:
        await _perform(request, me, case_id, verb, kept["reason"])
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        case = await read.case(me.actor, case_id)
        said = conflict(refusal, await text(request, "seen"), kept["opened"], case["state_words"], case)
        if kept["reason"] and case["state"] not in view.AT_COUNTER:  # no sheet to write on is left to show them
            said["facts"].append(("您写的", kept["reason"]))
        return await draw(request, me, case_id, status=refusal.status, said=said, kept=kept)
    return go(f"/desk/cases/{case_id}?done={verb}")


VERBS = ("receive", "notify", "accept", "refuse")


async def _perform(request: Request, me: Seated, case_id: UUID, verb: str, reason: str) -> None:
    seen = await version(request)
    case = await read.case(me.actor, case_id)
    found = view.materials(case, await desk.checks(me.actor, case_id))
    button = view.clerk_bar(case, found, "").verb(verb)
    if seen == case["version"] and button is not None and button.off:
        raise Refusal("not_now", 409, f"现在不能“{button.words}”：{button.off}")
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
