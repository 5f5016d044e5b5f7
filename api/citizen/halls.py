"""Halls, stations and departments. No sign-in."""

from typing import Any

from api.op import Ctx, Empty, op
from api.schemas.item import DepartmentsOut, HallOut, HallsIn, HallsOut
from models.reads import halls


@op("GET", "/halls", query=HallsIn, out=HallsOut)
async def listed(c: Ctx[Empty, HallsIn]) -> dict[str, Any]:
    """Halls and stations, county first."""
    return {"items": await halls.halls(c.actor, tier=c.query.tier, parent=c.query.parent)}


@op("GET", "/halls/{code}", out=HallOut)
async def one(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One hall with its windows and what lies under it."""
    return await halls.hall(c.actor, c.path["code"])


@op("GET", "/departments", out=DepartmentsOut)
async def departments(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """Every department."""
    return {"items": await halls.departments(c.actor)}
