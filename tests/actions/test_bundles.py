"""一件事: one form and one list, child cases in order, clocks inside the parent's, and what a no does (R42)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.actions import acceptance, cases, drafts, tasks
from models.actions.drafts import Filing
from models.base import Refusal, new_id, today
from models.case import Alarm, Case, CaseItem, Clock, Event, Task
from models.outbox import Notification
from models.paper import CaseMaterial
from models.people import Membership, Organisation
from models.reads import calendar
from models.reads import cases as reads
from models.rules.permits import Actor
from tests import people

pytestmark = pytest.mark.database


async def filled_in(owner: Actor, id_: UUID) -> UUID:
    """A draft made complete: form and photographs."""
    record = await drafts.record_of(await Case.get(id=id_))
    await drafts.fill(owner, id_, people.filled(record["form"]))
    for material in await CaseMaterial.filter(case_id=id_).order_by("position"):
        if material.need["photo"] and not material.need["form"] and not material.need["free"]:
            await drafts.lay(owner, id_, material.code, [await people.page(owner)])
    return id_


async def bundle(owner: Actor, code: str, *items: str) -> UUID:
    filing = Filing(list(items), code)
    return await filled_in(owner, await drafts.begin(owner, filing, applicant={}, answers={}, form={}, hall="0001"))


async def accept(owner: Actor, window: Actor, id_: UUID) -> None:
    await cases.submit(owner, id_)
    await cases.receive(window, id_)
    await acceptance.accept(window, id_)


async def task_of(case_id: UUID, code: str) -> Task:
    return await Task.get(case_id=case_id, case_item__code=code)


async def decide(case_id: UUID, code: str, outcome: str = "granted", reason: str = "") -> None:
    """Handler and approver of the item's department decide it."""
    task = await task_of(case_id, code)
    handler = await people.handler(department=task.department_id)
    head = await people.approver(department=task.department_id)
    await tasks.acknowledge(handler, task.id)
    await tasks.advise(handler, task.id, None, outcome, "意见写在这里")
    await tasks.decide(head, task.id, None, outcome, reason)


async def states(case_id: UUID) -> dict[str, str]:
    found = await Task.filter(case_id=case_id).prefetch_related("case_item")
    return {task.case_item.code: task.state for task in found}


BIRTH = ["WJ01", "WJ02", "WJ03", "GA02", "YB01", "RS01"]


async def test_a_birth_is_one_form_and_one_list(db: str) -> None:
    li = await people.citizen()
    id_ = await bundle(li, "B01")
    case = await Case.get(id=id_)
    assert case.title == "新生儿出生一件事" and case.bundle_code == "B01"
    assert [item.code for item in await CaseItem.filter(case_id=id_).order_by("position")] == BIRTH
    codes = [m.code for m in await CaseMaterial.filter(case_id=id_).order_by("position")]
    assert codes[0] == "F-B01" and len(codes) == len(set(codes))
    assert not [code for code in codes if code.startswith("F-") and code != "F-B01"]
    assert "C06" not in codes  # WJ02 makes it
    form = await CaseMaterial.get(case_id=id_, code="F-B01")
    assert form.items == BIRTH
    seen = await reads.case(li, id_)
    keys = [field["key"] for field in seen["form"]["fields"]]
    assert len(keys) == len(set(keys)) and seen["bundle"]["code"] == "B01"


async def test_children_go_in_order_inside_the_parent_s_clock(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await bundle(li, "B01")
    await accept(li, wang, id_)
    case = await Case.get(id=id_)
    assert case.lead_id == "RS"  # decided last
    assert await states(id_) == {
        "WJ01": "assigned", "WJ02": "assigned", "WJ03": "waiting", "GA02": "waiting", "YB01": "waiting",
        "RS01": "waiting",
    }  # fmt: skip
    numbers = [task.number for task in await Task.filter(case_id=id_).order_by("number")]
    assert numbers == [f"{case.number}-{place:02d}" for place in range(1, 7)]
    held = await Event.get(case_id=id_, verb="hold", task_id=(await task_of(id_, "YB01")).id)
    assert held.words == "“城乡居民基本医疗保险参保登记”等出生登记（申报户口）办好"
    assert not await Clock.filter(task_id=held.task_id).exists()  # no time runs while it waits
    await decide(id_, "WJ02")
    assert (await states(id_))["WJ03"] == (await states(id_))["GA02"] == "assigned"
    assert (await states(id_))["YB01"] == "waiting"
    await decide(id_, "GA02")
    await decide(id_, "YB01")
    assert (await states(id_))["RS01"] == "assigned"
    parent = await Clock.get(case_id=id_, task_id=None, kind="promise", stopped_at=None)
    for clock in await Clock.filter(case_id=id_, kind="promise", stopped_at=None).exclude(task_id=None):
        assert clock.due_on <= parent.due_on
    for code in ("WJ01", "WJ03", "RS01"):
        await decide(id_, code)
    assert (await Case.get(id=id_)).outcome == "granted"


async def test_a_refusal_lets_what_stands_behind_fall_and_nothing_else(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await bundle(li, "B01")
    await accept(li, wang, id_)
    await decide(id_, "WJ02")
    await decide(id_, "GA02", "refused", "出生医学证明与户口簿上的姓名不一致")
    found = await states(id_)
    assert found["YB01"] == found["RS01"] == "cancelled"
    assert found["WJ01"] == found["WJ03"] == "assigned"
    assert (await Case.get(id=id_)).state == "accepted"
    told = [
        Notification.WORDS.open(row.id, row.words_sealed) or ""
        for row in await Notification.filter(account_id=li.id, kind="case.part_fallen").order_by("created_at")
    ]
    assert len(told) == 2 and all("出生登记（申报户口）" in words and "没有同意" in words for words in told)
    assert await Notification.filter(account_id=li.id, kind="case.part_refused").count() == 1
    assert await Event.filter(case_id=id_, verb="fall", audience="public").count() == 2
    await decide(id_, "WJ01")
    await decide(id_, "WJ03")
    case = await Case.get(id=id_)
    assert (case.state, case.outcome) == ("concluded", "partly")
    assert not await Clock.filter(case_id=id_, stopped_at=None, kind__in=["promise", "statutory"]).exists()


async def test_nobody_else_sees_a_bundle(db: str) -> None:
    li, sun = await people.citizen(), await people.citizen("孙伟", people.SUN_ID, "13800000002")
    id_ = await bundle(li, "B01")
    with pytest.raises(Refusal) as hidden:
        await reads.case(sun, id_)
    assert hidden.value.code == "not_found"


async def test_members_may_be_chosen_and_alternatives_exclude_each_other(db: str) -> None:
    li = await people.citizen()
    id_ = await bundle(li, "B02", "SJ02", "SJ03")
    items = {item.code: item.after for item in await CaseItem.filter(case_id=id_)}
    assert items == {"SJ02": [], "SJ03": ["SJ02"]}  # 公司设立 stands where 个体户登记 stood
    codes = [m.code for m in await CaseMaterial.filter(case_id=id_)]
    assert "F-B02" in codes and "C03" not in codes  # the licence comes out of SJ02
    short = await bundle(li, "B02", "SJ03")
    assert "C03" in [m.code for m in await CaseMaterial.filter(case_id=short)]
    for wrong in (["SJ01", "SJ02"], ["SJ01", "WJ01"]):
        with pytest.raises(Refusal) as refused:
            await drafts.begin(li, Filing(wrong, "B02"), applicant={}, answers={}, form={}, hall="0001")
        assert refused.value.code == "not_in_bundle"
    with pytest.raises(Refusal) as unknown:
        await drafts.begin(li, Filing([], "B99"), applicant={}, answers={}, form={}, hall="0001")
    assert unknown.value.code == "unknown_bundle"


async def test_a_shorter_application_keeps_the_order_of_the_long_one(db: str) -> None:
    li = await people.citizen()
    id_ = await bundle(li, "B01", "WJ02", "RS01")
    items = {item.code: item.after for item in await CaseItem.filter(case_id=id_)}
    assert items == {"WJ02": [], "RS01": ["WJ02"]}  # through 上户口 and 医保, which were not asked for


async def test_a_joint_approval_has_the_joint_limit_of_the_law(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Article 26 and 42: 45 working days in all; a child's own limits end inside it (R42)."""
    li, wang = await people.citizen(), await people.clerk()
    applicant = await firm(li)
    filing = Filing(["FG01", "ZR02", "HB01", "ZR03", "ZJ01"], "B05")
    id_ = await filled_in(
        li, await drafts.begin(li, filing, applicant=applicant, answers={}, form={}, hall="0001")
    )  # fmt: skip
    asked = [m.code for m in await CaseMaterial.filter(case_id=id_)]
    assert "F-B05" in asked and not {"C18", "C20", "C21"} & set(asked)  # each comes out of an earlier step
    await accept(li, wang, id_)
    parent = {clock.kind: clock for clock in await Clock.filter(case_id=id_, task_id=None, stopped_at=None)}
    assert (parent["statutory"].limit_days, parent["statutory"].unit) == (45, "工作日")
    assert (parent["promise"].limit_days, parent["promise"].unit) == (28, "工作日")
    assert (await Case.get(id=id_)).lead_id == "ZJ"
    released_on = (await calendar.clock()).calendar.next_working(today() + timedelta(days=1))
    monkeypatch.setattr(tasks, "today", lambda: released_on)
    await decide(id_, "FG01")
    begun = await Clock.get(case_id=id_, task_id=(await task_of(id_, "ZR02")).id, kind="promise")
    assert begun.started_on == released_on  # its time runs from the day it was released
    inside = await Clock.filter(case_id=id_, stopped_at=None).exclude(task_id=None)
    assert len(inside) >= 3 and all(clock.due_on <= parent[clock.kind].due_on for clock in inside)


async def test_a_child_that_would_end_after_its_case_ends_with_it(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    li, wang = await people.citizen(), await people.clerk()
    filing = Filing(["FG01", "ZR02"], "B05")
    id_ = await filled_in(
        li, await drafts.begin(li, filing, applicant=await firm(li), answers={}, form={}, hall="0001")
    )  # fmt: skip
    await accept(li, wang, id_)
    parent = await Clock.get(case_id=id_, task_id=None, kind="promise")
    days = (await calendar.clock()).calendar
    monkeypatch.setattr(tasks, "today", lambda: days.add_working(today(), 26))  # released late: 2 of 28 days are left
    await decide(id_, "FG01")
    child = await Clock.get(case_id=id_, task_id=(await task_of(id_, "ZR02")).id, kind="promise")
    assert child.within and child.limit_days == 2 and child.due_on == parent.due_on
    told = next(c for t in (await reads.case(li, id_))["tasks"] if t["item"] == "ZR02" for c in t["clocks"])
    assert any("整件事的总时限" in line for line in told["explain"])


async def test_withdrawing_ends_every_child(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await bundle(li, "B01")
    await accept(li, wang, id_)
    await decide(id_, "WJ01")
    await cases.withdraw(li, id_)
    found = await states(id_)
    assert found.pop("WJ01") == "decided" and set(found.values()) == {"cancelled"}
    assert not await Clock.filter(case_id=id_, stopped_at=None).exists()
    assert not await Alarm.filter(case_id=id_, done_at=None).exists()


async def firm(owner: Actor) -> dict[str, Any]:
    """A company 李秀英 acts for, as an applicant."""
    row = await Organisation.create(id=new_id(), uscc="91440229MA4UWQ8C5E", name="兰香农业有限公司")
    await Membership.create(account_id=owner.id, organisation_id=row.id, role="legal")
    return {"kind": "organisation", "id": row.id}


async def test_a_company_is_opened_as_one_thing(db: str) -> None:
    """开办企业一件事: the licence first, then seal, taxes and insurance side by side; led by who decides last."""
    li, wang = await people.citizen(), await people.clerk()
    id_ = await bundle(li, "B06")
    codes = [m.code for m in await CaseMaterial.filter(case_id=id_).order_by("position")]
    assert codes[0] == "F-B06" and "C03" not in codes, "the licence comes out of the first part by itself"
    await accept(li, wang, id_)
    assert await states(id_) == {"SJ02": "assigned", "GA06": "waiting", "SW01": "waiting", "RS08": "waiting"}
    await decide(id_, "SJ02")
    assert set((await states(id_)).values()) == {"decided", "assigned"}
