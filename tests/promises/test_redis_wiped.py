"""P2: Redis holds no work. Wiped and killed with messages, photographs and alarms pending, nothing is lost."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.actions import acceptance, cases
from models.base import execute, now, rows
from models.catalogue import Item
from models.rules import notices
from models.rules.permits import Actor
from tests import people
from tests.api.door import Web
from tests.photographs import jpeg
from tests.photographs import page as printed
from tests.promises.house import House, inside, link_departments, soon, standing

pytestmark = pytest.mark.database
CASES, PHOTOS = 6, 3
TEMPLATES = [template.id for template in notices.TEMPLATES.values()]


@pytest.fixture
def house(db: str, tmp_path: Path) -> Iterator[House]:
    with standing(tmp_path / "h", db) as found:
        yield found


async def file_and_photograph(web: Web) -> None:
    """Six cases handed in, the fire brigade's and two others accepted; three photographs; an alarm due. No worker."""
    phone, token = await web.li()
    for _ in range(2 * CASES):
        web.sandbox.control("POST", f"phones/{phone['phone']}/consents", dict.fromkeys(TEMPLATES, "accept"))
    me = await web.get("/me", token)
    li, wang = Actor("citizen", id=UUID(me["id"])), await people.clerk()
    items = await Item.filter(state="published").order_by("code")
    codes = ["XF01", *(item.code for item in items if "person" in item.subjects and item.code != "XF01")][:CASES]
    for n, code in enumerate(codes):
        case = await people.draft(li, code)
        answer = await web.call("POST", f"/cases/{case}/submit", {}, token, idempotency_key=f"hand-in-{n}")
        assert answer.status_code == 200, answer.text
        if n % 2 == 0:
            await cases.receive(wang, case)
            await acceptance.accept(wang, case)
    assert len(codes) == CASES
    picture = jpeg(printed("health").resize((900, 1273)))
    for _ in range(PHOTOS):
        answer = await web.http.post(
            "/api/v1/uploads/photo",
            files={"file": ("p.jpg", picture, "image/jpeg")},
            headers={"authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 201, answer.text
    await execute(
        "UPDATE alarm SET due_at = $1 WHERE verb = 'deem_accept' AND done_at IS NULL", now() - timedelta(seconds=1)
    )


async def left() -> dict[str, int]:
    """What is still owed, by kind."""
    found = await rows(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'pending') AS messages, "
        "(SELECT count(*) FROM upload WHERE state = 'checking') AS photos, "
        "(SELECT count(*) FROM alarm WHERE done_at IS NULL AND due_at <= $1) AS alarms",
        now(),
    )
    return dict(found[0])


async def everything_is_carried(seconds: float) -> None:
    """Every message, photograph and due alarm is dealt with; AssertionError otherwise."""

    async def nothing_left() -> bool:
        return not any((await left()).values())

    await soon(nothing_left, "the database's work to be done", seconds)
    states = {row["state"] for row in await rows("SELECT DISTINCT state FROM outbox")}
    assert states == {"sent"}, states
    assert {row["state"] for row in await rows("SELECT DISTINCT state FROM upload WHERE length > 1000")} == {"ready"}


async def test_nothing_is_lost_with_redis(house: House) -> None:
    async with inside(house) as web:
        await link_departments(house)
        await file_and_photograph(web)
        before = await left()
        assert before["messages"] > 2 * CASES and before["photos"] == PHOTOS and before["alarms"] == CASES // 2, before
        house.wipe_redis()
        house.valkey.start()
        house.worker()
        await everything_is_carried(40)
        deemed = await rows("SELECT count(*) AS n FROM event WHERE verb = 'deem_accept'")
        assert deemed[0]["n"] == CASES // 2


async def test_the_counter_stays_open_while_redis_is_away(house: House) -> None:
    """Handing in and sending photographs work on; a failed queue is only a warning."""
    async with inside(house) as web:
        house.wipe_redis()
        await file_and_photograph(web)
        ready = await web.http.get("/readyz")
        assert ready.status_code == 200 and ready.json()["redis"] == "away"
        assert (await left())["photos"] == PHOTOS


async def test_a_worker_comes_back_after_redis(house: House) -> None:
    """The worker ends when Redis goes; its successor finds everything in the database."""
    async with inside(house) as web:
        await link_departments(house)
        worker = house.worker()
        await asyncio.sleep(1)
        house.wipe_redis()
        await file_and_photograph(web)
        house.valkey.start()
        if worker.poll() is None:
            await soon(lambda: _gone_or_done(worker), "the worker to end or go on", 30)
        if worker.poll() is not None:
            house.worker()
        await everything_is_carried(40)


async def _gone_or_done(worker: Any) -> bool:
    return worker.poll() is not None or not any((await left()).values())


async def test_a_worker_that_reads_redis_alone_is_found_out(house: House) -> None:
    async with inside(house) as web:
        await link_departments(house)
        await file_and_photograph(web)
        house.wipe_redis()
        house.valkey.start()
        house.worker("--sabotage", "redis_only")
        with pytest.raises(AssertionError):
            await everything_is_carried(5)
