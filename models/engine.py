"""The PostgreSQL engine as Tortoise wants it named, with two limits it lacks.

A connection is waited for 3 s at the most (TimeoutError, answered as 503), and nothing is reset on release, because
`unit()` ends every transaction and no code sets session state: one round trip less per query.
"""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

ACQUIRE_SECONDS = 3.0


class _Pool(asyncpg.Pool):  # type: ignore[misc]
    __slots__ = ()

    async def _acquire(self, timeout: float | None) -> Any:  # noqa: ASYNC109  (asyncpg's own signature)
        return await super()._acquire(timeout or ACQUIRE_SECONDS)


async def _keep(_: Any) -> None:
    return None


class Client(AsyncpgDBClient):
    async def create_pool(self, **settings: Any) -> asyncpg.Pool:
        loop = settings.pop("loop", None)
        kind = settings.pop("connection_class")
        least, most = settings.pop("min_size"), settings.pop("max_size")
        return await _Pool(
            min_size=least,
            max_size=most,
            max_queries=50_000,
            max_inactive_connection_lifetime=300.0,
            connection_class=kind,
            record_class=asyncpg.Record,
            loop=loop,
            reset=_keep,
            **settings,
        )


client_class = Client
