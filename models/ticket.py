"""The queue of a hall: tickets, the lines they stand in, and the machines that give them out (R56)."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row


class Line(Row):
    """One line of one hall on one day: the row that whoever takes or calls a number locks.

    `given`: the last number given; `calls`: how many were called, which a skipped ticket counts by. Group `Y` counts
    the codes of appointments.
    """

    hall_id = fields.CharField(max_length=4)
    day = fields.DateField()
    group_code = fields.CharField(max_length=4)
    given = fields.IntField(default=0)
    calls = fields.IntField(default=0)

    class Meta:
        table = "line"
        unique_together = (("hall_id", "day", "group_code"),)


class Ticket(Row):
    """One number of one hall and day: A037, or the code of the appointment (Y012).

    `band_at`: the booked time. `priority`: a group that goes first by law (booking.yaml), else empty. `due_call`: the
    count of calls of its line at which a re-queued ticket is due. `window`: the seat that called it last (A01).
    `told_near`: whether "nearly your turn" was said.
    """

    hall: Any = fields.ForeignKeyField("models.Hall", related_name="tickets", on_delete=fields.RESTRICT)
    hall_id: str
    day = fields.DateField()
    group_code = fields.CharField(max_length=4)
    number = fields.CharField(max_length=8)
    state = fields.CharField(max_length=8)
    version = fields.IntField(default=1)
    appointment: Any = fields.ForeignKeyField("models.Appointment", related_name="tickets", null=True)
    appointment_id: UUID | None
    account: Any = fields.ForeignKeyField("models.Account", related_name="tickets", null=True)
    account_id: UUID | None
    case: Any = fields.ForeignKeyField("models.Case", related_name="tickets", null=True)
    case_id: UUID | None
    item_code = fields.CharField(max_length=8, default="")
    priority = fields.CharField(max_length=12, default="")
    band_at: Any = fields.DatetimeField(null=True)
    arrived_at = fields.DatetimeField()
    channel = fields.CharField(max_length=8)
    window = fields.CharField(max_length=8, default="")
    staff_id: Any = fields.UUIDField(null=True)
    calls = fields.IntField(default=0)
    called_at: Any = fields.DatetimeField(null=True)
    started_at: Any = fields.DatetimeField(null=True)
    ended_at: Any = fields.DatetimeField(null=True)
    due_call: Any = fields.IntField(null=True)
    told_near = fields.BooleanField(default=False)

    class Meta:
        table = "ticket"
        unique_together = (("hall", "day", "number"),)


class Device(Row):
    """A machine in a hall that may give out numbers: only the hash of its key is kept."""

    hall: Any = fields.ForeignKeyField("models.Hall", related_name="devices", on_delete=fields.RESTRICT)
    hall_id: str
    kind = fields.CharField(max_length=8, default="kiosk")
    label = fields.CharField(max_length=40)
    hash = fields.CharField(max_length=64, unique=True)
    created_by = fields.UUIDField()
    seen_at: Any = fields.DatetimeField(null=True)
    revoked_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "device"


CONSTRAINTS = [
    "ALTER TABLE ticket ADD CONSTRAINT ticket_state CHECK (state IN ('waiting','called','serving','skipped','parked',"
    "'done','left','closed'))",
    "CREATE INDEX ticket_open ON ticket (hall_id, day, group_code) "
    "WHERE state IN ('waiting','called','serving','skipped','parked')",
    "CREATE INDEX ticket_day ON ticket (hall_id, day)",
    "CREATE INDEX ticket_account ON ticket (account_id, day) WHERE account_id IS NOT NULL",
    # one window serves one person at a time
    'CREATE UNIQUE INDEX ticket_one_at_window ON ticket (hall_id, day, "window") '
    "WHERE state IN ('called','serving') AND \"window\" <> ''",
    "CREATE UNIQUE INDEX ticket_one_an_appointment ON ticket (appointment_id) WHERE appointment_id IS NOT NULL",
    "ALTER TABLE device ADD CONSTRAINT device_kind CHECK (kind IN ('kiosk'))",
]
