"""Count tries at the doors, in the database: a restart or a second process forgives nothing (promises 3.7)."""

from datetime import timedelta

from models.base import execute, now, rows
from models.people import Attempt
from models.rules.contacts import LIMITS, too_many
from models.seal import ring

LONGEST = max(limit.within for limits in LIMITS.values() for limit in limits)


def index(who: str) -> str:
    """The keyed index under which tries are counted; an address or phone is not readable from the table."""
    return ring().blind("attempt:who", who)


async def lock(name: str) -> None:
    """Let one transaction at a time work on `name` (an openid, phone or ID number that may not have a row yet)."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


async def check(door: str, who: str) -> None:
    """Refuse with `too_many_attempts` (429, Retry-After) when a limit of the door is reached."""
    for limit in LIMITS[door]:
        found = await rows(
            "SELECT count(*) AS n, min(created_at) AS oldest FROM (SELECT created_at FROM attempt WHERE door = $1 "
            "AND who = $2 AND created_at > $3 ORDER BY created_at DESC LIMIT $4) AS recent",
            door, index(who), now() - limit.within, limit.most,
        )  # fmt: skip
        if found[0]["n"] >= limit.most:
            raise too_many(max(1, round((found[0]["oldest"] + limit.within - now()).total_seconds())))


async def count(door: str, who: str) -> None:
    """Write down one try."""
    await Attempt.create(door=door, who=index(who))


async def take(door: str, who: str) -> None:
    """Check and count in one, inside the open unit; parallel calls queue up."""
    await lock(f"{door}:{index(who)}")
    await check(door, who)
    await count(door, who)


async def forget_old() -> int:
    """Drop tries no limit looks at any more; returns how many."""
    return await execute("DELETE FROM attempt WHERE created_at < $1", now() - LONGEST - timedelta(hours=1))
