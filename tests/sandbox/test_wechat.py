"""The sandbox answers as the platform does: shapes, codes, tokens, quotas, consent."""

from typing import Any

import httpx
import pytest

from sandbox.tokens import TokenDesk
from tests.sandbox_server import Sandbox

TEMPLATE = "yimen-tpl-collect-0001"


def token(sandbox: Sandbox, http: httpx.Client, force: bool = False) -> str:
    body = {
        "grant_type": "client_credential",
        "appid": sandbox.settings.appid,
        "secret": sandbox.settings.secret,
        "force_refresh": force,
    }
    got = http.post("/cgi-bin/stable_token", json=body).json()
    assert 0 < got["expires_in"] <= 7200
    return str(got["access_token"])


def login(sandbox: Sandbox, http: httpx.Client, code: str, **more: str) -> httpx.Response:
    query = {
        "appid": sandbox.settings.appid,
        "secret": sandbox.settings.secret,
        "js_code": code,
        "grant_type": "authorization_code",
    }
    return http.get("/sns/jscode2session", params=query | more)


def send(http: httpx.Client, access: str, openid: str, **more: Any) -> int:
    data = {"character_string1": "4402", "thing2": "开餐饮店", "thing3": "县大厅", "thing4": "点开看详情"}
    body = {
        "touser": openid,
        "template_id": TEMPLATE,
        "page": "pages/a",
        "data": {k: {"value": v} for k, v in data.items()},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }
    got = http.post("/cgi-bin/message/subscribe/send", params={"access_token": access}, json=body | more).json()
    return int(got["errcode"])


def test_login_has_the_platforms_shape(sandbox: Sandbox, http: httpx.Client) -> None:
    phone = sandbox.phone("李")
    answer = login(sandbox, http, phone["code"])
    assert answer.headers["content-type"].startswith("text/plain")  # as on the platform
    assert set(answer.json()) == {"openid", "session_key", "unionid"} and answer.json()["openid"] == phone["openid"]
    assert login(sandbox, http, phone["code"]).json()["errcode"] == 40163
    assert login(sandbox, http, "x").json()["errcode"] == 40029
    fresh = sandbox.control("POST", f"phones/{phone['phone']}/code")["code"]
    assert login(sandbox, http, fresh, secret="wrong").json()["errcode"] == 40125
    assert login(sandbox, http, fresh, appid="wx1").json()["errcode"] == 40013
    assert login(sandbox, http, fresh, grant_type="x").json()["errcode"] == 40002
    assert "errcode" not in login(sandbox, http, fresh).json()


def test_a_person_signs_in_a_hundred_times_a_minute_at_most(sandbox: Sandbox, http: httpx.Client) -> None:
    number = sandbox.phone()["phone"]
    codes = [sandbox.control("POST", f"phones/{number}/code")["code"] for _ in range(101)]
    now = sandbox.world.clock()
    sandbox.world.clock = lambda: now
    assert [login(sandbox, http, c).json().get("errcode") for c in codes] == [None] * 100 + [45011]


def test_consents_are_counted(sandbox: Sandbox, http: httpx.Client) -> None:
    phone, access = sandbox.phone(), token(sandbox, http)
    consents = f"phones/{phone['phone']}/consents"
    assert send(http, access, phone["openid"]) == 43101
    sandbox.control("POST", consents, {TEMPLATE: "accept"})
    sandbox.control("POST", consents, {TEMPLATE: "accept"})
    assert [send(http, access, phone["openid"]) for _ in range(3)] == [0, 0, 43101]
    sandbox.control("POST", consents, {TEMPLATE: "reject"})
    assert send(http, access, phone["openid"]) == 43101
    sandbox.control("POST", consents, {TEMPLATE: "accept"})
    sandbox.control("POST", consents, {TEMPLATE: "ban"})
    assert send(http, access, phone["openid"]) == 43101
    sandbox.control("POST", consents, {TEMPLATE: "accept"})
    assert send(http, access, phone["openid"]) == 0
    template = {"template_id": TEMPLATE, "title": "领取结果通知", "long_term": True}
    sandbox.control("POST", "templates", template)
    sandbox.control("POST", consents, {TEMPLATE: "accept"})
    assert [send(http, access, phone["openid"]) for _ in range(3)] == [0, 0, 0]


def test_a_refused_message_costs_no_consent(sandbox: Sandbox, http: httpx.Client) -> None:
    phone, access = sandbox.phone("", **{TEMPLATE: "accept"}), token(sandbox, http)
    long = {k: {"value": "很" * 21} for k in ("character_string1", "thing2", "thing3", "thing4")}
    assert send(http, access, phone["openid"], data=long) == 47003
    assert send(http, access, phone["openid"], data={}) == 47003
    assert send(http, access, phone["openid"], template_id="x") == 40037
    assert send(http, access, phone["openid"], page="/pages/a") == 41030
    assert send(http, access, "nobody") == 40003
    assert send(http, access, phone["openid"]) == 0
    (message,) = sandbox.messages(phone["phone"])
    assert message["data"]["thing2"] == "开餐饮店" and message["title"] == "领取结果通知"
    assert message["at"].endswith("+08:00")


def test_tokens_are_checked(sandbox: Sandbox, http: httpx.Client) -> None:
    phone, access = sandbox.phone("", **{TEMPLATE: "always"}), token(sandbox, http)
    assert token(sandbox, http) == access
    assert [send(http, t, phone["openid"]) for t in (access, "", "wrong")] == [0, 41001, 40001]
    other = token(sandbox, http, force=True)
    assert other != access and send(http, access, phone["openid"]) == 40001 and send(http, other, phone["openid"]) == 0
    assert token(sandbox, http, force=True) == other  # thirty seconds apart


def test_stable_token_through_its_life() -> None:
    now = [0.0]
    desk = TokenDesk(lambda: now[0], 7200)
    first = desk.get(False)
    assert first is not None and desk.get(False) == first
    now[0] = 6901
    second = desk.get(False)
    assert second is not None and second.value != first.value
    assert desk.check(first.value) == desk.check(second.value) == 0  # both hold in the hand-over
    now[0] = 7201
    assert desk.check(first.value) == 42001 and desk.check(second.value) == 0
    for n in range(20):
        now[0] += 31
        assert desk.get(True) is not None, n
    now[0] += 31
    assert desk.get(True) is None and desk.check(second.value) == 40001


@pytest.mark.parametrize(("limit", "errcode"), [({"minute": 2}, 45011), ({"day": 2}, 45009)])
def test_quotas(sandbox: Sandbox, http: httpx.Client, limit: dict[str, int], errcode: int) -> None:
    phone, access = sandbox.phone("", **{TEMPLATE: "always"}), token(sandbox, http)
    now = sandbox.world.clock()
    sandbox.world.clock = lambda: now
    sandbox.control("POST", "quotas", {"/cgi-bin/message/subscribe/send": limit})
    assert [send(http, access, phone["openid"]) for _ in range(3)] == [0, 0, errcode]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 50_000, b'{"a": 1e999}'])
def test_broken_bodies_are_refused(sandbox: Sandbox, http: httpx.Client, body: bytes) -> None:
    access = token(sandbox, http)
    for path in ("/cgi-bin/message/subscribe/send", "/wxa/msg_sec_check", "/wxa/getwxacodeunlimit"):
        answer = http.post(path, params={"access_token": access}, content=body)
        assert answer.status_code == 200 and answer.json()["errcode"] != 0


def test_a_doubled_request_acts_twice(sandbox: Sandbox, http: httpx.Client) -> None:
    phone, access = sandbox.phone("", **{TEMPLATE: "always"}), token(sandbox, http)
    sandbox.fault("/cgi-bin/message/subscribe/send", duplicate=True)
    assert send(http, access, phone["openid"]) == 0
    assert len(sandbox.messages(phone["phone"])) == 2


def test_faults_count_down_and_can_be_cleared(sandbox: Sandbox, http: httpx.Client) -> None:
    access = token(sandbox, http)
    sandbox.fault("/wxa/*", times=2, errcode=-1)
    sandbox.fault("/cgi-bin/stable_token", times=5, status=503)
    answers = [http.post("/wxa/generate_urllink", params={"access_token": access}, json={}).json() for _ in range(3)]
    assert [a["errcode"] for a in answers] == [-1, -1, 0]
    assert http.post("/cgi-bin/stable_token").status_code == 503
    sandbox.control("DELETE", "faults")
    assert token(sandbox, http) == access
    assert http.post("/_control/faults", json={"times": 1}).status_code == 422
    assert http.post("/_control/faults", json={"path": "/x", "nonsense": 1}).status_code == 422
