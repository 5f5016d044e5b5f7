"""One key, one effect: the answer of a writing call is kept with its key, in the transaction of the effect."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.base import Refusal, execute, new_id, now, rows
from models.outbox import Idempotency

KEPT = timedelta(hours=72)


@dataclass
class Claim:
    """A key taken for this call, on the row `id`; `answer` is the earlier answer if there was one."""

    id: UUID
    status: int = 0
    answer: bytes | None = None


async def claim(principal: str, route: str, key: str, body_hash: str) -> Claim:
    """Take the key inside the open unit. A second caller waits here for the first one's commit.

    Refusals: `idempotency_key_invalid` (422) and `idempotency_key_reused` (422) for another body under the same key.
    """
    if not 8 <= len(key) <= 80 or not key.isascii() or not key.isprintable():
        raise Refusal("idempotency_key_invalid", 422, "请求的编号不对，请退出重进再试")
    fresh = await rows(
        'INSERT INTO idempotency (id, created_at, principal, route, "key", body_hash) VALUES ($1, $2, $3, $4, $5, $6) '
        'ON CONFLICT (principal, route, "key") DO NOTHING RETURNING id',
        new_id(), now(), principal, route[:120], key, body_hash,
    )  # fmt: skip
    if fresh:
        return Claim(fresh[0]["id"])
    row = await Idempotency.get(principal=principal, route=route[:120], key=key)
    if row.body_hash != body_hash:
        raise Refusal("idempotency_key_reused", 422, "同一个请求编号换了内容，请退出重进再试")
    return Claim(row.id, row.status, (Idempotency.ANSWER.open(row.id, row.answer_sealed) or "").encode())


async def remember(taken: Claim, status: int, answer: bytes) -> None:
    """Keep the answer beside the key."""
    sealed = Idempotency.ANSWER.seal(taken.id, answer.decode())
    await Idempotency.filter(id=taken.id).update(status=status, answer_sealed=sealed)


async def forget_old() -> int:
    """Drop keys older than 72 h; returns how many."""
    return await execute("DELETE FROM idempotency WHERE created_at < $1", now() - KEPT)
