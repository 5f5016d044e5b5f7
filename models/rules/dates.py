"""How dates are said: 12月8日（周二）. Pure words, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

WEEKDAYS = "一二三四五六日"


def say(day: date, near: date | None = None) -> str:
    """12月8日; with another year than `near`, 2027年1月5日."""
    words = f"{day.month}月{day.day}日"
    return f"{day.year}年{words}" if near is not None and near.year != day.year else words


def weekday(day: date) -> str:
    """周二."""
    return f"周{WEEKDAYS[day.weekday()]}"


def say_full(day: date, near: date | None = None) -> str:
    """12月8日（周二）."""
    return f"{say(day, near)}（{weekday(day)}）"


def say_time(at: datetime) -> str:
    """12月2日（周三）9:30; `at` is the county's wall clock."""
    return f"{say_full(at.date())}{at.hour}:{at.minute:02d}"


def latest(day: date, near: date | None = None, verb: str = "") -> str:
    """The app's promise: 最晚12月8日（周二）, with a verb 最晚12月8日（周二）答复."""
    return f"最晚{say_full(day, near)}{verb}"


def runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Consecutive dates joined: [(first, last), ...] in order."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def say_run(first: date, last: date, near: date | None = None) -> str:
    """10月1日至7日, 2月28日至3月2日, 10月1日."""
    if first == last:
        return say(first, near)
    if (first.year, first.month) == (last.year, last.month):
        return f"{say(first, near)}至{last.day}日"
    return f"{say(first, near)}至{say(last, first if near is None else near)}"
