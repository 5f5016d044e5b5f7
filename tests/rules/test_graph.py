"""The road of a bundle (S29, R42): prerequisites first, all else at once, and who falls when one is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import graph
from models.rules.calendar import Calendar
from models.rules.clock import Clock
from models.rules.limits import Limit

BUNDLE = {
    "members": [
        {"item": "A", "after": []},
        {"item": "B", "after": ["A"]},
        {"item": "C", "after": ["B"]},
        {"item": "D", "after": ["B"]},
        {"item": "E", "after": ["C", "D"]},
    ],
    "alternatives": {"A": "A2"},
}
WHOLE = {"A": [], "B": ["A"], "C": ["B"], "D": ["B"], "E": ["C", "D"]}
MONDAY = date(2026, 11, 2)


def test_the_whole_road() -> None:
    assert graph.road(BUNDLE, list("ABCDE")) == WHOLE


def test_what_was_not_chosen_is_looked_through() -> None:
    assert graph.road(BUNDLE, ["A", "E"]) == {"A": [], "E": ["A"]}
    assert graph.road(BUNDLE, ["E"]) == {"E": []}
    assert graph.road(BUNDLE, ["C", "E", "B"]) == {"B": [], "C": ["B"], "E": ["C"]}


def test_an_alternative_stands_where_the_usual_one_stood() -> None:
    assert graph.road(BUNDLE, ["A2", "B"]) == {"A2": [], "B": ["A2"]}


def test_what_does_not_belong_to_it_waits_for_nothing() -> None:
    assert graph.road(BUNDLE, ["A", "X"]) == {"A": [], "X": []}


def test_a_circle_is_found() -> None:
    assert graph.circle(WHOLE) == []
    assert graph.circle({"A": ["B"], "B": ["A"], "C": []}) == ["A", "B"]
    with pytest.raises(ValueError, match="circle"):
        graph.ends(_clock(), {"A": ["B"], "B": ["A"]}, {}, MONDAY)


def test_a_refusal_reaches_what_stands_behind_it_and_nothing_beside() -> None:
    assert graph.fallen(WHOLE, {"C"}) == {"E": "C"}
    assert graph.fallen(WHOLE, {"A"}) == {"B": "A", "C": "A", "D": "A", "E": "A"}
    assert graph.fallen(WHOLE, {"E"}) == {}


def test_each_begins_when_the_last_before_it_is_due() -> None:
    limits = {"A": Limit(2), "B": Limit(3), "C": Limit(1), "D": Limit(5), "E": Limit(0)}
    ended = graph.ends(_clock(), WHOLE, limits, MONDAY)
    assert [ended[code].day for code in "ABCDE"] == [4, 9, 10, 16, 16]  # by hand from November 2026
    assert graph.last(ended, WHOLE) == "E"  # on the same day as D, but further down the road
    known = graph.ends(_clock(), WHOLE, limits, MONDAY, {"A": date(2026, 11, 10)})
    assert known["B"] == date(2026, 11, 13)


def test_nothing_is_promised_that_cannot_hold() -> None:
    ended = {"A": date(2026, 11, 16)}
    assert graph.whole_limit(_clock(), Limit(28), ended, MONDAY) == Limit(28)
    assert graph.whole_limit(_clock(), Limit(3), ended, MONDAY) == Limit(10)
    assert graph.whole_limit(_clock(), None, ended, MONDAY) == Limit(10)


def test_a_stretch_is_cut_where_one_waits_for_all_before_it() -> None:
    assert graph.steps(WHOLE, ["A", "B"]) == [["A"], ["B"]]
    assert graph.steps(WHOLE, ["C", "D"]) == [["C", "D"]]
    assert graph.steps(WHOLE, ["C", "D", "E"]) == [["C", "D"], ["E"]]
    assert graph.steps({"P": [], "Q": [], "R": ["P"]}, ["P", "Q", "R"]) == [["P", "Q", "R"]]


@st.composite
def roads(draw: st.DrawFn) -> dict[str, list[str]]:
    codes = [f"I{n}" for n in range(draw(st.integers(1, 9)))]
    return {
        code: draw(st.lists(st.sampled_from(codes[:place]), unique=True)) if place else []
        for place, code in enumerate(codes)
    }


@given(roads(), st.data())
def test_any_choice_keeps_the_order(whole: dict[str, list[str]], data: st.DataObject) -> None:
    """Whoever comes after another on the long road, comes after it on the short one; and there is never a circle."""
    bundle = {"members": [{"item": code, "after": after} for code, after in whole.items()]}
    chosen = data.draw(st.lists(st.sampled_from(list(whole)), unique=True, min_size=1))
    short = graph.road(bundle, chosen)
    assert set(short) == set(chosen) and graph.circle(short) == []
    for code in chosen:
        assert _behind(short, code) == {one for one in _behind(whole, code) if one in chosen}


@given(roads(), st.data())
def test_what_falls_is_exactly_what_cannot_be_reached(whole: dict[str, list[str]], data: st.DataObject) -> None:
    refused = set(data.draw(st.lists(st.sampled_from(list(whole)), unique=True)))
    fallen = graph.fallen(whole, refused)
    for code in whole:
        if code not in refused:
            assert (code in fallen) == bool(_behind(whole, code) & refused)
            assert fallen.get(code, next(iter(refused), "")) in refused or code not in fallen


def _behind(whole: dict[str, list[str]], code: str) -> set[str]:
    found: set[str] = set()
    for one in whole[code]:
        found |= {one} | _behind(whole, one)
    return found


def _clock() -> Clock:
    return Clock(Calendar([], [2026]))
