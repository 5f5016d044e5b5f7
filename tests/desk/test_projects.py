"""Projects at the desk: found by their code, their road, questions answered, visits planned, the green way (R43)."""

from datetime import timedelta

import pytest

from models.actions import projects
from models.actions.projects import NewProject
from models.base import today
from models.project import Guidance, Project
from models.rules.permits import Actor
from tests import people
from tests.desk.door import Desk, csrf, hire

pytestmark = pytest.mark.database

CODE = "2609-440229-04-01-68315X"


async def registered() -> Actor:
    owner = await people.citizen()
    await projects.register(owner, NewProject(CODE, "兰花种苗组培车间项目", "approval"))
    return owner


async def test_a_project_is_found_by_its_code_and_its_road_is_drawn(desk: Desk) -> None:
    await registered()
    page = (await desk.sign_in("wangfang")).text
    found = await desk.post("/desk/find", csrf=csrf(page), q=CODE.lower())
    assert str(found.url).endswith(f"/desk/projects/{CODE}") and "兰花种苗组培车间项目" in found.text
    assert "取水许可" in found.text and "水务局" in found.text and "map.svg" in found.text
    asked = await desk.post("/desk/projects", csrf=csrf(page), code=CODE.replace("-", ""))
    assert str(asked.url).endswith(f"/desk/projects/{CODE}")
    drawing = await desk.get(f"/desk/projects/{CODE}/map.svg")
    assert drawing.headers["content-type"] == "image/svg+xml" and drawing.text.startswith("<svg")
    assert "兰花种苗组培车间项目" in await desk.page("/desk/projects")
    assert (await desk.get("/desk/projects/2609-440229-04-01-00000X")).status_code == 404
    wrong = await desk.post("/desk/projects", csrf=csrf(page), code="123")
    assert wrong.status_code == 422


async def test_a_department_off_the_road_sees_nothing_of_it(desk: Desk) -> None:
    await registered()
    page = (await desk.sign_in("sunwei")).text
    assert (await desk.get(f"/desk/projects/{CODE}")).status_code == 404
    assert (await desk.get(f"/desk/projects/{CODE}/map.svg")).status_code == 404
    assert "兰花种苗" not in (await desk.post("/desk/find", csrf=csrf(page), q=CODE)).text
    assert "兰花种苗" not in await desk.page("/desk/projects")


async def test_a_question_is_answered_by_the_office_it_went_to(desk: Desk) -> None:
    owner = await registered()
    await projects.ask(owner, CODE, "取水口在河边，论证报告找谁编？", "SL01")
    await hire("guan", "官永昌", "handler", department="SL")
    home = (await desk.sign_in("guan")).text
    assert "项目<i >1</i>" in home
    row = await Guidance.get()
    assert "取水口在河边" in await desk.page("/desk/projects")
    sheet = await desk.page(f"/desk/projects/{CODE}?answer={row.id}")
    path = f"/desk/projects/{CODE}/guidance/{row.id}"
    short = await desk.post(path, csrf=csrf(sheet), version="0", words="短")
    assert short.status_code == 422 and ">短</textarea>" in short.text
    stranger = desk.another()
    token = csrf((await stranger.sign_in("zhaoqiang")).text)
    assert (await stranger.post(path, csrf=token, version="0", words="随便答一句")).status_code == 404
    done = await desk.post(path, csrf=csrf(sheet), version="0", words="有资质的单位都行，名单在省厅网上。")
    assert "答复了" in done.text and "有资质的单位都行" in done.text
    again = await desk.post(path, csrf=csrf(sheet), version="0", words="我又写了一遍答复。")
    assert again.status_code == 409 and "我又写了一遍答复。" in again.text
    await stranger.http.aclose()


async def test_a_visit_is_planned_and_starts_no_clock(desk: Desk) -> None:
    await registered()
    await hire("guan", "官永昌", "handler", department="SL")
    await desk.sign_in("guan")
    sheet = await desk.page(f"/desk/projects/{CODE}?do=visit")
    assert "取水许可" in sheet and 'value="ZR01"' not in sheet  # a department plans for itself
    fields = {"csrf": csrf(sheet), "version": "0", "item": "SL01", "words": "看取水口，请准备总平面图。"}
    past = await desk.post(f"/desk/projects/{CODE}/visit", **fields, planned_on="2020-01-01")
    assert past.status_code == 422 and "看取水口，请准备总平面图。</textarea>" in past.text
    none = await desk.post(f"/desk/projects/{CODE}/visit", **fields, planned_on="下周")
    assert none.status_code == 422 and "请选哪天上门" in none.text
    day = (today() + timedelta(days=3)).isoformat()
    done = await desk.post(f"/desk/projects/{CODE}/visit", **fields, planned_on=day)
    assert "上门的日子定了" in done.text and (await Guidance.get()).kind == "visit"


async def test_the_green_way_is_a_supervisor_s(desk: Desk) -> None:
    await registered()
    await hire("zhangwenhui", "张文辉", "supervisor")
    clerk = desk.another()
    page = (await clerk.sign_in("wangfang")).text
    assert "绿色通道由督办定" in await clerk.page(f"/desk/projects/{CODE}")
    wrong = await clerk.post(
        f"/desk/projects/{CODE}/green", csrf=csrf(page), version="0", on="yes", reason="县重点项目"
    )
    assert wrong.status_code == 403 and not (await Project.get()).green
    await desk.sign_in("zhangwenhui")
    sheet = await desk.page(f"/desk/projects/{CODE}?do=green")
    empty = await desk.post(f"/desk/projects/{CODE}/green", csrf=csrf(sheet), version="0", on="yes", reason="")
    assert empty.status_code == 422 and (await Project.get()).green is False
    done = await desk.post(
        f"/desk/projects/{CODE}/green", csrf=csrf(sheet), version="0", on="yes", reason="县重点项目，会议定的"
    )
    assert "绿色通道改好了" in done.text and (await Project.get()).green
    await clerk.http.aclose()
