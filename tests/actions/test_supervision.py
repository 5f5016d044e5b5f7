"""督办: the ladder takes each step once and in order, however late; an urging is answered; nothing waits for nobody."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from models.actions import alarms, cases, correction, drafts, supervision, tasks
from models.base import SHANGHAI, Refusal, execute, new_id, now, rows
from models.case import Alarm, Case, Clock, Event, Task
from models.outbox import Outbox
from models.people import Staff
from models.reads import calendar, sweep
from models.rules import ladder
from models.rules.calendar import Calendar
from models.rules.permits import Actor
from models.supervision import Sweep, Urge
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database
LADDER = ["remind_handler", "escalate_section", "escalate_head", "escalate_centre"]


async def lead() -> Actor:
    return await people.worker("周督", "supervisor", department="ZS")


async def task_of(*items: str) -> Task:
    """An accepted case of 李秀英's and its first task, with 赵强 at work on it."""
    case_id = await people.accepted(await people.citizen(), await people.clerk(), *(items or ("SJ03",)))
    task = (await Task.filter(case_id=case_id).order_by("id"))[0]
    await tasks.acknowledge(await people.handler(), task.id)
    return await Task.get(id=task.id)


async def late(task: Task) -> None:
    """As if the promise had ended three weeks ago and the worker had slept ever since."""
    await execute("UPDATE alarm SET due_at = due_at - interval '60 days' WHERE case_id = $1", task.case_id)


async def steps(task: Task) -> list[str]:
    found = await Event.filter(task_id=task.id, verb__in=LADDER).order_by("at", "id")
    return [event.verb for event in found]


async def next_morning() -> datetime:
    days = (await calendar.clock()).calendar
    return datetime.combine(days.next_working(now().astimezone(SHANGHAI).date()), ladder.NEXT_MORNING, SHANGHAI)


# ------------------------------------------------------------------ the ladder


async def test_a_late_worker_takes_every_step_in_order_and_once(db: str) -> None:
    task = await task_of()
    await late(task)
    await perform_due()
    await perform_due()
    assert await steps(task) == LADDER
    taken = await Urge.filter(task_id=task.id).order_by("created_at", "id")
    assert [row.level for row in taken] == ["handler", "section", "head", "centre"]
    assert {row.by_id for row in taken} == {None}


async def test_two_workers_on_one_task_never_tell_the_head_before_the_section(db: str, together) -> None:
    task = await task_of()
    await late(task)
    found = [due for due in await alarms.due(100) if due.subject_id == task.id and due.verb in LADDER]

    async def work(due: alarms.Due) -> None:
        await alarms.perform(due.id, lambda: supervision.climb(due))

    done = await together(*(work(due) for due in reversed(found)), *(work(due) for due in found))
    assert not [one for one in done if isinstance(one, Exception)]
    assert await steps(task) == LADDER


async def test_a_step_taken_is_not_taken_again_when_its_alarm_is_set_anew(db: str) -> None:
    task = await task_of()
    await late(task)
    await perform_due()
    clock = await Clock.get(task_id=task.id, kind="promise")
    for verb in LADDER:
        await Alarm.create(
            case_id=task.case_id, task_id=task.id, clock_id=clock.id, machine="task", subject_id=task.id, verb=verb,
            due_at=now() - timedelta(minutes=1),
        )  # fmt: skip
    await perform_due()
    assert await steps(task) == LADDER


async def test_the_department_hears_to_whom_it_goes(db: str) -> None:
    task = await task_of()
    await late(task)
    await perform_due()
    told = await Outbox.filter(audience="department:SJ", topic="desk").order_by("created_at", "id")
    words = [Outbox.PAYLOAD.open_json(row.id, row.payload_sealed)["words"] for row in told]
    assert [word for word in words if "报到股室负责人" in word] and [word for word in words if "报到部门负责人" in word]
    centre = await Outbox.filter(audience="supervisor", topic="desk")
    kinds = {Outbox.PAYLOAD.open_json(row.id, row.payload_sealed)["kind"] for row in centre}
    assert "supervisor.escalated" in kinds


async def test_nothing_climbs_after_the_decision(db: str) -> None:
    task = await task_of()
    due = [one for one in [*await Alarm.filter(task_id=task.id)] if one.verb == "escalate_head"][0]
    await tasks.advise(await people.handler("钱明"), task.id, None, "granted", "经审查，符合条件")
    await tasks.decide(await people.approver(), task.id, None, "granted")
    one = alarms.Due(due.id, task.case_id, "task", task.id, due.clock_id, "escalate_head")
    with pytest.raises(Refusal) as refused:
        await supervision.climb(one)
    assert refused.value.code == "state_changed"
    assert not await Urge.filter(task_id=task.id).exists()


# ------------------------------------------------------------------ urging and its answer


async def test_an_urging_is_told_answered_and_told_back(db: str) -> None:
    task, zhou = await task_of(), await lead()
    due = await next_morning()
    await supervision.urge(zhou, task.id, task.version, "今天仍无意见，请反馈", due)
    row = await Urge.get(task_id=task.id)
    assert (row.level, row.by_id, row.answer_due_at) == ("manual", zhou.id, due)
    assert "今天仍无意见" not in (row.words_sealed or "")
    event = await Event.get(task_id=task.id, verb="urge")
    assert event.audience == "staff" and "请在" in event.words
    assert await Outbox.filter(audience="department:SJ", dedupe_key__contains="department.urged").exists()
    await supervision.answer_urge(await people.handler("钱明"), task.id, None, "明天上午出意见")
    row = await Urge.get(task_id=task.id)
    assert row.answered_by == "钱明" and Urge.ANSWER.open(row.id, row.answer_sealed) == "明天上午出意见"
    assert await Outbox.filter(audience="supervisor", dedupe_key__contains="supervisor.urge_answered").exists()
    with pytest.raises(Refusal) as refused:
        await supervision.answer_urge(await people.handler("钱明"), task.id, None, "再答一次")
    assert refused.value.code == "no_open_urge"


async def test_the_departments_own_system_hears_of_an_urging(db: str) -> None:
    case_id = await people.accepted(await people.citizen(), await people.clerk(), "XF01")
    task = await Task.get(case_id=case_id)
    await supervision.urge(await lead(), task.id, None, "请反馈", await next_morning())
    owed = await Outbox.filter(topic="department", audience="department:XF", dedupe_key__contains="urged")
    assert [Outbox.PAYLOAD.open_json(row.id, row.payload_sealed)["event"] for row in owed] == ["task.urged"]


async def test_one_urging_at_a_time_and_the_refusal_says_until_when(db: str, together) -> None:
    task, zhou = await task_of(), await lead()
    due = await next_morning()
    done = await together(*(supervision.urge(zhou, task.id, None, "请反馈", due) for _ in range(8)))
    refused = [one for one in done if isinstance(one, Refusal)]
    assert len(refused) == 7 and {one.code for one in refused} == {"urge_open"}
    assert "10:00" in refused[0].words and await Urge.filter(task_id=task.id).count() == 1


async def test_an_urging_left_unanswered_gives_way_to_the_next(db: str) -> None:
    task, zhou = await task_of(), await lead()
    await supervision.urge(zhou, task.id, None, "请反馈", await next_morning())
    await execute("UPDATE urge SET answer_due_at = $1", now() - timedelta(hours=1))
    await supervision.urge(zhou, task.id, None, "再催一次", await next_morning())
    first, second = await Urge.filter(task_id=task.id).order_by("created_at", "id")
    assert first.lapsed_at and not second.lapsed_at
    await supervision.answer_urge(await people.approver(), task.id, None, "明天上午办结")
    assert (await Urge.get(id=second.id)).answered_at and not (await Urge.get(id=first.id)).answered_at


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        ("past", "answer_due_past"),
        ("night", "answer_due_hours"),
        ("off", "answer_due_hours"),
        ("far", "answer_due_far"),
    ],
)
async def test_an_answer_is_due_in_working_hours_ahead(db: str, shift: str, code: str) -> None:
    task = await task_of()
    days = (await calendar.clock()).calendar
    morning = await next_morning()
    off = next(each for each in days.after(morning.date()) if not days.is_working(each))
    due = {
        "past": now() - timedelta(minutes=1),
        "night": morning.replace(hour=22),
        "off": datetime.combine(off, morning.timetz()),
        "far": morning + timedelta(days=60),
    }[shift]
    with pytest.raises(Refusal) as refused:
        await supervision.urge(await lead(), task.id, None, "请反馈", due)
    assert refused.value.code == code and refused.value.status == 422


@pytest.mark.parametrize("words", ["", " 催 ", "长" * 501])
async def test_an_urging_needs_its_words(db: str, words: str) -> None:
    task = await task_of()
    with pytest.raises(Refusal) as refused:
        await supervision.urge(await lead(), task.id, None, words, await next_morning())
    assert refused.value.code == "urge_words"


async def test_who_may_urge_and_who_may_answer(db: str) -> None:
    task, due = await task_of(), await next_morning()
    for actor, code in [
        (await people.handler("孙伟", "NY"), "not_found"),
        (await people.clerk(), "not_found"),
        (await people.handler("钱明"), "not_allowed"),
    ]:
        with pytest.raises(Refusal) as refused:
            await supervision.urge(actor, task.id, None, "请反馈", due)
        assert refused.value.code == code
    zhou = await lead()
    await supervision.urge(zhou, task.id, None, "请反馈", due)
    for actor, code in [(await people.handler("孙伟", "NY"), "not_found"), (zhou, "not_allowed")]:
        with pytest.raises(Refusal) as refused:
            await supervision.answer_urge(actor, task.id, None, "快了")
        assert refused.value.code == code
    head = await people.worker("梁股长", "section_head", department="SJ")
    await supervision.answer_urge(head, task.id, None, "本周内办结")


async def test_urging_several_says_what_was_left(db: str) -> None:
    li, wang, zhou = await people.citizen(), await people.clerk(), await lead()
    filed = [await people.accepted(li, wang, item) for item in ("SJ02", "SJ03", "SJ04")]
    found = [(await Task.get(case_id=case_id)).id for case_id in filed]
    due = await next_morning()
    await supervision.urge(zhou, found[0], None, "请反馈", due)
    urged = await supervision.urge_all(zhou, [*found, new_id()], "请反馈", due)
    assert urged.done == 2 and dict(urged.left) == {"urge_open": 1, "not_found": 1}
    with pytest.raises(Refusal) as refused:
        await supervision.urge_all(await people.handler(), found, "请反馈", due)
    assert refused.value.status == 403
    with pytest.raises(Refusal):
        await supervision.urge_all(zhou, [], "请反馈", due)


# ------------------------------------------------------------------ the sweep


async def nothing_waits_for_nobody() -> None:
    found = await sweep.orphans()
    assert (found.orphans, found.cases, found.tasks) == (0, [], [])


async def pass_all() -> None:
    """Turn every alarm due and perform it: as if years had gone by."""
    await execute("UPDATE alarm SET due_at = $1 WHERE done_at IS NULL", now() - timedelta(minutes=1))
    await perform_due()


async def test_a_case_walked_through_every_state_is_never_left_to_nobody(db: str) -> None:
    li, wang, zhao, chen = await people.citizen(), await people.clerk(), await people.handler(), await people.approver()
    case_id = await people.submitted(li, "SJ03", "SJ04")
    await nothing_waits_for_nobody()
    await cases.receive(wang, case_id)
    await nothing_waits_for_nobody()
    code = (await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready'", case_id))[0]["code"]
    await correction.notify(wang, case_id, None, [{"material_code": code, "defect": "看不清日期", "fix": "拍清楚再交"}])
    await nothing_waits_for_nobody()
    await lay_again(li, case_id, code)
    await correction.correct(li, case_id)
    await nothing_waits_for_nobody()
    await pass_all()  # nobody says anything in five days: deemed accepted
    assert (await Case.get(id=case_id)).state == "accepted"
    await nothing_waits_for_nobody()
    await pass_all()  # every step of the ladder, both limits
    await pass_all()
    assert await Alarm.filter(case_id=case_id, done_at=None).count() == 0
    await nothing_waits_for_nobody()
    for task in await Task.filter(case_id=case_id):
        await tasks.acknowledge(zhao, task.id)
        await nothing_waits_for_nobody()
        await tasks.advise(zhao, task.id, None, "granted", "经审查，符合条件")
        await nothing_waits_for_nobody()
        await tasks.decide(chen, task.id, None, "granted")
        await nothing_waits_for_nobody()
    assert (await Case.get(id=case_id)).state == "concluded"


async def lay_again(li: Actor, case_id: UUID, code: str) -> None:
    await drafts.lay(li, case_id, code, [await people.page(li)])


async def test_a_result_nobody_fetches_is_reminded_of_every_thirty_days(db: str) -> None:
    case_id = await people.concluded(
        await people.citizen(), await people.clerk(), await people.handler(), await people.approver(), "SJ03"
    )
    for _ in range(4):
        await pass_all()
        await nothing_waits_for_nobody()
    ahead = await Alarm.get(case_id=case_id, done_at=None)
    local_day = ahead.due_at.astimezone(SHANGHAI)
    assert ahead.verb == "remind_delivery" and local_day.hour == 8
    assert local_day.date() - now().astimezone(SHANGHAI).date() == timedelta(days=30)
    assert await Event.filter(case_id=case_id, verb="remind_delivery").count() >= 4


async def test_the_sweep_finds_what_has_no_owner_nothing_due_or_no_clock_and_tells(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    idle, clockless = await people.submitted(li, "SJ03"), await people.accepted(li, wang, "SJ04")
    await execute("UPDATE alarm SET done_at = now() WHERE case_id = $1", idle)
    await execute("UPDATE clock SET stopped_at = now() WHERE case_id = $1 AND task_id IS NOT NULL", clockless)
    found = await supervision.sweep_cases()
    assert found.orphans == 2
    assert [(one["id"], one["why"]) for one in found.cases] == [(str(idle), "没有下一个期限")]
    assert [(one["id"], one["why"]) for one in found.tasks] == [(str(clockless), "市监局：没有在走的期限")]
    assert (await Sweep.get()).orphans == 2
    told = await Outbox.get(audience="supervisor", dedupe_key__startswith="sweep:")
    assert "2 件没有人接" in Outbox.PAYLOAD.open_json(told.id, told.payload_sealed)["words"]


async def test_a_task_left_open_in_an_ended_case_is_found(db: str) -> None:
    task = await task_of()
    await execute("UPDATE cases SET state = 'withdrawn', owner = '' WHERE id = $1", task.case_id)
    found = await sweep.orphans()
    assert [one["why"] for one in found.tasks] == ["市监局：整件已经结束，这一项还开着"]


async def test_a_department_without_the_next_role_is_listed_apart(db: str) -> None:
    await people.accepted(await people.citizen(), await people.clerk(), "SJ03")
    found = await sweep.orphans()
    assert found.orphans == 0 and found.unmanned == [
        {"department": "SJ", "short": "市监局", "role": "审查人员", "n": 1}
    ]
    zhao = await people.handler()
    assert (await sweep.orphans()).unmanned == []
    await Staff.filter(id=zhao.id).update(disabled_at=now())
    assert (await sweep.orphans()).unmanned


async def test_the_sweep_is_not_for_everybody(db: str) -> None:
    with pytest.raises(Refusal) as refused:
        await sweep.orphans(await people.handler("孙伟", "NY"))
    assert refused.value.status == 403


# ------------------------------------------------------------------ the hours one may ask for


CLOSES = time(17, 30)


def test_hours_offered_begin_with_today_at_five_or_the_next_morning() -> None:
    days = Calendar((), [2026])
    noon = datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)
    assert ladder.offers(days, noon, CLOSES)[0] == noon.replace(hour=17)
    evening = noon.replace(hour=18)
    assert ladder.offers(days, evening, CLOSES)[0] == evening.replace(day=26, hour=10)
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=SHANGHAI)
    assert ladder.offers(days, friday, CLOSES)[0].date() == date(2026, 11, 30)
