"""受理 and 视为受理: the case passes to its departments, one child an item, and every clock starts (R29, R31)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.actions import drafts, licences, promises, tasks
from models.actions.seats import right_window
from models.actions.step import Move, locked_case, move_case
from models.base import Refusal, rows, today, unit
from models.case import Case, CaseItem
from models.paper import CaseMaterial
from models.reads import calendar
from models.rules import graph, permits
from models.rules.clock import Clock
from models.rules.dates import say
from models.rules.limits import Limit, limits_of, unit_of
from models.rules.permits import Actor

Limits = dict[str, Limit]


async def accept(actor: Actor, case_id: UUID, version: int | None = None) -> None:
    """受理: both clocks start (R31, R36). With a signed promise for what is missing it is 容缺受理, signed off here."""

    async def body() -> None:
        await tasks.hold_project(case_id)
        case = await locked_case(case_id, permits.scope(actor))
        wrong = await CaseMaterial.filter(case_id=case.id, state="defect").order_by("position")
        if wrong and case.state in ("submitted", "received"):
            names = "、".join(row.name for row in wrong)
            raise Refusal("defects_open", 409, f"不能受理：{names}不符。请出具告知书，或改好后重新核对")
        if case.state == "submitted":
            await right_window(actor, case)
        await _accept(actor, case, "accept", today(), version)

    await unit(body)


async def deem_accept(actor: Actor, case_id: UUID) -> None:
    """The clock's act at the end of the fifth day: accepted from the day of receipt (art. 32, R29). Safe when late."""

    async def body() -> None:
        await tasks.hold_project(case_id)
        case = await locked_case(case_id)
        await _accept(actor, case, "deem_accept", case.received_on or today(), None)

    await unit(body)


async def _accept(actor: Actor, case: Case, verb: str, accepted_on: date, version: int | None) -> None:
    items = await CaseItem.filter(case_id=case.id).order_by("position").prefetch_related("item")
    if case.project_id:
        await drafts.order(case, [item.code for item in items])
        items = await CaseItem.filter(case_id=case.id).order_by("position").prefetch_related("item")
    plan = await _plan(case, items, accepted_on)
    tolerated = await promises.tolerated(case, accepted_on)
    sequence = await rows("SELECT nextval('acceptance_sequence') AS n")
    fields = {"accepted_on": accepted_on, "acceptance_sequence": sequence[0]["n"], "lead_id": plan.lead}
    words = ""
    if tolerated:
        fields["tolerant"] = True
        words = f"容缺受理，{say(tolerated.due_on)}前补交{'、'.join(tolerated.names)}"
    limits = {**plan.whole, **({"tolerance": tolerated.limit} if tolerated else {})}
    await move_case(actor, case, verb, Move(version, words=words, limits=limits, start=accepted_on, fields=fields))
    for place, item in enumerate(items, 1):
        await tasks.begin(case, item, place, plan.each[item.code], accepted_on)
    await licences.watch(case)


@dataclass(frozen=True)
class Plan:
    """The limits of the whole case and of each item, and the department that decides last."""

    whole: Limits
    each: dict[str, Limits]
    lead: str


async def _plan(case: Case, items: list[CaseItem], start: date) -> Plan:
    county = await calendar.county()
    records = {item.code: dict(item.item.record) for item in items}
    each = {code: limits_of(record) for code, record in records.items()}
    road = {item.code: [one for one in item.after if one in records] for item in items}
    departments = {item.code: item.department_id for item in items}
    joint = bool(case.bundle_code) and len(set(departments.values())) > 1
    promised = {code: limits["promise"] for code, limits in each.items() if "promise" in limits}
    ended = graph.ends(county.clock, road, promised, start)
    whole: Limits = {}
    if promised:
        whole["promise"] = _whole_promise(county.clock, case, items, ended, promised, start)
    legal = {code: limits["statutory"] for code, limits in each.items() if "statutory" in limits}
    if legal:
        whole["statutory"] = _whole_law(county.clock, joint, county.facts, legal, start)
    return Plan(whole, each, departments[graph.last(ended, road)])


def _whole_promise(
    clock: Clock, case: Case, items: list[CaseItem], ended: dict[str, date], promised: Limits, start: date
) -> Limit:
    if len(items) == 1:
        return next(iter(promised.values()))
    total = (case.bundle or {}).get("total_days") if case.bundle_code else None
    published = Limit(int(total["days"]), unit_of(total)) if total and total.get("days") is not None else None
    return graph.whole_limit(clock, published, ended, start)


def _whole_law(clock: Clock, joint: bool, facts: dict[str, Any], legal: Limits, start: date) -> Limit:
    """One item: its own. Several departments on one bundle: the joint limit of art. 26 and 42. Else the longest."""
    if joint:
        rule = facts["rules"]["joint_handling_limit"]
        return Limit(int(rule["days"]), unit_of(rule))
    return max(legal.values(), key=lambda limit: clock.due_on(start, limit))
