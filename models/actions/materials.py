"""What the counter found about one material: looked at, in order or not, and the trust it earns (R47)."""

from uuid import UUID

from models.actions.step import locked_case
from models.base import Refusal, now, unit
from models.paper import CaseMaterial
from models.rules import permits
from models.rules.permits import Actor

MOST_NOTE = 300


async def check(actor: Actor, case_id: UUID, code: str, state: str, note: str = "") -> None:
    """Write down a clerk's finding: `ready` (met) or `defect` with the sentence the slip will say.

    Only while the case lies at the counter; refusals not_allowed (403), case_locked (409), unknown_material (404).
    """
    if state not in ("ready", "defect") or len(note) > MOST_NOTE:
        raise Refusal("bad_check", 422, "请写清哪里不符（300 字以内）")

    async def body() -> None:
        case = await locked_case(case_id, permits.scope(actor))
        if "clerk" not in permits.case_roles(actor, case):
            raise Refusal("not_allowed", 403, "核对材料归窗口办")
        if case.state not in ("submitted", "received"):
            raise Refusal("case_locked", 409, "这件已经不在窗口，不能再核对")
        row = await CaseMaterial.filter(case_id=case.id, code=code).first()
        if row is None:
            raise Refusal("unknown_material", 404, "这件事没有这样材料")
        kept = "free" if row.need["free"] else ("ready" if state == "ready" else "defect")
        await CaseMaterial.filter(id=row.id).update(
            state=kept,
            note_sealed=CaseMaterial.NOTE.seal(row.id, note.strip()),
            checked_by=actor.id,
            checked_at=now(),
            trust=row.trust or "C",
        )

    await unit(body)
