"""The one-time notice of a case, and which of its lines have been answered (R30)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.base import not_found
from models.case import Case, Event, Notice, NoticeLine
from models.catalogue import Department
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


async def still_open(case: Case) -> list[NoticeLine]:
    """The lines of the open notice that nothing has answered yet, in their order."""
    notice = await Notice.filter(case_id=case.id, answered_at=None).first()
    if notice is None:
        return []
    present = await marks(case)
    lines = await NoticeLine.filter(notice_id=notice.id).order_by("position")
    return [line for line in lines if not answered(line, present)]


async def open_lines(case: Case) -> list[str]:
    """Names of the materials the open notice still waits for, each once."""
    return list(dict.fromkeys(line.material for line in await still_open(case)))


def said(line: NoticeLine) -> str:
    """One line as its reader knows it: 2. 营业执照：看不清日期."""
    return f"{line.position}. {line.material}：{NoticeLine.DEFECT.open(line.id, line.defect_sealed)}"


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


async def with_departments(case: Case, lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """The counter's lines and every defect departments answered to letters, each once and with its department (R42).

    What was answered before the last notice was given out stood in that one.
    """
    last = await Notice.filter(case_id=case.id).order_by("-created_at").first()
    letters = Consultation.filter(case_id=case.id, outcome="defects").order_by("id")
    whose: dict[tuple[str, str], dict[str, str]] = {}
    asked = set()
    for letter in await (letters.filter(answered_at__gt=last.created_at) if last else letters):
        asked.add(letter.department_id)
        for line in Consultation.DEFECTS.open_json(letter.id, letter.defects_sealed).get("lines", []):
            whose.setdefault(_defect(line), {**line, "department": letter.department_id})
    own = []
    for line in lines:
        department = whose.pop(_defect(line), line).get("department", "")
        own.append({**line, "department": department if department in asked else ""})
    return [*own, *whose.values()]


def _defect(line: dict[str, str]) -> tuple[str, str]:
    return line.get("material_code", ""), line.get("defect", "").strip()


async def names(case: Case, code: str) -> bool:
    """Whether the open notice names this material."""
    notice = await Notice.filter(case_id=case.id, answered_at=None).first()
    return notice is not None and await NoticeLine.filter(notice_id=notice.id, material_code=code).exists()


async def notice(case: Case) -> dict[str, Any] | None:
    """The latest notice in the shape of NoticeOut, or None. `department`: the short name of who found the defect."""
    row = await Notice.filter(case_id=case.id).order_by("-created_at").first()
    if row is None:
        return None
    present = await marks(case)
    found = await NoticeLine.filter(notice_id=row.id).order_by("position")
    asked = {line.department_id for line in found if line.department_id}
    short = {d.code: d.short for d in await Department.filter(code__in=list(asked))} if asked else {}
    lines = [
        {
            "n": line.position,
            "material_code": line.material_code,
            "material": line.material,
            "department": short.get(line.department_id),
            "defect": NoticeLine.DEFECT.open(line.id, line.defect_sealed),
            "fix": NoticeLine.FIX.open(line.id, line.fix_sealed),
            "answered": bool(row.answered_at) or answered(line, present),
        }
        for line in found
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
