"""Who may enter which room and do which verb at the desk: every row allowed or refused; 孙伟 must see nothing."""

from uuid import UUID

import pytest

from models.audit import Audit
from models.case import Case, Result, Task
from models.paper import CaseMaterial
from tests import people
from tests.desk.door import Desk, csrf, hire
from tests.desk.test_cases import actor

pytestmark = pytest.mark.database

ROOMS = [  # path, who gets in; everybody else is refused (403)
    ("/desk/queue", {"wangfang", "zhangwenhui"}),
    ("/desk/output", {"wangfang", "zhangwenhui"}),
    ("/desk/inbox", {"zhaoqiang", "chenjing", "sunwei"}),
    ("/desk/letters", {"zhaoqiang", "chenjing", "sunwei"}),
    ("/desk/inspections", {"zhaoqiang", "chenjing", "sunwei", "zhangwenhui"}),
    ("/desk/window", {"luowen"}),
    ("/desk/breaches", {"zhangwenhui"}),
    ("/desk/projects", {"wangfang", "zhaoqiang", "chenjing", "sunwei", "zhangwenhui", "he"}),
    ("/desk/find", {"wangfang", "zhaoqiang", "chenjing", "sunwei", "zhangwenhui", "luowen", "he"}),
]
EVERYBODY = ["wangfang", "zhaoqiang", "chenjing", "sunwei", "zhangwenhui", "luowen", "he", "admin"]


@pytest.mark.parametrize("login", EVERYBODY)
async def test_rooms(desk: Desk, login: str) -> None:
    await hire("admin", "管理员", "system_admin")
    await hire("zhangwenhui", "张文辉", "supervisor")
    await hire("luowen", "罗文", "delegate", hall="0001", department="ZS")
    await hire("he", "何县长", "county_head")
    await desk.sign_in(login)
    for path, allowed in ROOMS:
        answer = await desk.get(path)
        assert answer.status_code == (200 if login in allowed else 403), path
        if login not in allowed:
            assert "role_not_allowed" in answer.text and "不归您的岗位管" in answer.text


async def test_without_signing_in_there_is_only_the_door(desk: Desk) -> None:
    case_id = await people.submitted(await people.citizen())
    for path in ("/desk", "/desk/queue", "/desk/inbox", "/desk/output", "/desk/find", f"/desk/cases/{case_id}",
                 f"/desk/cases/{case_id}/papers/receipt", "/desk/events", "/desk/lock"):  # fmt: skip
        answer = await desk.get(path)
        assert "/desk/sign-in" in str(answer.url) and "李" not in answer.text, path
    answer = await desk.post(f"/desk/cases/{case_id}/receive", csrf="x", version="1")
    assert answer.status_code == 401 and (await Case.get(id=case_id)).state == "submitted"


async def _accepted() -> tuple[UUID, Task, UUID]:
    case_id = await people.accepted(await people.citizen(), await actor("wangfang"), "SJ03")
    page = await CaseMaterial.filter(case_id=case_id, code="C03").values_list("pages__upload_id", flat=True)
    return case_id, await Task.get(case_id=case_id), page[0]  # type: ignore[return-value]


async def test_another_department_sees_nothing(desk: Desk) -> None:
    case_id, task, upload = await _accepted()
    case = await Case.get(id=case_id)
    home = (await desk.sign_in("sunwei")).text
    assert "今天的都办完了" in home and (case.number or "")[-6:] not in home
    for path in (f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/papers/acceptance",
                 f"/desk/cases/{case_id}/papers/decision", f"/desk/photos/{upload}/archive"):  # fmt: skip
        answer = await desk.get(path)
        assert answer.status_code == 404 and "李" not in answer.text, path
    token = csrf(home)
    for path, fields in [
        (f"/desk/cases/{case_id}/reveal", {"what": "id_number"}),
        (f"/desk/tasks/{task.id}/acknowledge", {"version": "0"}),
        (f"/desk/tasks/{task.id}/advise", {"version": "0", "outcome": "granted", "opinion": "可以"}),
        (f"/desk/tasks/{task.id}/decide", {"version": "0", "outcome": "granted"}),
    ]:
        answer = await desk.post(path, csrf=token, **fields)
        assert answer.status_code == 404 and people.LI_ID not in answer.text, path
    for q in (case.number, people.LI_ID, "13800000001", "李秀英"):
        assert "没有找到" in (await desk.post("/desk/find", csrf=token, q=q)).text
    assert (await Task.get(id=task.id)).state == "assigned"
    assert not await Audit.filter(act__in=["person.id_number_viewed", "photo.viewed"]).exists()


async def test_the_counter_s_verbs_are_the_counter_s(desk: Desk) -> None:
    case_id = await people.submitted(await people.citizen())
    for login in ("zhaoqiang", "chenjing"):
        browser = desk.another()
        token = csrf((await browser.sign_in(login)).text)
        for path, fields in [
            (f"/desk/cases/{case_id}/receive", {"version": "1"}), (f"/desk/cases/{case_id}/accept", {"version": "1"}),
            (f"/desk/cases/{case_id}/refuse", {"version": "1", "reason": "不归本机关管"}),
            (f"/desk/cases/{case_id}/materials/C03", {"set": "all"}),
            (f"/desk/cases/{case_id}/shelve", {"version": "1", "place": "B-07"}),
            (f"/desk/cases/{case_id}/deliver", {"version": "1", "method": "window"}),
        ]:  # fmt: skip
            assert (await browser.post(path, csrf=token, **fields)).status_code == 403, path
        await browser.http.aclose()
    assert (await Case.get(id=case_id)).version == 1
    assert not await Result.all().exists()


async def test_the_clerk_neither_examines_nor_decides(desk: Desk) -> None:
    case_id, task, _ = await _accepted()
    token = csrf((await desk.sign_in("wangfang")).text)
    for verb in ("acknowledge", "advise", "decide", "return"):
        answer = await desk.post(f"/desk/tasks/{task.id}/{verb}", csrf=token, version="0", outcome="granted")
        assert answer.status_code == 403
    page = await desk.page(f"/desk/cases/{case_id}")
    assert "写意见，报审核" not in page and "作出决定" not in page


async def test_a_town_counter_sees_its_own_hall_only(desk: Desk) -> None:
    await hire("bazai", "坝仔", "clerk", hall="0200")
    county = await people.submitted(await people.citizen(), "SJ03")
    own = await people.submitted(await people.citizen("孙大海", people.SUN_ID, "13800000002"), "SJ03", hall="0200")
    page = (await desk.sign_in("bazai")).text
    assert "孙**" in page and "李**" not in page
    assert (await desk.get(f"/desk/cases/{county}")).status_code == 404
    assert (await desk.get(f"/desk/cases/{own}")).status_code == 200


async def test_photographs_are_watermarked_and_each_view_is_on_record(desk: Desk) -> None:
    case_id, _, upload = await _accepted()
    await desk.sign_in("zhaoqiang")
    answer = await desk.get(f"/desk/photos/{upload}/archive?case={case_id}")
    # the test's upload has no bytes in the store: the view is recorded first, then said not to open
    assert answer.status_code == 404 and "打不开" in answer.text
    row = await Audit.get(act="photo.viewed")
    assert row.purpose == "部门审查" and row.detail["case"] == str(case_id)
    assert (await desk.get(f"/desk/photos/{upload}/original")).status_code == 404
