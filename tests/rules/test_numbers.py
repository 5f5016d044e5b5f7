"""Case numbers: 24 characters, a check that finds every wrong digit and every swap of neighbours (R10)."""

from datetime import date

import pytest

from models.base import Refusal
from models.rules.numbers import case_number, grouped, parse_case_number

SAMPLE = "440229000120261013000372"  # the number drawn on the desk's case page


def test_the_drawn_number() -> None:
    assert case_number("440229", "0001", date(2026, 10, 13), 37) == SAMPLE
    assert grouped(SAMPLE) == "440229 0001 20261013 00037 2"


def test_parts_come_back() -> None:
    parts = parse_case_number(" 440229 0001 20261013 00037 2 ")
    assert (parts.region, parts.hall, parts.day, parts.sequence) == ("440229", "0001", date(2026, 10, 13), 37)
    assert parts.text == SAMPLE


def test_x_is_a_check_character_and_may_be_small() -> None:
    with_x = next(
        n for n in (case_number("440229", "0300", date(2026, 11, 23), s) for s in range(1, 99)) if n.endswith("X")
    )
    assert parse_case_number(with_x.lower()).text == with_x


def test_every_single_wrong_digit_and_every_swap_is_found() -> None:
    for place in range(24):
        for digit in "0123456789":
            wrong = SAMPLE[:place] + digit + SAMPLE[place + 1 :]
            if wrong != SAMPLE:
                with pytest.raises(Refusal):
                    parse_case_number(wrong)
    for place in range(23):
        swapped = SAMPLE[:place] + SAMPLE[place + 1] + SAMPLE[place] + SAMPLE[place + 2 :]
        if swapped != SAMPLE:
            with pytest.raises(Refusal):
                parse_case_number(swapped)


@pytest.mark.parametrize("text", ["", "1" * 5000, "44022900012026101300037", "办件", "\x00" * 24, "２" * 24, "x" * 24])
def test_nonsense_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_case_number(text)
    assert (refused.value.code, refused.value.status) == ("bad_case_number", 422)


@pytest.mark.parametrize("sequence", [0, -1, 100_000])
def test_a_sequence_outside_its_five_digits(sequence: int) -> None:
    with pytest.raises(Refusal):
        case_number("440229", "0001", date(2026, 10, 13), sequence)


@pytest.mark.parametrize(("region", "hall"), [("44022", "0001"), ("440229", "1"), ("44022９", "0001")])
def test_a_region_or_hall_of_the_wrong_length_is_a_fault_of_ours(region: str, hall: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        case_number(region, hall, date(2026, 10, 13), 1)
