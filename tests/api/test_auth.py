"""Signing in over HTTP, with the real gateway and a real platform's answers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine

from gateways.verifier import Verdict
from models.base import now
from models.outbox import Outbox
from models.rules import tokens
from models.seal import ring
from tests.api.door import LI_NUMBER, Web, web, world  # noqa: F401

pytestmark = pytest.mark.database


async def sms_code() -> str:
    row = await Outbox.filter(topic="sms").order_by("-created_at").first()
    assert row is not None
    return str(Outbox.PAYLOAD.open_json(row.id, row.payload_sealed)["params"]["code"])


# ------------------------------------------------------------------ WeChat


async def test_a_phone_signs_in_and_is_known_again(web: Web):  # noqa: F811
    phone, first = await web.sign_in("李秀英")
    assert first["token_type"] == "Bearer" and first["expires_in"] == 900
    assert first["account"] == {
        "id": first["account"]["id"], "name": None, "name_masked": None, "id_number_masked": None,
        "phone_masked": None, "assurance": "none", "unread": 0,
    }  # fmt: skip
    code = web.sandbox.control("POST", f"phones/{phone['phone']}/code")["code"]
    again = (await web.call("POST", "/auth/wechat", {"code": code})).json()
    assert again["account"]["id"] == first["account"]["id"]
    assert phone["openid"] not in str(first)
    assert await web.get("/me", again["access_token"]) == again["account"]


async def test_a_code_is_good_once(web: Web):  # noqa: F811
    phone, _ = await web.sign_in()
    await web.problem(401, "wechat_code_invalid", "POST", "/auth/wechat", {"code": phone["code"]})
    await web.problem(401, "wechat_code_invalid", "POST", "/auth/wechat", {"code": "made-up"})


async def test_one_code_in_ten_calls_at_once_signs_in_once(web: Web, together: Any):  # noqa: F811
    phone = web.sandbox.phone()
    answers = await together(*(web.call("POST", "/auth/wechat", {"code": phone["code"]}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"errcode": 45011}, 429, "too_many_attempts"),
        ({"errcode": 40226}, 403, "wechat_high_risk"),
        ({"errcode": -1}, 503, "wechat_unavailable"),
        ({"errcode": 40013}, 503, "wechat_unavailable"),
        ({"status": 502}, 503, "wechat_unavailable"),
        ({"html": True}, 503, "wechat_unavailable"),
        ({"cut": True}, 503, "wechat_unavailable"),
    ],
)
async def test_the_platform_in_trouble(web: Web, fault: dict[str, Any], status: int, code: str):  # noqa: F811
    phone = web.sandbox.phone()
    web.sandbox.fault("/sns/jscode2session", **fault)
    try:
        await web.problem(status, code, "POST", "/auth/wechat", {"code": phone["code"]})
    finally:
        web.sandbox.control("DELETE", "faults")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"code": ""}, {"code": "x" * 5000}, {"code": 7}, {"code": None}, [], "code",
        {"code": "x", "openid": "o-somebody-else"},
    ],
)  # fmt: skip
async def test_an_openid_is_never_taken_from_the_client(web: Web, body: Any):  # noqa: F811
    await web.problem(422, "invalid_request", "POST", "/auth/wechat", body)


async def test_bytes_that_are_no_json(web: Web):  # noqa: F811
    for content in (b"", b"{", b"\xff\xfe", b'{"code":"\\ud800"}', b'{"code":"a\\u0000b"}'):
        answer = await web.http.post("/api/v1/auth/wechat", content=content)
        assert answer.status_code == 422 and answer.json()["code"] in ("invalid_request", "invalid_character")


async def test_an_address_that_only_guesses_is_stopped(web: Web):  # noqa: F811
    for _ in range(60):
        await web.problem(401, "wechat_code_invalid", "POST", "/auth/wechat", {"code": "made-up"})
    await web.problem(429, "too_many_attempts", "POST", "/auth/wechat", {"code": "made-up"})


# ------------------------------------------------------------------ the zoo at the door


async def test_every_bad_token_is_a_401(web: Web):  # noqa: F811
    _, grant = await web.sign_in()
    good = grant["access_token"]
    claims = jwt.decode(good, options={"verify_signature": False})
    key = ring().token_key

    def made(signing: Any = key, alg: str = "HS256", drop: str = "", **changes: Any) -> str:
        changed = {name: value for name, value in {**claims, **changes}.items() if name != drop}
        return jwt.encode(changed, signing, algorithm=alg)

    soon = claims["iat"] + 3600
    zoo = {
        "none": made(None, "none"),
        "other key": made(b"x" * 32),
        "no exp": made(drop="exp"),
        "no typ": made(drop="typ"),
        "refresh": made(typ="refresh"),
        "refresh token itself": grant["refresh_token"],
        "other aud": made(aud="desk"),
        "other iss": made(iss="elsewhere"),
        "future iat": made(iat=soon, exp=soon + 900),
        "a day long": made(exp=claims["iat"] + 86_400),
        "cut": good[:-4],
        "empty parts": "..",
    }
    for token in zoo.values():
        await web.problem(401, "token_invalid", "GET", "/me", token=token)
    await web.problem(401, "token_expired", "GET", "/me", token=made(iat=1, nbf=1, exp=901))
    await web.problem(401, "session_ended", "GET", "/me", token=made(sid=str(uuid4())))
    await web.problem(401, "session_ended", "GET", "/me", token=made(sub=str(uuid4())))
    await web.problem(401, "sign_in_needed", "GET", "/me")
    await web.problem(401, "sign_in_needed", "GET", "/me", authorization=f"Basic {good}")
    await web.problem(401, "sign_in_needed", "GET", "/me", authorization="Bearer ")
    assert (await web.call("GET", "/me", token=good)).status_code == 200


async def test_a_bad_token_is_not_taken_for_nobody(web: Web):  # noqa: F811
    body = {"phone": "13827712345", "sms_code": "000000"}
    await web.problem(401, "token_invalid", "POST", "/auth/phone", body, "nonsense")


# ------------------------------------------------------------------ refresh, log-out


async def test_refresh_reuse_ends_the_session_for_thief_and_owner(web: Web):  # noqa: F811
    with time_machine.travel(now(), tick=False) as clock:
        _, first = await web.sign_in()
        second = (await web.call("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})).json()
        again = await web.call("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
        assert again.json() == second
        clock.shift(timedelta(seconds=11))
        await web.problem(401, "refresh_reused", "POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
        await web.problem(401, "session_ended", "GET", "/me", token=second["access_token"])
        await web.problem(401, "session_ended", "POST", "/auth/refresh", {"refresh_token": second["refresh_token"]})


async def test_an_access_token_is_no_refresh_token(web: Web):  # noqa: F811
    _, grant = await web.sign_in()
    await web.problem(401, "refresh_invalid", "POST", "/auth/refresh", {"refresh_token": grant["access_token"]})


async def test_log_out_ends_access_at_once(web: Web):  # noqa: F811
    _, grant = await web.sign_in()
    answer = await web.call("POST", "/auth/logout", {"refresh_token": grant["refresh_token"]})
    assert (answer.status_code, answer.content) == (204, b"")
    await web.problem(401, "session_ended", "GET", "/me", token=grant["access_token"])
    again = await web.call("POST", "/auth/logout", {"refresh_token": grant["refresh_token"]})
    assert again.status_code == 204


async def test_fifteen_minutes_and_no_longer(web: Web):  # noqa: F811
    with time_machine.travel(now(), tick=False) as clock:
        _, grant = await web.sign_in()
        clock.shift(tokens.ACCESS - timedelta(seconds=1))
        await web.get("/me", grant["access_token"])
        clock.shift(timedelta(seconds=1))
        await web.problem(401, "token_expired", "GET", "/me", token=grant["access_token"])
        renewed = (await web.call("POST", "/auth/refresh", {"refresh_token": grant["refresh_token"]})).json()
        await web.get("/me", renewed["access_token"])


# ------------------------------------------------------------------ phone


async def test_the_web_hall_signs_in_by_text_message(web: Web):  # noqa: F811
    answer = await web.call("POST", "/auth/sms", {"phone": "138 2771 2345"})
    assert answer.json() == {"sent": True, "expires_in": 300, "again_in": 60}
    body = {"phone": "13827712345", "sms_code": await sms_code()}
    grant = (await web.call("POST", "/auth/phone", body)).json()
    assert (grant["account"]["phone_masked"], grant["account"]["assurance"]) == ("138****2345", "phone")
    await web.problem(422, "sms_code_wrong", "POST", "/auth/phone", body)
    await web.problem(429, "too_many_attempts", "POST", "/auth/sms", {"phone": "13827712345"})


async def test_one_key_sends_one_message(web: Web):  # noqa: F811
    key = uuid4().hex
    answers = [await web.call("POST", "/auth/sms", {"phone": "13827712345"}, idempotency_key=key) for _ in range(3)]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert await Outbox.filter(topic="sms").count() == 1


async def test_the_platform_proves_the_phone(web: Web):  # noqa: F811
    phone, grant = await web.sign_in()
    code = web.sandbox.control("POST", f"phones/{phone['phone']}/phone-code")["code"]
    await web.problem(401, "sign_in_needed", "POST", "/auth/phone", {"code": code})
    bound = (await web.call("POST", "/auth/phone", {"code": code}, grant["access_token"])).json()
    assert bound["account"]["phone_masked"] == f"{phone['phone'][:3]}****{phone['phone'][-4:]}"
    await web.problem(401, "session_ended", "GET", "/me", token=grant["access_token"])
    await web.problem(422, "phone_code_invalid", "POST", "/auth/phone", {"code": code}, bound["access_token"])
    await web.problem(422, "phone_code_invalid", "POST", "/auth/phone", {"code": phone["code"]}, bound["access_token"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "phone_or_code"),
        ({"phone": "13827712345"}, "phone_or_code"),
        ({"code": "x", "phone": "13827712345", "sms_code": "1"}, "phone_or_code"),
        ({"phone": "12345", "sms_code": "123456"}, "bad_phone"),
        ({"phone": "1" * 5000, "sms_code": "123456"}, "invalid_request"),
    ],
)
async def test_what_a_phone_needs(web: Web, body: dict[str, str], code: str):  # noqa: F811
    await web.problem(422, code, "POST", "/auth/phone", body)


# ------------------------------------------------------------------ real name


async def test_real_name_gives_the_account(web: Web):  # noqa: F811
    _, token = await web.li()
    me = await web.get("/me", token)
    assert (me["name"], me["assurance"], me["id_number_masked"]) == ("李秀英", "name", "440229********038X")
    assert LI_NUMBER not in str(me)


@pytest.mark.parametrize(
    ("name", "number", "code", "pointer"),
    [
        ("李秀英", "440229195803120381", "bad_id_number", "/id_number"),
        ("李秀英", "440229580312038", "bad_id_number", "/id_number"),
        ("李秀英", "44022919580231038X", "bad_id_number", "/id_number"),
        ("李秀英", "四四零二二九", "bad_id_number", "/id_number"),
        ("李", LI_NUMBER, "bad_name", "/name"),
        ("<script>", LI_NUMBER, "bad_name", "/name"),
    ],
)
async def test_bad_names_and_numbers(web: Web, name: str, number: str, code: str, pointer: str):  # noqa: F811
    _, grant = await web.sign_in()
    body = {"name": name, "id_number": number}
    found = await web.problem(422, code, "POST", "/auth/real-name", body, grant["access_token"])
    assert found["errors"][0]["pointer"] == pointer and number not in str(found)


class Police:
    """A provider that knows who is who."""

    async def check(self, name: str, id_number: str) -> Verdict:
        return Verdict((name, id_number) == ("李秀英", LI_NUMBER), "face")


async def test_a_provider_has_the_last_word(web: Web):  # noqa: F811
    web.state["verifier"] = Police()
    _, grant = await web.sign_in()
    wrong = {"name": "孙伟", "id_number": LI_NUMBER}
    await web.problem(422, "real_name_mismatch", "POST", "/auth/real-name", wrong, grant["access_token"])
    right = {"name": "李秀英", "id_number": LI_NUMBER.lower()}
    answer = (await web.call("POST", "/auth/real-name", right, grant["access_token"])).json()
    assert answer["assurance"] == "face"


async def test_names_cannot_be_matched_by_trying(web: Web):  # noqa: F811
    web.state["verifier"] = Police()
    _, grant = await web.sign_in()
    for _ in range(5):
        body = {"name": "孙伟", "id_number": LI_NUMBER}
        await web.problem(422, "real_name_mismatch", "POST", "/auth/real-name", body, grant["access_token"])
    right = {"name": "李秀英", "id_number": LI_NUMBER}
    await web.problem(429, "too_many_attempts", "POST", "/auth/real-name", right, grant["access_token"])


async def test_a_second_phone_of_one_person(web: Web):  # noqa: F811
    old, token = await web.li()
    code = web.sandbox.control("POST", f"phones/{old['phone']}/phone-code")["code"]
    kept = (await web.call("POST", "/auth/phone", {"code": code}, token)).json()
    _, new = await web.sign_in("李秀英的新手机")
    body = {"name": "李秀英", "id_number": LI_NUMBER}
    await web.problem(409, "account_exists", "POST", "/auth/real-name", body, new["access_token"])
    await web.call("POST", "/auth/sms", {"phone": old["phone"]})
    proof = {"phone": old["phone"], "sms_code": await sms_code()}
    joined = (await web.call("POST", "/auth/phone", proof, new["access_token"])).json()
    assert joined["account"]["id"] == kept["account"]["id"] and joined["account"]["name"] == "李秀英"
    assert joined["account"]["unread"] == 1
    await web.problem(401, "session_ended", "GET", "/me", token=new["access_token"])
    notes = await web.get("/notifications", kept["access_token"])
    assert [note["kind"] for note in notes["items"]] == ["account.joined"]
    await web.problem(403, "cool_down", "GET", "/me/export", token=joined["access_token"])
