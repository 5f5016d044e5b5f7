"""The county's own calendar and clock, read from the files: the rules under test never see a database."""

from pathlib import Path

import pytest

from models.rules.calendar import Calendar, SpecialDay
from models.rules.clock import Clock
from models.rules.county_shapes import County
from tests.rules.folder import COUNTY, days_of


@pytest.fixture(scope="session")
def county() -> County:
    found = County({p.relative_to(COUNTY).as_posix(): p.read_text("utf-8") for p in Path(COUNTY).rglob("*.yaml")})
    assert found.problems == []
    return found


@pytest.fixture(scope="session")
def calendar(county: County) -> Calendar:
    days: list[SpecialDay] = []
    years = []
    for source in county.each("calendars/"):
        days += days_of(source.data)
        if source.data["notice"]:
            years.append(source.data["year"])
    return Calendar(days, years)


@pytest.fixture(scope="session")
def clock(calendar: Calendar) -> Clock:
    return Clock(calendar)
