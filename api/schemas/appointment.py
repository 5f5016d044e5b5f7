"""Times to book, appointments and tickets: what is sent in and what comes back (R54-R56)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.case import Code, HallCode

Kind = Literal["hall", "travelling"]
AppointmentState = Literal[
    "held", "waiting", "offered", "booked", "displaced", "arrived", "served", "left", "missed", "excused", "cancelled",
    "expired", "lapsed",
]  # fmt: skip
AppointmentVerb = Literal["reschedule", "cancel", "check-in", "join-waitlist", "confirm", "take-offer"]
TicketState = Literal["waiting", "called", "serving", "skipped", "parked", "done", "left", "closed"]
Version = Annotated[int, Field(ge=0, le=2**31)]
Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 1, 1))]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Group = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}$")]
Presence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class SlotsIn(Schema):
    """`from` and `to` included; left out: every day that may be booked now."""

    hall: HallCode
    item: Code
    kind: Kind = "hall"
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")


class Named(Shape):
    """A code and what people call it."""

    code: str
    name: str


class SlotOut(Shape):
    """A time one may book, or wait for when it is full; of a chain the first slot's id and the last one's end."""

    id: UUID
    hall: str
    kind: Kind
    group_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    left: int
    state: Literal["open", "full", "closed"]


class SlotDayOut(Shape):
    """A day of the calendar strip. `words`: why it is closed (周末, 国庆节), else empty."""

    date: date
    weekday: str
    day_words: str
    state: Literal["open", "full", "closed"]
    left: int
    words: str


class SlotsOut(Shape):
    """The times of one item at one hall. `group` null: the hall's windows do not take it; `arrive_before` minutes."""

    items: list[SlotOut]
    next_cursor: None = None
    days: list[SlotDayOut]
    hall: Named
    group: Named | None
    item: Named
    minutes: int
    cancel_hours: int
    arrive_before: int
    kind: Kind


class BookIn(Schema):
    """A wish. `hold`: only keep the place for some minutes; `wait`: the time is full, stand on its waiting list.

    `kind`: of the time, where the caller wants it checked. `phone` to be reached by, else the account's.
    """

    slot_id: UUID
    item_code: Code
    case_id: UUID | None = None
    kind: Kind | None = None
    organisation_id: UUID | None = None
    party: int = Field(default=1, ge=1, le=100)
    phone: Phone = ""
    hold: bool = False
    wait: bool = False


class AppointmentVerbIn(Schema):
    """`version`: the one the person saw, if the client keeps it."""

    version: Version | None = None


class CancelIn(AppointmentVerbIn):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class SlotIn(AppointmentVerbIn):
    """The time to move to, or to wait for beside the one that is booked."""

    slot_id: UUID


class CheckInIn(AppointmentVerbIn):
    """`hall_code`: the six digits of the moment that the hall's display shows, or what its QR says."""

    hall_code: Presence = ""


class PlaceOut(Shape):
    """A hall to find and to ring up."""

    code: str
    name: str
    address: str
    phone: str


class LineOut(Shape):
    """One line of the history."""

    words: str
    at: datetime


class AppointmentOut(Shape):
    """A booking, a hold or a wait. `code` empty until it is booked; `ahead` how many wait before, while waiting.

    `held_until`: when a hold or an offer ends; `cancel_until`: after that the hall is to be rung up. `timeline` is
    empty in a list.
    """

    id: UUID
    code: str
    state: AppointmentState
    state_words: str
    kind: Kind
    hall: PlaceOut
    window_group: Named
    starts_at: datetime
    ends_at: datetime
    day_words: str
    time_words: str
    minutes: int
    item: Named
    case_id: UUID | None
    party: int
    held_until: datetime | None
    ahead: int | None
    instead_of: UUID | None
    moved: int
    ticket_id: UUID | None
    bring: list[str]
    cancel_until: datetime | None
    reason: str
    can: list[AppointmentVerb]
    version: int
    timeline: list[LineOut] = Field(default_factory=list)


class AppointmentsOut(Shape):
    items: list[AppointmentOut]
    next_cursor: UUID | None


class QueueLineOut(Shape):
    """A line one can take a number for; `minutes` null: nothing honest can be said. `open`: numbers are given now."""

    code: str
    name: str
    waiting: int
    minutes: int | None
    open: bool


class QueueLinesOut(Shape):
    items: list[QueueLineOut]


class TakeIn(Schema):
    """A number of the line `group`, taken in the hall: `hall_code` as its display shows it."""

    hall: HallCode
    group: Group
    hall_code: Presence = ""
    item_code: Code | None = None


class ServingOut(Shape):
    """A number at a window now."""

    number: str
    window: str


class TicketOut(Shape):
    """A number in the queue. `ahead` people before, null when not waiting; `before` the numbers just ahead, nearest
    first, at most four. `estimate_minutes` null: nothing honest can be said. `requeue_after`: people called first after
    standing in again.
    """

    id: UUID
    number: str
    state: TicketState
    state_words: str
    hall: Named
    group: Named
    ahead: int | None
    estimate_minutes: int | None
    window: str | None
    booked_at: datetime | None
    serving: list[ServingOut]
    before: list[str]
    requeue_after: int
    bring: list[str]
    arrived_at: datetime
    can: list[Literal["leave", "requeue"]]
    version: int


class TicketsOut(Shape):
    items: list[TicketOut]
    next_cursor: None = None
