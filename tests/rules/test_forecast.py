"""The next days of a hall, worked by hand (issue 4)."""

from datetime import date, timedelta

import pytest

from models.rules.forecast import Expected, error, expect, forecast

TODAY = date(2026, 11, 23)  # a Monday
WEEK = timedelta(days=7)
NEXT_MONDAY = TODAY + WEEK


def mondays(*people: int) -> dict[date, int]:
    """The Mondays before today, the last one first."""
    return {TODAY - WEEK * (back + 1): each for back, each in enumerate(people)}


def test_the_median_of_the_same_weekday() -> None:
    known = mondays(80, 70, 60, 50, 40, 30, 20, 10) | {TODAY - timedelta(days=3): 999}  # a Friday says nothing
    assert forecast(known, [NEXT_MONDAY], TODAY) == [Expected(NEXT_MONDAY, 45.0, 8, True)]


def test_one_wild_day_moves_nothing() -> None:
    assert expect(mondays(31, 900, 29), NEXT_MONDAY, TODAY) == Expected(NEXT_MONDAY, 31.0, 3, True)


def test_what_is_older_than_eight_weeks_or_of_today_does_not_count() -> None:
    known = mondays(*[20] * 8, 5000) | {TODAY: 3}
    assert expect(known, NEXT_MONDAY, TODAY) == Expected(NEXT_MONDAY, 20.0, 8, True)


def test_a_weekday_never_seen_is_the_mean_of_what_there_is() -> None:
    saturday = TODAY + timedelta(days=5)
    assert expect(mondays(10, 20, 60), saturday, TODAY) == Expected(saturday, 30.0, 3, False)


def test_nothing_known_foretells_nothing() -> None:
    assert forecast({}, [NEXT_MONDAY], TODAY) == [] and error({}, TODAY) is None
    assert forecast(mondays(*[0] * 8, 7), [NEXT_MONDAY], TODAY) == [Expected(NEXT_MONDAY, 0.0, 8, True)]


def test_the_error_is_that_of_weeks_foretold_from_before_them() -> None:
    # the last Monday from {20, 10}: 15, 30 came, 15 off; the one before from {10}: 10 off; the first from nothing
    assert error(mondays(30, 20, 10), TODAY) == 12.5
    # a Friday of the last week does not help that week's Monday
    friday = TODAY - timedelta(days=3)
    # Friday from the mean of {20, 10}: 15, 15 came, 0 off
    assert error(mondays(30, 20, 10) | {friday: 15}, TODAY) == pytest.approx(25 / 3)


def test_only_the_last_four_weeks_are_tried() -> None:
    # 10 every Monday but the fifth back: it is in the past of the others, whose median stays 10
    assert error(mondays(10, 10, 10, 10, 500, 10, 10, 10), TODAY) == 0.0


@pytest.mark.parametrize(("first", "off"), [(13, None), (14, 4.0)])
def test_two_weeks_must_be_known(first: int, off: float | None) -> None:
    known = {TODAY - timedelta(days=first): 6, TODAY - timedelta(days=first) + WEEK: 10}
    assert error(known, TODAY) == off
