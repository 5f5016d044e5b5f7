"""Serve one copy of a photograph to one viewer: checked again, watermarked for staff, every view on record (R48)."""

from typing import Any
from uuid import UUID

import anyio.to_thread
from starlette.responses import Response

from gateways.press import pages_pdf, watermark
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
    data = await _copy(actor, store, key, purpose if inside and variant == "archive" else "")
    return Response(data, headers=HEADERS, media_type="image/jpeg")


async def material_pdf(actor: Actor, store: Store, case_id: UUID, code: str, purpose: str) -> Response:
    """Every page of one material as one A4 PDF; staff and departments see their name and the purpose on each page."""
    name, pages = await uploads.pages(actor, case_id, code)
    if not pages:
        raise not_found("这样材料还没有照片")
    inside = actor.kind in ("staff", "department")

    async def seen() -> None:
        await audit.record(actor, "material.viewed", f"case:{case_id}", purpose, code=code, pages=len(pages))

    await unit(seen)
    copies = [await _copy(actor, store, page.archive_key, purpose if inside else "") for page in pages]
    made = await anyio.to_thread.run_sync(pages_pdf, copies, name)
    headers = {**HEADERS, "Content-Disposition": f'inline; filename="{code}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


async def _copy(actor: Actor, store: Store, key: str, purpose: str) -> bytes:
    """The bytes of one copy; with a purpose, marked with it and the viewer's name and the time."""
    try:
        data = await store.get(key)
    except (Missing, StoreError) as error:
        raise not_found("这张照片现在打不开，请稍后再看") from error
    if not purpose:
        return data
    return await anyio.to_thread.run_sync(watermark, data, [purpose, f"{actor.name} {local(now()):%Y-%m-%d %H:%M}"])


def store_of(request: Any) -> Store:
    store: Store = request.state["store"]
    return store
