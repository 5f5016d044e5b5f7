"""督办: the clock's ladder, a supervisor's urging and its answer, and the nightly sweep (R24, R38, R39, S34)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.actions import outbox
from models.actions.alarms import Due
from models.actions.step import Move, locked_case, move_task
from models.actions.tasks import locked_task
from models.base import Refusal, execute, local, new_id, now, today, unit
from models.case import Alarm, Case, CaseItem, Task
from models.reads import calendar, sweep
from models.rules import ladder, notices
from models.rules.dates import say
from models.rules.permits import CLOCK, SYSTEM, Actor, require_staff
from models.supervision import Sweep, Urge

MOST_AT_ONCE = 100
KEPT = "90 days"

# ------------------------------------------------------------------ the ladder


async def climb(due: Due) -> None:
    """One step of the ladder: an event, a row and the telling, each once, however late or often the worker runs.

    Steps below it that are due too are taken first, so that two workers never tell the head before the section.
    """

    async def body() -> None:
        case = await locked_case(due.case_id)
        task = await Task.filter(id=due.subject_id).select_for_update().get()
        owed = await Alarm.filter(clock_id=due.clock_id, done_at=None, due_at__lte=now()).values_list("verb", flat=True)
        for verb in ladder.climbed({str(one) for one in owed}, due.verb):
            await _take(case, task, verb)

    await unit(body)


async def _take(case: Case, task: Task, verb: str) -> None:
    level = ladder.LADDER[verb]
    taken = await Urge.filter(task_id=task.id, level=level, by_id=None).first()
    # an extension or a pause moves the day: then the handler is reminded again, on another day; nobody else is
    if taken and (level != "handler" or local(taken.created_at).date() == today()):
        return
    item = await CaseItem.get(id=task.case_item_id)
    facts = {"title": item.name, "level": ladder.TOLD.get(verb, "")}
    await move_task(CLOCK, case, task, verb, Move(facts=facts))
    if taken is None:
        await Urge.create(id=new_id(), created_at=now(), case_id=case.id, task_id=task.id, level=level)


# ------------------------------------------------------------------ urging and its answer


async def urge(actor: Actor, task_id: UUID, version: int | None, words: str, answer_due_at: datetime) -> None:
    """催办, with an hour by which the department answers.

    Refusals: urge_words (422), answer_due_past, answer_due_far, answer_due_hours (422), urge_open (409): one urging
    waits for its answer at a time; one whose hour has passed unanswered gives way to the next.
    """
    said = _said(words, "urge_words", "请写催办的话（2 到 500 字）")
    await _check_hour(answer_due_at)

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
        until = f"{say(local(answer_due_at).date())} {local(answer_due_at):%H:%M}"
        item = await CaseItem.get(id=task.case_item_id)
        move = Move(version, detail=said, words=f"督办催办，请在{until}前答复", facts={"title": item.name})
        await move_task(actor, case, task, "urge", move)
        await _make_room(task)
        id_ = new_id()
        await Urge.create(
            id=id_, created_at=now(), case_id=case.id, task_id=task.id, level="manual", by_id=actor.id,
            by_name=actor.name, words_sealed=Urge.WORDS.seal(id_, said), answer_due_at=answer_due_at,
        )  # fmt: skip

    await unit(body)


async def _check_hour(due: datetime) -> None:
    clock = await calendar.clock()
    ladder.check_answer_due(clock.calendar, local(due), local(now()), clock.rules.cutoff)


async def _make_room(task: Task) -> None:
    waiting = await Urge.filter(task_id=task.id, level="manual", answered_at=None, lapsed_at=None).first()
    if waiting is None:
        return
    if waiting.answer_due_at > now():
        until = local(waiting.answer_due_at)
        raise Refusal(
            "urge_open", 409, f"这件催过了，答复期限到{say(until.date())} {until:%H:%M}，还没到。到时没有答复可以再催"
        )
    await execute("UPDATE urge SET lapsed_at = $2 WHERE id = $1", waiting.id, now())


async def answer_urge(actor: Actor, task_id: UUID, version: int | None, words: str) -> None:
    """答复催办: what the department says to the open urging, a late answer included. Refusal no_open_urge (409)."""
    said = _said(words, "answer_words", "请写答复（2 到 500 字）：办到哪一步，哪天办结")

    async def body() -> None:
        case, task = await locked_task(actor, task_id)
        item = await CaseItem.get(id=task.case_item_id)
        await move_task(actor, case, task, "answer_urge", Move(version, detail=said, facts={"title": item.name}))
        waiting = await Urge.filter(task_id=task.id, level="manual", answered_at=None, lapsed_at=None).first()
        if waiting is None:
            raise Refusal("no_open_urge", 409, "这件没有等着答复的催办，可能已经有人答复了。请刷新看看")
        waiting.answer_sealed = Urge.ANSWER.seal(waiting.id, said)
        waiting.answered_by, waiting.answered_at = actor.name, now()
        await waiting.save(update_fields=["answer_sealed", "answered_by", "answered_at"])

    await unit(body)


@dataclass
class Urged:
    """What became of urging several: how many were urged, and why the others were not (refusal code -> how many)."""

    done: int = 0
    left: Counter[str] = field(default_factory=Counter)


async def urge_all(actor: Actor, tasks: list[UUID], words: str, answer_due_at: datetime) -> Urged:
    """全选催办: one transaction each, so that one that has moved on does not hold back the others."""
    require_staff(actor, "supervisor")
    _said(words, "urge_words", "请写催办的话（2 到 500 字）")
    await _check_hour(answer_due_at)
    if not 1 <= len(tasks) <= MOST_AT_ONCE:
        raise Refusal("urge_none", 422, f"请选要催的件，一次最多 {MOST_AT_ONCE} 件")
    found = Urged()
    for task_id in dict.fromkeys(tasks):
        try:
            await urge(actor, task_id, None, words, answer_due_at)
            found.done += 1
        except Refusal as refusal:
            found.left[refusal.code] += 1
    return found


def _said(text: str, code: str, words: str) -> str:
    said = text.strip()
    if not 2 <= len(said) <= 500:
        raise Refusal(code, 422, words)
    return said


# ------------------------------------------------------------------ the sweep


async def sweep_cases() -> sweep.Found:
    """Look through every open case, write down what was found, tell the supervisors if it is not nothing (R24)."""
    found = await sweep.orphans(SYSTEM)

    async def body() -> None:
        row = await Sweep.create(
            id=new_id(), created_at=now(), orphans=found.orphans, unmanned=sum(one["n"] for one in found.unmanned)
        )
        await execute(f"DELETE FROM sweep WHERE created_at < $1::timestamptz - interval '{KEPT}'", now())
        if found.orphans:
            words = notices.words("supervisor.orphans", {"n": found.orphans})
            payload = {"kind": "supervisor.orphans", "case_id": "", "words": words}
            await outbox.put("desk", row.id, "supervisor", payload, f"sweep:{row.id}", "nice")

    await unit(body)
    return found
