"""One PostgreSQL and one Valkey for the whole run; every test starts on the model county with no people in it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from local.postgres import Postgres
from local.valkey import Valkey
from models import base, schema, seal
from models.actions import load
from models.reads import calendar
from tests.keys import test_ring

COUNTY = Path(__file__).parent.parent / "county"
KEEP = {
    "department",
    "item",
    "material",
    "bundle",
    "hall",
    "window_group",
    "calendar_year",
    "calendar_day",
    "county_load",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one named by TEST_DATABASE_URL, or our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    postgres = Postgres(tmp_path_factory.mktemp("pg"), {"fsync": "off", "synchronous_commit": "off"})
    postgres.start()
    yield postgres.url
    postgres.stop()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_url(server: str) -> AsyncIterator[str]:
    """A fresh database with the schema and the model county, dropped afterwards."""
    name = f"yimen_test_{uuid4().hex[:12]}"
    await _admin(server, f'CREATE DATABASE "{name}"')
    head, _, tail = server.partition("?")
    url = head.rsplit("/", 1)[0] + f"/{name}" + (f"?{tail}" if tail else "")
    seal.use(test_ring())
    await schema.migrate(url)
    await base.connect(url, pool=4, name="tests-load")
    await load.load(COUNTY, lambda _: None, False)
    await base.disconnect()
    yield url
    await _admin(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _admin(server: str, sql: str) -> None:
    await base.connect(server, pool=1, name="tests-admin")
    await base.script(sql)
    await base.disconnect()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def connected(database_url: str) -> AsyncIterator[str]:
    """The database open for this process."""
    seal.use(test_ring())
    await base.connect(database_url, pool=12, name="tests")
    yield database_url
    await base.disconnect()


@pytest_asyncio.fixture(loop_scope="session")
async def db(connected: str) -> AsyncIterator[str]:
    """An empty house on the model county: everything but the catalogue is cleared before the test."""
    await clear()
    calendar.forget()
    yield connected


async def clear() -> None:
    """Empty every table of people and cases (TRUNCATE passes by the append-only triggers)."""
    found = await base.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'tortoise%'"
    )
    names = [row["tablename"] for row in found if row["tablename"] not in KEEP]
    await base.script("TRUNCATE " + ", ".join(f'"{name}"' for name in names) + " CASCADE")


@pytest.fixture
def together() -> Any:
    """Run many coroutines at once and give every result or exception."""

    async def run(*coroutines: Any) -> list[Any]:
        return await asyncio.gather(*coroutines, return_exceptions=True)

    return run
