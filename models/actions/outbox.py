"""Put what is owed into the outbox; claim and settle it for the relay. All lease times are the database's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.base import execute, new_id, now, rows
from models.outbox import Outbox
from models.seal import SealError

WAKE = "outbox"
LEASE_SECONDS = 15


async def put(
    topic: str, subject_id: UUID, audience: str, payload: dict[str, Any], dedupe_key: str, class_: str = "must"
) -> None:
    """Owe one message, in the open unit. The payload is sealed: it may name a phone. A known key is owed once."""
    id_ = new_id()
    await execute(
        "WITH owed AS (INSERT INTO outbox (id, created_at, dedupe_key, topic, subject_id, audience, payload_sealed, "
        "class, state, attempts, next_at, fence, last_error) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', 0, now(), 0, '') ON CONFLICT (dedupe_key) DO NOTHING) "
        "SELECT pg_notify($9, $4)",
        id_, now(), dedupe_key, topic, subject_id, audience, Outbox.PAYLOAD.seal_json(id_, payload), class_, WAKE,
    )  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """A claimed message. `fence` must still hold when it is settled."""

    id: UUID
    topic: str
    subject_id: UUID
    audience: str
    payload: dict[str, Any]
    class_: str
    attempts: int
    fence: int
    created_at: datetime


async def claim(topics: list[str], most: int = 1) -> list[Owed]:
    """Take up to `most` due messages under a lease of 15 s; nobody else gets them until it ends."""
    found = await rows(
        "UPDATE outbox SET leased_until = now() + make_interval(secs => $3), fence = fence + 1, "
        "attempts = attempts + 1 WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND next_at <= now() "
        "AND (leased_until IS NULL OR leased_until < now()) AND topic = ANY($1) "
        "ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING *",
        topics, most, float(LEASE_SECONDS),
    )  # fmt: skip
    owed = []
    for row in found:
        try:
            payload = Outbox.PAYLOAD.open_json(row["id"], row["payload_sealed"])
        except (SealError, ValueError):
            await _put_off(row["id"], row["fence"])
            continue
        owed.append(
            Owed(
                row["id"], row["topic"], row["subject_id"], row["audience"], payload, row["class"], row["attempts"],
                row["fence"], row["created_at"],
            )
        )  # fmt: skip
    return owed


async def _put_off(id_: UUID, fence: int) -> None:
    """A payload that does not open (damaged, or its key is not here) stops no other; after four hours it is dead."""
    await execute(
        "UPDATE outbox SET leased_until = NULL, next_at = now() + interval '5 minutes', last_error = $3, "
        "state = CASE WHEN created_at < now() - interval '4 hours' THEN 'dead' ELSE state END, "
        "done_at = CASE WHEN created_at < now() - interval '4 hours' THEN now() END WHERE id = $1 AND fence = $2",
        id_, fence, "payload_does_not_open",
    )  # fmt: skip


async def settle(owed: Owed, state: str, error: str = "") -> bool:
    """Write the end of a message: sent, dead, unknown or dropped. False when the fence no longer holds."""
    return bool(
        await execute(
            "UPDATE outbox SET state = $3, last_error = $4, done_at = now(), leased_until = NULL "
            "WHERE id = $1 AND fence = $2 AND state = 'pending'",
            owed.id, owed.fence, state, error[:200],
        )
    )  # fmt: skip


async def settle_sent(many: list[Owed]) -> None:
    """Acknowledge a batch of handed-over messages in one statement."""
    await execute(
        "UPDATE outbox SET state = 'sent', done_at = now(), leased_until = NULL, last_error = '' "
        "FROM unnest($1::uuid[], $2::bigint[]) AS held(id, fence) "
        "WHERE outbox.id = held.id AND outbox.fence = held.fence AND state = 'pending'",
        [owed.id for owed in many], [owed.fence for owed in many],
    )  # fmt: skip


async def again(owed: Owed, seconds: float, error: str) -> bool:
    """Give a message back, to be tried after `seconds`."""
    return bool(
        await execute(
            "UPDATE outbox SET next_at = now() + make_interval(secs => $3), leased_until = NULL, last_error = $4 "
            "WHERE id = $1 AND fence = $2 AND state = 'pending'",
            owed.id, owed.fence, float(seconds), error[:200],
        )
    )  # fmt: skip


async def forget_old() -> int:
    """Drop what was handed over or needed no handing over 30 days ago; what never arrived stays in sight."""
    return await execute(
        "DELETE FROM outbox WHERE state IN ('sent', 'dropped') AND done_at < now() - interval '30 days'"
    )
