"""Who may book what, how often and until when (R54, R55). Pure; the numbers come from the county's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """`settings.booking`. Days ahead are working days; `blocked_days` natural; the rest as named.

    check_in_before: minutes before the booked time from which one may check in. late_minutes: after the end of the
    booked time one is not yet missed. near: how many are still ahead when "nearly your turn" is said. requeue_after:
    how many are called first when a skipped ticket stands in line again.
    """

    days_ahead_min: int = 1
    days_ahead_max: int = 5
    per_person_per_day: int = 1
    per_item_per_day: int = 1
    per_company_per_day: int = 3
    group_max: int = 5
    cancel_hours: int = 2
    no_show_limit: int = 3
    no_show_months: int = 6
    blocked_days: int = 30
    hold_minutes: int = 5
    offer_minutes: int = 30
    check_in_before: int = 30
    late_minutes: int = 15
    near: int = 2
    requeue_after: int = 2


def rules_of(settings: Mapping[str, Any]) -> Rules:
    """The rules of the county in force."""
    given = settings.get("booking", {})
    return Rules(**{field.name: given[field.name] for field in fields(Rules) if field.name in given})
