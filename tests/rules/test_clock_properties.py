"""What holds for every clock, whatever the dates: found by hypothesis, not by example."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.calendar import Calendar
from models.rules.clock import Clock
from models.rules.limits import NATURAL, WORKING, Limit, Pause
from models.rules.yamlfile import parse
from tests.rules.folder import COUNTY, days_of

DAYS = st.dates(date(2024, 1, 1), date(2026, 9, 30))
LIMITS = st.builds(Limit, st.integers(1, 60), st.sampled_from([WORKING, NATURAL]))
PAUSES = st.lists(
    st.builds(lambda first, length: Pause(first, first + timedelta(days=length)), DAYS, st.integers(0, 30)), max_size=4
)


def _clock() -> Clock:
    days = []
    for year in (2024, 2025, 2026):
        days += days_of(parse(str(year), (COUNTY / f"calendars/{year}.yaml").read_text("utf-8")).data)
    return Clock(Calendar(days, [2024, 2025, 2026]))


CLOCK = _clock()


@settings(max_examples=300, deadline=None)
@given(DAYS, LIMITS, PAUSES)
def test_the_end_is_a_working_day_outside_every_pause(start: date, limit: Limit, pauses: list[Pause]) -> None:
    due = CLOCK.due_on(start, limit, pauses=pauses)
    assert due > start
    assert CLOCK.calendar.is_working(due)
    assert not any(pause.covers(due) for pause in pauses)


@settings(max_examples=300, deadline=None)
@given(DAYS, LIMITS, PAUSES)
def test_a_pause_never_shortens_and_the_count_is_exact(start: date, limit: Limit, pauses: list[Pause]) -> None:
    plain, paused = CLOCK.count(start, limit), CLOCK.count(start, limit, pauses)
    assert paused.due_on >= plain.due_on
    assert len(paused.counted) == limit.days
    assert not set(paused.counted) & set(paused.excluded)
    if limit.unit == WORKING:
        assert CLOCK.calendar.working_between(start, paused.due_on) == limit.days + len(paused.excluded)


@settings(max_examples=300, deadline=None)
@given(DAYS, LIMITS, PAUSES, st.integers(0, 200))
def test_what_is_said_adds_up(start: date, limit: Limit, pauses: list[Pause], later: int) -> None:
    seen = CLOCK.explain(start, limit, at=start + timedelta(days=later), pauses=pauses)
    assert seen.day + seen.remaining == seen.of == limit.days
    assert (seen.light == "red") == (seen.on > seen.due_on)
    assert seen.days[0]["kind"] == "start"
    numbers = [box["n"] for box in seen.days if box["n"]]
    assert numbers == list(range(1, limit.days + 1))
    assert sum(box["kind"] == "paused" for box in seen.days) >= seen.excluded
    assert "-" not in seen.words


@settings(max_examples=200, deadline=None)
@given(DAYS, LIMITS, PAUSES, PAUSES)
def test_one_more_pause_or_a_later_start_never_brings_the_end_forward(
    start: date, limit: Limit, pauses: list[Pause], more: list[Pause]
) -> None:
    due = CLOCK.due_on(start, limit, pauses=pauses)
    assert CLOCK.due_on(start, limit, pauses=[*pauses, *more]) >= due
    assert CLOCK.due_on(start + timedelta(days=1), limit, pauses=pauses) >= due
    assert CLOCK.due_on(start, limit, pauses=list(reversed(pauses))) == due
