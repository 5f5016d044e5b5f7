"""What a department has to look at again: 告知承诺 to verify (R41) and what a drawn lot fell on (S6)."""

from datetime import date
from typing import Any

from models.base import local, today
from models.case import Task
from models.reads import calendar
from models.rules import permits, ruler
from models.rules.calendar import Calendar
from models.rules.flow import WORDS, verbs
from models.rules.inspection import percent
from models.rules.permits import Actor
from models.supervision import Inspection

MOST = 300
NEAR = 2  # working days left when the light turns amber
KINDS = {"spot": "随机抽查", "promise": "承诺核查"}
JUDGING = ("pass_inspection", "fail_inspection")


async def inbox(actor: Actor) -> list[dict[str, Any]]:
    """Inspections of the actor's department (a supervisor: of all), open ones first by their day, then the newest done:
    [{id, version, kind, kind_words, case_id, task_id, number, title, item_name, department, decided_at, by_name,
    due_on, light, state, state_words, rate_words, findings, can}]. `can` is empty for who decided it.
    """
    permits.require_staff(actor, *permits.WITHIN, "supervisor")
    query = Inspection.exclude(state="dropped")
    if "supervisor" not in actor.roles:
        query = query.filter(department_id=actor.department)
    waiting = await query.filter(state="open").order_by("due_on", "id").limit(MOST).prefetch_related(*WITH)
    done = await query.exclude(state="open").order_by("-inspected_at").limit(MOST // 3).prefetch_related(*WITH)
    days = (await calendar.clock()).calendar
    return [_row(actor, row, days) for row in [*waiting, *done]]


WITH = ("case", "task__case_item", "task__approver")


def _row(actor: Actor, row: Inspection, days: Calendar) -> dict[str, Any]:
    case, task = row.case, row.task
    may = verbs("inspection", row.state, permits.task_roles(actor, row))
    return {
        "id": str(row.id),
        "version": row.version,
        "kind": row.kind,
        "kind_words": KINDS[row.kind],
        "case_id": str(case.id),
        "task_id": str(task.id),
        "number": case.number or "",
        "title": case.title,
        "item_name": task.case_item.name,
        "department": row.department_id,
        "decided_at": local(task.decided_at).isoformat(timespec="seconds") if task.decided_at else None,
        "by_name": task.approver.name if task.approver else "部门系统",
        "due_on": row.due_on.isoformat(),
        "light": _light(row, days, today()),
        "state": row.state,
        "state_words": WORDS["inspection"][row.state],
        "rate_words": f"抽查比例 {percent(row.rate)}" if row.kind == "spot" else "凡告知承诺都核查",
        "findings": Inspection.FINDINGS.open(row.id, row.findings_sealed) or "",
        "can": [verb for verb in may if verb in JUDGING and not _decided_by(actor, task)],
    }


def _decided_by(actor: Actor, task: Task) -> bool:
    return actor.id is not None and task.approver_id == actor.id


def _light(row: Inspection, days: Calendar, on: date) -> dict[str, str]:
    """The light of an open inspection; a done one needs none."""
    if row.state != "open":
        return {"colour": "grey", "word": WORDS["inspection"][row.state]}
    left = days.working_between(on, row.due_on)
    colour = "red" if on > row.due_on else "amber" if left <= NEAR else "green"
    return {"colour": colour, "word": ruler.desk_word(colour, left, row.due_on, on)}
