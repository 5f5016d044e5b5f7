"""The sweep (R24): no open case without an owner and something due, no open task without a clock or somebody for it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.base import rows, today
from models.catalogue import Department
from models.people import DepartmentSystem, Staff
from models.rules import permits
from models.rules.flow import STATE_WORDS, TASK_WORDS
from models.rules.permits import OVERSEERS, Actor

BATCH = 20_000  # cases looked at by one statement
MOST_TOLD = 200
ZERO = UUID(int=0)
# who must act next on a task
NEXT = {"assigned": "handler", "examining": "handler", "suspended": "handler", "advised": "approver"}
ROLE_WORDS = {"handler": "审查人员", "approver": "负责人"}

# A case before acceptance, and one whose result waits, must have its next act ahead. An accepted one past every alarm
# has its clock still running: it stands on the board as late until it is decided.
CASES = """
WITH batch AS (
  SELECT id, number, title, state, owner FROM cases
  WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned') AND id > $1 ORDER BY id LIMIT $2)
SELECT b.id, b.number, b.title, b.state, b.owner = '' AS ownerless, b.idle, m.last, m.n FROM (
  SELECT *, NOT EXISTS (SELECT 1 FROM alarm a WHERE a.case_id = batch.id AND a.done_at IS NULL)
    AND (state <> 'accepted'
         OR NOT EXISTS (SELECT 1 FROM clock c WHERE c.case_id = batch.id AND c.stopped_at IS NULL)) AS idle
  FROM batch) AS b
RIGHT JOIN (SELECT max(id::text)::uuid AS last, count(*) AS n FROM batch) AS m ON b.owner = '' OR b.idle
"""
TASKS = """
WITH batch AS (
  SELECT id FROM cases WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned') AND id > $1
  ORDER BY id LIMIT $2)
SELECT t.id, t.state, t.department_id, k.id AS case_id, k.number, i.name AS title
FROM (
  SELECT t.* FROM batch b JOIN task t ON t.case_id = b.id
  WHERE t.state IN ('assigned','examining','suspended','advised') AND NOT EXISTS (
    SELECT 1 FROM clock c WHERE c.case_id = t.case_id AND c.kind IN ('promise','statutory')
    AND COALESCE(c.task_id, c.case_id) = t.id AND c.stopped_at IS NULL)) AS t
JOIN cases k ON k.id = t.case_id JOIN case_item i ON i.id = t.case_item_id ORDER BY t.id
"""
LEFT_OPEN = """
SELECT t.id, t.state, t.department_id, k.id AS case_id, k.number, i.name AS title
FROM (
  SELECT t.* FROM task t WHERE t.state IN ('assigned','examining','suspended','advised') AND NOT EXISTS (
    SELECT 1 FROM cases k WHERE k.id = t.case_id
    AND k.state NOT IN ('draft','delivered','withdrawn','refused','returned'))) AS t
JOIN cases k ON k.id = t.case_id JOIN case_item i ON i.id = t.case_item_id ORDER BY t.id
"""


@dataclass
class Found:
    """`cases` and `tasks`: [{id, number, title, state, why}], the first 200; `orphans` counts them all.

    `unmanned`: [{department, short, role, n}] 无人可办: open tasks of a department where nobody has the next role.
    """

    orphans: int = 0
    cases: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    unmanned: list[dict[str, Any]] = field(default_factory=list)


async def orphans(actor: Actor = permits.SYSTEM) -> Found:
    """Everything that waits for nobody or for nothing. For supervisors, the clock and the command line."""
    if actor.kind not in ("system", "clock"):
        permits.require_staff(actor, *OVERSEERS)
    found, after = Found(), ZERO
    shorts = {d.code: d.short for d in await Department.all()}
    while True:
        lines = await rows(CASES, after, BATCH)
        for line in lines:
            if line["id"] is not None:
                _add(found, found.cases, line, _why(line), STATE_WORDS)
        for line in await rows(TASKS, after, BATCH):
            _add(found, found.tasks, line, f"{shorts[line['department_id']]}：没有在走的期限", TASK_WORDS)
        if not lines or lines[0]["n"] < BATCH:
            break
        after = lines[0]["last"]
    for line in await rows(LEFT_OPEN):
        why = f"{shorts[line['department_id']]}：整件已经结束，这一项还开着"
        _add(found, found.tasks, line, why, TASK_WORDS)
    found.unmanned = await unmanned()
    return found


def _why(line: dict[str, Any]) -> str:
    said = (["没有人接"] if line["ownerless"] else []) + (["没有下一个期限"] if line["idle"] else [])
    return "，".join(said)


def _add(found: Found, told: list[dict[str, Any]], line: dict[str, Any], why: str, words: dict[str, str]) -> None:
    found.orphans += 1
    if len(told) < MOST_TOLD:
        told.append(
            {
                "id": str(line.get("case_id", line["id"])), "number": line["number"] or "", "title": line["title"],
                "state": words[line["state"]], "why": why,
            }
        )  # fmt: skip


async def late_tasks() -> int:
    """How many tasks are past their promise, those in a special procedure left out: by the board's index alone."""
    found = await rows(
        "SELECT count(*) AS n FROM clock WHERE stopped_at IS NULL AND kind = 'promise' AND task_id IS NOT NULL "
        """AND NOT suspensions @> '[{"open": true}]' AND due_on < $1""",
        today(),
    )
    return int(found[0]["n"])


async def unmanned() -> list[dict[str, Any]]:
    """Open tasks of departments where no active account has the role that acts next, and no own system answers."""
    counted = await rows(
        "SELECT department_id, state, count(*) AS n FROM task WHERE state IN "
        "('assigned','examining','suspended','advised') GROUP BY department_id, state"
    )
    there = {(s.department_id, role) for s in await Staff.filter(disabled_at=None) for role in s.roles}
    systems = set(await DepartmentSystem.filter(active=True).values_list("department_id", flat=True))
    window = any(role == "delegate" for _, role in there)
    shorts = {d.code: d.short for d in await Department.all()}
    lacking: dict[tuple[str, str], int] = {}
    for line in counted:
        department, role = line["department_id"], NEXT[line["state"]]
        if department in systems or (department, role) in there:
            continue
        n = line["n"] - (await _delegated(department, line["state"]) if window else 0)
        if n:
            lacking[department, role] = lacking.get((department, role), 0) + n
    return [
        {"department": code, "short": shorts.get(code, code), "role": ROLE_WORDS[role], "n": n}
        for (code, role), n in sorted(lacking.items())
    ]


async def _delegated(department: str, state: str) -> int:
    """Tasks a window may decide in the department's place."""
    if state not in ("assigned", "examining"):
        return 0
    found = await rows(
        "SELECT count(*) AS n FROM task WHERE department_id = $1 AND state = $2 AND delegation <> ''", department, state
    )
    return int(found[0]["n"])
