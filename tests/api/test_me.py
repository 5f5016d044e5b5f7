"""Oneself over HTTP: copy, erasure, codes, companies, mandates, own list, answers to asks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.actions import own_list
from models.base import rows, today
from models.case import Case
from tests.api.door import LI_NUMBER, SUN_NUMBER, Web, web, world  # noqa: F401

pytestmark = pytest.mark.database
USCC = "91350100M000100Y43"


async def sun(web: Web) -> str:  # noqa: F811
    _, grant = await web.sign_in("孙伟")
    body = {"name": "孙伟", "id_number": SUN_NUMBER}
    assert (await web.call("POST", "/auth/real-name", body, grant["access_token"])).status_code == 200
    return str(grant["access_token"])


PRIVATE: list[tuple[str, str, Any]] = [
    ("GET", "/me", None), ("GET", "/me/export", None), ("DELETE", "/me", None), ("GET", "/me/identity-code", None),
    ("GET", "/me/organisations", None), ("GET", "/me/mandates", None), ("GET", "/notifications", None),
    ("POST", "/notifications/read", {}), ("POST", "/consents", {"results": {}}),
    ("POST", "/me/mandates/01a2063b-ddcc-764d-b110-1a63bd81a87e/revoke", None),
    ("POST", "/auth/real-name", {"name": "李秀英", "id_number": LI_NUMBER}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), PRIVATE)
async def test_nothing_without_signing_in(web: Web, method: str, path: str, body: Any):  # noqa: F811
    await web.problem(401, "sign_in_needed", method, path, body)


async def test_the_copy(web: Web):  # noqa: F811
    _, token = await web.li()
    copy = await web.get("/me/export", token)
    assert copy["account"]["name"] == "李秀英" and copy["account"]["id_number"] == LI_NUMBER
    assert copy["exported_at"].endswith("+08:00") and copy["left_out"]
    assert [row["purpose"] for row in await rows("SELECT purpose FROM audit ORDER BY seq DESC LIMIT 1")] == [
        "本人查阅复制"
    ]


async def test_erasure(web: Web):  # noqa: F811
    phone, token = await web.li()
    me = await web.get("/me", token)
    open_case = await Case.create(
        title="食品经营许可",
        account_id=me["id"],
        hall_id="0001",
        state="accepted",
        number="1" * 24,
        owner="departments",
    )
    found = await web.problem(409, "open_cases", "DELETE", "/me", token=token)
    assert "食品经营许可" in found["errors"][0]["detail"]
    await Case.filter(id=open_case.id).update(state="delivered", owner="")
    answer = (await web.call("DELETE", "/me", token=token)).json()
    assert answer["erased"] is True and [kept["number"] for kept in answer["kept"]] == ["1" * 24]
    await web.problem(401, "session_ended", "GET", "/me", token=token)
    stored = str(await rows("SELECT name_sealed, id_number_sealed, id_number_index, phone_sealed FROM account"))
    assert stored.count("None") == 4
    code = web.sandbox.control("POST", f"phones/{phone['phone']}/code")["code"]
    fresh = (await web.call("POST", "/auth/wechat", {"code": code})).json()
    assert fresh["account"]["id"] != me["id"] and fresh["account"]["name"] is None


async def test_the_identity_code_is_a_picture(web: Web):  # noqa: F811
    _, grant = await web.sign_in()
    await web.problem(403, "real_name_needed", "GET", "/me/identity-code", token=grant["access_token"])
    _, token = await web.li()
    shown = await web.get("/me/identity-code", token)
    assert shown["svg"].startswith("<svg") and "</svg>" in shown["svg"] and len(shown["code"]) == 26
    assert shown["expires_at"].endswith("+08:00")


async def test_companies(web: Web):  # noqa: F811
    _, token = await web.li()
    body = {"uscc": USCC, "name": "翁源县秀英小吃店", "role": "legal"}
    made = await web.call("POST", "/me/organisations", body, token)
    assert made.status_code == 201 and made.json()["valid"] is True
    assert (await web.get("/me/organisations", token))["items"] == [made.json()]
    await web.problem(422, "bad_uscc", "POST", "/me/organisations", {**body, "uscc": USCC[:-1] + "9"}, token)
    await web.problem(422, "until_needed", "POST", "/me/organisations", {**body, "role": "agent"}, token)
    await web.problem(422, "invalid_request", "POST", "/me/organisations", {**body, "role": "owner"}, token)
    other = await sun(web)
    await web.problem(409, "organisation_name_differs", "POST", "/me/organisations", {**body, "name": "乙"}, other)
    assert (await web.get("/me/organisations", other))["items"] == []


async def test_mandates(web: Web):  # noqa: F811
    _, mother = await web.li()
    son = await sun(web)
    shown = await web.get("/me/identity-code", mother)
    body = {"identity_code": shown["code"], "scope": "领取结果", "until": str(today() + timedelta(days=30))}
    made = (await web.call("POST", "/me/mandates", body, son)).json()
    assert (made["side"], made["other_name"], made["can"]) == ("held", "李**", ["revoke"])
    await web.problem(404, "identity_code_wrong", "POST", "/me/mandates", body, son)
    ended = (await web.call("POST", f"/me/mandates/{made['id']}/revoke", token=mother)).json()
    assert (ended["side"], ended["valid"], ended["can"]) == ("given", False, [])
    _, stranger = await web.sign_in()
    await web.problem(404, "not_found", "POST", f"/me/mandates/{made['id']}/revoke", token=stranger["access_token"])
    await web.problem(404, "not_found", "POST", f"/me/mandates/{'9' * 5000}/revoke", token=mother)


async def test_the_own_list(web: Web):  # noqa: F811
    _, token = await web.li()
    other = await sun(web)
    me = await web.get("/me", token)
    for _ in range(3):
        await own_list.write(me["id"], "account.phone")
    page = await web.get("/notifications?limit=2", token)
    assert page["unread"] == 3 and len(page["items"]) == 2
    rest = await web.get(f"/notifications?limit=2&cursor={page['next_cursor']}", token)
    assert len(rest["items"]) == 1 and rest["next_cursor"] is None
    assert (await web.get("/notifications", other))["items"] == []
    ids = [page["items"][0]["id"]]
    assert (await web.call("POST", "/notifications/read", {"ids": ids}, other)).json() == {"unread": 0}
    assert (await web.call("POST", "/notifications/read", {"ids": ids}, token)).json() == {"unread": 2}
    assert (await web.call("POST", "/notifications/read", {"ids": None}, token)).json() == {"unread": 0}
    assert (await web.get("/me", token))["unread"] == 0
    await web.problem(422, "bad_cursor", "GET", "/notifications?cursor=zzz", token=token)
    await web.problem(422, "invalid_request", "GET", "/notifications?limit=100000", token=token)


async def test_answers_to_asks(web: Web):  # noqa: F811
    _, token = await web.li()
    asked = await web.get("/consents/templates", token)
    assert await web.get("/consents/templates") == asked
    assert {item["key"] for item in asked["items"]} == {"progress", "correction", "collect", "appointment", "queue"}
    assert all(item["state"] is None and item["template_id"] for item in asked["items"])
    key = uuid4().hex
    body = {"results": {"progress": "accept", "collect": "reject"}}
    answers = [await web.call("POST", "/consents", body, token, idempotency_key=key) for _ in range(3)]
    assert {answer.content for answer in answers} == {answers[0].content}
    held = {item["key"]: item for item in (await web.get("/consents/templates", token))["items"]}
    assert (held["progress"]["credits"], held["collect"]["state"]) == (1, "reject")
    await web.problem(422, "template_unknown", "POST", "/consents", {"results": {"prizes": "accept"}}, token)
    await web.problem(422, "invalid_request", "POST", "/consents", {"results": {"progress": "yes"}}, token)
    reused = {"results": {"progress": "ban"}}
    await web.problem(422, "idempotency_key_reused", "POST", "/consents", reused, token, idempotency_key=key)
