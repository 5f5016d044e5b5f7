"""A bundle at the desk: its lanes, what waits and what falls, the county's extension of the whole (R42)."""

from uuid import UUID

import pytest

from models.actions import acceptance, cases, drafts, tasks
from models.actions.drafts import Filing
from models.case import Case, Task
from models.paper import CaseMaterial
from models.rules.permits import Actor
from tests import people
from tests.desk.door import Desk, csrf, hire, value
from tests.desk.test_cases import actor

pytestmark = pytest.mark.database


async def joint(owner: Actor) -> UUID:
    """企业职工退休一件事 over four departments, accepted."""
    case_id = await drafts.begin(owner, Filing([], bundle="B03"), applicant={}, answers={}, form={}, hall="0001")
    record = await drafts.record_of(await Case.get(id=case_id))
    await drafts.fill(owner, case_id, people.filled(record["form"]))
    for material in await CaseMaterial.filter(case_id=case_id):
        if material.need["photo"] and not material.need["form"] and not material.need["free"]:
            await drafts.lay(owner, case_id, material.code, [await people.page(owner)])
    clerk = await actor("wangfang")
    await cases.submit(owner, case_id)
    await cases.receive(clerk, case_id)
    await acceptance.accept(clerk, case_id)
    return case_id


async def test_a_bundle_lies_in_lanes_and_what_waits_is_pale(desk: Desk) -> None:
    await hire("gan", "甘丽萍", "handler", department="RS")
    await hire("zeng", "曾繁荣", "approver", department="RS")
    case_id = await joint(await people.citizen())
    await desk.sign_in("gan")
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "四个部门联合办理" in page and "牵头：医保局" in page and "属于“企业职工退休一件事”" in page
    assert page.count('class="lane pale"') == 2 and "等“企业职工正常退休（基本养老金）申领”办好" in page
    task = await Task.get(case_id=case_id, department_id="RS")
    gan, zeng = await actor("gan"), await actor("zeng")
    await tasks.acknowledge(gan, task.id)
    await tasks.advise(gan, task.id, None, "refused", "缴费年限不足。")
    await tasks.decide(zeng, task.id, None, "refused", "缴费年限不足 15 年。")
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "不予许可" in page and "停止办理" in page
    await hire("zhangwenhui", "张文辉", "supervisor")
    boss = desk.another()
    await boss.sign_in("zhangwenhui")
    fallen = await Task.filter(case_id=case_id, state="cancelled").first()
    paper = await boss.page(f"/desk/cases/{case_id}/papers/fallen?task={fallen.id}")  # type: ignore[union-attr]
    assert "不再办理告知书" in paper and "没有同意" in paper and "林秋英" not in paper and "李秀英" in paper
    await boss.http.aclose()


async def test_the_county_s_head_lengthens_the_whole(desk: Desk) -> None:
    await hire("he", "何县长", "county_head")
    case_id = await joint(await people.citizen())
    await desk.sign_in("he")
    sheet = await desk.page(f"/desk/cases/{case_id}?do=extend_case")
    assert "经县人民政府负责人批准" in sheet and "延长 15个工作日" in sheet
    fields = {"csrf": csrf(sheet), "version": value(sheet, "version")}
    long = await desk.post(f"/desk/cases/{case_id}/extend", **fields, days="16", reason="需要会商")
    assert long.status_code == 422 and "需要会商</textarea>" in long.text
    done = await desk.post(f"/desk/cases/{case_id}/extend", **fields, days="15", reason="需要会商")
    assert "整件延期批准了" in done.text
    assert "需要会商" in await desk.page(f"/desk/cases/{case_id}/papers/extension")
