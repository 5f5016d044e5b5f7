"""What the clock does to appointments: reminds, ends holds, offers and waits, marks who missed. Safe when late."""

from models.actions import waiting
from models.actions.alarms import Due
from models.actions.slot_places import give_back, lock_person, lock_slots
from models.actions.step import Move, move_at_hall
from models.appointment import Appointment
from models.base import now, unit
from models.rules.flow_hall import APPOINTMENT
from models.rules.permits import CLOCK

REMIND = ("remind_day", "remind_hours")
HELD = ("expire_hold", "lapse_offer")
FREES = (*HELD, "miss")  # of a displaced one the clock lets go


async def by_clock(due: Due) -> None:
    """One due alarm. What has moved on meanwhile is left alone."""

    async def body() -> None:
        seen = await Appointment.filter(id=due.subject_id).first()
        if seen is None:
            return
        await lock_person(seen.person_no)
        if due.verb in FREES:
            await lock_slots(seen.slot_ids)
        row = await Appointment.get(id=seen.id)
        verb = "let_go" if due.verb == "miss" and row.state == "displaced" else due.verb
        if row.state not in APPOINTMENT[verb].start:
            return
        if verb in HELD:
            if row.held_until <= now():
                await waiting.offer_freed(await waiting.end_held(row))
        elif verb in REMIND:
            if row.state == "booked":  # a time the hall took away is not to be come for
                await move_at_hall(CLOCK, row, "appointment", verb, Move())
        else:
            await move_at_hall(CLOCK, row, "appointment", verb, Move(fields={"ended_at": now()}))
            if verb == "let_go":
                await give_back(row.id)

    await unit(body)
