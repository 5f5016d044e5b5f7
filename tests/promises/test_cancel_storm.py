"""P5: a few hundred requests cancelled at random points leave the pool whole and no half transaction."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from models import base
from models.actions import cases
from models.base import Refusal, execute, rows, unit
from models.rules.permits import Actor
from tests import people

pytestmark = pytest.mark.database
POOL, STORMS = 5, 300


@pytest_asyncio.fixture(loop_scope="session")
async def small_pool(db: str) -> AsyncIterator[str]:
    """The database through five connections, as a small county would have it."""
    await base.disconnect()
    await base.connect(db, pool=POOL, name="storm")
    yield db
    await base.disconnect()
    await base.connect(db, pool=12, name="tests")


async def verb(li: Actor, ids: list[Any], chance: random.Random) -> None:
    """Something a person does: hand in, withdraw, or look."""
    case = chance.choice(ids)
    try:
        await chance.choice([cases.submit, cases.submit, cases.withdraw, cases.acknowledge])(li, case)
    except Refusal:
        await rows("SELECT count(*) FROM event WHERE case_id = $1", case)


async def storm(li: Actor, ids: list[Any], seed: int) -> int:
    """Start requests one after the other, twelve alive at most, and cancel each at a random moment."""
    chance, alive, cancelled = random.Random(seed), set[asyncio.Task[None]](), 0
    for _ in range(STORMS):
        task = asyncio.create_task(verb(li, ids, chance))
        alive.add(task)
        task.add_done_callback(alive.discard)
        await asyncio.sleep(chance.random() * 0.004)
        if len(alive) >= 12 or chance.random() < 0.7:
            victim = chance.choice(sorted(alive, key=id)) if alive else task
            cancelled += victim.cancel()
    for task in list(alive):
        cancelled += task.cancel()
    await asyncio.gather(*alive, return_exceptions=True)
    return cancelled


async def the_house_is_whole(li: Actor) -> None:
    """Every connection is free and usable, and every case is wholly moved or not at all."""

    async def use() -> None:
        await unit(lambda: execute("SELECT pg_sleep(0.05)"))

    async with asyncio.timeout(15):  # a lost connection would be waited for without end
        await asyncio.gather(*(use() for _ in range(POOL)))
    stuck = await rows(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'storm' AND pid <> pg_backend_pid() "
        "AND state <> 'idle'"
    )
    assert stuck == [], stuck
    half = await rows(
        "SELECT c.id, c.state, c.version FROM cases c WHERE "
        "c.version <> (SELECT count(*) FROM event e WHERE e.case_id = c.id) "
        "OR (c.submitted_at IS NOT NULL) <> EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND verb = 'submit') "
        "OR (c.state = 'submitted') <> EXISTS (SELECT 1 FROM clock k WHERE k.case_id = c.id AND stopped_at IS NULL)"
    )
    assert half == [], half
    owed = await rows(
        "SELECT e.id FROM event e WHERE e.verb = 'submit' AND NOT EXISTS "
        "(SELECT 1 FROM notification n WHERE n.event_id = e.id)"
    )
    assert owed == [], owed
    numbers = await rows("SELECT (SELECT sum(last) FROM case_sequence) AS given, count(number) AS used FROM cases")
    assert (numbers[0]["given"] or 0) == numbers[0]["used"], numbers


async def run(seed: int) -> None:
    li = await people.citizen()
    ids = []
    for _ in range(20):
        case = await people.draft(li, "SJ03")
        await execute("UPDATE cases SET applicant_id = id WHERE id = $1", case)
        ids.append(case)
    assert await storm(li, ids, seed) > STORMS // 4
    await the_house_is_whole(li)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_cancelled_requests_leave_nothing_behind(small_pool: str, seed: int) -> None:
    await run(seed)


async def test_an_unshielded_unit_is_found_out(small_pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: `unit` without its shield."""

    async def bare(task: Any) -> Any:
        return await task

    async def at_once(_: Any) -> None:
        return None

    monkeypatch.setattr(base, "asyncio", SimpleNamespace(**{**vars(asyncio), "shield": bare, "wait": at_once}))
    with pytest.raises((AssertionError, TimeoutError, RuntimeError)):
        for seed in range(1, 6):
            await run(seed)


def test_only_unit_opens_a_transaction() -> None:
    home = Path(__file__).parents[2]
    for folder in ("api", "models", "workers"):
        for path in (home / folder).rglob("*.py"):
            if path.name != "base.py":
                assert "in_transaction(" not in path.read_text(), path
