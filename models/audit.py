"""Who did or saw what: append-only, each row chained to the one before by a keyed MAC."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.base import now


class Audit(Model):
    """One act or one plain view of personal data. `mac` covers the row and the mac before it."""

    seq = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField(default=now)
    actor = fields.CharField(max_length=60)
    act = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=80)
    purpose = fields.CharField(max_length=120, default="")
    detail: Any = fields.JSONField(default=dict)
    mac = fields.CharField(max_length=64)

    class Meta:
        table = "audit"


APPEND_ONLY = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""

CONSTRAINTS = [
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE INDEX audit_draws ON audit (at) WHERE act IN ('inspection.draw','inspection.seed')",
]
