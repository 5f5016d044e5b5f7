"""A million open cases: what a minute's alarms, the supervision board and the sweep cost then (issue 3).

A PostgreSQL of its own, as `make run` starts it, loaded by bench/million.py and thrown away afterwards.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench import million
from bench.figures import Figure, middle
from local.postgres import Postgres
from models import base, schema, seal
from models.actions import alarms, load
from models.reads import calendar, supervision, sweep
from models.rules.permits import Actor
from tests.keys import test_ring
from workers.alarms import MOST

COUNTY = Path(__file__).parent.parent / "county"
ROUNDS = 15
# Nothing here must outlive a power cut: only the reading is measured, and that is untouched by these.
LOADING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "8GB"}


async def _times(act: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> list[float]:
    """Seconds of each of `rounds` calls, one before them left out: a board is looked at all day."""
    await act()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await act()
        taken.append(time.perf_counter() - began)
    return taken


async def _busiest() -> tuple[datetime, int]:
    """The end of the minute in which most alarms are due, and how many: the worker's hardest."""
    found = await base.rows(
        "SELECT date_trunc('minute', due_at) AS at, count(*) AS n FROM alarm WHERE done_at IS NULL "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    return found[0]["at"] + timedelta(minutes=1), int(found[0]["n"])


async def _measured(cases: int) -> list[Figure]:
    me = Actor("staff", id=base.new_id(), name="周督", roles=frozenset({"supervisor"}))
    at, together = await _busiest()
    with patch.object(alarms, "now", lambda: at):
        scan = await _times(lambda: alarms.due(MOST))
        crowd = await _times(lambda: alarms.due(together), 3)
    whole = await _times(lambda: supervision.board(me))
    one = await _times(lambda: supervision.board(me, "department", "SJ"))
    green = await _times(lambda: supervision.board(me, "green"))
    listed = await _times(lambda: supervision.column(me, 1))
    swept = await _times(lambda: sweep.orphans(), 1)
    of = f"of {cases:,} open cases"
    return [
        middle(f"due-scan in the busiest minute {of}", scan, 50),
        middle(f"  all {together:,} alarms of that minute at once", crowd),
        middle(f"board {of}", whole, 300),
        middle("  one department's", one, 300),
        middle(f"  the green channel's, {cases // 2000:,} cases", green, 300),
        middle("  a column whole, a hundred at a time", listed),
        middle("  sweep for orphans (every night)", swept),
    ]


async def _work(url: str, cases: int) -> list[Figure]:
    seal.use(test_ring())
    await schema.migrate(url)
    await base.connect(url, pool=1, name="yimen-bench")  # one connection: what is set for loading holds
    try:
        await load.load(COUNTY, lambda _: None, False)
        calendar.forget()
        began = time.perf_counter()
        await million.fill(cases)
        took = time.perf_counter() - began
        return [*await _measured(cases), Figure("  loading them", took, "s")]
    finally:
        await base.disconnect()


def measure(cases: int) -> list[Figure]:
    """The figures for `cases` open cases on a server and a folder of their own."""
    folder = Path(tempfile.mkdtemp(prefix="yimen-million-"))
    postgres = Postgres(folder / "pg", LOADING)
    try:
        postgres.start()
        return asyncio.run(_work(postgres.url, cases))
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
