"""The verbs of an appointment (R54, R55): book, hold, wait, confirm, move, cancel, arrive; and what the clock does."""

from models.actions.appointment_change import call_off, cancel, displace, excuse, finished, reschedule
from models.actions.appointment_clock import by_clock
from models.actions.appointment_here import check_in
from models.actions.appointment_new import book, confirm, hold, take_offer, wait
from models.actions.appointment_person import Guest, Wish

__all__ = [
    "Guest", "Wish", "book", "by_clock", "call_off", "cancel", "check_in", "confirm", "displace", "excuse", "finished",
    "hold", "reschedule", "take_offer", "wait",
]  # fmt: skip
