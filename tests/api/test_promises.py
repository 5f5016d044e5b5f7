"""容缺受理 over HTTP: the offer, the signature, the paper that comes later; one key, one promise."""

from typing import Any
from uuid import UUID

import pytest

from models.actions import acceptance, promises
from models.case import Case
from models.promise import Promise
from models.rules.permits import Actor
from tests import people
from tests.api.door import Web
from tests.people import filled, page

pytestmark = pytest.mark.database
LATE = "T14"


async def _draft(web: Web) -> tuple[str, str, Actor]:
    """李秀英's draft of SJ03 without 食品安全管理制度, her token, and she."""
    _, token = await web.li()
    actor = Actor("citizen", id=UUID((await web.get("/me", token))["id"]))
    case = (await web.call("POST", "/cases", {"item_codes": ["SJ03"], "hall": "0001"}, token)).json()
    await web.call("PUT", f"/cases/{case['id']}/form", {"values": filled(case["form"]["fields"])}, token)
    for material in case["materials"]:
        if material["photo"] and not material["form"] and not material["free"] and material["code"] != LATE:
            laid = {"pages": [str(await page(actor))]}
            answer = await web.call("PUT", f"/cases/{case['id']}/materials/{material['code']}", laid, token)
            assert answer.status_code == 200, answer.text
    return case["id"], token, actor


async def test_promised_supplied_and_kept(web: Web) -> None:
    id_, token, li = await _draft(web)
    case = await web.get(f"/cases/{id_}", token)
    offer = case["offers"][0]
    assert offer["off"] == "" and case["can"] == ["submit", "promise", "withdraw"]
    gap = await web.problem(422, "incomplete", "POST", f"/cases/{id_}/submit", {}, token)
    assert gap["errors"][0]["pointer"] == f"/materials/{LATE}"
    said = {"kind": "tolerance", "item": "SJ03", "version": case["version"]}
    answer = await web.call("POST", f"/cases/{id_}/promise", said, token, idempotency_key="sign-once")
    assert answer.status_code == 200, answer.text
    again = await web.call("POST", f"/cases/{id_}/promise", said, token, idempotency_key="sign-once")
    assert again.content == answer.content and await Promise.all().count() == 1
    signed = answer.json()
    assert signed["promises"][0]["words"] == offer["words"] and signed["can"] == ["submit", "withdraw"]
    await web.problem(409, "state_changed", "POST", f"/cases/{id_}/supply", {}, token)
    assert (await web.call("POST", f"/cases/{id_}/submit", {}, token)).status_code == 200
    wang = await people.clerk()
    await acceptance.accept(wang, UUID(id_))
    case = await web.get(f"/cases/{id_}", token)
    assert case["tolerant"] and case["next"]["action"] == "supply" and "supply" in case["can"]
    assert case["next"]["by"] == case["promises"][0]["due_on"]
    lost = await web.problem(422, "supply_incomplete", "POST", f"/cases/{id_}/supply", {}, token)
    assert lost["errors"] == [
        {"pointer": f"/materials/{LATE}", "code": "material_missing", "detail": "还差：食品安全管理制度"}
    ]
    await web.call("PUT", f"/cases/{id_}/materials/{LATE}", {"pages": [str(await page(li))]}, token)
    supplied = (await web.call("POST", f"/cases/{id_}/supply", {}, token)).json()
    assert supplied["promises"][0]["state"] == "supplied" and "supply" not in supplied["can"]
    await web.problem(409, "case_locked", "PUT", f"/cases/{id_}/materials/{LATE}", {"pages": []}, token)
    await promises.confirm_supply(wang, UUID(id_))
    assert (await web.get(f"/cases/{id_}", token))["promises"][0]["state_words"] == "补齐了"


@pytest.mark.parametrize(
    "said",
    [{"kind": "tolerance"}, {"kind": "word of honour", "item": "SJ03"}, {"kind": "tolerance", "item": "sj03; --"}],
)
async def test_a_wrong_promise_has_a_clear_answer(web: Web, said: dict[str, Any]) -> None:
    id_, token, _ = await _draft(web)
    await web.problem(422, "invalid_request", "POST", f"/cases/{id_}/promise", said, token)
    await web.problem(409, "promise_not_offered", "POST", f"/cases/{id_}/promise",
                      {"kind": "informed", "item": "SJ03"}, token)  # fmt: skip
    assert not (await Case.get(id=id_)).promised


async def test_nobody_promises_for_somebody_else(web: Web) -> None:
    id_, token, _ = await _draft(web)
    said = {"kind": "tolerance", "item": "SJ03"}
    await web.problem(401, "sign_in_needed", "POST", f"/cases/{id_}/promise", said)
    await web.problem(409, "stale_version", "POST", f"/cases/{id_}/promise", {**said, "version": 99}, token)
    assert await Promise.all().count() == 0
