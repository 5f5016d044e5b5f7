"""The waiting list: a freed place is offered in order, for a time; what nobody took goes to the next (R54)."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.actions import appointment_alarms
from models.actions.slot_places import give_back, held_elsewhere, lock_slots, room, take, try_person
from models.actions.step import Move, move_at_hall
from models.appointment import Appointment, Slot
from models.base import local, now, rows, unit
from models.reads import calendar
from models.rules.booking import rules_of
from models.rules.permits import CLOCK, SYSTEM

ENDS = {"held": "expire_hold", "offered": "lapse_offer"}
WAITING = """SELECT id FROM appointment WHERE state = 'waiting' AND starts_at > $2
    AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(slot_ids) AS s WHERE s = ANY($1::text[]))
    ORDER BY created_at, id"""
EXPIRED = """SELECT DISTINCT a.id, a.slot_ids FROM appointment a JOIN place p ON p.appointment_id = a.id
    AND p.freed_at IS NULL WHERE a.state IN ('held', 'offered') AND a.held_until <= $2
    AND p.slot_id = ANY($1::uuid[]) ORDER BY a.id"""
OPEN_AGAIN = """SELECT DISTINCT s.id FROM slot s JOIN appointment a ON a.state = 'waiting'
    AND a.hall_id = s.hall_id AND a.day = s.day AND a.slot_ids ? s.id::text
    WHERE NOT s.closed AND s.used < s.capacity AND s.starts_at > $1 ORDER BY s.id"""


async def offer_freed(slot_ids: Iterable[UUID]) -> int:
    """Offer the places now free in these slots to who waits for them, in order; how many. In the open unit.

    Who is acting themselves this moment, has another time that overlaps, or needs a slot somebody holds, is passed by:
    the sweep of every minute asks again. Nothing here may break the verb that freed the place.
    """
    ids = sorted({str(id_) for id_ in slot_ids})
    if not ids:
        return 0
    return sum([await _offer(found["id"]) for found in await rows(WAITING, ids, now())])


async def _offer(id_: UUID) -> bool:
    row = await Appointment.get(id=id_)
    if not await try_person(row.person_no):
        return False
    # slots of its chain beyond the freed ones come out of order: never waited for
    slots = await Slot.filter(id__in=row.slot_ids).order_by("id").select_for_update(skip_locked=True)
    row = await Appointment.get(id=id_)
    whole = len(slots) == len(row.slot_ids) and room(slots, row.party)
    if not whole or row.state != "waiting" or await held_elsewhere(row.person_no, row.starts_at, row.ends_at):
        return False
    rules = rules_of((await calendar.county()).settings)
    until = min(now() + timedelta(minutes=rules.offer_minutes), row.starts_at)
    await take(row.id, row.slot_ids, row.party)
    await move_at_hall(
        SYSTEM, row, "appointment", "offer", Move(fields={"held_until": until}, facts={"until": local(until)})
    )
    await appointment_alarms.arm(row, rules)  # the alarm of the wait finds it moved and does nothing
    return True


async def with_expired(slot_ids: Iterable[UUID | str]) -> set[str]:
    """These slots and the rest of every chain that has run out on them: what must be locked to give those back."""
    ids = {str(id_) for id_ in slot_ids}
    chains = [_ids(found["slot_ids"]) for found in await rows(EXPIRED, sorted(ids), now())]
    return ids.union(*chains)


async def runs_out(slot_ids: Iterable[UUID | str]) -> bool:
    """Whether a hold or an offer on these slots is over, so that there may be more room than is counted."""
    return bool(await rows(EXPIRED, sorted({str(id_) for id_ in slot_ids}), now()))


async def give_back_expired(locked: Iterable[UUID | str]) -> list[UUID]:
    """Holds and offers whose time is over end, and their places go to who waits; who needs a place waits for no job.

    Only those that lie wholly in the `locked` slots: another lock now would come out of order. Their alarms stay.
    """
    ids = {str(id_) for id_ in locked}
    freed: list[UUID] = []
    for found in await rows(EXPIRED, sorted(ids), now()):
        if _ids(found["slot_ids"]) <= ids:
            freed += await end_held(await Appointment.get(id=found["id"]))
    await offer_freed(freed)
    return freed


def _ids(held: Any) -> set[str]:
    """A hand-written query gets JSON as text."""
    return set(json.loads(held) if isinstance(held, str) else held)


async def end_held(row: Appointment) -> list[UUID]:
    """A hold or an offer ends by the clock; its slots are locked by the caller. The slots that have room now."""
    await move_at_hall(CLOCK, row, "appointment", ENDS[row.state], Move(fields={"ended_at": now()}))
    return await give_back(row.id)


async def sweep() -> int:
    """Every minute: expired holds and offers end, and whatever is free is offered to who still waits; how many."""
    late = await rows(
        "SELECT id, slot_ids FROM appointment WHERE state IN ('held', 'offered') AND held_until <= $1 "
        "ORDER BY held_until LIMIT 200",
        now(),
    )  # fmt: skip
    for found in late:
        await _tidy(found["id"])
    offered = 0
    for found in await rows(OPEN_AGAIN, now()):
        offered += await _offer_one(found["id"])
    return len(late) + offered


async def _tidy(id_: UUID) -> None:
    async def body() -> None:
        wide = await with_expired((await Appointment.get(id=id_)).slot_ids)
        await lock_slots(wide)
        await give_back_expired(wide)

    await unit(body)


async def _offer_one(slot_id: UUID) -> int:
    async def body() -> int:
        await lock_slots([slot_id])
        return await offer_freed([slot_id])

    return await unit(body)
