"""What the county allows of bookings, decided on counts and dates (R55). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from models.base import Refusal
from models.rules.booking import Rules
from models.rules.calendar import Calendar
from models.rules.dates import say_full, say_time


def window(today: date, calendar: Calendar, rules: Rules, *, desk: bool) -> tuple[date, date]:
    """The first and the last date that can be booked: so many working days ahead; the desk may book the same day."""
    first = today if desk else calendar.add_working(today, rules.days_ahead_min)
    return first, calendar.add_working(today, rules.days_ahead_max)


def in_window(day: date, first: date, last: date) -> None:
    if not first <= day <= last:
        raise Refusal(
            "slot_not_open", 422,
            f"现在能约{say_full(first)}到{say_full(last)}的时间。今天要办的，可以直接来大厅取号",
        )  # fmt: skip


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier; the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    longest = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, longest))


def blocked_until(missed: Sequence[date], today: date, rules: Rules) -> date | None:
    """The last day without booking after too many missed times, or None; it lifts by itself."""
    since = months_before(today, rules.no_show_months)
    counted = sorted(day for day in missed if day >= since)
    if len(counted) < rules.no_show_limit:
        return None
    until = counted[-1] + timedelta(days=rules.blocked_days)
    return until if until >= today else None


def not_blocked(until: date | None, today: date, rules: Rules) -> None:
    if until is not None:
        raise Refusal(
            "no_show_blocked", 403,
            f"{rules.no_show_months} 个月里有 {rules.no_show_limit} 次约了没来，{say_full(until, today)}以后才能再约。"
            "随时可以直接来大厅取号；没来是有原因的，请告诉大厅，说明了就不算",
        )  # fmt: skip


def party_fits(party: int, rules: Rules) -> None:
    if not 1 <= party <= rules.group_max:
        raise Refusal("party_too_big", 422, f"一次最多约 {rules.group_max} 个人。人更多的请打大厅电话商量")


def cancel_until(starts_at: datetime, rules: Rules) -> datetime:
    return starts_at - timedelta(hours=rules.cancel_hours)


def still_cancels(starts_at: datetime, at: datetime, rules: Rules, phone: str) -> None:
    """`starts_at`: the county's wall clock; `phone`: the hall's."""
    if at > cancel_until(starts_at, rules):
        call = f"，请打大厅电话 {phone}" if phone else "，请到大厅窗口说一声"
        raise Refusal(
            "too_late_to_cancel", 409,
            f"{say_time(starts_at)}的预约要提前 {rules.cancel_hours} 小时改。现在来不了{call}",
        )  # fmt: skip
