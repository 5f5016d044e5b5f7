"""What can be applied for: departments, items, materials, bundles, and the settings the county was loaded with."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.base import Row


class Department(Model):
    """A body that decides or helps. `system`: it has its own system and is reached by signed webhook."""

    code = fields.CharField(max_length=8, primary_key=True)
    name = fields.CharField(max_length=80)
    short = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=20)
    remark = fields.TextField(null=True)
    system = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "department"


class Item(Row):
    """One 业务办理项 in one version (R11, R15). `record` holds every element of R12-R14 as loaded; a case freezes it.

    Versions of one code never change once published; at most one of them is published at a time.
    """

    code = fields.CharField(max_length=16)
    version = fields.IntField()
    state = fields.CharField(max_length=12)
    name = fields.CharField(max_length=120)
    everyday = fields.CharField(max_length=80)
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", related_name="items", on_delete=fields.RESTRICT
    )
    department_id: str
    kind = fields.CharField(max_length=16)
    theme = fields.CharField(max_length=16)
    subjects: fields.Field[list[str]] = fields.JSONField()
    handling = fields.CharField(max_length=12)
    record: fields.Field[dict[str, Any]] = fields.JSONField()
    search = fields.TextField()
    digest = fields.CharField(max_length=64)
    published_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "item"
        unique_together = (("code", "version"),)


class Material(Model):
    """One material of the county's registry: one code, one name, everywhere (R13)."""

    code = fields.CharField(max_length=16, primary_key=True)
    name = fields.CharField(max_length=120)
    source = fields.CharField(max_length=12)
    photo = fields.BooleanField()
    standard = fields.TextField()
    form = fields.BooleanField()
    active = fields.BooleanField(default=True)

    class Meta:
        table = "material"


class Bundle(Model):
    """Several items on one form (一件事, R42)."""

    code = fields.CharField(max_length=16, primary_key=True)
    name = fields.CharField(max_length=120)
    everyday = fields.CharField(max_length=80)
    note = fields.TextField()
    lead: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", related_name="bundles", on_delete=fields.RESTRICT
    )
    lead_id: str
    theme = fields.CharField(max_length=16)
    record: fields.Field[dict[str, Any]] = fields.JSONField()
    search = fields.TextField()
    active = fields.BooleanField(default=True)

    class Meta:
        table = "bundle"


class CountyLoad(Row):
    """One loading of the county's data: the hash of the folder and what came of it. The newest row is in force."""

    digest = fields.CharField(max_length=64)
    settings: fields.Field[dict[str, Any]] = fields.JSONField()
    county: fields.Field[dict[str, Any]] = fields.JSONField()
    counts: fields.Field[dict[str, Any]] = fields.JSONField()

    class Meta:
        table = "county_load"


CONSTRAINTS: list[str] = [
    "ALTER TABLE item ADD CONSTRAINT item_state CHECK (state IN ('draft', 'checked', 'published', 'withdrawn'))",
    "ALTER TABLE item ADD CONSTRAINT item_handling CHECK (handling IN ('instant', 'promised'))",
    "ALTER TABLE item ADD CONSTRAINT item_version CHECK (version >= 1)",
    "ALTER TABLE item ADD CONSTRAINT item_dates CHECK "
    "((state = 'published') = (published_at IS NOT NULL AND withdrawn_at IS NULL))",
    "CREATE UNIQUE INDEX item_one_published ON item (code) WHERE state = 'published'",
    "ALTER TABLE material ADD CONSTRAINT material_source CHECK (source IN ('licence', 'self', 'department'))",
]
