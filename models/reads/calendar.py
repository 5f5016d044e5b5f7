"""The county's clock for this process: calendar and settings as loaded, kept until a newer loading is seen."""

import json
import time as monotonic_time
from dataclasses import dataclass
from datetime import time
from typing import Any

from models.base import rows
from models.rules.calendar import Calendar, SpecialDay
from models.rules.clock import Clock
from models.rules.limits import ClockRules

FRESH_SECONDS = 5.0


@dataclass
class County:
    """What was loaded last: the clock, the settings and the county's own facts."""

    digest: str
    clock: Clock
    settings: dict[str, Any]
    facts: dict[str, Any]
    looked_at: float


_held: dict[str, County] = {}


async def county() -> County:
    """The county in force. Asks at most every 5 s whether a newer loading exists."""
    held = _held.get("county")
    if held and monotonic_time.monotonic() - held.looked_at < FRESH_SECONDS:
        return held
    newest = await rows("SELECT digest, settings, county FROM county_load ORDER BY created_at DESC LIMIT 1")
    digest = newest[0]["digest"] if newest else ""
    if held and held.digest == digest:
        held.looked_at = monotonic_time.monotonic()
        return held
    fresh = await _read(digest, _dict(newest, "settings"), _dict(newest, "county"))
    _held["county"] = fresh
    return fresh


async def clock() -> Clock:
    return (await county()).clock


def forget() -> None:
    """Drop what is held (after loading, and between tests)."""
    _held.clear()


async def _read(digest: str, settings: dict[str, Any], facts: dict[str, Any]) -> County:
    days = await rows("SELECT date, kind, name FROM calendar_day")
    years = await rows("SELECT year FROM calendar_year WHERE published")
    calendar = Calendar(
        (SpecialDay(day["date"], day["kind"], day["name"]) for day in days), (year["year"] for year in years)
    )
    lights = settings.get("lights", {})
    rules = ClockRules(
        cutoff=time.fromisoformat(settings.get("cutoff", "17:30")),
        amber_share=float(lights.get("yellow_share", 0.2)),
        amber_min=int(lights.get("yellow_min_days", 1)),
    )
    return County(digest, Clock(calendar, rules), settings, facts, monotonic_time.monotonic())


def _dict(newest: list[dict[str, Any]], column: str) -> dict[str, Any]:
    found = newest[0][column] if newest else {}
    found = json.loads(found) if isinstance(found, str) else found  # a hand-written query gets JSON as text
    return found if isinstance(found, dict) else {}
