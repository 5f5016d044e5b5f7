"""Develop an uploaded photograph in a child process and keep an archive copy and a thumbnail (R46)."""

import asyncio
from typing import Any
from uuid import UUID

import structlog

from gateways.staging import Staging
from gateways.store import Missing, Store, StoreError, new_key
from models.actions import uploads
from models.actions.uploads import Developed
from workers.darkroom.likeness import same_page
from workers.darkroom.pool import Darkroom, Refused

log = structlog.get_logger()
RETRY_SECONDS = 5.0


async def check_photo(context: dict[str, Any], upload_id: str) -> None:
    """One upload from `checking` to `ready` or `refused`. Runs twice without harm: a lease and the state hold it."""
    upload = await uploads.take(UUID(upload_id))
    if upload is None:
        return
    store: Store = context["store"]
    darkroom: Darkroom = context["darkroom"]
    try:
        found = await darkroom.develop(await store.get(upload.original_key), upload.declared)
    except Refused as refused:
        await uploads.refuse(upload, refused.code)
        return
    except Missing:
        await uploads.refuse(upload, "photo_truncated")
        return
    except StoreError as error:
        log.warning("store_away", kind=type(error).__name__)
        await uploads.release(upload, RETRY_SECONDS)
        return
    advice = list(found.advice)
    if found.dhash and any(same_page(found.dhash, other) for other in await uploads.siblings(upload)):
        advice.append("same_page")
    archive, thumbnail = new_key(), new_key()
    await store.put(archive, found.archive)
    await store.put(thumbnail, found.thumbnail)
    done = await uploads.ready(
        upload,
        Developed(
            found.width, found.height, found.format, advice, found.dhash, found.sha256, archive, thumbnail
        ),
    )  # fmt: skip
    if not done:
        await store.delete(archive)
        await store.delete(thumbnail)


async def sweep_photos(context: dict[str, Any]) -> int:
    """Queue again what a killed worker or a wiped queue left in `checking`."""
    found = await uploads.waiting()
    for upload_id in found:
        await context["redis"].enqueue_job("check_photo", str(upload_id))
    return len(found)


async def drop_deleted(context: dict[str, Any]) -> int:
    """Remove the bytes of uploads that were deleted, erased with their owner, or used by no case within 30 days."""
    await uploads.expire()
    gone = await uploads.deleted()
    for row in gone:
        for key in (row["original_key"], row["archive_key"], row["thumbnail_key"]):
            if key:
                await context["store"].delete(key)
        await uploads.emptied(row["id"])
    staging: Staging = context["staging"]
    for name in await uploads.abandoned(await asyncio.to_thread(staging.ids)):
        await asyncio.to_thread(staging.remove, name)
    return len(gone)
