"""Licences: in force with the grant, reminded of, renewed, deemed renewed when nobody decides, ended (art. 50, R34)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import acceptance, alarms, by_clock, cases, clocks, correction, drafts, licences, tasks
from models.actions.alarms import Due
from models.actions.conclude import conclude_if_done
from models.actions.drafts import Filing
from models.actions.step import locked_case
from models.base import SHANGHAI, Refusal, new_id, rows, unit
from models.case import Alarm, Case, Event, Task
from models.licence import Licence
from models.outbox import Notification
from models.paper import CaseMaterial
from models.people import Membership, Organisation
from models.promise import Promise
from models.reads import calendar
from models.reads import cases as case_reads
from models.reads import licences as reads
from models.rules.permits import Actor
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database
Turn = Any
FIRST_DAY, LAST_DAY = date(2026, 3, 4), date(2031, 3, 3)


class House:
    """The people of a test, and the wall clock."""

    def __init__(self, turn: Turn, li: Actor, wang: Actor, zhao: Actor, chen: Actor) -> None:
        self.turn, self.li, self.wang, self.zhao, self.chen = turn, li, wang, zhao, chen

    def at(self, day: date, hour: str = "10:00") -> None:
        self.turn.move_to(datetime.combine(day, time.fromisoformat(hour), SHANGHAI).astimezone(UTC))
        calendar.forget()

    async def licence(self, item: str = "SJ03") -> Licence:
        """李秀英's licence, granted on 2026-03-04 (five years: until 2031-03-03)."""
        self.at(FIRST_DAY)
        id_ = await people.concluded(self.li, self.wang, self.zhao, self.chen, item)
        return await Licence.get(case_id=id_)

    async def asks(self, licence: Licence, day: date) -> UUID:
        """A renewal, handed in on a day."""
        self.at(day)
        id_ = await drafts.begin(
            self.li, Filing([licence.item_code], renews=licence.id), applicant={}, answers={}, form={}, hall="0001"
        )
        record = await drafts.record_of(await Case.get(id=id_))
        await drafts.fill(self.li, id_, people.filled(record["form"]))
        for material in await CaseMaterial.filter(case_id=id_):
            if material.need["photo"] and not material.need["form"] and not material.need["free"]:
                await drafts.lay(self.li, id_, material.code, [await people.page(self.li)])
        await cases.submit(self.li, id_)
        return id_

    async def accepts(self, id_: UUID) -> Task:
        await cases.receive(self.wang, id_)
        await acceptance.accept(self.wang, id_)
        return await Task.get(case_id=id_)

    async def decides(self, task: Task, outcome: str) -> None:
        await tasks.acknowledge(self.zhao, task.id)
        await tasks.advise(self.zhao, task.id, None, outcome, "看过现场")
        await tasks.decide(self.chen, task.id, None, outcome, "" if outcome == "granted" else "不符合条件")


@pytest.fixture
def turn() -> Iterator[Turn]:
    with time_machine.travel(datetime(2026, 3, 4, 2, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
async def house(db: str, turn: Turn) -> House:
    return House(turn, await people.citizen(), await people.clerk(), await people.handler(), await people.approver())


async def again(licence: Licence) -> Licence:
    return await Licence.get(id=licence.id)


async def armed(licence: Licence) -> list[tuple[str, str]]:
    found = await Alarm.filter(subject_id=licence.id, done_at=None).order_by("due_at", "verb")
    return [(alarm.verb, alarm.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")) for alarm in found]


async def kinds(actor: Actor) -> list[str]:
    return [row.kind for row in await Notification.filter(account_id=actor.id).order_by("id")]


async def test_a_grant_gives_a_licence(house: House) -> None:
    row = await house.licence()
    assert (row.name, row.number) == ("食品经营许可证", "市监局证〔2026〕00001号")
    assert (row.issued_on, row.valid_from, row.valid_until, row.state) == (FIRST_DAY, FIRST_DAY, LAST_DAY, "valid")
    assert Licence.HOLDER.open(row.id, row.holder_sealed) == "李秀英"
    assert await armed(row) == [
        ("remind_renewal", "2030-12-03 08:30"),
        ("remind_renewal", "2031-01-02 08:30"),
        ("remind_renewal", "2031-02-01 08:30"),
        ("expire", "2031-03-04 00:00"),
    ]
    assert await Event.filter(case_id=row.case_id, verb="issue", audience="staff").count() == 1
    other = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    second = await people.concluded(other, house.wang, house.zhao, house.chen, "SJ03")
    assert (await Licence.get(case_id=second)).number == "市监局证〔2026〕00002号"


async def test_a_licence_for_good_has_no_alarm_and_a_benefit_gives_none(house: House) -> None:
    row = await house.licence("SJ01")
    assert (row.valid_until, row.valid_years) == (None, None)
    assert await armed(row) == []
    id_ = await people.concluded(house.li, house.wang, house.zhao, house.chen, "SJ04")
    assert not await Licence.filter(case_id=id_).exists()


async def test_a_refusal_gives_none(house: House) -> None:
    id_ = await people.accepted(house.li, house.wang, "SJ03")
    await house.decides(await Task.get(case_id=id_), "refused")
    assert not await Licence.exists()


async def test_a_licence_is_held_back_until_the_promised_paper_comes(house: House) -> None:
    id_ = await people.accepted(house.li, house.wang, "SJ03")
    promise = await Promise.create(
        id=new_id(), case_id=id_, subject_id=house.li.id, kind="tolerance", item_code="SJ03", materials=["A01"],
        words_sealed="-",
    )  # fmt: skip
    await Case.filter(id=id_).update(promised=True)
    await house.decides(await Task.get(case_id=id_), "granted")
    assert not await Licence.exists()
    house.at(FIRST_DAY + timedelta(days=6))
    await Promise.filter(id=promise.id).update(state="kept")

    async def done() -> None:
        await conclude_if_done(await locked_case(id_))

    await unit(done)
    row = await Licence.get(case_id=id_)
    assert row.valid_from == FIRST_DAY + timedelta(days=6)
    assert (await Case.get(id=id_)).state == "concluded"


async def test_the_holder_is_reminded_three_times_and_then_it_ends(house: House) -> None:
    row = await house.licence()
    for days in (90, 60, 30):
        house.at(LAST_DAY - timedelta(days=days), "09:00")
        await perform_due()
        await perform_due()
    assert (await kinds(house.li)).count("licence.ending") == 3
    house.at(LAST_DAY, "23:59:59")
    await perform_due()
    assert (await again(row)).state == "valid"
    house.at(LAST_DAY + timedelta(days=1), "00:00")
    await perform_due()
    await perform_due()
    assert (await again(row)).state == "expired"
    assert (await kinds(house.li)).count("licence.expired") == 1
    assert await armed(row) == []


async def test_a_short_term_leaves_out_the_reminders_that_are_past(house: House) -> None:
    row = await house.licence()
    await Licence.filter(id=row.id).update(valid_until=FIRST_DAY + timedelta(days=45))
    await unit(lambda: clocks.disarm(row.id))
    row = await again(row)
    await unit(lambda: licences.arm(row))
    assert [verb for verb, _ in await armed(row)] == ["remind_renewal", "expire"]


# ------------------------------------------------------------------ art. 50


async def test_silence_renews_a_licence_asked_for_in_time(house: House) -> None:
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 2, 1))
    await house.accepts(id_)
    assert [found for found in await armed(row) if found[0] in ("warn_office", "deem_renewed", "expire")] == [
        ("warn_office", "2031-02-17 08:30"),
        ("warn_office", "2031-02-26 08:30"),
        ("deem_renewed", "2031-03-04 00:00"),
        ("expire", "2031-03-04 00:00"),
    ]
    house.at(date(2031, 2, 26), "09:00")
    await perform_due()
    assert await Event.filter(case_id=id_, verb="warn_office", audience="staff").count() == 2
    owed = await rows("SELECT audience FROM outbox WHERE dedupe_key LIKE '%renewal_due%'")
    assert {each["audience"] for each in owed} >= {"department:SJ", "supervisor"}
    house.at(date(2031, 3, 3), "23:59:59")
    await perform_due()
    assert (await again(row)).valid_until == LAST_DAY
    house.at(date(2031, 3, 4), "00:00")
    await perform_due()
    await perform_due()
    new = await again(row)
    assert (new.state, new.deemed, new.valid_from, new.valid_until) == (
        "valid", True, date(2031, 3, 4), date(2036, 3, 3),
    )  # fmt: skip
    assert await Event.filter(verb="deem_renewed", audience="public").count() == 2  # of the old case and of the renewal
    assert (await kinds(house.li)).count("licence.deemed_renewed") == 1
    assert "licence.expired" not in await kinds(house.li)
    assert [verb for verb, _ in await armed(row)] == ["remind_renewal"] * 3 + ["expire"]
    words = [event["words"] for event in await case_reads.timeline(house.li, await Case.get(id=id_))]
    assert "食品经营许可证到期前没有决定，依法视为准予延续到2036年3月3日" in words


@pytest.mark.parametrize("late", [1, 4, 40])
async def test_a_late_and_doubled_clock_says_the_same(house: House, late: int, together: Any) -> None:
    row = await house.licence()
    await house.accepts(await house.asks(row, date(2031, 1, 6)))
    house.at(date(2031, 3, 3) + timedelta(days=late), "15:00")
    await together(*(perform_due() for _ in range(6)))
    due = Due(new_id(), row.case_id, "licence", row.id, None, "deem_renewed")
    await by_clock.perform(due)
    await alarms.perform(due.id, lambda: by_clock.perform(due))
    new = await again(row)
    assert (new.state, new.valid_from, new.valid_until) == ("valid", date(2031, 3, 4), date(2036, 3, 3))
    assert await Event.filter(case_id=row.case_id, verb="deem_renewed").count() == 1
    assert (await kinds(house.li)).count("licence.deemed_renewed") == 1


async def test_asked_for_too_late_silence_is_not_consent(house: House) -> None:
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 2, 2))
    told = (await case_reads.case(house.li, id_))["renewal"]
    assert told["timely"] is False
    assert told["words"] == "离到期不到30日才交的，3月3日到期前没有决定的，不视为准予，旧证到期就不能用了"
    await house.accepts(id_)
    assert "deem_renewed" not in {verb for verb, _ in await armed(row)}
    house.at(date(2031, 3, 4), "08:00")
    await perform_due()
    assert ((await again(row)).state, (await again(row)).deemed) == ("expired", False)


async def test_nor_is_it_while_the_applicant_corrects(house: House) -> None:
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 1, 20))
    await cases.receive(house.wang, id_)
    material = (await CaseMaterial.filter(case_id=id_, state="ready").first()) or pytest.fail("nothing laid")
    line = {"material_code": material.code, "defect": "看不清日期", "fix": "拍清楚再交"}
    await correction.notify(house.wang, id_, None, [line])
    await Alarm.filter(case_id=id_, verb="lapse").update(due_at=datetime(2031, 4, 1, tzinfo=UTC))
    house.at(date(2031, 3, 4), "08:00")
    await perform_due()
    assert (await again(row)).state == "expired"


async def test_a_case_nobody_accepted_is_renewed_by_silence_too(house: House) -> None:
    """Handed in on the last day, taken in by nobody: the office's silence on acceptance takes nothing away."""
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 2, 1))
    await Alarm.filter(case_id=id_, verb="deem_accept").update(due_at=datetime(2031, 4, 1, tzinfo=UTC))
    house.at(date(2031, 3, 4), "08:00")
    await perform_due()
    assert ((await again(row)).state, (await again(row)).deemed) == ("valid", True)


async def test_a_renewal_granted_in_time_gives_a_new_licence_from_the_old_ones_end(house: House) -> None:
    row = await house.licence()
    task = await house.accepts(await house.asks(row, date(2031, 1, 6)))
    house.at(date(2031, 1, 13))
    await house.decides(task, "granted")
    old, new = await again(row), await Licence.get(task_id=task.id)
    assert (old.state, old.valid_until) == ("renewed", LAST_DAY)
    assert (new.issued_on, new.valid_from, new.valid_until) == (
        date(2031, 1, 13), date(2031, 3, 4), date(2036, 3, 3),
    )  # fmt: skip
    assert await armed(row) == []
    house.at(date(2031, 3, 5))
    await perform_due()
    assert ((await again(row)).state, (await again(new)).state) == ("renewed", "valid")
    assert await Event.filter(case_id=row.case_id, verb="renew").count() == 1


async def test_a_renewal_refused_in_time_leaves_the_old_one_to_its_end(house: House) -> None:
    row = await house.licence()
    task = await house.accepts(await house.asks(row, date(2031, 1, 6)))
    house.at(date(2031, 1, 13))
    await house.decides(task, "refused")
    house.at(date(2031, 2, 27))
    await perform_due()
    assert (await again(row)).state == "valid"
    assert not await Event.filter(verb="warn_office").exists()
    house.at(date(2031, 3, 4), "00:00")
    await perform_due()
    assert ((await again(row)).state, (await again(row)).deemed) == ("expired", False)


@pytest.mark.parametrize("clock_ran", [True, False], ids=["clock ran", "clock is late"])
async def test_after_the_silence_a_refusal_comes_too_late(house: House, clock_ran: bool) -> None:
    row = await house.licence()
    task = await house.accepts(await house.asks(row, date(2031, 1, 6)))
    house.at(date(2031, 3, 4), "09:00")
    if clock_ran:
        await perform_due()
    await tasks.acknowledge(house.zhao, task.id)
    await tasks.advise(house.zhao, task.id, None, "refused", "不符合")
    with pytest.raises(Refusal) as refused:
        await tasks.decide(house.chen, task.id, None, "refused", "不符合条件")
    assert refused.value.code == "renewal_deemed"
    await tasks.decide(house.chen, task.id, None, "granted")
    await perform_due()
    old, new = await again(row), await Licence.get(task_id=task.id)
    assert (old.state, old.deemed) == ("renewed", True)
    assert (new.valid_from, new.valid_until) == (date(2031, 3, 4), date(2036, 3, 3))  # not a second term on top
    assert (await kinds(house.li)).count("licence.deemed_renewed") == 1


async def test_what_was_withdrawn_after_midnight_was_deemed_before(house: House) -> None:
    """The worker is late: what counts is how things stood when the last day was over."""
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 1, 6))
    await house.accepts(id_)
    house.at(date(2031, 3, 4), "09:00")
    await cases.withdraw(house.li, id_)
    await perform_due()
    assert (await again(row)).deemed


async def test_what_was_withdrawn_before_midnight_was_not(house: House) -> None:
    row = await house.licence()
    id_ = await house.asks(row, date(2031, 1, 6))
    await house.accepts(id_)
    house.at(date(2031, 3, 3), "23:00")
    await cases.withdraw(house.li, id_)
    house.at(date(2031, 3, 5), "09:00")
    await perform_due()
    assert (await again(row)).state == "expired"


async def test_a_revoked_decision_takes_its_licence_with_it(house: House) -> None:
    row = await house.licence()
    task = await Task.get(id=row.task_id)

    async def body() -> None:
        await licences.annul(house.chen, await locked_case(row.case_id), task)
        await licences.annul(house.chen, await locked_case(row.case_id), task)

    await unit(body)
    assert (await again(row)).state == "revoked"
    assert await armed(row) == []
    assert await Event.filter(case_id=row.case_id, verb="annul").count() == 1


# ------------------------------------------------------------------ what people see


async def test_the_holder_sees_it_and_nobody_else(house: House) -> None:
    row = await house.licence()
    (shown,) = (await reads.mine(house.li))["items"]
    assert shown["id"] == str(row.id)
    assert (shown["light"]["colour"], shown["words"], shown["can"]) == ("green", "有效期到2031年3月3日", [])
    assert shown["holder"] == {"kind": "self", "id": str(house.li.id), "name": "李秀英"}
    sun = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    assert await reads.mine(sun) == {"items": []}
    with pytest.raises(Refusal) as refused:
        await reads.mine(house.wang)
    assert refused.value.code == "sign_in_needed"
    with pytest.raises(Refusal) as refused:
        await drafts.begin(sun, Filing(["SJ03"], renews=row.id), applicant={}, answers={}, form={}, hall="0001")
    assert refused.value.code == "unknown_licence"


async def test_a_companys_licence_is_seen_by_who_acts_for_it(house: House) -> None:
    row = await house.licence()
    body = await Organisation.create(id=new_id(), uscc="91440229MA4UR1TX0X", name="兰花食品店")
    await Licence.filter(id=row.id).update(subject_id=body.id)
    assert (await reads.mine(house.li))["items"] == []
    sun = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    await Membership.create(account_id=sun.id, organisation_id=body.id, role="agent", until=date(2026, 3, 10))
    assert [shown["holder"]["kind"] for shown in (await reads.mine(sun))["items"]] == ["organisation"]
    house.at(date(2026, 3, 11))
    assert (await reads.mine(sun))["items"] == []


async def test_renewing_is_offered_from_the_first_reminder_on(house: House) -> None:
    row = await house.licence()
    house.at(LAST_DAY - timedelta(days=91))
    assert (await reads.mine(house.li))["items"][0]["can"] == []
    house.at(LAST_DAY - timedelta(days=90))
    (shown,) = (await reads.mine(house.li))["items"]
    assert (shown["can"], shown["light"]["word"], shown["light"]["short"]) == (["renew"], "快到期", "剩90日")
    assert "2月1日以前申请延续，到期前没有决定的，依法视为准予延续" in shown["words"]
    id_ = await house.asks(row, LAST_DAY - timedelta(days=40))
    (shown,) = (await reads.mine(house.li))["items"]
    assert (shown["can"], shown["renewal_case_id"]) == ([], str(id_))
    assert "到期30日前交的，3月3日到期前没有决定的，依法视为准予延续" in shown["words"]
    house.at(LAST_DAY - timedelta(days=20))
    await cases.withdraw(house.li, id_)
    assert "现在也可以申请延续，但到期前没有决定的，不视为准予" in (await reads.mine(house.li))["items"][0]["words"]
