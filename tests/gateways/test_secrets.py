"""Nothing secret in a log line, an exception or an Outcome, whatever goes wrong (P13, P16)."""

import logging
import traceback
from typing import Any

import pytest

from gateways.outcome import GatewayError
from gateways.sms import Sms
from gateways.wechat import WeChat
from tests.gateways.say import LOGIN, SEND, TEMPLATE, TOKEN, say
from tests.sandbox_server import Sandbox

TROUBLES: tuple[dict[str, Any], ...] = (
    {},
    {"errcode": 40001},
    {"errcode": 40013},
    {"errcode": -1},
    {"html": True},
    {"cut": True},
    {"delay_ms": 6000},
    {"status": 302},
)


async def test_nothing_secret_is_said(
    sandbox: Sandbox, wechat: WeChat, sms: Sms, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    planted = {sandbox.settings.secret, sandbox.settings.sms_key, "13912345678"}
    with caplog.at_level(logging.DEBUG):
        for trouble in TROUBLES:
            phone = sandbox.phone("", **{TEMPLATE: "always"})
            planted |= {phone["openid"], phone["code"]}
            for path in (SEND, LOGIN, TOKEN, "/sms/send"):
                if trouble:
                    sandbox.fault(path, **trouble)
            try:
                await wechat.code_to_session(phone["code"])
            except GatewayError as error:
                said += traceback.format_exception(error)
                assert error.__cause__ is None and error.__context__ is None
            said += [repr(await say(wechat, phone["openid"])), repr(await say(wechat, phone["openid"]))]
            said.append(repr(await sms.send("13912345678", "login", {"code": "402913"}, f"id{len(said)}")))
            sandbox.control("DELETE", "faults")
            if sandbox.world.tokens.present:
                planted.add(sandbox.world.tokens.present.value)
            sandbox.control("POST", "tokens/revoke")
    logged = "\n".join(f"{r.name} {r.getMessage()} {r.exc_text or ''}" for r in caplog.records)
    assert len(planted) > 10 and "402913" not in "".join(said) + logged
    for secret in planted:
        assert secret not in "".join(said), "an exception or an Outcome gives something away"
        assert secret not in logged, "a log line gives something away"
