"""The verbs of a case, the applicant's, the counter's and the clock's, each one transaction."""

from uuid import UUID

from models.actions import audit, promises, tasks
from models.actions.drafts import record_of
from models.actions.seats import right_window
from models.actions.sequence import next_number
from models.actions.step import Move, locked_case, move_case
from models.base import Refusal, now, rows, today, unit
from models.case import Case, Result, Task
from models.people import Account
from models.reads import calendar
from models.rules import intake, permits
from models.rules.flow import OPEN_TASKS
from models.rules.limits import ACCEPTANCE
from models.rules.numbers import case_number
from models.rules.permits import Actor
from models.rules.secrets import query_key


async def submit(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Hand the draft in: it gets its number, and the acceptance clock starts on the day that counts (R27-R29).

    Refusals: real_name_needed (403), incomplete (422, one error a gap), photos_checking (409).
    """

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        await _real_name(case)
        await promises.before_submit(case)
        await complete(case)
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
    permits.require_real_name(account.assurance)


async def complete(case: Case) -> None:
    """Refuse what is not yet whole: fields, pages, photographs on their way. What was promised is no gap (R40)."""
    record = await record_of(case)
    pages = await _pages(case)
    values = Case.FORM.open_json(case.id, case.form_sealed)
    tolerated = await promises.promised_materials(case)
    gaps = intake.missing(record, case.answers, values, pages, kind=case.applicant_kind, tolerated=tolerated)
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
    return case_number(region, hall, day, await next_number(region, hall, day))


async def withdraw(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """The applicant no longer wants it; no reason is asked (R22). Departments stop."""

    async def body() -> None:
        await tasks.hold_project(case_id)
        case = await locked_case(case_id, permits.scope(actor))
        await move_case(actor, case, "withdraw", Move(version))
        for task in await Task.filter(case_id=case.id, state__in=["waiting", *OPEN_TASKS]):
            await tasks.cancel(case, task)
        await tasks.fall_with(case, "撤回了")
        await promises.void(case)

    await unit(body)


async def receive(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """Take the case in at the counter and give the 收件凭证 out. Refusal specialist_window (409) names another one."""

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        await right_window(actor, case)
        await move_case(actor, case, "receive", Move(version))

    await unit(body)


async def refuse(actor: Actor, case_id: UUID, version: int | None, reason: str) -> None:
    """不予受理, in writing and with its reason (行政许可法 art. 32)."""
    said = _reason(reason)

    async def body() -> None:
        await tasks.hold_project(case_id)
        case = await locked_case(case_id, permits.scope(actor))
        await move_case(actor, case, "refuse", Move(version, detail=said))
        await promises.void(case)
        await tasks.fall_with(case, "没有受理")

    await unit(body)


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
