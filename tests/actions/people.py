"""People of the tests and what they do often: 李秀英 has a real name and a phone, 孙伟 comes later."""

from typing import Any

import pytest

from models.actions import identity, sessions
from models.base import Refusal, now
from models.outbox import Outbox
from models.reads import people
from models.rules import tokens
from models.rules.permits import Actor
from models.seal import ring

LI_PHONE, LI_NUMBER = "13827712345", "44022919580312038X"
SUN_NUMBER = "440229198503120314"
DOOR = "10.0.0.1"


async def refused(awaitable: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await awaitable
    return caught.value


async def actor(grant: sessions.Grant) -> Actor:
    found = await people.citizen(tokens.read(ring().token_key, grant.access_token, now()))
    assert found is not None
    return found


async def sent_code() -> str:
    row = await Outbox.filter(topic="sms").order_by("-created_at").first()
    assert row is not None
    payload = Outbox.PAYLOAD.open_json(row.id, row.payload_sealed)
    assert payload["template"] == "code"
    return str(payload["params"]["code"])


async def li(*, phone: bool = True) -> Actor:
    """李秀英 with her real name, and her phone."""
    who = await actor(await identity.sign_in_wechat("openid-li"))
    if phone:
        who = await actor(await identity.bind_phone(who, LI_PHONE))
    await identity.real_name(who, "李秀英", LI_NUMBER, "name")
    return await actor(await identity.sign_in_wechat("openid-li"))
