"""What tests of booking share: slots of a working day, many citizens, and the count that must always agree."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from models.appointment import Slot
from models.base import SHANGHAI, new_id, rows, today
from models.people import Account
from models.reads import calendar
from models.reads.bookable import Bookable, find_line
from models.rules.permits import Actor

HALL, ITEM, OTHER_ITEM = "0001", "RS01", "YB01"

OFF = """SELECT s.id, s.used, s.capacity, coalesce(sum(p.n) FILTER (WHERE p.freed_at IS NULL), 0) AS rows
    FROM slot s LEFT JOIN place p ON p.slot_id = s.id GROUP BY s.id
    HAVING s.used <> coalesce(sum(p.n) FILTER (WHERE p.freed_at IS NULL), 0) OR s.used > s.capacity"""
HALF = """SELECT a.id, a.state, count(p.id) AS places, jsonb_array_length(a.slot_ids) AS chain FROM appointment a
    LEFT JOIN place p ON p.appointment_id = a.id AND p.freed_at IS NULL AND p.n = a.party
    AND a.slot_ids ? p.slot_id::text GROUP BY a.id
    HAVING count(p.id) <> CASE WHEN a.state IN ('held','offered','booked','displaced','arrived','served','left',
    'missed','excused') THEN jsonb_array_length(a.slot_ids) ELSE 0 END"""


async def whole() -> None:
    """Every counter equals its rows, and every appointment has its whole chain or nothing."""
    assert await rows(OFF) == []
    assert await rows(HALF) == []


async def line(item: str = ITEM) -> Bookable:
    found = await find_line(HALL, item, "hall")
    assert found is not None
    return found


async def working_day(ahead: int = 2) -> date:
    return (await calendar.clock()).calendar.add_working(today(), ahead)


async def slots(
    count: int, capacity: int = 1, *, ahead: int = 2, parts: int = 1, begin: time = time(9), item: str = ITEM
) -> list[Slot]:
    """`count` slots one after the other; an item needs `parts` of them."""
    own, day = await line(item), await working_day(ahead)
    length = timedelta(minutes=own.minutes) / parts
    start = datetime.combine(day, begin, SHANGHAI)
    return [
        await Slot.create(
            hall_id=HALL, kind="hall", group_code=own.group, day=day, starts_at=start + place * length,
            ends_at=start + (place + 1) * length, capacity=capacity,
        )
        for place in range(count)
    ]  # fmt: skip


def number(place: int) -> str:
    """A well-formed ID number for the `place`-th person."""
    body = f"44022919800101{place:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


async def crowd(count: int) -> list[Actor]:
    """Citizens with checked names, none of them the same person."""
    made = []
    for place in range(count):
        id_, own = new_id(), number(place)
        made.append(
            Account(
                id=id_, assurance="name", name_sealed=Account.NAME.seal(id_, f"张{place}"),
                id_number_sealed=Account.ID_NUMBER.seal(id_, own), id_number_index=Account.ID_NUMBER.blind(own),
                phone_sealed=Account.PHONE.seal(id_, f"138{place:08d}"),
                phone_index=Account.PHONE.blind(f"138{place:08d}"),
            )
        )  # fmt: skip
    await Account.bulk_create(made)
    return [Actor("citizen", id=row.id, assurance="name") for row in made]


async def used(slot: Slot) -> int:
    return (await Slot.get(id=slot.id)).used


async def past(id_: UUID, **back: Any) -> None:
    """Turn an appointment's own hours back: as if that much time had gone by."""
    await rows("UPDATE appointment SET starts_at = starts_at - $2::interval, ends_at = ends_at - $2::interval, "
               "day = (starts_at - $2::interval)::date WHERE id = $1 RETURNING id", id_, timedelta(**back))  # fmt: skip


async def over(id_: UUID) -> None:
    """The minutes of a hold or an offer have run out."""
    await rows("UPDATE appointment SET held_until = now() - interval '1 second' WHERE id = $1 RETURNING id", id_)


def clock_words(at: datetime) -> str:
    """9:45 on the county's wall clock."""
    wall = at.astimezone(SHANGHAI)
    return f"{wall.hour}:{wall.minute:02d}"
