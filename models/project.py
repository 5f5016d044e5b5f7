"""An investment project under its national code (R7, R8, R43): the file all its cases hang on, and early guidance."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell


class Project(Row):
    """One project. The code is the national platform's, never ours; `query_key` opens the progress by code alone.

    kind: filing (备案) | approval (核准). `bundle_code`: the road of items it goes (its map). `green`: 绿色通道.
    """

    code = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=120)
    kind = fields.CharField(max_length=10, default="filing")
    account: Any = fields.ForeignKeyField("models.Account", related_name="projects")
    account_id: UUID
    organisation: Any = fields.ForeignKeyField("models.Organisation", related_name="projects", null=True)
    organisation_id: UUID | None
    bundle_code = fields.CharField(max_length=16)
    skipped: Any = fields.JSONField(default=list)
    green = fields.BooleanField(default=False)
    green_reason = fields.CharField(max_length=120, default="")
    query_key_sealed: Any = fields.TextField(null=True)

    QUERY_KEY = Cell("project", "query_key")

    class Meta:
        table = "project"


class Guidance(Row):
    """Help before any case, and no clock runs: a question answered (一站咨询) or a visit paid early (预介入, R43).

    kind: question | visit. state: open -> done. `planned_on` is the day of a visit.
    """

    project: Any = fields.ForeignKeyField("models.Project", related_name="guidance")
    project_id: UUID
    kind = fields.CharField(max_length=8)
    department_id = fields.CharField(max_length=8, default="")
    item_code = fields.CharField(max_length=12, default="")
    question_sealed = fields.TextField()
    asked_by = fields.CharField(max_length=60)
    planned_on: Any = fields.DateField(null=True)
    answer_sealed: Any = fields.TextField(null=True)
    answered_by: Any = fields.UUIDField(null=True)
    answered_at: Any = fields.DatetimeField(null=True)
    state = fields.CharField(max_length=6, default="open")

    QUESTION = Cell("guidance", "question")
    ANSWER = Cell("guidance", "answer")

    class Meta:
        table = "guidance"


CONSTRAINTS = [
    "ALTER TABLE project ADD CONSTRAINT project_kind CHECK (kind IN ('filing','approval'))",
    "CREATE INDEX project_account ON project (account_id)",
    "ALTER TABLE guidance ADD CONSTRAINT guidance_kind CHECK (kind IN ('question','visit'))",
    "ALTER TABLE guidance ADD CONSTRAINT guidance_state CHECK ((state = 'open') = (answered_at IS NULL))",
    "CREATE INDEX guidance_project ON guidance (project_id)",
    "CREATE INDEX guidance_open ON guidance (department_id) WHERE state = 'open'",
]
