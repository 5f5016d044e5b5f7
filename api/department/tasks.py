"""Tasks for departments' own systems: the same verbs as on the desk, through the same flow, signed (http.md)."""

from typing import Any
from uuid import UUID

from api.auth import DEPARTMENT
from api.op import Ctx, Empty, op
from api.schemas.department import (
    AcknowledgeIn,
    AdviseIn,
    DecideIn,
    ResumeIn,
    SuspendIn,
    TasksIn,
    TasksOut,
    TaskWhole,
)
from models.actions import special
from models.actions import tasks as verbs
from models.reads import tasks

BASE = "/department/v1"
TAG = "部门系统"


@op("GET", "/tasks", query=TasksIn, out=TasksOut, door=DEPARTMENT, base=BASE, tag=TAG)
async def listed(c: Ctx[Empty, TasksIn]) -> dict[str, Any]:
    """Tasks of the calling department, oldest first"""
    return await tasks.tasks(c.actor, c.query.state, str(c.query.cursor) if c.query.cursor else None)


@op("GET", "/tasks/{id:id}", out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One task with its case and links to its materials"""
    return await _now(c)


@op("POST", "/tasks/{id:id}/acknowledge", body=AcknowledgeIn, out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def acknowledge(c: Ctx[AcknowledgeIn, Empty]) -> dict[str, Any]:
    """The department has it and begins to examine"""
    await verbs.acknowledge(c.actor, UUID(c.path["id"]), c.body.version)
    return await _now(c)


@op("POST", "/tasks/{id:id}/advise", body=AdviseIn, out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def advise(c: Ctx[AdviseIn, Empty]) -> dict[str, Any]:
    """A proposal with its opinion"""
    await verbs.advise(c.actor, UUID(c.path["id"]), c.body.version, c.body.outcome, c.body.opinion)
    return await _now(c)


@op("POST", "/tasks/{id:id}/suspend", body=SuspendIn, out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def suspend(c: Ctx[SuspendIn, Empty]) -> dict[str, Any]:
    """A special procedure of the item's list begins: its days do not count (行政许可法 art. 45)"""
    body = c.body
    await special.suspend(c.actor, UUID(c.path["id"]), body.version, body.kind, body.planned_days, body.reason)
    return await _now(c)


@op("POST", "/tasks/{id:id}/resume", body=ResumeIn, out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def resume(c: Ctx[ResumeIn, Empty]) -> dict[str, Any]:
    """The special procedure has ended; today is the last day left out"""
    await special.resume(c.actor, UUID(c.path["id"]), c.body.version, c.body.result)
    return await _now(c)


@op("POST", "/tasks/{id:id}/decide", body=DecideIn, out=TaskWhole, door=DEPARTMENT, base=BASE, tag=TAG)
async def decide(c: Ctx[DecideIn, Empty]) -> dict[str, Any]:
    """The decision; the last decision of a case concludes it"""
    reason = c.body.reason.strip()
    if c.body.document:
        reason = f"{reason}（文书：{c.body.document.strip()}）".strip()
    await verbs.decide(c.actor, UUID(c.path["id"]), c.body.version, c.body.outcome, reason)
    return await _now(c)


async def _now(c: Ctx[Any, Any]) -> dict[str, Any]:
    return await tasks.task(c.actor, UUID(c.path["id"]))
