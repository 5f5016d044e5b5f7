"""What tests of a hall's pages share: a Tuesday morning, its people at the windows, a machine with its key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.actions import devices, tickets
from models.appointment import Appointment
from models.base import SHANGHAI, new_id, now, today
from models.people import Account
from models.rules.permits import Actor
from models.ticket import Line, Ticket

MORNING = datetime(2026, 10, 13, 10, 0, tzinfo=SHANGHAI)  # a Tuesday on which the hall is open
HALL, SCREEN, KIOSK = "0001", "/hall/0001/screen", "/hall/0001/kiosk"
PHONE, ID_NUMBER = "13812345678", "44022919800101002X"


def supervisor() -> Actor:
    return Actor("staff", id=new_id(), name="刘强", roles=frozenset({"supervisor"}), hall=HALL, tier="county")


def clerk(window: str = "A01") -> Actor:
    seat = f"综合窗口 {window} 号窗口"
    return Actor("staff", id=new_id(), name="王芳", roles=frozenset({"clerk"}), hall=HALL, tier="county", seat=seat)


async def key(hall: str = HALL) -> str:
    return (await devices.issue(supervisor(), hall, "大厅入口"))[1]


async def walk_in(group: str = "A", **more: Any) -> Ticket:
    machine = Actor("kiosk", id=new_id(), name="取号机", hall=HALL)
    return await Ticket.get(id=await tickets.take(machine, HALL, group, channel="kiosk", **more))


async def li() -> Account:
    """李秀英, with phone and ID number."""
    id_ = new_id()
    return await Account.create(
        id=id_, assurance="name", name_sealed=Account.NAME.seal(id_, "李秀英"),
        phone_sealed=Account.PHONE.seal(id_, PHONE), phone_index=Account.PHONE.blind(PHONE),
        id_number_sealed=Account.ID_NUMBER.seal(id_, ID_NUMBER), id_number_index=Account.ID_NUMBER.blind(ID_NUMBER),
    )  # fmt: skip


async def booking(account: Account | None, code: str, at: datetime, phone: str | None = None) -> UUID:
    """A booked row of today as `appointments.book` leaves it, but for the places, which a check-in does not touch."""
    id_ = new_id()
    await Appointment.create(
        id=id_, hall_id=HALL, group_code="G", state="booked", code=code, day=today(), starts_at=at,
        ends_at=at.replace(minute=at.minute + 15), item_code="RS01", item_name="社会保障卡申领", account=account,
        person_key=code, person_no=int(code[1:]), name_sealed=Appointment.NAME.seal(id_, "李秀英") or "",
        phone_sealed=Appointment.PHONE.seal(id_, phone),
    )  # fmt: skip
    await Line.get_or_create(hall_id=HALL, day=today(), group_code="Y", defaults={"id": new_id()})
    return id_


def soon() -> datetime:
    return now().astimezone(SHANGHAI).replace(minute=15, second=0, microsecond=0)
