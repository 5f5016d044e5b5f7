"""How each topic of the outbox is sent: live desks, WeChat subscribe messages, SMS, departments' own systems."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateways.departments import DepartmentClient
from gateways.outcome import Outcome
from gateways.sms import Sms
from gateways.wechat import WeChat
from models.actions import fallback, ledger
from models.actions.outbox import Owed
from models.people import DepartmentSystem, WechatBinding
from models.reads import tasks
from models.rules.notices import TEMPLATES
from models.rules.permits import Actor

SENT = Outcome("sent", "ok", "送到了")
LIVE_CHANNEL = "desk"
Sender = Callable[[Owed], Awaitable[Outcome]]


def desk(redis: Redis) -> Sender:
    """Tell every open desk of an audience, over Redis; a desk that hears nothing reads the database again by itself."""

    async def send(owed: Owed) -> Outcome:
        try:
            await redis.publish(LIVE_CHANNEL, json.dumps({"audience": owed.audience, **owed.payload}))
        except (RedisError, OSError):
            return Outcome("again", "redis_away", "内部通道断了，稍后再推", after=1.0)
        return SENT

    return send


def wechat(client: WeChat) -> Sender:
    """One subscribe message to each openid of the account, if the ledger does not forbid it (R61).

    One with a text message to fall over to is not tried for hours.
    """

    async def send(owed: Owed) -> Outcome:
        account = UUID(owed.audience.partition(":")[2])
        template = TEMPLATES[owed.payload["template"]]
        bindings = await WechatBinding.filter(account_id=account, flagged_at=None)
        if not bindings:
            return Outcome("final", "no_wechat", "没有绑定微信，已放进办件消息")
        if not await ledger.spend(account, template.key, nice=owed.class_ == "nice"):
            return Outcome("final", "no_consent", "没有订阅，已放进办件消息")
        outcome = SENT
        for binding in bindings:
            openid = WechatBinding.OPENID.open(binding.id, binding.openid_sealed) or ""
            outcome = await client.send_subscribe(openid, template.id, owed.payload["page"], owed.payload["data"])
            if outcome.kind == "user":
                await ledger.flag(binding.id)
        await ledger.settle(account, template.key, outcome.kind, outcome.errcode)
        if outcome.kind in ("again", "token", "pause") and fallback.waited_enough(owed):
            return replace(outcome, kind="final")
        return outcome

    return send


def sms(client: Sms) -> Sender:
    """One text message; the outbox id names it, so a repeat is delivered once."""

    async def send(owed: Owed) -> Outcome:
        said = owed.payload
        if fallback.too_late(owed):
            return Outcome("final", "too_late", "过了时间，没有再发短信")
        return await client.send(said["phone"], said["template"], said["params"], str(owed.id))

    return send


def department(client: DepartmentClient) -> Sender:
    """One signed event to a department's own system, with the task as it stands now."""

    async def send(owed: Owed) -> Outcome:
        code = owed.audience.partition(":")[2]
        system = await DepartmentSystem.filter(department_id=code, active=True).order_by("-created_at").first()
        if system is None:
            return Outcome("ours", "no_system", "部门系统没有登记网址和密钥", alarm=True)
        actor = Actor("department", department=code, name=code)
        event = {
            "event_id": owed.payload["event_id"],
            "event": owed.payload["event"],
            "at": owed.payload["at"],
            "task": await tasks.task(actor, UUID(owed.payload["task_id"])),
        }
        key = DepartmentSystem.KEY.open(system.id, system.key_sealed) or ""
        return await client.send(system.url, system.key_id, key.encode(), event, uuid4().hex)

    return send


async def note_push(owed: Owed, state: str) -> None:
    """Write on the person's list what became of the push; a text message may take its place."""
    await ledger.note(UUID(owed.payload["notification"]), await fallback.push_ended(owed, state))


async def note_text(owed: Owed, state: str) -> None:
    """A text message that took a push's place and did not arrive stands in the list of whom to call."""
    await fallback.text_ended(owed, state)
