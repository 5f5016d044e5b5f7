"""Looking again at what was decided: every 告知承诺 within its time (R41), and what a drawn lot falls on (S6).

The secret the lots of a month are drawn with is made before the first draw; its digest goes into the audit chain, and
so does every draw. When the month is over the secret is shown, and anybody can draw again: see `redraw`.
"""

import hashlib
import secrets
from datetime import date, datetime, time
from uuid import UUID

from models.actions import audit, owed, tell
from models.actions.alarms import Due
from models.actions.clocks import disarm, plan
from models.actions.step import Move, locked_case, move_row, write_event
from models.base import SHANGHAI, Refusal, local, new_id, not_found, now, rows, today, unit
from models.case import Case, CaseItem, Task
from models.promise import Promise
from models.reads import calendar, versions
from models.rules import inspection as rules
from models.rules import permits
from models.rules import promises as promise_rules
from models.rules.dates import say
from models.rules.flow import INSPECTION
from models.rules.limits import WORKING, Limit
from models.rules.permits import CLOCK, SYSTEM, Actor
from models.rules.written import written
from models.supervision import Inspection, InspectionSeed

SPOT = Limit(10, WORKING)  # how long a department has for a drawn check
REMIND_BEFORE = 3  # working days
MORNING = time(8, 30)


async def after_grant(case: Case, task: Task, item: CaseItem) -> None:
    """Inside the unit of a grant: a 告知承诺 it rests on is verified later, within the item's time (R41)."""
    if not case.promised:
        return
    promise = await Promise.filter(case_id=case.id, kind="informed", item_code=item.code, state="made").first()
    if promise is None:
        return
    record = (await versions.records([item]))[0]
    row = await _open(case, task, item, "promise", promise_rules.verify_limit(record), rules.WHOLE, 0)
    await Promise.filter(id=promise.id).update(due_on=row.due_on)


async def after_window(case: Case, task: Task, item: CaseItem, rate: float) -> None:
    """Inside the unit of a decision at the window: draw its lot, on record whatever comes of it (S6)."""
    month = rules.month_of(local(task.decided_at or now()).date())
    share, number = rules.millionths(rate), rules.draw(await seed_of(month), task.id)
    await audit.record(SYSTEM, "inspection.draw", f"task:{task.id}", "随机抽查", month=month, rate=share, number=number)
    if rules.drawn(number, share):
        await _open(case, task, item, "spot", SPOT, share, number)


async def _open(
    case: Case, task: Task, item: CaseItem, kind: str, limit: Limit, rate: int, number: int
) -> Inspection:  # fmt: skip
    clock = await calendar.clock()
    due_on = clock.due_on(today(), limit)
    row = await Inspection.create(
        id=new_id(), case_id=case.id, task_id=task.id, kind=kind, department_id=task.department_id, rate=rate,
        draw=number, due_on=due_on, due_at=clock.due_at(due_on),
    )  # fmt: skip
    why = f"按告知承诺办的，{say(due_on)}前核查" if kind == "promise" else f"抽中了，{say(due_on)}前回头看一次"
    step = INSPECTION["draw"]
    event = await write_event(SYSTEM, case, task, "draw", step, "", Move(words=why), after=row.state)
    await _arm(row, due_on)
    await tell.all_of(step.tell, case, event, _facts(case, item), task, row=row)
    return row


def _facts(case: Case, item: CaseItem) -> dict[str, str]:
    at = local(now()).strftime("%Y-%m-%d %H:%M")
    return {"title": item.name, "item": item.name, "number": case.number or "", "at": at}


async def _arm(row: Inspection, due_on: date) -> None:
    day = due_on
    days = (await calendar.clock()).calendar
    for _ in range(REMIND_BEFORE):
        day = days.before(day)
    remind_at = datetime.combine(day, MORNING, SHANGHAI)
    if remind_at > now():
        await plan("inspection", row.case_id, row.id, "remind_inspection", remind_at)
    await plan("inspection", row.case_id, row.id, "overdue_inspection", row.due_at)


async def seed_of(month: str) -> bytes:
    """The secret of a month (`2026-11`), made at first need. One writer of the audit chain at a time makes it once."""
    row = await InspectionSeed.filter(month=month).first()
    if row is None:
        await rows("SELECT pg_advisory_xact_lock($1)", audit.CHAIN_LOCK)
        row = await InspectionSeed.filter(month=month).first() or await _new_seed(month)
    return bytes.fromhex(InspectionSeed.SEED.open(row.id, row.seed_sealed) or "")


async def _new_seed(month: str) -> InspectionSeed:
    id_, seed = new_id(), secrets.token_bytes(rules.SEED_BYTES)
    digest = hashlib.sha256(seed).hexdigest()
    row = await InspectionSeed.create(
        id=id_, month=month, digest=digest, seed_sealed=InspectionSeed.SEED.seal(id_, seed.hex()) or ""
    )
    await audit.record(SYSTEM, "inspection.seed", f"month:{month}", "抽查的种子", digest=digest)
    return row


async def prepare(_: object = None) -> str:
    """The worker's part: this month's secret is there before anybody needs it. Returns the month."""
    month = rules.month_of(today())
    await unit(lambda: seed_of(month))
    return month


async def judge(actor: Actor, inspection_id: UUID, version: int | None, outcome: str, findings: str) -> None:
    """核查: passed or failed, with what was found. Of a 告知承诺 it settles the promise: verified, or false and held
    against the applicant, who is told.

    Refusals: unknown_outcome, findings_needed (422), same_person (403: who decided does not look at it again).
    """
    if outcome not in ("passed", "failed"):
        raise Refusal("unknown_outcome", 422, "请选“属实”或“不实”")
    said = written(findings, "findings_needed", "请写清查到了什么")

    async def body() -> None:
        case, task, row = await _locked(actor, inspection_id)
        if actor.kind == "staff" and actor.id is not None and task.approver_id == actor.id:
            raise Refusal("same_person", 403, "这件是您决定的，要请别人核查")
        verb = "pass_inspection" if outcome == "passed" else "fail_inspection"
        fields = {
            "findings_sealed": Inspection.FINDINGS.seal(row.id, said), "inspected_by": actor.id, "inspected_at": now(),
        }  # fmt: skip
        item = await CaseItem.get(id=task.case_item_id)
        move = Move(version, detail=said, fields=fields, facts={"title": item.name})
        event = await move_row(actor, case, row, "inspection", verb, move, task=task)
        await disarm(row.id)
        if row.kind == "promise" and await _settle(case, item, outcome, said):
            facts = {**_facts(case, item), "title": case.title}
            await tell.all_of(("case.promise_false",), case, event, facts)

    await unit(body)


async def _locked(actor: Actor, inspection_id: UUID) -> tuple[Case, Task, Inspection]:
    found = await Inspection.filter(id=inspection_id).first()
    if found is None or not permits.task_roles(actor, found):
        raise not_found()
    case = await locked_case(found.case_id)
    task = await Task.get(id=found.task_id)
    return case, task, await Inspection.filter(id=inspection_id).select_for_update().get()


async def _settle(case: Case, item: CaseItem, outcome: str, findings: str) -> bool:
    """The promise that was looked at: verified or false. True when it was false."""
    held = Promise.filter(case_id=case.id, kind="informed", item_code=item.code, state="made")
    promise = await held.select_for_update().first()
    if promise is None:
        return False
    state = "verified" if outcome == "passed" else "false"
    await Promise.filter(id=promise.id).update(state=state, settled_at=now())
    if state == "false":
        await owed.breach(case, promise, f"“{item.name}”：承诺核查不属实。{findings}")
    return state == "false"


async def drop(case: Case, task: Task) -> None:
    """The grant never came into force: there is no promise to verify. What was drawn stays: the draw is on record."""
    for row in await Inspection.filter(task_id=task.id, kind="promise", state="open").select_for_update():
        await move_row(SYSTEM, case, row, "inspection", "drop_inspection", task=task)
        await disarm(row.id)


async def by_clock(due: Due) -> None:
    """A due alarm of an inspection: reminded of, or late."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        row = await Inspection.filter(id=due.subject_id).select_for_update().get()
        task = await Task.get(id=row.task_id)
        item = await CaseItem.get(id=task.case_item_id)
        await move_row(CLOCK, case, row, "inspection", due.verb, Move(facts={"title": item.name}), task=task)

    await unit(body)
