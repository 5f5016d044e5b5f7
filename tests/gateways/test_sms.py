"""The SMS gateway: signed, delivered once per id, each answer in its Outcome."""

import asyncio
from typing import Any

import pytest

from gateways.sms import Sms
from tests.sandbox_server import Sandbox

PHONE = "13912345678"


async def test_the_same_id_rings_once(sandbox: Sandbox, sms: Sms) -> None:
    outcomes = await asyncio.gather(*(sms.send(PHONE, "login", {"code": "402913"}, "m1") for _ in range(5)))
    assert all(o.ok for o in outcomes) and len({o.reference for o in outcomes}) == 1
    (message,) = sandbox.messages(PHONE)
    assert message["kind"] == "sms" and "402913" in message["text"] and message["data"] == {"code": "402913"}


async def test_a_cut_answer_is_resent_and_rings_once(sandbox: Sandbox, sms: Sms) -> None:
    sandbox.fault("/sms/send", cut=True)
    assert (await sms.send(PHONE, "login", {"code": "1"}, "m1")).kind == "again"
    assert (await sms.send(PHONE, "login", {"code": "1"}, "m1")).ok
    assert len(sandbox.messages(PHONE)) == 1


async def test_wrong_key_wrong_number_and_quotas(sandbox: Sandbox, sms: Sms) -> None:
    other = Sms(sandbox.sms_url, "another-key")
    outcome = await other.send(PHONE, "login", {}, "m1")
    assert (outcome.kind, outcome.code, outcome.alarm) == ("ours", "signature_wrong", True)
    await other.close()
    assert (await sms.send("12345", "login", {}, "m2")).kind == "user"
    sandbox.control("POST", "quotas", {f"/sms/send:{PHONE}": {"minute": 1}})
    assert (await sms.send(PHONE, "login", {}, "m3")).ok
    assert (await sms.send(PHONE, "login", {}, "m4")).code == "phone_minute"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"html": True}, "again", "strange_answer"),
        ({"empty": True}, "again", "strange_answer"),
        ({"status": 502}, "again", "server_error"),
        ({"status": 302}, "again", "strange_answer"),
        ({"delay_ms": 6000}, "again", "timeout"),
        ({"errcode": 7}, "again", "strange_answer"),
    ],
)
async def test_trouble_is_tried_again(sandbox: Sandbox, sms: Sms, fault: dict[str, Any], kind: str, code: str) -> None:
    sandbox.fault("/sms/send", **fault)
    outcome = await sms.send(PHONE, "login", {}, "m1")
    assert (outcome.kind, outcome.code) == (kind, code)
