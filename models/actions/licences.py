"""证照: issued with a grant, reminded of, renewed, deemed renewed when nobody decides, ended (行政许可法 art. 50, R34).

A licence comes into force with the grant. While a paper of its item is still owed (容缺受理) it is held back with the
result and comes into force when the case concludes (R40).
"""

from datetime import date, datetime
from typing import Any

from models.actions.alarms import Due
from models.actions.clocks import disarm, plan
from models.actions.sequence import next_number
from models.actions.step import Move, locked_case, move_row, write_event
from models.base import Refusal, local, new_id, now, today, unit
from models.case import Case, CaseItem, Task
from models.catalogue import Department
from models.licence import Licence
from models.promise import Promise
from models.reads import calendar
from models.reads import licences as reads
from models.rules import renewal
from models.rules.calendar import DAY
from models.rules.dates import say
from models.rules.flow import LICENCE
from models.rules.permits import CLOCK, SYSTEM, Actor

ENDINGS = ["deem_renewed", "expire"]


async def after_grant(case: Case, task: Task, item: CaseItem) -> None:
    """Inside the unit of a grant: the licence of the item, unless the applicant still owes a paper for it."""
    if not await _held_back(case, item):
        await issue(case, task, item)


async def at_conclusion(case: Case) -> None:
    """Inside the unit that concludes a case: what was held back for a promised paper comes into force."""
    if not case.promised:
        return
    for task in await Task.filter(case_id=case.id, state="decided", outcome="granted"):
        item = await CaseItem.get(id=task.case_item_id).prefetch_related("item")
        if not await _held_back(case, item) and not await Licence.filter(task_id=task.id).exists():
            await issue(case, task, item)


async def _held_back(case: Case, item: CaseItem) -> bool:
    """A paper promised for this item has not come (or never will)."""
    if not case.promised:
        return False
    owed = Promise.filter(case_id=case.id, kind="tolerance", item_code=item.code)
    return await owed.filter(state__in=["made", "supplied", "broken"]).exists()


async def issue(case: Case, task: Task, item: CaseItem) -> Licence | None:
    """Write the licence of a granted item, if it gives one, and take the place of the licence it renews."""
    result = dict(item.item.record).get("result") or {}
    years = result.get("valid_years")
    if result.get("type") not in renewal.LICENCES and not years:
        return None
    old = await _renewed(case, item)
    first, last = await _term(case, old, years)
    id_, name = new_id(), str(result.get("name") or item.name)[:80]
    row = await Licence.create(
        id=id_, case_id=case.id, task_id=task.id, account_id=case.account_id, subject_id=case.applicant_id,
        item_code=item.code, department_id=item.department_id, name=name, number=await _number(item.department_id),
        holder_sealed=Licence.HOLDER.seal(id_, Case.APPLICANT.open(case.id, case.applicant_name_sealed)),
        issued_on=today(), valid_from=first, valid_years=years, valid_until=last,
    )  # fmt: skip
    words = f"发了{name}，编号{row.number}"[:200]
    await write_event(SYSTEM, case, task, "issue", LICENCE["issue"], "", Move(words=words), after=row.state)
    await arm(row)
    if old is not None:
        await _replace(old, row)
    return row


async def _renewed(case: Case, item: CaseItem) -> Licence | None:
    """The licence this case renews with this item, still in force, locked."""
    if case.renews_id is None:
        return None
    found = Licence.filter(id=case.renews_id, item_code=item.code, state="valid")
    return await found.select_for_update().first()


async def _term(case: Case, old: Licence | None, years: int | None) -> tuple[date, date | None]:
    """The days a new licence holds: on from the old one's end; after a deemed renewal, the term that already runs."""
    if old is not None and await reads.deemed_by(case.id):
        return old.valid_from, old.valid_until
    first = today()
    if old is not None and old.valid_until:
        first = max(first, old.valid_until + DAY)
    return first, renewal.term_end(first, years) if years else None


async def _number(department: str) -> str:
    """市监局证〔2026〕00017号: issuing body, year, running number; nothing of the person."""
    body = await Department.get(code=department)
    year = today().replace(month=1, day=1)
    return f"{body.short}证〔{year.year}〕{await next_number('000000', f'lc{department}', year):05d}号"


async def _replace(old: Licence, new: Licence) -> None:
    first = await locked_case(old.case_id)
    await move_row(SYSTEM, first, old, "licence", "renew", Move(words=f"延续批准了，换了新证{new.number}"[:200]))
    await disarm(old.id)


async def arm(row: Licence) -> None:
    """Set the alarms of a licence that ends: 90, 60 and 30 days ahead, as far as still to come, and its end."""
    if row.valid_until is None:
        return
    for at in renewal.reminders(row.valid_until):
        if at > now():
            await plan("licence", row.case_id, row.id, "remind_renewal", at)
    await plan("licence", row.case_id, row.id, "expire", await _over(row.valid_until))


async def _over(valid_until: date) -> datetime:
    return (await calendar.clock()).due_at(valid_until)


async def watch(case: Case) -> None:
    """Inside the unit of acceptance: from now on silence renews the licence, if the case was handed in early enough."""
    row = await Licence.filter(id=case.renews_id, state="valid").first() if case.renews_id else None
    if row is None or row.valid_until is None or not case.submitted_at:
        return
    if not renewal.timely(local(case.submitted_at).date(), row.valid_until):
        return
    clock = await calendar.clock()
    for at in renewal.warnings(clock.calendar, row.valid_until):
        if at > now():
            await plan("licence", row.case_id, row.id, "warn_office", at)
    await plan("licence", row.case_id, row.id, "deem_renewed", await _over(row.valid_until))


async def against_silence(case: Case, item: CaseItem, outcome: str) -> None:
    """Inside the unit of a decision: what the law has already decided stands, however late our clock runs.

    Refusal renewal_deemed (409): no refusal after the licence was renewed by silence.
    """
    row = await Licence.filter(id=case.renews_id, item_code=item.code).first() if case.renews_id else None
    if row is None:
        return
    if row.state == "valid" and row.valid_until and row.valid_until < today():
        await _end(await locked_case(row.case_id), await Licence.filter(id=row.id).select_for_update().get())
    if outcome == "refused" and await reads.deemed_by(case.id):
        raise Refusal(
            "renewal_deemed", 409,
            "证到期前没有决定，依法已经视为准予延续，不能再决定不予延续。请作出准予的决定，换发新证",
        )  # fmt: skip


async def annul(actor: Actor, case: Case, task: Task) -> None:
    """Inside the unit that revokes a decision: its licence, if in force, holds no longer."""
    row = await Licence.filter(task_id=task.id, state="valid").select_for_update().first()
    if row is None:
        return
    words = f"{actor.name or '部门'}撤销了决定，{row.number}作废"[:200]
    await move_row(SYSTEM, case, row, "licence", "annul", Move(words=words), task=task)
    await disarm(row.id)


async def by_clock(due: Due) -> None:
    """A due alarm of a licence: remind, warn, deem renewed or expire. Safe when late, early or doubled."""

    async def body() -> None:
        row = await Licence.get(id=due.subject_id)
        for asked in await reads.renewals(row.id):
            await locked_case(asked.id)  # first the renewal, then the case of the old licence, as a grant does
        case = await locked_case(row.case_id)
        row = await Licence.filter(id=row.id).select_for_update().get()
        if row.state != "valid" or row.valid_until is None:
            return
        if due.verb in ENDINGS:
            await _end(case, row)
        elif due.verb == "warn_office":
            await _warn(row)
        elif not await reads.waiting(row, now()):
            facts = {"title": row.name, "until": row.valid_until}
            words = f"{row.name}{say(row.valid_until, today())}到期，提醒申请延续"[:200]
            await move_row(CLOCK, case, row, "licence", due.verb, Move(words=words, facts=facts))

    await unit(body)


async def _warn(row: Licence) -> None:
    """Tell the office on the case it has to decide; silent once it has."""
    asked = await reads.waiting(row, now())
    if asked is None:
        return
    task = await reads.task_of(asked, row)
    words = f"{say(row.valid_until, today())}证到期，到期前不决定，视为准予延续"
    facts = {"title": asked.title, "until": row.valid_until}
    await move_row(CLOCK, asked, row, "licence", "warn_office", Move(words=words, facts=facts), task=task)


async def _end(case: Case, row: Licence) -> None:
    """The last valid day is over: renewed by silence if a timely renewal was undecided at that moment, else ended."""
    if row.valid_until >= today():
        return
    asked = await reads.waiting(row, await _over(row.valid_until))
    if asked is not None and row.valid_years:
        await _deem(case, row, asked)
        return
    await disarm(row.id)
    await move_row(CLOCK, case, row, "licence", "expire", Move(facts={"title": row.name}))


async def _deem(case: Case, row: Licence, asked: Case) -> None:
    first = row.valid_until + DAY
    last = renewal.term_end(first, row.valid_years)
    until, state = say(last, row.valid_until), row.state
    words = f"{row.name}到期前没有决定，依法视为准予延续到{until}"[:200]
    fields: dict[str, Any] = {"valid_from": first, "valid_until": last, "deemed": True}
    facts = {"title": row.name, "until": until}
    await move_row(CLOCK, case, row, "licence", "deem_renewed", Move(words=words, facts=facts, fields=fields))
    step = LICENCE["deem_renewed"]
    await write_event(CLOCK, asked, None, "deem_renewed", step, state, Move(words=words), after=state)
    await disarm(row.id)
    await arm(row)
