"""The monthly accountability list 责任清单: who kept the promises of a month, who did not, case by case (S34, R38)."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from models.base import SHANGHAI, Refusal, local, now, rows, today
from models.case import Notice
from models.catalogue import Department
from models.reads import calendar
from models.reads.desk import short_hall
from models.rules import permits
from models.rules.limits import NATURAL
from models.rules.permits import OVERSEERS, Actor

MOST = 300  # cases named one by one; the figures count them all
MONTH = re.compile("20[0-9]{2}-(0[1-9]|1[0-2])")
NOBODY = "没有指定承办人"

# What was decided in the month, by who examined it, with how many were past the promise and past the law.
DONE = """
SELECT t.department_id AS code, s.name AS handler, count(*) AS done,
  count(*) FILTER (WHERE p.id IS NOT NULL) AS promised,
  count(*) FILTER (WHERE t.decided_at >= p.due_at) AS late,
  count(*) FILTER (WHERE t.decided_at >= l.due_at) AS illegal
FROM task t LEFT JOIN staff s ON s.id = t.handler_id
LEFT JOIN clock p ON p.case_id = t.case_id AND p.task_id = t.id AND p.kind = 'promise'
LEFT JOIN clock l ON l.case_id = t.case_id AND l.task_id = t.id AND l.kind = 'statutory'
WHERE t.decided_at >= $1 AND t.decided_at < $2 GROUP BY 1, 2
"""
# What was late in the month: decided in it after its day, or past its day and open still.
LATE = """
SELECT k.id AS case_id, k.number, i.name AS title, t.department_id AS code, s.name AS handler, c.kind, c.unit, c.due_on,
  t.decided_at, count(*) OVER () AS n
FROM clock c JOIN task t ON t.id = c.task_id JOIN cases k ON k.id = c.case_id JOIN case_item i ON i.id = t.case_item_id
LEFT JOIN staff s ON s.id = t.handler_id
WHERE c.id IN (
  SELECT p.id FROM task d JOIN clock p ON p.case_id = d.case_id AND p.task_id = d.id AND p.kind = ANY($4)
  WHERE d.decided_at >= $1 AND d.decided_at < $2 AND d.decided_at >= p.due_at
  UNION ALL
  SELECT o.id FROM clock o WHERE o.stopped_at IS NULL AND o.kind = ANY($4) AND o.task_id IS NOT NULL
    AND NOT o.suspensions @> '[{"open": true}]' AND o.due_at <= $3)
ORDER BY c.due_on, c.id LIMIT $5
"""
OPEN_LATE = """
SELECT t.department_id AS code, s.name AS handler, count(*) FILTER (WHERE c.kind = 'promise') AS late,
  count(*) FILTER (WHERE c.kind = 'statutory') AS illegal
FROM clock c JOIN task t ON t.id = c.task_id LEFT JOIN staff s ON s.id = t.handler_id
WHERE c.stopped_at IS NULL AND c.kind IN ('promise', 'statutory') AND c.task_id IS NOT NULL
  AND NOT c.suspensions @> '[{"open": true}]' AND c.due_at <= $1 GROUP BY 1, 2
"""
URGED = """
SELECT t.department_id AS code, s.name AS handler,
  count(*) FILTER (WHERE u.created_at >= $1 AND u.created_at < $2) AS urged,
  count(*) FILTER (WHERE u.answer_due_at >= $1 AND u.answer_due_at < $2 AND u.answer_due_at <= $3
    AND COALESCE(u.answered_at, t.decided_at, $3) > u.answer_due_at) AS unanswered
FROM urge u JOIN task t ON t.id = u.task_id LEFT JOIN staff s ON s.id = t.handler_id
WHERE u.level = 'manual' AND u.created_at >= $1::timestamptz - interval '40 days' AND u.created_at < $2 GROUP BY 1, 2
"""
OTHERS = {
    "silent": (
        "函询逾期",
        "SELECT department_id AS code, NULL AS handler, count(*) AS n FROM consultation WHERE due_at >= $1 "
        "AND due_at < $2 AND due_at <= $3 AND COALESCE(answered_at, $3) > due_at GROUP BY 1",
    ),
    "false": (
        "抽查不实",
        "SELECT i.department_id AS code, s.name AS handler, count(*) AS n FROM inspection i "
        "JOIN task t ON t.id = i.task_id LEFT JOIN staff s ON s.id = t.handler_id "
        "WHERE i.state = 'failed' AND i.inspected_at >= $1 AND i.inspected_at < $2 "
        "AND $3::timestamptz IS NOT NULL GROUP BY 1, 2",
    ),
    "broken": (
        "容缺逾期",
        "SELECT i.department_id AS code, NULL AS handler, count(*) AS n FROM promise p JOIN case_item i "
        "ON i.case_id = p.case_id AND i.code = p.item_code WHERE p.kind = 'tolerance' AND p.state = 'broken' "
        "AND p.settled_at >= $1 AND p.settled_at < $2 AND $3::timestamptz IS NOT NULL GROUP BY 1",
    ),
}  # fmt: skip
FIGURES = ("done", "promised", "late", "illegal", "urged", "unanswered", *OTHERS)
Line = dict[str, Any]


async def month(actor: Actor, asked: str = "") -> dict[str, Any]:
    """The list of one month, `2026-11`.

    {month, words, whole, departments: [{code, name, figures.., on_time, handlers: [{name, figures..}]}], total,
    late: [...], illegal: [...], deemed: [{hall, n}], second: [{number, title, hall, reason}]}. `on_time` is a share of
    what had a promise, None without any. Small numbers are shown: these are the office's own eyes. Refusal bad_month.
    """
    permits.require_staff(actor, *OVERSEERS)
    first, last = _span(asked or f"{today():%Y-%m}")
    at = min(last, now())
    lines = await _figures(first, last, at)
    departments = await _by_department(lines)
    here, following = local(first), local(last) if last <= now() else None
    return {
        "month": f"{here:%Y-%m}", "words": f"{here.year}年{here.month}月", "whole": following is not None,
        "previous": f"{here - timedelta(days=1):%Y-%m}", "next": f"{following:%Y-%m}" if following else "",
        "departments": departments, "total": _sum(departments),
        "late": await _late(first, last, at, "promise"), "illegal": await _late(first, last, at, "statutory"),
        "deemed": await _deemed(first, last), "second": await _second(local(first).date(), local(last).date()),
    }  # fmt: skip


def _span(asked: str) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, on the county's clock."""
    if not MONTH.fullmatch(asked):
        raise Refusal("bad_month", 422, "月份要写成 2026-11 这样")
    year, number = int(asked[:4]), int(asked[5:])
    first = datetime(year, number, 1, tzinfo=SHANGHAI)
    return first, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=SHANGHAI)


async def _figures(first: datetime, last: datetime, at: datetime) -> dict[tuple[str, str], Line]:
    """(department, handler) -> figures."""
    found: dict[tuple[str, str], Line] = {}

    def add(lines: list[dict[str, Any]], names: dict[str, str]) -> None:
        for line in lines:
            key = line["code"], line["handler"] or NOBODY
            own = found.setdefault(key, {"on_promise": 0, **dict.fromkeys(FIGURES, 0)})
            for column, figure in names.items():
                own[figure] += line[column]

    done = await rows(DONE, first, last)
    for line in done:
        line["on_promise"] = line["promised"] - line["late"]
    add(done, {name: name for name in ("done", "promised", "late", "illegal", "on_promise")})
    add(await rows(OPEN_LATE, at), {"late": "late", "illegal": "illegal"})
    add(await rows(URGED, first, last, at), {"urged": "urged", "unanswered": "unanswered"})
    for name, (_, sql) in OTHERS.items():
        add(await rows(sql, first, last, at), {"n": name})
    return found


async def _by_department(lines: dict[tuple[str, str], Line]) -> list[Line]:
    names = {row.code: row.short for row in await Department.all()}
    found: dict[str, Line] = {}
    for (code, handler), figures in sorted(lines.items()):
        whole = found.setdefault(
            code, {"code": code, "name": names.get(code, code), "handlers": [], "on_promise": 0,
                   **dict.fromkeys(FIGURES, 0)},
        )  # fmt: skip
        whole["handlers"].append({"name": handler, "on_time": _share(figures), **figures})
        for name in ("on_promise", *FIGURES):
            whole[name] += figures[name]
    for whole in found.values():
        whole["on_time"] = _share(whole)
    return sorted(found.values(), key=lambda row: (-row["illegal"], -row["late"], -row["unanswered"], row["code"]))


def _sum(departments: list[Line]) -> Line:
    total = {name: sum(row[name] for row in departments) for name in ("on_promise", *FIGURES)}
    return {"name": "全县", **total, "on_time": _share(total)}


def _share(figures: Line) -> float | None:
    """按承诺办结率: of what was decided and had a promise, how much within it."""
    return figures["on_promise"] / figures["promised"] if figures["promised"] else None


async def _late(first: datetime, last: datetime, at: datetime, kind: str) -> dict[str, Any]:
    """{count, rows: [{case_id, number, title, department, handler, due_on, days, words, open}]}."""
    found = await rows(LATE, first, last, at, [kind], MOST)
    names = {row.code: row.short for row in await Department.all()}
    days = (await calendar.clock()).calendar
    told = []
    for row in found:
        ended = local(row["decided_at"] or at).date()
        over = (ended - row["due_on"]).days if row["unit"] == NATURAL else days.working_between(row["due_on"], ended)
        told.append(
            {
                "case_id": str(row["case_id"]), "number": row["number"] or "", "title": row["title"],
                "department": names.get(row["code"], row["code"]), "handler": row["handler"] or NOBODY,
                "due_on": row["due_on"], "days": max(1, over), "unit": row["unit"], "open": row["decided_at"] is None,
                "words": f"超 {max(1, over)} 日" if row["unit"] != NATURAL else f"超 {max(1, over)} 个自然日",
            }
        )  # fmt: skip
    return {"count": found[0]["n"] if found else 0, "rows": told}


async def _deemed(first: datetime, last: datetime) -> list[dict[str, Any]]:
    """视为受理, by the hall that let the days pass (R29)."""
    found = await rows(
        "SELECT h.code, h.name, h.tier, count(*) AS n FROM event e JOIN cases k ON k.id = e.case_id "
        "JOIN hall h ON h.code = k.hall_id WHERE e.verb = 'deem_accept' AND e.at >= $1 AND e.at < $2 "
        "GROUP BY 1, 2, 3 ORDER BY n DESC, h.code",
        first, last,
    )  # fmt: skip
    return [{"hall": short_hall(row["name"], row["tier"]), "n": row["n"]} for row in found]


async def _second(first: date, last: date) -> list[dict[str, Any]]:
    """Second notices with the reason a supervisor allowed them for (R28)."""
    found = (
        await Notice.filter(round=2, issued_on__gte=first, issued_on__lt=last)
        .order_by("issued_on", "id").limit(MOST).prefetch_related("case")
    )  # fmt: skip
    halls = {
        row["code"]: short_hall(row["name"], row["tier"]) for row in await rows("SELECT code, name, tier FROM hall")
    }
    return [
        {
            "case_id": str(row.case_id), "number": row.number, "title": row.case.title, "on": row.issued_on,
            "hall": halls.get(row.case.hall_id, row.case.hall_id),
            "reason": Notice.REASON.open(row.id, row.reason_sealed) or "",
        }
        for row in found
    ]  # fmt: skip
