"""即办件 decided at the window: in whose name, by whom, until when (R50); which window takes what (S8); 撤销."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import acceptance, audit, cases, delegated, inspections, revocation, tasks
from models.base import SHANGHAI
from models.case import Case, Event, Result, Task
from models.licence import Licence
from models.outbox import Notification
from models.reads import calendar
from models.reads import cases as reads
from models.rules.delegation import in_force
from models.rules.permits import Actor
from models.supervision import Inspection, InspectionSeed
from tests import people
from tests.actions.test_promises import refused

pytestmark = pytest.mark.database
NOTICE = "翁府公告〔2026〕示例1号"


async def liang(name: str = "梁敏", department: str = "ZS", hall: str = "0001", tier: str = "county") -> Actor:
    """The window's delegate, of the body the decisions were delegated to."""
    return await people.worker(name, "delegate", department=department, hall=hall, tier=tier)


async def instant(item: str = "SJ01", hall: str = "0001") -> tuple[UUID, Task, Actor, Actor]:
    """An accepted 即办件: case, task, applicant, clerk."""
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li, item, hall=hall)
    await cases.receive(wang, id_)
    await acceptance.accept(wang, id_)
    return id_, await Task.get(case_id=id_), li, wang


def on(day: str) -> time_machine.travel:
    return time_machine.travel(datetime.fromisoformat(day).replace(tzinfo=SHANGHAI), tick=False)


async def test_decided_on_the_spot_in_the_name_of_the_delegating_body(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        id_, task, li, _ = await instant()
        assert task.delegation == NOTICE
        await delegated.decide(await liang(), task.id, task.version, "granted")
        case = await Case.get(id=id_)
        assert case.state == "concluded" and case.outcome == "granted"
        event = await Event.get(case_id=id_, verb="decide_at_window")
        assert event.words == f"受翁源县市场监督管理局委托（{NOTICE}）：准予" and event.audience == "public"
        assert event.actor_name == "梁敏" and event.place == "0001 1号窗口"
        seen = await reads.case(li, id_)
        assert seen["tasks"][0]["at_window"] and seen["tasks"][0]["outcome"] == "granted"
        assert (await Result.get(case_id=id_)).name == "营业执照（个体工商户）"


async def test_a_refusal_at_the_window_needs_its_reason(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        id_, task, li, _ = await instant()
        delegate = await liang()
        await refused("reason_needed", 422, delegated.decide(delegate, task.id, None, "refused", " "))
        await refused("unknown_outcome", 422, delegated.decide(delegate, task.id, None, "perhaps"))
        await delegated.decide(delegate, task.id, None, "refused", "经营场所在禁止区域")
        assert (await reads.case(li, id_))["tasks"][0]["reason"] == "经营场所在禁止区域"
        assert (await Case.get(id=id_)).outcome == "refused"


@pytest.mark.parametrize(
    ("accepted", "decided"), [("2026-12-31T10:00:00", "2027-01-01T09:00:00"), ("2025-12-31T10:00:00", "")]
)
async def test_a_delegation_ends_on_its_day(db: str, accepted: str, decided: str) -> None:
    """Published for 2026: on the last day yes, on New Year's Day no; nothing of 2025 was ever delegated."""
    with on(accepted):
        _, task, _, _ = await instant()
    assert task.delegation == (NOTICE if decided else "")
    with on(decided or accepted):
        attempt = delegated.decide(await liang(), task.id, None, "granted")
        await refused("delegation_over" if decided else "not_delegated", 403, attempt)
    if decided:
        with on(accepted):
            await delegated.decide(await liang("黄梅"), task.id, None, "granted")
    assert (await Task.get(id=task.id)).state == ("decided" if decided else "assigned")


async def test_who_received_or_accepted_does_not_decide(db: str) -> None:
    """Accounts keep the two apart (R50); were they ever one, the case itself would not let it pass."""
    li = await people.citizen()
    both = await people.worker("钱进", "clerk", "delegate", department="ZS", hall="0001", tier="county")
    with on("2026-11-25T10:00:00"):
        id_ = await people.submitted(li, "SJ01")
        await acceptance.accept(both, id_)
        task = await Task.get(case_id=id_)
        await refused("same_person", 403, delegated.decide(both, task.id, None, "granted"))
        await delegated.decide(await liang(), task.id, None, "granted")


async def test_only_a_delegate_of_that_body_whose_hall_reaches_the_case(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        _, task, li, wang = await instant()
        sun = await people.handler("孙伟", "NY")
        town = await liang("刘小燕", hall="0300", tier="town")
        for stranger in (sun, wang, li, town, await people.handler(), await people.approver()):
            await refused("not_found", 404, delegated.decide(stranger, task.id, None, "granted"))
        other = await liang("何芳", department="SW")
        await refused("not_delegate", 403, delegated.decide(other, task.id, None, "granted"))
        assert (await Task.get(id=task.id)).state == "assigned"


async def test_what_is_not_delegated_or_not_instant_is_the_departments(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with on("2026-11-25T10:00:00"):
        id_ = await people.accepted(li, wang, "SJ03")
        task = await Task.get(case_id=id_)
        delegate = await liang()
        await refused("not_delegated", 403, delegated.decide(delegate, task.id, None, "granted"))
        await Task.filter(id=task.id).update(delegation=NOTICE)
        await refused("not_instant", 409, delegated.decide(delegate, task.id, None, "granted"))


async def test_a_stale_or_second_decision_is_refused(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        _, task, _, _ = await instant()
        delegate = await liang()
        await refused("stale_version", 409, delegated.decide(delegate, task.id, 7, "granted"))
        await delegated.decide(delegate, task.id, task.version, "granted")
        await refused("state_changed", 409, delegated.decide(delegate, task.id, None, "granted"))
        assert await Result.filter(task_id=task.id).count() == 1


async def test_the_department_may_still_decide_itself(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        id_, task, _, _ = await instant()
        zhao, chen = await people.handler(), await people.approver()
        await tasks.acknowledge(zhao, task.id)
        await tasks.advise(zhao, task.id, None, "granted", "经审查，符合条件")
        await tasks.decide(chen, task.id, None, "granted")
    assert not await Event.filter(case_id=id_, verb="decide_at_window").exists()
    assert not await Inspection.exists() and not await InspectionSeed.exists()


async def test_the_delegations_of_the_county_hold_in_law(db: str) -> None:
    held = (await calendar.county()).settings["delegations"]
    entry = in_force(held, "SJ01", date(2026, 11, 25))
    assert entry and (entry["from"], entry["to"], entry["inspection_rate"]) == ("SJ", "ZS", 0.1)
    assert in_force(held, "LY01", date(2026, 11, 25)) is None  # no notice published


# ------------------------------------------------------------------ 撤销


async def granted_and_concluded() -> tuple[UUID, Task, Actor, Actor]:
    li, wang, zhao, chen = await people.citizen(), await people.clerk(), await people.handler(), await people.approver()
    id_ = await people.concluded(li, wang, zhao, chen, "SJ03")
    return id_, await Task.get(case_id=id_), li, chen


async def test_a_grant_is_taken_back_with_its_reason(db: str) -> None:
    id_, task, li, chen = await granted_and_concluded()
    await refused("reason_needed", 422, revocation.revoke(chen, task.id, None, ""))
    await revocation.revoke(chen, task.id, task.version, "现场核查，材料是假的")
    case, task = await Case.get(id=id_), await Task.get(id=task.id)
    assert (case.state, task.state, task.outcome) == ("concluded", "revoked", "granted")
    seen = await reads.case(li, id_)
    assert seen["tasks"][0]["reason"] == "现场核查，材料是假的" and seen["tasks"][0]["state_words"] == "已撤销"
    assert [(r["name"], r["state"]) for r in seen["results"]] == [("撤销决定书", "making")]
    assert [row.state for row in await Result.filter(task_id=task.id).order_by("created_at")][0] == "void"
    note = await Notification.get(case_id=id_, kind="case.revoked")
    assert "怎么申诉" in (Notification.WORDS.open(note.id, note.words_sealed) or "")
    assert (await audit.verify())[1] is None
    await refused("state_changed", 409, revocation.revoke(chen, task.id, None, "再撤一次"))


async def test_a_revoked_case_still_reaches_its_end(db: str) -> None:
    """The void licence cannot be handed out; the paper that says so is, and the case is delivered."""
    id_, task, _, chen = await granted_and_concluded()
    wang = await people.clerk("黄志强")
    await revocation.revoke(chen, task.id, None, "现场核查，材料是假的")
    void, paper = await Result.filter(case_id=id_).order_by("created_at")
    await refused("result_gone", 409, cases.deliver(wang, id_, None, [void.id], "window"))
    await cases.shelve(wang, id_, None, paper.id, "B-07")
    await cases.deliver(wang, id_, None, [paper.id], "window")
    assert (await Case.get(id=id_)).state == "delivered"


async def test_a_licence_falls_with_its_decision(db: str) -> None:
    id_, task, _, chen = await granted_and_concluded()
    from_grant = await _licences(id_)
    assert list(from_grant.values()) == ["valid"]
    await revocation.revoke(chen, task.id, None, "现场核查，材料是假的")
    assert list((await _licences(id_)).values()) == ["revoked"]


async def _licences(id_: UUID) -> dict[str, Any]:
    return {row.number: row.state for row in await Licence.filter(case_id=id_)}


async def test_nobody_else_revokes(db: str) -> None:
    _, task, li, _ = await granted_and_concluded()
    for stranger in (await people.handler("孙伟", "NY"), await people.clerk("黄志强"), li):
        await refused("not_found", 404, revocation.revoke(stranger, task.id, None, "撤销试试"))
    await refused("not_allowed", 403, revocation.revoke(await people.handler("林平"), task.id, None, "撤销试试"))
    await refused(
        "not_allowed", 403, revocation.revoke(await people.worker("谢文华", "supervisor"), task.id, None, "撤销试试")
    )


async def test_a_refusal_is_not_revoked(db: str) -> None:
    li, wang, zhao, chen = await people.citizen(), await people.clerk(), await people.handler(), await people.approver()
    id_ = await people.accepted(li, wang, "SJ03")
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(zhao, task.id)
    await tasks.advise(zhao, task.id, None, "refused", "不符合条件")
    await tasks.decide(chen, task.id, None, "refused", "不符合条件")
    await refused("nothing_granted", 409, revocation.revoke(chen, task.id, None, "撤销试试"))
    assert (await Task.get(id=task.id)).state == "decided"


async def test_a_revocation_in_an_open_case_counts_as_no_grant(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.accepted(li, wang, "SJ03", "ZJ04")
    for code in ("SJ03", "ZJ04"):
        task = await Task.get(case_id=id_, case_item__code=code)
        examiner = await people.handler(department=task.department_id)
        head = await people.approver(department=task.department_id)
        await tasks.acknowledge(examiner, task.id)
        await tasks.advise(examiner, task.id, None, "granted", "经审查，符合条件")
        await tasks.decide(head, task.id, None, "granted")
        if code == "SJ03":
            await revocation.revoke(head, task.id, None, "现场核查，材料是假的")
    case = await Case.get(id=id_)
    assert (case.state, case.outcome) == ("concluded", "partly")


# ------------------------------------------------------------------ which window takes what (S8)


def at_window(actor: Actor, seat: str) -> Actor:
    return Actor(**{**actor.__dict__, "seat": seat})


async def test_a_specialist_item_is_received_at_its_window(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li, "YC01")
    wrong = at_window(wang, "综合窗口 B01 号窗口")
    no = await refused("specialist_window", 409, cases.receive(wrong, id_))
    assert "烟草专窗" in no.words
    await refused("specialist_window", 409, acceptance.accept(wrong, id_))
    await cases.receive(at_window(wang, "烟草专窗 J01 号窗口"), id_)
    await acceptance.accept(wrong, id_)  # received where it belongs: the paper work may go on anywhere


@pytest.mark.parametrize(("item", "seat"), [("SJ03", "烟草专窗 J01 号窗口"), ("YC01", "0001 1号窗口"), ("YC01", "")])
async def test_other_items_and_seats_that_do_not_say_are_not_doubted(db: str, item: str, seat: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li, item)
    await cases.receive(at_window(wang, seat), id_)


async def test_a_town_without_such_a_window_takes_it(db: str) -> None:
    li, liu = await people.citizen(), await people.clerk("刘小燕", "0300", "town")
    id_ = await people.submitted(li, "YC01", hall="0300")
    await cases.receive(at_window(liu, "综合窗口 A01 号窗口"), id_)


async def test_seed_and_draw_follow_each_decision_at_the_window(db: str) -> None:
    with on("2026-11-25T10:00:00"):
        _, task, _, _ = await instant()
        assert await inspections.prepare() == "2026-11"
        await delegated.decide(await liang(), task.id, None, "granted")
        assert [row.month for row in await InspectionSeed.all()] == ["2026-11"]
