"""Cases over HTTP: the shapes are as described, wrong input has a clear answer, one key has one effect."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from models.actions import acceptance, cases, tasks
from models.case import Case, Task
from models.rules.permits import Actor
from tests import people
from tests.api.door import Web
from tests.people import filled, page

pytestmark = pytest.mark.database


async def _ready(web: Web, item: str = "SJ03") -> tuple[str, str]:
    """李秀英's complete draft and her token."""
    _, token = await web.li()
    me = await web.get("/me", token)
    actor = Actor("citizen", id=UUID(me["id"]))
    begun = await web.call("POST", "/cases", {"item_codes": [item], "hall": "0001"}, token)
    assert begun.status_code == 201, begun.text
    case = begun.json()
    answer = await web.call("PUT", f"/cases/{case['id']}/form", {"values": filled(case["form"]["fields"])}, token)
    assert answer.status_code == 200, answer.text
    for material in case["materials"]:
        if material["photo"] and not material["form"] and not material["free"]:
            laid = {"pages": [str(await page(actor))]}
            answer = await web.call("PUT", f"/cases/{case['id']}/materials/{material['code']}", laid, token)
            assert answer.status_code == 200, answer.text
    return case["id"], token


async def test_a_case_over_http(web: Web) -> None:
    id_, token = await _ready(web)
    case = await web.get(f"/cases/{id_}", token)
    assert case["can"] == ["submit", "withdraw"] and case["next"]["action"] == "submit"
    answer = await web.call("POST", f"/cases/{id_}/submit", {}, token)
    assert answer.status_code == 200, answer.text
    sent = answer.json()
    assert sent["state"] == "submitted" and sent["answer_by"]["words"].startswith("最晚")
    listed = await web.get("/cases", token)
    assert [row["id"] for row in listed["items"]] == [id_]
    seen = await web.call("GET", f"/progress/{sent['number']}?key={sent['query_key']}")
    assert seen.status_code == 200 and "李秀英" not in seen.text
    await web.problem(404, "not_found", "GET", f"/progress/{sent['number']}?key=WRONG1")


async def test_one_key_one_effect(web: Web, together: Any) -> None:
    id_, token = await _ready(web)
    calls = [web.call("POST", f"/cases/{id_}/submit", {}, token, idempotency_key="tap-tap-tap") for _ in range(10)]
    answers = await together(*calls)
    good = [a for a in answers if a.status_code == 200]
    assert len({a.content for a in good}) == 1 and good
    assert all(a.status_code in (200, 409) for a in answers)
    later = await web.call("POST", f"/cases/{id_}/submit", {}, token, idempotency_key="tap-tap-tap")
    assert later.content == good[0].content and later.headers["idempotent-replay"] == "true"
    await web.problem(
        422, "idempotency_key_reused", "POST", f"/cases/{id_}/submit", {"version": 1}, token,
        idempotency_key="tap-tap-tap",
    )  # fmt: skip
    assert await Case.filter(state="submitted").count() == 1


async def test_a_double_tap_without_a_key_is_told_what_happened(web: Web) -> None:
    id_, token = await _ready(web)
    assert (await web.call("POST", f"/cases/{id_}/submit", {}, token)).status_code == 200
    await web.problem(409, "state_changed", "POST", f"/cases/{id_}/submit", {}, token)


async def test_foreign_uploads_and_cases_are_not_there(web: Web) -> None:
    id_, token = await _ready(web)
    _, sun = await web.sign_in("孙伟")
    other = sun["access_token"]
    for method, path, body in (
        ("GET", f"/cases/{id_}", None), ("POST", f"/cases/{id_}/submit", {}), ("POST", f"/cases/{id_}/withdraw", {}),
        ("PUT", f"/cases/{id_}/form", {"values": {}}),
    ):  # fmt: skip
        await web.problem(404, "not_found", method, path, body, other)
    foreign = await page(await people.citizen("钱七", "440229199001010030", "13900000009"))
    code = (await web.get(f"/cases/{id_}", token))["materials"][1]["code"]
    await web.problem(404, "unknown_upload", "PUT", f"/cases/{id_}/materials/{code}", {"pages": [str(foreign)]}, token)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"item_codes": [], "hall": "0001"}, "invalid_request"),
        ({"item_codes": ["SJ03"], "hall": "0001", "surprise": 1}, "invalid_request"),
        ({"item_codes": ["XX99"], "hall": "0001"}, "unknown_item"),
        ({"item_codes": ["SJ03"], "hall": "9999"}, "unknown_hall"),
        ({"item_codes": ["SJ03"], "hall": "0001", "answers": {"nobody asked": True}}, "bad_answers"),
        ({"item_codes": ["SJ03"], "hall": "0001", "form": {"shop_name": "a\u0000b"}}, "invalid_character"),
        ({"item_codes": ["SJ03"], "hall": "0001", "form": {"no such field": "x"}}, "bad_form"),
    ],
)
async def test_wrong_input_has_a_clear_answer(web: Web, body: Any, code: str) -> None:
    _, token = await web.li()
    await web.problem(422, code, "POST", "/cases", body, token)


async def test_ids_that_are_none(web: Web) -> None:
    _, token = await web.li()
    for id_ in ("9" * 5000, "not-an-id", "%00", "../../etc/passwd", "00000000-0000-0000-0000-000000000000"):
        answer = await web.call("GET", f"/cases/{id_}", None, token)
        assert answer.status_code == 404 and answer.json()["code"] == "not_found", id_


async def test_raw_bodies_that_are_no_json(web: Web) -> None:
    _, token = await web.li()
    bodies = [b"\xff\xfe", b"[" * 10_000, b'{"item_codes": ["\\ud800"], "hall": "0001"}', b"null", b"", b'{"a": 1e400}']
    for content in bodies:
        answer = await web.http.post(
            "/api/v1/cases",
            content=content,
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        assert answer.status_code == 422, (content[:20], answer.text)


async def test_without_a_name_nothing_is_handed_in_and_nothing_lost(web: Web) -> None:
    _, tokens = await web.sign_in("李秀英")
    token = tokens["access_token"]
    case = (await web.call("POST", "/cases", {"item_codes": ["SJ03"], "hall": "0001"}, token)).json()
    await web.problem(403, "real_name_needed", "POST", f"/cases/{case['id']}/submit", {}, token)
    assert (await web.get(f"/cases/{case['id']}", token))["state"] == "draft"


async def test_the_method_table_is_true(web: Web) -> None:
    answer = await web.call("DELETE", "/items")
    assert answer.status_code == 405 and set(answer.headers["allow"].split(", ")) >= {"GET"}
    assert answer.json()["code"] == "method_not_allowed"


async def test_a_body_over_the_limit_is_refused(web: Web) -> None:
    _, token = await web.li()
    answer = await web.http.post(
        "/api/v1/cases", content=b" " * (2 * 1024 * 1024), headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 413 and answer.json()["code"] == "too_large"


async def test_each_department_s_decision_is_a_paper_of_its_own(web: Web) -> None:
    web.state["settings"] = SimpleNamespace(public_url="http://127.0.0.1:8000")
    id_, token = await _ready(web)
    me = await web.get("/me", token)
    owner = Actor("citizen", id=UUID(me["id"]))
    await cases.submit(owner, UUID(id_))
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    await cases.receive(wang, UUID(id_))
    await acceptance.accept(wang, UUID(id_))
    await web.problem(404, "paper_not_issued", "GET", f"/cases/{id_}/papers/decision.pdf", None, token)
    task = await Task.get(case_id=id_)
    await tasks.acknowledge(zhao, task.id)
    await tasks.advise(zhao, task.id, None, "granted", "符合条件")
    await tasks.decide(chen, task.id, None, "granted")
    for query in ("", f"?task={task.id}"):
        made = await web.call("GET", f"/cases/{id_}/papers/decision.pdf{query}", None, token)
        assert made.status_code == 200 and made.content.startswith(b"%PDF"), made.text[:200]
    stranger = "?task=01a2063b-ddcc-764d-b110-1a63bd81a87e"
    await web.problem(404, "paper_not_issued", "GET", f"/cases/{id_}/papers/decision.pdf{stranger}", None, token)
