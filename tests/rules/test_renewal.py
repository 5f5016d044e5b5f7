"""Terms of years and the thirty days of art. 50, by the law and the almanac."""

from datetime import date, datetime

import pytest

from models.base import SHANGHAI
from models.rules import renewal
from models.rules.calendar import Calendar, SpecialDay


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 11, 25), 5, date(2031, 11, 24)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
    ],
)
def test_a_term_of_years(first: date, years: int, last: date) -> None:
    assert renewal.term_end(first, years) == last


def test_thirty_days_before() -> None:
    assert renewal.timely(date(2031, 2, 1), date(2031, 3, 3))
    assert not renewal.timely(date(2031, 2, 2), date(2031, 3, 3))
    assert renewal.last_timely(date(2031, 3, 3)) == date(2031, 2, 1)


def test_the_holder_is_reminded_by_the_almanac_and_the_office_by_working_days() -> None:
    assert renewal.reminders(date(2026, 10, 9)) == [
        datetime(2026, 7, 11, 8, 30, tzinfo=SHANGHAI),
        datetime(2026, 8, 10, 8, 30, tzinfo=SHANGHAI),
        datetime(2026, 9, 9, 8, 30, tzinfo=SHANGHAI),
    ]
    holiday = [SpecialDay(date(2026, 10, day), "off", "国庆节") for day in range(1, 8)]
    days = Calendar([*holiday, SpecialDay(date(2026, 9, 20), "worked", "调休")], [2026])
    assert renewal.warnings(days, date(2026, 10, 9)) == [
        datetime(2026, 9, 20, 8, 30, tzinfo=SHANGHAI),
        datetime(2026, 9, 29, 8, 30, tzinfo=SHANGHAI),
    ]


def test_who_asks_late_is_told_what_that_means() -> None:
    assert "视为准予延续" in renewal.advice(date(2031, 3, 3), date(2031, 2, 1))
    assert "不视为准予" in renewal.advice(date(2031, 3, 3), date(2031, 2, 2))
    assert "不视为准予" in renewal.asked(date(2031, 2, 2), date(2031, 3, 3))
