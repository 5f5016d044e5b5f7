"""Promises that were not kept and are not repaired yet: they bar the next promise (R40, R41)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from models.base import local
from models.case import Case, CaseItem
from models.people import Staff
from models.promise import Breach, Promise
from models.rules import permits
from models.rules.permits import Actor
from models.seal import mask_name

KINDS = {"tolerance": "容缺的材料没有补", "informed": "承诺不属实"}
MOST = 300


async def open_of(subject_id: UUID | None) -> list[Breach]:
    """The unrepaired breaches of an applicant, oldest first; their cases are loaded."""
    if subject_id is None:
        return []
    return await Breach.filter(subject_id=subject_id, repaired_at=None).order_by("id").prefetch_related("case")


async def words(subject_id: UUID | None) -> str:
    """Why an applicant may not promise now and how to mend it; empty when they may."""
    found = await open_of(subject_id)
    if not found:
        return ""
    case, what = found[0].case, KINDS[found[0].kind]
    more = f"等 {len(found)} 次" if len(found) > 1 else ""
    return (
        f"“{case.title}”（{case.number}）{what}{more}，还没有修复，现在不能再作承诺。请带补好的材料到政务服务中心办修复"
    )


async def listed(actor: Actor) -> list[dict[str, Any]]:
    """Every breach for a supervisor, open ones first: [{id, kind, kind_words, case_id, number, title, item_name,
    applicant, words, reason, at, open, repaired_at, repaired_by, repair}]."""
    permits.require_staff(actor, "supervisor")
    found = await Breach.all().order_by("-id").limit(MOST).prefetch_related("case", "promise")
    names = await _items(found)
    repairers = {row.id: row.name for row in await Staff.filter(id__in=[b.repaired_by for b in found if b.repaired_by])}
    rows = [_row(breach, names, repairers) for breach in found]
    return sorted(rows, key=lambda row: not row["open"])


async def _items(found: Iterable[Breach]) -> dict[tuple[UUID, str], str]:
    items = await CaseItem.filter(case_id__in=[breach.case_id for breach in found])
    return {(item.case_id, item.code): item.name for item in items}


def _row(breach: Breach, items: dict[tuple[UUID, str], str], repairers: dict[UUID, str]) -> dict[str, Any]:
    case, promise = breach.case, breach.promise
    name = Case.APPLICANT.open(case.id, case.applicant_name_sealed) or ""
    return {
        "id": str(breach.id),
        "kind": breach.kind,
        "kind_words": KINDS[breach.kind],
        "case_id": str(case.id),
        "number": case.number or "",
        "title": case.title,
        "item_name": items.get((case.id, promise.item_code), ""),
        "applicant": name if case.applicant_kind == "organisation" else mask_name(name) or "",
        "words": Promise.WORDS.open(promise.id, promise.words_sealed) or "",
        "reason": Breach.REASON.open(breach.id, breach.reason_sealed) or "",
        "at": local(breach.created_at).isoformat(timespec="seconds"),
        "open": breach.repaired_at is None,
        "repaired_at": local(breach.repaired_at).isoformat(timespec="seconds") if breach.repaired_at else None,
        "repaired_by": repairers.get(breach.repaired_by, "") if breach.repaired_by else "",
        "repair": Breach.REPAIR.open(breach.id, breach.repair_sealed) or "",
    }
