"""容缺受理 and 告知承诺: what is signed, given its day, handed in later, looked at; breaches repaired (R40, R41)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.actions import audit
from models.actions.clocks import recount
from models.actions.conclude import conclude_if_done
from models.actions.step import Move, locked_case, move_case
from models.base import Refusal, execute, local, new_id, not_found, now, rows, today, unit
from models.case import Case, CaseItem, Clock, Event
from models.paper import CaseMaterial
from models.people import Account
from models.promise import Breach, Promise
from models.reads import breaches, calendar, versions
from models.reads import promises as reads
from models.reads.clocks import pauses_of
from models.rules import permits
from models.rules import promises as rules
from models.rules.limits import Limit
from models.rules.permits import Actor
from models.rules.promises import Signed
from models.rules.written import written

MOST_NOTE = 300
LOOKED_AT = "窗口核对补交的材料"


async def sign(actor: Actor, case_id: UUID, version: int | None, kind: str, item: str) -> None:
    """作承诺: sign what is on offer, word for word as it was shown; signing again takes the place of the former.

    Refusals: real_name_needed (403), promise_not_offered (409), open_breach (403: which one, and how to repair it).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        offer = await _offer(case, kind, item) if case.state == "draft" and case.account_id == actor.id else {}
        words = str(offer.get("words", ""))
        event = f"您作了书面承诺：{offer.get('item_name', '')}"[:200]
        await move_case(actor, case, "promise", Move(version, detail=words, words=event, fields={"promised": True}))
        await Promise.filter(case_id=case.id, kind=kind, item_code=item, state="made").update(
            state="void", settled_at=now()
        )
        id_ = new_id()
        await Promise.create(
            id=id_, case_id=case.id, subject_id=case.applicant_id, kind=kind, item_code=item,
            materials=[material["code"] for material in offer["materials"]],
            words_sealed=Promise.WORDS.seal(id_, words) or "",
        )  # fmt: skip

    await unit(body)


async def _offer(case: Case, kind: str, item: str) -> dict[str, Any]:
    account = await Account.get(id=case.account_id)
    permits.require_real_name(account.assurance)
    items = await CaseItem.filter(case_id=case.id).order_by("position")
    found = next((o for o in await reads.offers(case, items) if (o["kind"], o["item"]) == (kind, item)), None)
    if found is None:
        raise Refusal("promise_not_offered", 409, "现在没有这样的承诺可以作，请刷新看看还差什么")
    if found["off"]:
        raise Refusal("open_breach", 403, found["off"])
    return found


async def before_submit(case: Case) -> None:
    """A draft with promises is handed in: what was laid after all is not owed, a promise about nothing is void.

    Refusal open_breach (403): a promise of the same applicant was broken since this one was signed.
    """
    made = await Promise.filter(case_id=case.id, state="made").order_by("id") if case.promised else []
    if not made:
        return
    off = await breaches.words(case.applicant_id)
    if off:
        raise Refusal("open_breach", 403, off)
    papers, lines = await reads.papers(case), await reads.lines(case)
    signed = [Signed(one.kind, one.item_code, one.materials) for one in made]
    for promise, one in zip(made, signed, strict=True):
        kept = rules.still_owed(one, papers, lines, case.answers, signed)
        if kept != promise.materials:
            changes = {"materials": kept} if kept else {"state": "void", "settled_at": now()}
            await Promise.filter(id=promise.id).update(**changes)


async def promised_materials(case: Case) -> set[str]:
    """Codes of the materials signed promises stand for, for every item that needs them: no gap when handed in."""
    signed = await reads.binding(case)
    return rules.covered(await reads.papers(case), signed) if signed else set()


@dataclass(frozen=True)
class Tolerated:
    """What acceptance writes down of the papers to come: their names, until when, and the limit that gives it."""

    names: list[str]
    due_on: date
    limit: Limit


async def tolerated(case: Case, accepted_on: date) -> Tolerated | None:
    """Give each tolerance promise its day, counted from acceptance as signed; the period runs to the nearest."""
    promises = await _tolerances(case, "made")
    if not promises:
        return None
    clock = await calendar.clock()
    limits = await limits_of(case, promises)
    for promise in promises:
        promise.due_on = clock.due_on(accepted_on, limits[promise.item_code])
        await promise.save(update_fields=["due_on"])
    first = min(promises, key=lambda promise: promise.due_on)
    return Tolerated(await names_of(case, promises), first.due_on, limits[first.item_code])


async def _tolerances(case: Case, *states: str) -> list[Promise]:
    if not case.promised:
        return []
    return await Promise.filter(case_id=case.id, kind="tolerance", state__in=states).order_by("id")


async def limits_of(case: Case, promises: list[Promise]) -> dict[str, Limit]:
    """Item code -> how long after acceptance its papers may come."""
    items = await CaseItem.filter(case_id=case.id, code__in=[p.item_code for p in promises])
    records = await versions.records(items)
    return {item.code: rules.tolerance_limit(record) for item, record in zip(items, records, strict=True)}


async def names_of(case: Case, promises: list[Promise]) -> list[str]:
    """Names of the materials promised, each once, in the order of the list."""
    codes = {code for promise in promises for code in promise.materials}
    return [row.name for row in await CaseMaterial.filter(case_id=case.id, code__in=list(codes)).order_by("position")]


async def void(case: Case) -> None:
    """The case ended before its promises were due: they bind nobody."""
    await execute(
        "UPDATE promise SET state = 'void', settled_at = $2 WHERE case_id = $1 AND state IN ('made', 'supplied')",
        case.id, now(),
    )  # fmt: skip


async def supply(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """补交好了: every paper still owed is photographed and goes to the counter to be looked at.

    Refusals: nothing_to_supply (409), supply_incomplete (422, one error a paper), photos_checking (409),
    supply_unchanged (409: sent back by the counter and nothing new laid).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        owed = await _tolerances(case, "made")
        words = f"您补交了{'、'.join(await names_of(case, owed))}"[:200]
        await move_case(actor, case, "supply", Move(version, words=words))
        if not owed:
            raise Refusal("nothing_to_supply", 409, "没有要补交的材料，或已经交给窗口核对了")
        materials = await _whole(case, owed)
        await CaseMaterial.filter(id__in=[row.id for row in materials], state="defect").update(state="ready")
        await Promise.filter(id__in=[promise.id for promise in owed]).update(state="supplied")

    await unit(body)


async def _whole(case: Case, owed: list[Promise]) -> list[CaseMaterial]:
    codes = {code for promise in owed for code in promise.materials}
    materials = await CaseMaterial.filter(case_id=case.id, code__in=list(codes)).order_by("position")
    pages = await rows(
        "SELECT p.material_id, u.state FROM page p JOIN upload u ON u.id = p.upload_id WHERE p.material_id = ANY($1)",
        [row.id for row in materials],
    )
    laid = {page["material_id"] for page in pages}
    bad = {page["material_id"] for page in pages if page["state"] in ("refused", "deleted")}
    missing = [row for row in materials if row.id not in laid or row.id in bad]
    if missing:
        errors = [
            {"pointer": f"/materials/{row.code}", "code": "material_missing", "detail": f"还差：{row.name}"}
            for row in missing
        ]
        names = "、".join(row.name for row in missing)
        raise Refusal("supply_incomplete", 422, f"还差 {len(missing)} 样没有拍好：{names}。拍好再交", errors)
    if any(page["state"] != "ready" for page in pages):
        raise Refusal("photos_checking", 409, "照片还在传，传好了就能交", retry_after=1)
    if materials and all(row.state == "defect" for row in materials):
        raise Refusal("supply_unchanged", 409, "窗口退回的还是原来的照片。照退回的理由重拍，再交")
    return materials


async def confirm_supply(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """确认补齐: the papers are in order, the promise is kept; if all is decided, the result is issued today.

    Refusal nothing_supplied (409).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        came = await _tolerances(case, "supplied")
        names = "、".join(await names_of(case, came))
        await move_case(actor, case, "confirm_supply", Move(version, words=f"容缺的材料补齐了：{names}"[:200]))
        _something(came)
        await Promise.filter(id__in=[promise.id for promise in came]).update(state="kept", settled_at=now())
        for row in await _materials(case, came):
            await CaseMaterial.filter(id=row.id).update(
                state="ready", checked_by=actor.id, checked_at=now(), trust=row.trust or "C",
                note_sealed=CaseMaterial.NOTE.seal(row.id, ""),
            )  # fmt: skip
        await conclude_if_done(case)

    await unit(body)


async def reject_supply(actor: Actor, case_id: UUID, version: int | None, words: str) -> None:
    """退回重补, with what is wrong. The period goes on; whole days the counter took to look are given back (R40).

    Refusals: nothing_supplied (409), reason_needed (422).
    """
    reason = written(words, "reason_needed", "请写清哪里不符、怎么补", MOST_NOTE)

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        came = await _tolerances(case, "supplied")
        await _give_back(case, came)
        await move_case(actor, case, "reject_supply", Move(version, detail=reason))
        _something(came)
        await Promise.filter(id__in=[promise.id for promise in came]).update(state="made")
        for row in await _materials(case, came):
            await CaseMaterial.filter(id=row.id).update(
                state="defect", checked_by=actor.id, checked_at=now(),
                note_sealed=CaseMaterial.NOTE.seal(row.id, reason),
            )  # fmt: skip
        await conclude_if_done(case)

    await unit(body)


def _something(came: list[Promise]) -> None:
    if not came:
        raise Refusal("nothing_supplied", 409, "没有补交来等核对的材料，请刷新看看")


async def _materials(case: Case, promises: list[Promise]) -> list[CaseMaterial]:
    codes = {code for promise in promises for code in promise.materials}
    return await CaseMaterial.filter(case_id=case.id, code__in=list(codes))


async def _give_back(case: Case, came: list[Promise]) -> None:
    """What lay at the counter overnight is no time of the applicant's: those dates do not count."""
    event = await Event.filter(case_id=case.id, verb="supply").order_by("-at").first()
    running = Clock.filter(case_id=case.id, task_id=None, kind="tolerance", stopped_at=None)
    clock = await running.select_for_update().first()
    if not came or event is None or clock is None or local(event.at).date() >= today():
        return
    span = {"first": local(event.at).date().isoformat(), "last": today().isoformat()}
    clock.suspensions = [*clock.suspensions, {**span, "reason": LOOKED_AT, "open": False, "by": ""}]
    await clock.save(update_fields=["suspensions"])
    await recount(clock)
    limits, days = await limits_of(case, came), await calendar.clock()
    for promise in came:
        promise.due_on = days.due_on(clock.started_on, limits[promise.item_code], pauses=pauses_of(clock))
        await promise.save(update_fields=["due_on"])


async def repair(actor: Actor, breach_id: UUID, words: str) -> None:
    """A supervisor writes down that a breach was made good: the applicant may promise again. On record.

    Refusals: role_not_allowed (403), not_found (404), already_repaired (409), reason_needed (422).
    """
    permits.require_staff(actor, "supervisor")
    said = written(words, "reason_needed", "请写清怎么修复的", MOST_NOTE)

    async def body() -> None:
        row = await Breach.filter(id=breach_id).select_for_update().first()
        if row is None:
            raise not_found()
        if row.repaired_at is not None:
            raise Refusal("already_repaired", 409, "这一条已经修复过了，请刷新看看")
        await Breach.filter(id=row.id).update(
            repaired_at=now(), repaired_by=actor.id, repair_sealed=Breach.REPAIR.seal(row.id, said)
        )
        await audit.record(actor, "breach.repaired", f"breach:{row.id}", "承诺记录修复", case=str(row.case_id))

    await unit(body)
