"""What tests of the queue share: a hall's morning, windows with their clerks, numbers taken, booked people who came."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.actions import tickets
from models.appointment import Appointment
from models.base import SHANGHAI, new_id, now, today, unit
from models.rules.permits import Actor
from models.ticket import Ticket
from tests import people

HALL = "0001"
MORNING = datetime(2026, 10, 13, 10, 0, tzinfo=SHANGHAI)  # a Tuesday on which the hall is open
KIOSK = Actor("kiosk", id=UUID(int=7), name="取号机", hall=HALL)


async def at_window(window: str, name: str = "王芳", hall: str = HALL) -> Actor:
    """A clerk who sits at the window."""
    clerk = await people.clerk(name, hall=hall, tier="county" if hall == HALL else "town")
    return replace(clerk, seat=f"窗口 {window} 号窗口")


async def walk_in(group: str = "A", **more: Any) -> Ticket:
    return await Ticket.get(id=await tickets.take(KIOSK, HALL, group, channel="kiosk", **more))


async def arrived(code: str, in_minutes: int = 0, group: str = "A", **more: Any) -> Appointment:
    """An appointment whose person has just come, with their time `in_minutes` from now."""
    id_, starts = new_id(), now() + timedelta(minutes=in_minutes)
    values: dict[str, Any] = {
        "hall_id": HALL, "group_code": group, "state": "arrived", "code": code, "day": today(), "starts_at": starts,
        "ends_at": starts + timedelta(minutes=15), "item_code": "RS01", "item_name": "社会保障卡首次申领",
        "person_key": f"P:{id_.hex}", "person_no": id_.int >> 65, "arrived_at": now(),
        "name_sealed": Appointment.NAME.seal(id_, "李秀英"), **more,
    }  # fmt: skip
    row = Appointment(id=id_, **values)
    await row.save(force_create=True)
    return row


async def booked(code: str, in_minutes: int = 0, group: str = "A", priority: str = "", **more: Any) -> Ticket:
    row = await arrived(code, in_minutes, group, **more)
    return await unit(lambda: tickets.take_booked(KIOSK, row, priority=priority, channel="kiosk"))
