"""The clock against the table counted by hand (clock_cases.py): by the rules, and by the command a supervisor gives."""

import json
from datetime import date, timedelta

import pytest

from local import clock as command
from local.clock import clock_of, moment
from models.rules.clock import Clock, Explained
from models.rules.limits import parse_limit, parse_pause
from tests.rules.clock_cases import CASES, ClockCase
from tests.rules.folder import COUNTY

COUNTED = [pytest.param(case, id=case.name) for case in CASES]


def seen_by(clock: Clock, case: ClockCase) -> Explained:
    return clock.explain(
        moment(case.received), parse_limit(case.limit), at=moment(case.at),
        pauses=[parse_pause(text) for text in case.suspends],
        extension=parse_limit(case.extend) if case.extend else None,
    )  # fmt: skip


def asked(case: ClockCase) -> list[str]:
    """The command line of a case."""
    words = ["explain", "--json", "--received", case.received, "--limit", case.limit, "--at", case.at]
    words += [part for text in case.suspends for part in ("--suspend", text)]
    return words + (["--extend", case.extend] if case.extend else [])


@pytest.mark.parametrize("case", COUNTED)
def test_a_line_of_the_table(clock: Clock, case: ClockCase) -> None:
    seen = seen_by(clock, case)
    found = (seen.received_on.isoformat(), seen.due_on.isoformat(), seen.day, seen.remaining, seen.excluded, seen.light)
    assert found == (case.received_on, case.due_on, case.day, case.remaining, case.excluded, case.light)
    assert seen.day + seen.remaining == seen.of


@pytest.mark.parametrize("case", COUNTED)
def test_a_line_says_what_it_holds(clock: Clock, case: ClockCase) -> None:
    """Paused, lengthened, taken out and guessed are all said in the one sentence."""
    seen = seen_by(clock, case)
    unpublished = not 2024 <= seen.received_on.year <= seen.due_on.year <= 2026
    assert ("推算" in seen.words) == unpublished == seen.guessed
    assert ("经批准延长" in seen.words) == bool(case.extend)
    assert (f"扣除{case.excluded}天" in seen.words) == bool(case.excluded)
    if case.light == "grey":
        assert "现在暂停计时" in seen.words or "今天结束，今天不算" in seen.words
    assert (seen.light == "red") == ("已超过" in seen.words or "已过期" in seen.words)


@pytest.mark.parametrize("case", COUNTED[::5])
def test_the_command_answers_the_same(case: ClockCase, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.perform(asked(case)) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"received_on", "due_on", "day", "of", "remaining", "excluded", "light", "words"} <= set(told)
    found = (told["received_on"], told["due_on"], told["day"], told["remaining"], told["excluded"], told["light"])
    assert found == (case.received_on, case.due_on, case.day, case.remaining, case.excluded, case.light)


def test_the_table_is_as_wide_as_promised(clock: Clock) -> None:
    """At least 120 lines, and every holiday and every weekend day worked of three years lies inside one of them."""
    assert len({case.name for case in CASES}) == len(CASES) >= 120
    inside = set()
    for case in CASES:
        day, last = date.fromisoformat(case.received[:10]), date.fromisoformat(case.due_on)
        while day <= last:
            inside.add(day)
            day += timedelta(days=1)
    days = (date(2024, 1, 1) + timedelta(days=step) for step in range(366 + 365 + 365))
    assert [day for day in days if clock.calendar.is_named(day) and day not in inside] == []
    assert {case.light for case in CASES} == {"green", "amber", "red", "grey"}


def test_the_command_reads_the_calendar_the_county_loads(clock: Clock) -> None:
    read = clock_of(COUNTY)
    assert read.rules == clock.rules and read.calendar.years == clock.calendar.years
    days = (date(2024, 1, 1) + timedelta(days=step) for step in range(1200))
    assert all(read.calendar.why(day) == clock.calendar.why(day) for day in days)


def test_the_sentence_of_the_law(clock: Clock) -> None:
    """第7个工作日，共20个；专家评审扣除3天；应于12月3日前办结."""
    case = next(case for case in CASES if case.name == "一句话的例")
    pauses = [parse_pause(f"{case.suspends[0]}:专家评审")]
    seen = clock.explain(moment(case.received), parse_limit(case.limit), at=moment(case.at), pauses=pauses)
    assert seen.words == "第7个工作日，共20个；专家评审扣除3天；应于12月3日前办结"
    during = clock.explain(moment(case.received), parse_limit(case.limit), at=date(2026, 11, 6), pauses=pauses)
    assert during.words == "第2个工作日，共20个；专家评审，现在暂停计时；专家评审扣除3天；应于12月3日前办结"
    ending = clock.explain(moment(case.received), parse_limit(case.limit), at=date(2026, 11, 9), pauses=pauses)
    assert ending.words == "第2个工作日，共20个；专家评审今天结束，今天不算；专家评审扣除3天；应于12月3日前办结"
