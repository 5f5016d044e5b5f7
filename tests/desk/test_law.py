"""The law of a case at the desk: 特别程序, 延期, 撤销, 催办, 当场决定, 再次告知, each by its own person, words kept."""

from uuid import UUID

import pytest

from api.desk import bars
from api.papers import given_out
from models.actions import consultations, correction, drafts, special, supervision, tasks
from models.base import Refusal, local, now
from models.case import Case, CaseItem, Clock, Event, Notice, Task
from models.reads import calendar
from models.reads import cases as read_cases
from models.rules import ladder
from models.rules.permits import Actor
from models.supervision import Consultation, Urge
from tests import people
from tests.desk.door import Desk, csrf, hire, value
from tests.desk.test_cases import actor

pytestmark = pytest.mark.database


async def water(desk: Desk) -> tuple[UUID, Task]:
    """取水许可 examined by 官永昌: an item whose list has special procedures, decided by 林少芬."""
    await hire("guan", "官永昌", "handler", department="SL")
    await hire("lin", "林少芬", "approver", department="SL")
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SL01")
    task = await Task.get(case_id=case_id)
    await tasks.acknowledge(await actor("guan"), task.id)
    return case_id, await Task.get(id=task.id)


async def food(desk: Desk) -> tuple[UUID, Task]:
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SJ03")
    task = await Task.get(case_id=case_id)
    await tasks.acknowledge(await actor("zhaoqiang"), task.id)
    return case_id, await Task.get(id=task.id)


async def urged(task: Task) -> None:
    await hire("zhangwenhui", "张文辉", "supervisor")
    clock = await calendar.clock()
    hours = ladder.offers(clock.calendar, local(now()), clock.rules.cutoff)
    await supervision.urge(await actor("zhangwenhui"), task.id, None, "请今天反馈进展。", hours[0])


async def test_the_clock_stands_still_with_its_paper_shown_first(desk: Desk) -> None:
    case_id, task = await water(desk)
    await desk.sign_in("guan")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=suspend&kind=征求意见")
    assert "特别程序告知书" in sheet and "不计算在办理期限内" in sheet and "取水许可条例第19条" in sheet
    assert value(sheet, "planned_days") == "5" and "发出前的样子" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "kind": "征求意见", "planned_days": "99"}
    refused = await desk.post(f"/desk/tasks/{task.id}/suspend", **fields, reason="要问用水户。")
    assert refused.status_code == 422 and "要问用水户。</textarea>" in refused.text and "5 个工作日之间" in refused.text
    fields["planned_days"] = "3"
    done = await desk.post(f"/desk/tasks/{task.id}/suspend", **fields, reason="要问用水户。")
    assert "进入特别程序了，停表" in done.text and "暂停中" in done.text and "征求意见，计划到" in done.text
    assert (await Task.get(id=task.id)).state == "suspended"
    assert "特别程序结束…" in done.text and "写意见，报审核" not in done.text.split('class="verbs"')[1]
    listed = await desk.page("/desk/inbox")
    assert "征求意见至" in listed and "特别程序中，这几天不算时间" in listed
    paper = await desk.page(f"/desk/cases/{case_id}/papers/suspension?task={task.id}")
    assert "特别程序告知书" in paper and "要问用水户。" in paper and "3个工作日" in paper and "李秀英" in paper
    pdf = await desk.get(f"/desk/cases/{case_id}/papers/suspension?task={task.id}&as=pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "特别程序告知书" in await desk.page(f"/desk/cases/{case_id}/papers")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=resume")
    back = await desk.post(
        f"/desk/tasks/{task.id}/resume", csrf=csrf(sheet), version=value(sheet, "version"), result="没有反对意见。"
    )
    assert "接着算时间" in back.text and (await Task.get(id=task.id)).state == "examining"


async def test_an_item_without_a_special_procedure_says_so_beside_the_button(desk: Desk) -> None:
    case_id, task = await food(desk)
    await desk.sign_in("zhaoqiang")
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "没有特别程序，不能停表" in page
    assert "特别程序告知书" not in await desk.page(f"/desk/cases/{case_id}?do=suspend")
    refused = await desk.post(
        f"/desk/tasks/{task.id}/suspend", csrf=csrf(page), version="1", kind="听证", reason="我写的原因"
    )
    assert refused.status_code == 422 and "我写的原因" in refused.text
    assert (await Task.get(id=task.id)).state == "examining"


async def test_the_head_lengthens_once(desk: Desk) -> None:
    case_id, task = await food(desk)
    await desk.sign_in("chenjing")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=extend")
    assert "延期告知书" in sheet and "第四十二条" in sheet and "最多 5 个" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    long = await desk.post(f"/desk/tasks/{task.id}/extend", **fields, days="6", reason="案情复杂")
    assert long.status_code == 422 and "案情复杂</textarea>" in long.text and 'value="6"' in long.text
    wrong = await desk.post(f"/desk/tasks/{task.id}/extend", **fields, days="两天", reason="案情复杂")
    assert wrong.status_code == 422 and "请写延长几天" in wrong.text
    done = await desk.post(f"/desk/tasks/{task.id}/extend", **fields, days="5", reason="案情复杂")
    assert "延期批准了" in done.text and "经批准延长5个工作日" in done.text
    assert "已经延过一次，依法不能再延" in await desk.page(f"/desk/cases/{case_id}")
    promise = await Clock.get(task_id=task.id, kind="promise")
    paper = await desk.page(f"/desk/cases/{case_id}/papers/extension?task={task.id}")
    due = f"最迟 {promise.due_on.year}年{promise.due_on.month}月{promise.due_on.day}日 作出决定"
    assert due in paper and "案情复杂" in paper and "延长 5个工作日" in paper
    assert due in sheet  # the paper shown before is the paper given out


async def test_a_grant_is_taken_back_with_its_paper(desk: Desk) -> None:
    clerk, zhao, chen = [await actor(login) for login in ("wangfang", "zhaoqiang", "chenjing")]
    case_id = await people.concluded(await people.citizen(), clerk, zhao, chen, "SJ03")
    task = await Task.get(case_id=case_id)
    await desk.sign_in("chenjing")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=revoke")
    assert "撤销决定书" in sheet and "第六十九条" in sheet and "行政复议" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    empty = await desk.post(f"/desk/tasks/{task.id}/revoke", **fields, reason="假")
    assert empty.status_code == 422 and ">假</textarea>" in empty.text
    done = await desk.post(f"/desk/tasks/{task.id}/revoke", **fields, reason="平面图与现场不符。")
    assert "决定撤销了" in done.text and "已撤销" in done.text and "作废" in done.text
    assert "平面图与现场不符。" in await desk.page(f"/desk/cases/{case_id}/papers/revocation?task={task.id}")


async def test_a_supervisor_urges_and_the_department_answers(desk: Desk) -> None:
    case_id, task = await food(desk)
    await hire("zhangwenhui", "张文辉", "supervisor")
    await desk.sign_in("zhangwenhui")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=urge&task={task.id}")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    none = await desk.post(f"/desk/tasks/{task.id}/urge", **fields, words="请今天反馈。", answer_due_at="明天")
    assert none.status_code == 422 and "请今天反馈。</textarea>" in none.text
    hour = sheet.split('name="answer_due_at"')[1].split('value="')[1].split('"')[0]
    sent = await desk.post(f"/desk/tasks/{task.id}/urge", **fields, words="请今天反馈。", answer_due_at=hour)
    assert "催办发出了" in sent.text and "已催 1 次" in sent.text
    handler = desk.another()
    home = (await handler.sign_in("zhaoqiang")).text
    assert "催办，请答复" in home and "督办等着答复" in home
    page = await handler.page(f"/desk/cases/{case_id}")
    assert "督办催办，等您答复" in page
    sheet = await handler.page(f"/desk/cases/{case_id}?do=answer_urge")
    assert "请今天反馈。" in sheet
    done = await handler.post(
        f"/desk/tasks/{task.id}/answer_urge", csrf=csrf(sheet), version=value(sheet, "version"), words="今天报审核。"
    )
    assert "答复了" in done.text and (await Urge.get(task_id=task.id)).answered_by == "赵强"
    await handler.http.aclose()


async def test_a_letter_is_asked_and_answered_and_its_defects_stand_in_the_slip(desk: Desk) -> None:
    case_id = await people.submitted(await people.citizen(), "SJ03")
    await desk.sign_in("wangfang")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=consult")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "question": "请核对养殖场所的距离。"}
    wrong = await desk.post(f"/desk/cases/{case_id}/consult", **fields, department="XX")
    assert wrong.status_code == 422 and "请核对养殖场所的距离。</textarea>" in wrong.text
    sent = await desk.post(f"/desk/cases/{case_id}/consult", **fields, department="NY")
    assert "函发出了" in sent.text and "等复函" in sent.text
    letter = await Consultation.get(case_id=case_id)
    other = desk.another()
    home = (await other.sign_in("sunwei")).text
    assert "征询<i >1</i>" in home
    listed = await other.page(f"/desk/letters?pick={letter.id}")
    assert "等我们复函 1 件" in listed and "请核对养殖场所的距离。" in listed
    sheet = await other.page(f"/desk/cases/{case_id}?do=answer_letter&letter={letter.id}")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "outcome": "defects", "words": "距离没有标。"}
    half = await other.post(f"/desk/letters/{letter.id}/answer", **{**fields, "defect:T13": "没有标距离"})
    assert half.status_code == 422 and 'value="没有标距离"' in half.text and "距离没有标。</textarea>" in half.text
    whole = {**fields, "defect:T13": "没有标距离", "fix:T13": "标明与养殖场的距离"}
    done = await other.post(f"/desk/letters/{letter.id}/answer", **whole)
    assert "复函了" in done.text and (await Consultation.get(id=letter.id)).outcome == "defects"
    page = await desk.page(f"/desk/cases/{case_id}?m=T13")
    assert "没有标距离" in page and "（农业农村局提出）" in page and "农业农村局复函指出材料不符" in page
    paper = await desk.page(f"/desk/cases/{case_id}?paper=notify")
    assert "没有标距离（农业农村局提出）" in paper
    await desk.post(f"/desk/cases/{case_id}/notify", csrf=csrf(paper), version=value(paper, "version"))
    notice = await desk.page(f"/desk/cases/{case_id}/papers/notice")
    assert "没有标距离" in notice and (await Case.get(id=case_id)).state == "correcting"
    for kind in ("letter", "reply"):
        found = await desk.page(f"/desk/cases/{case_id}/papers/{kind}?ref={letter.id}")
        assert "翁源县农业农村局" in found and ("函询函" in found or "复函" in found)
    await other.http.aclose()


async def second(desk: Desk, owner: Actor) -> UUID:
    """A case whose first notice was answered and in which something new is wrong."""
    case_id = await people.submitted(owner, "SJ03")
    clerk = await actor("wangfang")
    line = {"material_code": "T13", "defect": "没有标清洗消毒区", "fix": "标明各区"}
    await correction.notify(clerk, case_id, None, [line])
    await drafts.lay(owner, case_id, "T13", [await people.page(owner)])
    await correction.correct(owner, case_id)
    letter = await consultations.ask(clerk, case_id, "NY", "请核对养殖场所的距离。")
    lines = [{"material_code": "T13", "defect": "没有标距离", "fix": "标明距离"}]
    await consultations.answer(await actor("sunwei"), letter, None, "defects", "距离没有标。", lines)
    return case_id


async def test_a_second_notice_needs_the_supervisor_s_leave(desk: Desk) -> None:
    await hire("zhangwenhui", "张文辉", "supervisor")
    case_id = await second(desk, await people.citizen())
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "已经一次性告知过，依法不能再告知" in page and "请示再次告知…" in page
    seen = str((await Case.get(id=case_id)).version)
    closed = await desk.post(f"/desk/cases/{case_id}/notify", csrf=csrf(page), version=seen)
    assert closed.status_code == 409 and await Notice.filter(case_id=case_id).count() == 1
    sheet = await desk.page(f"/desk/cases/{case_id}?do=ask_second")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    short = await desk.post(f"/desk/cases/{case_id}/ask_second", **fields, reason="短")
    assert short.status_code == 422 and ">短</textarea>" in short.text
    asked = await desk.post(f"/desk/cases/{case_id}/ask_second", **fields, reason="部门复函提出了新的问题。")
    assert "报督办了" in asked.text and "等督办同意" in asked.text
    boss = desk.another()
    await boss.sign_in("zhangwenhui")
    sheet = await boss.page(f"/desk/cases/{case_id}?do=allow_second")
    assert "部门复函提出了新的问题。" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    own = await desk.post(f"/desk/cases/{case_id}/allow_second", csrf=csrf(page), version="9", reason="自己同意")
    assert own.status_code == 403
    allowed = await boss.post(f"/desk/cases/{case_id}/allow_second", **fields, reason="属实，同意一次。")
    assert "同意了，只这一次" in allowed.text
    paper = await desk.page(f"/desk/cases/{case_id}?paper=notify")
    assert "再次告知书" in paper and "现因部门复函提出了新的问题，经县行政服务中心督办同意" in paper
    done = await desk.post(f"/desk/cases/{case_id}/notify", csrf=csrf(paper), version=value(paper, "version"))
    assert done.status_code == 200 and await Notice.filter(case_id=case_id).count() == 2
    assert "再次告知书" in await desk.page(f"/desk/cases/{case_id}/papers/notice")
    await boss.http.aclose()


async def test_the_window_decides_in_the_name_of_the_department(desk: Desk) -> None:
    await hire("luowen", "罗文", "delegate", hall="0001", department="ZS")
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SJ04")
    task = await Task.get(case_id=case_id)
    home = (await desk.sign_in("luowen")).text
    assert "当场决定 1 件" in home and "即办" in home
    page = await desk.page(f"/desk/cases/{case_id}")
    assert f"按《{task.delegation}》，以它的名义决定" in page
    paper = await desk.page(f"/desk/cases/{case_id}?do=decide_at_window&task={task.id}")
    assert "翁源县市场监督管理局" in paper and "以委托机关的名义当场作出" in paper and "第二十四条" in paper
    fields = {"csrf": csrf(paper), "version": value(paper, "version")}
    why = await desk.post(f"/desk/tasks/{task.id}/decide_at_window", **fields, outcome="refused", reason="")
    assert why.status_code == 422 and "理由" in why.text
    done = await desk.post(f"/desk/tasks/{task.id}/decide_at_window", **fields, outcome="granted", reason="")
    assert "当场决定了" in done.text and (await Case.get(id=case_id)).state == "concluded"
    given = await desk.page(f"/desk/cases/{case_id}/papers/decision?task={task.id}")
    assert "以委托机关的名义当场作出" in given and task.delegation in given


def test_who_took_it_in_does_not_decide_it() -> None:
    events = [{"verb": "accept", "who": "罗文"}]
    case = {"id": "c", "state": "accepted", "timeline": events}
    task = {"id": "t", "can": ["decide_at_window"], "department": {"name": "市监局"}}
    own = bars.window_bar(case, task, {"notice": "公告"}, "罗文").verb("decide_at_window")
    assert own is not None and own.off == "这件是您收件或受理的，要由别人决定"
    other = bars.window_bar(case, task, {"notice": "公告"}, "李梅").verb("decide_at_window")
    assert other is not None and not other.off


async def test_the_county_lengthens_joint_handling_only(desk: Desk) -> None:
    await hire("he", "何县长", "county_head")
    case_id, _ = await food(desk)
    await desk.sign_in("he")
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "只有联合办理的一件事由县政府负责人批准延期" in page
    seen = str((await Case.get(id=case_id)).version)
    refused = await desk.post(
        f"/desk/cases/{case_id}/extend", csrf=csrf(page), version=seen, days="15", reason="会商未完"
    )
    assert refused.status_code == 409 and "会商未完" in refused.text
    assert not await Event.filter(case_id=case_id, verb="extend").exists()


async def test_the_applicant_gets_the_papers_but_not_the_letters(desk: Desk) -> None:
    case_id, task = await water(desk)
    await special.suspend(await actor("guan"), task.id, None, "听证", 20, "对取水量有争议。")
    letter = await consultations.ask(await actor("guan"), case_id, "NY", "对灌溉用水有没有影响？", task.id)
    account = (await Case.get(id=case_id)).account_id
    owner = Actor("citizen", id=account, assurance="name")
    whole = await read_cases.case(owner, case_id)
    made = await given_out(owner, "suspension", whole, "李秀英", "https://yimen.test", task=str(task.id))
    assert bytes(made.body).startswith(b"%PDF")
    for kind, ref in (("letter", str(letter)), ("extension", ""), ("revocation", ""), ("nothing", "")):
        with pytest.raises(Refusal) as no:
            await given_out(owner, kind, whole, "李秀英", "https://yimen.test", ref=ref)
        assert no.value.code == "paper_not_issued"


VERBS = [
    ("suspend", {"kind": "听证", "planned_days": "5", "reason": "要听证"}), ("resume", {"result": "结束了"}),
    ("extend", {"days": "5", "reason": "案情复杂"}), ("revoke", {"reason": "不实"}),
    ("urge", {"words": "请反馈", "answer_due_at": "2026-11-27T16:00+08:00"}), ("answer_urge", {"words": "在办"}),
    ("decide_at_window", {"outcome": "granted"}),
]  # fmt: skip


async def test_another_department_finds_none_of_it(desk: Desk) -> None:
    case_id, task = await food(desk)
    await urged(task)
    token = csrf((await desk.sign_in("sunwei")).text)
    before = await Event.filter(case_id=case_id).count()
    for verb, fields in VERBS:
        answer = await desk.post(f"/desk/tasks/{task.id}/{verb}", csrf=token, version=str(task.version), **fields)
        assert answer.status_code == 404, verb
    for path in (f"/desk/cases/{case_id}/papers", f"/desk/cases/{case_id}?do=consult"):
        assert (await desk.get(path)).status_code == 404
    asked = await desk.post(f"/desk/cases/{case_id}/consult", csrf=token, version="1", department="ZR", question="问问")
    assert asked.status_code == 404 and await Event.filter(case_id=case_id).count() == before


WRONG = [
    ("wangfang", "suspend"), ("wangfang", "extend"), ("zhaoqiang", "extend"), ("chenjing", "suspend"),
    ("zhaoqiang", "urge"), ("chenjing", "urge"), ("zhaoqiang", "revoke"), ("zhaoqiang", "decide_at_window"),
]  # fmt: skip


async def test_each_verb_has_its_own_person(desk: Desk) -> None:
    case_id, task = await food(desk)
    fields = dict(VERBS)
    for login in dict.fromkeys(login for login, _ in WRONG):
        browser = desk.another()
        token = csrf((await browser.sign_in(login)).text)
        for who, verb in WRONG:
            if who == login:
                version = str((await Task.get(id=task.id)).version)
                path = f"/desk/tasks/{task.id}/{verb}"
                answer = await browser.post(path, csrf=token, version=version, **fields[verb])
                assert answer.status_code in (403, 404), (login, verb, answer.status_code)
                nothing = await browser.post(path, csrf="x", version=version, **fields[verb])
                assert nothing.status_code == 403, (login, verb)
        await browser.http.aclose()
    task = await Task.get(id=task.id)
    assert (task.state, task.outcome) == ("examining", "") and not await Urge.filter(task_id=task.id).exists()
    assert (await CaseItem.get(case_id=case_id)).code == "SJ03"


async def test_a_word_written_on_a_stale_sheet_is_kept(desk: Desk) -> None:
    case_id, task = await water(desk)
    await desk.sign_in("guan")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=suspend")
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version"), "seen": value(sheet, "seen")}
    await special.suspend(await actor("guan"), task.id, None, "听证", 20, "另一个窗口先发了")
    late = await desk.post(
        f"/desk/tasks/{task.id}/suspend", **fields, kind="听证", planned_days="10", reason="我写了很久的原因。"
    )
    assert late.status_code == 409 and "我写了很久的原因。" in late.text and "没有提交" in late.text
