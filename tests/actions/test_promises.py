"""容缺受理 and 告知承诺: signed as shown, supplied late, kept, sent back, broken; each counted by hand in 2026."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import acceptance, audit, cases, correction, drafts, promises, tasks
from models.actions.drafts import Filing
from models.base import SHANGHAI, Refusal, execute, rows
from models.case import Alarm, Case, CaseItem, Clock, Event, Result, Task
from models.outbox import Notification, Outbox
from models.paper import CaseMaterial
from models.promise import Breach, Promise
from models.reads import breaches
from models.reads import cases as reads
from models.rules.permits import Actor
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database
LATE = "T14"  # 食品安全管理制度, secondary; SJ03 lets it come within 10 working days of acceptance


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clockwork(text: str) -> time_machine.travel:
    return time_machine.travel(at(text), tick=False)


async def grant(id_: UUID, item: str = "SJ03", outcome: str = "granted") -> None:
    task = await Task.get(case_id=id_, case_item__code=item)
    examiner = await people.handler(department=task.department_id)
    head = await people.approver(department=task.department_id)
    await tasks.acknowledge(examiner, task.id)
    await tasks.advise(examiner, task.id, None, outcome, "经审查，意见如下")
    await tasks.decide(head, task.id, None, outcome, "不符合条件" if outcome == "refused" else "")


async def lay(li: Actor, id_: UUID, code: str = LATE, state: str = "ready") -> None:
    await drafts.lay(li, id_, code, [await people.page(li, state)])


async def refused(code: str, status: int, attempt: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await attempt
    assert (found.value.code, found.value.status) == (code, status), found.value.words
    return found.value


# ------------------------------------------------------------------ signing


async def test_the_offer_is_signed_word_for_word(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "SJ03")
    seen = await reads.case(li, id_)
    assert [(o["kind"], o["item"], o["days"], o["off"]) for o in seen["offers"]] == [
        ("tolerance", "SJ03", "受理后10个工作日内", "")
    ]
    offer = seen["offers"][0]
    assert offer["words"] == (
        "我承诺在受理后10个工作日内补交：食品安全管理制度。到期没有补交，同意按退回处理，并记入承诺记录。"
    )
    assert "退回" in offer["consequence"] and "promise" in seen["can"] and seen["next"]["action"] == "photograph"
    await refused("incomplete", 422, cases.submit(li, id_))
    await promises.sign(li, id_, seen["version"], "tolerance", "SJ03")
    seen = await reads.case(li, id_)
    assert seen["promises"][0]["words"] == offer["words"] and seen["promises"][0]["state"] == "made"
    assert seen["offers"] == [] and "promise" not in seen["can"] and seen["next"]["action"] == "submit"
    held = await Promise.get(case_id=id_)
    assert held.materials == [LATE] and held.subject_id == li.id and "承诺" not in held.words_sealed
    await cases.submit(li, id_)


async def test_signing_again_takes_the_place_of_the_former(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "SJ03", without=(LATE, "C13"))
    await promises.sign(li, id_, None, "tolerance", "SJ03")
    await lay(li, id_, "C13")
    await promises.sign(li, id_, None, "tolerance", "SJ03")
    found = await Promise.filter(case_id=id_).order_by("id")
    assert [(one.state, one.materials) for one in found] == [("void", [LATE, "C13"]), ("made", [LATE])]


async def test_what_is_laid_after_all_is_not_owed(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.lacking(li, "SJ03", without=(LATE, "C13"))
    await promises.sign(li, id_, None, "tolerance", "SJ03")
    await lay(li, id_, "C13")
    await cases.submit(li, id_)
    assert (await Promise.get(case_id=id_)).materials == [LATE]
    await acceptance.accept(wang, id_)
    assert "食品安全管理制度" in (await Event.get(case_id=id_, verb="accept")).words
    whole = await people.lacking(await people.citizen("样本", people.SUN_ID, "13800000002"), "SJ03")
    owner = Actor("citizen", id=(await Case.get(id=whole)).account_id, assurance="name")
    await promises.sign(owner, whole, None, "tolerance", "SJ03")
    await lay(owner, whole)
    await cases.submit(owner, whole)
    await acceptance.accept(wang, whole)
    assert (await Promise.get(case_id=whole)).state == "void"
    case = await Case.get(id=whole)
    assert not case.tolerant and not await Clock.filter(case_id=whole, kind="tolerance").exists()


async def test_only_what_is_on_offer_may_be_signed_and_by_its_owner(db: str) -> None:
    li, wang, sun = await people.citizen(), await people.clerk(), await people.handler("孙伟", "NY")
    whole = await people.draft(li, "SJ03")
    assert (await reads.case(li, whole))["offers"] == []
    await refused("promise_not_offered", 409, promises.sign(li, whole, None, "tolerance", "SJ03"))
    await refused("promise_not_offered", 409, promises.sign(li, whole, None, "informed", "SJ03"))
    for stranger in (wang, sun, await people.citizen("孙小明", people.SUN_ID, "13800000002")):
        await refused("not_found", 404, promises.sign(stranger, whole, None, "tolerance", "SJ03"))
    main = await people.lacking(
        await people.citizen("样本", "440229199001010030", "13800000003"), "SJ03", without=("T13",)
    )
    owner = Actor("citizen", id=(await Case.get(id=main)).account_id)
    await refused("promise_not_offered", 409, promises.sign(owner, main, None, "tolerance", "SJ03"))
    assert not await Promise.exists()


async def test_who_is_not_known_by_name_signs_nothing(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "SJ03")
    await execute("UPDATE account SET assurance = 'phone' WHERE id = $1", li.id)
    await refused("real_name_needed", 403, promises.sign(li, id_, None, "tolerance", "SJ03"))


async def test_a_paper_two_items_need_wants_both_promises(db: str) -> None:
    """SJ03 and WJ04 both ask for 健康证明 (C13); each item has its own promise."""
    li = await people.citizen()
    id_ = await people.lacking(li, "SJ03", "WJ04", without=("C13",))
    offers = (await reads.case(li, id_))["offers"]
    assert [(o["item"], [m["code"] for m in o["materials"]]) for o in offers if o["kind"] == "tolerance"] == [
        ("SJ03", ["C13"]), ("WJ04", ["C13"]),
    ]  # fmt: skip
    await promises.sign(li, id_, None, "tolerance", "SJ03")
    gap = await refused("incomplete", 422, cases.submit(li, id_))
    assert [e["pointer"] for e in gap.errors] == ["/materials/C13"]
    await promises.sign(li, id_, None, "tolerance", "WJ04")
    await cases.submit(li, id_)


# ------------------------------------------------------------------ the paper comes


async def test_the_result_is_issued_on_the_day_the_last_paper_comes(db: str) -> None:
    """Accepted Mon 2 Nov: day 10 is Mon 16 Nov. Decided on the 5th, supplied and confirmed on the 12th."""
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang)
    case = await Case.get(id=id_)
    clock = await Clock.get(case_id=id_, kind="tolerance")
    assert case.tolerant and clock.due_on == date(2026, 11, 16) == (await Promise.get(case_id=id_)).due_on
    assert (await Event.get(case_id=id_, verb="accept")).words == "容缺受理，11月16日前补交食品安全管理制度"
    with clockwork("2026-11-05T10:00:00"):
        await grant(id_)
        seen = await reads.case(li, id_)
        assert seen["state"] == "accepted" and (await Case.get(id=id_)).owner == "citizen"
        assert seen["next"] == {
            "action": "supply", "words": "补一样：食品安全管理制度", "detail": "还差 1 样", "by": "2026-11-16",
        }  # fmt: skip
        missing = await refused("supply_incomplete", 422, promises.supply(li, id_))
        assert missing.errors[0]["detail"] == "还差：食品安全管理制度"
    with clockwork("2026-11-12T09:00:00"):
        await lay(li, id_)
        assert (await reads.case(li, id_))["next"]["words"] == "补好了，交上去"
        await promises.supply(li, id_)
        assert (await Case.get(id=id_)).owner == "hall:0001"
        assert (await Promise.get(case_id=id_)).state == "supplied"
        await refused("nothing_to_supply", 409, promises.supply(li, id_))
        await promises.confirm_supply(wang, id_)
    case = await Case.get(id=id_)
    assert case.state == "concluded" and case.outcome == "granted" and case.concluded_at.date() == date(2026, 11, 12)
    assert (await Promise.get(case_id=id_)).state == "kept"
    assert not await Clock.filter(case_id=id_, kind="tolerance", stopped_at=None).exists()
    checked = await CaseMaterial.get(case_id=id_, code=LATE)
    assert (checked.state, checked.trust, checked.checked_by) == ("ready", "C", wang.id)
    with clockwork("2026-11-20T09:00:00"):
        await perform_due()
    assert not await Breach.exists() and (await Case.get(id=id_)).state == "concluded"


async def test_a_paper_that_comes_first_leaves_the_departments_to_decide(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.tolerated(li, wang)
    await lay(li, id_)
    await promises.supply(li, id_)
    await promises.confirm_supply(wang, id_)
    assert ((await Case.get(id=id_)).state, (await Case.get(id=id_)).owner) == ("accepted", "departments")
    await grant(id_)
    assert (await Case.get(id=id_)).state == "concluded"


async def test_photographs_on_their_way_or_spoilt_do_not_count(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.tolerated(li, wang)
    await lay(li, id_, state="checking")
    await refused("photos_checking", 409, promises.supply(li, id_))
    await execute("UPDATE upload SET state = 'refused' WHERE state = 'checking'")
    await refused("supply_incomplete", 422, promises.supply(li, id_))


async def test_a_supply_sent_back_says_why_and_wants_something_new(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.tolerated(li, wang)
    await grant(id_)
    await lay(li, id_)
    await promises.supply(li, id_)
    await refused("reason_needed", 422, promises.reject_supply(wang, id_, None, "糊"))
    await promises.reject_supply(wang, id_, None, "第二页看不清，请重拍")
    seen = await reads.case(li, id_)
    material = next(m for m in seen["materials"] if m["code"] == LATE)
    assert (material["state"], material["note"]) == ("defect", "第二页看不清，请重拍")
    event = next(e for e in seen["timeline"] if e["verb"] == "reject_supply")
    assert event["note"] == "第二页看不清，请重拍"
    assert (await Case.get(id=id_)).owner == "citizen" and seen["next"]["action"] == "supply"
    assert seen["next"]["words"] == "补一样：食品安全管理制度"
    await refused("supply_unchanged", 409, promises.supply(li, id_))
    await lay(li, id_)
    await promises.supply(li, id_)
    await promises.confirm_supply(wang, id_)
    assert (await Case.get(id=id_)).state == "concluded"
    material = await CaseMaterial.get(case_id=id_, code=LATE)
    assert CaseMaterial.NOTE.open(material.id, material.note_sealed) == ""


async def test_only_the_counter_confirms_and_only_what_came(db: str) -> None:
    li, wang, sun = await people.citizen(), await people.clerk(), await people.handler("孙伟", "NY")
    id_ = await people.tolerated(li, wang)
    await refused("nothing_supplied", 409, promises.confirm_supply(wang, id_))
    await refused("nothing_supplied", 409, promises.reject_supply(wang, id_, None, "没有来"))
    await refused("not_allowed", 403, promises.confirm_supply(li, id_))
    await refused("not_allowed", 403, promises.supply(wang, id_))
    for attempt in (promises.confirm_supply(sun, id_), promises.supply(sun, id_), reads.case(sun, id_)):
        await refused("not_found", 404, attempt)
    await refused("stale_version", 409, promises.supply(li, id_, 1))


# ------------------------------------------------------------------ the day is over


async def test_a_broken_promise_returns_the_item_and_bars_the_next(db: str) -> None:
    """Accepted Mon 2 Nov, due Mon 16 Nov: broken at the midnight after it, not a minute before."""
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang)
    with clockwork("2026-11-11T08:30:00"):  # 3 working days ahead
        await perform_due()
        assert await Event.filter(case_id=id_, verb="remind_tolerance").count() == 1
    with clockwork("2026-11-16T23:59:59"):
        await perform_due()
        assert (await Promise.get(case_id=id_)).state == "made"
    with clockwork("2026-11-17T00:00:01"):
        await perform_due()
        await perform_due()
    case, task = await Case.get(id=id_), await Task.get(case_id=id_)
    assert (case.state, case.owner, task.state) == ("returned", "", "cancelled")
    assert (await Promise.get(case_id=id_)).state == "broken"
    breach = await Breach.get(case_id=id_)
    assert breach.subject_id == li.id and "食品" not in breach.reason_sealed
    assert "11月16日前补交食品安全管理制度" in (Breach.REASON.open(breach.id, breach.reason_sealed) or "")
    note = await Notification.get(case_id=id_, kind="case.promise_broken")
    assert "食品经营许可" in (Notification.WORDS.open(note.id, note.words_sealed) or "")
    assert await Outbox.filter(topic="desk", dedupe_key__endswith=":department.returned:department:SJ").count() == 1
    assert not await Alarm.filter(case_id=id_, done_at=None).exists()
    again = await people.lacking(li, "SJ03")
    offer = (await reads.case(li, again))["offers"][0]
    assert case.number in offer["off"] and "修复" in offer["off"]
    assert "promise" not in (await reads.case(li, again))["can"]
    barred = await refused("open_breach", 403, promises.sign(li, again, None, "tolerance", "SJ03"))
    assert barred.words == offer["off"]
    xie = await people.worker("谢文华", "supervisor", department="ZS")
    await refused("role_not_allowed", 403, promises.repair(wang, breach.id, "材料补来了"))
    await refused("reason_needed", 422, promises.repair(xie, breach.id, " "))
    await promises.repair(xie, breach.id, "材料补来了，现场看过")
    await refused("already_repaired", 409, promises.repair(xie, breach.id, "材料补来了"))
    await promises.sign(li, again, None, "tolerance", "SJ03")
    listed = await breaches.listed(xie)
    assert [(row["open"], row["repair"], row["repaired_by"]) for row in listed] == [
        (False, "材料补来了，现场看过", "谢文华")
    ]
    assert listed[0]["applicant"] == "李**"
    await refused("role_not_allowed", 403, breaches.listed(await people.handler("孙伟", "NY")))
    assert await rows("SELECT 1 FROM audit WHERE act = 'breach.repaired'") and (await audit.verify())[1] is None


async def test_a_grant_held_back_never_comes_into_force(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang)
        await grant(id_)
    with clockwork("2026-11-17T09:00:00"):  # the worker was away over midnight
        await perform_due()
    task, result = await Task.get(case_id=id_), await Result.get(case_id=id_)
    assert (task.state, task.outcome, task.decided_at, result.state) == ("cancelled", "", None, "void")
    assert (await Case.get(id=id_)).state == "returned"
    assert not await rows("SELECT 1 FROM licence WHERE case_id = $1 AND state = 'valid'", id_)
    verbs = [event.verb for event in await Event.filter(case_id=id_).order_by("at", "id")]
    assert verbs[-3:] == ["break_promise", "void_grant", "close"]


async def test_the_other_items_go_on(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang, "SJ03", "ZJ04")
        await grant(id_, "ZJ04")
    with clockwork("2026-11-17T09:00:00"):
        await perform_due()
    case = await Case.get(id=id_)
    states = {task.case_item.code: task.state for task in await Task.filter(case_id=id_).prefetch_related("case_item")}
    assert states == {"SJ03": "cancelled", "ZJ04": "decided"}
    assert (case.state, case.outcome) == ("concluded", "partly")


async def test_a_late_counter_breaks_nobodys_promise(db: str) -> None:
    """Supplied on the last day; nobody looks for two days. Both days are given back when it is sent back."""
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang)
    with clockwork("2026-11-16T17:00:00"):
        await lay(li, id_)
        await promises.supply(li, id_)
    with clockwork("2026-11-17T00:01:00"):
        await perform_due()
        assert await Event.filter(case_id=id_, verb="overdue_supply").count() == 1
    with clockwork("2026-11-18T08:31:00"):
        await perform_due()
        await perform_due()
    assert await Event.filter(case_id=id_, verb="overdue_supply").count() == 2
    told = await Outbox.filter(topic="desk", subject_id=id_, dedupe_key__endswith=":supervisor.overdue:supervisor")
    assert len(told) >= 2 and (await Promise.get(case_id=id_)).state == "supplied" and not await Breach.exists()
    with clockwork("2026-11-18T10:00:00"):
        await promises.reject_supply(wang, id_, None, "第二页看不清，请重拍")
    promise = await Promise.get(case_id=id_)  # 16, 17, 18 do not count: the tenth day is Thu 19 Nov
    clock = await Clock.get(case_id=id_, kind="tolerance", stopped_at=None)
    assert promise.due_on == clock.due_on == date(2026, 11, 19) and promise.state == "made"
    with clockwork("2026-11-19T23:59:00"):
        await perform_due()
        assert (await Promise.get(case_id=id_)).state == "made"
    with clockwork("2026-11-20T00:01:00"):
        await perform_due()
    assert (await Promise.get(case_id=id_)).state == "broken"


async def test_sent_back_on_the_same_day_gives_no_day(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.tolerated(li, wang)
    with clockwork("2026-11-16T10:00:00"):
        await lay(li, id_)
        await promises.supply(li, id_)
        await promises.reject_supply(wang, id_, None, "第二页看不清，请重拍")
    assert (await Promise.get(case_id=id_)).due_on == date(2026, 11, 16)
    with clockwork("2026-11-17T00:01:00"):
        await perform_due()
    assert (await Promise.get(case_id=id_)).state == "broken"


async def test_several_promises_each_end_on_their_own(db: str) -> None:
    """XF01 and SJ03 on one form, each with a paper to come. One is supplied with the other: nothing breaks alone."""
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.lacking(li, "SJ03", "XF01", without=(LATE, "P32"))
        await promises.sign(li, id_, None, "tolerance", "SJ03")
        await promises.sign(li, id_, None, "tolerance", "XF01")
        await cases.submit(li, id_)
        await acceptance.accept(wang, id_)
    await Promise.filter(case_id=id_, item_code="XF01").update(due_on=date(2026, 11, 18))  # a longer limit of its item
    with clockwork("2026-11-17T09:00:00"):
        await perform_due()
    states = {one.item_code: one.state for one in await Promise.filter(case_id=id_)}
    assert states == {"SJ03": "broken", "XF01": "made"}
    assert await Clock.filter(case_id=id_, kind="tolerance", stopped_at=None).count() == 1
    assert (await Case.get(id=id_)).state == "accepted"


async def test_a_refused_item_frees_its_promise_and_holds_nobody_back(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.tolerated(li, wang, "SJ03", "ZJ04")
    await grant(id_, "ZJ04")
    await grant(id_, "SJ03", "refused")
    assert (await Promise.get(case_id=id_)).state == "void"
    assert (await Case.get(id=id_)).state == "concluded"
    assert not await Clock.filter(case_id=id_, kind="tolerance", stopped_at=None).exists()


async def test_a_case_that_ends_owes_nothing(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    withdrawn = await people.tolerated(li, wang)
    await cases.withdraw(li, withdrawn)
    assert (await Promise.get(case_id=withdrawn)).state == "void"
    id_ = await people.lacking(li, "SJ03")
    await promises.sign(li, id_, None, "tolerance", "SJ03")
    await cases.submit(li, id_)
    await cases.refuse(wang, id_, None, "不属于本机关职权")
    assert (await Promise.get(case_id=id_)).state == "void"


async def test_silence_accepts_a_tolerant_case_too(db: str) -> None:
    """Handed in Mon 2 Nov, deemed accepted from then at the end of Mon 9 Nov; its ten days run from the 2nd."""
    li = await people.citizen()
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.lacking(li, "SJ03")
        await promises.sign(li, id_, None, "tolerance", "SJ03")
        await cases.submit(li, id_)
    with clockwork("2026-11-10T00:01:00"):
        await perform_due()
    assert (await Case.get(id=id_)).tolerant and (await Promise.get(case_id=id_)).due_on == date(2026, 11, 16)


async def test_a_breach_between_signing_and_handing_in_is_seen(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with clockwork("2026-11-02T10:00:00"):
        await people.tolerated(li, wang)
    with clockwork("2026-11-10T10:00:00"):
        second = await people.lacking(li, "XF01", without=("P32",))
        await promises.sign(li, second, None, "tolerance", "XF01")
    with clockwork("2026-11-17T10:00:00"):
        await perform_due()
        await refused("open_breach", 403, cases.submit(li, second))


# ------------------------------------------------------------------ 告知承诺


async def informed(li: Actor) -> UUID:
    """公众聚集场所消防检查 on a signed statement: neither the certificates nor the paper form of it are handed in."""
    id_ = await people.lacking(li, "XF01", without=("P32", "P04"), promise=True)
    await promises.sign(li, id_, None, "informed", "XF01")
    await cases.submit(li, id_)
    return id_


async def test_a_statement_stands_for_the_proof(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "XF01", without=("P32", "P04"), promise=True)
    offers = {offer["kind"]: offer for offer in (await reads.case(li, id_))["offers"]}
    assert [m["code"] for m in offers["informed"]["materials"]] == ["P04", "P32"]
    assert offers["informed"]["words"] == (
        "我知道要证明的是：安全培训合格证明。我承诺情况属实、符合规定，愿意接受核查；不属实的，同意撤销决定，"
        "依法承担责任，并记入承诺记录。"
    )
    assert offers["informed"]["days"] == "办结后30个工作日内核查"
    assert [m["code"] for m in offers["tolerance"]["materials"]] == ["P32"]  # a promise is not itself promised
    await promises.sign(li, id_, None, "informed", "XF01")
    assert (await reads.case(li, id_))["offers"] == []
    await cases.submit(li, id_)
    assert not await Clock.filter(case_id=id_, kind="tolerance").exists()


async def test_who_did_not_choose_it_is_not_offered_a_statement(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "XF01", without=("P32",))
    assert [offer["kind"] for offer in (await reads.case(li, id_))["offers"]] == ["tolerance"]
    await refused("promise_not_offered", 409, promises.sign(li, id_, None, "informed", "XF01"))


async def test_a_changed_answer_voids_the_statement(db: str) -> None:
    li = await people.citizen()
    id_ = await people.lacking(li, "XF01", without=("P32", "P04"), promise=True)
    await promises.sign(li, id_, None, "informed", "XF01")
    same = await drafts.begin(li, Filing(["XF01"]), applicant={}, answers={"promise": False}, form={}, hall="0001")
    assert same == id_
    gap = await refused("incomplete", 422, cases.submit(li, id_))
    assert [error["pointer"] for error in gap.errors] == ["/materials/P32"]


async def test_a_notice_may_still_be_given_in_a_promised_case(db: str) -> None:
    """补正 and 告知承诺 do not get in each other's way: what was promised is no gap when the answer is handed in."""
    li, wang = await people.citizen(), await people.clerk()
    id_ = await informed(li)
    lines = [{"material_code": "P16", "defect": "没有标出口", "fix": "标出两个安全出口"}]
    await correction.notify(wang, id_, None, lines)
    await lay(li, id_, "P16")
    await correction.correct(li, id_)
    await acceptance.accept(wang, id_)
    assert (await Case.get(id=id_)).state == "accepted"


# ------------------------------------------------------------------ what stands behind a lost item


async def behind(li: Actor, wang: Actor) -> UUID:
    """Accepted, ZJ04 after SJ03, and SJ03's paper to come by Mon 16 Nov."""
    with clockwork("2026-11-02T10:00:00"):
        id_ = await people.lacking(li, "SJ03", "ZJ04")
        await CaseItem.filter(case_id=id_, code="ZJ04").update(after=["SJ03"])
        await promises.sign(li, id_, None, "tolerance", "SJ03")
        await cases.submit(li, id_)
        await acceptance.accept(wang, id_)
    return id_


async def states(id_: UUID) -> dict[str, str]:
    return {task.case_item.code: task.state for task in await Task.filter(case_id=id_).prefetch_related("case_item")}


async def test_what_waits_for_a_returned_item_falls(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await behind(li, wang)
    assert await states(id_) == {"SJ03": "assigned", "ZJ04": "waiting"}
    with clockwork("2026-11-17T09:00:00"):
        await perform_due()
    assert await states(id_) == {"SJ03": "cancelled", "ZJ04": "cancelled"}
    assert (await Event.get(case_id=id_, verb="fall")).words.endswith("退回了")
    assert (await Case.get(id=id_)).state == "returned"


async def test_what_had_gone_on_because_of_it_is_stopped(db: str) -> None:
    """SJ03 is granted and held back, ZJ04 goes on; when SJ03 is lost, ZJ04 is no longer examined for nothing."""
    li, wang = await people.citizen(), await people.clerk()
    id_ = await behind(li, wang)
    with clockwork("2026-11-04T10:00:00"):
        await grant(id_, "SJ03")
    assert await states(id_) == {"SJ03": "decided", "ZJ04": "assigned"}
    with clockwork("2026-11-17T09:00:00"):
        await perform_due()
    assert await states(id_) == {"SJ03": "cancelled", "ZJ04": "cancelled"}
    assert "要先办的“食品经营许可（餐饮服务）”退回了" in (await Event.get(case_id=id_, verb="drop")).words
    assert (await Case.get(id=id_)).state == "returned"
    assert not await Clock.filter(case_id=id_, stopped_at=None).exists()
