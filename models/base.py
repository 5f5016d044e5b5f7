"""The ground floor: the clock, ids, the base row, refusals and the one way to open a transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import uuid_utils
from tortoise import Tortoise, fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.models import Model
from tortoise.transactions import in_transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")
T = TypeVar("T")

SUBJECTS = (
    "catalogue", "hall", "people", "paper", "case", "promise", "project", "supervision", "licence", "appointment",
    "ticket", "outbox", "audit",
)  # fmt: skip
TABLES = [f"models.{subject}" for subject in SUBJECTS]


def now() -> datetime:
    """The present, in UTC. The only clock of the house."""
    return datetime.now(UTC)


def today() -> date:
    """The local date in the county (R27)."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """A stored UTC time as the county's wall clock shows it."""
    return moment.astimezone(SHANGHAI)


def new_id() -> UUID:
    """A UUIDv7: sorts by time, says nothing about a person."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


class Row(Model):
    """Base of every table with a random id."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        abstract = True


@dataclass
class Refusal(Exception):
    """An expected no: a stable English code, an HTTP status and Chinese words that say what to do next."""

    code: str
    status: int
    words: str
    errors: list[dict[str, str]] = field(default_factory=list)
    retry_after: int | None = None

    def __str__(self) -> str:
        return self.code


def not_found(words: str = "没有找到，可能已经删除，或不是您的") -> Refusal:
    """The same answer for what is absent and for what is not yours, so that ids cannot be probed."""
    return Refusal("not_found", 404, words)


# ------------------------------------------------------------------ the database


def credentials(url: str) -> dict[str, Any]:
    """Connection arguments of a PostgreSQL URL; `?host=/folder` names a unix socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "host": query.get("host") or parts.hostname or "127.0.0.1",
        "port": parts.port or 5432,
        "user": unquote(parts.username or query.get("user") or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/"),
    }


def tortoise_config(url: str, *, pool: int = 10, name: str = "yimen") -> dict[str, Any]:
    """Tortoise's configuration for a PostgreSQL URL."""
    settings: dict[str, Any] = {
        **credentials(url),
        "minsize": 1,
        "maxsize": pool,
        "application_name": name,
        "server_settings": {
            "statement_timeout": "5000",
            "lock_timeout": "2000",
            "idle_in_transaction_session_timeout": "15000",
            "timezone": "UTC",
        },
    }
    return {
        "connections": {"default": {"engine": "models.engine", "credentials": settings}},
        "apps": {"models": {"models": TABLES, "default_connection": "default", "migrations": "models.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(url: str, *, pool: int = 10, name: str = "yimen") -> TortoiseContext:
    """Open the database for this process. The fallback lets tasks started before the call see it too."""
    return await Tortoise.init(config=tortoise_config(url, pool=pool, name=name), _enable_global_fallback=True)


async def disconnect() -> None:
    await Tortoise.close_connections()


_open: ContextVar[BaseDBAsyncClient | None] = ContextVar("unit", default=None)


async def unit(body: Callable[[], Awaitable[T]]) -> T:
    """Run `body` in one transaction: all of it lasts, or none.

    The body runs in a task of its own and is shielded: a cancelled request must not be torn out of BEGIN or COMMIT,
    where Tortoise 1.1.9 loses the pool's slot. Called inside another unit it joins it. No network call belongs inside.
    """
    if _open.get() is not None:
        return await body()

    async def whole() -> T:
        async with in_transaction() as connection:
            _open.set(connection)
            return await body()

    task = asyncio.ensure_future(whole())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()
        raise


def in_unit() -> bool:
    """Whether a transaction is open here."""
    return _open.get() is not None


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of a hand-written statement, in the open unit if there is one."""
    connection = _open.get() or get_connection("default")
    return [dict(row) for row in await connection.execute_query_dict(sql, list(values))]


async def execute(sql: str, *values: Any) -> int:
    """The number of rows a hand-written statement touched."""
    connection = _open.get() or get_connection("default")
    count, _ = await connection.execute_query(sql, list(values))
    return count


async def script(sql: str) -> None:
    await get_connection("default").execute_script(sql)
