"""函询: a letter to another department about a case, its answer, and what the clock does about silence (R42, S30)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from models.actions import clocks, tell
from models.actions.alarms import Due
from models.actions.clocks import MORNING
from models.actions.step import Move, locked_case, may, move_row, write_event
from models.base import SHANGHAI, Refusal, new_id, not_found, now, unit
from models.case import Case, Task
from models.catalogue import Department
from models.paper import CaseMaterial
from models.reads import calendar
from models.reads.consultations import LIVE
from models.rules import permits
from models.rules.dates import say
from models.rules.flow import CONSULTATION, OPEN_TASKS
from models.rules.limits import Limit
from models.rules.permits import CLOCK, Actor
from models.supervision import Consultation

ASKED_IN = ("submitted", "received", "accepted")
OUTCOMES = {"agrees": "同意", "objects": "不同意", "defects": "材料要补正"}
DAYS = 2
MOST_LINES = 60


async def ask(actor: Actor, case_id: UUID, department: str, question: str, task_id: UUID | None = None) -> UUID:
    """征询部门: by the counter while it has the case, or by a handler on their own task. Returns the letter's id.

    Refusals: not_found, not_allowed (403), state_changed, already_asked (409), question_needed, unknown_department,
    own_department (422).
    """

    async def body() -> UUID:
        case, task = await _about(actor, case_id, task_id)
        said = _words(question, "question_needed", "请写明要征询什么（2 到 2000 字）")
        asked = await _asked(department, task)
        asker = f"department:{task.department_id}" if task else f"hall:{case.hall_id}"
        if await Consultation.filter(case_id=case.id, department_id=asked.code, asker=asker, state="open").exists():
            raise Refusal("already_asked", 409, f"已经发函给{asked.short}，还在等复函")
        letter = await _write(actor, case, task, asked.code, asker, said)
        words = f"发函征询{asked.short}，{say(letter.due_on)}前复"
        move = Move(detail=said, words=words)
        event = await write_event(actor, case, task, "ask", CONSULTATION["ask"], "", move, after="open")
        facts = {"title": case.title, "number": case.number or ""}
        await tell.all_of(CONSULTATION["ask"].tell, case, event, facts, task, row=letter)
        return letter.id

    return await unit(body)


async def _about(actor: Actor, case_id: UUID, task_id: UUID | None) -> tuple[Case, Task | None]:
    """The case, locked, and the task it is asked from; refused to whoever may not ask about it now."""
    case = await locked_case(case_id)
    task = await Task.filter(id=task_id, case_id=case.id).first() if task_id else None
    if task_id and task is None:
        raise not_found()
    roles = permits.task_roles(actor, task) if task else permits.case_roles(actor, case)
    if not roles or case.state == "draft":
        raise not_found()
    if ("handler" if task else "clerk") not in roles:
        raise Refusal("not_allowed", 403, "发函征询由窗口人员或这一项的审查人员办")
    if case.state not in ASKED_IN or (task and task.state not in OPEN_TASKS):
        raise Refusal("state_changed", 409, "这件现在不在您手上办，不用再征询。请刷新看看")
    return case, task


async def _asked(code: str, task: Task | None) -> Department:
    found = await Department.filter(code=code).first()
    if found is None:
        raise Refusal("unknown_department", 422, "没有这个部门，请从名单里选")
    if task and task.department_id == code:
        raise Refusal("own_department", 422, "不用发函问自己的部门，请选别的部门")
    return found


async def _write(actor: Actor, case: Case, task: Task | None, department: str, asker: str, said: str) -> Consultation:
    county = await calendar.county()
    started = county.clock.received_on(now())
    due_on = county.clock.due_on(started, Limit(int(county.settings.get("consultation_days", DAYS))))
    id_ = new_id()
    letter = await Consultation.create(
        id=id_, case_id=case.id, task_id=task.id if task else None, department_id=department, asked_by=actor.id,
        asker=asker, question_sealed=Consultation.QUESTION.seal(id_, said), due_on=due_on,
        due_at=county.clock.due_at(due_on),
    )  # fmt: skip
    before = county.clock.calendar.before(due_on)
    if before > started:
        remind = datetime.combine(before, MORNING, SHANGHAI)
        await clocks.plan("consultation", case.id, letter.id, "remind_answer", remind)
    await clocks.plan("consultation", case.id, letter.id, "fall_silent", letter.due_at)
    return letter


async def answer(
    actor: Actor, consultation_id: UUID, version: int | None, outcome: str, words: str, lines: Iterable[dict[str, str]]
) -> None:
    """复函: agrees, objects, or defects with lines for the one-time notice; late is better than never (R28).

    lines: [{material_code, defect, fix}], only with defects. Refusals: not_found, not_allowed, case_ended,
    state_changed, stale_version, unknown_outcome, answer_needed, lines_needed, lines_unwanted, answer_incomplete.
    """

    async def body() -> None:
        case, letter = await _locked(consultation_id, actor)
        may(actor, letter, "consultation", "answer", version)
        if case.state not in LIVE:
            raise Refusal("case_ended", 409, "这件已经办完了，不用再复函")
        if outcome not in OUTCOMES:
            raise Refusal("unknown_outcome", 422, "请选“同意”“不同意”或“材料要补正”")
        said = _words(words, "answer_needed", "请写复函的意见（2 到 2000 字）")
        checked = await _lines(case, outcome, list(lines))
        fields = {
            "outcome": outcome, "answer_sealed": Consultation.ANSWER.seal(letter.id, said), "answered_by": actor.key,
            "answered_at": now(),
            "defects_sealed": Consultation.DEFECTS.seal_json(letter.id, {"lines": checked}) if checked else None,
        }  # fmt: skip
        department = await Department.get(code=letter.department_id)
        task = await Task.filter(id=letter.task_id).first() if letter.task_id else None
        move = Move(version, detail=said, words=f"{department.short}复函：{OUTCOMES[outcome]}", fields=fields)
        await move_row(actor, case, letter, "consultation", "answer", move, task=task)
        await clocks.disarm(letter.id)

    await unit(body)


async def _locked(consultation_id: UUID, actor: Actor) -> tuple[Case, Consultation]:
    """The case and the letter, locked in that order, if the actor's department was asked."""
    found = await Consultation.filter(id=consultation_id).first()
    if found is None or not permits.task_roles(actor, found):
        raise not_found()
    case = await locked_case(found.case_id)
    return case, await Consultation.filter(id=consultation_id).select_for_update().get()


async def _lines(case: Case, outcome: str, lines: list[dict[str, str]]) -> list[dict[str, str]]:
    if outcome != "defects":
        if lines:
            raise Refusal("lines_unwanted", 422, "有材料要补正的，请选“材料要补正”")
        return []
    if not 1 <= len(lines) <= MOST_LINES:
        raise Refusal("lines_needed", 422, f"请逐样写明哪里不符、改成什么样（1 到 {MOST_LINES} 处）")
    known = set(await CaseMaterial.filter(case_id=case.id).values_list("code", flat=True))
    errors = [error for place, line in enumerate(lines) for error in _faults(place, line, known)]
    if errors:
        raise Refusal("answer_incomplete", 422, "复函还没有写全，您写的都还在", errors)
    return [
        {"material_code": line["material_code"], "defect": line["defect"].strip(), "fix": line["fix"].strip()}
        for line in lines
    ]


def _faults(place: int, line: dict[str, str], known: set[Any]) -> list[dict[str, str]]:
    found = []
    if line.get("material_code") not in known:
        found.append({"pointer": f"/lines/{place}", "code": "unknown_material", "detail": "这件事没有这样材料"})
    for part, words in (("defect", "哪里不符"), ("fix", "改成什么样")):
        if not 2 <= len(str(line.get(part, "")).strip()) <= 300:
            detail = f"请写清“{words}”（2 到 300 字）"
            found.append({"pointer": f"/lines/{place}/{part}", "code": "vague", "detail": detail})
    return found


async def by_clock(due: Due) -> None:
    """The clock's acts on a letter: a reminder, and the alarm that nobody answered. Nothing once the case ended."""

    async def body() -> None:
        case = await locked_case(due.case_id)
        letter = await Consultation.filter(id=due.subject_id).select_for_update().get()
        if case.state in LIVE:
            await move_row(CLOCK, case, letter, "consultation", due.verb)

    await unit(body)


def _words(text: str, code: str, words: str) -> str:
    said = text.strip()
    if not 2 <= len(said) <= 2000:
        raise Refusal(code, 422, words)
    return said
