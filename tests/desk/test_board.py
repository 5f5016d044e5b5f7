"""督办 at the desk: what a supervisor sees and sends, the month with its table, and who stays outside."""

import csv
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import pytest_asyncio

from api.desk import figures
from models.actions import supervision, tasks
from models.base import SHANGHAI, execute, today
from models.case import Task
from models.people import Staff
from models.reads import calendar
from models.rules.permits import Actor
from models.supervision import Urge
from tests import people
from tests.desk.door import Desk, csrf, hire

pytestmark = pytest.mark.database


@pytest_asyncio.fixture(loop_scope="session")
async def lead(desk: Desk) -> Desk:
    await hire("zhoudu", "周督", "supervisor", department="ZS")
    return desk


async def task(item: str = "SJ03", owner: Actor | None = None) -> Task:
    """An accepted task with 赵强 at work on it, late by some days."""
    case_id = await people.accepted(owner or await people.citizen(), await people.clerk(), item)
    found = await Task.get(case_id=case_id)
    row = await Staff.get(login="zhaoqiang")
    await tasks.acknowledge(
        Actor("staff", id=row.id, name=row.name, roles=frozenset(row.roles), department="SJ"), found.id
    )
    await execute(
        "UPDATE clock SET due_on = $2 WHERE task_id = $1 AND kind = 'promise'", found.id, today() - timedelta(9)
    )
    return await Task.get(id=found.id)


def offered(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]+\+08:00)"', page)


async def send(desk: Desk, page: str, **more: Any) -> Any:
    fields = {"csrf": csrf(page), "words": "今天仍无意见，请反馈", "due": offered(page)[0], **more}
    return await desk.post("/desk/board/urge", **fields)


async def test_a_supervisor_lands_on_the_board_and_sees_what_is_late(lead: Desk) -> None:
    found = await task()
    page = (await lead.sign_in("zhoudu")).text
    assert "先盯这些" in page or "一日内没有会超的" in page
    assert "已超期 1 件" in page and "全县在办 1 件" in page and "李**" in page and "李秀英" not in page
    assert str(found.id) in page and "发出催办" in page and "提醒承办人 赵强" in page
    assert re.search(r'督办<i class=late>1</i>|督办<i class="?late"?>1</i>', page)
    assert " style=" not in page and "<script>" not in page


async def test_an_urging_is_sent_kept_when_refused_and_not_sent_twice(lead: Desk) -> None:
    found = await task()
    page = (await lead.sign_in("zhoudu")).text
    refused = await send(lead, page, task=str(found.id), version=found.version, words="催")
    assert refused.status_code == 422 and "没有催：" in refused.text and ">催</textarea>" in refused.text
    done = await send(lead, page, task=str(found.id), version=found.version)
    assert done.status_code == 200 and "催办发出了 1 件" in done.text and "催过了，等答复到" in done.text
    again = await send(lead, page, task=str(found.id), version=found.version + 1)
    assert again.status_code == 409 and "这件催过了，答复期限到" in again.text
    stale = await send(lead, page, task=str(found.id), version=found.version)
    assert stale.status_code == 409 and await Urge.filter(task_id=found.id).count() == 1


async def test_please_write_the_reason_says_so(lead: Desk) -> None:
    found = await task()
    page = (await lead.sign_in("zhoudu")).text
    await send(lead, page, task=str(found.id), version=found.version, ask="reason")
    row = await Urge.get(task_id=found.id)
    assert Urge.WORDS.open(row.id, row.words_sealed) == "今天仍无意见，请反馈。请写明没有按承诺办结的原因。"


@pytest.mark.parametrize("due", ["", "tomorrow", "2026-11-25T17:00", "1999-01-01T10:00:00+08:00"])
async def test_a_due_hour_that_is_none_is_refused(lead: Desk, due: str) -> None:
    found = await task()
    page = (await lead.sign_in("zhoudu")).text
    answer = await send(lead, page, task=str(found.id), version=found.version, due=due)
    assert answer.status_code == 422 and not await Urge.all().exists()


async def test_every_ticked_task_is_urged_and_the_rest_is_told(lead: Desk) -> None:
    li = await people.citizen()
    found = [await task(item, li) for item in ("SJ02", "SJ03", "SJ04")]
    page = (await lead.sign_in("zhoudu")).text
    await send(lead, page, task=str(found[0].id), version=found[0].version)
    listed = await lead.page("/desk/board?show=late&all=1")
    assert listed.count('type="checkbox" form="urge"') == 3 and "勾了的都催" in listed
    done = await send(lead, listed, many="1", task=[str(one.id) for one in found])
    assert "催办发出了 2 件" in done.text and "催过了，答复期限还没到 1 件" in done.text
    assert await Urge.all().count() == 3
    none = await send(lead, listed, many="1")
    assert none.status_code == 422 and "请选要催的件" in none.text


@pytest.mark.parametrize("query", [
    "by=department", "by=department&value=SJ", "by=hall", "by=hall&value=0001", "by=green", "show=1", "show=3",
    "show=5",
    "show=late", "show=orphans", "show=deeming", "show=calls", "show=silent", "show=inspections", "show=second",
    "show=unmanned", "pick=nonsense", "by=%27&value=%22%3E%3Cb%3E", "show=late&after=x",
])  # fmt: skip
async def test_every_way_to_look_at_the_board(lead: Desk, query: str) -> None:
    await task()
    await lead.sign_in("zhoudu")
    page = await lead.page(f"/desk/board?{query}")
    assert "督办" in page and "要人管的事" in page and '"><b>' not in page


async def test_an_unknown_list_is_not_there(lead: Desk) -> None:
    await lead.sign_in("zhoudu")
    assert (await lead.get("/desk/board?show=nothing")).status_code == 404


async def test_the_board_without_any_work_says_so(lead: Desk) -> None:
    page = (await lead.sign_in("zhoudu")).text
    assert "一日内没有会超的" in page and "没有要催的" in page and "btn alarm" not in page


async def test_the_countys_head_looks_and_does_not_urge(lead: Desk) -> None:
    await hire("xie", "谢县长", "county_head", department="ZS")
    found = await task()
    page = (await lead.sign_in("xie")).text
    assert "已超期 1 件" in page and "催办由督办人员发出" in page and "<textarea" not in page
    answer = await lead.post("/desk/board/urge", csrf=csrf(page), task=str(found.id), words="快办", due="x")
    assert answer.status_code == 403


@pytest.mark.parametrize("login", ["wangfang", "zhaoqiang", "chenjing", "sunwei"])
async def test_others_stay_outside(lead: Desk, login: str) -> None:
    found = await task()
    page = (await lead.sign_in(login)).text
    assert "/desk/board" not in page
    for path in ("/desk/board", "/desk/board?show=late", "/desk/board/month", "/desk/board/month?as=csv"):
        assert (await lead.get(path)).status_code == 403
    answer = await lead.post("/desk/board/urge", csrf=csrf(page), task=str(found.id), words="快办", due="x")
    assert answer.status_code == 403 and not await Urge.all().exists()


async def test_the_department_answers_on_its_own_page(lead: Desk) -> None:
    found = await task()
    days = (await calendar.clock()).calendar
    row = await Staff.get(login="zhoudu")
    zhou = Actor("staff", id=row.id, name="周督", roles=frozenset({"supervisor"}), department="ZS")
    due = datetime.combine(days.next_working(today()), datetime.min.time(), SHANGHAI).replace(hour=10)
    await supervision.urge(zhou, found.id, None, "今天仍无意见，请反馈", due)
    await lead.sign_in("zhaoqiang")
    page = await lead.page(f"/desk/cases/{found.case_id}?task={found.id}&do=answer_urge")
    assert "今天仍无意见，请反馈" in page and "答复催办" in page


# ------------------------------------------------------------------ the month


async def decided(found: Task) -> None:
    await tasks.advise(await people.handler("钱明"), found.id, None, "granted", "经审查，符合条件")
    await tasks.decide(await people.approver("吴局"), found.id, None, "granted")


async def test_the_month_is_shown_and_taken_along_as_a_table(lead: Desk) -> None:
    found = await task()
    await decided(found)
    await lead.sign_in("zhoudu")
    page = await lead.page("/desk/board/month")
    assert "责任清单" in page and "市监局" in page and "超承诺" in page and "data-print" in page
    answer = await lead.get(f"/desk/board/month?m={today():%Y-%m}&as=csv")
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )
    assert answer.text.startswith("\ufeff")
    lines = list(csv.reader(StringIO(answer.text.lstrip("\ufeff"))))
    assert lines[1][:4] == ["部门", "承办人", "办结", "按承诺办结率"]
    assert next(line for line in lines if line[1:2] == ["赵强"])[:3] == ["市监局", "赵强", "1"]
    assert (await lead.get("/desk/board/month?m=2026-13")).status_code == 422


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(value: str) -> None:
    assert figures._plain(value) == f"'{value}"
    assert figures._plain("市监局") == "市监局"


async def test_a_name_that_looks_like_a_formula_is_harmless_in_the_table(lead: Desk) -> None:
    found = await task()
    await Staff.filter(login="zhaoqiang").update(name="=HYPERLINK(1)")
    await decided(found)
    await lead.sign_in("zhoudu")
    text = (await lead.get("/desk/board/month?as=csv")).text
    assert "'=HYPERLINK(1)" in text and ",=HYPERLINK" not in text
