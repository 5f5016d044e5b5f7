"""一站咨询, 预介入 and 绿色通道: help before any case starts no clock; who may give it, and who hears of it (R43)."""

from datetime import timedelta

import pytest

from models.actions import projects
from models.base import today
from models.case import Alarm, Case, Clock
from models.outbox import Notification, Outbox
from models.project import Guidance, Project
from models.reads import projects as reads
from tests import people
from tests.actions.people import refused
from tests.actions.test_projects import CODE, accepted, file, registered

pytestmark = pytest.mark.database


async def test_early_guidance_starts_no_clock(db: str) -> None:
    """一站咨询 and 预介入 (R43): no case, no clock, no alarm; the department hears of it, the owner of the answer."""
    li, wang = await people.citizen(), await people.clerk()
    project = await registered(li)
    asked = await projects.ask(li, CODE, "环评做报告表还是登记表？", "HB01")
    general = await projects.ask(li, CODE, "地还没拍下来，可以先办什么？")
    rong = await people.handler("吴蓉", "HB")
    day = today() + timedelta(days=3)
    visit = await projects.plan_visit(rong, project.id, "HB", "HB01", day, "看排水口的位置，请带总平面图")
    assert [one["id"] for one in await reads.guidance_inbox(rong)] == [str(asked), str(visit)]
    assert len(await reads.guidance_inbox(wang)) == 3
    assert await reads.guidance_inbox(await people.handler("赵强", "SJ")) == []
    await projects.answer(rong, asked, "做报告表，范本在大厅领")
    await projects.answer(wang, general, "可以先做水土保持方案")
    assert (await refused(projects.answer(rong, asked, "再答一次"))).code == "guidance_done"
    shown = (await reads.whole(li, CODE))["guidance"]
    assert [(one["kind"], one["state"], one["department"]) for one in shown] == [
        ("question", "done", "HB"), ("question", "done", None), ("visit", "open", "HB"),
    ]  # fmt: skip
    assert shown[0]["answer"] == "做报告表，范本在大厅领" and shown[2]["planned_on"] == day.isoformat()
    assert not await Clock.all().exists() and not await Alarm.all().exists() and not await Case.all().exists()
    told = await Notification.filter(account_id=li.id).order_by("created_at")
    assert [(one.kind, one.case_id) for one in told] == [
        ("project.visit", None), ("project.answered", None), ("project.answered", None),
    ]  # fmt: skip
    words = [Notification.WORDS.open(one.id, one.words_sealed) or "" for one in told]
    assert "生态环境分局" in words[0] and words[2] == "“兰花冷链分拣中心”：县中心答复了，在项目里看。"
    desk = {one.audience for one in await Outbox.filter(topic="desk")}
    assert desk == {"department:HB", "hall:0001"}
    pushed = await Outbox.filter(topic="wechat")
    assert len(pushed) == 3 and {one.class_ for one in pushed} == {"nice"}
    stored = await Guidance.get(id=asked)
    assert "报告表" not in stored.question_sealed and "报告表" not in str(stored.answer_sealed)


async def test_who_may_guide(db: str) -> None:
    li, sun = await people.citizen(), await people.worker("孙伟", "handler", department="MZ")
    project = await registered(li)
    asked = await projects.ask(li, CODE, "环评做报告表还是登记表？", "HB01")
    rong = await people.handler("吴蓉", "HB")
    day = today() + timedelta(days=3)
    assert (await refused(projects.answer(sun, asked, "我来答"))).code == "not_found"
    assert (await refused(projects.plan_visit(sun, project.id, "MZ", "", day, "去看看"))).code == "not_found"
    assert (await refused(projects.plan_visit(rong, project.id, "SL", "", day, "去看看"))).code == "not_found"
    for call, code in (
        (projects.ask(li, CODE, " "), "question_needed"),
        (projects.ask(li, CODE, "先办什么？", "SJ03"), "not_in_bundle"),
        (projects.plan_visit(rong, project.id, "HB", "HB01", day, ""), "words_needed"),
        (projects.plan_visit(rong, project.id, "HB", "HB01", today() - timedelta(days=1), "去看看"), "bad_visit_day"),
        (projects.plan_visit(rong, project.id, "SL", "HB01", day, "去看看"), "not_in_bundle"),
        (projects.plan_visit(await people.clerk(), project.id, "QQ", "", day, "去看看"), "unknown_department"),
        (projects.answer(rong, asked, "好"), "answer_needed"),
        (projects.plan_visit(li, project.id, "HB", "", day, "去看看"), "role_not_allowed"),
    ):
        assert (await refused(call)).code == code


async def test_the_green_way_marks_the_project_and_its_cases(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    id_ = await accepted(li, wang, "FG01")
    lin = await people.worker("林督办", "supervisor")
    assert (await refused(projects.green(wang, CODE, True, "省重点项目"))).code == "role_not_allowed"
    assert (await refused(projects.green(lin, CODE, True, " "))).code == "reason_needed"
    await projects.green(lin, CODE, True, "省重点项目")
    assert (await Case.get(id=id_)).green and (await reads.whole(li, CODE))["green"]
    later = await file(li, "HB01")
    assert (await Case.get(id=later)).green
    [seen] = await reads.board(lin)
    assert seen["green"] and seen["green_reason"] == "省重点项目" and (seen["all"], seen["done"]) == (7, 0)
    await projects.green(lin, CODE, False, "项目调整")
    assert not (await Case.get(id=id_)).green and not (await Project.get(code=CODE)).green
    assert (await refused(reads.board(await people.handler()))).code == "role_not_allowed"
