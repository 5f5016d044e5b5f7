"""How long a licence holds, and what art. 50 makes of a renewal asked for in time (R34). Pure: dates in, dates out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from models.base import SHANGHAI
from models.rules.calendar import DAY, Calendar
from models.rules.dates import say
from models.rules.periods import RENEWAL_REMINDERS

ASKED_BEFORE = 30  # natural days before its end: 届满三十日前 (art. 50)
OFFICE_WARNED = (10, 3)  # working days before its end
MORNING = time(8, 30)
LICENCES = ("证照", "证件")


def term_end(first: date, years: int) -> date:
    """The last day of a term of whole years that begins on `first`: from 2026-11-25 for 5 years, 2031-11-24.

    From a 29 February it ends on 28 February: a year never comes out shorter than 民法典 art. 202 counts it.
    """
    try:
        again = first.replace(year=first.year + years)
    except ValueError:
        again = date(first.year + years, 3, 1)
    return again - DAY


def timely(handed_in: date, valid_until: date) -> bool:
    """Whether a renewal was asked for early enough that silence counts as consent."""
    return (valid_until - handed_in).days >= ASKED_BEFORE


def last_timely(valid_until: date) -> date:
    """The last day on which asking is early enough."""
    return valid_until - timedelta(days=ASKED_BEFORE)


def reminders(valid_until: date) -> list[datetime]:
    """When the holder is reminded: 08:30, 90, 60 and 30 natural days ahead."""
    return [_morning(valid_until - timedelta(days=days)) for days in RENEWAL_REMINDERS]


def warnings(days: Calendar, valid_until: date) -> list[datetime]:
    """When the office that has not decided is warned: 08:30, 10 and 3 working days ahead."""
    found = []
    for count in OFFICE_WARNED:
        day = valid_until
        while count:
            day -= DAY
            count -= days.is_working(day)
        found.append(_morning(day))
    return found


def advice(valid_until: date, on: date) -> str:
    """What the holder of a licence that ends is told before asking for its renewal."""
    if on <= last_timely(valid_until):
        return f"{say(last_timely(valid_until), on)}以前申请延续，到期前没有决定的，依法视为准予延续"
    return "离到期不到30日了，现在也可以申请延续，但到期前没有决定的，不视为准予，证会到期"


def asked(handed_in: date, valid_until: date) -> str:
    """What the words are once the renewal has been handed in."""
    if timely(handed_in, valid_until):
        return f"到期30日前交的，{say(valid_until, handed_in)}到期前没有决定的，依法视为准予延续"
    return f"离到期不到30日才交的，{say(valid_until, handed_in)}到期前没有决定的，不视为准予，旧证到期就不能用了"


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, SHANGHAI)
