"""P3, P4: a dead worker's messages are taken over after the lease; a paused one changes nothing when it wakes."""

import asyncio
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.actions import outbox
from models.base import execute, new_id, now, rows, unit
from models.outbox import Outbox
from tests.promises.house import House, link_departments, soon, standing

pytestmark = pytest.mark.database
LEASE = 3.0  # a worker on a busy machine must still get every message out within it
MESSAGES = 8


@pytest.fixture
def house(db: str, tmp_path: Path) -> Iterator[House]:
    with standing(tmp_path / "h", db) as found:
        yield found


async def owe(count: int) -> None:
    """Text messages to as many phones."""

    async def body() -> None:
        for n in range(count):
            id_ = new_id()
            payload = {"phone": f"1390000{n:04d}", "template": "code", "params": {"code": "123456", "minutes": "5"}}
            await outbox.put("sms", id_, "phone", payload, f"sms:{id_}")

    await unit(body)


async def states() -> dict[str, int]:
    return {row["state"]: row["n"] for row in await rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")}


async def held() -> int:
    found = await rows("SELECT count(*) AS n FROM outbox WHERE leased_until > now()")
    return int(found[0]["n"])


async def all_sent(seconds: float) -> None:
    async def done() -> bool:
        return await states() == {"sent": MESSAGES}

    await soon(done, "every message to be sent", seconds)


def received(house: House) -> list[int]:
    """How many messages each phone got."""
    return [len(house.sandbox.messages(f"1390000{n:04d}")) for n in range(MESSAGES)]


async def in_hand(house: House, *options: str) -> Any:
    """A worker that has every message in hand while the gateway thinks for a long time."""
    house.sandbox.fault("/sms/send", MESSAGES, delay_ms=60_000)
    await owe(MESSAGES)
    worker = house.worker("--lease", str(LEASE), *options)

    async def busy() -> bool:
        return await held() == MESSAGES and not house.sandbox.world.faults.rows

    await soon(busy, "the worker to take every message", 20)
    return worker


async def test_a_killed_workers_messages_are_taken_after_the_lease(house: House) -> None:
    await link_departments(house)
    worker = await in_hand(house)
    house.end(worker, signal.SIGKILL)
    house.worker("--lease", str(LEASE))
    await all_sent(20)
    assert received(house) == [1] * MESSAGES
    assert {row["attempts"] for row in await rows("SELECT attempts FROM outbox")} == {2}


async def test_a_paused_worker_changes_nothing_when_it_wakes(house: House) -> None:
    """SIGSTOP past the lease: another carries on, and the sleeper's late answers are refused by the fence."""
    await link_departments(house)
    paused = await in_hand(house)
    paused.send_signal(signal.SIGSTOP)
    house.worker("--lease", str(LEASE))
    await all_sent(20)
    before = await rows("SELECT id, state, fence, attempts, done_at FROM outbox ORDER BY id")
    paused.send_signal(signal.SIGCONT)
    await asyncio.sleep(2.5)
    assert await rows("SELECT id, state, fence, attempts, done_at FROM outbox ORDER BY id") == before
    assert received(house) == [1] * MESSAGES


async def stale_holder_is_refused() -> None:
    """A holder whose lease ran out can settle, give back or acknowledge nothing; the new holder can."""
    await owe(1)
    old = (await outbox.claim(["sms"]))[0]
    await execute("UPDATE outbox SET leased_until = now() - interval '1 second'")
    new = (await outbox.claim(["sms"]))[0]
    assert new.id == old.id and new.fence == old.fence + 1
    assert not await outbox.settle(old, "dead", "late")
    assert not await outbox.again(old, 60, "late")
    await outbox.settle_sent([old])
    assert await states() == {"pending": 1} and await held() == 1
    assert await outbox.settle(new, "sent")
    await outbox.settle_sent([old])
    assert not await outbox.again(old, 0, "late")
    assert await states() == {"sent": 1}


async def test_the_fence(db: str) -> None:
    await stale_holder_is_refused()


@pytest.mark.parametrize("verb", ["settle", "again", "settle_sent"])
async def test_without_the_fence_the_stale_holder_is_found_out(
    db: str, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """Sabotage: one statement at a time forgets `and fence = n`."""
    mark = {"settle": "SET state = $3", "again": "SET next_at", "settle_sent": "FROM unnest"}[verb]

    async def unfenced(sql: str, *values: Any) -> int:
        if mark in sql:
            sql = re.sub(r"fence = (\$2|held\.fence)", r"fence >= 0 AND \1 IS NOT NULL", sql)
            sql = sql.replace("$2 IS", "$2::bigint IS")
        return await execute(sql, *values)

    monkeypatch.setattr(outbox, "execute", unfenced)
    with pytest.raises(AssertionError):
        await stale_holder_is_refused()


async def nobody_gets_what_another_holds() -> None:
    """While a lease runs, nobody else is given the message, however many ask at once."""
    await owe(MESSAGES)
    got = await asyncio.gather(*(outbox.claim(["sms"], 3) for _ in range(8)))
    ids = [owed.id for found in got for owed in found]
    assert len(ids) == len(set(ids)) == MESSAGES
    assert await outbox.claim(["sms"], MESSAGES) == []


async def test_the_lease(db: str) -> None:
    await nobody_gets_what_another_holds()


async def test_without_a_lease_work_is_done_twice(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LEASE_SECONDS", 0)
    with pytest.raises(AssertionError):
        await nobody_gets_what_another_holds()


async def test_one_message_that_does_not_open_stops_no_other(db: str) -> None:
    """A damaged row (a restored backup, a meddled table) waits and in the end is dead; the rest is carried."""
    await owe(MESSAGES)
    first = await Outbox.all().order_by("next_at", "id").first()
    assert first is not None
    await execute("UPDATE outbox SET payload_sealed = $2 WHERE id = $1", first.id, "bm90IGFuIGVudmVsb3Bl")
    got = await outbox.claim(["sms"], MESSAGES)
    assert len(got) == MESSAGES - 1 and first.id not in {owed.id for owed in got}
    row = await Outbox.get(id=first.id)
    assert (row.state, row.last_error) == ("pending", "payload_does_not_open") and row.next_at > now()
    await execute("UPDATE outbox SET next_at = now(), created_at = now() - interval '5 hours' WHERE id = $1", first.id)
    assert await outbox.claim(["sms"], MESSAGES) == []
    assert (await Outbox.get(id=first.id)).state == "dead"
