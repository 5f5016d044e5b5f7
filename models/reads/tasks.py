"""A department's tasks, for its own system and for what we send it."""

from typing import Any
from uuid import UUID

from models.base import local, not_found
from models.case import Case, Task
from models.reads import cases
from models.rules import permits
from models.rules.permits import Actor

PAGE = 50


async def task(actor: Actor, task_id: UUID) -> dict[str, Any]:
    """One task of the actor's department with the whole case it belongs to: {id, state, version, case, can, ...}."""
    found = await Task.filter(id=task_id).first()
    if found is None or not permits.task_roles(actor, found):
        raise not_found()
    row = await Case.get(id=found.case_id)
    whole = await cases.whole(actor, row)
    own = next(entry for entry in whole["tasks"] if entry["id"] == str(task_id))
    return {
        **own,
        "case": {key: whole[key] for key in ("id", "number", "title", "applicant", "hall", "form", "submitted_at")},
        "materials": [material for material in whole["materials"] if own["item"] in material["items"]],
    }


async def tasks(actor: Actor, state: str | None = None, cursor: str | None = None) -> dict[str, Any]:
    """Tasks of the actor's department, oldest first: {items: [{id, state, version, item, title, ...}], next_cursor}."""
    query = Task.filter(department_id=actor.department).order_by("id").limit(PAGE + 1)
    if state:
        query = query.filter(state=state)
    if cursor:
        query = query.filter(id__gt=UUID(cursor))
    found = await query.prefetch_related("case", "case_item")
    items = [
        {
            "id": str(row.id),
            "state": row.state,
            "version": row.version,
            "outcome": row.outcome or None,
            "item": row.case_item.code,
            "item_name": row.case_item.name,
            "number": row.case.number,
            "assigned_at": local(row.created_at).isoformat(timespec="seconds"),
        }
        for row in found[:PAGE]
    ]
    return {"items": items, "next_cursor": str(found[PAGE - 1].id) if len(found) > PAGE else None}
