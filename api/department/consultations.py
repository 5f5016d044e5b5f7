"""Letters (函询) for departments' own systems: read what one is asked, and answer, signed (http.md)."""

from typing import Any
from uuid import UUID

from api.auth import DEPARTMENT
from api.op import Ctx, Empty, op
from api.schemas.department import AnswerIn, LettersOut, LetterWhole
from models.actions import consultations as verbs
from models.reads import consultations

BASE = "/department/v1"
TAG = "部门系统"


@op("GET", "/consultations", out=LettersOut, door=DEPARTMENT, base=BASE, tag=TAG)
async def listed(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """Letters the calling department has not answered yet"""
    return {"items": await consultations.inbox(c.actor)}


@op("GET", "/consultations/{id:id}", out=LetterWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One letter with links to the materials of its case"""
    return await consultations.one(c.actor, UUID(c.path["id"]))


@op("POST", "/consultations/{id:id}/answer", body=AnswerIn, out=LetterWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def answer(c: Ctx[AnswerIn, Empty]) -> dict[str, Any]:
    """The answer goes to who asked; a late one is still taken"""
    lines = [line.model_dump() for line in c.body.lines]
    await verbs.answer(c.actor, UUID(c.path["id"]), c.body.version, c.body.outcome, c.body.words, lines)
    return await consultations.one(c.actor, UUID(c.path["id"]))
