"""What an upload looks like to its viewer, and who may look."""

from typing import Any
from uuid import UUID

from models.base import not_found, now
from models.case import Case
from models.paper import CaseMaterial, Page, Upload
from models.people import Account
from models.rules import permits
from models.rules.advice import ADVICE, REFUSALS
from models.rules.links import link
from models.rules.permits import Actor


def shown(actor: Actor, upload: Upload) -> dict[str, Any]:
    """{id, state, advice, pages, thumbnail_url, view_url, width, height, sha256, bytes, received}."""
    ready = upload.state == "ready"
    return {
        "id": str(upload.id),
        "state": upload.state,
        "advice": [{"code": code, **_words(code)} for code in upload.advice],
        "refusal": {"code": upload.refusal, **_words(upload.refusal)} if upload.refusal else None,
        "pages": upload.pages,
        "thumbnail_url": link(actor, upload.id, "thumbnail", now()) if ready else None,
        "view_url": link(actor, upload.id, "archive", now()) if ready else None,
        "width": upload.width,
        "height": upload.height,
        "sha256": upload.sha256,
        "bytes": upload.length,
        "received": upload.received,
    }


def _words(code: str) -> dict[str, str]:
    found = ADVICE.get(code)
    return {"words": found.words, "tip": found.tip} if found else {"words": "这张用不了", "tip": REFUSALS[code]}


async def viewer(key: str) -> Actor | None:
    """Who a link was made for, if they may still look: citizens and departments; staff look through the desk."""
    kind, _, name = key.partition(":")
    if kind == "citizen" and await Account.filter(id=UUID(name), erased_at=None).exists():
        return Actor("citizen", id=UUID(name))
    return Actor("department", department=name, name=name) if kind == "department" else None


async def own(actor: Actor, upload_id: UUID) -> Upload:
    """The actor's own upload, or not_found."""
    column = "account_id" if actor.kind == "citizen" else "staff_id"
    found = await Upload.filter(id=upload_id, **{column: actor.id}).exclude(state="deleted").first()
    if found is None or actor.id is None:
        raise not_found()
    return found


async def visible(actor: Actor, upload_id: UUID) -> Upload:
    """An upload the actor may look at now: their own, or a page of a case in their scope."""
    upload = await Upload.filter(id=upload_id, state="ready").first()
    if upload is None:
        raise not_found()
    if actor.kind == "citizen" and upload.account_id == actor.id:
        return upload
    seen = Case.filter(permits.scope(actor)).filter(materials__pages__upload_id=upload_id)
    if actor.kind in ("anonymous", "clock", "system") or not await seen.exists():
        raise not_found()
    return upload


async def pages(actor: Actor, case_id: UUID, code: str) -> tuple[str, list[Upload]]:
    """The name of a case's material and its finished pages in order, if the actor may see the case."""
    if not await Case.filter(permits.scope(actor)).filter(id=case_id).exists():
        raise not_found()
    material = await CaseMaterial.filter(case_id=case_id, code=code).first()
    if material is None:
        raise not_found("这件事没有这样材料")
    laid = await Page.filter(material_id=material.id).order_by("position").prefetch_related("upload")
    return material.name, [page.upload for page in laid if page.upload.state == "ready"]
