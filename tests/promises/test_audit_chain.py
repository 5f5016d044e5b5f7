"""P15: whatever is done to the audit table behind our back is found, and where; no plain view without its row."""

import random
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from asyncpg import RaiseError
from tortoise.exceptions import OperationalError

from models.actions import audit, reveal
from models.audit import Audit
from models.base import execute, rows, unit
from models.rules.permits import Actor
from tests import people

pytestmark = pytest.mark.database
LENGTH, TAMPERINGS = 40, 25


async def grown(db: str) -> list[int]:
    """A chain of forty rows. Gives their numbers."""
    wang = Actor("staff", id=UUID(int=7), name="王芳")

    async def body() -> None:
        for n in range(LENGTH):
            await audit.record(wang, "person.phone_viewed", f"case:{n}", "办件核对", n=n)

    await unit(body)
    assert await audit.verify() == (LENGTH, None)
    return list(range(1, LENGTH + 1))


async def behind_our_back(sql: str, *values: object) -> None:
    """As the database's owner: with the triggers shut off."""

    async def body() -> None:
        await execute("SET LOCAL session_replication_role = replica")
        await execute(sql, *values)

    await unit(body)


async def _edit(seq: int, chance: random.Random) -> int:
    column, value = chance.choice([("actor", "staff:nobody"), ("subject", "case:other"), ("purpose", "别的"),
                                   ("act", "nothing"), ("detail", '{"n": -1}')])  # fmt: skip
    cast = "::jsonb" if column == "detail" else ""
    await behind_our_back(f"UPDATE audit SET {column} = $2{cast} WHERE seq = $1", seq, value)
    return seq


async def _later(seq: int, _: random.Random) -> int:
    await behind_our_back("UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = $1", seq)
    return seq


async def _delete(seq: int, _: random.Random) -> int:
    await behind_our_back("DELETE FROM audit WHERE seq = $1", seq)
    return seq


async def _delete_and_close(seq: int, _: random.Random) -> int:
    """The gap closed: every later row moves down by one."""
    await behind_our_back("DELETE FROM audit WHERE seq = $1", seq)
    await behind_our_back("UPDATE audit SET seq = -seq WHERE seq > $1", seq)
    await behind_our_back("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")
    return seq


async def _insert(seq: int, _: random.Random) -> int:
    await behind_our_back("UPDATE audit SET seq = -seq WHERE seq >= $1", seq)
    await behind_our_back("UPDATE audit SET seq = -seq + 1 WHERE seq < 0")
    await behind_our_back(
        "INSERT INTO audit (seq, at, actor, act, subject, purpose, detail, mac) "
        "SELECT $1, at, actor, act, 'case:more', purpose, detail, mac FROM audit WHERE seq = $2",
        seq, seq + 1,
    )  # fmt: skip
    return seq


async def _swap(seq: int, _: random.Random) -> int:
    await behind_our_back("UPDATE audit SET seq = CASE seq WHEN $1 THEN -$2::bigint ELSE -$1::bigint END "
                          "WHERE seq IN ($1, $2)", seq, seq + 1)  # fmt: skip
    await behind_our_back("UPDATE audit SET seq = -seq WHERE seq < 0")
    return seq


WAYS: dict[str, Callable[[int, random.Random], Awaitable[int]]] = {
    "edit": _edit, "later": _later, "delete": _delete, "close": _delete_and_close, "insert": _insert, "swap": _swap,
}  # fmt: skip


async def every_tampering_is_located(db: str, way: str) -> None:
    """Some tries of one way at random places: each is found at its place."""
    chance = random.Random(way)
    for _ in range(TAMPERINGS // len(WAYS)):
        await rows("TRUNCATE audit")
        numbers = await grown(db)
        at = await WAYS[way](chance.choice(numbers[:-1]), chance)
        assert await audit.verify() == (at - 1, at), way


@pytest.mark.parametrize("way", WAYS)
async def test_tampering_is_located(db: str, way: str) -> None:
    await every_tampering_is_located(db, way)


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"delete"}))  # a gap in the numbers shows anyway
async def test_an_unkeyed_chain_is_found_out(db: str, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Sabotage: the MAC does not cover the row."""
    monkeypatch.setattr(audit, "_mac", lambda *_: "0" * 64)
    with pytest.raises(AssertionError):
        await every_tampering_is_located(db, way)


async def test_the_table_itself_refuses_changes(db: str) -> None:
    await grown(db)
    for sql in ("UPDATE audit SET actor = 'x' WHERE seq = 1", "DELETE FROM audit WHERE seq = 1"):
        with pytest.raises(RaiseError, match="append-only"):
            await execute(sql)
    assert await audit.verify() == (LENGTH, None)


async def test_no_plain_view_without_its_row(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is written before the value is given out, in one transaction: no row, no value."""
    case, wang = await people.submitted(await people.citizen()), await people.clerk()
    before = await Audit.all().count()
    assert await reveal.plain(wang, case, "id_number", "核对") == people.LI_ID
    assert await Audit.all().count() == before + 1

    async def away(*_: object, **__: object) -> None:
        raise OperationalError("the audit table is away")

    monkeypatch.setattr(audit, "record", away)
    with pytest.raises(OperationalError):
        await reveal.plain(wang, case, "id_number", "核对")
    assert await Audit.all().count() == before + 1


async def test_parallel_writers_make_one_chain(db: str, together: Callable[..., Awaitable[list[object]]]) -> None:
    wang = Actor("staff", id=UUID(int=7), name="王芳")

    async def one(n: int) -> None:
        await unit(lambda: audit.record(wang, "case.searched", f"case:{n}"))

    assert await together(*(one(n) for n in range(30))) == [None] * 30
    assert await audit.verify() == (30, None)
