"""The papers of a case as PDFs: 收件凭证, 受理通知书, 告知书, 决定书, 特别程序告知书, 延期告知书 and the rest."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from api.auth import CITIZEN
from api.files import material_pdf, store_of
from api.op import Ctx, Empty, Schema, op
from api.papers import given_out
from models.reads import cases

DOCUMENT = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}


class PaperIn(Schema):
    """`task`: whose paper, when several departments gave one out. `ref`: which promise, when several were signed."""

    task: UUID | None = None
    ref: UUID | None = None


PDF: dict[str, Any] = {"responses": {"200": {"description": "文书", "content": DOCUMENT}}}


@op("GET", "/cases/{id:id}/papers/{kind}.pdf", query=PaperIn, out=None, door=CITIZEN, raw=PDF)
async def paper(c: Ctx[Empty, PaperIn]) -> Response:
    """A paper that was given out: receipt, notice, acceptance, refusal, decision, delivery, suspension, extension,
    promise, revocation or fallen."""
    case = await cases.case(c.actor, UUID(c.path["id"]))
    base = str(c.request.state["settings"].public_url)
    task, ref = (str(one) if one else "" for one in (c.query.task, c.query.ref))
    return await given_out(c.actor, c.path["kind"], case, case["applicant"]["name"] or "", base, task=task, ref=ref)


@op("GET", "/cases/{id:id}/materials/{code:code}.pdf", out=None, door=CITIZEN, raw=PDF)
async def material(c: Ctx[Empty, Empty]) -> Response:
    """Every page of one material as one A4 PDF."""
    return await material_pdf(c.actor, store_of(c.request), UUID(c.path["id"]), c.path["code"], "本人查看")
