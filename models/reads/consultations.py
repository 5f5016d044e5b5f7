"""Letters between departments (函询) as those who wrote or got them see them; the applicant sees none."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from models.base import local, not_found, today
from models.case import Case
from models.catalogue import Department
from models.paper import CaseMaterial
from models.reads import calendar, cases
from models.reads.places import Places, places
from models.rules import permits, ruler
from models.rules.calendar import Calendar
from models.rules.flow import WORDS, verbs
from models.rules.permits import Actor
from models.supervision import Consultation

MOST = 300
LIVE = ("submitted", "received", "correcting", "accepted")  # a letter about a case that has ended needs no answer


async def of_case(actor: Actor, case_id: UUID) -> list[dict[str, Any]]:
    """Every letter about a case in the actor's scope, oldest first; none for its applicant.

    [{id, version, case_id, number, title, department {code, short}, asker_words, question, due_on, light, state,
    state_words, outcome, words, lines, answered_at, can}]
    """
    case = await cases.find(actor, case_id)
    if actor.kind == "citizen":
        return []
    return await _shown(actor, await Consultation.filter(case_id=case.id).order_by("id"))


async def inbox(actor: Actor) -> list[dict[str, Any]]:
    """The letters the actor's department still has to answer, the most urgent first, in the shape of `of_case`."""
    found = Consultation.filter(permits.letters(actor), state__in=["open", "silent"], case__state__in=LIVE)
    return await _shown(actor, await found.order_by("due_at", "id").limit(MOST))


async def asked(actor: Actor) -> list[dict[str, Any]]:
    """The letters one's own department wrote, the newest first, in the shape of `of_case`; those still out on top."""
    if actor.kind != "staff" or not (actor.department and actor.roles & permits.WITHIN):
        return []
    found = Consultation.filter(asker=f"department:{actor.department}").order_by("-id").limit(MOST // 3)
    return sorted(await _shown(actor, await found), key=lambda row: row["state"] == "answered")


async def one(actor: Actor, consultation_id: UUID) -> dict[str, Any]:
    """One letter to the actor's department with what it needs to judge: also {applicant, hall, materials}."""
    letter = await Consultation.filter(permits.letters(actor), id=consultation_id).first()
    if letter is None:
        raise not_found()
    whole = await cases.case(actor, letter.case_id)
    row = (await _shown(actor, [letter]))[0]
    return {**row, **{key: whole[key] for key in ("applicant", "hall", "materials")}}


async def _shown(actor: Actor, letters: Iterable[Consultation]) -> list[dict[str, Any]]:
    found = list(letters)
    ids = list({letter.case_id for letter in found})
    about = {case.id: case for case in await Case.filter(id__in=ids)} if ids else {}
    named = {(row.case_id, row.code): row.name for row in await CaseMaterial.filter(case_id__in=ids)} if ids else {}
    days = (await calendar.clock()).calendar
    shown = []
    for letter in found:
        case = about[letter.case_id]
        known = await places(case.hall_id)
        shown.append(_row(actor, letter, case, known, days, named))
    return shown


def _row(
    actor: Actor, letter: Consultation, case: Case, known: Places, days: Calendar, named: dict[tuple[UUID, str], str]
) -> dict[str, Any]:
    defects = Consultation.DEFECTS.open_json(letter.id, letter.defects_sealed).get("lines", [])
    return {
        "id": str(letter.id),
        "version": letter.version,
        "case_id": str(case.id),
        "number": case.number,
        "title": case.title,
        "department": _short(known.departments[letter.department_id]),
        "asker_words": _asker(letter.asker, known),
        "question": Consultation.QUESTION.open(letter.id, letter.question_sealed) or "",
        "due_on": letter.due_on.isoformat(),
        "light": _light(letter, days),
        "state": letter.state,
        "state_words": WORDS["consultation"][letter.state],
        "outcome": letter.outcome or None,
        "words": Consultation.ANSWER.open(letter.id, letter.answer_sealed) or "",
        "lines": [{**line, "material": named.get((case.id, line["material_code"]), "")} for line in defects],
        "answered_at": local(letter.answered_at).isoformat(timespec="seconds") if letter.answered_at else None,
        "can": verbs("consultation", letter.state, permits.task_roles(actor, letter)) if case.state in LIVE else [],
    }


def _short(department: Department) -> dict[str, str]:
    return {"code": department.code, "short": department.short}


def _asker(asker: str, known: Places) -> str:
    """Who asks, in words: a hall by its name, a department by its short name."""
    kind, _, code = asker.partition(":")
    if kind == "hall":
        return known.halls[code].name if code in known.halls else "窗口"
    return known.departments[code].short if code in known.departments else code


def _light(letter: Consultation, days: Calendar) -> dict[str, str]:
    if letter.state == "answered":
        return {"colour": "green", "word": "已复函", "short": "已复函"}
    on = today()
    left = days.working_between(on, letter.due_on)
    colour = "red" if on > letter.due_on else ("amber" if left <= 1 else "green")
    return {
        "colour": colour,
        "word": ruler.light_word(colour, left, letter.due_on, on),
        "short": ruler.desk_word(colour, left, letter.due_on, on),
    }
