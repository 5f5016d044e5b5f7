"""A changed calendar moves every running clock by what it changed, says so, and the second time does nothing (R26)."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import time_machine

from models.actions import acceptance, cases, clocks, correction, recount, tasks
from models.actions.load import load
from models.actions.step import locked_case
from models.base import SHANGHAI, new_id, unit
from models.case import Alarm, Case, Clock, Event, Notice, Task
from models.catalogue import CountyLoad
from models.outbox import Notification
from models.paper import CaseMaterial
from models.promise import Promise
from models.reads import calendar
from models.rules.permits import Actor
from tests import people
from tests.county.folder import COUNTY, copied, spoil

pytestmark = pytest.mark.database
DAY = date(2026, 12, 1)  # a Tuesday


@pytest.fixture
def turn() -> Iterator[Any]:
    with time_machine.travel(datetime.combine(DAY, time(10), SHANGHAI).astimezone(UTC), tick=False) as clock:
        yield clock


@pytest.fixture
async def folder(db: str, turn: Any, tmp_path: Path) -> AsyncIterator[Path]:
    """A copy of the county to change. Loadings of a day to come must not stay: they would be the newest ever after."""
    before = [row.id for row in await CountyLoad.all()]
    await load(COUNTY)
    yield copied(tmp_path)
    await load(COUNTY)
    await CountyLoad.filter(id__not_in=before).delete()
    calendar.forget()


def holiday(folder: Path, day: str = "2026-12-07") -> None:
    """One more day off, as a notice of the State Council would bring it."""
    line = f"  - {{name: 临时放假, from: {day}, to: {day}, days: 1}}\n"
    spoil(folder, "calendars/2026.yaml", "days_worked:\n", f"{line}days_worked:\n")
    spoil(folder, "calendars/2026.yaml", "working_days: 248", "working_days: 247")


async def crew() -> tuple[Actor, Actor]:
    return await people.citizen(), await people.clerk()


async def due(case_id: Any, *kinds: str, task: bool = False) -> list[str]:
    found = await Clock.filter(case_id=case_id, stopped_at=None, task_id__isnull=not task).order_by("kind")
    return [row.due_on.isoformat() for row in found if row.kind in kinds]


async def recounts(case_id: Any) -> list[str]:
    return [event.words for event in await Event.filter(case_id=case_id, verb="recount").order_by("at")]


async def test_a_new_holiday_moves_every_clock_by_one_working_day(folder: Path, turn: Any) -> None:
    li, wang = await crew()
    new = await people.submitted(li, "SJ03")
    asked = await people.submitted(li, "SJ01")
    await cases.receive(wang, asked)
    material = await CaseMaterial.filter(case_id=asked, state="ready").order_by("position").first()
    assert material
    line = {"material_code": material.code, "defect": "看不清日期", "fix": "拍清楚再交"}
    await correction.notify(wang, asked, None, [line])
    other = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    running = await people.accepted(other, wang, "SJ03")
    assert await due(new, "acceptance") == ["2026-12-08"]
    assert await due(asked, "correction") == ["2026-12-15"]
    before = {row.id: row.due_on for row in await Clock.filter(stopped_at=None)}
    holiday(folder)
    report = await load(folder)
    assert report.recounted and (report.recounted.cases, report.recounted.moved) == (3, len(before))
    assert "3件改了" in report.words
    assert await due(new, "acceptance") == ["2026-12-09"]
    assert await due(asked, "correction") == ["2026-12-16"]
    assert (await Notice.get(case_id=asked)).due_on == date(2026, 12, 16)
    days = (await calendar.clock()).calendar
    for row in await Clock.filter(stopped_at=None):
        assert row.due_on == days.next_working(before[row.id]), row.kind
        assert row.due_at == (await calendar.clock()).due_at(row.due_on)
    assert await recounts(new) == ["国家放假安排有变：受理期限由12月8日改为12月9日"]
    assert await recounts(asked) == ["国家放假安排有变：补正期限由12月15日改为12月16日"]
    (said,) = await recounts(running)
    assert "承诺期限由" in said and "法定期限由" in said
    told = [Notification.WORDS.open(n.id, n.words_sealed) for n in await Notification.filter(kind="case.recounted")]
    assert len(told) == 3
    assert any(words and "期限由12月8日改为12月9日" in words for words in told)


async def test_alarms_move_with_their_clock(folder: Path) -> None:
    li, wang = await crew()
    id_ = await people.submitted(li, "SJ03")

    async def hours() -> list[tuple[str, str]]:
        found = await Alarm.filter(case_id=id_, done_at=None).order_by("due_at")
        return [(alarm.verb, alarm.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")) for alarm in found]

    assert await hours() == [
        ("remind_acceptance", "12-04 08:30"), ("remind_acceptance", "12-07 08:30"), ("deem_accept", "12-09 00:00"),
    ]  # fmt: skip
    holiday(folder)
    await load(folder)
    assert await hours() == [
        ("remind_acceptance", "12-04 08:30"), ("remind_acceptance", "12-08 08:30"), ("deem_accept", "12-10 00:00"),
    ]  # fmt: skip


async def test_the_second_time_nothing_changes(folder: Path, together: Any) -> None:
    li, wang = await crew()
    id_ = await people.accepted(li, wang, "SJ03")
    holiday(folder)
    await load(folder)
    version = (await Case.get(id=id_)).version
    found = [(row.id, row.due_on) for row in await Clock.all().order_by("id")]
    doubled = await together(*(recount.everything() for _ in range(3)))
    assert [(done.cases, done.moved) for done in doubled] == [(0, 0)] * 3
    assert (await load(folder)).recounted is None  # the calendar is the same: nothing is even looked at
    assert (await Case.get(id=id_)).version == version
    assert [(row.id, row.due_on) for row in await Clock.all().order_by("id")] == found
    assert len(await recounts(id_)) == 1


async def test_a_loading_cut_short_is_made_up_for(folder: Path, turn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    li, _ = await crew()
    id_ = await people.submitted(li, "SJ03")
    holiday(folder)
    turn.shift(1)  # the newest loading is the one in force

    async def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recount, "everything", cut)
        with pytest.raises(KeyboardInterrupt):
            await load(folder)
    assert await due(id_, "acceptance") == ["2026-12-08"]
    report = await load(folder, if_changed=True)
    assert report.skipped and report.recounted and report.recounted.moved == 1
    assert await due(id_, "acceptance") == ["2026-12-09"]
    assert (await load(folder, if_changed=True)).recounted is None
    assert all(
        "recount" in row.counts for row in await CountyLoad.filter(counts__contains={"calendar_day": {"added": 1}})
    )


async def test_two_loadings_at_once_move_it_once(folder: Path, together: Any) -> None:
    li, _ = await crew()
    id_ = await people.submitted(li, "SJ03")
    holiday(folder)
    await together(load(folder), load(folder))
    assert await due(id_, "acceptance") == ["2026-12-09"]
    assert len(await recounts(id_)) == 1


async def test_a_day_that_is_past_stays_past(folder: Path, turn: Any) -> None:
    li, wang = await crew()
    late = await people.accepted(li, wang, "SJ03")
    turn.move_to(datetime(2026, 12, 24, 2, tzinfo=UTC))
    running = await people.accepted(await people.citizen("孙大伟", people.SUN_ID, "13800000002"), wang, "SJ03")
    before = await due(late, "promise", "statutory")
    holiday(folder, "2026-12-08")  # inside the first one's span, before the second began
    report = await load(folder)
    assert report.recounted and report.recounted.moved == 0
    assert await due(late, "promise", "statutory") == before
    assert await recounts(late) == [] == await recounts(running)


async def test_a_day_worked_after_all_brings_it_forward_but_never_into_the_past(folder: Path, turn: Any) -> None:
    """A holiday taken back: the day comes earlier, with an event that says why; not before today."""
    li, _ = await crew()
    id_ = await people.submitted(li, "SJ03")
    holiday(folder)
    await load(folder)
    turn.move_to(datetime(2026, 12, 9, 2, tzinfo=UTC))
    assert await due(id_, "acceptance") == ["2026-12-09"]
    await load(COUNTY)
    assert await due(id_, "acceptance") == ["2026-12-09"]  # counted anew it would have been yesterday
    turn.move_to(datetime(2026, 12, 2, 2, tzinfo=UTC))
    await recount.everything()
    assert await due(id_, "acceptance") == ["2026-12-08"]
    assert (await recounts(id_))[-1] == "国家放假安排有变：受理期限由12月9日改为12月8日"


async def test_the_promise_of_a_paper_and_a_suspended_task(folder: Path) -> None:
    li, wang = await crew()
    id_ = await people.submitted(li, "SJ03")
    await Promise.create(
        id=new_id(), case_id=id_, subject_id=li.id, kind="tolerance", item_code="SJ03", materials=["A01"],
        words_sealed="-",
    )  # fmt: skip
    await Case.filter(id=id_).update(promised=True)
    await acceptance.accept(wang, id_)
    zhao = await people.handler()
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(zhao, task.id)

    async def paused() -> None:
        await clocks.pause(await locked_case(id_), task, date(2026, 12, 3), date(2026, 12, 4), "检验")

    await unit(paused)
    owed = (await Promise.get(case_id=id_)).due_on
    children = await due(id_, "promise", "statutory", task=True)
    holiday(folder)
    await load(folder)
    days = (await calendar.clock()).calendar
    assert (await Promise.get(case_id=id_)).due_on == days.next_working(owed)
    assert await due(id_, "promise", "statutory", task=True) == [
        days.next_working(date.fromisoformat(day)).isoformat() for day in children
    ]
    assert not await Alarm.filter(case_id=id_, machine="task", clock_id__isnull=False, done_at=None).exists()
    assert "容缺补齐期限由" in (await recounts(id_))[0]


async def test_a_child_stays_inside_its_bundle(folder: Path) -> None:
    """The whole is counted in natural days and does not move: a child in working days ends with it, not after it."""
    li, wang = await crew()
    id_ = await people.accepted(li, wang, "SJ03")
    child = await Clock.get(case_id=id_, task_id__isnull=False, kind="promise")
    assert child.due_on == date(2026, 12, 9)
    await Case.filter(id=id_).update(bundle_code="B01")
    await Clock.filter(case_id=id_, task_id=None, kind="promise").update(limit_days=8, unit="自然日")
    holiday(folder)
    await load(folder)
    (whole,) = await Clock.filter(case_id=id_, task_id=None, kind="promise")
    child = await Clock.get(id=child.id)
    assert (whole.due_on, child.due_on) == (date(2026, 12, 9), date(2026, 12, 9))
    assert (child.within, child.limit_days) == (True, 5)
    assert (await recount.everything()).moved == 0
