"""The person is here: from some minutes before the booked time an appointment becomes a ticket (R56)."""

from datetime import timedelta
from uuid import UUID

from models.actions import tickets
from models.actions.clocks import disarm
from models.actions.slot_places import locked
from models.actions.step import Move, may, move_at_hall
from models.base import Refusal, local, now, unit
from models.reads.appointment_rules import rules
from models.rules import presence
from models.rules.dates import say_time
from models.rules.permits import Actor
from models.seal import ring

CHANNELS = {"citizen": "app", "staff": "desk", "kiosk": "kiosk"}


async def check_in(
    actor: Actor, id_: UUID, version: int | None = None, *, hall_code: str = "", priority: str = ""
) -> UUID:
    """The id of the ticket. Refuses not_in_hall (a citizen's code of the moment) and too_early_to_check_in."""

    async def body() -> UUID:
        row = await locked(actor, id_)
        may(actor, row, "appointment", "check_in", version)
        if actor.kind == "citizen" and not presence.valid(ring().link_mac, row.hall_id, hall_code, now()):
            raise Refusal("not_in_hall", 422, "请扫大厅屏幕上的码，或输入屏幕上的 6 位数字。数字每分钟会换")
        opens = row.starts_at - timedelta(minutes=(await rules()).check_in_before)
        if now() < opens:
            raise Refusal("too_early_to_check_in", 409, f"{say_time(local(opens))}起可以取号，请先等等")
        await move_at_hall(actor, row, "appointment", "check_in", Move(version, fields={"arrived_at": now()}))
        await disarm(row.id)
        return (await tickets.take_booked(actor, row, priority=priority, channel=CHANNELS[actor.kind])).id

    return await unit(body)
