"""The promises of a case, signed and on offer (R40, R41)."""

from typing import Any

from models.base import local
from models.case import Case, CaseItem
from models.paper import CaseMaterial
from models.promise import Promise

STATE_WORDS = {
    "made": "已承诺", "supplied": "补来了，等核对", "kept": "补齐了", "broken": "到期没有补", "verified": "核查属实",
    "false": "核查不实", "void": "不用履行了",
}  # fmt: skip


async def of_case(row: Case, items: list[CaseItem]) -> dict[str, Any]:
    """{promises, offers} in the shapes of PromiseOut and OfferOut."""
    signed = await _signed(row, items) if row.promised else []
    return {"promises": signed, "offers": await offers(row, items) if row.state == "draft" else []}


async def _signed(row: Case, items: list[CaseItem]) -> list[dict[str, Any]]:
    names = {item.code: item.name for item in items}
    materials = {m.code: m.name for m in await CaseMaterial.filter(case_id=row.id)}
    return [
        {
            "id": str(promise.id),
            "kind": promise.kind,
            "item": promise.item_code,
            "item_name": names.get(promise.item_code, ""),
            "materials": [{"code": code, "name": materials.get(code, code)} for code in promise.materials],
            "words": Promise.WORDS.open(promise.id, promise.words_sealed) or "",
            "signed_at": local(promise.signed_at).isoformat(timespec="seconds"),
            "due_on": promise.due_on.isoformat() if promise.due_on else None,
            "state": promise.state,
            "state_words": STATE_WORDS[promise.state],
        }
        for promise in await Promise.filter(case_id=row.id).order_by("created_at")
    ]


async def offers(row: Case, items: list[CaseItem]) -> list[dict[str, Any]]:
    """What may be promised in a draft instead of being handed in."""
    return []
