"""Photographs and files people hand in, and the pages they become."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell

UPLOAD_STATES = ("receiving", "checking", "ready", "refused", "deleted")


class Upload(Row):
    """One file on its way in: slices arrive, a child process develops it, an archive copy and a thumbnail remain.

    `original_key`, `archive_key` and `thumbnail_key` name objects in the store; `length` and `received` are bytes.
    """

    account: Any = fields.ForeignKeyField("models.Account", related_name="uploads", null=True)
    account_id: UUID | None
    staff: Any = fields.ForeignKeyField("models.Staff", related_name="uploads", null=True)
    staff_id: UUID | None
    state = fields.CharField(max_length=10, default="receiving")
    declared = fields.CharField(max_length=60, default="")
    length = fields.BigIntField(default=0)
    received = fields.BigIntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    dhash = fields.CharField(max_length=16, default="")
    format = fields.CharField(max_length=8, default="")
    width = fields.IntField(default=0)
    height = fields.IntField(default=0)
    pages = fields.IntField(default=1)
    advice: Any = fields.JSONField(default=list)
    refusal = fields.CharField(max_length=40, default="")
    original_key = fields.CharField(max_length=80, default="")
    archive_key = fields.CharField(max_length=80, default="")
    thumbnail_key = fields.CharField(max_length=80, default="")
    attempts = fields.IntField(default=0)
    leased_until: Any = fields.DatetimeField(null=True)
    finished_at: Any = fields.DatetimeField(null=True)
    expires_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "upload"


class CaseMaterial(Row):
    """One material of a case, as the item version asked for it. `trust` is R47's A-D."""

    case: Any = fields.ForeignKeyField("models.Case", related_name="materials")
    case_id: UUID
    code = fields.CharField(max_length=12)
    name = fields.CharField(max_length=80)
    position = fields.IntField()
    need: Any = fields.JSONField(default=dict)
    items: Any = fields.JSONField(default=list)
    state = fields.CharField(max_length=10, default="missing")
    trust = fields.CharField(max_length=1, default="")
    checked_by: Any = fields.UUIDField(null=True)
    checked_at: Any = fields.DatetimeField(null=True)
    note_sealed: Any = fields.TextField(null=True)

    NOTE = Cell("case_material", "note")

    class Meta:
        table = "case_material"
        unique_together = (("case_id", "code"),)


class Page(Row):
    """One page of a material, in order."""

    material: Any = fields.ForeignKeyField("models.CaseMaterial", related_name="pages")
    material_id: UUID
    upload: Any = fields.ForeignKeyField("models.Upload", related_name="used_as")
    upload_id: UUID
    position = fields.IntField()

    class Meta:
        table = "page"
        unique_together = (("material_id", "position"),)


CONSTRAINTS = [
    "ALTER TABLE upload ADD CONSTRAINT upload_state "
    "CHECK (state IN ('receiving','checking','ready','refused','deleted'))",
    "ALTER TABLE upload ADD CONSTRAINT upload_bytes CHECK (received >= 0 AND received <= length)",
    "ALTER TABLE upload ADD CONSTRAINT upload_owner CHECK ((account_id IS NULL) <> (staff_id IS NULL))",
    "CREATE INDEX upload_waiting ON upload (created_at) WHERE state IN ('receiving', 'checking')",
    "CREATE INDEX upload_owner_day ON upload (account_id, created_at)",
    "ALTER TABLE case_material ADD CONSTRAINT case_material_state CHECK (state IN ('missing','ready','free','defect'))",
]
