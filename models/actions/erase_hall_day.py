"""Erasure, of what a hall's day holds about a person: open times are given back, rows keep no name (promises P25)."""

from uuid import UUID

from models.actions import waiting
from models.actions.appointment_new import give_up
from models.actions.slot_places import locked
from models.actions.step import Move
from models.appointment import Appointment
from models.rules.flow import FINAL
from models.rules.permits import Actor
from models.ticket import Ticket

NOBODY = "已注销"


async def appointments(actor: Actor, account_id: UUID) -> None:
    """Cancel what is still to come, then blank every row; in the open unit, before the account is."""
    open_ = Appointment.filter(account_id=account_id, state__not_in=[*FINAL["appointment"], "arrived"])
    for found in await open_.order_by("id"):
        row = await locked(actor, found.id)
        await waiting.offer_freed(await give_up(actor, row, "cancel", Move()))
    for row in await Appointment.filter(account_id=account_id):
        await Appointment.filter(id=row.id).update(
            name_sealed=Appointment.NAME.seal(row.id, NOBODY), phone_sealed=None, address_sealed=None,
            reason_sealed=None, person_key=f"erased:{row.id}",
        )  # fmt: skip
    await Ticket.filter(account_id=account_id).update(account_id=None)
