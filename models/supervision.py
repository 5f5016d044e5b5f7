"""Watching over cases: letters between departments, urgings, spot checks and the secret they are drawn with."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell


class Consultation(Row):
    """函询: a letter to another department about a case, with a day by which it answers (R42, S30).

    state: open -> answered, or open -> silent when the day is past, which a late answer still mends.
    outcome: agrees | objects | defects. `defects`: sealed JSON [{material_code, defect, fix}] for the one notice.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="consultations")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="consultations", null=True)
    task_id: UUID | None
    department_id = fields.CharField(max_length=8)
    asked_by = fields.UUIDField()
    asker = fields.CharField(max_length=60)
    question_sealed = fields.TextField()
    due_on = fields.DateField()
    due_at = fields.DatetimeField()
    state = fields.CharField(max_length=10, default="open")
    version = fields.IntField(default=0)
    outcome = fields.CharField(max_length=8, default="")
    answer_sealed: Any = fields.TextField(null=True)
    defects_sealed: Any = fields.TextField(null=True)
    answered_by: Any = fields.CharField(max_length=60, null=True)
    answered_at: Any = fields.DatetimeField(null=True)

    QUESTION = Cell("consultation", "question")
    ANSWER = Cell("consultation", "answer")
    DEFECTS = Cell("consultation", "defects")

    class Meta:
        table = "consultation"


class Urge(Row):
    """A step of the ladder on a task: by the clock each level once (`by_id` empty), or a supervisor's with words.

    level: handler | section | head | centre | manual. A manual one has `answer_due_at`; `lapsed_at`: its answer never
    came and another urging took its place.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="urges")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="urges")
    task_id: UUID
    level = fields.CharField(max_length=8)
    by_id: Any = fields.UUIDField(null=True)
    by_name = fields.CharField(max_length=60, default="")
    words_sealed: Any = fields.TextField(null=True)
    answer_due_at: Any = fields.DatetimeField(null=True)
    answer_sealed: Any = fields.TextField(null=True)
    answered_by = fields.CharField(max_length=60, default="")
    answered_at: Any = fields.DatetimeField(null=True)
    lapsed_at: Any = fields.DatetimeField(null=True)

    WORDS = Cell("urge", "words")
    ANSWER = Cell("urge", "answer")

    class Meta:
        table = "urge"


class Sweep(Row):
    """One look through every open case (R24): how many have no owner or nothing due, and which tasks nobody can do."""

    orphans = fields.IntField()
    unmanned = fields.IntField()

    class Meta:
        table = "sweep"


class InspectionSeed(Row):
    """The secret of one month's draws. Its digest is in the audit chain from the first day; it is shown afterwards."""

    month = fields.CharField(max_length=7, unique=True)
    seed_sealed = fields.TextField()
    digest = fields.CharField(max_length=64)
    revealed_at: Any = fields.DatetimeField(null=True)

    SEED = Cell("inspection_seed", "seed")

    class Meta:
        table = "inspection_seed"


class Inspection(Row):
    """A decided task to be looked at again. kind: spot (drawn, S6) or promise (every informed promise, R41).

    `rate` and `draw`, the number drawn, both in millionths, say why it was drawn. state: open -> passed | failed;
    dropped when the grant it was about never came into force.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="inspections")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="inspections")
    task_id: UUID
    kind = fields.CharField(max_length=8)
    department_id = fields.CharField(max_length=8)
    rate = fields.IntField(default=1_000_000)
    draw = fields.IntField(default=0)
    due_on = fields.DateField()
    due_at = fields.DatetimeField()
    state = fields.CharField(max_length=8, default="open")
    version = fields.IntField(default=0)
    findings_sealed: Any = fields.TextField(null=True)
    inspected_by: Any = fields.UUIDField(null=True)
    inspected_at: Any = fields.DatetimeField(null=True)

    FINDINGS = Cell("inspection", "findings")

    class Meta:
        table = "inspection"
        unique_together = (("task_id", "kind"),)


CONSTRAINTS = [
    "ALTER TABLE consultation ADD CONSTRAINT consultation_state CHECK (state IN ('open','answered','silent'))",
    "ALTER TABLE consultation ADD CONSTRAINT consultation_outcome "
    "CHECK ((state = 'answered') = (outcome IN ('agrees','objects','defects')))",
    "CREATE INDEX consultation_case ON consultation (case_id)",
    "CREATE INDEX consultation_open ON consultation (department_id) WHERE state IN ('open','silent')",
    "ALTER TABLE urge ADD CONSTRAINT urge_level CHECK (level IN ('handler','section','head','centre','manual'))",
    "CREATE UNIQUE INDEX urge_each_once ON urge (task_id, level) WHERE by_id IS NULL",
    "CREATE UNIQUE INDEX urge_one_open ON urge (task_id) WHERE level = 'manual' AND answered_at IS NULL "
    "AND lapsed_at IS NULL",
    "CREATE INDEX urge_task ON urge (task_id)",
    "CREATE INDEX urge_manual ON urge (created_at) WHERE level = 'manual'",
    "ALTER TABLE inspection ADD CONSTRAINT inspection_kind CHECK (kind IN ('spot','promise'))",
    "ALTER TABLE inspection ADD CONSTRAINT inspection_state CHECK (state IN ('open','passed','failed','dropped'))",
    "CREATE INDEX inspection_open ON inspection (department_id, due_on) WHERE state = 'open'",
]
