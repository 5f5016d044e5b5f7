"""What the desk's page of a case needs beside the case: its items' own rules, the delegation, the trail of its papers.

Every function takes the actor first; what their scope does not hold is not found.
"""

from typing import Any
from uuid import UUID

from models.base import local, not_found
from models.case import Case, CaseItem, Clock, Event, Notice, Task
from models.catalogue import Department
from models.reads import calendar, versions
from models.rules import permits
from models.rules.permits import Actor


async def _seen(actor: Actor, case_id: UUID) -> Case:
    found = await Case.filter(permits.scope(actor), id=case_id).first()
    if found is None:
        raise not_found()
    return found


async def rules_of(actor: Actor, case_id: UUID) -> dict[str, dict[str, Any]]:
    """{item code: {special, extension, tolerance, legal_basis}} as published on the day of filing (R15).

    `special`: the special procedures of its list, [{kind, planned_days, unit, by, basis, stops_clock}] (art. 45).
    """
    row = await _seen(actor, case_id)
    items = await CaseItem.filter(case_id=row.id).order_by("position")
    records = await versions.records(items)
    return {
        item.code: {
            "special": record.get("special_procedures") or [],
            "extension": record.get("extension"),
            "tolerance": record.get("tolerance") or {},
            "legal_basis": record.get("legal_basis") or [],
        }
        for item, record in zip(items, records, strict=True)
    }


async def joint_extension(actor: Actor, case_id: UUID) -> int:
    """By how many working days a bundle of several departments may be lengthened (art. 42); 0 for anything else."""
    row = await _seen(actor, case_id)
    if not row.bundle_code:
        return 0
    county = await calendar.county()
    return int(county.facts["rules"]["joint_handling_limit"]["extension_days"])


async def delegations_of(actor: Actor, case_id: UUID) -> dict[str, dict[str, Any]]:
    """{task id: {notice, to, scope, basis, until}} of the tasks the window may decide (R50)."""
    row = await _seen(actor, case_id)
    county = await calendar.county()
    known = {(d["notice"], d["item"]): d for d in county.settings.get("delegations", []) if d.get("notice")}
    names = {one.code: one.name for one in await Department.all()}
    found = {}
    for task in await Task.filter(case_id=row.id).exclude(delegation="").prefetch_related("case_item"):
        entry = known.get((task.delegation, task.case_item.code), {})
        found[str(task.id)] = {
            "notice": task.delegation, "to": names.get(entry.get("to", ""), ""), "scope": entry.get("scope", ""),
            "basis": entry.get("basis", ""), "until": str(entry.get("to_date") or ""),
        }  # fmt: skip
    return found


async def paused(actor: Actor, case_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """{task id: its pauses [{first, last, reason, open}]} from the clocks of each task, each pause once (art. 45)."""
    row = await _seen(actor, case_id)
    found: dict[str, list[dict[str, Any]]] = {}
    for clock in await Clock.filter(case_id=row.id, task_id__not_isnull=True).order_by("id"):
        own = found.setdefault(str(clock.task_id), [])
        own += [held for held in clock.suspensions if held["first"] not in {one["first"] for one in own}]
    return found


async def trail(actor: Actor, case_id: UUID, *verbs: str) -> list[dict[str, Any]]:
    """The events of a case that have a paper, oldest first: [{id, verb, at, on, words, note, task}]; public ones for
    its applicant."""
    row = await _seen(actor, case_id)
    query = Event.filter(case_id=row.id, verb__in=list(verbs)).order_by("at", "id")
    if actor.kind == "citizen":
        query = query.filter(audience="public")
    return [
        {
            "id": str(event.id), "verb": event.verb, "at": local(event.at).isoformat(timespec="seconds"),
            "on": local(event.at).date(), "words": event.words, "task": str(event.task_id) if event.task_id else "",
            "note": Event.DETAIL.open(event.id, event.detail_sealed) or "", "who": event.actor_name,
        }
        for event in await query
    ]  # fmt: skip


async def second_notice(actor: Actor, case_id: UUID) -> dict[str, str] | None:
    """Why a second notice was asked for, and who allowed it with which words: {asked, allowed, by}."""
    row = await _seen(actor, case_id)
    if not row.second_notice:
        return None
    told = {"asked": "", "allowed": "", "by": ""}
    for event in await trail(actor, case_id, "ask_second_notice", "allow_second_notice"):
        told["asked" if event["verb"].startswith("ask") else "allowed"] = event["note"]
        told["by"] = event["who"] if event["verb"].startswith("allow") else told["by"]
    return told


async def first_notice(actor: Actor, case_id: UUID) -> dict[str, Any] | None:
    """The number and day of the first notice, for the paper of the second: {number, on}."""
    row = await _seen(actor, case_id)
    found = await Notice.filter(case_id=row.id, round=1).first()
    return {"number": found.number, "on": found.issued_on} if found else None
