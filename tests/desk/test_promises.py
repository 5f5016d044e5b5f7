"""容缺 at the desk: promised for later, brought, confirmed or sent back; 抽查 and 失信修复."""

from uuid import UUID

import pytest

from models.actions import cases, drafts, inspections, owed, promises
from models.base import unit
from models.case import Case, CaseItem, Result, Task
from models.promise import Breach, Promise
from models.rules.permits import Actor
from models.supervision import Inspection
from tests import people
from tests.desk.door import Desk, csrf, hire, value
from tests.desk.test_cases import actor

pytestmark = pytest.mark.database


async def test_promised_papers_are_seen_and_accepted_with_their_words(desk: Desk) -> None:
    owner = await people.citizen()
    case_id = await people.lacking(owner, "SJ03")
    await promises.sign(owner, case_id, None, "tolerance", "SJ03")
    await drafts.lay(owner, case_id, "C13", [await people.page(owner)])
    await cases.submit(owner, case_id)
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}?m=T14")
    assert "未交（已承诺）" in page and "申请人已承诺后补，现在不用勾" in page and "可以容缺受理" in page
    paper = await desk.page(f"/desk/cases/{case_id}?paper=accept")
    assert "决定予以容缺受理" in paper and "容缺材料：食品安全管理制度" in paper and "容缺受理，分送部门" in paper
    done = await desk.post(f"/desk/cases/{case_id}/accept", csrf=csrf(paper), version=value(paper, "version"))
    assert "容缺受理，" in done.text and (await Case.get(id=case_id)).tolerant
    promise = await Promise.get(case_id=case_id)
    given = await desk.page(f"/desk/cases/{case_id}/papers/acceptance")
    assert f"请在 {promise.due_on.year}年{promise.due_on.month}月{promise.due_on.day}日 前补齐" in given
    signed = await desk.page(f"/desk/cases/{case_id}/papers/promise?ref={promise.id}")
    assert "容缺受理承诺书" in signed and "李秀英" in signed and "实名认证后签署" in signed


async def supplied(owner: Actor) -> UUID:
    case_id = await people.tolerated(owner, await actor("wangfang"))
    await drafts.lay(owner, case_id, "T14", [await people.page(owner)])
    await promises.supply(owner, case_id)
    return case_id


async def test_what_came_is_looked_at_ticked_off_and_confirmed(desk: Desk) -> None:
    case_id = await supplied(await people.citizen())
    page = (await desk.sign_in("wangfang")).text
    assert "容缺补来，今天核对" in page and f"/desk/cases/{case_id}" in page
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "补来了，没看" in page and "先看 5 勾齐" in page and "确认补齐" in page
    looked = await desk.page(f"/desk/cases/{case_id}?m=T14&not=&set=all")
    assert "补来的都齐" in looked
    fields = {"csrf": csrf(looked), "version": value(looked, "version")}
    done = await desk.post(f"/desk/cases/{case_id}/confirm_supply", **fields)
    assert "补齐了" in done.text and (await Promise.get(case_id=case_id)).state == "kept"
    again = await desk.post(f"/desk/cases/{case_id}/confirm_supply", **fields)
    assert again.status_code == 409


async def test_what_does_not_fit_is_sent_back_with_its_published_sentence(desk: Desk) -> None:
    case_id = await supplied(await people.citizen())
    await desk.sign_in("wangfang")
    ticked = await desk.page(f"/desk/cases/{case_id}?m=T14&not=&n=1&set=not")
    assert "1 处不符" in ticked and "没有做到" in ticked and "不符，退回重补" in ticked
    sheet = await desk.page(f"/desk/cases/{case_id}?m=T14&not=T14.1&do=reject_supply")
    assert "食品安全管理制度：没有做到" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "not": "T14.1"}
    empty = await desk.post(f"/desk/cases/{case_id}/reject_supply", **fields, words="短")
    assert empty.status_code == 422 and ">短</textarea>" in empty.text
    done = await desk.post(f"/desk/cases/{case_id}/reject_supply", **fields, words="第二页没有盖章，请补盖。")
    assert "退回重补了" in done.text and (await Promise.get(case_id=case_id)).state == "made"
    assert not await Result.filter(case_id=case_id).exists()


async def test_only_the_counter_confirms(desk: Desk) -> None:
    case_id = await supplied(await people.citizen())
    for login, status in (("zhaoqiang", 403), ("sunwei", 403)):
        browser = desk.another()
        token = csrf((await browser.sign_in(login)).text)
        answer = await browser.post(f"/desk/cases/{case_id}/confirm_supply", csrf=token, version="5")
        assert answer.status_code == status
        await browser.http.aclose()
    token = csrf((await desk.sign_in("wangfang")).text)
    assert (await desk.post(f"/desk/cases/{case_id}/confirm_supply", csrf="x", version="5")).status_code == 403
    assert token and (await Promise.get(case_id=case_id)).state == "supplied"


async def drawn(desk: Desk) -> Inspection:
    """A decision of 陈静 that a lot fell on."""
    clerk, zhao, chen = [await actor(login) for login in ("wangfang", "zhaoqiang", "chenjing")]
    case_id = await people.concluded(await people.citizen(), clerk, zhao, chen, "SJ03")
    task = await Task.get(case_id=case_id)

    async def draw() -> Inspection:
        case, item = await Case.get(id=case_id), await CaseItem.get(id=task.case_item_id)
        await inspections.after_window(case, task, item, 1.0)
        return await Inspection.get(task_id=task.id)

    return await unit(draw)


async def test_what_was_drawn_is_judged_by_somebody_else(desk: Desk) -> None:
    row = await drawn(desk)
    head = desk.another()
    await head.sign_in("chenjing")
    assert "这件是您决定的，要请别人核查" in await head.page(f"/desk/inspections?pick={row.id}")
    page = (await desk.sign_in("zhaoqiang")).text
    assert "抽查<i >1</i>" in page
    page = await desk.page(f"/desk/inspections?pick={row.id}")
    assert "要回头看 1 件" in page and "抽查比例 100%" in page and "月底公开后谁都能重算" in page
    fields = {"csrf": csrf(page), "version": value(page, "version")}
    none = await desk.post(f"/desk/inspections/{row.id}/judge", **fields, outcome="failed", findings="")
    assert none.status_code == 422 and 'value="failed" checked' in none.text
    stranger = desk.another()
    token = csrf((await stranger.sign_in("sunwei")).text)
    other = await stranger.post(
        f"/desk/inspections/{row.id}/judge", csrf=token, version="0", outcome="passed", findings="看过，没有问题。"
    )
    assert other.status_code == 404 and "食品经营许可" not in await stranger.page(f"/desk/inspections?pick={row.id}")
    done = await desk.post(
        f"/desk/inspections/{row.id}/judge", **fields, outcome="passed", findings="现场看过，与材料一致。"
    )
    assert "结论写下了" in done.text and (await Inspection.get(id=row.id)).state == "passed"
    for browser in (head, stranger):
        await browser.http.aclose()


async def breached() -> Breach:
    case_id = await people.tolerated(await people.citizen(), await actor("wangfang"))
    promise = await Promise.get(case_id=case_id)

    async def body() -> None:
        await owed.breach(await Case.get(id=case_id), promise, "食品安全管理制度到期没有补")

    await unit(body)
    return await Breach.get(case_id=case_id)


async def test_a_breach_is_repaired_by_a_supervisor_in_words(desk: Desk) -> None:
    row = await breached()
    await hire("zhangwenhui", "张文辉", "supervisor")
    await desk.sign_in("zhangwenhui")
    page = await desk.page(f"/desk/breaches?pick={row.id}")
    assert "没有履行承诺 1 条" in page and "食品安全管理制度到期没有补" in page and "李秀英" not in page
    short = await desk.post(f"/desk/breaches/{row.id}/repair", csrf=csrf(page), version="0", words="补")
    assert short.status_code == 422 and ">补</textarea>" in short.text
    clerk = desk.another()
    token = csrf((await clerk.sign_in("wangfang")).text)
    assert (await clerk.get("/desk/breaches")).status_code == 403
    wrong = await clerk.post(f"/desk/breaches/{row.id}/repair", csrf=token, version="0", words="已经补齐了")
    assert wrong.status_code == 403 and (await Breach.get(id=row.id)).repaired_at is None
    done = await desk.post(f"/desk/breaches/{row.id}/repair", csrf=csrf(page), version="0", words="补交了，核对无误。")
    assert "修复记下了" in done.text and (await Breach.get(id=row.id)).repaired_at is not None
    again = await desk.post(f"/desk/breaches/{row.id}/repair", csrf=csrf(page), version="0", words="再记一次看看")
    assert again.status_code == 409
    await clerk.http.aclose()
