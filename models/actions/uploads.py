"""An upload's life: begun, grown, handed to the darkroom, ready or refused, removed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.base import Refusal, execute, new_id, now, rows, unit
from models.paper import Page, Upload
from models.reads.uploads import own
from models.rules.permits import Actor

MOST_BYTES = 25 * 1024 * 1024
MOST_FILES_A_DAY = 100
MOST_BYTES_A_DAY = 400 * 1024 * 1024
KEPT = timedelta(days=30)
LEASE_SECONDS = 30
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Developed:
    """What the darkroom found: sizes in px, advice codes, keys of what was stored."""

    width: int
    height: int
    format: str
    advice: list[str]
    dhash: str
    sha256: str
    archive_key: str
    thumbnail_key: str


async def begin(actor: Actor, length: int, declared: str) -> Upload:
    """Open an upload of `length` bytes. Refusals: upload_too_large (413), upload_quota (429), upload_empty (422)."""
    if length > MOST_BYTES:
        raise Refusal("upload_too_large", 413, "这个文件太大（最大 25 兆）。请用手机直接拍，或截图再传")
    if length <= 0:
        raise Refusal("upload_empty", 422, "这个文件是空的，请重新拍一张")
    column = "account_id" if actor.kind == "citizen" else "staff_id"

    async def body() -> Upload:
        used = await rows(
            f"SELECT count(*) AS files, coalesce(sum(length), 0) AS bytes FROM upload "
            f"WHERE {column} = $1 AND created_at > now() - interval '1 day'",
            actor.id,
        )
        if actor.kind == "citizen" and (
            used[0]["files"] >= MOST_FILES_A_DAY or used[0]["bytes"] + length > MOST_BYTES_A_DAY
        ):
            raise Refusal("upload_quota", 429, "今天传的照片太多了，请明天再传，或到大厅窗口交", retry_after=3600)
        return await Upload.create(
            id=new_id(), account_id=actor.id if actor.kind == "citizen" else None,
            staff_id=actor.id if actor.kind == "staff" else None, length=length,
            declared=declared[:60], expires_at=now() + KEPT,
        )  # fmt: skip

    return await unit(body)


async def grown(upload_id: UUID, received: int) -> None:
    """Remember how far an upload has come."""
    await execute(
        "UPDATE upload SET received = $2 WHERE id = $1 AND state = 'receiving' AND received < $2 AND length >= $2",
        upload_id, received,
    )  # fmt: skip


async def arrived(upload_id: UUID, original_key: str, sha256: str) -> bool:
    """The last byte is here and stored; the darkroom is next. False when it was so already."""
    return bool(
        await execute(
            "UPDATE upload SET state = 'checking', received = length, original_key = $2, sha256 = $3 "
            "WHERE id = $1 AND state = 'receiving'",
            upload_id, original_key, sha256,
        )
    )  # fmt: skip


async def take(upload_id: UUID) -> Upload | None:
    """Lease an upload for developing; None when it is done or somebody has it."""
    found = await rows(
        "UPDATE upload SET leased_until = now() + make_interval(secs => $2), attempts = attempts + 1 "
        "WHERE id = $1 AND state = 'checking' AND (leased_until IS NULL OR leased_until < now()) RETURNING id",
        upload_id, float(LEASE_SECONDS),
    )  # fmt: skip
    return await Upload.get(id=upload_id) if found else None


async def waiting() -> list[UUID]:
    """Uploads whose development was lost on the way (a killed worker, a wiped queue)."""
    found = await rows(
        "SELECT id FROM upload WHERE state = 'checking' AND (leased_until IS NULL OR leased_until < now()) "
        "ORDER BY created_at LIMIT 200"
    )
    return [row["id"] for row in found]


async def ready(upload: Upload, developed: Developed) -> bool:
    """Write what the darkroom found; False when another worker was first."""
    return bool(
        await Upload.filter(id=upload.id, state="checking", attempts=upload.attempts).update(
            state="ready", width=developed.width, height=developed.height, format=developed.format,
            advice=developed.advice, dhash=developed.dhash, archive_key=developed.archive_key,
            thumbnail_key=developed.thumbnail_key, finished_at=now(), leased_until=None,
        )
    )  # fmt: skip


async def refuse(upload: Upload, code: str) -> None:
    """The file cannot be taken; `code` is one of models.rules.advice.REFUSALS."""
    await Upload.filter(id=upload.id, state="checking").update(
        state="refused", refusal=code, finished_at=now(), leased_until=None
    )


async def release(upload: Upload, seconds: float) -> None:
    """Give an upload back after trouble of ours; refused for good after 5 tries."""
    if upload.attempts >= MOST_ATTEMPTS:
        await refuse(upload, "photo_timeout")
        return
    await execute(
        "UPDATE upload SET leased_until = now() + make_interval(secs => $2) WHERE id = $1 AND state = 'checking'",
        upload.id, seconds,
    )  # fmt: skip


async def siblings(upload: Upload) -> list[str]:
    """Picture hashes of the same person's other pages now in use, to notice a page sent twice.

    A picture that was taken again and replaced is no page any more: the better one is not told it is the same.
    """
    found = await rows(
        "SELECT dhash FROM upload WHERE account_id = $1 AND id <> $2 AND state = 'ready' AND dhash <> '' "
        "AND created_at > now() - interval '1 day' AND EXISTS (SELECT 1 FROM page WHERE page.upload_id = upload.id) "
        "LIMIT 60",
        upload.account_id, upload.id,
    )  # fmt: skip
    return [row["dhash"] for row in found]


async def remove(actor: Actor, upload_id: UUID) -> Upload:
    """Delete an own upload that no case uses; the caller removes the bytes."""

    async def body() -> Upload:
        upload = await own(actor, upload_id)
        used = await Page.filter(upload_id=upload.id).prefetch_related("material__case")
        if any(page.material.case.state not in ("draft", "correcting") for page in used):
            raise Refusal("upload_in_use", 409, "这张照片已经交上去了，不能删")
        await Page.filter(upload_id=upload.id).delete()
        await Upload.filter(id=upload.id).update(state="deleted")
        return upload

    return await unit(body)


async def expire() -> int:
    """Mark uploads past their 30 days that no case uses as deleted; returns how many."""
    return await execute(
        "UPDATE upload SET state = 'deleted' WHERE state <> 'deleted' AND expires_at < now() "
        "AND NOT EXISTS (SELECT 1 FROM page WHERE page.upload_id = upload.id)"
    )


async def deleted() -> list[dict[str, Any]]:
    """Deleted uploads whose bytes are still there: {id, original_key, archive_key, thumbnail_key}."""
    return await rows(
        "SELECT id, original_key, archive_key, thumbnail_key FROM upload WHERE state = 'deleted' "
        "AND original_key || archive_key || thumbnail_key <> '' LIMIT 500"
    )


async def emptied(upload_id: UUID) -> None:
    """The bytes of a deleted upload are gone."""
    await execute("UPDATE upload SET original_key = '', archive_key = '', thumbnail_key = '' WHERE id = $1", upload_id)


async def abandoned(names: list[str]) -> list[str]:
    """Which of these staging files belong to no upload that is still coming in."""
    found = await rows("SELECT id::text AS id FROM upload WHERE state = 'receiving' AND id::text = ANY($1)", names)
    kept = {row["id"] for row in found}
    return [name for name in names if name not in kept]
