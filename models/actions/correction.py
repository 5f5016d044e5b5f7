"""The one-time notice and its answer (R28, R30): all defects at once, once; a second only with a supervisor's leave."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions.cases import complete
from models.actions.sequence import next_number
from models.actions.step import Move, locked_case, move_case
from models.base import Refusal, execute, new_id, now, today, unit
from models.case import Case, Notice, NoticeLine
from models.paper import CaseMaterial
from models.reads import calendar, notices
from models.rules import permits
from models.rules.limits import ACCEPTANCE, WORKING, Limit
from models.rules.permits import Actor

CORRECTION = Limit(10, WORKING)  # the law gives none (R30)
MOST_LINES = 60


async def notify(actor: Actor, case_id: UUID, version: int | None, lines: list[dict[str, str]]) -> str:
    """Give out the one-time notice: every defect of every department at once, numbered. Returns its number.

    lines: [{material_code, defect, fix, department?}]. What departments answered to letters (函询) is written in by
    itself. Refusals: notice_empty, unknown_material, second_notice (409).
    """

    async def body() -> str:
        case = await locked_case(case_id, permits.scope(actor))
        again = await _leave(case)
        materials = {row.code: row for row in await CaseMaterial.filter(case_id=case.id)}
        checked = _lines(await notices.with_departments(case, lines), set(materials))
        clock = await calendar.clock()
        limit = CORRECTION
        number = await _number()
        due_on = clock.due_on(today(), limit)
        notice = await _write(actor, case, number, due_on, again)
        present = await notices.marks(case)
        for place, line in enumerate(checked, 1):
            material = materials[line["material_code"]]
            await _line(notice, place, material, line, present[material.code])
        await CaseMaterial.filter(case_id=case.id, code__in=[line["material_code"] for line in checked]).update(
            state="defect"
        )
        fields = {"second_notice": "used"} if again else {}
        await move_case(
            actor, case, "notify",
            Move(version, words="大厅再次出具了告知书" if again else "", limits={"correction": limit}, start=today(),
                 facts={"lines": len(checked), "due": due_on}, fields=fields),
        )  # fmt: skip
        return number

    return await unit(body)


async def _leave(case: Case) -> bool:
    """Whether this would be the second notice a supervisor allowed; refused when one was given without leave."""
    if not await Notice.filter(case_id=case.id).exists():
        return False
    if case.second_notice != "allowed":
        raise Refusal(
            "second_notice", 409,
            "这件已经一次性告知过。依法只能告知一次。能当场改的，请帮申请人当场改好；确实还要告知的，写明原因请示督办",
        )  # fmt: skip
    return True


async def _write(actor: Actor, case: Case, number: str, due_on: date, again: bool) -> Notice:
    id_ = new_id()
    more: dict[str, Any] = {}
    if again:
        allowed = await notices.leave(case)
        more = {
            "round": 2, "allowed_by": allowed.by, "reason_sealed": Notice.REASON.seal(id_, allowed.reason),
        }  # fmt: skip
    return await Notice.create(
        id=id_, case_id=case.id, number=number, issued_on=today(), due_on=due_on, issued_by=actor.id or case.id, **more
    )


def _lines(lines: list[dict[str, str]], known: set[str]) -> list[dict[str, str]]:
    if not 1 <= len(lines) <= MOST_LINES:
        raise Refusal("notice_empty", 422, "告知书里还没有写要补正什么")
    errors = []
    for place, line in enumerate(lines):
        if line.get("material_code") not in known:
            errors.append({"pointer": f"/lines/{place}", "code": "unknown_material", "detail": "这件事没有这样材料"})
        for part in ("defect", "fix"):
            if not 2 <= len(line.get(part, "").strip()) <= 300:
                words = "哪里不符" if part == "defect" else "改成什么样"
                errors.append(
                    {"pointer": f"/lines/{place}/{part}", "code": "vague", "detail": f"请写清“{words}”（2 到 300 字）"}
                )
    if errors:
        raise Refusal("notice_incomplete", 422, "告知书还没有写全，您写的都还在", errors)
    return lines


async def _line(notice: Notice, place: int, material: CaseMaterial, line: dict[str, str], present: list[str]) -> None:
    id_ = new_id()
    await NoticeLine.create(
        id=id_, notice_id=notice.id, position=place, material_code=material.code, material=material.name,
        department_id=line.get("department", ""),
        defect_sealed=NoticeLine.DEFECT.seal(id_, line["defect"].strip()) or "",
        fix_sealed=NoticeLine.FIX.seal(id_, line["fix"].strip()) or "", pages_then=present,
    )  # fmt: skip


async def _number() -> str:
    year = today().replace(month=1, day=1)
    county = await calendar.county()
    place = str(county.facts.get("name", ""))[:1]
    return f"{place}政服告〔{year.year}〕{await next_number('000000', 'note', year):04d}号"


async def correct(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Everything the notice named is answered; acceptance is counted anew from the answer (R30).

    Refusal notice_still_open (422) says exactly what is still open.
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        if case.state == "correcting":
            await _all_answered(case)
        if case.state == "correcting":
            await complete(case)
        clock = await calendar.clock()
        received_on = clock.received_on(now())
        await CaseMaterial.filter(case_id=case.id, state="defect").update(state="ready")
        await close(case)
        await move_case(
            actor, case, "correct",
            Move(version, limits={"acceptance": ACCEPTANCE}, start=received_on, fields={"received_on": received_on}),
        )  # fmt: skip

    await unit(body)


async def _all_answered(case: Case) -> None:
    waiting = await notices.still_open(case)
    if waiting:
        names = list(dict.fromkeys(line.material for line in waiting))
        errors = [
            {"pointer": f"/materials/{line.material_code}", "code": "still_open", "detail": notices.said(line)}
            for line in waiting
        ]
        raise Refusal("notice_still_open", 422, f"还差 {len(names)} 样没有改好：{'、'.join(names)}", errors)


async def close(case: Case) -> None:
    """The open notice of a case waits no longer: answered, or its time is over."""
    await execute("UPDATE notice SET answered_at = $2 WHERE case_id = $1 AND answered_at IS NULL", case.id, now())


async def ask_second(actor: Actor, case_id: UUID, version: int | None, reason: str) -> None:
    """The counter asks leave for a second notice, with its reason (R28).

    Refusals: reason_needed (422), no_first_notice, second_notice_used, second_notice_allowed (409).
    """
    await _second(actor, case_id, "ask_second_notice", version, reason, {"second_notice": "asked"})


async def allow_second(actor: Actor, case_id: UUID, version: int | None, reason: str) -> None:
    """A supervisor allows one second notice, with the reason that will show in the figures.

    Refusals: as ask_second, and second_notice_not_asked (409).
    """
    await _second(actor, case_id, "allow_second_notice", version, reason, {"second_notice": "allowed"})


async def _second(
    actor: Actor, case_id: UUID, verb: str, version: int | None, reason: str, fields: dict[str, str]
) -> None:
    said = reason.strip()
    if not 2 <= len(said) <= 2000:
        raise Refusal("reason_needed", 422, "请写明原因（2 到 2000 字）")

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        stood = case.second_notice
        await move_case(actor, case, verb, Move(version, detail=said, fields=dict(fields)))
        if not await Notice.filter(case_id=case.id).exists():
            raise Refusal("no_first_notice", 409, "还没有告知过，直接出具一次性告知书就行")
        if stood == "used":
            raise Refusal("second_notice_used", 409, "已经再次告知过一次，不能再告知了")
        if stood == "allowed":
            raise Refusal("second_notice_allowed", 409, "督办已经同意再次告知一次，窗口直接出具就行")
        if verb == "allow_second_notice" and stood != "asked":
            raise Refusal("second_notice_not_asked", 409, "窗口还没有请示再次告知，请窗口先写明原因请示")

    await unit(body)
