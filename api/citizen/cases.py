"""Cases of the signed-in citizen: begin, fill in, photograph, hand in, follow."""

from typing import Any
from uuid import UUID

from api.auth import CITIZEN
from api.op import Ctx, Empty, op
from api.schemas.case import (
    BeginIn,
    CaseOut,
    CasesOut,
    CursorIn,
    FormIn,
    PagesIn,
    ProgressIn,
    ProgressOut,
    PromiseIn,
    VerbIn,
)
from models.actions import attempts, correction, drafts, promises
from models.actions import cases as verbs
from models.base import Refusal, unit
from models.reads import cases

Verb = Ctx[VerbIn, Empty]


def _id(c: Ctx[Any, Any]) -> UUID:
    return UUID(c.path["id"])


@op("POST", "/cases", body=BeginIn, out=CaseOut, status=201, door=CITIZEN)
async def begin(c: Ctx[BeginIn, Empty]) -> dict[str, Any]:
    """Begin a case of items or a bundle, or go on with the open draft of the same items."""
    said = c.body
    filing = drafts.Filing(said.item_codes, said.bundle_code or "", said.project_code or "", said.renews)
    case_id = await drafts.begin(
        c.actor, filing, applicant=said.applicant.model_dump(), answers=said.answers, form=said.form, hall=said.hall,
    )  # fmt: skip
    return await cases.case(c.actor, case_id)


@op("GET", "/cases", query=CursorIn, out=CasesOut, door=CITIZEN)
async def listed(c: Ctx[Empty, CursorIn]) -> dict[str, Any]:
    """The citizen's cases, newest first."""
    return await cases.cases(c.actor, str(c.query.cursor) if c.query.cursor else None)


@op("GET", "/cases/{id:id}", out=CaseOut, door=CITIZEN)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One case with its materials, clocks, notice, history and what may be done now."""
    return await cases.case(c.actor, _id(c))


@op("PUT", "/cases/{id:id}/form", body=FormIn, out=CaseOut, door=CITIZEN)
async def fill(c: Ctx[FormIn, Empty]) -> dict[str, Any]:
    """Save the form as far as it is filled in."""
    await drafts.fill(c.actor, _id(c), c.body.values)
    return await cases.case(c.actor, _id(c))


@op("PUT", "/cases/{id:id}/materials/{code:code}", body=PagesIn, out=CaseOut, door=CITIZEN)
async def lay(c: Ctx[PagesIn, Empty]) -> dict[str, Any]:
    """Set the pages of one material, in order."""
    await drafts.lay(c.actor, _id(c), c.path["code"], c.body.pages)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/promise", body=PromiseIn, out=CaseOut, door=CITIZEN)
async def promise(c: Ctx[PromiseIn, Empty]) -> dict[str, Any]:
    """Sign a promise that is on offer, word for word: papers that come later, or a statement instead of a proof."""
    await promises.sign(c.actor, _id(c), c.body.version, c.body.kind, c.body.item)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/supply", body=VerbIn, out=CaseOut, door=CITIZEN)
async def supply(c: Verb) -> dict[str, Any]:
    """Every paper promised at acceptance is photographed: it goes to the counter to be looked at."""
    await promises.supply(c.actor, _id(c), c.body.version)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/submit", body=VerbIn, out=CaseOut, door=CITIZEN)
async def submit(c: Verb) -> dict[str, Any]:
    """Hand the draft in: it gets its number and its acceptance clock."""
    await verbs.submit(c.actor, _id(c), c.body.version)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/correct", body=VerbIn, out=CaseOut, door=CITIZEN)
async def correct(c: Verb) -> dict[str, Any]:
    """Everything the one-time notice named is answered."""
    await correction.correct(c.actor, _id(c), c.body.version)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/withdraw", body=VerbIn, out=CaseOut, door=CITIZEN)
async def withdraw(c: Verb) -> dict[str, Any]:
    """Not wanted any more; no reason is asked (R22)."""
    await verbs.withdraw(c.actor, _id(c), c.body.version)
    return await cases.case(c.actor, _id(c))


@op("POST", "/cases/{id:id}/acknowledge", body=VerbIn, out=CaseOut, door=CITIZEN)
async def acknowledge(c: Verb) -> dict[str, Any]:
    """The notice or decision has been read."""
    await verbs.acknowledge(c.actor, _id(c), c.body.version)
    return await cases.case(c.actor, _id(c))


@op("GET", "/progress/{number}", query=ProgressIn, out=ProgressOut)
async def progress(c: Ctx[Empty, ProgressIn]) -> dict[str, Any]:
    """Progress by number and 查询密码, without signing in."""
    number = c.path["number"][:24]
    await unit(lambda: attempts.take("progress", number))
    found = await cases.progress(number, c.query.key)
    if found is None:
        raise Refusal("not_found", 404, "编号或查询密码不对，请照收件凭证再输一次")
    return found
