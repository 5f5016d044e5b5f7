"""A push that cannot be made falls over to one text message, or to none when that is of no use any more (R55, R56)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from gateways.sms import Sms
from gateways.tokenstore import MemoryTokens
from gateways.wechat import WeChat
from models.actions.step import Move, move_at_hall
from models.appointment import Appointment
from models.base import credentials, execute, local, new_id, now, rows, unit
from models.outbox import Notification, Outbox
from models.people import WechatBinding
from models.rules.permits import CLOCK, SYSTEM, Actor
from models.ticket import Ticket
from tests import people
from tests.sandbox_server import Sandbox, sandbox  # noqa: F401  (fixture)
from workers import senders
from workers.relay import Relay

pytestmark = pytest.mark.database
LEFT, OWN = "13900000002", "13800000001"  # left with the booking; the account's own
WINDOW = Actor("staff", id=UUID(int=5), name="王芳", roles=frozenset({"clerk"}), hall="0001", tier="county")


@dataclass
class Post:
    """The relay's senders against the outside world."""

    sandbox: Sandbox
    relay: Relay

    async def carry(self) -> None:
        """Let the relay work until nothing is left that is due now."""
        working = asyncio.create_task(self.relay.run())
        try:
            async with asyncio.timeout(20):
                while await rows(
                    "SELECT 1 FROM outbox WHERE state = 'pending' AND topic IN ('wechat', 'sms') "
                    "AND next_at <= now() + interval '300 milliseconds'"
                ):
                    await asyncio.sleep(0.02)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    def texts(self, phone: str) -> list[str]:
        if phone not in self.sandbox.world.phones.by_number:
            return []  # never rang
        return [found["text"] for found in self.sandbox.messages(phone) if found["kind"] == "sms"]


@pytest_asyncio.fixture(loop_scope="session")
async def post(db: str, sandbox: Sandbox) -> AsyncIterator[Post]:  # noqa: F811
    wechat = WeChat(sandbox.url, sandbox.settings.appid, sandbox.settings.secret, MemoryTokens())
    sms = Sms(sandbox.sms_url, sandbox.settings.sms_key)
    sending = {"wechat": senders.wechat(wechat), "sms": senders.sms(sms)}
    yield Post(sandbox, Relay(credentials(db), sending, {"wechat": senders.note_push, "sms": senders.note_text}))
    await wechat.close()
    await sms.close()


async def bind(post: Post, account: Any) -> str:
    """A phone with WeChat for an account; the platform lets every message pass. Answers its number."""
    phone = post.sandbox.phone("李秀英", **{"*": "always"})
    id_ = new_id()
    await WechatBinding.create(
        id=id_, account_id=account, openid_sealed=WechatBinding.OPENID.seal(id_, phone["openid"]),
        openid_index=WechatBinding.OPENID.blind(phone["openid"]),
    )  # fmt: skip
    return str(phone["phone"])


async def booking(owner: Actor, phone: str = LEFT, in_hours: int = 20) -> Appointment:
    """A booked row as `appointments.book` leaves it, but for the places."""
    id_, start = new_id(), now() + timedelta(hours=in_hours)
    row = Appointment(
        id=id_, hall_id="0001", group_code="A", state="booked", code="Y003", day=local(start).date(), starts_at=start,
        ends_at=start + timedelta(minutes=15), item_code="RS01", item_name="社会保障卡首次申领", account_id=owner.id,
        person_key="0" * 64, person_no=0, name_sealed=Appointment.NAME.seal(id_, "李秀英") or "",
        phone_sealed=Appointment.PHONE.seal(id_, phone),
    )  # fmt: skip
    await row.save(force_create=True)
    return row


async def number(owner: Actor) -> Ticket:
    return await Ticket.create(
        id=new_id(), hall_id="0001", day=local(now()).date(), group_code="A", number="A007", state="waiting",
        account_id=owner.id, arrived_at=now(), channel="app", window="A03",
    )  # fmt: skip


async def does(actor: Actor, row: Any, machine: str, verb: str, **facts: Any) -> None:
    async def body() -> None:
        await move_at_hall(actor, row, machine, verb, Move(facts=facts))

    await unit(body)


async def older(seconds: float) -> None:
    """As if the push had been owed, and tried, for so long."""
    await execute(
        "UPDATE outbox SET created_at = created_at - make_interval(secs => $1), next_at = now() "
        "WHERE topic = 'wechat' AND state = 'pending'",
        seconds,
    )  # fmt: skip


async def displaced(owner: Actor, phone: str = LEFT) -> Appointment:
    row = await booking(owner, phone)
    await does(SYSTEM, row, "appointment", "displace", reason="停电")
    return row


async def standing() -> str:
    """What the person's list says of its one push."""
    return (await Notification.get(push__not="none")).push


async def test_without_wechat_the_phone_left_with_the_booking_gets_one_text(post: Post) -> None:
    await displaced(await people.citizen())
    await post.carry()
    (text,) = post.texts(LEFT)
    assert "停电" in text and "社会保障卡首次申领" in text and "李秀英" not in text and post.texts(OWN) == []
    assert await standing() == "texted"
    (pushed,) = await Outbox.filter(topic="wechat")
    assert pushed.state == "dead" and await Outbox.filter(topic="sms", state="sent").count() == 1
    await execute("UPDATE outbox SET state = 'pending', done_at = NULL, next_at = now() WHERE topic = 'wechat'")
    await post.carry()  # an ending that comes twice owes nothing more
    assert len(post.texts(LEFT)) == 1 and await Outbox.filter(topic="sms").count() == 1


async def test_the_accounts_own_phone_when_none_was_left(post: Post) -> None:
    owner = await people.citizen()
    await does(WINDOW, await number(owner), "ticket", "call")
    await post.carry()
    assert ["A007" in text and "A03" in text for text in post.texts(OWN)] == [True]


async def test_a_push_that_arrives_needs_no_text(post: Post) -> None:
    owner = await people.citizen()
    phone = await bind(post, owner.id)
    await displaced(owner)
    await post.carry()
    assert [found["kind"] for found in post.sandbox.messages(phone)] == ["subscribe"]
    assert await standing() == "sent" and not await Outbox.filter(topic="sms").exists()


async def test_when_wechat_is_down_who_is_called_hears_it_by_text_within_seconds(post: Post) -> None:
    owner = await people.citizen()
    await bind(post, owner.id)
    await does(WINDOW, await number(owner), "ticket", "call")
    post.sandbox.fault("/cgi-bin/message/subscribe/send", times=9, status=502)
    await post.carry()
    assert await standing() == "waiting" and post.texts(OWN) == []  # tried again first
    await older(11)
    await post.carry()
    assert len(post.texts(OWN)) == 1 and await standing() == "texted"


async def test_a_closed_consent_falls_over_too(post: Post) -> None:
    owner = await people.citizen()
    phone = await bind(post, owner.id)
    post.sandbox.control("POST", f"phones/{phone}/consents", {"*": "ban"})
    await displaced(owner)
    await post.carry()
    assert len(post.texts(LEFT)) == 1 and await standing() == "texted"


async def test_a_text_that_does_not_arrive_either_leaves_the_person_to_be_called(post: Post) -> None:
    await displaced(await people.citizen(), phone="12345")
    await post.carry()
    assert await standing() == "failed" and await Outbox.filter(topic="sms", state="dead").count() == 1


async def test_what_was_read_is_not_texted(post: Post) -> None:
    await displaced(await people.citizen())
    await Notification.filter(push="waiting").update(read_at=now())
    await post.carry()
    assert post.texts(LEFT) == [] and await standing() == "failed"


async def test_a_call_that_was_answered_and_a_reminder_of_a_cancelled_time_are_not_texted(post: Post) -> None:
    owner = await people.citizen()
    ticket = await number(owner)
    await does(WINDOW, ticket, "ticket", "call")
    await does(WINDOW, ticket, "ticket", "start")
    row = await booking(owner)
    await does(CLOCK, row, "appointment", "remind_hours")
    await does(owner, row, "appointment", "cancel")
    await post.carry()
    assert post.texts(OWN) == post.texts(LEFT) == [] and not await Outbox.filter(topic="sms").exists()
    assert {note.push for note in await Notification.filter(push__not="none")} == {"failed"}


async def test_a_text_that_waited_too_long_is_not_sent(post: Post) -> None:
    await does(WINDOW, await number(await people.citizen()), "ticket", "call")
    await older(500)
    post.sandbox.fault("/sms/send", status=502)
    await post.carry()
    (owed,) = await Outbox.filter(topic="sms")
    said = Outbox.PAYLOAD.open_json(owed.id, owed.payload_sealed)
    assert owed.state == "pending" and said["until"]
    late = {**said, "until": (now() - timedelta(seconds=1)).isoformat()}
    await Outbox.filter(id=owed.id).update(payload_sealed=Outbox.PAYLOAD.seal_json(owed.id, late), next_at=now())
    await post.carry()
    assert post.texts(OWN) == [] and await standing() == "failed"
