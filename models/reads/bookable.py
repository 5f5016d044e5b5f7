"""Which line of a hall an item is booked in, and for how many minutes (R54)."""

from dataclasses import dataclass
from typing import Any

from models.base import Refusal
from models.catalogue import Department, Item
from models.hall import WindowGroup
from models.reads.catalogue import published
from models.reads.halls import find
from models.reads.openings import booking_data
from models.rules import opening


@dataclass(frozen=True)
class Bookable:
    """An item as it is booked at one hall: `group` is the line's letter, or the department's code when travelling."""

    item: str
    name: str
    group: str
    group_name: str
    minutes: int
    record: dict[str, Any]


async def item_of(code: str) -> Item:
    """The published item. Refuses unknown_item."""
    row = (await published()).items.get(code)
    if row is None:
        raise Refusal("unknown_item", 404, "没有这件事，或已经停办。请回到列表重新找")
    return row


async def find_line(hall: str, code: str, kind: str) -> Bookable | None:
    """Where an item is booked at a hall, or None where the hall has no line for it."""
    row = await item_of(code)
    booking = await booking_data()
    if kind == "travelling":
        department = await Department.get(code=row.department_id)
        minutes = opening.minutes_for(code, None, booking)
        return Bookable(code, row.everyday, department.code, department.name, minutes, row.record)
    if kind != "hall":
        return None
    group = opening.group_for(row.record, await WindowGroup.filter(hall_id=hall).order_by("code"))
    if group is None:
        return None
    minutes = opening.minutes_for(code, group, booking)
    return Bookable(code, row.everyday, group.code, group.name, minutes, row.record)


async def bookable(hall: str, code: str, kind: str, group: str) -> Bookable:
    """The item in the line of a slot. Refuses no_line where it is done at another one, or not at this hall."""
    if await find(hall) is None:
        raise Refusal("unknown_hall", 404, "没有这个大厅或服务站，请从列表里选")
    found = await find_line(hall, code, kind)
    if found is None:
        raise Refusal("no_line", 422, "这个大厅不办这件事，请换一个大厅")
    if found.group != group:
        raise Refusal("no_line", 422, f"这件事在“{found.group_name}”办，请从它的时间里选")
    return found
