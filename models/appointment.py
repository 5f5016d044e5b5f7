"""Places in time and who has them: slots, appointments with their places, exceptions to the hours, a hall's history."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell


class OpeningException(Row):
    """Hours of a hall, or of one window group, that differ on one day (R54).

    `intervals`: [["09:00", "11:30"], ...] it is open instead; none at all: closed. `per_slot`: places a slot instead.
    `source` county (from the county's files) or desk. `ended_at`: taken back.
    """

    hall: Any = fields.ForeignKeyField("models.Hall", related_name="exceptions", on_delete=fields.RESTRICT)
    hall_id: str
    group_code = fields.CharField(max_length=4, default="")
    date = fields.DateField()
    intervals: Any = fields.JSONField(default=list)
    per_slot: Any = fields.IntField(null=True)
    reason = fields.CharField(max_length=60)
    source = fields.CharField(max_length=8, default="desk")
    created_by: Any = fields.UUIDField(null=True)
    ended_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "opening_exception"


class Slot(Row):
    """Places of one line of a hall in one stretch of time. `used` counts the places taken: never above `capacity`.

    kind: hall (a window group), travelling (a department at a town's hall, S31) or home_visit. `group_code`: the window
    group's letter, the department's code, or empty. `closed`: nobody new may book; who has a place keeps it.
    """

    hall: Any = fields.ForeignKeyField("models.Hall", related_name="slots", on_delete=fields.RESTRICT)
    hall_id: str
    kind = fields.CharField(max_length=12, default="hall")
    group_code = fields.CharField(max_length=4, default="")
    day = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.IntField()
    used = fields.IntField(default=0)
    closed = fields.BooleanField(default=False)

    class Meta:
        table = "slot"
        unique_together = (("hall", "kind", "group_code", "starts_at"),)


class Appointment(Row):
    """One person's time at a counter, a travelling service or at home, from hold or wait to its end (R54, R55, R57).

    `code` (Y012) is counted a day and hall, given when it is booked, and is the number that is called. `person_key` is
    the blind index of the ID number (or of the phone, `P:` before it, where only that is known); `person_no` its first
    63 bits, for the exclusion constraint: nobody holds two overlapping times. `group_code`, `day`, `starts_at` and
    `ends_at` are those of the places (of the wished place while waiting). `held_until`: when a hold or an offer ends.
    `instead_of`: the appointment a wait is meant to replace. `slot_ids`: the chain of slots it has or waits for.
    """

    hall: Any = fields.ForeignKeyField("models.Hall", related_name="appointments", on_delete=fields.RESTRICT)
    hall_id: str
    kind = fields.CharField(max_length=12, default="hall")
    group_code = fields.CharField(max_length=4, default="")
    state = fields.CharField(max_length=10)
    version = fields.IntField(default=1)
    code = fields.CharField(max_length=8, default="")
    day = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    slot_ids: Any = fields.JSONField(default=list)
    party = fields.IntField(default=1)
    item_code = fields.CharField(max_length=8)
    item_name = fields.CharField(max_length=80)
    case: Any = fields.ForeignKeyField("models.Case", related_name="appointments", null=True)
    case_id: UUID | None
    account: Any = fields.ForeignKeyField("models.Account", related_name="appointments", null=True)
    account_id: UUID | None
    organisation: Any = fields.ForeignKeyField("models.Organisation", related_name="appointments", null=True)
    organisation_id: UUID | None
    person_key = fields.CharField(max_length=72)
    person_no = fields.BigIntField()
    name_sealed = fields.TextField()
    phone_sealed: Any = fields.TextField(null=True)
    address_sealed: Any = fields.TextField(null=True)
    reason_sealed: Any = fields.TextField(null=True)
    village = fields.CharField(max_length=4, default="")
    channel = fields.CharField(max_length=8, default="app")
    held_until: Any = fields.DatetimeField(null=True)
    instead_of: Any = fields.UUIDField(null=True)
    moved = fields.IntField(default=0)
    arrived_at: Any = fields.DatetimeField(null=True)
    ended_at: Any = fields.DatetimeField(null=True)

    NAME = Cell("appointment", "name")
    PHONE = Cell("appointment", "phone")
    ADDRESS = Cell("appointment", "address")
    REASON = Cell("appointment", "reason")

    class Meta:
        table = "appointment"


class Place(Row):
    """`n` places of a slot an appointment has; while `freed_at` is empty they are counted in `slot.used`."""

    slot: Any = fields.ForeignKeyField("models.Slot", related_name="places", on_delete=fields.RESTRICT)
    slot_id: UUID
    appointment: Any = fields.ForeignKeyField("models.Appointment", related_name="places")
    appointment_id: UUID
    n = fields.IntField(default=1)
    freed_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "place"


class HallEvent(Row):
    """One line of an appointment's or a ticket's history; append-only like `event`."""

    hall_id = fields.CharField(max_length=4)
    machine = fields.CharField(max_length=12)
    subject_id = fields.UUIDField()
    verb = fields.CharField(max_length=24)
    actor = fields.CharField(max_length=60)
    actor_name = fields.CharField(max_length=40, default="")
    role = fields.CharField(max_length=12, default="")
    place = fields.CharField(max_length=60, default="")
    before = fields.CharField(max_length=12, default="")
    after = fields.CharField(max_length=12)
    at = fields.DatetimeField()
    words = fields.CharField(max_length=200)
    audience = fields.CharField(max_length=8, default="public")

    class Meta:
        table = "hall_event"


_HOLDING = "('held','offered','booked','displaced','arrived')"
CONSTRAINTS = [
    "ALTER TABLE slot ADD CONSTRAINT slot_kind CHECK (kind IN ('hall','travelling','home_visit'))",
    "ALTER TABLE slot ADD CONSTRAINT slot_used CHECK (used >= 0 AND used <= capacity)",
    "ALTER TABLE slot ADD CONSTRAINT slot_span CHECK (ends_at > starts_at)",
    "CREATE INDEX slot_day ON slot (hall_id, day)",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_state CHECK (state IN ('held','waiting','offered','booked',"
    "'displaced','arrived','served','left','missed','excused','cancelled','expired','lapsed'))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_kind CHECK (kind IN ('hall','travelling','home_visit'))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_party CHECK (party >= 1)",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_held CHECK "
    "((state IN ('held','offered')) <= (held_until IS NOT NULL))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_coded CHECK "
    "(code <> '' OR state IN ('held','waiting','offered','cancelled','expired','lapsed'))",
    # a range of one number stands for equality: needs no extension
    "ALTER TABLE appointment ADD CONSTRAINT appointment_one_place_at_a_time EXCLUDE USING gist "
    "(int8range(person_no, person_no, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) "
    f"WHERE (state IN {_HOLDING})",
    "CREATE UNIQUE INDEX appointment_code ON appointment (hall_id, day, code) WHERE code <> ''",
    "CREATE INDEX appointment_day ON appointment (hall_id, day)",
    "CREATE INDEX appointment_account ON appointment (account_id, created_at DESC)",
    "CREATE INDEX appointment_person ON appointment (person_key, day)",
    "CREATE INDEX appointment_waiting ON appointment (day, created_at) WHERE state = 'waiting'",
    "CREATE INDEX appointment_held_until ON appointment (held_until) WHERE state IN ('held','offered')",
    "ALTER TABLE place ADD CONSTRAINT place_n CHECK (n >= 1)",
    "CREATE UNIQUE INDEX place_one ON place (appointment_id, slot_id) WHERE freed_at IS NULL",
    "CREATE INDEX place_slot ON place (slot_id) WHERE freed_at IS NULL",
    "CREATE INDEX hall_event_subject ON hall_event (subject_id, at)",
    "CREATE INDEX opening_exception_day ON opening_exception (hall_id, date) WHERE ended_at IS NULL",
    "CREATE TRIGGER hall_event_append_only BEFORE UPDATE OR DELETE ON hall_event "
    "FOR EACH ROW EXECUTE FUNCTION append_only()",
]
