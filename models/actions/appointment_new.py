"""Appointments begin: booked, held for minutes, or waiting; a hold is confirmed, an offer taken (R54, R55)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.actions import appointment_alarms, waiting
from models.actions.appointment_person import Guest, Person, Wish, who
from models.actions.appointment_policy import before_booking, case_of, company_of, limits
from models.actions.clocks import disarm
from models.actions.slot_places import (
    chain,
    closed,
    full,
    give_back,
    held_elsewhere,
    lock_person,
    lock_slots,
    locked,
    one_place_at_a_time,
    overlapping,
    room,
    take,
)
from models.actions.step import Move, may, move_at_hall
from models.appointment import Appointment, Slot
from models.base import Refusal, new_id, not_found, now, rows, unit
from models.reads.appointment_rules import rules
from models.reads.bookable import Bookable, bookable
from models.rules.booking import Rules
from models.rules.permits import Actor, in_hall

CHANNELS = {"citizen": "app", "staff": "desk", "kiosk": "kiosk"}


@dataclass(frozen=True)
class Asked:
    """A wish that has passed the rules: who, for what, in which slots."""

    person: Person
    thing: Bookable
    slots: list[Slot]
    rules: Rules


async def book(actor: Actor, wish: Wish, guest: Guest | None = None) -> UUID:
    """A booked time. Refuses what `_asked` refuses, slot_full and overlapping_appointment."""
    return await unit(lambda: _begin(actor, wish, guest, "book", "booked"))


async def hold(actor: Actor, wish: Wish, guest: Guest | None = None) -> UUID:
    """Places kept for some minutes while the person makes up their mind; they end by time, without a job."""
    return await unit(lambda: _begin(actor, wish, guest, "hold", "held"))


async def _begin(actor: Actor, wish: Wish, guest: Guest | None, verb: str, state: str) -> UUID:
    asked = await _asked(actor, wish, guest)
    ids = [slot.id for slot in asked.slots]
    if not room(asked.slots, wish.party) and not await waiting.runs_out(ids):
        raise full()  # said without a lock: a rush on a full time must not queue for it
    wide = await waiting.with_expired(ids)
    await lock_slots(wide)
    await waiting.give_back_expired(wide)
    row = await _row(actor, wish, asked, state)
    if state == "held":
        row.held_until = min(now() + timedelta(minutes=asked.rules.hold_minutes), row.starts_at)
    with one_place_at_a_time():
        if state == "booked":
            row.code = await number(row.hall_id, row.day)
        await row.save(force_create=True)
    await take(row.id, ids, row.party)
    await move_at_hall(actor, row, "appointment", verb)
    await appointment_alarms.arm(row, asked.rules)
    return row.id


async def _asked(actor: Actor, wish: Wish, guest: Guest | None) -> Asked:
    """The wish against the rules, under the person's lock: who, lead time, limits of the day, block, group, company."""
    person = await who(actor, wish, guest)
    await lock_person(person.no)
    first = await Slot.filter(id=wish.slot_id).first()
    if first is None:
        raise Refusal("not_found", 404, "没有这个时间，请回去另选一个")
    thing = await bookable(first.hall_id, wish.item_code, first.kind, first.group_code)
    slots = await chain(wish.slot_id, thing.minutes)
    held = await rules()
    await before_booking(actor, person.key, first.day, first.starts_at, wish.party, held)
    await case_of(actor, wish.case_id, person.account_id)
    await company_of(actor, wish.organisation_id)
    await limits(person.key, wish.organisation_id, wish.item_code, first.day, held)
    return Asked(person, thing, slots, held)


async def _row(actor: Actor, wish: Wish, asked: Asked, state: str) -> Appointment:
    id_, first, last = new_id(), asked.slots[0], asked.slots[-1]
    return Appointment(
        id=id_, hall_id=first.hall_id, kind=first.kind, group_code=first.group_code, state=state, day=first.day,
        starts_at=first.starts_at, ends_at=last.ends_at, slot_ids=[str(slot.id) for slot in asked.slots],
        party=wish.party, item_code=wish.item_code, item_name=asked.thing.name[:80], case_id=wish.case_id,
        account_id=asked.person.account_id, organisation_id=wish.organisation_id, person_key=asked.person.key,
        person_no=asked.person.no, name_sealed=Appointment.NAME.seal(id_, asked.person.name) or "",
        phone_sealed=Appointment.PHONE.seal(id_, asked.person.phone), channel=CHANNELS.get(actor.kind, "app"),
    )  # fmt: skip


async def number(hall: str, day: Any) -> str:
    """The next code of a hall and day: Y001. The Line row is locked till the end of the unit."""
    found = await rows(
        "INSERT INTO line (id, created_at, hall_id, day, group_code, given, calls) VALUES ($1, $2, $3, $4, 'Y', 1, 0) "
        "ON CONFLICT (hall_id, day, group_code) DO UPDATE SET given = line.given + 1 RETURNING given",
        new_id(), now(), hall, day,
    )  # fmt: skip
    return f"Y{found[0]['given']:03d}"


async def wait(actor: Actor, wish: Wish, guest: Guest | None = None, instead_of: UUID | None = None) -> UUID:
    """A place in the waiting list of a full time. `instead_of`: the own appointment it would replace.

    Refuses wait_not_needed while there is room, overlapping_appointment where the person has that time taken.
    """

    async def body() -> UUID:
        if instead_of is not None:
            old = await _with_person(actor, instead_of)
            may(actor, old, "appointment", "join_waitlist", None)
        wished = _as_before(wish, old) if instead_of is not None else wish
        asked = await _asked_to_wait(actor, wished, guest, instead_of)
        row = await _row(actor, wished, asked, "waiting")
        if instead_of is not None:
            if old.person_no != row.person_no:
                raise Refusal("not_found", 404, "没有找到，可能已经删除，或不是您的")
            row.instead_of = instead_of
            await move_at_hall(actor, old, "appointment", "join_waitlist")
        await row.save(force_create=True)
        await move_at_hall(actor, row, "appointment", "wait")
        await appointment_alarms.arm(row, asked.rules)
        return row.id

    return await unit(body)


def _as_before(wish: Wish, old: Appointment) -> Wish:
    """A wait that would replace an appointment is for the same company and phone, unless it says otherwise."""
    phone = wish.phone or Appointment.PHONE.open(old.id, old.phone_sealed) or ""
    return replace(wish, organisation_id=wish.organisation_id or old.organisation_id, phone=phone)


async def _with_person(actor: Actor, id_: UUID) -> Appointment:
    """An own appointment with its person locked and no slot: those come in one go, later."""
    found = await Appointment.filter(in_hall(actor), id=id_).first()
    if found is None:
        raise not_found()
    await lock_person(found.person_no)
    return await Appointment.get(id=id_)


async def _asked_to_wait(actor: Actor, wish: Wish, guest: Guest | None, instead_of: UUID | None) -> Asked:
    person = await who(actor, wish, guest)
    await lock_person(person.no)
    first = await Slot.filter(id=wish.slot_id).first()
    if first is None:
        raise Refusal("not_found", 404, "没有这个时间，请回去另选一个")
    thing = await bookable(first.hall_id, wish.item_code, first.kind, first.group_code)
    slots, held = await chain(wish.slot_id, thing.minutes), await rules()
    await before_booking(actor, person.key, first.day, first.starts_at, wish.party, held)
    await case_of(actor, wish.case_id, person.account_id)
    await company_of(actor, wish.organisation_id)
    if instead_of is None:
        await limits(person.key, wish.organisation_id, wish.item_code, first.day, held)
    if await held_elsewhere(person.no, first.starts_at, slots[-1].ends_at):
        raise overlapping()
    if await Appointment.filter(person_key=person.key, state="waiting", starts_at=first.starts_at).exists():
        raise Refusal("same_item_booked", 409, "这个时间您已经排上候补了，空出来就告诉您")
    ids = [slot.id for slot in slots]
    wide = await waiting.with_expired(ids)
    await lock_slots(wide)  # a place freed this moment is not missed
    await waiting.give_back_expired(wide)
    if room(await Slot.filter(id__in=ids), wish.party):
        raise Refusal("wait_not_needed", 409, "这个时间现在有空位，可以直接订")
    return Asked(person, thing, slots, held)


async def confirm(actor: Actor, id_: UUID, version: int | None = None) -> None:
    """A hold becomes a booking. Refuses hold_expired when its minutes are over, slot_closed when the hall closed."""
    await _settle(actor, id_, version, "confirm")


async def take_offer(actor: Actor, id_: UUID, version: int | None = None) -> None:
    """An offered place becomes a booking; the appointment it was to replace ends first, in the same unit."""
    await _settle(actor, id_, version, "take_offer")


async def _settle(actor: Actor, id_: UUID, version: int | None, verb: str) -> None:
    """A refusal after which the places are given back must come when that has been written: not from inside."""

    async def body() -> Refusal | None:
        row = await Appointment.filter(id=id_).first()
        old = row.instead_of if row is not None and verb == "take_offer" else None
        gone = await Appointment.filter(id=old).first() if old else None
        row = await locked(actor, id_, *(gone.slot_ids if gone else ()))
        may(actor, row, "appointment", verb, version)
        late = await _no_longer(row)
        if late is not None:
            await waiting.offer_freed(await waiting.end_held(row))
            return late
        await _book_held(actor, row, verb, version, gone)
        return None

    refusal = await unit(body)
    if refusal is not None:
        raise refusal


async def _no_longer(row: Appointment) -> Refusal | None:
    if row.held_until <= now():
        return Refusal("hold_expired", 409, "留的时间过了，位子让给了别人。请另选时间，或者排候补")
    return closed() if await Slot.filter(id__in=row.slot_ids, closed=True).exists() else None


async def _book_held(actor: Actor, row: Appointment, verb: str, version: int | None, old: Appointment | None) -> None:
    held, freed = await rules(), []
    if old is not None:
        freed = await _end_old(actor, old)
    await limits(row.person_key, row.organisation_id, row.item_code, row.day, held, but=[row.id])
    fields = {"held_until": None, "code": await number(row.hall_id, row.day)}
    await move_at_hall(actor, row, "appointment", verb, Move(version, fields=fields))
    await appointment_alarms.rearm(row, held)
    await waiting.offer_freed(freed)


async def _end_old(actor: Actor, old: Appointment) -> list[UUID]:
    """What an offer replaces ends as a cancelled one, if it is still to come."""
    fresh = await Appointment.get(id=old.id)
    if fresh.state not in ("booked", "displaced"):
        return []
    return await give_up(actor, fresh, "cancel", Move(fields={"ended_at": now()}))


async def give_up(actor: Actor, row: Appointment, verb: str, move: Move) -> list[UUID]:
    """End an appointment whose person and slots are locked; the slots that have room now."""
    await move_at_hall(actor, row, "appointment", verb, move)
    await disarm(row.id)
    return await give_back(row.id)
