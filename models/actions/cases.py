"""The verbs of a case, the applicant's, the counter's and the clock's, each one transaction."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions import audit, tasks
from models.actions.drafts import record_of
from models.actions.step import Move, locked_case, move_case
from models.base import Refusal, execute, new_id, now, rows, today, unit
from models.case import Case, CaseItem, Notice, NoticeLine, Result, Task
from models.paper import CaseMaterial
from models.people import ASSURANCE, Account
from models.reads import calendar, notices
from models.rules import intake, permits
from models.rules.limits import ACCEPTANCE, NATURAL, WORKING, Limit
from models.rules.numbers import case_number
from models.rules.permits import Actor
from models.rules.secrets import query_key

CORRECTION = Limit(10, WORKING)  # the law gives none (R30)
MOST_LINES = 60


async def submit(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Hand the draft in: it gets its number, and the acceptance clock starts on the day that counts (R27-R29).

    Refusals: real_name_needed (403), incomplete (422, one error a gap), photos_checking (409).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        await _real_name(case)
        await _complete(case)
        clock = await calendar.clock()
        received_on = clock.received_on(now())
        number, key = await _number(case.hall_id), query_key()
        fields = {
            "number": number,
            "query_key_sealed": Case.QUERY_KEY.seal(case.id, key),
            "submitted_at": now(),
            "received_on": received_on,
        }
        await move_case(
            actor, case, "submit",
            Move(version, limits={"acceptance": ACCEPTANCE}, start=received_on, fields=fields),
        )  # fmt: skip

    await unit(body)


async def _real_name(case: Case) -> None:
    account = await Account.get(id=case.account_id)
    if ASSURANCE.index(account.assurance) < ASSURANCE.index("name"):
        raise Refusal("real_name_needed", 403, "交之前要先实名认证，只要做一次。您填的都还在")


async def _complete(case: Case) -> None:
    record = await record_of(case)
    pages = await _pages(case)
    values = Case.FORM.open_json(case.id, case.form_sealed)
    gaps = intake.missing(record, case.answers, values, pages, kind=case.applicant_kind)
    if gaps:
        errors = [{"pointer": gap["pointer"], "code": gap["code"], "detail": gap["detail"]} for gap in gaps]
        raise Refusal("incomplete", 422, f"还差 {len(gaps)} 样，补好再交。您填的都还在", errors)
    states = {state for found in pages.values() for state in found}
    if "refused" in states:
        raise Refusal("photo_refused", 422, "有的照片打不开，请换一张再交")
    if states - {"ready"}:
        raise Refusal("photos_checking", 409, "照片还在传，传好了就能交", retry_after=1)


async def _pages(case: Case) -> dict[str, list[str]]:
    found = await rows(
        "SELECT m.code, u.state FROM page p JOIN case_material m ON m.id = p.material_id "
        "JOIN upload u ON u.id = p.upload_id WHERE m.case_id = $1",
        case.id,
    )
    pages: dict[str, list[str]] = {}
    for row in found:
        pages.setdefault(row["code"], []).append(row["state"])
    return pages


async def _number(hall: str) -> str:
    county = await calendar.county()
    region = str(county.facts.get("code", "000000"))
    day = today()
    return case_number(region, hall, day, await _next(region, hall, day))


async def _next(region: str, hall: str, day: date) -> int:
    found = await rows(
        "INSERT INTO case_sequence (region, hall, day, last) VALUES ($1, $2, $3, 1) "
        "ON CONFLICT (region, hall, day) DO UPDATE SET last = case_sequence.last + 1 RETURNING last",
        region, hall, day,
    )  # fmt: skip
    return int(found[0]["last"])


async def withdraw(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """The applicant no longer wants it; no reason is asked (R22). Departments stop."""

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        await move_case(actor, case, "withdraw", Move(version))
        for task in await Task.filter(case_id=case.id, state__in=["assigned", "examining", "advised"]):
            await tasks.cancel(case, task)

    await unit(body)


async def receive(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Take the case in at the counter and give the 收件凭证 out."""
    await _plain(actor, case_id, "receive", Move(version))


async def refuse(actor: Actor, case_id: UUID, version: int | None, reason: str) -> None:
    """不予受理, in writing and with its reason (行政许可法 art. 32)."""
    await _plain(actor, case_id, "refuse", Move(version, detail=_reason(reason)))


async def acknowledge(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """The applicant has read what was decided."""
    await _plain(actor, case_id, "acknowledge", Move(version, fields={"seen_at": now()}))


async def _plain(actor: Actor, case_id: UUID, verb: str, move: Move) -> None:
    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        await move_case(actor, case, verb, move)

    await unit(body)


def _reason(text: str) -> str:
    reason = text.strip()
    if not 2 <= len(reason) <= 2000:
        raise Refusal("reason_needed", 422, "请写明理由（2 到 2000 字）")
    return reason


async def notify(actor: Actor, case_id: UUID, version: int | None, lines: list[dict[str, str]]) -> str:
    """Give out the one-time notice: every defect at once, numbered (R28, R30). Returns the notice's number.

    lines: [{material_code, defect, fix}]. Refusals: notice_empty, unknown_material, second_notice (409).
    """

    async def body() -> str:
        case = await locked_case(case_id, permits.scope(actor))
        if await Notice.filter(case_id=case.id).exists():
            raise Refusal(
                "second_notice", 409, "这件已经一次性告知过。依法只能告知一次。能当场改的，请帮申请人当场改好",
            )  # fmt: skip
        materials = {row.code: row for row in await CaseMaterial.filter(case_id=case.id)}
        checked = _lines(lines, set(materials))
        clock = await calendar.clock()
        limit = CORRECTION
        number = await _notice_number()
        due_on = clock.due_on(today(), limit)
        notice = await Notice.create(
            case_id=case.id, number=number, issued_on=today(), due_on=due_on, issued_by=actor.id or case.id
        )
        present = await notices.marks(case)
        for place, line in enumerate(checked, 1):
            material = materials[line["material_code"]]
            await _line(notice, place, material, line, present[material.code])
        await CaseMaterial.filter(case_id=case.id, code__in=[line["material_code"] for line in checked]).update(
            state="defect"
        )
        await move_case(
            actor, case, "notify",
            Move(version, limits={"correction": limit}, start=today(), facts={"lines": len(checked), "due": due_on}),
        )  # fmt: skip
        return number

    return await unit(body)


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
        defect_sealed=NoticeLine.DEFECT.seal(id_, line["defect"].strip()) or "",
        fix_sealed=NoticeLine.FIX.seal(id_, line["fix"].strip()) or "", pages_then=present,
    )  # fmt: skip


async def _notice_number() -> str:
    year = today().replace(month=1, day=1)
    county = await calendar.county()
    place = str(county.facts.get("name", ""))[:1]
    return f"{place}政服告〔{year.year}〕{await _next('000000', 'note', year):04d}号"


async def correct(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Everything the notice named is answered; acceptance is counted anew from the answer (R30).

    Refusal notice_still_open (422) says exactly what is still open.
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        waiting = await notices.open_lines(case) if case.state == "correcting" else []
        if waiting:
            errors = [{"pointer": "/materials", "code": "still_open", "detail": name} for name in waiting]
            raise Refusal("notice_still_open", 422, f"还差 {len(waiting)} 样没有改好：{'、'.join(waiting)}", errors)
        if case.state == "correcting":
            await _complete(case)
        clock = await calendar.clock()
        received_on = clock.received_on(now())
        await CaseMaterial.filter(case_id=case.id, state="defect").update(state="ready")
        await Notice.filter(case_id=case.id, answered_at=None).update(answered_at=now())
        await move_case(
            actor, case, "correct",
            Move(version, limits={"acceptance": ACCEPTANCE}, start=received_on, fields={"received_on": received_on}),
        )  # fmt: skip

    await unit(body)


async def accept(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """受理: the case is passed to its departments and both clocks start (R31, R36)."""

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        wrong = await CaseMaterial.filter(case_id=case.id, state="defect").order_by("position")
        if wrong and case.state in ("submitted", "received"):
            names = "、".join(row.name for row in wrong)
            raise Refusal("defects_open", 409, f"不能受理：{names}不符。请出具告知书，或改好后重新核对")
        await _accept(actor, case, "accept", today(), version)

    await unit(body)


async def deem_accept(actor: Actor, case_id: UUID) -> None:
    """The clock's act at the end of the fifth day: accepted from the day of receipt (art. 32, R29). Safe when late."""

    async def body() -> None:
        case = await locked_case(case_id)
        await _accept(actor, case, "deem_accept", case.received_on or today(), None)

    await unit(body)


async def _accept(actor: Actor, case: Case, verb: str, accepted_on: date, version: int | None) -> None:
    items = await CaseItem.filter(case_id=case.id).order_by("position").prefetch_related("item")
    clock = await calendar.clock()
    limits = [(item, _limits(dict(item.item.record))) for item in items]
    longest = {
        kind: max((found[kind] for _, found in limits if kind in found), key=lambda lim: clock.due_on(accepted_on, lim))
        for kind in ("promise", "statutory")
        if any(kind in found for _, found in limits)
    }
    sequence = await rows("SELECT nextval('acceptance_sequence') AS n")
    await move_case(
        actor, case, verb,
        Move(version, limits=longest, start=accepted_on,
             fields={"accepted_on": accepted_on, "acceptance_sequence": sequence[0]["n"]}),
    )  # fmt: skip
    for item, found in limits:
        await tasks.assign(case, item, found, accepted_on)


def _limits(record: dict[str, Any]) -> dict[str, Limit]:
    """Promise and statutory limits of an item record; an item whose law gives none has only its promise."""
    found = {}
    for kind, part in (("promise", "promised"), ("statutory", "statutory")):
        limit = record["limits"][part]
        if limit.get("days") is not None:
            found[kind] = Limit(int(limit["days"]), NATURAL if limit.get("unit") == NATURAL else WORKING)
    return found


async def shelve(actor: Actor, case_id: UUID, version: int | None, result_id: UUID, place: str) -> None:
    """Write down where a result lies in the hall; the citizen is told to come."""
    where = place.strip()
    if not 1 <= len(where) <= 40:
        raise Refusal("place_needed", 422, "请写放在哪里，例如 B-07")

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        changed = await Result.filter(id=result_id, case_id=case.id, state__in=["making", "ready"]).update(
            state="ready", place=where, shelved_at=now()
        )
        if not changed:
            raise Refusal("result_gone", 409, "这一样已经发出去了，请刷新看看")
        hall = await rows("SELECT name FROM hall WHERE code = $1", case.hall_id)
        waiting = await Result.filter(case_id=case.id, state="making").exists()
        verb = "shelve_part" if waiting else "shelve"  # the citizen is called once, for everything
        await move_case(actor, case, verb, Move(version, detail=f"放在 {where}", facts={"where": hall[0]["name"]}))

    await unit(body)


async def deliver(actor: Actor, case_id: UUID, version: int | None, result_ids: list[UUID], method: str) -> None:
    """Hand out the ticked results. Method: window | proxy | post | town | electronic. Not ticked = not given."""
    if method not in ("window", "proxy", "post", "town", "electronic"):
        raise Refusal("unknown_method", 422, "请选领取方式")
    if not result_ids:
        raise Refusal("nothing_ticked", 422, "请勾选要发放的东西")

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        waiting = await Result.filter(case_id=case.id, state__in=["making", "ready"])
        given = [result for result in waiting if result.id in set(result_ids)]
        if len(given) != len(set(result_ids)):
            raise Refusal("result_gone", 409, "有的已经发出去了，请刷新看看")
        names = "、".join(result.name for result in given)
        verb = "deliver" if len(given) == len(waiting) else "hand_over"
        await move_case(actor, case, verb, Move(version, detail=f"{names}（{METHODS[method]}）"))
        await Result.filter(id__in=result_ids).update(state="delivered", delivered_at=now(), method=method)
        await audit.record(actor, "result.delivered", f"case:{case.id}", METHODS[method])

    await unit(body)


METHODS = {"window": "窗口领取", "proxy": "代领", "post": "邮寄", "town": "送镇村", "electronic": "电子送达"}


async def by_clock(actor: Actor, case_id: UUID, verb: str) -> None:
    """Every other verb the clock performs: reminders, lapses and overdue marks."""

    async def body() -> None:
        case = await locked_case(case_id)
        move = Move()
        if verb == "lapse":
            await execute(
                "UPDATE notice SET answered_at = $2 WHERE case_id = $1 AND answered_at IS NULL", case.id, now()
            )
        if verb == "remind_delivery":
            hall = await rows("SELECT name FROM hall WHERE code = $1", case.hall_id)
            move.facts["where"] = hall[0]["name"]
        await move_case(actor, case, verb, move)

    await unit(body)
