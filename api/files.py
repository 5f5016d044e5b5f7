"""Serve one copy of a photograph to one viewer: checked again, watermarked for staff, every view on record (R48)."""

from typing import Any
from uuid import UUID

import anyio.to_thread
from starlette.responses import Response

from gateways.press import watermark
from gateways.store import Missing, Store, StoreError
from models.actions import audit
from models.base import local, not_found, now, unit
from models.reads import uploads
from models.rules.permits import Actor

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def serve(actor: Actor, store: Store, upload_id: UUID, variant: str, purpose: str, case: str = "") -> Response:
    """The JPEG of `variant` (thumbnail | archive). Staff and departments see their name and the purpose on it."""
    upload = await uploads.visible(actor, upload_id)
    key = upload.thumbnail_key if variant == "thumbnail" else upload.archive_key
    inside = actor.kind in ("staff", "department")

    async def seen() -> None:
        await audit.record(actor, "photo.viewed", f"upload:{upload.id}", purpose, variant=variant, case=case)

    if inside or variant != "thumbnail":
        await unit(seen)
    try:
        data = await store.get(key)
    except (Missing, StoreError) as error:
        raise not_found("这张照片现在打不开，请稍后再看") from error
    if inside and variant == "archive":
        lines = [purpose, f"{actor.name} {local(now()):%Y-%m-%d %H:%M}"]
        data = await anyio.to_thread.run_sync(watermark, data, lines)
    return Response(data, headers=HEADERS, media_type="image/jpeg")


def store_of(request: Any) -> Store:
    store: Store = request.state["store"]
    return store
