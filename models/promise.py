"""What an applicant promised instead of handing it in: 容缺受理 and 告知承诺 (R40, R41), and promises not kept."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row, now
from models.seal import Cell

PROMISE_STATES = ("made", "supplied", "kept", "broken", "verified", "false", "void")


class Promise(Row):
    """A signed promise. kind: `tolerance` (the papers come later) or `informed` (a statement stands for the proof).

    `materials`: the codes it stands for. `words` is the text as shown and signed. `due_on` is set at acceptance
    (tolerance) or at the decision (informed: the day of the later verification).
    State: made -> supplied -> kept | broken for tolerance; made -> verified | false for informed; void when nothing
    is owed any more.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="promises")
    case_id: UUID
    subject_id = fields.UUIDField()
    kind = fields.CharField(max_length=10)
    item_code = fields.CharField(max_length=12)
    materials: Any = fields.JSONField(default=list)
    words_sealed = fields.TextField()
    signed_at = fields.DatetimeField(default=now)
    due_on: Any = fields.DateField(null=True)
    state = fields.CharField(max_length=10, default="made")
    settled_at: Any = fields.DatetimeField(null=True)

    WORDS = Cell("promise", "words")

    class Meta:
        table = "promise"


class Breach(Row):
    """A promise not kept, held against its applicant until a supervisor records that it was repaired (R40, R41)."""

    case: Any = fields.ForeignKeyField("models.Case", related_name="breaches")
    case_id: UUID
    promise: Any = fields.ForeignKeyField("models.Promise", related_name="breaches")
    promise_id: UUID
    subject_id = fields.UUIDField()
    kind = fields.CharField(max_length=10)
    reason_sealed = fields.TextField()
    repaired_at: Any = fields.DatetimeField(null=True)
    repaired_by: Any = fields.UUIDField(null=True)
    repair_sealed: Any = fields.TextField(null=True)

    REASON = Cell("breach", "reason")
    REPAIR = Cell("breach", "repair")

    class Meta:
        table = "breach"


CONSTRAINTS = [
    "ALTER TABLE promise ADD CONSTRAINT promise_kind CHECK (kind IN ('tolerance','informed'))",
    "ALTER TABLE promise ADD CONSTRAINT promise_state "
    "CHECK (state IN ('made','supplied','kept','broken','verified','false','void'))",
    "CREATE UNIQUE INDEX promise_one ON promise (case_id, kind, item_code) WHERE state <> 'void'",
    "CREATE INDEX promise_due ON promise (due_on) WHERE state IN ('made','supplied')",
    "CREATE INDEX breach_open ON breach (subject_id) WHERE repaired_at IS NULL",
]
