"""Where to go and whom to ask: halls, stations, departments. Public: everybody sees the same."""

from __future__ import annotations

import re
from typing import Any

from models.base import Refusal
from models.catalogue import Department
from models.hall import Hall, WindowGroup
from models.rules.guides import hours_words
from models.rules.permits import Actor

TIERS = ("county", "town", "village")


async def halls(actor: Actor, *, tier: str | None = None, parent: str | None = None) -> list[dict[str, Any]]:
    """Every hall and station in use: [HallBrief], county first, then by code.

    HallBrief: {code, name, tier, parent, region, address, phone, hours_words, example: [invented fields]}.
    """
    if tier is not None and tier not in TIERS:
        raise Refusal("unknown_tier", 422, "层级只有县、镇、村三种")
    found = Hall.filter(active=True)
    if tier is not None:
        found = found.filter(tier=tier)
    if parent is not None:
        found = found.filter(parent_id=parent if re.fullmatch(r"[0-9]{4}", parent) else "")
    order = {name: place for place, name in enumerate(TIERS)}
    return [hall_brief(row) for row in sorted(await found, key=lambda row: (order[row.tier], row.code))]


async def hall(actor: Actor, code: str) -> dict[str, Any]:
    """One hall with its windows and the halls or stations under it."""
    row = await find(code)
    if row is None:
        raise Refusal("unknown_hall", 404, "没有这个大厅或服务站，请从列表里选")
    groups = await WindowGroup.filter(hall_id=code).order_by("code")
    return {
        **hall_brief(row),
        "remark": row.remark,
        "hours": row.hours,
        "window_groups": [
            {
                "code": group.code,
                "name": group.name,
                "kind": group.kind,
                "windows": group.windows,
                "departments": group.departments,
                "example": group.example,
            }
            for group in groups
        ],
        "children": await halls(actor, parent=code) if row.tier == "town" else [],
    }


async def find(code: str) -> Hall | None:
    """The hall in use with this code. What is not four digits is not asked of the database."""
    if not re.fullmatch(r"[0-9]{4}", code):
        return None
    return await Hall.filter(code=code, active=True).first()


def hall_brief(row: Hall) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "tier": row.tier,
        "parent": row.parent_id,
        "region": row.region,
        "address": row.address,
        "phone": row.phone,
        "hours_words": hours_words(row.hours),
        "example": row.example,
    }


async def departments(actor: Actor) -> list[dict[str, Any]]:
    """[{code, name, short, kind}] by code."""
    rows = await Department.filter(active=True).order_by("code")
    return [{"code": row.code, "name": row.name, "short": row.short, "kind": row.kind} for row in rows]
