"""The one-time notice of a case, and which of its lines have been answered (R30)."""

from typing import Any

from models.case import Case, Notice, NoticeLine
from models.paper import CaseMaterial, Page
from models.seal import ring


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
            "defect": NoticeLine.DEFECT.open(line.id, line.defect_sealed),
            "fix": NoticeLine.FIX.open(line.id, line.fix_sealed),
            "answered": bool(row.answered_at) or answered(line, present),
        }
        for line in await NoticeLine.filter(notice_id=row.id).order_by("position")
    ]
    return {
        "id": str(row.id),
        "number": row.number,
        "issued_on": row.issued_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "lines": lines,
        "open": row.answered_at is None and case.state == "correcting",
    }
