"""How many people a hall must expect in the next days, and how far such numbers were off so far (issue 4). Pure.

The method is one that can be said in a sentence and done by hand: the median of the same weekday over the last eight
weeks. How good it is, it shows itself: the last four weeks are foretold, each from what was known before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

WEEK = timedelta(days=7)
WEEKS = 8  # how far back a number is made from
TRIED = 4  # the weeks the method is tried on
ENOUGH = 2 * WEEK  # a shorter past cannot say how far off one is
AHEAD = 5  # working days foretold


@dataclass(frozen=True, slots=True)
class Expected:
    """`people` of one day, from `days` past days: of the same weekday, else of every day there is."""

    day: date
    people: float
    days: int
    same_weekday: bool


def expect(known: Mapping[date, int], day: date, before: date) -> Expected | None:
    """What is expected for `day` from the open days in the eight weeks before `before`; None where there is none.

    known: every open day -> people who came; a day nobody came is a 0 in it, a closed day is not in it.
    """
    past = {each: people for each, people in known.items() if before - WEEKS * WEEK <= each < before}
    same = [people for each, people in past.items() if each.weekday() == day.weekday()]
    if same:
        return Expected(day, float(median(same)), len(same), True)
    return Expected(day, fmean(past.values()), len(past), False) if past else None


def forecast(known: Mapping[date, int], days: Iterable[date], today: date) -> list[Expected]:
    """The days foretold from what was known until yesterday: today is not over yet."""
    found = (expect(known, day, today) for day in days)
    return [each for each in found if each is not None]


def error(known: Mapping[date, int], today: date) -> float | None:
    """The mean absolute error in people of the last four weeks, each foretold from before it began.

    None when fewer than two weeks are known.
    """
    if not known or today - min(known) < ENOUGH:
        return None
    off = []
    for back in range(1, TRIED + 1):
        began = today - back * WEEK
        for day, people in known.items():
            told = expect(known, day, began) if began <= day < began + WEEK else None
            if told is not None:
                off.append(abs(told.people - people))
    return fmean(off) if off else None
