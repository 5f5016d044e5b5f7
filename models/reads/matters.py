"""What somebody must see to by hand, beside the clocks: counted for the board, listed on asking (S34, R24, R29)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.base import local, not_found, rows, today
from models.case import Case
from models.reads import calendar, sweep
from models.reads.desk import shown_name
from models.rules import permits
from models.rules.dates import say
from models.rules.notices import NOTICES
from models.rules.permits import OVERSEERS, Actor
from models.supervision import Sweep

PAGE = 100
CALENDAR_FROM = (10, 1)  # the State Council publishes next year's plan in autumn: before that nobody is late
# a reminder nobody got is not worth a call; a decision, a defect or a deadline is
CALL_FOR = sorted(name for name, notice in NOTICES.items() if notice.audience == "citizen" and notice.class_ == "must")
OPEN_CASE = "k.state NOT IN ('draft','delivered','withdrawn','refused','returned')"


@dataclass(frozen=True)
class Matter:
    """One line of 要人管的事: `source` joins cases `k` with what is wrong, `told` says it of one case.

    $1 is the next working day, $2 today. `fewer`: the same to be counted, without the join. `daily`: shown at 0 too.
    """

    key: str
    words: str
    source: str
    told: str
    fewer: str = ""
    daily: bool = False


MATTERS = (
    Matter(
        "deeming", "{day}前会视为受理",
        "clock c JOIN cases k ON k.id = c.case_id WHERE c.stopped_at IS NULL AND c.kind = 'acceptance' "
        "AND c.due_on <= $1",
        "'受理期限到 ' || to_char(c.due_on, 'MM-DD')",
        "clock c WHERE c.stopped_at IS NULL AND c.kind = 'acceptance' AND c.due_on <= $1",
        daily=True,
    ),
    Matter(
        "calls", "通知发不到，要打电话",
        f"notification n JOIN cases k ON k.id = n.case_id WHERE n.push IN ('failed','unknown') AND n.read_at IS NULL "
        f"AND {OPEN_CASE} AND n.kind IN ({', '.join(repr(name) for name in CALL_FOR)}) AND $1::date IS NOT NULL",
        "n.title",
        daily=True,
    ),
    Matter(
        "silent", "函询逾期未复",
        "consultation l JOIN cases k ON k.id = l.case_id JOIN department d ON d.code = l.department_id "
        "WHERE l.state = 'silent' AND $1::date IS NOT NULL",
        "d.short || '应在 ' || to_char(l.due_on, 'MM-DD') || ' 前复函'",
    ),
    Matter(
        "inspections", "待核查超期",
        "inspection i JOIN cases k ON k.id = i.case_id JOIN department d ON d.code = i.department_id "
        "WHERE i.state = 'open' AND i.due_on < $2::date AND $1::date IS NOT NULL",
        "d.short || '应在 ' || to_char(i.due_on, 'MM-DD') || ' 前核查'",
    ),
    Matter(
        "second", "请示再次告知",
        "cases k WHERE k.second_notice = 'asked' AND $1::date IS NOT NULL",
        "'窗口等您同意或不同意'",
    ),
)  # fmt: skip


async def counts(actor: Actor) -> list[dict[str, Any]]:
    """[{key, words, n, said}]: what is looked at every day, and what is only shown when there is some of it."""
    permits.require_staff(actor, *OVERSEERS)
    near = (await calendar.clock()).calendar.next_working(today())
    parts = ", ".join(
        f"(SELECT count(*) FROM {_dated(matter.fewer or matter.source)}) AS {matter.key}" for matter in MATTERS
    )
    counted = (await rows(f"SELECT {parts}", near, today()))[0]
    found = [
        {"key": matter.key, "words": matter.words.format(day=say(near)), "n": counted[matter.key],
         "said": str(counted[matter.key])}
        for matter in MATTERS
        if counted[matter.key] or matter.daily
    ]  # fmt: skip
    return [*await _swept(), *found, *await _calendar()]


def _dated(source: str) -> str:
    """Every statement takes both days, so that all of them can be asked at once."""
    return f"{source} AND $2::date IS NOT NULL"


async def _swept() -> list[dict[str, Any]]:
    """The last sweep: cases nobody has, and tasks nobody can do."""
    row = await Sweep.all().order_by("-created_at").first()
    if row is None:
        return [{"key": "orphans", "words": "无人接的办件", "n": 0, "said": "还没有查过"}]
    at = local(row.created_at)
    found = [
        {
            "key": "orphans",
            "words": "无人接的办件",
            "n": row.orphans,
            "said": str(row.orphans),
            "at": f"{at:%m-%d %H:%M}",
        }
    ]
    if row.unmanned:
        found.append({"key": "unmanned", "words": "部门没有人能办", "n": row.unmanned, "said": str(row.unmanned)})
    return found


async def _calendar() -> list[dict[str, Any]]:
    year = today().year + 1
    days = (date(year, 1, 1) - today()).days
    known = (await calendar.clock()).calendar.covers(year)
    if known or (today().month, today().day) < CALENDAR_FROM:
        return []
    return [{"key": "", "words": f"{year} 年工作日历未导入", "n": days, "said": f"还有 {days} 天"}]


async def listed(actor: Actor, key: str) -> dict[str, Any]:
    """One line of the board case by case: {words, count, rows: [{case_id, number, title, applicant, words}]}."""
    permits.require_staff(actor, *OVERSEERS)
    if key in ("orphans", "unmanned"):
        return await _orphans(actor, key)
    matter = next((one for one in MATTERS if one.key == key), None)
    if matter is None:
        raise not_found()
    near = (await calendar.clock()).calendar.next_working(today())
    found = await rows(
        f"SELECT k.id, k.number, k.title, k.applicant_kind, k.applicant_name_sealed, {matter.told} AS told, "
        f"count(*) OVER () AS n FROM {_dated(matter.source)} ORDER BY k.id LIMIT {PAGE}",
        near, today(),
    )  # fmt: skip
    return {
        "key": key, "words": matter.words.format(day=say(near)), "count": found[0]["n"] if found else 0,
        "rows": [_case(row) for row in found],
    }  # fmt: skip


def _case(row: dict[str, Any]) -> dict[str, Any]:
    case = Case(id=row["id"], applicant_kind=row["applicant_kind"], applicant_name_sealed=row["applicant_name_sealed"])
    return {
        "case_id": str(row["id"]), "number": row["number"] or "", "title": row["title"],
        "applicant": shown_name(case), "words": row["told"],
    }  # fmt: skip


async def _orphans(actor: Actor, key: str) -> dict[str, Any]:
    """Looked for anew, so that what has been mended is gone from the list."""
    found = await sweep.orphans(actor)
    if key == "unmanned":
        lines = [
            {"case_id": "", "number": "", "title": one["short"], "applicant": "",
             "words": f"没有在岗的{one['role']}，{one['n']} 件没有人能办"}
            for one in found.unmanned
        ]  # fmt: skip
        return {"key": key, "words": "部门没有人能办", "count": len(lines), "rows": lines}
    lines = [
        {"case_id": one["id"], "number": one["number"], "title": one["title"], "applicant": "", "words": one["why"]}
        for one in (*found.cases, *found.tasks)
    ]
    return {"key": key, "words": "无人接的办件", "count": found.orphans, "rows": lines}
