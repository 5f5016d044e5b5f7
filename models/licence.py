"""What a granted case gives for a time: a licence with its day of expiry (行政许可法 art. 50)."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell


class Licence(Row):
    """A licence. `valid_from` to `valid_until`: the term that runs now, both days included; no end: for good.

    `subject_id`: the applicant who holds it. state: valid -> expired | renewed | revoked. `deemed`: this term came
    because nobody decided on the renewal in time (art. 50).
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="licences")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="licences")
    task_id: UUID
    account: Any = fields.ForeignKeyField("models.Account", related_name="licences")
    account_id: UUID
    subject_id = fields.UUIDField()
    item_code = fields.CharField(max_length=12)
    department_id = fields.CharField(max_length=8)
    name = fields.CharField(max_length=80)
    number = fields.CharField(max_length=40, unique=True)
    holder_sealed: Any = fields.TextField(null=True)
    issued_on = fields.DateField()
    valid_from = fields.DateField()
    valid_years: Any = fields.IntField(null=True)
    valid_until: Any = fields.DateField(null=True)
    state = fields.CharField(max_length=8, default="valid")
    version = fields.IntField(default=0)
    deemed = fields.BooleanField(default=False)

    HOLDER = Cell("licence", "holder")

    class Meta:
        table = "licence"


CONSTRAINTS = [
    "ALTER TABLE licence ADD CONSTRAINT licence_state CHECK (state IN ('valid','expired','renewed','revoked'))",
    "CREATE INDEX licence_holder ON licence (account_id)",
    "CREATE INDEX licence_ending ON licence (valid_until) WHERE state = 'valid' AND valid_until IS NOT NULL",
    "CREATE UNIQUE INDEX licence_of_task ON licence (task_id)",
]
