"""Time is an actor: the clock's own verbs, on time, late, and twice; dates counted by hand in the 2026 calendar."""

from datetime import date, datetime

import pytest
import time_machine

from models.actions import acceptance, cases, correction, drafts
from models.actions.drafts import Filing
from models.base import SHANGHAI, rows
from models.case import Alarm, Case, Clock, Event, Task
from models.outbox import Notification
from models.reads import cases as reads
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def test_silence_is_acceptance_from_the_day_of_receipt(db: str) -> None:
    """Handed in Tue 29 Sep; days 30 Sep, 8, 9, 10 (a worked Saturday), 12 Oct: over at midnight after 12 Oct."""
    li, _ = await people.citizen(), await people.clerk()
    with time_machine.travel(at("2026-09-29T10:00:00"), tick=False):
        id_ = await people.submitted(li)
        assert (await Clock.get(case_id=id_)).due_on == date(2026, 10, 12)
    with time_machine.travel(at("2026-10-12T23:59:59"), tick=False):
        await perform_due()
        assert (await Case.get(id=id_)).state == "submitted"
    with time_machine.travel(at("2026-10-15T09:00:00"), tick=False):  # the worker was away for two days
        await perform_due()
        await perform_due()
    case = await Case.get(id=id_)
    assert case.state == "accepted" and case.accepted_on == date(2026, 9, 29)
    promise = await Clock.get(case_id=id_, task_id=None, kind="promise")
    assert promise.started_on == date(2026, 9, 29)
    assert await Event.filter(case_id=id_, verb="deem_accept").count() == 1
    assert await Task.filter(case_id=id_).count() == 1
    assert await Notification.filter(case_id=id_, kind="case.deemed_accepted").count() == 1


async def test_the_counter_is_reminded_on_day_three_and_four(db: str) -> None:
    li = await people.citizen()
    with time_machine.travel(at("2026-11-16T10:00:00"), tick=False):  # Monday; due Monday 23 November
        id_ = await people.submitted(li)
    found = await Alarm.filter(case_id=id_).order_by("due_at").values_list("verb", "due_at")
    said = [(verb, due.astimezone(SHANGHAI).strftime("%m-%d %H:%M")) for verb, due in found]
    assert said == [
        ("remind_acceptance", "11-19 08:30"), ("remind_acceptance", "11-20 08:30"), ("deem_accept", "11-24 00:00"),
    ]  # fmt: skip


async def test_an_unanswered_notice_gives_the_papers_back(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with time_machine.travel(at("2026-11-02T10:00:00"), tick=False):
        id_ = await people.submitted(li)
        code = (await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready' LIMIT 1", id_))[0][
            "code"
        ]
        await correction.notify(wang, id_, None, [{"material_code": code, "defect": "看不清楚", "fix": "重新拍一张"}])
    with time_machine.travel(at("2026-11-17T00:00:01"), tick=False):  # 10 working days: until Monday 16 November
        await perform_due()
    seen = await reads.case(li, id_)
    assert seen["state"] == "returned" and not seen["notice"]["open"] and seen["can"] == ["acknowledge"]
    assert not await Clock.filter(case_id=id_, stopped_at=None).exists()
    fresh = await drafts.begin(li, Filing(["SJ03"]), applicant={}, answers={}, form={}, hall="0001")
    assert fresh != id_


async def test_an_answer_in_time_makes_the_alarm_harmless(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with time_machine.travel(at("2026-11-16T10:00:00"), tick=False):
        id_ = await people.submitted(li)
        await cases.receive(wang, id_)
        await acceptance.accept(wang, id_)
    with time_machine.travel(at("2026-11-24T00:00:01"), tick=False):
        await perform_due()
    assert (await Case.get(id=id_)).state == "accepted"
    assert not await Event.filter(case_id=id_, verb="deem_accept").exists()


async def test_after_closing_time_counts_as_the_next_working_day(db: str) -> None:
    li = await people.citizen()
    with time_machine.travel(at("2026-02-13T17:31:00"), tick=False):  # Friday evening; Saturday 14 is worked (调休)
        id_ = await people.submitted(li)
    assert (await Case.get(id=id_)).received_on == date(2026, 2, 14)


async def test_lateness_is_written_down_once_and_nobody_is_skipped(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with time_machine.travel(at("2026-11-02T10:00:00"), tick=False):
        id_ = await people.accepted(li, wang, "SJ03")
        due = (await Clock.get(case_id=id_, task_id=None, kind="promise")).due_at
    with time_machine.travel(due, tick=False):
        await perform_due()
        await perform_due()
        clocks = (await reads.case(wang, id_))["clocks"]
    assert await Event.filter(case_id=id_, verb="overdue_promise").count() == 1
    assert next(c for c in clocks if c["kind"] == "promise")["light"]["colour"] == "red"
