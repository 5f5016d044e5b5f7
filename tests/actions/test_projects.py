"""A project under its code: one road over several cases, early guidance without a clock, and who may see it (R43)."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import cases, correction, drafts, projects, special, tasks
from models.actions.drafts import Filing
from models.actions.projects import NewProject
from models.base import SHANGHAI, new_id
from models.case import Case, CaseItem, Clock, Event, Result
from models.outbox import Notification
from models.paper import CaseMaterial
from models.people import Membership, Organisation
from models.project import Project
from models.reads import projects as reads
from models.reads.standings import there
from models.rules.permits import Actor
from tests import people
from tests.actions.people import refused
from tests.actions.test_bundles import accept, decide, filled_in, states, task_of
from workers.alarms import perform_due

pytestmark = pytest.mark.database

CODE = "2609-440229-04-01-68315X"


async def registered(owner: Actor, kind: str = "filing", skipped: tuple[str, ...] = ("SL01", "ZJ02")) -> Project:
    """兰花冷链分拣中心 of 李秀英's company."""
    firm = await Organisation.create(id=new_id(), uscc="91440229MA4UWQ8C5E", name="兰香农业有限公司")
    await Membership.create(account_id=owner.id, organisation_id=firm.id, role="legal")
    new = NewProject(CODE.lower(), "兰花冷链分拣中心", kind, firm.id, list(skipped))
    assert await projects.register(owner, new) == CODE
    return await Project.get(code=CODE)


async def file(owner: Actor, *items: str) -> UUID:
    filing = Filing(list(items), project=CODE)
    return await filled_in(owner, await drafts.begin(owner, filing, applicant={}, answers={}, form={}, hall="0001"))


async def accepted(owner: Actor, window: Actor, *items: str) -> UUID:
    id_ = await file(owner, *items)
    await accept(owner, window, id_)
    return id_


async def row(owner: Actor, item: str) -> dict[str, Any]:
    seen = await reads.whole(owner, CODE)
    return next(each for stage in seen["stages"] for each in stage["rows"] if each["item"] == item)


async def after(case_id: UUID, item: str) -> list[str]:
    found: list[str] = (await CaseItem.get(case_id=case_id, code=item)).after
    return found


# ------------------------------------------------------------------ registering


async def test_registering(db: str) -> None:
    li, sun = await people.citizen(), await people.citizen("孙伟", people.SUN_ID, "13800000002")
    project = await registered(li)
    assert (project.bundle_code, project.skipped) == ("B05", ["SL01", "ZJ02"])
    again = NewProject(CODE, "另一个名字")
    assert await projects.register(li, again) == CODE and await Project.all().count() == 1
    assert (await refused(projects.register(sun, again))).code == "project_taken"
    nameless = Actor("citizen", id=li.id, assurance="phone")
    other = "2609-440229-04-01-683151"
    assert (await refused(projects.register(nameless, NewProject(other, "某项目")))).code == "real_name_needed"
    for new, code in (
        (NewProject("2613-440229-04-01-683151", "某项目"), "bad_project_code"),
        (NewProject(other, "某"), "bad_project_name"),
        (NewProject(other, "某项目", "gift"), "unknown_kind"),
        (NewProject(other, "某项目", skipped=["ZR03"]), "not_optional"),
        (NewProject(other, "某项目", organisation_id=new_id()), "applicant_not_allowed"),
    ):
        assert (await refused(projects.register(li, new))).code == code
    foreign = NewProject(other, "某项目", organisation_id=project.organisation_id)
    assert (await refused(projects.register(sun, foreign))).code == "applicant_not_allowed"


async def test_two_at_once_get_one_project(db: str) -> None:
    li = await people.citizen()
    new = NewProject(CODE, "兰花冷链分拣中心")
    found = await asyncio.gather(*(projects.register(li, new) for _ in range(8)))
    assert set(found) == {CODE} and await Project.all().count() == 1


async def test_who_may_see_it(db: str) -> None:
    li, sun = await people.citizen(), await people.citizen("孙伟", people.SUN_ID, "13800000002")
    project = await registered(li)
    key = (await reads.whole(li, CODE))["query_key"]
    assert key and len(key) == 6
    for actor in (sun, Actor("anonymous"), await people.worker("孙伟", "handler", department="MZ")):
        assert (await refused(reads.whole(actor, CODE))).code == "not_found"
        assert (await refused(reads.whole(actor, CODE, "WRONG1"))).code == "not_found"
        assert (await refused(reads.checklist(actor, CODE))).code == "not_found"
    assert (await refused(projects.ask(sun, CODE, "能不能先看看图纸"))).code == "not_found"
    assert (await refused(reads.whole(li, "2609-440229-04-01-683151"))).code == "not_found"
    await file(li, "FG01")
    shown = await reads.whole(sun, CODE, f" {key.lower()} ")
    assert shown["query_key"] is None and shown["guidance"] == [] and shown["next"]["action"] == "none"
    text = str(shown)
    assert "李秀英" not in text and str(project.account_id) not in text
    rows = [each for stage in shown["stages"] for each in stage["rows"]]
    assert {each["case_id"] for each in rows} == {None} and not any(each["can_file"] for each in rows)
    assert rows[0]["state"] == "none"  # a draft is its owner's alone
    for inside in (
        await people.clerk(),
        await people.handler(department="HB"),
        await people.worker("周督", "supervisor"),
    ):
        assert (await reads.whole(inside, CODE))["id"] == str(project.id)
    assert await reads.mine(sun) == {"items": []}


# ------------------------------------------------------------------ one road over several cases


async def test_from_nothing_to_the_permit(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    seen = await reads.whole(li, CODE)
    assert (seen["all"], seen["done"]) == (7, 0) and seen["organisation"]["name"] == "兰香农业有限公司"
    assert [stage["title"] for stage in seen["stages"]] == ["立项", "先办这 1 件", "这 4 件同时办", "开工"]
    assert [stage["n"] for stage in seen["stages"]] == ["一", "二", "三", "四"]
    assert seen["next"]["action"] == "file" and seen["next"]["words"] == "去办：项目备案"
    assert (await row(li, "ZJ01"))["words"] == "上面 4 件办好就办"
    assert seen["earliest"]["words"].startswith("最快") and seen["earliest"]["words"].endswith("能开工")
    first = await accepted(li, wang, "FG01")
    case = await Case.get(id=first)
    assert case.applicant_kind == "organisation"  # in the name the project was registered for
    assert (await row(li, "ZR02"))["can_file"] and (await row(li, "HB01"))["can_file"]
    assert not (await row(li, "ZR03"))["can_file"]
    await decide(first, "FG01")
    assert (await row(li, "FG01"))["words"].startswith("已同意 ")
    second = await accepted(li, wang, "ZR02", "HB01", "SL02")
    assert set((await states(second)).values()) == {"assigned"}
    third = await accepted(li, wang, "ZR03", "ZJ03", "ZJ01")
    assert set((await states(third)).values()) == {"waiting"}
    await decide(second, "ZR02")
    assert (await states(third))["ZR03"] == (await states(third))["ZJ03"] == "assigned"
    assert await Clock.filter(case_id=third, kind="promise").exclude(task_id=None).count() == 2
    for case_id, item in ((second, "HB01"), (second, "SL02"), (third, "ZR03")):
        await decide(case_id, item)
    assert (await states(third))["ZJ01"] == "waiting"
    await decide(third, "ZJ03")
    assert (await states(third))["ZJ01"] == "assigned"
    await decide(third, "ZJ01")
    seen = await reads.whole(li, CODE)
    assert seen["done"] == 7 and seen["earliest"] is None and seen["next"]["action"] == "none"
    result = await Result.filter(case_id=third).first()
    assert result
    await cases.shelve(wang, third, None, result.id, "B-07")
    step = (await reads.whole(li, CODE))["next"]
    assert step["action"] == "collect" and step["case_id"] == str(third)


async def test_approval_has_its_two_prerequisites(db: str) -> None:
    """S29: 规划选址 and 用地预审 come before 核准, and nothing else does."""
    li, wang = await people.citizen(), await people.clerk()
    await registered(li, "approval")
    assert (await refused(file(li, "FG01"))).code == "not_in_bundle"
    assert not (await row(li, "FG02"))["can_file"] and (await row(li, "ZR01"))["can_file"]
    first = await accepted(li, wang, "ZR01", "FG02")
    assert await states(first) == {"ZR01": "assigned", "FG02": "waiting"}
    assert "C19" not in [m.code for m in await CaseMaterial.filter(case_id=first)]  # ZR01 brings it forth
    await decide(first, "ZR01")
    assert (await states(first))["FG02"] == "assigned"
    assert [step for stage in (await reads.whole(li, CODE))["stages"][:1] for step in stage["steps"]] == [1, 1]


async def test_a_second_case_waits_for_the_first_and_is_released_by_its_grant(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    first = await accepted(li, wang, "FG01", "ZR02")
    second = await accepted(li, wang, "ZR03")
    assert await after(second, "ZR03") == ["ZR02"] and await states(second) == {"ZR03": "waiting"}
    assert (await row(li, "ZR03"))["words"] == "用地规划许可办好就办"
    assert not {"C20", "C18"} & {m.code for m in await CaseMaterial.filter(case_id=second)}
    await decide(first, "FG01")
    assert await states(second) == {"ZR03": "waiting"}
    await decide(first, "ZR02")
    assert await states(second) == {"ZR03": "assigned"}


async def test_a_case_that_only_waits_is_late_with_nothing(db: str) -> None:
    """工程规划许可 waits four weeks for 用地规划许可 of another case: no overdue mark, and then its whole ten days."""
    li, wang = await people.citizen(), await people.clerk()
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=SHANGHAI), tick=False) as clockwork:
        await registered(li)
        first = await accepted(li, wang, "FG01", "ZR02")
        second = await accepted(li, wang, "ZR03")
        await decide(first, "FG01")
        for day in range(3, 31):
            clockwork.move_to(datetime(2026, 3, day, 9, tzinfo=SHANGHAI))
            await perform_due()
        assert not await Event.filter(case_id=second, verb__startswith="overdue").exists()
        await decide(first, "ZR02")
        child = await Clock.get(case_id=second, kind="promise", task_id__isnull=False)
        assert (child.started_on.isoformat(), child.due_on.isoformat()) == ("2026-03-30", "2026-04-14")
        whole = {row.kind: row for row in await Clock.filter(case_id=second, task_id=None, stopped_at=None)}
        assert whole["promise"].due_on == child.due_on
        assert await Event.filter(case_id=first, verb="overdue_promise").exists(), "the case that made it wait is late"


async def test_a_prerequisite_filed_after_is_waited_for_at_acceptance(db: str) -> None:
    """What counts is what is on the way when a case is accepted, not when its draft was begun."""
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    later = await file(li, "ZR03")
    assert await after(later, "ZR03") == []
    await accepted(li, wang, "ZR02")
    await accept(li, wang, later)
    assert await after(later, "ZR03") == ["ZR02"] and await states(later) == {"ZR03": "waiting"}


@pytest.mark.parametrize("how", ["refused", "withdrawn", "not accepted", "withdrawn before acceptance"])
async def test_what_waits_in_other_cases_falls_with_what_it_waited_for(db: str, how: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    first = await file(li, "ZR02")
    if how in ("refused", "withdrawn"):
        await accept(li, wang, first)
    else:
        await cases.submit(li, first)
    second = await accepted(li, wang, "ZR03", "HB01")
    third = await accepted(li, wang, "ZJ01")
    assert (await states(second))["ZR03"] == "waiting" and await states(third) == {"ZJ01": "waiting"}
    if how == "refused":
        await decide(first, "ZR02", "refused", "不符合国土空间规划")
    elif how == "not accepted":
        await cases.refuse(wang, first, None, "不属于本机关职权范围")
    else:
        await cases.withdraw(li, first)
    assert await states(second) == {"ZR03": "cancelled", "HB01": "assigned"}
    assert await states(third) == {"ZJ01": "cancelled"}  # from case to case
    assert (await Case.get(id=third)).state == "returned" and (await Case.get(id=second)).state == "accepted"
    told = [
        Notification.WORDS.open(n.id, n.words_sealed) or ""
        for n in await Notification.filter(account_id=li.id, kind="case.part_fallen").order_by("created_at")
    ]
    assert await Notification.filter(account_id=li.id, kind="case.closed", case_id=third).count() == 1
    why = {"refused": "没有同意", "not accepted": "没有受理"}.get(how, "撤回了")
    assert len(told) == 2 and all("建设用地规划许可证核发" in words and why in words for words in told)
    assert (await row(li, "ZR02"))["can_file"] or (await row(li, "FG01"))["state"] == "none"
    again = await file(li, "ZR03")  # may be filed anew, and no longer waits for what was lost
    assert await after(again, "ZR03") == []


async def test_withdrawing_a_case_that_waits_within_itself(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    id_ = await accepted(li, wang, "ZR02", "ZR03", "ZJ01")
    await cases.withdraw(li, id_)
    assert set((await states(id_)).values()) == {"cancelled"}
    assert not await Notification.filter(account_id=li.id, kind="case.part_fallen").exists()


async def test_decisions_in_two_cases_at_once(db: str, together: Any) -> None:
    """Each releases what waits in the other's case: they take turns, and nothing waits on for ever."""
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    first = await accepted(li, wang, "FG01", "ZR03")
    second = await accepted(li, wang, "ZR02", "ZJ03", "HB01", "SL02")
    await decide(first, "FG01")
    await decide(second, "ZR02")
    last = await accepted(li, wang, "ZJ01")
    waiting = [(first, "ZR03"), (second, "ZJ03"), (second, "HB01"), (second, "SL02")]
    found = await together(*(decide(case_id, item) for case_id, item in waiting))
    assert not [one for one in found if isinstance(one, BaseException)], found
    assert await states(last) == {"ZJ01": "assigned"}


async def test_an_item_on_the_way_is_not_filed_twice(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    project = await registered(li)
    await accepted(li, wang, "FG01")
    assert await there(project.id) == {"FG01"}
    assert (await refused(file(li, "FG01", "HB01"))).code == "item_on_the_way"
    rest = await drafts.begin(li, Filing(bundle="B05", project=CODE), applicant={}, answers={}, form={}, hall="0001")
    codes = [item.code for item in await CaseItem.filter(case_id=rest).order_by("position")]
    assert codes == ["ZR02", "HB01", "SL02", "ZR03", "ZJ03", "ZJ01"]  # without what is skipped or on the way


async def test_what_was_skipped_may_be_filed_after_all(db: str) -> None:
    li = await people.citizen()
    await registered(li)
    assert "SL01" not in str((await reads.whole(li, CODE))["stages"])
    await file(li, "SL01")
    assert (await Project.get(code=CODE)).skipped == ["ZJ02"]
    assert (await row(li, "SL01"))["state"] == "draft"
    wrong = {"kind": "organisation", "id": new_id()}
    filing = Filing(["FG01"], project=CODE)
    begun = drafts.begin(li, filing, applicant=wrong, answers={}, form={}, hall="0001")
    assert (await refused(begun)).code == "project_applicant"
    gone = drafts.begin(li, Filing(["FG01"], project="2609-440229-04-01-683151"), applicant={}, answers={}, form={},
                        hall="0001")  # fmt: skip
    assert (await refused(gone)).code == "unknown_project"


async def test_what_was_handed_in_once_is_not_asked_for_again(db: str) -> None:
    li = await people.citizen()
    await registered(li)
    before = {one["code"]: one for one in (await reads.checklist(li, CODE))["materials"]}
    assert before["F-B05"]["departments"] == ["发改局", "自然资源局", "生态环境分局", "水务局", "住建管理局"]
    assert list(before) == list(dict.fromkeys(before)) and next(iter(before)) == "F-B05"
    assert not [code for code in before if code.startswith("F-") and code != "F-B05"]
    assert {code for code, one in before.items() if one["state"] == "produced"} == {"C18", "C20", "C21"}
    assert before["T01"]["items"] == ["ZR03", "ZJ03"] and before["T01"]["departments"] == ["自然资源局", "住建管理局"]
    first = await file(li, "ZR02")
    photographed = await CaseMaterial.get(case_id=first, code="P23")
    assert photographed.state == "ready"
    second = await drafts.begin(li, Filing(["ZJ01"], project=CODE), applicant={}, answers={}, form={}, hall="0001")
    assert (await CaseMaterial.get(case_id=second, code="P23")).state == "ready"
    assert (await CaseMaterial.get(case_id=second, code="C26")).state == "missing"
    again = {one["code"]: one["state"] for one in (await reads.checklist(li, CODE))["materials"]}
    assert again["P23"] == "ready" and again["C26"] == "missing"
    key = (await reads.whole(li, CODE))["query_key"]
    others = {one["code"]: one["state"] for one in (await reads.checklist(Actor("anonymous"), CODE, key))["materials"]}
    assert others["P23"] == "missing"  # what was handed in is nobody else's business


async def test_the_next_step_is_the_notice(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    id_ = await file(li, "FG01")
    assert (await reads.whole(li, CODE))["next"]["action"] == "submit"
    await cases.submit(li, id_)
    assert (await row(li, "FG01"))["state"] == "filed" and (await row(li, "FG01"))["words"].endswith("答复")
    await cases.receive(wang, id_)
    lines = [{"material_code": "C03", "defect": "看不清经营范围", "fix": "重拍一张"}]
    await correction.notify(wang, id_, None, lines)
    step = (await reads.whole(li, CODE))["next"]
    assert (step["action"], step["words"], step["case_id"]) == ("correct", "项目备案：补营业执照", str(id_))
    assert step["by"] and step["detail"].endswith("前")
    assert (await row(li, "FG01"))["words"] == "等您补 1 样"
    key = (await reads.whole(li, CODE))["query_key"]
    shown = await reads.whole(Actor("anonymous"), CODE, key)
    assert "等申请人补 1 样" in str(shown["stages"]) and "营业执照" not in str(shown)


async def test_a_paused_item_says_why(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    id_ = await accepted(li, wang, "FG01", "HB01")
    await decide(id_, "FG01")
    task = await task_of(id_, "HB01")
    await tasks.acknowledge(await people.handler(department="HB"), task.id)
    seen = await row(li, "HB01")
    assert seen["state"] == "running" and seen["words"].startswith("最晚") and 0.2 <= seen["progress"] < 1
    rong = await people.handler("吴蓉", "HB")
    await special.suspend(rong, task.id, None, "专家评审（技术评估）", 10, "要做技术评估")
    seen = await row(li, "HB01")
    assert (seen["state"], seen["words"], seen["light"]["colour"]) == ("paused", "专家评审", "grey")
