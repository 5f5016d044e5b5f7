"""What may be booked in a line of a hall: the published items its windows take, by department (R54)."""

from typing import Any

from models.catalogue import Department
from models.hall import Hall, WindowGroup
from models.reads import catalogue
from models.rules import opening
from models.rules.permits import Actor


async def items_of(actor: Actor, hall: Hall, line: str) -> list[dict[str, Any]]:
    """[{department, items: [(code, name)]}] for a line key (`A`, or `t-SJ` for a department that travels)."""
    held = await catalogue.published()
    groups = await WindowGroup.filter(hall_id=hall.code).order_by("code")
    found: dict[str, list[tuple[str, str]]] = {}
    for item in held.items.values():
        if line.startswith("t-"):
            taken = item.department_id == line[2:]
        else:
            group = opening.group_for(item.record, groups)
            taken = group is not None and group.code == line
        if taken:
            found.setdefault(item.department_id, []).append((item.code, item.name))
    departments = await Department.filter(code__in=list(found)).order_by("code")
    return [{"department": row.short, "items": found[row.code]} for row in departments]
