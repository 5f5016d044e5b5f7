"""What the board counts: tasks by the day their promise ends, by department or hall, from narrow indexes alone (S34).

Written for a million open cases: nothing here reads a row of a table where an index holds the answer.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models.base import now, rows, today
from models.catalogue import Department
from models.hall import Hall
from models.reads import calendar
from models.reads.desk import short_hall
from models.rules import ladder
from models.rules.calendar import DAY

BY = ("department", "hall", "green")
# The partial indexes clock_board and clock_tally: running promises of tasks that no special procedure holds up.
PAUSED = """c.suspensions @> '[{"open": true}]'"""
PROMISES = "c.stopped_at IS NULL AND c.kind = 'promise' AND c.task_id IS NOT NULL"
RUNNING = f"{PROMISES} AND NOT {PAUSED}"
OPEN = "('assigned','examining','suspended','advised')"
NEVER = date(1, 1, 1)
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Filter:
    """Whose tasks: the whole county's, one department's, one hall's, or those of green-channel cases."""

    by: str = ""
    value: str = ""

    @property
    def sql(self) -> str:
        """A condition on the clock `c`; the value is $1."""
        if self.by == "department" and self.value:
            return " AND c.department_id = $1"
        if self.by == "hall" and self.value:
            return " AND c.hall_id = $1"
        if self.by == "green":
            return " AND c.case_id IN (SELECT id FROM cases WHERE green AND state = 'accepted') AND $1 = ''"
        return " AND $1 = ''"

    @property
    def given(self) -> str:
        return self.value if self.by in ("department", "hall") else ""

    @property
    def group(self) -> str:
        """The table under the columns: halls when one looks by hall, else departments."""
        return "hall" if self.by == "hall" else "department"


@dataclass(frozen=True)
class Span:
    """A run of due days, first and last included."""

    first: date
    last: date


async def chosen(by: str, value: str) -> Filter:
    """The filter asked for; what is not known asks for nothing."""
    if by == "department" and await Department.filter(code=value).exists():
        return Filter(by, value)
    if by == "hall" and (not value or await Hall.filter(code=value).exists()):
        return Filter(by, value)
    return Filter(by) if by in BY else Filter()


async def spans() -> dict[int, Span]:
    """Column -> its due days; 0 is what is late."""
    days = (await calendar.clock()).calendar
    here = today()
    last = {0: here - DAY, **dict(zip(ladder.COLUMNS, ladder.bounds(days, here), strict=True))}
    places = list(last)
    first = {0: NEVER, **{name: last[before] + DAY for before, name in zip(places, places[1:], strict=False)}}
    return {name: Span(first[name], last[name]) for name in places}


Look = tuple[list[dict[str, Any]], dict[int, list[UUID]]]


async def look(whose: Filter, of: dict[int, Span], most: dict[int, int]) -> Look:
    """The groups with their counts, and of every column the clocks that end first, `most` of each."""
    if whose.by == "green":
        return await _green(whose, of, most)
    return await _groups(whose, of), {days: await first(whose, span, most[days]) for days, span in of.items()}


async def _green(whose: Filter, of: dict[int, Span], most: dict[int, int]) -> Look:
    """The same for the green channel: few cases, read once and counted here."""
    lines = await rows(
        f"SELECT c.id, c.due_on, c.department_id AS code, {PAUSED} AS paused FROM cases k JOIN clock c "
        f"ON c.case_id = k.id WHERE k.green AND k.state = 'accepted' AND {PROMISES} ORDER BY c.due_on, c.id"
    )
    counted: dict[str, dict[str, Any]] = {}
    ends: dict[int, list[UUID]] = {days: [] for days in of}
    for line in lines:
        own = counted.setdefault(line["code"], {"n": 0, **{f"in{days}": 0 for days in of}})
        own["n"] += 1
        for days, span in of.items():
            if not line["paused"] and span.first <= line["due_on"] <= span.last:
                own[f"in{days}"] += 1
                ends[days].append(line["id"])
    opened = {code: own.pop("n") for code, own in counted.items()}
    found = await _listed(whose, of, counted, opened)
    return found, {days: ids[: most[days]] for days, ids in ends.items()}


async def first(whose: Filter, span: Span, most: int, after: tuple[date, UUID] | None = None) -> list[UUID]:
    """The clocks that end first in a span, in the order of clock_board; `after`: where the page before ended."""
    day, id_ = after or (span.first, UUID(int=0))
    found = await rows(
        f"SELECT c.id FROM clock c WHERE {RUNNING}{whose.sql} AND c.due_on <= $2 AND (c.due_on, c.id) > ($3, $4) "
        "ORDER BY c.due_on, c.id LIMIT $5",
        whose.given, span.last, day, id_, most,
    )  # fmt: skip
    return [row["id"] for row in found]


async def _groups(whose: Filter, of: dict[int, Span]) -> list[dict[str, Any]]:
    return await _listed(whose, of, await _ahead(whose, of), await _opened(whose))


async def _listed(
    whose: Filter, of: dict[int, Span], counted: dict[str, dict[str, Any]], opened: dict[str, int]
) -> list[dict[str, Any]]:
    """[{code, name, open, in1, in3, in5, in0 (late), urged}] by department or hall, the worst first."""
    urged = await _urged(whose)
    known, nothing = await names(whose.group), {f"in{days}": 0 for days in of}
    found = [
        {**nothing, **counted.get(code, {}), "code": code, "name": known.get(code, code), "open": n,
         "urged": urged.get(code, 0)}
        for code, n in opened.items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row["in0"], -row["in1"], -row["in3"], -row["open"], row["code"]))


async def _ahead(whose: Filter, of: dict[int, Span]) -> dict[str, dict[str, Any]]:
    """Group -> {in0, in1, in3, in5}."""
    parts = ", ".join(
        f"count(*) FILTER (WHERE c.due_on BETWEEN '{span.first}' AND '{span.last}') AS in{days}"
        for days, span in of.items()
    )
    found = await rows(
        f"SELECT c.{whose.group}_id AS code, {parts} FROM clock c WHERE {RUNNING}{whose.sql} AND c.due_on <= $2 "
        "GROUP BY 1",
        whose.given, of[5].last,
    )  # fmt: skip
    return {row["code"]: row for row in found}


async def counted(whose: Filter, span: Span) -> int:
    """How many tasks end in a span."""
    found = await rows(
        f"SELECT count(*) AS n FROM clock c WHERE {RUNNING}{whose.sql} AND c.due_on BETWEEN $2 AND $3",
        whose.given, span.first, span.last,
    )  # fmt: skip
    return int(found[0]["n"])


async def _opened(whose: Filter) -> dict[str, int]:
    """Every open task by group, paused ones too. Counted group by group: a run of an index, nothing to sort."""
    if whose.by in ("", "department"):
        found = await rows(
            "SELECT d.code, (SELECT count(*) FROM task t WHERE t.department_id = d.code "
            f"AND t.state IN {OPEN}) AS n FROM department d WHERE $1 = '' OR d.code = $1",
            whose.given,
        )
    else:
        found = await rows(
            f"SELECT h.code, (SELECT count(*) FROM clock c WHERE c.hall_id = h.code AND {PROMISES}) AS n "
            "FROM hall h WHERE $1 = '' OR h.code = $1",
            whose.given,
        )
    return {row["code"]: row["n"] for row in found if row["n"]}


async def _urged(whose: Filter) -> dict[str, int]:
    """Open tasks a supervisor has urged. Looked up one by one: urgings are few, tasks are many."""
    if whose.by == "green":
        found = await rows(
            "SELECT t.department_id AS code, count(*) AS n FROM cases k JOIN task t ON t.case_id = k.id WHERE k.green "
            f"AND k.state = 'accepted' AND t.state IN {OPEN} AND EXISTS (SELECT 1 FROM urge u WHERE u.task_id = t.id "
            "AND u.level = 'manual') GROUP BY 1"
        )
        return {row["code"]: row["n"] for row in found}
    asked = {"department": "t.department_id", "hall": "k.hall_id"}
    only = f" AND {asked[whose.by]} = $1" if whose.given else " AND $1 = ''"
    case = " JOIN cases k ON k.id = t.case_id" if "k." in only + asked[whose.group] else ""
    found = await rows(
        f"SELECT code, count(*) AS n FROM (SELECT (SELECT {asked[whose.group]} FROM task t{case} "
        f"WHERE t.id = u.task_id AND t.state IN {OPEN}{only}) AS code FROM "
        "(SELECT DISTINCT task_id FROM urge WHERE level = 'manual' AND created_at > $2) AS u) AS urged "
        "WHERE code IS NOT NULL GROUP BY 1",
        whose.given, now() - A_YEAR,
    )  # fmt: skip
    return {row["code"]: row["n"] for row in found}


async def names(group: str) -> dict[str, str]:
    """Code -> the short name of a department or hall."""
    if group == "department":
        return {row.code: row.short for row in await Department.all()}
    return {row.code: short_hall(row.name, row.tier) for row in await Hall.all()}


async def choices(by: str) -> list[tuple[str, str]]:
    """What may be chosen beside the filter: departments or halls."""
    return sorted((await names(by)).items()) if by in ("department", "hall") else []
