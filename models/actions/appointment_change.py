"""Appointments change: moved, cancelled, called off, displaced by the hall, excused, ended at the window."""

import json
from typing import Any
from uuid import UUID

from models.actions import appointment_alarms, waiting
from models.actions.appointment_new import give_up, number
from models.actions.appointment_policy import limits, open_for
from models.actions.slot_places import chain, give_back, lock_slots, locked, one_place_at_a_time, take
from models.actions.step import Move, may, move_at_hall
from models.appointment import Appointment, Slot
from models.base import Refusal, local, not_found, now, unit
from models.hall import Hall
from models.reads.appointment_rules import rules
from models.reads.bookable import bookable
from models.rules.booking import Rules
from models.rules.limits_of_booking import still_cancels
from models.rules.permits import CLOCK, SYSTEM, Actor

CLOCKED = {"held": "expire_hold", "offered": "lapse_offer", "waiting": "lapse_wait"}


async def cancel(actor: Actor, id_: UUID, version: int | None = None, reason: str = "") -> None:
    """The person does not come; the places go to who waits. A citizen's comes in time (too_late_to_cancel)."""

    async def body() -> None:
        row = await locked(actor, id_)
        may(actor, row, "appointment", "cancel", version)
        if row.state == "booked":
            await in_time(actor, row, await rules())
        await waiting.offer_freed(await give_up(actor, row, "cancel", Move(version, fields=_ended(row, reason))))

    await unit(body)


async def call_off(actor: Actor, id_: UUID, version: int | None, reason: str) -> None:
    """The hall cannot keep the time: said with its reason, and no missed time."""
    why = _reason(reason)

    async def body() -> None:
        row = await locked(actor, id_)
        may(actor, row, "appointment", "call_off", version)
        move = Move(version, fields=_ended(row, why), facts={"reason": why})
        await waiting.offer_freed(await give_up(actor, row, "call_off", move))

    await unit(body)


async def in_time(actor: Actor, row: Appointment, held: Rules) -> None:
    """A citizen changes a booked time some hours before; later the hall does it for them."""
    if actor.kind == "citizen":
        hall = await Hall.get(code=row.hall_id)
        still_cancels(local(row.starts_at), local(now()), held, hall.phone or "")


async def reschedule(actor: Actor, id_: UUID, slot_id: UUID, version: int | None = None) -> None:
    """Another time for the same thing: the new places are taken before the old are freed; refused, nothing changes."""

    async def body() -> None:
        held = await rules()
        row, slots, wide = await _new_slots(actor, id_, slot_id)
        may(actor, row, "appointment", "reschedule", version)
        first, new = slots[0], [str(slot.id) for slot in slots]
        if new == row.slot_ids and row.state == "booked":
            raise Refusal("same_slot", 409, "现在就是这个时间，不用改")
        await open_for(actor, first.day, first.starts_at, held)
        if row.state == "booked":
            await in_time(actor, row, held)
        await waiting.give_back_expired(wide)
        await limits(row.person_key, row.organisation_id, row.item_code, first.day, held, but=[row.id])
        old = list(row.slot_ids)
        await take(row.id, [slot for slot in new if slot not in old], row.party)
        with one_place_at_a_time():
            await move_at_hall(actor, row, "appointment", "reschedule", Move(version, fields=await _moved(row, slots)))
        row.slot_ids = new
        freed = await give_back(row.id, [slot for slot in old if slot not in new])
        await appointment_alarms.rearm(row, held)
        await waiting.offer_freed(freed)

    await unit(body)


async def _new_slots(actor: Actor, id_: UUID, slot_id: UUID) -> tuple[Appointment, list[Slot], set[str]]:
    """The appointment, the chain it moves to and what had to be locked for it, everything in order."""
    seen = await Appointment.filter(id=id_).first()
    first = await Slot.filter(id=slot_id).first()
    if seen is None or first is None:
        raise not_found()
    thing = await bookable(first.hall_id, seen.item_code, first.kind, first.group_code)
    slots = await chain(slot_id, thing.minutes)
    wide = await waiting.with_expired(slot.id for slot in slots)
    return await locked(actor, id_, *wide), slots, wide


async def _moved(row: Appointment, slots: list[Slot]) -> dict[str, Any]:
    """The columns of the new time; another day or hall counts its codes anew."""
    first, last = slots[0], slots[-1]
    same = (row.hall_id, row.day) == (first.hall_id, first.day)
    return {
        "hall_id": first.hall_id, "kind": first.kind, "group_code": first.group_code, "day": first.day,
        "starts_at": first.starts_at, "ends_at": last.ends_at, "moved": row.moved + 1,
        "slot_ids": json.dumps([str(slot.id) for slot in slots]),  # a hand-written update takes JSON as text
        "code": row.code if same else await number(first.hall_id, first.day),
    }  # fmt: skip


async def excuse(actor: Actor, id_: UUID, version: int | None, reason: str) -> None:
    """A missed time that had a reason does not count (R55)."""
    why = _reason(reason)

    async def body() -> None:
        row = await locked(actor, id_)
        sealed = Appointment.REASON.seal(row.id, why)
        await move_at_hall(actor, row, "appointment", "excuse", Move(version, fields={"reason_sealed": sealed}))

    await unit(body)


async def displace(ids: list[UUID], reason: str) -> None:
    """The hours these stood in are gone: who is booked is told and listed for rebooking with places kept; holds, offers
    and waits end. Takes no person's lock (the caller has slots); the alarms find it moved."""

    async def body() -> None:
        found = await Appointment.filter(id__in=ids).order_by("id")
        await lock_slots(slot for row in found for slot in row.slot_ids)
        for row in await Appointment.filter(id__in=ids).order_by("id"):
            if row.state == "booked":
                sealed = Appointment.REASON.seal(row.id, reason)
                move = Move(fields={"reason_sealed": sealed}, facts={"reason": reason})
                await move_at_hall(SYSTEM, row, "appointment", "displace", move)
            elif row.state in CLOCKED:
                await move_at_hall(CLOCK, row, "appointment", CLOCKED[row.state], Move(fields={"ended_at": now()}))
                await give_back(row.id)

    await unit(body)


async def finished(appointment_id: UUID, verb: str) -> None:
    """Its ticket ended: served, or left without. In the open unit. The places of the past stay counted."""
    row = await Appointment.filter(id=appointment_id).first()
    if row is not None and row.state == "arrived":
        await move_at_hall(SYSTEM, row, "appointment", verb, Move(fields={"ended_at": now()}))


def _ended(row: Appointment, reason: str) -> dict[str, Any]:
    clean = reason.strip()[:200]
    return {"ended_at": now(), **({"reason_sealed": Appointment.REASON.seal(row.id, clean)} if clean else {})}


def _reason(text: str) -> str:
    clean = text.strip()[:60]
    if not clean:
        raise Refusal("reason_needed", 422, "请写一句原因，对方会看到")
    return clean
