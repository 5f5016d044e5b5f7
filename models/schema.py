"""Bring a database to the present schema: Tortoise's own migrations, one process at a time."""

from collections.abc import Callable
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate as run_migrations

from models.base import credentials, tortoise_config

MIGRATION_LOCK = 7_201_440_230

# What `tortoise makemigrations` compares the tables with; it opens no connection.
CONFIG = tortoise_config("postgres://postgres@127.0.0.1/yimen")


async def migrate(url: str, progress: Callable[[str], None] | None = None) -> None:
    """Apply every outstanding migration. A second caller waits for the first; a killed run goes on where it stopped."""
    config = tortoise_config(url, pool=2, name="yimen-migrate")
    config["connections"]["default"]["credentials"]["server_settings"] = {"timezone": "UTC", "lock_timeout": "10000"}
    guard = await asyncpg.connect(**credentials(url))
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await run_migrations(config=config, progress=_progress(progress))
    finally:
        await Tortoise.close_connections()
        await guard.close()


def _progress(say: Callable[[str], None] | None) -> Callable[[str, str, str], object] | None:
    def report(event: str, app: str, name: Any) -> None:
        if say and "start" in event:
            say(f"{name}")

    return report if say else None
