"""Places of slots: locked, taken by one guarded update, given back. The arithmetic that cannot oversell (R54).

One lock order everywhere: the person -> slots by id -> appointments -> Line. Every function runs in the open unit.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.appointment import Appointment, Place, Slot
from models.base import Refusal, execute, in_unit, not_found, now, rows
from models.rules.chains import lengths
from models.rules.permits import Actor, in_hall

OVERLAP = "appointment_one_place_at_a_time"
FREE = "UPDATE slot SET used = used - $2 WHERE id = $1"
TAKE = "UPDATE slot SET used = used + $2 WHERE id = $1 AND NOT closed AND used + $2 <= capacity"


async def lock_person(person_no: int) -> None:
    """One booking verb of a person at a time: limits per day are counted without a race."""
    if not in_unit():
        raise RuntimeError("a lock needs a unit")
    await rows("SELECT pg_advisory_xact_lock($1)", person_no)


async def try_person(person_no: int) -> bool:
    """The person's lock, if nobody has it."""
    return bool((await rows("SELECT pg_try_advisory_xact_lock($1) AS got", person_no))[0]["got"])


async def locked(actor: Actor, id_: UUID, *more: UUID | str) -> Appointment:
    """An appointment the actor may see, with its person, its slots and `more` slots locked in order."""
    found = await Appointment.filter(in_hall(actor), id=id_).first()
    if found is None:
        raise not_found()
    await lock_person(found.person_no)
    await lock_slots([*found.slot_ids, *more])
    row = await Appointment.filter(id=id_).first()
    if row is None or set(row.slot_ids) - set(found.slot_ids):  # moved in between: its new slots are not locked
        raise Refusal("busy_elsewhere", 409, "有人正在改同一件，请稍等再试", retry_after=1)
    return row


async def lock_slots(ids: Iterable[UUID | str]) -> list[Slot]:
    """These slots locked for this unit, in the order of their ids."""
    wanted = sorted({str(id_) for id_ in ids})
    return await Slot.filter(id__in=wanted).order_by("id").select_for_update() if wanted else []


async def chain(slot_id: UUID, minutes: int) -> list[Slot]:
    """The slots a wish that begins with `slot_id` needs, unlocked. Refuses slot_closed where they do not follow."""
    first = await Slot.filter(id=slot_id).first()
    if first is None:
        raise not_found("没有这个时间，请回去另选一个")
    if first.closed:
        raise closed()
    rest = await Slot.filter(
        hall_id=first.hall_id, kind=first.kind, group_code=first.group_code, day=first.day, closed=False,
        starts_at__gt=first.starts_at,
    ).order_by("starts_at")  # fmt: skip
    found = lengths(first, rest, minutes)
    if not found:
        raise Refusal("slot_closed", 409, f"这件事要办 {minutes} 分钟，从这个时间起不够。请选早一点的")
    return found


def room(slots: Iterable[Slot], n: int) -> bool:
    """Whether every slot has `n` places left."""
    return all(not slot.closed and slot.used + n <= slot.capacity for slot in slots)


async def take(row_id: UUID, ids: Iterable[UUID | str], n: int) -> None:
    """Take `n` places in every slot, all or none: the unit falls with the refusal (slot_closed, slot_full)."""
    for id_ in sorted({str(id_) for id_ in ids}):
        if not await execute(TAKE, id_, n):
            slot = await Slot.get(id=id_)
            raise closed() if slot.closed else full()
        await Place.create(slot_id=UUID(id_), appointment_id=row_id, n=n)


async def give_back(row_id: UUID, ids: Iterable[UUID | str] | None = None) -> list[UUID]:
    """Free the places of an appointment, or those in some slots, each once; the slots that have room now."""
    wanted = None if ids is None else {str(id_) for id_ in ids}
    freed = []
    for place in await Place.filter(appointment_id=row_id, freed_at=None).order_by("slot_id"):
        if wanted is not None and str(place.slot_id) not in wanted:
            continue
        if await execute("UPDATE place SET freed_at = $2 WHERE id = $1 AND freed_at IS NULL", place.id, now()):
            await execute(FREE, place.slot_id, place.n)
            freed.append(place.slot_id)
    return freed


async def held_elsewhere(person_no: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person has another time that overlaps this one; who asks has the person's lock."""
    found = await rows(
        "SELECT 1 FROM appointment WHERE person_no = $1 AND state IN ('held','offered','booked','displaced','arrived') "
        "AND tstzrange(starts_at, ends_at) && tstzrange($2, $3) LIMIT 1",
        person_no, starts_at, ends_at,
    )  # fmt: skip
    return bool(found)


@contextmanager
def one_place_at_a_time() -> Iterator[None]:
    """The database's own answer to two overlapping times of one person, in words."""
    try:
        yield
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise overlapping() from error
        raise


def overlapping() -> Refusal:
    return Refusal("overlapping_appointment", 409, "您这个时间已经有别的预约，一个人同一时间只能在一个窗口。请另选时间")


def full() -> Refusal:
    return Refusal("slot_full", 409, "这个时间刚刚订满了。可以另选时间，也可以排候补，空出来就告诉您")


def closed() -> Refusal:
    return Refusal("slot_closed", 409, "这个时间大厅不开放预约了。请另选一个时间")
