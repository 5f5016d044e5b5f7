"""The database holds what the tables say: every constraint, index and trigger, and none nobody wrote down."""

import importlib
import re

import pytest

from models.base import TABLES, rows

pytestmark = pytest.mark.database
NAMED = re.compile(
    r"(?:ADD CONSTRAINT|CREATE UNIQUE INDEX|CREATE INDEX|CREATE TRIGGER|CREATE SEQUENCE IF NOT EXISTS) (\w+)"
)


def written() -> set[str]:
    """Names in the CONSTRAINTS lists beside the tables."""
    lines = [line for name in TABLES for line in importlib.import_module(name).CONSTRAINTS]
    return {name for line in lines for name in NAMED.findall(line)}


async def test_the_catalogue_holds_every_written_constraint(db: str) -> None:
    found = await rows(
        "SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public' "
        "UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
        "UNION SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    )
    present = {row["name"] for row in found}
    assert written() <= present, written() - present


async def test_no_check_stands_in_the_database_alone(db: str) -> None:
    found = await rows(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    assert {row["conname"] for row in found} <= written()


async def test_the_tables_are_what_the_models_say(db: str) -> None:
    """A column added without a migration fails here, not at a citizen's first tap."""
    columns = await rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
    present = {(row["table_name"], row["column_name"]) for row in columns}
    for name in TABLES:
        for model in vars(importlib.import_module(name)).values():
            meta = getattr(model, "_meta", None)
            if meta is None or meta.abstract or model.__module__ != name:
                continue
            wanted = {(meta.db_table, column) for column in meta.fields_db_projection.values()}
            assert wanted <= present, wanted - present


async def test_events_and_audit_rows_cannot_be_changed(db: str) -> None:
    await rows("INSERT INTO audit (seq, at, actor, act, subject, purpose, detail, mac) "
               "VALUES (1, now(), 'a', 'b', 'c', '', '{}', 'm')")  # fmt: skip
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(Exception, match="append-only"):
            await rows(statement)
