"""Where one goes: halls, their windows, and the days on which they work."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.base import Row


class Hall(Model):
    """A county hall, a town hall or a village station. The code is the 4 digits of a case number (R10).

    `example`: names of the fields whose values are invented for the model county (address, phone, hours).
    """

    code = fields.CharField(max_length=4, primary_key=True)
    tier = fields.CharField(max_length=8)
    name = fields.CharField(max_length=60)
    parent: fields.ForeignKeyNullableRelation[Hall] = fields.ForeignKeyField(
        "models.Hall", related_name="children", null=True, on_delete=fields.RESTRICT
    )
    parent_id: str | None
    region = fields.CharField(max_length=12)
    official = fields.CharField(max_length=60, null=True)
    address = fields.CharField(max_length=120, null=True)
    phone = fields.CharField(max_length=20, null=True)
    hours: fields.Field[dict[str, Any]] = fields.JSONField()
    example: fields.Field[list[str]] = fields.JSONField()
    remark = fields.TextField(null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "hall"


class WindowGroup(Row):
    """Windows of one kind in one hall: 综合窗口, 专窗, 协调, 出件. `departments` empty: takes every county item."""

    hall: fields.ForeignKeyRelation[Hall] = fields.ForeignKeyField(
        "models.Hall", related_name="window_groups", on_delete=fields.CASCADE
    )
    hall_id: str
    code = fields.CharField(max_length=2)
    name = fields.CharField(max_length=60)
    kind = fields.CharField(max_length=16)
    windows = fields.IntField()
    slot_minutes = fields.IntField(null=True)
    per_slot = fields.IntField(null=True)
    departments: fields.Field[list[str]] = fields.JSONField()
    elsewhere = fields.BooleanField(default=False)
    example = fields.BooleanField(default=False)

    class Meta:
        table = "window_group"
        unique_together = (("hall", "code"),)


class CalendarYear(Model):
    """One year of the working-day calendar (R26). `published` false: weekends only, and people are told so."""

    year = fields.IntField(primary_key=True, generated=False)
    notice = fields.CharField(max_length=60, null=True)
    published = fields.BooleanField()
    remark = fields.TextField(null=True)

    class Meta:
        table = "calendar_year"


class CalendarDay(Model):
    """A day that differs from the plain week: `off` without work, `worked` a weekend day that is worked (调休)."""

    date = fields.DateField(primary_key=True)
    kind = fields.CharField(max_length=8)
    name = fields.CharField(max_length=40)

    class Meta:
        table = "calendar_day"


CONSTRAINTS: list[str] = [
    "ALTER TABLE hall ADD CONSTRAINT hall_code CHECK (code ~ '^[0-9]{4}$')",
    "ALTER TABLE hall ADD CONSTRAINT hall_tier CHECK (tier IN ('county', 'town', 'village'))",
    "ALTER TABLE hall ADD CONSTRAINT hall_parent CHECK ((tier = 'county') = (parent_id IS NULL))",
    "ALTER TABLE window_group ADD CONSTRAINT window_group_kind CHECK "
    "(kind IN ('comprehensive', 'specialist', 'coordination', 'delivery', 'convenience'))",
    "ALTER TABLE window_group ADD CONSTRAINT window_group_windows CHECK (windows >= 1)",
    "ALTER TABLE calendar_day ADD CONSTRAINT calendar_day_kind CHECK (kind IN ('off', 'worked'))",
    "ALTER TABLE calendar_day ADD CONSTRAINT calendar_day_worked CHECK "
    "(kind <> 'worked' OR extract(isodow FROM date) IN (6, 7))",
    "ALTER TABLE calendar_year ADD CONSTRAINT calendar_year_notice CHECK (NOT published OR notice IS NOT NULL)",
]
