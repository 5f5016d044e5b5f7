"""Machines of a hall that give out numbers: a key shown once, its hash kept, taken back at any time (R56)."""

from datetime import timedelta
from uuid import UUID

from models.actions import audit
from models.base import Refusal, new_id, not_found, now, unit
from models.reads import halls
from models.rules import permits, tokens
from models.rules.permits import Actor
from models.ticket import Device

SEEN = timedelta(minutes=1)  # how often "last seen" is written
LABEL = 40


async def issue(actor: Actor, hall: str, label: str) -> tuple[UUID, str]:
    """A new key for a kiosk: (id, key). Only a supervisor; refusals role_not_allowed, unknown_hall, label_needed."""
    permits.require_staff(actor, "supervisor")
    label = label.strip()
    if not label or len(label) > LABEL:
        raise Refusal("label_needed", 422, "请写这台取号机放在哪里（40 字以内）")
    if await halls.find(hall) is None:
        raise Refusal("unknown_hall", 422, "没有这个大厅或服务站，请从列表里选")
    key = tokens.new_secret()

    async def body() -> UUID:
        row = Device(id=new_id(), hall_id=hall, label=label, hash=tokens.digest(key), created_by=actor.id)
        await row.save(force_create=True)
        await audit.record(actor, "device.issued", f"device:{row.id}", "取号机", hall=hall, label=label)
        return row.id

    return await unit(body), key


async def revoke(actor: Actor, id_: UUID) -> None:
    """The key opens nothing from now on. Done twice it stays done."""
    permits.require_staff(actor, "supervisor")

    async def body() -> None:
        row = await Device.filter(id=id_).select_for_update().first()
        if row is None:
            raise not_found()
        if row.revoked_at is None:
            row.revoked_at = now()
            await row.save(update_fields=["revoked_at"])
            await audit.record(actor, "device.revoked", f"device:{row.id}", "取号机", hall=row.hall_id)

    await unit(body)


async def enter(key: str) -> Actor:
    """The kiosk behind a key. Refusal `device_unknown` (401): never issued, or taken back."""
    row = await Device.filter(hash=tokens.digest(key), revoked_at=None).first() if key else None
    if row is None:
        raise Refusal("device_unknown", 401, "这台取号机的钥匙不对，或者收回了。请找值班长重新发一把")
    moment = now()
    if row.seen_at is None or row.seen_at <= moment - SEEN:
        await Device.filter(id=row.id).update(seen_at=moment)
    return Actor("kiosk", id=row.id, name=row.label, hall=row.hall_id)
