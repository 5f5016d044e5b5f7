"""特别程序 and 延期: dates counted by hand from 2 November 2026, a Monday (10 working days: 16 November, 20: 30)."""

import asyncio
from collections.abc import Awaitable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import acceptance, alarms, by_clock, cases, drafts, special, tasks
from models.actions.drafts import Filing
from models.actions.step import locked_case, move_task
from models.base import SHANGHAI, Refusal, unit
from models.case import Alarm, Case, CaseItem, Clock, Event, Task
from models.outbox import Notification, Outbox
from models.paper import CaseMaterial
from models.reads import cases as reads
from models.rules.permits import SYSTEM, Actor
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database
REVIEW, HEARING = "专家评审", "听证"
DEPARTMENT = Actor("department", department="ZR", name="自然资源局系统")


def on(day: str, hour: str = "10:00:00") -> Any:
    return time_machine.travel(datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=SHANGHAI), tick=False)


async def refused(call: Awaitable[Any]) -> Refusal:
    with pytest.raises(Refusal) as found:
        await call
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.value.words)
    return found.value


async def accepted(*items: str, bundle: str = "") -> tuple[Actor, UUID, dict[str, Task]]:
    """李秀英's case, accepted on 2 November 2026; its tasks are with their departments and being examined."""
    li, wang = await people.citizen(), await people.clerk()
    with on("2026-11-02"):
        filing = Filing(list(items), bundle)
        id_ = await drafts.begin(li, filing, applicant={}, answers={}, form={}, hall="0001")
        record = await drafts.record_of(await Case.get(id=id_))
        await drafts.fill(li, id_, people.filled(record["form"]))
        for paper in await CaseMaterial.filter(case_id=id_).order_by("position"):
            if paper.need["photo"] and not paper.need["form"] and not paper.need["free"]:
                await drafts.lay(li, id_, paper.code, [await people.page(li)])
        await cases.submit(li, id_)
        await cases.receive(wang, id_)
        await acceptance.accept(wang, id_)
        found = {}
        for task in await Task.filter(case_id=id_).prefetch_related("case_item"):
            await tasks.acknowledge(await people.handler(department=task.department_id), task.id)
            found[task.case_item.code] = await Task.get(id=task.id)
    return li, id_, found


async def due(case_id: UUID, kind: str = "promise", task: Task | None = None) -> date:
    row = await Clock.get(case_id=case_id, task_id=task.id if task else None, kind=kind)
    found: date = row.due_on
    return found


async def dues(case_id: UUID, task: Task) -> list[str]:
    """Promise and law of the task, promise and law of the case."""
    return [
        (await due(case_id, kind, which)).isoformat() for which in (task, None) for kind in ("promise", "statutory")
    ]


async def told(account: Actor, kind: str) -> str:
    row = await Notification.filter(account_id=account.id, kind=kind).order_by("-id").first()
    return (Notification.WORDS.open(row.id, row.words_sealed) or "") if row else ""


# ------------------------------------------------------------------ suspended and resumed


async def test_a_review_stops_the_clocks_and_the_applicant_is_told_why(db: str) -> None:
    li, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    assert await dues(id_, task) == ["2026-11-16", "2026-11-30", "2026-11-16", "2026-11-30"]
    with on("2026-11-04"):
        await special.suspend(zhao, task.id, task.version, REVIEW, None, "方案要请专家看")
        seen = await reads.case(li, id_)
    # 15 working days from 4 November on are until 24 November; day 1 was 3 November
    assert await dues(id_, task) == ["2026-12-07", "2026-12-21", "2026-12-07", "2026-12-21"]
    promise = next(clock for clock in seen["clocks"] if clock["kind"] == "promise")
    assert (promise["state"], promise["light"]["word"]) == ("paused", "暂停计时")
    assert promise["words"] == "第1个工作日，共10个；专家评审，现在暂停计时；专家评审扣除15天；应于12月7日前办结"
    assert seen["tasks"][0]["state"] == "suspended" and seen["tasks"][0]["due_on"] == "2026-12-07"
    line = seen["timeline"][-1]
    assert line["words"] == "进入特别程序：专家评审，计划15个工作日，到11月24日为止，这几天不算时间"
    assert line["note"].splitlines() == [
        "程序：专家评审", "依据：行政许可法第45条", "由谁进行：翁源县自然资源局", "需要：15个工作日",
        "从11月4日起，计划到11月24日为止，这几天不算办理时间", "原因：方案要请专家看",
    ]  # fmt: skip
    title = (await Case.get(id=id_)).title
    assert await told(li, "case.suspended") == f"“{title}”要专家评审，大约15个工作日，这几天不算办理时间。"
    alarm = await Alarm.get(subject_id=task.id, verb="remind_suspension", done_at=None)
    assert alarm.due_at == datetime(2026, 11, 25, tzinfo=SHANGHAI)
    assert not await Alarm.filter(subject_id=task.id, done_at=None).exclude(id=alarm.id).exists()  # nobody is urged now


async def test_the_day_it_ends_is_the_last_one_left_out(db: str) -> None:
    li, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-04"):
        await special.suspend(zhao, task.id, None, REVIEW, None, "方案要请专家看")
    with on("2026-11-10", "09:00:00"):
        assert (await refused(special.resume(zhao, task.id, None, " "))).code == "reason_needed"
        await special.resume(zhao, task.id, None, "专家一致同意")
        seen = await reads.case(li, id_)
    # left out: 4, 5, 6, 9, 10 November
    assert await dues(id_, task) == ["2026-11-23", "2026-12-07", "2026-11-23", "2026-12-07"]
    assert seen["tasks"][0]["state"] == "examining" and seen["timeline"][-1]["note"] == "专家一致同意"
    assert seen["timeline"][-1]["words"] == "专家评审结束了，接着算时间，最晚11月23日办结"
    assert "最晚11月23日给您结果" in await told(li, "case.resumed")
    assert not await Alarm.filter(subject_id=task.id, verb="remind_suspension", done_at=None).exists()
    ladder = await Alarm.filter(subject_id=task.id, done_at=None, verb="escalate_section")
    assert [alarm.due_at for alarm in ladder] == [datetime(2026, 11, 23, 17, tzinfo=SHANGHAI)]
    with on("2026-11-11"):
        clock = next(c for c in (await reads.case(li, id_))["clocks"] if c["kind"] == "promise")
    assert clock["words"] == "第2个工作日，共10个；专家评审扣除5天；应于11月23日前办结"


async def test_pauses_of_one_task_never_overlap_and_one_not_begun_takes_nothing(db: str) -> None:
    _, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-04"):
        await special.suspend(zhao, task.id, None, REVIEW, 2, "方案要请专家看")
        await special.resume(zhao, task.id, None, "看过了")
        assert await dues(id_, task) == ["2026-11-17", "2026-12-01", "2026-11-17", "2026-12-01"]  # 4 November
        for _ in range(3):  # again and again on one day: not a date more
            await special.suspend(zhao, task.id, None, HEARING, 1, "当事人申请听证")
            await special.resume(zhao, task.id, None, "撤回了听证申请")
        assert await dues(id_, task) == ["2026-11-17", "2026-12-01", "2026-11-17", "2026-12-01"]
        await special.suspend(zhao, task.id, None, HEARING, 3, "当事人申请听证")
    held = (await Clock.get(task_id=task.id, kind="promise")).suspensions
    assert [(pause["first"], pause["last"], pause["open"]) for pause in held] == [
        ("2026-11-04", "2026-11-04", False), ("2026-11-05", "2026-11-09", True),
    ]  # fmt: skip
    with on("2026-11-05"):
        await special.resume(zhao, task.id, None, "听证开过了")
    assert await dues(id_, task) == ["2026-11-18", "2026-12-02", "2026-11-18", "2026-12-02"]  # 4 and 5 November


async def test_the_case_leaves_a_day_of_two_tasks_out_once(db: str) -> None:
    """4-6 November in one department, 5-9 in another: 4, 5, 6 and 9 November for the case."""
    li, id_, found = await accepted("ZR03", "SL02")
    first, second = found["ZR03"], found["SL02"]
    ours, theirs = await people.handler(department="ZR"), await people.handler(department="SL")
    with on("2026-11-04"):
        await special.suspend(ours, first.id, None, REVIEW, 3, "方案要请专家看")
    with on("2026-11-05"):
        await special.suspend(theirs, second.id, None, "专家评审（技术评审）", 3, "要技术评审")
    expected = [date(2026, 11, 19), date(2026, 11, 16), date(2026, 11, 20)]
    assert [await due(id_, "promise", which) for which in (first, second, None)] == expected
    with on("2026-11-06"):
        await special.resume(ours, first.id, None, "看过了")
    with on("2026-11-09"):
        await special.resume(theirs, second.id, None, "评审通过")
    assert [await due(id_, "promise", which) for which in (first, second, None)] == expected
    item = await CaseItem.get(case_id=id_, code="SL02")  # of several, the one that goes on is named
    assert (await told(li, "case.resumed")).startswith(f"“{item.name}”的专家评审（技术评审）结束了")


async def test_a_pause_that_runs_over_its_plan_is_never_overdue(db: str) -> None:
    """Planned for 13 November alone, with the promise due on the 17th; ended on 20 November."""
    li, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-13"):
        await special.suspend(zhao, task.id, None, REVIEW, 1, "方案要请专家看")
    assert await due(id_) == date(2026, 11, 17)
    with on("2026-11-14", "00:00:01"):
        await perform_due()
        await perform_due()
    assert await Event.filter(case_id=id_, verb="remind_suspension").count() == 1
    desk = [row.audience for row in await Outbox.filter(subject_id=id_, topic="desk").order_by("-id").limit(2)]
    assert set(desk) == {"department:ZR", "supervisor"}
    with on("2026-11-18", "00:00:01"):  # the promise would have ended at midnight
        await perform_due()
        await perform_due()
        seen = await reads.case(li, id_)
    promise = next(clock for clock in seen["clocks"] if clock["kind"] == "promise")
    assert (promise["state"], promise["due_on"]) == ("paused", "2026-11-20")  # left out: 13, 16, 17, 18
    assert "现在暂停计时" in promise["words"] and "应于11月20日前办结" in promise["words"]
    with on("2026-11-21", "00:00:01"):  # five working days later it is said again
        await perform_due()
    assert await Event.filter(case_id=id_, verb="remind_suspension").count() == 2
    with on("2026-11-23"):
        await special.resume(zhao, task.id, None, "看过了")
    # left out: 13, 16-20, 23 November; days 9 and 10 are 24 and 25 November
    assert await dues(id_, task) == ["2026-11-25", "2026-12-09", "2026-11-25", "2026-12-09"]
    assert not await Event.filter(case_id=id_, verb__startswith="overdue").exists()
    assert not await Event.filter(case_id=id_, verb__startswith="escalate").exists()


async def test_a_step_of_the_ladder_speaks_once(db: str) -> None:
    """Late on 17 November, suspended on the 18th, resumed on the 19th: nobody is told a second time."""
    _, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-17", "11:00:00"):
        await perform_due()
    steps = ["remind_handler", "escalate_section", "escalate_head", "escalate_centre", "overdue_promise"]
    before = {verb: await Event.filter(case_id=id_, verb=verb).count() for verb in steps}
    assert before == dict.fromkeys(steps, 1)
    with on("2026-11-18"):
        await special.suspend(zhao, task.id, None, REVIEW, 1, "方案要请专家看")
    with on("2026-11-19"):
        await special.resume(zhao, task.id, None, "看过了")
        await perform_due()
    assert {verb: await Event.filter(case_id=id_, verb=verb).count() for verb in steps} == before
    with on("2026-12-03"):  # the law's 20 days, two left out, ended on 2 December: said once as well
        await perform_due()
        await perform_due()
    assert await Event.filter(case_id=id_, verb="overdue_statutory").count() == 2  # of the task and of the case


async def test_a_task_that_falls_away_while_suspended_lets_the_case_go_on(db: str) -> None:
    _, id_, found = await accepted("ZR03", "SL02")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-04"):
        await special.suspend(zhao, task.id, None, REVIEW, 10, "方案要请专家看")

    async def gone() -> None:
        case = await Case.get(id=id_)
        await move_task(SYSTEM, case, await Task.get(id=task.id), "drop")

    with on("2026-11-05"):
        await unit(gone)
    row = await Clock.get(case_id=id_, task_id=None, kind="promise")
    assert [pause["open"] for pause in row.suspensions] == [False]
    assert row.due_on == date(2026, 11, 18)  # 4 and 5 November were left out
    assert not await Alarm.filter(subject_id=task.id, done_at=None).exists()


# ------------------------------------------------------------------ refused


async def test_only_what_the_item_lists_and_no_longer_than_it_says(db: str) -> None:
    _, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    unknown = await refused(special.suspend(zhao, task.id, None, "招标", 3, "要招标"))
    assert unknown.code == "unknown_procedure" and "听证、专家评审" in unknown.words
    assert (await refused(special.suspend(zhao, task.id, None, REVIEW, 16, "要久一点"))).code == "planned_too_long"
    assert (await refused(special.suspend(zhao, task.id, None, REVIEW, 0, "要久一点"))).code == "planned_too_long"
    assert (await refused(special.suspend(zhao, task.id, None, REVIEW, 3, "。"))).code == "reason_needed"
    assert (await refused(special.suspend(zhao, task.id, 99, REVIEW, 3, "请专家看"))).code == "stale_version"
    assert (await refused(special.resume(zhao, task.id, None, "没有停过"))).code == "state_changed"
    assert (await Task.get(id=task.id)).state == "examining" and not await Event.filter(verb="suspend").exists()


async def test_what_does_not_stop_the_clock_stops_nothing(db: str) -> None:
    """公示 is unsure in law for this item: the clock runs on."""
    _, id_, found = await accepted("CL01")
    task, zhao = found["CL01"], await people.handler(department="CL")
    kept = await refused(special.suspend(zhao, task.id, None, "公示", 5, "要公示"))
    assert kept.code == "procedure_keeps_clock" and "公示" in kept.words
    assert (await Clock.get(task_id=task.id, kind="promise")).suspensions == []


async def test_an_open_number_of_days_must_be_planned(db: str) -> None:
    """取水许可: a dispute stops it for as long as it takes; natural days."""
    _, id_, found = await accepted("SL01")
    task, zhao = found["SL01"], await people.handler(department="SL")
    with on("2026-11-04"):
        needed = await refused(special.suspend(zhao, task.id, None, "中止：争议或诉讼", None, "有人起诉"))
        assert needed.code == "planned_days_needed"
        assert (await refused(special.suspend(zhao, task.id, None, "中止：争议或诉讼", 366, "起诉"))).code == (
            "planned_too_long"
        )
        await special.suspend(zhao, task.id, None, "中止：争议或诉讼", 60, "有人起诉")
    held = (await Clock.get(task_id=task.id, kind="promise")).suspensions
    assert (held[0]["first"], held[0]["last"]) == ("2026-11-04", "2027-01-02")  # 60 natural days


@pytest.mark.parametrize("verb", ["suspend", "resume", "extend", "extend_case"])
async def test_others_do_not_find_it(db: str, verb: str) -> None:
    """孙伟 of another department, its system, and another citizen: the same answer as for nothing."""
    _, id_, found = await accepted("ZR03")
    task = found["ZR03"]
    if verb == "resume":
        await special.suspend(DEPARTMENT, task.id, None, REVIEW, 3, "请专家看")
    calls: dict[str, Any] = {
        "suspend": lambda who: special.suspend(who, task.id, None, REVIEW, 3, "请专家看"),
        "resume": lambda who: special.resume(who, task.id, None, "看过了"),
        "extend": lambda who: special.extend(who, task.id, None, 5, "情况复杂"),
        "extend_case": lambda who: special.extend_case(who, id_, None, 5, "情况复杂"),
    }
    sun = await people.worker("孙伟", "handler", "approver", "section_head", department="SJ")
    other = await people.citizen("孙大伟", people.SUN_ID, "13900000002")
    foreign = Actor("department", department="SJ", name="别的系统")
    before = await Event.filter(case_id=id_).count()
    for who in (sun, other, foreign):
        assert (await refused(calls[verb](who))).code == "not_found"
    assert await Event.filter(case_id=id_).count() == before
    wrong_post = people.handler if verb.startswith("extend") else people.approver
    told_no = await refused(calls[verb](await wrong_post(department="ZR")))
    assert told_no.code == ("not_found" if verb == "extend_case" else "not_allowed")


async def test_a_departments_own_system_suspends_and_resumes(db: str) -> None:
    _, id_, found = await accepted("ZR03")
    task = found["ZR03"]
    await special.suspend(DEPARTMENT, task.id, task.version, HEARING, 5, "当事人申请听证")
    assert (await Task.get(id=task.id)).state == "suspended"
    await special.resume(DEPARTMENT, task.id, None, "听证开过了")
    assert (await Task.get(id=task.id)).state == "examining"
    assert (await refused(special.extend(DEPARTMENT, task.id, None, 5, "情况复杂"))).code == "not_allowed"


# ------------------------------------------------------------------ extended


async def test_the_head_extends_once_and_the_applicant_reads_why(db: str) -> None:
    li, id_, found = await accepted("ZR03")
    task, chen = found["ZR03"], await people.approver(department="ZR")
    with on("2026-11-05"):
        assert (await refused(special.extend(chen, task.id, None, 11, "情况复杂"))).code == "extension_too_long"
        assert (await refused(special.extend(chen, task.id, None, 0, "情况复杂"))).code == "extension_too_long"
        assert (await refused(special.extend(chen, task.id, None, 5, " "))).code == "reason_needed"
        await special.extend(chen, task.id, task.version, 10, "日照分析还要复核")
        seen = await reads.case(li, id_)
    # 20 working days: 30 November; 30: 14 December
    assert await dues(id_, task) == ["2026-11-30", "2026-12-14", "2026-11-30", "2026-12-14"]
    assert seen["timeline"][-1]["note"] == "日照分析还要复核"
    assert seen["timeline"][-1]["words"] == "经负责人批准，延长10个工作日，最晚11月30日办结"
    title = (await Case.get(id=id_)).title
    assert await told(li, "case.extended") == f"“{title}”经批准延长10个工作日，最晚11月30日给您结果。原因在办件里看。"
    promise = next(clock for clock in seen["clocks"] if clock["kind"] == "promise")
    assert promise["words"] == "第3个工作日，共20个；经批准延长10个工作日；应于11月30日前办结"
    assert (await refused(special.extend(chen, task.id, None, 1, "再延一天"))).code == "extension_used"
    assert await dues(id_, task) == ["2026-11-30", "2026-12-14", "2026-11-30", "2026-12-14"]


async def test_no_extension_after_the_law_s_last_day(db: str) -> None:
    _, id_, found = await accepted("ZR03")
    task, chen = found["ZR03"], await people.approver(department="ZR")
    with on("2026-12-01"):
        assert (await refused(special.extend(chen, task.id, None, 5, "情况复杂"))).code == "extension_too_late"
    with on("2026-11-30", "23:59:00"):
        await special.extend(chen, task.id, None, 5, "情况复杂")
    assert (await due(id_, "statutory", task)) == date(2026, 12, 7)


async def test_an_item_without_an_extension_has_none(db: str) -> None:
    _, _, found = await accepted("SL01")
    chen = await people.approver(department="SL")
    assert (await refused(special.extend(chen, found["SL01"].id, None, 5, "情况复杂"))).code == "no_extension"


async def test_an_extension_while_suspended_urges_nobody(db: str) -> None:
    _, id_, found = await accepted("ZR03")
    task, zhao, chen = found["ZR03"], await people.handler(department="ZR"), await people.approver(department="ZR")
    with on("2026-11-04"):
        await special.suspend(zhao, task.id, None, REVIEW, 2, "方案要请专家看")
    with on("2026-11-05"):
        await special.extend(chen, task.id, None, 5, "情况复杂")
        assert [row.verb for row in await Alarm.filter(subject_id=task.id, done_at=None)] == ["remind_suspension"]
        await special.resume(zhao, task.id, None, "看过了")
    # 15 days and 2 left out: 25 November
    assert await dues(id_, task) == ["2026-11-25", "2026-12-09", "2026-11-25", "2026-12-09"]
    assert await Alarm.filter(subject_id=task.id, done_at=None, verb="remind_handler").count() == 1


async def test_an_extension_in_natural_days_reaches_as_far_over_the_promise(db: str) -> None:
    """居民身份证补领: by law 60 natural days and 30 more; the promise of 15 working days moves on by the same span."""
    _, id_, found = await accepted("GA01")
    task, chen = found["GA01"], await people.approver(department="GA")
    assert await dues(id_, task) == ["2026-11-23", "2027-01-01", "2026-11-23", "2027-01-01"]
    with on("2026-11-10"):
        await special.extend(chen, task.id, None, 30, "交通不便")
    # 30 days after 23 November is 23 December, 22 working days on; day 90 is Sunday 31 January
    assert await dues(id_, task) == ["2026-12-23", "2027-02-01", "2026-12-23", "2027-02-01"]
    assert (await Clock.get(task_id=task.id, kind="promise")).extension_days == 22


async def test_a_case_of_several_items_follows_only_as_far_as_it_must(db: str) -> None:
    """Not a bundle: the shorter item, lengthened, stays inside the longer one's time; the longer one moves the case."""
    _, id_, found = await accepted("ZR03", "SL02")
    with on("2026-11-05"):
        head = await people.approver(department="SL")
        await special.extend(head, found["SL02"].id, None, 3, "情况复杂")
    assert await due(id_, "promise", found["SL02"]) == date(2026, 11, 16) == await due(id_)  # 7 + 3 of 10
    with on("2026-11-05"):
        await special.extend(await people.approver(department="ZR"), found["ZR03"].id, None, 4, "情况复杂")
    assert await due(id_, "promise", found["ZR03"]) == date(2026, 11, 20) == await due(id_)


async def test_a_child_stays_inside_the_whole_until_the_county_lengthens_it(db: str) -> None:
    """开办餐饮店: food licence 6 days inside 10; the whole by law 45, and 15 more by the county's head."""
    li, id_, found = await accepted("SJ03", "YC01", bundle="B02")
    food, chen, head = found["SJ03"], await people.approver(), await people.worker("周县长", "county_head")
    assert await dues(id_, food) == ["2026-11-10", "2026-11-16", "2026-11-16", "2027-01-04"]
    with on("2026-11-05"):
        over = await refused(special.extend(chen, food.id, None, 5, "情况复杂"))
        assert over.code == "joint_limit" and "县政府负责人" in over.words and "11月16日" in over.words
        assert (await refused(special.extend_case(head, id_, None, 16, "情况复杂"))).code == "extension_too_long"
        assert (await refused(special.extend_case(chen, id_, None, 5, "情况复杂"))).code == "not_found"
        lead = await people.worker("刘主任", "supervisor")
        assert (await refused(special.extend_case(lead, id_, None, 5, "情况复杂"))).code == "not_allowed"
        await special.extend_case(head, id_, (await Case.get(id=id_)).version, 15, "要合并现场核查")
        assert (await refused(special.extend_case(head, id_, None, 1, "再延"))).code == "extension_used"
        assert await dues(id_, food) == ["2026-11-10", "2026-11-16", "2026-12-07", "2027-01-25"]
        await special.extend(chen, food.id, None, 5, "情况复杂")
    assert await dues(id_, food) == ["2026-11-17", "2026-11-23", "2026-12-07", "2027-01-25"]
    line = next(event for event in (await reads.case(li, id_))["timeline"] if event["verb"] == "extend")
    assert (line["words"], line["note"]) == ("经县政府负责人批准，延长15个工作日，最晚12月7日办结", "要合并现场核查")
    item = await CaseItem.get(case_id=id_, code="SJ03")
    assert f"“{item.name}”经批准延长5个工作日，最晚11月17日" in await told(li, "case.extended")
    assert await Notification.filter(case_id=id_, kind="case.extended").count() == 2


async def test_only_a_joint_case_is_for_the_countys_head(db: str) -> None:
    _, id_, _ = await accepted("ZR03")
    head = await people.worker("周县长", "county_head")
    assert (await refused(special.extend_case(head, id_, None, 5, "情况复杂"))).code == "not_joint"


async def test_two_at_once_extend_once(db: str, together: Any) -> None:
    _, id_, found = await accepted("ZR03")
    task, chen = found["ZR03"], await people.approver(department="ZR")
    with on("2026-11-05"):
        results = await together(*(special.extend(chen, task.id, None, 5, "情况复杂") for _ in range(6)))
    assert [result for result in results if result is None] == [None]
    assert {result.code for result in results if result} == {"extension_used"}
    assert (await due(id_, "promise", task)) == date(2026, 11, 23)


async def test_a_person_and_the_clock_at_one_moment_wait_for_each_other(db: str, together: Any) -> None:
    """The promise's alarm comes in the second somebody ends the pause: both are done, neither is thrown out."""
    _, id_, found = await accepted("ZR03")
    task, zhao = found["ZR03"], await people.handler(department="ZR")
    with on("2026-11-13"):
        await special.suspend(zhao, task.id, None, REVIEW, 1, "方案要请专家看")
    alarm = await Alarm.get(case_id=id_, task_id=None, verb="overdue_promise", done_at=None)
    due_now = next(each for each in await _due_at("2026-11-18", "00:00:01") if each.id == alarm.id)
    held, go = asyncio.Event(), asyncio.Event()

    async def person() -> None:
        async def body() -> None:
            await locked_case(id_)
            held.set()
            await go.wait()
            await special.resume(zhao, task.id, None, "看过了")

        await unit(body)

    async def clock() -> None:
        await held.wait()
        asyncio.get_running_loop().call_later(0.3, go.set)
        await alarms.perform(alarm.id, partial(by_clock.perform, due_now))

    with on("2026-11-18", "00:00:01"):
        assert await together(person(), clock()) == [None, None]
    assert not await Event.filter(case_id=id_, verb="overdue_promise").exists()
    assert (await Task.get(id=task.id)).state == "examining"
    assert await due(id_) == date(2026, 11, 20)  # 13, 16, 17 and 18 November were left out


async def _due_at(day: str, hour: str) -> list[alarms.Due]:
    with on(day, hour):
        return await alarms.due(50)
