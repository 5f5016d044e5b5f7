"""The board: a task stands in one column, counts and filters agree, the law is told beside the promise."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.actions import acceptance, cases, consultations, correction, drafts, supervision, tasks
from models.base import SHANGHAI, Refusal, execute, new_id, now, today
from models.case import Case, Task
from models.outbox import Notification
from models.paper import CaseMaterial
from models.promise import Promise
from models.reads import accountability, calendar, desk, matters
from models.reads import supervision as read
from models.rules import ladder
from models.rules.calendar import Calendar
from models.rules.permits import CLOCK, Actor
from models.supervision import Inspection
from tests import people

pytestmark = pytest.mark.database
ITEMS = ("SJ02", "SJ03", "SJ04")


async def lead() -> Actor:
    return await people.worker("周督", "supervisor", department="ZS")


async def days() -> Calendar:
    return (await calendar.clock()).calendar


async def at(place: int) -> date:
    """The working day `place` from today, backwards when negative."""
    working = await days()
    if place >= 0:
        return working.add_working(today(), place)
    return next(
        day for day in (today() - timedelta(n) for n in range(1, 60)) if working.working_between(day, today()) == -place
    )


async def due(task: Task, place: int, kind: str = "promise") -> Task:
    """Move a task's clock so that it ends on that day."""
    day = await at(place)
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    await execute(
        "UPDATE clock SET due_on = $2, due_at = $3 WHERE task_id = $1 AND kind = $4", task.id, day, midnight, kind
    )
    return task


async def filed(owner: Actor, window: Actor, item: str, hall: str = "0001") -> Task:
    case_id = await people.submitted(owner, item, hall=hall)
    await cases.receive(window, case_id)
    await acceptance.accept(window, case_id)
    return await Task.get(case_id=case_id)


async def county(*places: int) -> list[Task]:
    """李秀英's tasks, one for each place on the calendar."""
    li, wang = await people.citizen(), await people.clerk()
    return [await due(await filed(li, wang, item), place) for item, place in zip(ITEMS, places, strict=False)]


def places(board: dict[str, Any]) -> dict[str, list[int]]:
    """Task id -> the columns it stands in, 0 for late."""
    found: dict[str, list[int]] = {}
    for column in [*board["columns"], board["late"]]:
        for row in column["rows"]:
            found.setdefault(row["task_id"], []).append(column["days"])
    return found


@pytest.mark.parametrize(
    ("place", "column"), [(0, 1), (1, 1), (2, 3), (3, 3), (4, 5), (5, 5), (6, None), (-1, 0), (-8, 0)]
)
async def test_a_task_stands_in_one_column_only(db: str, place: int, column: int | None) -> None:
    (task,) = await county(place)
    board = await read.board(await lead())
    assert places(board) == ({str(task.id): [column]} if column is not None else {})
    assert board["total"] == 1
    assert sum(one["count"] for one in [*board["columns"], board["late"]]) == (column is not None)


async def test_a_row_says_whose_what_how_long_and_whether_it_was_urged(db: str) -> None:
    task, _ = await county(-2, 1)
    await tasks.acknowledge(await people.handler(), task.id)
    zhou = await lead()
    await supervision.urge(zhou, task.id, None, "请反馈", await soon())
    board = await read.board(zhou)
    (row,) = board["late"]["rows"]
    assert (row["applicant"], row["department"], row["handler"]) == ("李**", "市监局", "赵强")
    assert (row["words"], row["light"], row["illegal"], row["urged_words"]) == ("超2日", "red", False, "已催 1 次")
    (near,) = board["columns"][0]["rows"]
    assert (near["words"], near["light"], near["urged_words"]) == ("剩1日", "amber", "未催")
    (group,) = board["table"]["rows"]
    told = {name: group[name] for name in ("code", "open", "in0", "in1", "in3", "in5", "urged")}
    assert told == {"code": "SJ", "open": 2, "in0": 1, "in1": 1, "in3": 0, "in5": 0, "urged": 1}
    assert (await desk.counts(zhou))["board"] == 1


async def soon() -> datetime:
    return datetime.combine(await at(1), ladder.NEXT_MORNING, SHANGHAI)


async def test_a_row_past_the_law_says_so(db: str) -> None:
    (task,) = await county(-4)
    await due(task, -1, "statutory")
    board = await read.board(await lead())
    assert board["late"]["rows"][0]["illegal"] is True
    await due(task, 0, "statutory")
    assert (await read.board(await lead()))["late"]["rows"][0]["illegal"] is False


async def test_a_suspended_task_is_grey_and_in_no_column_but_counted_in_hand(db: str) -> None:
    case_id = await people.accepted(await people.citizen(), await people.clerk(), "XF01")
    task = await Task.get(case_id=case_id)
    zhao = await people.handler(department="XF")
    await tasks.acknowledge(zhao, task.id)
    await execute(
        """UPDATE clock SET suspensions = '[{"first":"2026-11-01","last":"2026-12-30","reason":"检测","open":true}]' """
        "WHERE task_id = $1",
        task.id,
    )
    await due(task, 0)
    zhou = await lead()
    board = await read.board(zhou)
    assert places(board) == {} and board["total"] == 1
    assert (await read.one(zhou, task.id))["light"] == "grey"
    await execute("UPDATE clock SET suspensions = '[]' WHERE task_id = $1", task.id)
    assert places(await read.board(zhou)) == {str(task.id): [1]}


async def test_filters_by_department_hall_and_green(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    here, there = await due(await filed(li, wang, "SJ03"), 0), await due(await filed(li, wang, "LY01", "0300"), 0)
    await Case.filter(id=there.case_id).update(green=True)
    zhou = await lead()
    for by, value, expected in [
        ("", "", {here.id, there.id}), ("department", "SJ", {here.id}), ("department", "LY", {there.id}),
        ("hall", "0300", {there.id}), ("hall", "0001", {here.id}), ("green", "", {there.id}),
        ("department", "", {here.id, there.id}), ("department", "'; --", {here.id, there.id}),
        ("no", "x", {here.id, there.id}),
    ]:  # fmt: skip
        board = await read.board(zhou, by, value)
        assert set(places(board)) == {str(id_) for id_ in expected}, (by, value)
        assert board["total"] == board["columns"][0]["count"] == len(expected), (by, value)
        column = await read.column(zhou, 1, by, value)
        assert {row["task_id"] for row in column["rows"]} == {str(id_) for id_ in expected}
    halls = (await read.board(zhou, "hall"))["table"]
    assert halls["by"] == "hall" and {row["code"] for row in halls["rows"]} == {"0001", "0300"}


async def test_a_column_goes_on_where_the_page_before_ended(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await county(1, 1, 0)
    monkeypatch.setattr(read, "PAGE", 2)
    zhou = await lead()
    first = await read.column(zhou, 1)
    second = await read.column(zhou, 1, after=first["next"])
    seen = [row["task_id"] for page in (first, second) for row in page["rows"]]
    assert seen[0] == str(found[2].id) and set(seen) == {str(task.id) for task in found} and len(seen) == 3
    assert not second["next"] and first["count"] == 3
    assert (await read.column(zhou, 1, after="nonsense~"))["rows"]


async def test_a_decided_task_leaves_the_board(db: str) -> None:
    case_id = await people.concluded(
        await people.citizen(), await people.clerk(), await people.handler(), await people.approver(), "SJ03"
    )
    zhou = await lead()
    board = await read.board(zhou)
    assert board["total"] == 0 and places(board) == {}
    with pytest.raises(Refusal) as refused:
        await read.one(zhou, (await Task.get(case_id=case_id)).id)
    assert refused.value.status == 404


@pytest.mark.parametrize("role", ["clerk", "handler", "section_head", "approver", "delegate"])
async def test_the_board_is_for_supervisors_and_the_countys_head(db: str, role: str) -> None:
    sun = await people.worker("孙伟", role, department="NY")
    for asked in (read.board(sun), read.column(sun, 1), read.steps(sun, new_id()), matters.counts(sun),
                  matters.listed(sun, "calls"), accountability.month(sun)):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            await asked
        assert refused.value.status == 403
    assert (await read.board(await people.worker("谢县长", "county_head")))["total"] == 0


# ------------------------------------------------------------------ the ladder of one task


async def test_the_ladder_tells_what_was_said_and_what_comes_by_itself(db: str) -> None:
    case_id = await people.accepted(await people.citizen(), await people.clerk(), "SJ03")
    task = await Task.get(case_id=case_id)
    await tasks.acknowledge(await people.handler(), task.id)
    await people.worker("梁股长", "section_head", department="SJ")
    await people.approver()
    zhou = await lead()
    steps = await read.steps(zhou, task.id)
    assert [step["words"] for step in steps] == [
        "提醒承办人 赵强", "报股室负责人 梁股长", "报部门负责人 陈静", "转行政服务中心督办",
    ]  # fmt: skip
    assert [step["state"] for step in steps] == ["next", "ahead", "ahead", "ahead"]
    await supervision.urge(zhou, task.id, None, "今天请反馈", await soon())
    steps = await read.steps(zhou, task.id)
    assert steps[0]["words"] == "督办催办：今天请反馈" and steps[0]["until"] and "前答复" in steps[0]["note"]
    await supervision.answer_urge(await people.handler(), task.id, None, "明天办结")
    steps = await read.steps(zhou, task.id)
    assert not steps[0]["until"] and "答复：明天办结" in steps[0]["note"]


async def test_urgings_of_a_case_for_its_department_and_nobody_else(db: str) -> None:
    case_id = await people.accepted(await people.citizen(), wang := await people.clerk(), "SJ03")
    task, zhou = await Task.get(case_id=case_id), await lead()
    await supervision.urge(zhou, task.id, None, "今天请反馈", await soon())
    told = await read.urges_of(case_id, await people.handler())
    (urge,) = told[str(task.id)]
    assert (urge["level"], urge["by"], urge["words"], urge["answered_at"], urge["open"]) == (
        "manual", "周督", "今天请反馈", None, True,
    )  # fmt: skip
    assert (await read.urges_of(case_id, zhou)) == told
    for actor in (
        wang,
        await people.handler("孙伟", "NY"),
        await people.citizen("孙小妹", people.SUN_ID, "13900000009"),
    ):
        assert await read.urges_of(case_id, actor) == {}


# ------------------------------------------------------------------ what somebody must see to


async def numbers(actor: Actor) -> dict[str, int]:
    return {line["key"]: line["n"] for line in await matters.counts(actor) if line["key"]}


async def test_what_somebody_must_see_to_is_counted_and_listed(db: str) -> None:
    li, wang, zhou = await people.citizen(), await people.clerk(), await lead()
    assert await numbers(zhou) == {"orphans": 0, "deeming": 0, "calls": 0}
    waiting = await people.submitted(li, "SJ02")
    await execute("UPDATE clock SET due_on = $2 WHERE case_id = $1", waiting, await at(1))
    accepted = await filed(li, wang, "SJ03")
    await Notification.filter(case_id=accepted.case_id, kind="case.accepted").update(push="failed")
    await execute("UPDATE cases SET second_notice = 'asked' WHERE id = $1", waiting)
    found = await numbers(zhou)
    assert found == {"orphans": 0, "deeming": 1, "calls": 1, "second": 1}
    for key, case_id in [("deeming", waiting), ("calls", accepted.case_id), ("second", waiting)]:
        listed = await matters.listed(zhou, key)
        assert [row["case_id"] for row in listed["rows"]] == [str(case_id)] and listed["count"] == 1
        assert listed["rows"][0]["applicant"] == "李**"
    await Notification.filter(case_id=accepted.case_id).update(read_at=now())  # seen in the app: no call is needed
    assert (await numbers(zhou))["calls"] == 0
    with pytest.raises(Refusal) as refused:
        await matters.listed(zhou, "nothing")
    assert refused.value.status == 404


async def test_a_silent_letter_and_a_late_inspection_are_counted(db: str) -> None:
    li, wang, zhou = await people.citizen(), await people.clerk(), await lead()
    task = await filed(li, wang, "SJ03")
    letter = await consultations.ask(wang, task.case_id, "HB", "这个地点能不能开店")
    await execute(
        "UPDATE consultation SET state = 'silent', due_at = $2 WHERE id = $1", letter, now() - timedelta(hours=1)
    )
    await Inspection.create(
        id=new_id(), case_id=task.case_id, task_id=task.id, kind="spot", department_id="SJ", due_on=await at(-1),
        due_at=now() - timedelta(hours=1),
    )  # fmt: skip
    found = await numbers(zhou)
    assert found["silent"] == 1 and found["inspections"] == 1
    assert (await matters.listed(zhou, "silent"))["rows"][0]["words"].startswith("生态环境分局应在")
    assert (await matters.listed(zhou, "inspections"))["rows"][0]["words"].startswith("市监局应在")


async def test_the_next_years_calendar_is_asked_for_in_autumn(db: str) -> None:
    told = [line for line in await matters.counts(await lead()) if not line["key"]]
    covered = (await days()).covers(today().year + 1)
    early = (today().month, today().day) < matters.CALENDAR_FROM
    assert bool(told) == (not covered and not early)
    if told:
        assert told[0]["said"] == f"还有 {(date(today().year + 1, 1, 1) - today()).days} 天"


# ------------------------------------------------------------------ the month


async def test_the_month_tells_who_kept_the_promise_and_who_did_not(db: str) -> None:
    li, wang, zhao, chen, zhou = (
        await people.citizen(), await people.clerk(), await people.handler(), await people.approver(), await lead()
    )  # fmt: skip
    kept, open_, broken = [await filed(li, wang, item) for item in ITEMS]  # SJ04 has no limit by law
    for task in (kept, broken):
        await tasks.acknowledge(zhao, task.id)
        await tasks.advise(zhao, task.id, None, "granted", "经审查，符合条件")
    await due(broken, -3)
    for task in (kept, broken):
        await tasks.decide(chen, task.id, None, "granted")
    await due(open_, -5)
    await due(open_, -1, "statutory")
    await supervision.urge(zhou, open_.id, None, "请反馈", await soon())
    await execute("UPDATE urge SET answer_due_at = $1", now() - timedelta(minutes=1))
    found = await accountability.month(zhou)
    (whole,) = found["departments"]
    figures = {name: whole[name] for name in ("done", "on_time", "late", "illegal", "urged", "unanswered")}
    assert figures == {"done": 2, "on_time": 0.5, "late": 2, "illegal": 1, "urged": 1, "unanswered": 1}
    by_name = {one["name"]: one for one in whole["handlers"]}
    assert by_name["赵强"]["done"] == 2 and by_name[accountability.NOBODY]["late"] == 1
    assert [(row["days"], row["open"]) for row in found["late"]["rows"]] == [(5, True), (3, False)]
    assert [row["days"] for row in found["illegal"]["rows"]] == [1] and found["total"]["done"] == 2


async def test_the_month_counts_deeming_second_notices_letters_checks_and_broken_promises(db: str) -> None:
    li, wang, zhou = await people.citizen(), await people.clerk(), await lead()
    case_id = await people.submitted(li, "SJ02")
    await acceptance.deem_accept(CLOCK, case_id)
    task = await Task.get(case_id=case_id)
    letter = await consultations.ask(wang, case_id, "HB", "这个地点能不能开店")
    await execute(
        "UPDATE consultation SET state = 'silent', due_at = $2 WHERE id = $1", letter, now() - timedelta(hours=1)
    )
    await Inspection.create(
        id=new_id(), case_id=case_id, task_id=task.id, kind="spot", department_id="SJ", due_on=today(),
        due_at=now(), state="failed", inspected_at=now(),
    )  # fmt: skip
    await broken_promise(case_id, li)
    second = await second_notice(li, wang, zhou)
    found = await accountability.month(zhou)
    assert found["deemed"] == [{"hall": "县中心", "n": 1}]
    assert [(one["case_id"], one["reason"]) for one in found["second"]] == [(str(second), "第一次漏看了一页")]
    figures = {row["code"]: row for row in found["departments"]}
    assert figures["HB"]["silent"] == 1 and figures["SJ"]["false"] == 1 and figures["SJ"]["broken"] == 1


async def broken_promise(case_id: UUID, owner: Actor) -> None:
    id_ = new_id()
    await Promise.create(
        id=id_, case_id=case_id, subject_id=owner.id, kind="tolerance", item_code="SJ02", materials=["C03"],
        words_sealed=Promise.WORDS.seal(id_, "到期补交") or "", state="broken", settled_at=now(),
    )  # fmt: skip


async def second_notice(owner: Actor, window: Actor, head: Actor) -> UUID:
    case_id = await people.submitted(owner, "XF01")
    code = (await CaseMaterial.filter(case_id=case_id, state="ready").order_by("position"))[0].code
    line = [{"material_code": code, "defect": "看不清日期", "fix": "拍清楚再交"}]
    await correction.notify(window, case_id, None, line)
    await drafts.lay(owner, case_id, code, [await people.page(owner)])
    await correction.correct(owner, case_id)
    await correction.ask_second(window, case_id, None, "第一次漏看了一页")
    await correction.allow_second(head, case_id, None, "第一次漏看了一页")
    await correction.notify(window, case_id, None, line)
    return case_id


@pytest.mark.parametrize("asked", ["2026-13", "2026-1", "x", "1999-01", "2026-11'"])
async def test_a_month_is_written_plainly(db: str, asked: str) -> None:
    with pytest.raises(Refusal) as refused:
        await accountability.month(await lead(), asked)
    assert refused.value.code == "bad_month"


async def test_another_month_does_not_count_this_ones(db: str) -> None:
    await people.concluded(
        await people.citizen(), await people.clerk(), await people.handler(), await people.approver(), "SJ03"
    )
    found = await accountability.month(await lead(), "2026-02")
    assert (
        found["departments"] == [] and found["whole"] and found["previous"] == "2026-01" and found["next"] == "2026-03"
    )
