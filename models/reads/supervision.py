"""The supervision board (S34, R38): what will be late in 1, 3 and 5 days, what is late, and what somebody must see to.

Lights by the promise, legality by the statute. Counts come from narrow indexes; names are fetched for the rows shown.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from models.base import local, not_found, now, rows, today
from models.case import Alarm, Case, Task
from models.people import Staff
from models.reads import calendar, matters, tally
from models.reads.desk import shown_name
from models.rules import ladder, permits
from models.rules.clock import Clock
from models.rules.limits import NATURAL, ClockRules
from models.rules.permits import OVERSEERS, WITHIN, Actor
from models.supervision import Urge

SHOWN = 5  # rows of a column
LATE_SHOWN = 20
PAGE = 100


async def board(actor: Actor, by: str = "", value: str = "") -> dict[str, Any]:
    """The whole board.

    {columns: [{days, count, rows, more}], late: {count, rows, more}, total, table: {by, rows}, matters, by, value,
    choices}. A row: {task_id, case_id, version, title, applicant, department, department_code, handler, words, light,
    illegal, urged, urged_words, green, state}. For supervisors and the county's head.
    """
    permits.require_staff(actor, *OVERSEERS)
    whose, spans = await tally.chosen(by, value), await tally.spans()
    groups, first = await tally.look(whose, spans, {days: SHOWN if days else LATE_SHOWN for days in spans})
    counts = {days: sum(group[f"in{days}"] for group in groups) for days in spans}
    shown = await _rows([clock_id for ids in first.values() for clock_id in ids])
    columns = {days: _column(days, counts[days], first[days], shown) for days in spans}
    return {
        "by": whose.by, "value": whose.value, "total": sum(group["open"] for group in groups),
        "columns": [columns[days] for days in ladder.COLUMNS], "late": columns[0],
        "table": {"by": whose.group, "rows": groups}, "matters": await matters.counts(actor),
        "choices": await tally.choices(whose.by),
    }  # fmt: skip


def _column(days: int, count: int, ids: list[UUID], shown: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    found = [shown[id_] for id_ in ids if id_ in shown]
    return {"days": days, "count": count, "rows": found, "more": max(0, count - len(found))}


async def column(actor: Actor, days: int, by: str = "", value: str = "", after: str = "") -> dict[str, Any]:
    """One column whole, a hundred at a time; days 0 is what is late. {days, count, rows, next: of the next page}."""
    permits.require_staff(actor, *OVERSEERS)
    whose, spans = await tally.chosen(by, value), await tally.spans()
    if days not in spans:
        raise not_found()
    count = await tally.counted(whose, spans[days])
    ids = await tally.first(whose, spans[days], PAGE + 1, _place(after))
    shown = await _rows(ids[:PAGE])
    following = f"{shown[ids[PAGE - 1]]['due_on']}~{ids[PAGE - 1]}" if len(ids) > PAGE else ""
    return {**_column(days, count, ids[:PAGE], shown), "next": following}


def _place(after: str) -> tuple[date, UUID] | None:
    day, _, id_ = after.partition("~")
    try:
        return date.fromisoformat(day), UUID(id_)
    except ValueError:
        return None


async def one(actor: Actor, task_id: UUID) -> dict[str, Any]:
    """The row of one open task, whatever its clock, for the drawer beside the board."""
    permits.require_staff(actor, *OVERSEERS)
    found = await rows(
        "SELECT id FROM clock WHERE task_id = $1 AND kind = 'promise' AND stopped_at IS NULL LIMIT 1", task_id
    )
    shown = await _rows([row["id"] for row in found])
    if not shown:
        raise not_found("这一项已经办完，或不在督办的范围里")
    return next(iter(shown.values()))


# ------------------------------------------------------------------ what is shown


async def _rows(ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Clock id -> the row of the board."""
    found = await rows(
        f"SELECT c.id, c.due_on, c.unit, c.limit_days + c.extension_days AS whole, {tally.PAUSED} AS paused, "
        "t.id AS task_id, t.version, t.state, t.department_id, "
        "d.short, s.name AS handler, i.name AS title, k.id AS case_id, k.applicant_kind, k.applicant_name_sealed, "
        "k.green, (SELECT l.due_on FROM clock l WHERE l.case_id = c.case_id AND l.task_id = c.task_id "
        "AND l.kind = 'statutory' AND l.stopped_at IS NULL) AS law_on, "
        "(SELECT count(*) FROM urge u WHERE u.task_id = t.id AND u.level = 'manual') AS urged "
        "FROM clock c JOIN task t ON t.id = c.task_id JOIN cases k ON k.id = c.case_id "
        "JOIN case_item i ON i.id = t.case_item_id JOIN department d ON d.code = t.department_id "
        "LEFT JOIN staff s ON s.id = t.handler_id WHERE c.id = ANY($1)",
        ids,
    ) if ids else []  # fmt: skip
    clock = await calendar.clock()
    return {row["id"]: _row(row, clock) for row in found}


def _row(row: dict[str, Any], clock: Clock) -> dict[str, Any]:
    case = Case(
        id=row["case_id"], applicant_kind=row["applicant_kind"], applicant_name_sealed=row["applicant_name_sealed"]
    )
    natural = row["unit"] == NATURAL
    left = ladder.left(clock.calendar, row["due_on"], today(), natural)
    return {
        "task_id": str(row["task_id"]), "case_id": str(row["case_id"]), "version": row["version"],
        "title": row["title"], "applicant": shown_name(case), "department": row["short"],
        "department_code": row["department_id"], "handler": row["handler"] or "", "due_on": row["due_on"],
        "words": "暂停中" if row["paused"] else ladder.remaining(left, row["due_on"], today(), natural),
        "light": "grey" if row["paused"] else _light(row, left, clock.rules),
        "illegal": bool(row["law_on"] and row["law_on"] < today()), "urged": row["urged"],
        "urged_words": f"已催 {row['urged']} 次" if row["urged"] else "未催", "green": row["green"],
        "state": row["state"],
    }  # fmt: skip


def _light(row: dict[str, Any], left: int, rules: ClockRules) -> str:
    """As the clock itself says it (R38): red past the day, amber near it."""
    if row["due_on"] < today():
        return "red"
    return "amber" if left <= max(float(rules.amber_min), rules.amber_share * row["whole"]) else "green"


# ------------------------------------------------------------------ the ladder of one task


async def steps(actor: Actor, task_id: UUID) -> list[dict[str, Any]]:
    """The ladder of a task, from below: [{at, words, by, note, state: done | next | ahead, until}].

    What has been said with its answer, then what comes by itself and when. `until`: an urging whose answer is awaited.
    """
    permits.require_staff(actor, *OVERSEERS)
    task = await Task.get_or_none(id=task_id).prefetch_related("handler")
    if task is None:
        raise not_found()
    who = await _people(task)
    taken = await Urge.filter(task_id=task_id).order_by("created_at", "id")
    done = [{"at": _at(row.created_at), "state": "done", **_taken(row, who)} for row in taken]
    told = {row.level for row in taken if row.by_id is None}
    coming = await Alarm.filter(subject_id=task_id, done_at=None, verb__in=list(ladder.LADDER)).order_by("due_at", "id")
    ahead = [
        {"at": _at(alarm.due_at), "words": _level_words(ladder.LADDER[alarm.verb], who), "by": "系统",
         "note": _soon(alarm.due_at), "state": "ahead", "until": ""}
        for alarm in coming
        if ladder.LADDER[alarm.verb] not in told
    ]  # fmt: skip
    if ahead:
        ahead[0]["state"] = "next"
    return [*done, *ahead]


def _taken(row: Urge, who: dict[str, str]) -> dict[str, Any]:
    if row.level != "manual":
        return {"words": _level_words(row.level, who), "by": "系统", "note": "", "until": ""}
    said = Urge.WORDS.open(row.id, row.words_sealed) or ""
    waits = row.answered_at is None and row.lapsed_at is None and row.answer_due_at and row.answer_due_at > now()
    if row.answered_at:
        answer = Urge.ANSWER.open(row.id, row.answer_sealed)
        note = f"{row.answered_by} {local(row.answered_at):%m-%d %H:%M} 答复：{answer}"
    else:
        due = row.answer_due_at
        late = due is not None and due <= now()
        note = (
            f"{'没有答复，期限是' if late else '请在'} {local(due):%m-%d %H:%M}{'' if late else ' 前答复'}"
            if due
            else ""
        )
    return {
        "words": f"督办催办：{said}",
        "by": row.by_name,
        "note": note,
        "until": _at(row.answer_due_at) if waits else "",
    }


def _level_words(level: str, who: dict[str, str]) -> str:
    return f"{ladder.LEVEL_WORDS[level]} {who.get(level, '')}".rstrip()


def _soon(due: datetime) -> str:
    minutes = int((due - now()).total_seconds() // 60)
    return f"还有 {max(0, minutes)} 分钟" if minutes < 60 else ""


async def _people(task: Task) -> dict[str, str]:
    """Level -> the name of who is told: the handler, the head of the handler's section, who decides."""
    there = await Staff.filter(department_id=task.department_id, disabled_at=None).order_by("id")
    handler = task.handler
    heads = [one for one in there if "section_head" in one.roles]
    own = [one for one in heads if handler and one.section == handler.section] or heads
    deciding = [one for one in there if "approver" in one.roles]
    return {
        "handler": handler.name if handler else "", "section": "、".join(one.name for one in own[:2]),
        "head": "、".join(one.name for one in deciding[:2]),
    }  # fmt: skip


async def urges_of(case_id: UUID, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """The urgings of a case by task, oldest first, for who watches over it or works in the task's department.

    {task id: [{level, level_words, by, words, at, answer_due_at, answered_at, answered_by, answer, open}]}; `open`: the
    department is to answer it now.
    """
    if actor.kind != "staff" or not await Case.filter(permits.scope(actor), id=case_id).exists():
        return {}
    found = Urge.filter(case_id=case_id).order_by("created_at", "id")
    if not actor.roles & OVERSEERS:
        if not actor.roles & WITHIN:
            return {}
        found = found.filter(task__department_id=actor.department)
    told: dict[str, list[dict[str, Any]]] = {}
    for row in await found:
        told.setdefault(str(row.task_id), []).append(
            {
                "level": row.level, "level_words": ladder.LEVEL_WORDS[row.level], "by": row.by_name or "系统",
                "words": Urge.WORDS.open(row.id, row.words_sealed) or "", "at": _at(row.created_at),
                "answer_due_at": _at(row.answer_due_at), "answered_at": _at(row.answered_at),
                "answered_by": row.answered_by, "answer": Urge.ANSWER.open(row.id, row.answer_sealed) or "",
                "open": row.level == "manual" and row.answered_at is None and row.lapsed_at is None,
            }
        )  # fmt: skip
    return told


def _at(moment: datetime | None) -> str | None:
    return local(moment).isoformat(timespec="seconds") if moment else None
