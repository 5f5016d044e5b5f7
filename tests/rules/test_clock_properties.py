"""What holds for every clock, whatever the dates: found by hypothesis, not by example."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.calendar import Calendar, SpecialDay
from models.rules.clock import Clock
from models.rules.limits import NATURAL, WORKING, Limit, Pause
from models.rules.yamlfile import parse
from tests.rules.folder import COUNTY, days_of

DAYS = st.dates(date(2024, 1, 1), date(2026, 9, 30))
LIMITS = st.builds(Limit, st.integers(1, 60), st.sampled_from([WORKING, NATURAL]))
PAUSES = st.lists(
    st.builds(lambda first, length: Pause(first, first + timedelta(days=length)), DAYS, st.integers(0, 30)), max_size=4
)


def _named() -> list[SpecialDay]:
    days: list[SpecialDay] = []
    for year in (2024, 2025, 2026):
        days += days_of(parse(str(year), (COUNTY / f"calendars/{year}.yaml").read_text("utf-8")).data)
    return days


NAMED = _named()
CLOCK = Clock(Calendar(NAMED, [2024, 2025, 2026]))


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


@settings(max_examples=200, deadline=None)
@given(DAYS, LIMITS, PAUSES, st.integers(1, 30))
def test_an_extension_never_brings_the_end_forward(start: date, limit: Limit, pauses: list[Pause], more: int) -> None:
    plain = CLOCK.due_on(start, limit, pauses=pauses)
    longer = CLOCK.due_on(start, limit, pauses=pauses, extension=Limit(more, limit.unit))
    assert longer >= plain
    if limit.unit == WORKING:
        assert longer > plain
        assert CLOCK.due_on(start, Limit(limit.days + more), pauses=pauses) == longer


@settings(max_examples=200, deadline=None)
@given(DAYS, LIMITS, PAUSES, st.integers(1, 120))
def test_a_working_day_taken_from_the_calendar_never_brings_the_end_forward(
    start: date, limit: Limit, pauses: list[Pause], later: int
) -> None:
    gone = SpecialDay(start + timedelta(days=later), "off", "临时放假")
    other = [day for day in NAMED if day.date != gone.date]
    fewer = Clock(Calendar([*other, gone], [2024, 2025, 2026]))
    due, plain = fewer.due_on(start, limit, pauses=pauses), CLOCK.due_on(start, limit, pauses=pauses)
    assert due >= plain
    if gone.date > plain or (limit.unit == WORKING and not CLOCK.calendar.is_working(gone.date)):
        assert due == plain


@settings(max_examples=200, deadline=None)
@given(DAYS, LIMITS, DAYS, st.integers(0, 30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_overlapping_pauses_count_once(
    start: date, limit: Limit, first: date, length: int, parts: list[tuple[int, int]]
) -> None:
    """However a span is cut up into pauses, of one task or of several, it takes the same dates out."""
    whole = Pause(first, first + timedelta(days=length))
    inner = [
        Pause(first + timedelta(days=min(a, b, length)), first + timedelta(days=min(max(a, b), length)))
        for a, b in parts
    ]
    one, many = CLOCK.count(start, limit, [whole]), CLOCK.count(start, limit, [*inner, whole, *inner])
    assert (one.due_on, set(one.excluded)) == (many.due_on, set(many.excluded))


@settings(max_examples=200, deadline=None)
@given(DAYS, LIMITS, st.integers(1, 60), st.integers(0, 30), st.integers(0, 60))
def test_an_open_pause_is_never_overdue(start: date, limit: Limit, after: int, planned: int, over: int) -> None:
    """Begun in time, however long it runs over its plan: paused, and never past its end (R37)."""
    first = start + timedelta(days=after)
    running = [Pause(first, first + timedelta(days=planned), "鉴定", open=True)]
    on = first + timedelta(days=over)
    if CLOCK.due_on(start, limit) < first:
        return
    assert CLOCK.explain(start, limit, at=on, pauses=running).light == "grey"
