"""The promises of a case, signed and on offer (R40, R41)."""

from typing import Any

from models.base import local
from models.case import Case, CaseItem
from models.paper import CaseMaterial, Page
from models.promise import Promise
from models.reads import breaches, versions
from models.rules import promises as rules
from models.rules.promises import Line, Paper, Signed

STATE_WORDS = {
    "made": "已承诺", "supplied": "补来了，等核对", "kept": "补齐了", "broken": "到期没有补", "verified": "核查属实",
    "false": "核查不实", "void": "不用履行了",
}  # fmt: skip


async def of_case(row: Case, items: list[CaseItem]) -> dict[str, Any]:
    """{promises, offers} in the shapes of PromiseOut and OfferOut."""
    signed = await _signed(row, items) if row.promised else []
    return {"promises": signed, "offers": await offers(row, items, again=False) if row.state == "draft" else []}


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


async def offers(row: Case, items: list[CaseItem], *, again: bool = True) -> list[dict[str, Any]]:
    """What may be promised in a draft instead of being handed in, in the shape of OfferOut.

    `again`: also what is signed already, word for word. `off`: why nothing may be promised (an unrepaired breach).
    """
    signed = await binding(row)
    found = rules.offers(await lines(row, items), await papers(row), row.answers, signed)
    held = {(one.kind, one.item, frozenset(one.materials)) for one in signed}
    if not again:
        found = [one for one in found if (one["kind"], one["item"], _codes(one)) not in held]
    off = await breaches.words(row.applicant_id) if found else ""
    return [{**one, "off": off} for one in found]


def _codes(offer: dict[str, Any]) -> frozenset[str]:
    return frozenset(material["code"] for material in offer["materials"])


async def binding(row: Case) -> list[Signed]:
    """The promises of a case that bind now."""
    if not row.promised:
        return []
    found = await Promise.filter(case_id=row.id, state__in=["made", "supplied"]).order_by("id")
    return [Signed(one.kind, one.item_code, one.materials) for one in found]


async def lines(row: Case, items: list[CaseItem] | None = None) -> list[Line]:
    """The items of a case with the records they were filed under."""
    found = items if items is not None else await CaseItem.filter(case_id=row.id).order_by("position")
    records = await versions.records(found)
    return [Line(item.code, item.name, record) for item, record in zip(found, records, strict=True)]


async def papers(row: Case) -> list[Paper]:
    """The materials of a case, and which of them have pages."""
    found = await CaseMaterial.filter(case_id=row.id).order_by("position")
    laid = set(await Page.filter(material__case_id=row.id).distinct().values_list("material_id", flat=True))
    return [Paper(one.code, one.name, one.need, one.items, one.id in laid) for one in found]
