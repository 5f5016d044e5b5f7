"""Working days 2024-2026 against the State Council's notices and against a second, independent table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from models.base import Refusal
from models.rules.calendar import Calendar

CHECKS = [  # handed over with the county's data: (from, working days, due)
    ("2024-02-01", 5, "2024-02-07"),
    ("2024-04-03", 1, "2024-04-07"),
    ("2024-09-13", 5, "2024-09-23"),
    ("2025-01-24", 5, "2025-02-07"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2025-09-26", 10, "2025-10-16"),
    ("2026-01-02", 1, "2026-01-04"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-13", 20, "2026-03-19"),
    ("2026-09-18", 10, "2026-10-09"),
    ("2026-09-30", 5, "2026-10-13"),
    ("2026-04-30", 20, "2026-06-01"),
]


@pytest.mark.parametrize(("start", "count", "due"), CHECKS)
def test_the_countys_own_checks(calendar: Calendar, start: str, count: int, due: str) -> None:
    assert calendar.add_working(date.fromisoformat(start), count) == date.fromisoformat(due)


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_every_day_agrees_with_chinesecalendar(calendar: Calendar, year: int, working: int) -> None:
    day, counted = date(year, 1, 1), 0
    while day.year == year:
        assert calendar.is_working(day) == chinese_calendar.is_workday(day), day
        assert not calendar.guessed(day)
        counted += calendar.is_working(day)
        day += timedelta(days=1)
    assert counted == working


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        ("2024-02-09", True, ""),  # New Year's Eve 2024 stayed a working day
        ("2024-02-10", False, "春节"),
        ("2026-02-14", True, "调休上班"),
        ("2026-02-15", False, "春节"),
        ("2026-09-25", False, "中秋节"),
        ("2025-10-06", False, "国庆节、中秋节"),
        ("2026-11-21", False, "周末"),
        ("2026-11-23", True, ""),
    ],
)
def test_a_day_says_why(calendar: Calendar, day: str, working: bool, why: str) -> None:
    assert calendar.is_working(date.fromisoformat(day)) is working
    assert calendar.why(date.fromisoformat(day)) == why


def test_a_year_without_a_plan_falls_back_to_weekends_and_says_so(calendar: Calendar) -> None:
    assert not calendar.covers(2027)
    assert calendar.guessed(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 1, 1))  # a Friday: nobody has published that it is off
    assert not calendar.is_working(date(2027, 1, 2))
    assert calendar.warnings(date(2026, 12, 30), date(2027, 1, 5)) == ["2027年放假安排还没有公布，按周末推算"]
    assert calendar.warnings(date(2023, 12, 30), date(2024, 1, 5)) == ["2023年放假安排没有载入，按周末推算"]
    assert calendar.warnings(date(2026, 1, 1), date(2026, 12, 31)) == []


def test_between_is_the_inverse_of_add(calendar: Calendar) -> None:
    for offset in range(0, 1000, 7):
        start = date(2024, 1, 1) + timedelta(days=offset)
        for count in (0, 1, 5, 20, 45):
            due = calendar.add_working(start, count)
            assert calendar.working_between(start, due) == count
            assert calendar.working_between(due, start) == -count


def test_next_working_and_on_or_after(calendar: Calendar) -> None:
    assert calendar.next_working(date(2026, 9, 30)) == date(2026, 10, 8)
    assert calendar.on_or_after(date(2026, 10, 10)) == date(2026, 10, 10)
    assert calendar.on_or_after(date(2026, 10, 11)) == date(2026, 10, 12)


@pytest.mark.parametrize("count", [-1, 3661, 10**9])
def test_an_impossible_count_is_refused_in_words(calendar: Calendar, count: int) -> None:
    with pytest.raises(Refusal) as refused:
        calendar.add_working(date(2026, 1, 1), count)
    assert refused.value.code == "limit_out_of_range"


def test_the_end_of_time_is_refused_not_crashed() -> None:
    with pytest.raises(Refusal) as refused:
        Calendar().add_working(date(9999, 12, 30), 5)
    assert refused.value.code == "date_out_of_range"
