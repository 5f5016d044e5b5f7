"""The one-time notice of a case, and which of its lines have been answered (R30)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.base import not_found
from models.case import Case, Event, Notice, NoticeLine
from models.paper import CaseMaterial, Page
from models.seal import ring
from models.supervision import Consultation


async def marks(case: Case) -> dict[str, list[str]]:
    """What each material consists of now: its pages in order, or a mark of the form's values for what is filled in.

    A line of a notice is answered when this is no longer what it was when the line was written.
    """
    found: dict[str, list[str]] = {}
    for material in await CaseMaterial.filter(case_id=case.id):
        found[material.code] = []
        if material.need["form"]:
            values = Case.FORM.open_json(case.id, case.form_sealed)
            found[material.code] = [ring().blind("notice:form", repr(sorted(values.items())))]
    for page in await Page.filter(material__case_id=case.id).order_by("position").prefetch_related("material"):
        found[page.material.code].append(str(page.upload_id))
    return found


def answered(line: NoticeLine, now: dict[str, list[str]]) -> bool:
    """Whether something else than the faulty paper lies there now."""
    return now.get(line.material_code, []) not in ([], line.pages_then)


async def open_lines(case: Case) -> list[str]:
    """Names of the materials the open notice still waits for."""
    notice = await Notice.filter(case_id=case.id, answered_at=None).first()
    if notice is None:
        return []
    present = await marks(case)
    return [
        line.material
        for line in await NoticeLine.filter(notice_id=notice.id).order_by("position")
        if not answered(line, present)
    ]


@dataclass(frozen=True)
class Leave:
    """Who allowed a second notice, and why."""

    by: UUID | None
    reason: str


async def leave(case: Case) -> Leave:
    """The supervisor's leave for a second notice of this case."""
    event = await Event.filter(case_id=case.id, verb="allow_second_notice").order_by("-at").first()
    if event is None:
        raise not_found()
    by = event.actor.partition(":")[2]
    return Leave(UUID(by) if by else None, Event.DETAIL.open(event.id, event.detail_sealed) or "")


async def said_by_departments(case: Case, lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Defects departments answered to letters, in the shape of a notice's lines, those already written left out."""
    held = {(line.get("material_code"), line.get("defect")) for line in lines}
    found = []
    for letter in await Consultation.filter(case_id=case.id, outcome="defects").order_by("id"):
        for line in Consultation.DEFECTS.open_json(letter.id, letter.defects_sealed).get("lines", []):
            if (line["material_code"], line["defect"]) not in held:
                found.append({**line, "department": letter.department_id})
    return found


async def names(case: Case, code: str) -> bool:
    """Whether the open notice names this material."""
    notice = await Notice.filter(case_id=case.id, answered_at=None).first()
    return notice is not None and await NoticeLine.filter(notice_id=notice.id, material_code=code).exists()


async def notice(case: Case) -> dict[str, Any] | None:
    """The latest notice in the shape of NoticeOut, or None."""
    row = await Notice.filter(case_id=case.id).order_by("-created_at").first()
    if row is None:
        return None
    present = await marks(case)
    lines = [
        {
            "n": line.position,
            "material_code": line.material_code,
            "material": line.material,
            "department": line.department_id or None,
            "defect": NoticeLine.DEFECT.open(line.id, line.defect_sealed),
            "fix": NoticeLine.FIX.open(line.id, line.fix_sealed),
            "answered": bool(row.answered_at) or answered(line, present),
        }
        for line in await NoticeLine.filter(notice_id=row.id).order_by("position")
    ]
    return {
        "id": str(row.id),
        "number": row.number,
        "round": row.round,
        "issued_on": row.issued_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "lines": lines,
        "open": row.answered_at is None and case.state == "correcting",
    }
