"""The papers of a case as PDFs: 收件凭证, 受理通知书, 一次性告知书, 不予受理决定书, 决定书, 送达回证."""

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
    """`task`: whose decision, when several departments decided."""

    task: UUID | None = None


PDF: dict[str, Any] = {"responses": {"200": {"description": "文书", "content": DOCUMENT}}}


@op("GET", "/cases/{id:id}/papers/{kind}.pdf", query=PaperIn, out=None, door=CITIZEN, raw=PDF)
async def paper(c: Ctx[Empty, PaperIn]) -> Response:
    """A paper that was given out: receipt, notice, acceptance, refusal, decision or delivery."""
    case = await cases.case(c.actor, UUID(c.path["id"]))
    base = str(c.request.state["settings"].public_url)
    task = str(c.query.task) if c.query.task else ""
    return await given_out(c.path["kind"], case, case["applicant"]["name"] or "", base, task)


@op("GET", "/cases/{id:id}/materials/{code:code}.pdf", out=None, door=CITIZEN, raw=PDF)
async def material(c: Ctx[Empty, Empty]) -> Response:
    """Every page of one material as one A4 PDF."""
    return await material_pdf(c.actor, store_of(c.request), UUID(c.path["id"]), c.path["code"], "本人查看")
