"""Projects over HTTP: registered, asked about, seen by code and key, and the map as a picture (R43)."""

import re
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest

from models.people import Membership, Organisation
from tests.api.door import Web

pytestmark = pytest.mark.database

CODE = "2609-440229-04-01-68315X"
NEW = {"code": CODE, "name": "兰花冷链<分拣>中心", "kind": "filing", "skipped": ["SL01", "ZJ02"]}
SVG = "{http://www.w3.org/2000/svg}"


async def _registered(web: Web, token: str = "", **more: Any) -> tuple[dict[str, Any], str]:
    token = token or (await web.li())[1]
    answer = await web.call("POST", "/projects", {**NEW, **more}, token)
    assert answer.status_code == 201, answer.text
    return answer.json(), token


async def test_a_project_over_http(web: Web) -> None:
    made, token = await _registered(web, code=CODE.lower())
    assert made["code"] == CODE and made["all"] == 7 and made["done"] == 0 and len(made["query_key"]) == 6
    assert set(made["stages"][0]) == {"n", "title", "rows"}
    assert made["next"]["action"] == "file" and made["organisation"] is None
    again = await web.call("POST", "/projects", NEW, token)
    assert again.status_code == 201 and again.json()["query_key"] == made["query_key"]
    listed = await web.get("/projects", token)
    assert listed["items"] == [
        {"code": CODE, "name": NEW["name"], "kind": "filing", "green": False, "done": 0, "all": 7,
         "next": made["next"]}
    ]  # fmt: skip
    asked = await web.call("POST", f"/projects/{CODE}/guidance", {"question": "先办什么？", "item_code": "HB01"}, token)
    assert asked.status_code == 200 and asked.json()["guidance"][0]["question"] == "先办什么？"
    assert (await web.get(f"/projects/{CODE}", token))["guidance"][0]["state"] == "open"
    begun = await web.call("POST", "/cases", {"item_codes": ["FG01"], "project_code": CODE, "hall": "0001"}, token)
    assert begun.status_code == 422  # a filing is for organisations; this project was registered for none
    assert begun.json()["code"] == "for_organisations"


async def test_a_case_of_a_project_is_in_its_organisation_s_name(web: Web) -> None:
    _, token = await web.li()
    firm = await Organisation.create(uscc="91440229MA4UWQ8C5E", name="兰香农业有限公司")
    await Membership.create(
        account_id=UUID((await web.get("/me", token))["id"]), organisation_id=firm.id, role="legal"
    )  # fmt: skip
    made, _ = await _registered(web, token, organisation_id=str(firm.id))
    assert made["organisation"] == {"id": str(firm.id), "name": "兰香农业有限公司"}
    begun = await web.call("POST", "/cases", {"item_codes": ["FG01"], "project_code": CODE, "hall": "0001"}, token)
    assert begun.status_code == 201, begun.text
    assert begun.json()["applicant"]["name"] == "兰香农业有限公司"
    assert begun.json()["project"] == {"code": CODE, "name": NEW["name"]}
    row = (await web.get(f"/projects/{CODE}", token))["stages"][0]["rows"][0]
    assert row["state"] == "draft" and row["case_id"] == begun.json()["id"]


async def test_progress_by_code_and_key_alone(web: Web) -> None:
    made, token = await _registered(web)
    await web.call("POST", f"/projects/{CODE}/guidance", {"question": "先办什么？"}, token)
    answer = await web.call("GET", f"/projects/{CODE.lower()}?key={made['query_key'].lower()}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["query_key"] is None and shown["guidance"] == [] and "李秀英" not in answer.text
    assert shown["next"] == {"action": "none", "words": "7 件办好 0 件", "detail": "", "by": None, "case_id": None}
    for path in ("", "/map.svg", "/checklist"):
        await web.problem(404, "not_found", "GET", f"/projects/{CODE}{path}")
        await web.problem(404, "not_found", "GET", f"/projects/{CODE}{path}?key=WRONG1")
    _, sun = await web.sign_in("孙伟")
    for method, path, body in (
        ("GET", "", None), ("GET", "/map.svg", None), ("GET", "/checklist", None),
        ("POST", "/guidance", {"question": "先办什么？"}),
    ):  # fmt: skip
        await web.problem(404, "not_found", method, f"/projects/{CODE}{path}", body, sun["access_token"])
    assert (await web.get("/projects", sun["access_token"])) == {"items": []}
    await web.problem(422, "bad_project_code", "GET", "/projects/2613-440229-04-01-68315X?key=ABCDEF")
    await web.problem(404, "not_found", "GET", f"/projects/2609-440229-04-01-683150?key={made['query_key']}")


async def test_keys_are_not_guessed(web: Web) -> None:
    """Counted as progress by number is: twenty looks in ten minutes, the right key among them or not."""
    made, token = await _registered(web)
    for n in range(20):
        await web.problem(404, "not_found", "GET", f"/projects/{CODE}?key=WRONG{n}")
    await web.problem(429, "too_many_attempts", "GET", f"/projects/{CODE}?key={made['query_key']}")
    await web.problem(429, "too_many_attempts", "GET", f"/projects/{CODE}/map.svg?key={made['query_key']}")
    assert (await web.get(f"/projects/{CODE}", token))["code"] == CODE  # its owner is not kept out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "2613-440229-04-01-68315X"}, "bad_project_code"),
        ({"kind": "gift"}, "invalid_request"),
        ({"name": "兰"}, "bad_project_name"),
        ({"skipped": ["ZR03"]}, "not_optional"),
        ({"surprise": 1}, "invalid_request"),
        ({"name": "兰\u0000花"}, "invalid_character"),
    ],
)
async def test_wrong_input_has_a_clear_answer(web: Web, change: dict[str, Any], code: str) -> None:
    _, token = await web.li()
    await web.problem(422, code, "POST", "/projects", {**NEW, **change}, token)


async def test_without_a_name_no_project(web: Web) -> None:
    _, tokens = await web.sign_in("李秀英")
    await web.problem(403, "real_name_needed", "POST", "/projects", NEW, tokens["access_token"])
    await web.problem(401, "sign_in_needed", "POST", "/projects", NEW)


async def test_the_road_is_drawn_to_lie_under_the_rows(web: Web) -> None:
    made, token = await _registered(web)
    drawn = made["map"]
    rows = sum(len(stage["rows"]) for stage in made["stages"])
    assert drawn["width"] == 390 and drawn["row_height"] >= 44
    assert drawn["height"] == len(made["stages"]) * drawn["head_height"] + rows * drawn["row_height"] + 8
    road = ElementTree.fromstring(drawn["svg"])
    assert not list(road.iter(f"{SVG}text")) and road.attrib["height"] == str(drawn["height"])
    straights = {float(found) for found in re.findall(r"[ML]?[\d.]+ ([\d.]+)H", drawn["svg"])}
    tops, y = [], 0
    for stage in made["stages"]:
        y += drawn["head_height"]
        for _ in stage["rows"]:
            tops.append(y)
            y += drawn["row_height"]
    for top in tops:  # each row has its lane at its foot
        assert any(top + drawn["row_height"] - 9 <= line <= top + drawn["row_height"] for line in straights), top
    large = (await web.get(f"/projects/{CODE}?large=true", token))["map"]
    assert large["row_height"] > drawn["row_height"] and large["height"] > drawn["height"]


async def test_the_picture_can_be_read_alone(web: Web) -> None:
    made, token = await _registered(web)
    answer = await web.call("GET", f"/projects/{CODE}/map.svg?key={made['query_key']}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("image/svg+xml")
    picture = ElementTree.fromstring(answer.text)  # a name with < in it does not break it
    title = picture.find(f"{SVG}title")
    assert title is not None and title.text == NEW["name"]
    said = picture.find(f"{SVG}desc")
    assert said is not None and said.text and "项目备案，发改局，可以交了" in said.text
    words = "".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
    for part in ("兰花冷链<分拣>中心", CODE, "7 件办好 0 件", "最快", "这 4 件同时办", "施工许可", "截至"):
        assert part in words, part
    assert "上面 4 件办好就办" in words
    assert (await web.call("GET", f"/projects/{CODE}/map.svg", None, token)).status_code == 200


async def test_one_list(web: Web) -> None:
    made, token = await _registered(web)
    listed = (await web.get(f"/projects/{CODE}/checklist", token))["materials"]
    codes = [one["code"] for one in listed]
    assert codes[0] == "F-B05" and len(codes) == len(set(codes))
    produced = next(one for one in listed if one["code"] == "C21")
    assert produced["state"] == "produced" and produced["words"] == "办的过程中自己会出来"
    assert made["kind"] == "filing"
