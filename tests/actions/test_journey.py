"""One case from draft to delivery, through the verbs alone; and what may not happen on the way."""

import pytest

from models.actions import acceptance, audit, cases, correction, drafts, tasks
from models.actions.drafts import Filing
from models.base import Refusal, rows
from models.case import Alarm, Case, Clock, Event, NoticeLine, Result, Task
from models.outbox import Notification, Outbox
from models.paper import CaseMaterial
from models.reads import cases as reads
from tests import people

pytestmark = pytest.mark.database


async def test_from_draft_to_delivery(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    zhao, chen = await people.handler(), await people.approver()
    id_ = await people.draft(li, "SJ03")
    assert (await reads.case(li, id_))["next"]["action"] == "submit"
    await cases.submit(li, id_)
    seen = await reads.case(li, id_)
    assert seen["state"] == "submitted" and len(seen["number"]) == 24 and len(seen["query_key"]) == 6
    assert [c["kind"] for c in seen["clocks"] if c["state"] == "running"] == ["acceptance"]
    await cases.receive(wang, id_)
    await acceptance.accept(wang, id_)
    seen = await reads.case(li, id_)
    assert {c["kind"] for c in seen["clocks"] if c["state"] == "running"} == {"promise", "statutory"}
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(zhao, task.id)
    await tasks.advise(zhao, task.id, None, "granted", "经审查，符合条件，建议准予")
    await tasks.decide(chen, task.id, None, "granted")
    seen = await reads.case(li, id_)
    assert seen["state"] == "concluded" and seen["outcome"] == "granted"
    result = await Result.get(case_id=id_)
    await cases.shelve(wang, id_, None, result.id, "B-07")
    assert (await reads.case(li, id_))["next"]["action"] == "collect"
    await cases.deliver(wang, id_, None, [result.id], "window")
    seen = await reads.case(li, id_)
    assert seen["state"] == "delivered" and seen["can"] == ["acknowledge"]
    assert [e["verb"] for e in seen["timeline"]] == [
        "submit", "receive", "accept", "assign", "acknowledge", "decide", "conclude", "shelve", "deliver",
    ]  # fmt: skip
    assert not await Clock.filter(case_id=id_, stopped_at=None).exists()
    assert not await Alarm.filter(case_id=id_, done_at=None).exclude(machine="licence").exists()
    assert await Alarm.filter(case_id=id_, machine="licence", done_at=None).count() == 4, "90, 60, 30 days, and its end"
    kinds = [row.kind for row in await Notification.filter(account_id=li.id).order_by("created_at")]
    assert kinds == [
        "case.submitted",
        "case.received",
        "case.accepted",
        "case.concluded",
        "case.collectable",
        "case.delivered",
    ]
    assert await Outbox.filter(topic="wechat", subject_id=id_).count() == 4
    assert (await audit.verify())[1] is None


async def test_two_departments_conclude_together(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.accepted(li, wang, "SJ03", "ZJ04")
    found = await Task.filter(case_id=id_).order_by("department_id")
    assert [task.department_id for task in found] == ["SJ", "ZJ"]
    for task in found:
        handler = await people.handler(department=task.department_id)
        head = await people.approver(department=task.department_id)
        await tasks.acknowledge(handler, task.id)
        refused = task.department_id == "ZJ"
        await tasks.advise(handler, task.id, None, "refused" if refused else "granted", "意见写在这里")
        assert (await Case.get(id=id_)).state == "accepted"
        await tasks.decide(
            head, task.id, None, "refused" if refused else "granted", "不符合排水条件" if refused else ""
        )
    case = await Case.get(id=id_)
    assert case.state == "concluded" and case.outcome == "partly"
    seen = await reads.case(li, id_)
    assert [t["reason"] for t in seen["tasks"] if t["outcome"] == "refused"] == ["不符合排水条件"]


async def test_one_notice_answered_and_accepted(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    material = await CaseMaterial.filter(case_id=id_, state="ready").order_by("position").first()
    assert material
    lines = [{"material_code": material.code, "defect": "没有写长和宽", "fix": "写明长、宽（米）"}]
    number = await correction.notify(wang, id_, None, lines)
    assert number.startswith("翁政服告〔")
    seen = await reads.case(li, id_)
    assert seen["state"] == "correcting" and seen["notice"]["open"] and not seen["notice"]["lines"][0]["answered"]
    with pytest.raises(Refusal) as still:
        await correction.correct(li, id_)
    assert still.value.code == "notice_still_open" and material.name in still.value.words
    other = await CaseMaterial.filter(case_id=id_).exclude(code=material.code).first()
    assert other
    with pytest.raises(Refusal) as locked:
        await drafts.lay(li, id_, other.code, [await people.page(li)])
    assert locked.value.code == "not_in_notice"
    await drafts.lay(li, id_, material.code, [await people.page(li)])
    await correction.correct(li, id_)
    assert (await reads.case(li, id_))["state"] == "received"
    with pytest.raises(Refusal) as second:
        await correction.notify(wang, id_, None, lines)
    assert second.value.code == "second_notice"
    await acceptance.accept(wang, id_)
    line = await NoticeLine.first()
    assert line and "长" not in line.defect_sealed


async def test_withdrawal_stops_the_departments(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.accepted(li, wang, "SJ03")
    await cases.withdraw(li, id_)
    assert (await Task.get(case_id=id_)).state == "cancelled"
    assert not await Clock.filter(case_id=id_, stopped_at=None).exists()
    with pytest.raises(Refusal) as again:
        await cases.withdraw(li, id_)
    assert (again.value.code, again.value.status) == ("state_changed", 409)


async def test_sun_sees_nothing_and_may_nothing(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    sun = await people.handler("孙伟", "NY")
    id_ = await people.accepted(li, wang, "SJ03")
    task = await Task.get(case_id=id_)
    for attempt in (
        reads.case(sun, id_), acceptance.accept(sun, id_), cases.deliver(sun, id_, None, [task.id], "window"),
        tasks.acknowledge(sun, task.id), tasks.decide(sun, task.id, None, "granted"), cases.withdraw(sun, id_),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            await attempt
        assert refusal.value.status == 404
    other = await people.citizen("孙小明", people.SUN_ID, "13800000002")
    with pytest.raises(Refusal) as refusal:
        await reads.case(other, id_)
    assert refusal.value.status == 404


async def test_fifty_racing_clerks_have_one_winner(db: str, together) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    done = await together(*(cases.receive(wang, id_) for _ in range(50)))
    assert [type(r) for r in done].count(type(None)) == 1
    assert {r.code for r in done if r is not None} == {"state_changed"}
    assert await Event.filter(case_id=id_, verb="receive").count() == 1
    assert await Notification.filter(case_id=id_, kind="case.received").count() == 1


async def test_stale_version_keeps_the_case(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    await cases.receive(wang, id_, 1)
    with pytest.raises(Refusal) as stale:
        await acceptance.accept(wang, id_, 1)
    assert (stale.value.code, stale.value.status) == ("stale_version", 409)
    assert (await Case.get(id=id_)).state == "received"


async def test_who_proposes_does_not_decide(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    both = await people.worker("钱进", "handler", "approver", department="SJ")
    id_ = await people.accepted(li, wang, "SJ03")
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(both, task.id)
    await tasks.advise(both, task.id, None, "granted", "意见写在这里")
    with pytest.raises(Refusal) as same:
        await tasks.decide(both, task.id, None, "granted")
    assert same.value.code == "same_person"


async def test_a_gap_is_told_by_its_name_and_nothing_is_lost(db: str) -> None:
    li = await people.citizen()
    id_ = await drafts.begin(li, Filing(["SJ03"]), applicant={}, answers={}, form={}, hall="0001")
    with pytest.raises(Refusal) as gaps:
        await cases.submit(li, id_)
    assert gaps.value.code == "incomplete" and all(e["pointer"] for e in gaps.value.errors)
    assert await drafts.begin(li, Filing(["SJ03"]), applicant={}, answers={}, form={}, hall="0001") == id_


async def test_an_error_in_a_verb_leaves_nothing_behind(db: str, monkeypatch) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li)
    before = await rows("SELECT count(*) AS n FROM outbox")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the printer is on fire")

    monkeypatch.setattr(tasks, "begin", broken)
    with pytest.raises(RuntimeError):
        await acceptance.accept(wang, id_)
    assert (await Case.get(id=id_)).state == "submitted"
    assert await rows("SELECT count(*) AS n FROM outbox") == before
    assert not await Event.filter(case_id=id_, verb="accept").exists()
