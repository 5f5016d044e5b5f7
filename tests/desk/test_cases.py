"""A case at the desk, by the forms a browser would post: checked, notified, received, accepted, decided, handed out."""

from uuid import UUID

import pytest

from models.actions import cases, correction, drafts, materials, tasks
from models.audit import Audit
from models.case import Case, Notice, Result, Task
from models.paper import CaseMaterial
from models.people import Staff
from models.rules.permits import Actor
from tests import people
from tests.desk.door import Desk, csrf, digits, value

pytestmark = pytest.mark.database


async def actor(login: str) -> Actor:
    row = await Staff.get(login=login)
    hall = {"hall": row.hall_id, "tier": "county"} if row.hall_id else {"department": row.department_id}
    return Actor("staff", id=row.id, name=row.name, roles=frozenset(row.roles), **hall)


async def filed(*items: str) -> UUID:
    return await people.submitted(await people.citizen(), *items)


async def test_the_queue_shows_masked_names_and_the_case_opens(desk: Desk) -> None:
    case_id = await filed()
    page = (await desk.sign_in("wangfang")).text
    assert "李**" in page and "李秀英" not in page and "新到 1 件" in page and "ruler-mini" in page
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "440229********4529" in page and people.LI_ID not in page and "138****0001" in page
    assert "受理标准" in page and "一次性告知书" in page and "还剩" in page


async def test_a_tick_writes_its_published_sentence_and_unticking_takes_it_out(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    address = f"/desk/cases/{case_id}/materials/C03"
    page = await desk.page(f"/desk/cases/{case_id}?m=C03")
    assert "登记状态正常" in page and "按数字键勾出来" in page
    ticked = await desk.post(address, csrf=csrf(page), set="not", n="2")
    assert "没有做到“名称与申请表一致”" in ticked.text and "1 处不符" in ticked.text
    assert "不能受理：2 不符" in ticked.text
    row = await CaseMaterial.get(case_id=case_id, code="C03")
    assert row.state == "defect" and row.checked_by is not None
    own = await desk.post(address, csrf=csrf(page), set="own", defect="照片太暗", fix="白天再拍一张")
    assert "2 处不符" in own.text and "照片太暗" in own.text
    out = await desk.post(address, csrf=csrf(page), set="yes", n="2")
    assert "名称与申请表一致”" not in out.text and "照片太暗" in out.text
    cleared = await desk.post(address, csrf=csrf(page), set="all")
    assert "照片太暗" not in cleared.text
    assert (await CaseMaterial.get(case_id=case_id, code="C03")).state == "ready"
    wrong = await desk.post(address, csrf=csrf(page), set="not", n="99")
    assert wrong.status_code == 422 and "没有这条标准" in wrong.text


async def test_the_notice_is_shown_as_it_will_print_and_given_out_once(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}?m=C03")
    await desk.post(f"/desk/cases/{case_id}/materials/C03", csrf=csrf(page), set="not", n="2")
    paper = await desk.page(f"/desk/cases/{case_id}?paper=notify")
    assert "行政许可法》第三十二条" in paper and "全部内容一次告知" in paper and "没有做到“名称与申请表一致”" in paper
    assert not await Notice.all().exists()
    done = await desk.post(f"/desk/cases/{case_id}/notify", csrf=csrf(paper), version=value(paper, "version"))
    assert done.status_code == 200 and "告知书已经发出" in done.text and "等申请人补正" in done.text
    assert (await Case.get(id=case_id)).state == "correcting"
    printed = await desk.page(f"/desk/cases/{case_id}/papers/notice")
    assert "政服告" in printed and "李秀英" in printed
    assert await Audit.filter(act="person.name_viewed").count() == 1
    pdf = await desk.get(f"/desk/cases/{case_id}/papers/notice?as=pdf")
    assert pdf.content.startswith(b"%PDF") and pdf.headers["content-type"] == "application/pdf"


async def test_a_closed_verb_is_closed_on_the_server_too(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}?m=C03")
    await desk.post(f"/desk/cases/{case_id}/materials/C03", csrf=csrf(page), set="not", n="2")
    refused = await desk.post(f"/desk/cases/{case_id}/accept", csrf=csrf(page), version="1")
    assert refused.status_code == 409 and "现在不能“受理”" in refused.text
    assert (await Case.get(id=case_id)).state == "submitted"


async def test_receive_and_accept_without_leaving_the_page(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    paper = await desk.page(f"/desk/cases/{case_id}?paper=receive")
    assert "收件凭证" in paper and "发出前的样子" in paper
    got = await desk.post(f"/desk/cases/{case_id}/receive", csrf=csrf(paper), version=value(paper, "version"))
    assert "收件了" in got.text and f"/desk/cases/{case_id}" in str(got.url)
    paper = await desk.page(f"/desk/cases/{case_id}?paper=accept")
    taken = await desk.post(f"/desk/cases/{case_id}/accept", csrf=csrf(paper), version=value(paper, "version"))
    assert "材料分送到部门" in taken.text and "承诺 6 日" in taken.text and "法定 10 日" in taken.text
    assert (await Case.get(id=case_id)).state == "accepted"
    for kind in ("receipt", "acceptance"):
        assert "李秀英" in await desk.page(f"/desk/cases/{case_id}/papers/{kind}")
    assert (await desk.get(f"/desk/cases/{case_id}/papers/refusal")).status_code == 404
    assert (await desk.get(f"/desk/cases/{case_id}/papers/anything")).status_code == 404


async def test_a_stale_version_keeps_every_word_and_says_what_changed(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    paper = await desk.page(f"/desk/cases/{case_id}?paper=refuse")
    await cases.receive(await actor("wangfang"), case_id)
    reason = "所办的事不归本机关管 <b>，请到县自然资源局"
    answer = await desk.post(
        f"/desk/cases/{case_id}/refuse", csrf=csrf(paper), version=value(paper, "version"), reason=reason,
        seen=value(paper, "seen"), opened=value(paper, "opened"),
    )  # fmt: skip
    assert answer.status_code == 409 and "没有提交" in answer.text
    assert "所办的事不归本机关管 &lt;b&gt;，请到县自然资源局</textarea>" in answer.text
    assert "您打开时" in answer.text and "已提交 · 第 1 版" in answer.text and "已收件 · 第 2 版" in answer.text
    again = await desk.post(
        f"/desk/cases/{case_id}/refuse", csrf=csrf(paper), version=value(answer.text, "version"), reason=reason
    )
    assert again.status_code == 200 and (await Case.get(id=case_id)).state == "refused"
    assert "&lt;b&gt;" in await desk.page(f"/desk/cases/{case_id}/papers/refusal")


async def test_a_refusal_without_its_reason_is_not_given_out(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}?paper=refuse")
    answer = await desk.post(f"/desk/cases/{case_id}/refuse", csrf=csrf(page), version=value(page, "version"))
    assert answer.status_code == 422 and "请写明理由" in answer.text


async def test_the_whole_number_by_one_click_on_record(desk: Desk) -> None:
    case_id = await filed()
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}")
    shown = await desk.post(f"/desk/cases/{case_id}/reveal", csrf=csrf(page), what="id_number")
    assert people.LI_ID in shown.text and "13800000001" not in shown.text
    row = await Audit.get(act="person.id_number_viewed")
    assert row.subject == f"case:{case_id}" and row.actor == (await actor("wangfang")).key
    assert people.LI_ID not in await desk.page(f"/desk/cases/{case_id}")
    assert (await desk.post(f"/desk/cases/{case_id}/reveal", csrf=csrf(page), what="openid")).status_code == 422


async def test_a_department_examines_and_decides(desk: Desk) -> None:
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SJ03")
    task = await Task.get(case_id=case_id)
    page = (await desk.sign_in("zhaoqiang")).text
    assert "待接收" in page and "食品经营许可" in page and "李**" in page
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "先接收，再写意见" in page and "这个时限怎么算的" in page
    got = await desk.post(f"/desk/tasks/{task.id}/acknowledge", csrf=csrf(page), version=str(task.version))
    assert "可以写意见了" in got.text
    sheet = await desk.page(f"/desk/cases/{case_id}?do=advise")
    empty = await desk.post(
        f"/desk/tasks/{task.id}/advise", csrf=csrf(sheet), version=value(sheet, "version"), outcome="granted"
    )
    assert empty.status_code == 422 and "请写审查意见" in empty.text
    sent = await desk.post(
        f"/desk/tasks/{task.id}/advise", csrf=csrf(sheet), version=value(sheet, "version"), outcome="granted",
        opinion="经审查，布局合理，建议准予。",
    )  # fmt: skip
    assert "意见报上去了" in sent.text
    refused = await desk.post(f"/desk/tasks/{task.id}/decide", csrf=csrf(sheet), version="2", outcome="granted")
    assert refused.status_code == 403 and "负责人决定" in refused.text
    head = desk.another()
    page = (await head.sign_in("chenjing")).text
    assert "等负责人决定" in page
    paper = await head.page(f"/desk/cases/{case_id}?do=decide")
    assert "行政决定书" in paper and "布局合理" not in paper.split("paper-a4")[1].split("经过")[0]
    done = await head.post(
        f"/desk/tasks/{task.id}/decide", csrf=csrf(paper), version=value(paper, "version"), outcome="granted"
    )
    assert "决定已经作出" in done.text and (await Case.get(id=case_id)).state == "concluded"
    assert "准予" in await head.page(f"/desk/cases/{case_id}/papers/decision")
    await head.http.aclose()


async def test_an_opinion_written_on_a_stale_task_is_kept(desk: Desk) -> None:
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SJ03")
    task = await Task.get(case_id=case_id)
    zhao, chen = await actor("zhaoqiang"), await actor("chenjing")
    await tasks.acknowledge(zhao, task.id)
    await desk.sign_in("zhaoqiang")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=advise")
    await tasks.advise(zhao, task.id, None, "granted", "另一个窗口先报了")
    await tasks.send_back(chen, task.id, None, "现场核查没有后厨清洗区照片")
    answer = await desk.post(
        f"/desk/tasks/{task.id}/advise", csrf=csrf(sheet), version=value(sheet, "version"), outcome="granted",
        opinion="我写了很久的意见。", seen=value(sheet, "seen"), opened=value(sheet, "opened"),
    )  # fmt: skip
    assert answer.status_code == 409 and "我写了很久的意见。</textarea>" in answer.text
    assert "现场核查没有后厨清洗区照片" in answer.text and "审查中 · 第 3 版" in answer.text


async def test_results_lie_somewhere_and_are_handed_out(desk: Desk) -> None:
    case_id = await people.concluded(
        await people.citizen(), await actor("wangfang"), await actor("zhaoqiang"), await actor("chenjing"), "SJ03"
    )
    result = await Result.get(case_id=case_id)
    await desk.sign_in("wangfang")
    page = await desk.page("/desk/output")
    found = await desk.post("/desk/output", csrf=csrf(page), q=people.LI_ID)
    assert "食品经营许可证" in found.text and "没入柜" in found.text and people.LI_ID not in found.text
    page = found.text
    version = value(page, "version")
    shelved = await desk.post(
        f"/desk/cases/{case_id}/shelve", csrf=csrf(page), version=version, result=str(result.id), place="B-07"
    )
    assert "存放的地方记下了" in shelved.text and 'value="B-07"' in shelved.text
    paper = await desk.page(f"/desk/output?case={case_id}&paper=deliver&method=proxy&result={result.id}")
    assert "送达回证" in paper and "代领" in paper and "发放 1 样" in paper
    nothing = await desk.post(f"/desk/cases/{case_id}/deliver", csrf=csrf(paper), version="9", method="window")
    assert nothing.status_code == 422 and "请勾选" in nothing.text
    given = await desk.post(
        f"/desk/cases/{case_id}/deliver", csrf=csrf(paper), version=value(paper, "version"), method="proxy",
        result=str(result.id),
    )  # fmt: skip
    assert "已经发放" in given.text and (await Case.get(id=case_id)).state == "delivered"
    assert "送达回证" in await desk.page(f"/desk/cases/{case_id}/papers/delivery")


async def test_find_by_number_tail_id_phone_and_name(desk: Desk) -> None:
    case_id = await filed()
    case = await Case.get(id=case_id)
    page = (await desk.sign_in("wangfang")).text
    assert f"/desk/cases/{case_id}" in str((await desk.get(f"/desk/find?q={case.number}")).url)
    for asked in (case.number[-6:], people.LI_ID.lower(), "13800000001", "秀英"):
        found = await desk.post("/desk/find", csrf=csrf(page), q=asked)
        assert f"/desk/cases/{case_id}" in found.text, asked
        assert "李秀英" not in found.text and people.LI_ID not in found.text
    assert "没有找到" in (await desk.post("/desk/find", csrf=csrf(page), q="13900000009")).text
    assert (await desk.get(f"/desk/find?q={people.LI_ID}")).status_code == 405  # never in an address
    assert {row.purpose for row in await Audit.filter(act="case.searched")} == {
        "按证件号查办件", "按手机号查办件", "按姓名查办件",
    }  # fmt: skip


async def test_a_look_from_before_the_correction_counts_no_more(desk: Desk) -> None:
    owner = await people.citizen()
    case_id = await people.submitted(owner, "SJ03")
    clerk = await actor("wangfang")
    await materials.check(clerk, case_id, "C03", "ready")
    await materials.check(clerk, case_id, "T13", "defect", "没有做到“从原料进到成品出，生熟、洁污不交叉”")
    line = {"material_code": "T13", "defect": "没有标清洗消毒区", "fix": "标明各区"}
    await correction.notify(clerk, case_id, None, [line])
    await drafts.lay(owner, case_id, "T13", [await people.page(owner)])
    await correction.correct(owner, case_id)
    await desk.sign_in("wangfang")
    page = await desk.page(f"/desk/cases/{case_id}?m=T13")
    row = page.split('data-row="?m=T13"')[1].split("</li>")[0]
    assert "没看" in row
    assert "已经一次性告知过" in page


async def test_signed_photographs_and_paths_of_nothing(desk: Desk) -> None:
    await desk.sign_in("wangfang", code=digits())
    nothing = "00000000-0000-7000-8000-000000000000"
    for path in (f"/desk/cases/{nothing}", f"/desk/photos/{nothing}/archive", f"/desk/output?case={nothing}",
                 "/desk/output?case=x", "/desk/cases/x", "/desk/anything/else"):  # fmt: skip
        answer = await desk.get(path)
        assert answer.status_code == 404, path
