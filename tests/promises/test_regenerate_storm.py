"""Rules change while people book: no deadlock, no place lost or doubled, nobody dropped (R54)."""

import asyncio
import random
from typing import Any

import pytest

from models.actions import appointments, slots
from models.actions.appointments import Wish
from models.appointment import Appointment, HallEvent, Slot
from models.base import Refusal
from models.hall import WindowGroup
from models.rules.permits import Actor
from tests import people
from tests.actions.booking import HALL, ITEM, crowd, line, whole, working_day

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

KNOWN = {"slot_full", "slot_closed", "one_a_day", "overlapping_appointment", "same_item_booked", "wait_not_needed",
         "state_changed", "stale_version", "busy_elsewhere", "same_slot", "hold_expired"}  # fmt: skip


async def one_person(actor: Actor, ids: list[Any], chance: random.Random) -> list[str]:
    """Book, move, cancel, wait at random; the refusals met."""
    met: list[str] = []
    held: Any = None
    for _ in range(8):
        wish = Wish(chance.choice(ids), ITEM)
        try:
            if held is None:
                held = await (appointments.book if chance.random() < 0.8 else appointments.wait)(actor, wish)
            elif chance.random() < 0.5:
                await appointments.reschedule(actor, held, wish.slot_id)
            else:
                await appointments.cancel(actor, held)
                held = None
        except Refusal as refusal:
            met.append(refusal.code)
    return met


async def rules_change(day: Any, group: WindowGroup, boss: Actor, chance: random.Random) -> None:
    """Fewer and more places, half days, closings and back, as fast as they come."""
    for _ in range(10):
        await WindowGroup.filter(id=group.id).update(per_slot=chance.choice([2, 4, 8]))
        await slots.generate(day, day, HALL)
        spans: list[tuple[str, str]] = chance.choice([[], [("08:30", "10:30")], [("08:30", "12:00")]])
        id_ = await slots.set_exception(boss, HALL, group.code, day, spans, None, "演练")
        await slots.end_exception(boss, id_)


async def test_people_book_while_the_rules_change() -> None:
    chance, day, own = random.Random(54), await working_day(), await line()
    await slots.generate(day, day, HALL)
    found = await Slot.filter(hall_id=HALL, day=day, kind="hall", group_code=own.group).order_by("starts_at")
    group = await WindowGroup.get(hall_id=HALL, code=own.group)
    usual, boss = group.per_slot, await people.worker("督办", "supervisor")
    ids = [slot.id for slot in found[:12]]
    try:
        changing = asyncio.ensure_future(rules_change(day, group, boss, chance))
        met = await asyncio.gather(*(one_person(who, ids, random.Random(n)) for n, who in enumerate(await crowd(24))))
        await changing
    finally:
        await WindowGroup.filter(id=group.id).update(per_slot=usual)
    assert {code for each in met for code in each} <= KNOWN
    await whole()
    for row in await Appointment.filter(state="booked"):
        assert all(not slot.closed or slot.used for slot in await Slot.filter(id__in=row.slot_ids))
    # only the person themselves gives a booked time up: who was sent away is listed, not gone
    ended = await HallEvent.filter(machine="appointment", after="cancelled")
    assert ended and all(event.role == "citizen" for event in ended)
