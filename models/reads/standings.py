"""How every item of a project stands: which of its cases counts, and what that case says of it (R43)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.base import local, rows
from models.case import Case, CaseItem, Clock, Task
from models.catalogue import Bundle, Item
from models.project import Project
from models.reads import calendar, catalogue, notices
from models.reads import clocks as clock_reads
from models.rules import graph
from models.rules import projects as rules
from models.rules.projects import Filed


async def there(project_id: UUID, but: UUID | None = None) -> set[str]:
    """Codes of the items a project has on the way or granted, leaving one case out."""
    found = await rows(
        "SELECT DISTINCT i.code FROM case_item i JOIN cases c ON c.id = i.case_id "
        "LEFT JOIN task t ON t.case_item_id = i.id WHERE c.project_id = $1 AND c.id IS DISTINCT FROM $2::uuid AND "
        "CASE WHEN t.id IS NULL THEN c.state IN ('submitted', 'received', 'correcting', 'accepted') "
        "WHEN t.state = 'decided' THEN t.outcome = 'granted' ELSE t.state NOT IN ('revoked', 'cancelled') END",
        project_id, but,
    )  # fmt: skip
    return {row["code"] for row in found}


async def road_of(row: Project) -> dict[str, Any]:
    """The bundle record a project goes by, as published now."""
    found = (await catalogue.published()).bundles.get(row.bundle_code) or await Bundle.get(code=row.bundle_code)
    return dict(found.record)


async def items_of(row: Project) -> dict[str, Item]:
    """The items on a project's road, in order."""
    known = (await catalogue.published()).items
    codes = rules.members(await road_of(row), row.kind, row.skipped)
    return {code: known[code] for code in codes if code in known}


async def department_of(code: str) -> str:
    """Whose item it is, as published; empty when it is not."""
    found = (await catalogue.published()).items.get(code)
    return found.department_id if found else ""


@dataclass(frozen=True)
class Standings:
    """A project as it stands: its items in order, the road between them, and what counts of each."""

    bundle: dict[str, Any]
    items: dict[str, Item]
    road: graph.Road
    filed: dict[str, Filed]
    states: dict[str, str]

    def names(self, codes: list[str]) -> list[str]:
        return [self.short(code) for code in codes]

    def short(self, code: str) -> str:
        """What the map calls an item."""
        return str(self.bundle.get("short_names", {}).get(code) or self.items[code].everyday)

    def open_before(self, code: str) -> list[str]:
        """What has to be granted before it and is not yet."""
        return [one for one in self.road[code] if self.states[one] != "granted"]

    @property
    def fileable(self) -> list[str]:
        return [code for code in self.items if rules.may_file(code, self.road, self.states)]

    @property
    def done(self) -> int:
        return sum(state == "granted" for state in self.states.values())


async def standings(row: Project, own: bool = True) -> Standings:
    """How every item of a project stands. Drafts are their owner's alone."""
    bundle, items = await road_of(row), await items_of(row)
    road = graph.road(bundle, list(items))
    cases = {case.id: case for case in await Case.filter(project_id=row.id).order_by("id")}
    tries: dict[str, list[Filed]] = {code: [] for code in items}
    if cases:
        for code, filed in await _tries(cases):
            if code in tries and (own or filed.case_state != "draft"):
                tries[code].append(filed)
    best = {code: found for code, held in tries.items() if (found := rules.best(held))}
    states = {code: rules.state_of(best.get(code)) for code in items}
    return Standings(bundle, items, road, best, states)


async def _tries(cases: dict[UUID, Case]) -> list[tuple[str, Filed]]:
    ids = list(cases)
    tasks = {task.case_item_id: task for task in await Task.filter(case_id__in=ids)}
    clocks: dict[UUID, Clock] = {}
    for row in await Clock.filter(case_id__in=ids, stopped_at=None, kind__in=["acceptance", "promise"]):
        if row.task_id or row.kind == "acceptance":
            clocks[row.task_id or row.case_id] = row
    waiting = {
        id_: len(await notices.open_lines(case)) for id_, case in cases.items() if case.state == "correcting"
    }  # fmt: skip
    counter = await calendar.clock()
    found = []
    for item in await CaseItem.filter(case_id__in=ids).order_by("case_id", "position"):
        task, case = tasks.get(item.id), cases[item.case_id]
        clock = clocks.get(task.id if task else case.id)
        told = clock_reads.explain(counter, clock) if clock else None
        found.append((item.code, _filed(case, task, clock, told, waiting.get(case.id, 0))))
    return found


def _filed(case: Case, task: Task | None, clock: Clock | None, told: dict[str, Any] | None, lines: int) -> Filed:
    held: dict[str, Any] = next((one for one in clock.suspensions if one.get("open")), {}) if clock else {}
    return Filed(
        str(case.id), case.state, task.state if task else "", task.outcome if task else "",
        local(task.decided_at).date() if task and task.decided_at else None,
        clock.due_on if clock else None,
        told["day"] / told["of"] if told and told["of"] else 0.5,
        told["light"]["colour"] if told else "grey", str(held.get("reason", "")), lines,
    )  # fmt: skip
