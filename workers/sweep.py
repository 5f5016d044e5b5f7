"""The nightly sweep (R24): is there a case nobody has, or with nothing due?"""

from typing import Any

import structlog

from models.actions import supervision

log = structlog.get_logger()


async def sweep_cases(_: dict[str, Any] | None = None) -> int:
    """Look through every open case, write down what was found and tell the supervisors; returns how many orphans."""
    found = await supervision.sweep_cases()
    for one in (*found.cases, *found.tasks):
        log.error("orphan", case=one["id"], why=one["why"])
    for line in found.unmanned:
        log.warning("nobody_can_do", department=line["department"], role=line["role"], tasks=line["n"])
    return found.orphans
