"""Every row of the behaviour table (promises 3.6, R69) ends in its Outcome, driven through real HTTP."""

from typing import Any

import pytest

from gateways.outcome import GatewayError
from gateways.wechat import WeChat
from tests.gateways.say import DATA, LOGIN, SEND, TEMPLATE, say
from tests.sandbox_server import Sandbox

ROWS: list[tuple[dict[str, Any], str, str, dict[str, Any]]] = [
    ({"errcode": -1}, "again", "busy", {"after": None}),
    ({"status": 500}, "again", "server_error", {"after": None}),
    ({"status": 503, "html": True}, "again", "server_error", {}),
    ({"delay_ms": 6000}, "unknown", "timeout", {}),
    ({"cut": True}, "unknown", "cut", {}),
    ({"errcode": 40003}, "user", "openid_wrong", {}),
    ({"errcode": 50002}, "user", "user_limited", {}),
    ({"errcode": 40037}, "ours", "template_wrong", {"alarm": True}),
    ({"errcode": 47003}, "ours", "data_wrong", {"alarm": True}),
    ({"errcode": 40013}, "ours", "appid_wrong", {"alarm": True}),
    ({"errcode": 41030}, "ours", "page_wrong", {"alarm": True}),
    ({"errcode": 43101}, "final", "not_subscribed", {"alarm": False}),
    ({"errcode": 43107}, "ours", "ability_banned", {"alarm": True, "until": "tomorrow"}),
    ({"errcode": 48001}, "ours", "ability_banned", {"alarm": True}),
    ({"errcode": 48004}, "ours", "ability_banned", {"alarm": True}),
    ({"errcode": 43108}, "again", "concurrent", {"after": 2.0}),
    ({"errcode": 45009}, "pause", "day_quota", {"until": "tomorrow", "alarm": True}),
    ({"errcode": 45011}, "pause", "minute_quota", {"until": "minute", "after": 60.0}),
    ({"errcode": 45168}, "ours", "sensitive_words", {}),
    ({"errcode": 40164}, "ours", "address_not_listed", {"alarm": True}),
    ({"errcode": 61004}, "ours", "address_not_listed", {"alarm": True}),
    ({"errcode": 99999}, "ours", "unknown_errcode", {"alarm": True}),
    ({"html": True}, "again", "strange_answer", {"after": None}),
    ({"empty": True}, "again", "strange_answer", {}),
    ({"gbk": True}, "again", "strange_answer", {}),
    ({"status": 302}, "again", "strange_answer", {}),
    ({"status": 404}, "again", "strange_answer", {}),
]


@pytest.mark.parametrize(("fault", "kind", "code", "more"), ROWS, ids=[str(row[0]) for row in ROWS])
async def test_each_row_of_sending(
    sandbox: Sandbox, wechat: WeChat, fault: dict[str, Any], kind: str, code: str, more: dict[str, Any]
) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "always"})
    assert (await say(wechat, phone["openid"])).ok
    sandbox.fault(SEND, **fault)
    outcome = await say(wechat, phone["openid"])
    assert (outcome.kind, outcome.code) == (kind, code)
    for name, value in more.items():
        assert getattr(outcome, name) == value
    assert outcome.words and not outcome.words.isascii()


async def test_what_the_platform_finds_by_itself(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "accept"})
    assert (await say(wechat, "o-nobody")).code == "openid_wrong"
    for template, page, data, code in (
        ("no-such", "pages/a", DATA, "template_wrong"),
        (TEMPLATE, "pages/a", {"thing2": "x"}, "data_wrong"),
        (TEMPLATE, "/a", DATA, "page_wrong"),
    ):
        assert (await wechat.send_subscribe(phone["openid"], template, page, data)).code == code
    assert (await say(wechat, phone["openid"])).ok
    assert (await say(wechat, phone["openid"])).code == "not_subscribed"
    assert len(sandbox.messages(phone["phone"])) == 1


async def test_a_cut_answer_was_delivered_all_the_same(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "accept"})
    await say(wechat, "o-nobody")
    sandbox.fault(SEND, cut=True)
    assert (await say(wechat, phone["openid"])).kind == "unknown"
    assert len(sandbox.messages(phone["phone"])) == 1


async def test_three_strange_answers_in_a_row_alarm(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "always"})
    sandbox.fault(SEND, times=3, html=True)
    assert [(await say(wechat, phone["openid"])).alarm for _ in range(3)] == [False, False, True]
    assert (await say(wechat, phone["openid"])).ok
    sandbox.fault(SEND, html=True)
    assert not (await say(wechat, phone["openid"])).alarm


async def test_a_banned_ability_is_not_asked_for_again(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone("", **{TEMPLATE: "always"})
    assert (await say(wechat, phone["openid"])).ok
    sandbox.fault(SEND, errcode=48001)
    before = sandbox.calls(SEND)
    assert [(await say(wechat, phone["openid"])).code for _ in range(3)] == ["ability_banned"] * 3
    assert sandbox.calls(SEND) == before


LOGIN_ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"errcode": 40226}, "user", "login_high_risk"),
    ({"errcode": 45011}, "pause", "minute_quota"),
    ({"errcode": -1}, "again", "busy"),
    ({"errcode": 40164}, "ours", "address_not_listed"),
    ({"html": True}, "again", "strange_answer"),
    ({"delay_ms": 6000}, "unknown", "timeout"),
    ({"cut": True}, "unknown", "cut"),
    ({"status": 502}, "again", "server_error"),
]


@pytest.mark.parametrize(("fault", "kind", "code"), LOGIN_ROWS, ids=[str(row[0]) for row in LOGIN_ROWS])
async def test_each_row_of_login(sandbox: Sandbox, wechat: WeChat, fault: dict[str, Any], kind: str, code: str) -> None:
    sandbox.fault(LOGIN, **fault)
    with pytest.raises(GatewayError) as failed:
        await wechat.code_to_session(sandbox.phone()["code"])
    assert (failed.value.outcome.kind, failed.value.outcome.code) == (kind, code)


async def test_a_login_code_opens_once(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone()
    session = await wechat.code_to_session(phone["code"])
    assert session.openid == phone["openid"] and session.unionid
    for code, expected in ((phone["code"], "login_code_used"), ("0not-a-code", "login_code_wrong")):
        with pytest.raises(GatewayError) as failed:
            await wechat.code_to_session(code)
        assert failed.value.outcome.code == expected
    late = sandbox.world.clock() + 301
    sandbox.world.codes[phone["code"]].used = False
    sandbox.world.clock = lambda: late
    with pytest.raises(GatewayError) as failed:
        await wechat.code_to_session(phone["code"])
    assert failed.value.outcome.code == "login_code_wrong"


async def test_phone_number_by_code(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone()
    code = sandbox.control("POST", f"phones/{phone['phone']}/phone-code")["code"]
    assert await wechat.phone_number(code) == phone["phone"]
    with pytest.raises(GatewayError) as failed:
        await wechat.phone_number(code)
    assert failed.value.outcome.code == "phone_code_used"


async def test_customer_messages_checks_codes_and_links(sandbox: Sandbox, wechat: WeChat) -> None:
    phone = sandbox.phone()
    assert (await wechat.send_custom_text(phone["openid"], "您好")).code == "reply_window_over"
    sandbox.control("POST", f"phones/{phone['phone']}/say", {"text": "在吗"})
    assert [(await wechat.send_custom_text(phone["openid"], "您好")).ok for _ in range(6)] == [True] * 5 + [False]
    assert [m["text"] for m in sandbox.messages(phone["phone"])] == ["您好"] * 5
    verdicts = [await wechat.check_text(phone["openid"], text) for text in ("请问几点开门", "加微信", "赌博")]
    assert [getattr(v, "suggest", v) for v in verdicts] == ["pass", "review", "risky"]
    assert getattr(await wechat.check_text(sandbox.phone()["openid"], "您好"), "code", "") == "openid_not_seen"
    picture = await wechat.qrcode("h=0001", "pages/hall")
    assert isinstance(picture, bytes) and picture.startswith(b"\x89PNG")
    assert getattr(await wechat.qrcode("汉字", "pages/hall"), "code", "") == "scene_wrong"
    link = await wechat.urllink("pages/case", "n=1")
    assert isinstance(link, str) and link.startswith("https://")


async def test_nobody_there(wechat: WeChat) -> None:
    away = WeChat("http://127.0.0.1:9", "wx", "s" * 32, wechat._keeper._store)
    outcome = await say(away, "o-x")
    assert (outcome.kind, outcome.code) == ("again", "connect")
    await away.close()
