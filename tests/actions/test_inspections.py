"""Looking again: lots drawn that can be drawn again (S6), 告知承诺 verified or found false (R41)."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import pytest
import time_machine

from local import inspection as command
from models.actions import acceptance, audit, delegated, inspections, promises, redraw, revocation, tasks
from models.audit import Audit
from models.base import SHANGHAI, execute, new_id, now, unit
from models.case import Alarm, Case, CaseItem, Event, Task
from models.outbox import Notification, Outbox
from models.promise import Breach, Promise
from models.reads import cases as reads
from models.reads import inspections as read
from models.rules import inspection as rules
from models.rules.permits import SYSTEM, Actor
from models.supervision import Inspection, InspectionSeed
from tests import people
from tests.actions.test_delegation import liang
from tests.actions.test_promises import informed, refused
from workers.alarms import perform_due

pytestmark = pytest.mark.database
TENTH = 100_000


def clockwork(text: str) -> time_machine.travel:
    return time_machine.travel(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def november() -> Iterator[None]:
    """Wednesday 25 November 2026, ten in the morning."""
    with clockwork("2026-11-25T10:00:00"):
        yield


async def decided(li: Actor, wang: Actor, delegate: Actor, outcome: str = "granted") -> Task:
    """One 即办件 decided at the window."""
    id_ = await people.accepted(li, wang, "SJ01")
    task = await Task.get(case_id=id_)
    await delegated.decide(delegate, task.id, None, outcome, "材料不真实" if outcome == "refused" else "")
    return task


async def month(count: int = 30) -> list[Task]:
    """A month's decisions, a few of them drawn."""
    li, wang, delegate = await people.citizen(), await people.clerk(), await liang()
    return [await decided(li, wang, delegate, "refused" if n == 0 else "granted") for n in range(count)]


# ------------------------------------------------------------------ the draw


async def test_the_secret_is_promised_before_the_first_draw(db: str, november: None) -> None:
    await month(3)
    row = await InspectionSeed.get(month="2026-11")
    seed = InspectionSeed.SEED.open(row.id, row.seed_sealed) or ""
    assert len(bytes.fromhex(seed)) == 32 and seed not in row.seed_sealed
    assert hashlib.sha256(bytes.fromhex(seed)).hexdigest() == row.digest
    acts = [(entry.act, entry.detail) for entry in await Audit.filter(act__startswith="inspection.").order_by("seq")]
    assert acts[0] == ("inspection.seed", {"digest": row.digest})
    assert [act for act, _ in acts[1:]] == ["inspection.draw"] * 3
    assert all(detail["rate"] == TENTH and detail["month"] == "2026-11" for _, detail in acts[1:])
    assert seed not in str([detail for _, detail in acts])


async def test_one_secret_a_month_however_many_ask(db: str, november: None, together) -> None:
    asked = await together(*(inspections.prepare() for _ in range(8)))
    assert set(asked) == {"2026-11"}
    assert await InspectionSeed.all().count() == 1 == await Audit.filter(act="inspection.seed").count()
    with clockwork("2026-12-01T00:05:00"):
        assert await inspections.prepare() == "2026-12"
    assert (await audit.verify())[1] is None


async def test_what_is_drawn_is_inspected_within_ten_working_days(db: str, november: None) -> None:
    found = await month()
    row = await InspectionSeed.get(month="2026-11")
    seed = bytes.fromhex(InspectionSeed.SEED.open(row.id, row.seed_sealed) or "")
    wanted = {task.id for task in found if rules.draw(seed, task.id) < TENTH}
    spots = await Inspection.all()
    assert {spot.task_id for spot in spots} == wanted
    for spot in spots:
        assert (spot.kind, spot.rate, spot.department_id) == ("spot", TENTH, "SJ")
        assert spot.due_on == date(2026, 12, 9)
        alarms = [alarm.verb for alarm in await Alarm.filter(subject_id=spot.id).order_by("due_at")]
        assert alarms == ["remind_inspection", "overdue_inspection"]
        event = await Event.get(task_id=spot.task_id, verb="draw")
        assert event.audience == "staff" and event.words == "抽中了，12月9日前回头看一次"
        assert await Outbox.filter(dedupe_key=f"{event.id}:department.inspection:department:SJ").count() == 1


async def _drawn() -> tuple[Inspection, Task]:
    """A decision whose lot is sure to fall: the rate is one."""
    li, wang, delegate = await people.citizen(), await people.clerk(), await liang()
    id_ = await people.accepted(li, wang, "SJ01")
    task = await Task.get(case_id=id_)
    await delegated.decide(delegate, task.id, None, "granted")
    await Inspection.filter(task_id=task.id).delete()
    await execute("UPDATE alarm SET done_at = now() WHERE machine = 'inspection'")
    case = await Case.get(id=id_)
    item = await CaseItem.get(case_id=id_)
    task = await Task.get(id=task.id)

    async def body() -> None:
        await inspections.after_window(case, task, item, 1.0)

    await unit(body)
    return await Inspection.get(task_id=task.id), task


# ------------------------------------------------------------------ drawn again


async def test_an_honest_month_holds(db: str, november: None, capsys) -> None:
    await month()
    await refused("month_not_over", 409, redraw.redraw(SYSTEM, "2026-11"))
    await refused("bad_month", 422, redraw.redraw(SYSTEM, "2026-13"))
    await refused("no_seed", 404, redraw.redraw(SYSTEM, "2026-03"))
    assert (await InspectionSeed.get(month="2026-11")).revealed_at is None
    with clockwork("2026-12-01T09:00:00"):
        found = await redraw.redraw(SYSTEM, "2026-11")
        assert found.holds and found.decisions == 30 and found.due == found.inspected
        assert await command.perform("2026-11") == 0
    said = capsys.readouterr().out
    assert "窗口受委托决定 30 件" in said and found.seed in said and "完全一样" in said
    assert (await InspectionSeed.get(month="2026-11")).revealed_at is not None
    assert await Audit.filter(act="inspection.revealed", subject="month:2026-11").count() == 2


async def test_a_suppressed_inspection_comes_to_light(db: str, november: None, capsys) -> None:
    li, wang, delegate = await people.citizen(), await people.clerk(), await liang()
    while not await Inspection.exists():
        await decided(li, wang, delegate)
    gone = await Inspection.get()
    await Inspection.filter(id=gone.id).delete()
    with clockwork("2026-12-01T09:00:00"):
        found = await redraw.redraw(SYSTEM, "2026-11")
        assert [(one.kind, one.task_id) for one in found.wrong] == [("suppressed", gone.task_id)]
        assert await command.perform("2026-11") == 1
    assert str(gone.task_id) in capsys.readouterr().out


async def test_an_invented_inspection_comes_to_light(db: str, november: None) -> None:
    await month(10)
    spared = await Task.exclude(id__in=await Inspection.all().values_list("task_id", flat=True)).first()
    assert spared is not None
    await _spot(spared.id, spared.case_id)
    li, wang, zhao, chen = await people.citizen("样本", people.SUN_ID, "13800000002"), await people.clerk(), \
        await people.handler(), await people.approver()  # fmt: skip
    own = await Task.get(case_id=await people.concluded(li, wang, zhao, chen, "SJ03"))
    await _spot(own.id, own.case_id)
    with clockwork("2026-12-01T09:00:00"):
        wrong = (await redraw.redraw(SYSTEM, "2026-11")).wrong
    assert {(one.kind, one.task_id) for one in wrong} == {("invented", spared.id), ("invented", own.id)}


async def _spot(task: UUID, case: UUID) -> None:
    await Inspection.create(
        id=new_id(), task_id=task, case_id=case, kind="spot", department_id="SJ", rate=TENTH, draw=7,
        due_on=date(2026, 12, 9), due_at=now(),
    )  # fmt: skip


async def test_another_secret_comes_to_light(db: str, november: None) -> None:
    await month(5)
    row = await InspectionSeed.get(month="2026-11")
    other = bytes(32)
    await InspectionSeed.filter(id=row.id).update(
        seed_sealed=InspectionSeed.SEED.seal(row.id, other.hex()), digest=hashlib.sha256(other).hexdigest()
    )
    with clockwork("2026-12-01T09:00:00"):
        found = await redraw.redraw(SYSTEM, "2026-11")
    assert found.faults == ["审计里事先写下的摘要不是这个种子的"]
    assert {one.kind for one in found.wrong} >= {"other_number"}


async def test_a_record_touched_afterwards_comes_to_light(db: str, november: None) -> None:
    await month(5)
    await execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
    try:
        await execute("UPDATE audit SET detail = jsonb_set(detail::jsonb, '{rate}', '0') WHERE act = 'inspection.draw'")
    finally:
        await execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")
    with clockwork("2026-12-01T09:00:00"):
        found = await redraw.redraw(SYSTEM, "2026-11")
    assert "审计记录断了，上面写的不能作数" in found.faults


# ------------------------------------------------------------------ looking again


async def test_the_delegating_department_looks_again(db: str, november: None) -> None:
    row, task = await _drawn()
    zhao, sun = await people.handler(), await people.handler("孙伟", "NY")
    seen = (await read.inbox(zhao))[0]
    assert seen["kind_words"] == "随机抽查" and seen["by_name"] == "梁敏" and seen["rate_words"] == "抽查比例 100%"
    assert seen["can"] == ["pass_inspection", "fail_inspection"] and seen["light"] == {
        "colour": "green",
        "word": "剩10日",
    }
    assert await read.inbox(sun) == []
    await refused("role_not_allowed", 403, read.inbox(await people.clerk("黄志强")))
    await refused("not_found", 404, inspections.judge(sun, row.id, None, "passed", "看过了"))
    await refused("findings_needed", 422, inspections.judge(zhao, row.id, None, "passed", " "))
    await refused("unknown_outcome", 422, inspections.judge(zhao, row.id, None, "perhaps", "看过了"))
    await refused("stale_version", 409, inspections.judge(zhao, row.id, 5, "passed", "看过了"))
    await inspections.judge(zhao, row.id, row.version, "passed", "材料真实，条件符合")
    done = (await read.inbox(zhao))[0]
    assert (done["state_words"], done["findings"], done["can"]) == ("属实", "材料真实，条件符合", [])
    assert not await Alarm.filter(subject_id=row.id, done_at=None).exists()
    await refused("state_changed", 409, inspections.judge(zhao, row.id, None, "failed", "再看一次"))
    assert "材料" not in (await Inspection.get(id=row.id)).findings_sealed


async def test_a_failed_check_is_told_and_the_approver_may_revoke(db: str, november: None) -> None:
    row, task = await _drawn()
    zhao, chen = await people.handler(), await people.approver()
    await inspections.judge(zhao, row.id, None, "failed", "场所不存在")
    event = await Event.get(task_id=task.id, verb="fail_inspection")
    assert await Outbox.filter(dedupe_key=f"{event.id}:supervisor.inspection_failed:supervisor").count() == 1
    assert not await Breach.exists()  # a spot check is about the decision, not about a promise
    await revocation.revoke(chen, task.id, None, "核查发现场所不存在")
    assert (await Task.get(id=task.id)).state == "revoked"


async def test_a_check_is_reminded_of_and_goes_late(db: str, november: None) -> None:
    row, task = await _drawn()
    for at, verb in (("2026-12-04T08:31:00", "remind_inspection"), ("2026-12-10T00:01:00", "overdue_inspection")):
        assert not await Event.filter(task_id=task.id, verb=verb).exists()
        with clockwork(at):
            await perform_due()
            await perform_due()
        assert await Event.filter(task_id=task.id, verb=verb).count() == 1
    with clockwork("2026-12-10T09:00:00"):
        assert (await read.inbox(await people.handler()))[0]["light"] == {"colour": "red", "word": "超1日"}
    assert (await Inspection.get(id=row.id)).state == "open"


# ------------------------------------------------------------------ 告知承诺


async def _promised() -> tuple[UUID, Task, Actor, Actor]:
    """A 告知承诺 granted on Wed 25 Nov by 韩松: case, task, applicant, approver."""
    li, wang = await people.citizen(), await people.clerk()
    examiner, head = await people.handler("梁栋", "XF"), await people.approver("韩松", "XF")
    id_ = await informed(li)
    await acceptance.accept(wang, id_)
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(examiner, task.id)
    await tasks.advise(examiner, task.id, None, "granted", "承诺办理，符合条件")
    await tasks.decide(head, task.id, None, "granted")
    return id_, await Task.get(id=task.id), li, head


async def test_a_statement_is_verified_within_its_time(db: str, november: None) -> None:
    """30 working days after Wed 25 Nov: 3 left in November, 23 in December, then 2027 by weekends: Wed 6 Jan."""
    id_, _, li, head = await _promised()
    assert (await Case.get(id=id_)).state == "concluded"  # decided without the proof
    row = await Inspection.get(case_id=id_)
    assert (row.kind, row.due_on) == ("promise", date(2027, 1, 6)) == ("promise", (await Promise.get()).due_on)
    await refused("same_person", 403, inspections.judge(head, row.id, None, "passed", "培训合格证明都在"))
    assert (await read.inbox(head))[0]["can"] == []
    await inspections.judge(await people.handler("梁栋", "XF"), row.id, None, "passed", "培训合格证明都在")
    assert (await Promise.get()).state == "verified"
    assert (await reads.case(li, id_))["promises"][0]["state_words"] == "核查属实"
    assert not await Breach.exists()


async def test_a_false_statement_is_held_against_its_applicant(db: str, november: None) -> None:
    id_, task, li, head = await _promised()
    row = await Inspection.get(case_id=id_)
    await inspections.judge(await people.handler("梁栋", "XF"), row.id, None, "failed", "没有人参加过培训")
    assert (await Promise.get()).state == "false"
    breach = await Breach.get(case_id=id_)
    assert (breach.kind, breach.subject_id) == ("informed", li.id)
    note = await Notification.get(case_id=id_, kind="case.promise_false")
    assert "核查不属实" in (Notification.WORDS.open(note.id, note.words_sealed) or "")
    await revocation.revoke(head, task.id, None, "承诺的培训合格证明不存在")
    assert (await Task.get(id=task.id)).state == "revoked"
    other = await people.draft(li, "SJ03")
    await refused("promise_not_offered", 409, promises.sign(li, other, None, "tolerance", "SJ03"))
    assert (await audit.verify())[1] is None


async def test_a_refused_statement_is_not_verified(db: str, november: None) -> None:
    li, wang = await people.citizen(), await people.clerk()
    examiner, head = await people.handler("梁栋", "XF"), await people.approver("韩松", "XF")
    id_ = await informed(li)
    await acceptance.accept(wang, id_)
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(examiner, task.id)
    await tasks.advise(examiner, task.id, None, "refused", "出口不够")
    await tasks.decide(head, task.id, None, "refused", "安全出口不够")
    assert (await Promise.get()).state == "void" and not await Inspection.exists()
