"""大厅数字: waiting, service and no-shows of a hall, the load by hour, the next days foretold with their error."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.desk.render import page
from models.actions.staff import Seated
from models.base import not_found
from models.reads import desk, hall_figures
from models.rules.dates import WEEKDAYS, say_run, weekday
from models.rules.forecast import Expected

Row = dict[str, Any]
STEPS = 4  # greens above the palest


async def show(request: Request, me: Seated) -> Response:
    """One hall (`hall`; for a supervisor any) over the last 4, 8 or 12 weeks (`weeks`)."""
    asked, weeks = request.query_params.get("hall", ""), request.query_params.get("weeks", "8")
    if weeks not in map(str, hall_figures.WEEKS):
        raise not_found()
    found = await hall_figures.figures(me.actor, asked, int(weeks))
    return await page(
        request, me, "hall_figures.html", found=found, spans=hall_figures.WEEKS, load=_load(found["load"]),
        ahead=_ahead(found["forecast"]), halls=await desk.seats() if "supervisor" in me.actor.roles else [],
        period=say_run(found["first"], found["last"]), minutes=minutes, share=share,
    )  # fmt: skip


def number(value: float | None) -> str:
    """12, 3.5, 0, an en dash for what is not known: one decimal below ten, none above."""
    if value is None:
        return "–"
    return f"{value:.1f}" if 0 < value < 10 else f"{value:,.0f}"


def minutes(value: Any) -> str:
    """Whole minutes; what took less than half of one is said as such."""
    if value is None:
        return "–"
    return "不到 1" if 0 < value < 0.5 else f"{value:.0f}"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}"


def _load(load: Row) -> Row:
    """The cells of the heat map: {hours, days: [{name, cells: [(words, step, peak)]}]}; step 0 to 4, "x" for nobody."""
    most = load["most"]
    days = [
        {
            "name": f"周{WEEKDAYS[day['weekday'] - 1]}",
            "cells": [
                (number(value), "x" if value == 0 else min(STEPS, int(value / most * (STEPS + 1))), value == most)
                for value in day["people"]
            ],
        }
        for day in load["days"]
    ]
    return {"hours": load["hours"], "days": days}


def _ahead(told: Row) -> Row:
    """The days ahead as rows with a bar out of a hundred: the people expected, and from where to where it may come."""
    off = told["error"]
    most = max((each.people + (off or 0) for each in told["days"]), default=0) or 1
    return {"off": number(off) if off is not None else "", "rows": [_bar(each, off, most) for each in told["days"]],
            "warnings": told["warnings"]}  # fmt: skip


def _bar(told: Expected, off: float | None, most: float) -> Row:
    low, high = max(0.0, told.people - (off or 0)), told.people + (off or 0)
    name = weekday(told.day)
    basis = f"{told.days} 个{name}的中位数" if told.same_weekday else f"没有{name}，{told.days} 天的平均"
    return {
        "day": told.day, "name": name, "people": f"{told.people:,.0f}", "low": f"{low:,.0f}",
        "high": f"{high:,.0f}", "basis": basis, "bar": round(told.people / most * 100, 1),
        "from": round(low / most * 100, 1), "wide": round((high - low) / most * 100, 1),
    }  # fmt: skip
