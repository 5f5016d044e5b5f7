"""The verbs of a ticket (R56): taken, called, skipped, moved, finished; and the end of the day."""

from datetime import datetime, time
from typing import Any

from models.actions.ticket_call import (
    call,
    call_next,
    end_of_day,
    finish,
    leave,
    park,
    recall,
    requeue,
    skip,
    start,
    transfer,
)  # fmt: skip
from models.actions.ticket_take import must_be_here, take, take_booked
from models.base import SHANGHAI, Refusal, now, today
from models.rules.flow_hall import IN_HALL
from models.rules.permits import CLOCK
from models.ticket import Ticket

__all__ = [
    "call", "call_next", "close_day", "finish", "leave", "must_be_here", "park", "recall", "requeue", "skip", "start",
    "take", "take_booked", "transfer",
]  # fmt: skip

CLOSING = time(20, 0)


async def close_day(context: dict[str, Any] | None = None) -> int:
    """End every ticket still open of days before, and of today from 20:00 on; returns how many.

    One unit each, so that a window still at work is waited for and nobody else is held up. Run twice it does nothing.
    """
    day = today()
    open_ones = Ticket.filter(state__in=IN_HALL, day__lte=day)
    if now() < datetime.combine(day, CLOSING, SHANGHAI):
        open_ones = open_ones.filter(day__lt=day)
    closed = 0
    for row in await open_ones.order_by("id"):
        try:
            await end_of_day(CLOCK, row.id)
        except Refusal:  # somebody ended it in this second
            continue
        closed += 1
    return closed
