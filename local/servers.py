"""PostgreSQL and Valkey for one data folder: those the settings name, or our own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from local.postgres import Postgres
from local.process import LocalError, Lock
from local.valkey import Valkey
from settings import Settings

GATE = "PREPARING"  # names the lock file `make run` holds while it brings the database up to date


class Servers:
    """The embedded servers the settings leave to us."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.postgres = Postgres(settings.var / "postgres") if settings.database_url is None else None
        self.valkey = Valkey(settings.var / "valkey") if settings.redis_url is None else None

    @property
    def settings(self) -> Settings:
        """The settings with both addresses filled in."""
        return replace(
            self._settings,
            database_url=self.postgres.url if self.postgres else self._settings.database_url,
            redis_url=self.valkey.url if self.valkey else self._settings.redis_url,
        )

    def start(self) -> None:
        if self.postgres:
            self.postgres.start()
        if self.valkey:
            self.valkey.start()

    def fallen(self) -> list[Postgres | Valkey]:
        """Those that were started and have died since."""
        return [server for server in (self.postgres, self.valkey) if server and server.fallen]

    def stop(self) -> None:
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()


@contextmanager
def servers(settings: Settings) -> Iterator[Settings]:
    """Settings with both addresses, for one command: servers already running on this data folder are used as they are,
    missing ones are started and stopped with the command. A program of `make run` waits here until the database is up
    to date: it is read in while that goes on. Call from the main thread. Raises LocalError."""
    if gate := os.environ.get(GATE):
        Lock(Path(gate)).wait()
    ours = Servers(settings)
    started: list[Postgres | Valkey] = []
    try:
        for server in (ours.postgres, ours.valkey):
            if server is None:
                continue
            try:
                server.start()
                started.append(server)
            except LocalError as error:
                if not error.code.endswith("_locked"):
                    raise
        yield ours.settings
    finally:
        for server in reversed(started):
            server.stop()
