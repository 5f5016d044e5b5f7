"""ID numbers and social credit codes: what must pass, and each way of being wrong with its own words (R1-R3)."""

from datetime import date

import pytest

from models.base import Refusal
from models.rules.identity import organisation_check, parse_id_number, parse_uscc

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "birth", "male", "kind"),
    [
        ("11010519491231002X", date(1949, 12, 31), False, "resident"),
        ("11010519491231002x", date(1949, 12, 31), False, "resident"),
        (" 110105 19491231 002X ", date(1949, 12, 31), False, "resident"),
        ("440524188001010014", date(1880, 1, 1), True, "resident"),
        ("810000199408230021", date(1994, 8, 23), False, "hongkong_macao_taiwan"),
        ("830000199201300022", date(1992, 1, 30), False, "hongkong_macao_taiwan"),
    ],
)
def test_good_numbers(text: str, birth: date, male: bool, kind: str) -> None:
    found = parse_id_number(text, TODAY)
    assert (found.birth, found.male, found.kind) == (birth, male, kind)
    assert found.value == text.replace(" ", "").upper()
    assert found.region == found.value[:6]


def _with_check(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(c) for w, c in zip(weights, body, strict=True)) % 11]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("110105491231002", "15位"),
        ("1101051949123100", "16位"),
        ("110105194912310021", "有一位不对"),
        ("110105194912310A2X", "只有数字"),
        (_with_check("11010520990101002"), "出生日期不对"),
        (_with_check("44022920261124001"), "出生日期不对"),  # tomorrow
        (_with_check("11010517760704002"), "出生日期不对"),
        (_with_check("11010519490230002"), "不存在"),
        (_with_check("11010520250229002"), "不存在"),
        ("01010519491231002X", "只有数字"),
        ("１１０１０５１９４９１２３１００２Ｘ", "只有数字"),
        ("", "0位"),
        ("\x00" * 18, "只有数字"),
        ("9" * 5000, "64位"),
    ],
)
def test_each_wrong_number_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_id_number(text, TODAY)
    assert refused.value.code == "bad_id_number"
    assert told in refused.value.words
    assert text not in refused.value.words or not text  # the number itself is never echoed


def test_an_abolished_region_is_not_refused() -> None:
    assert parse_id_number(_with_check("99990119900101001"), TODAY).region == "999901"


def test_born_today_and_leap_day() -> None:
    assert parse_id_number(_with_check("44022920261123001"), TODAY).birth == TODAY
    assert parse_id_number(_with_check("44022920240229002"), TODAY).birth == date(2024, 2, 29)


PUBLISHED = [
    "91110000600037341L",
    "9144030071526726XG",
    "914403001922038216",
    "91330100799655058B",
    "91110000802100433B",
]


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes(code: str) -> None:
    assert parse_uscc(code) == code
    assert parse_uscc(code.lower()) == code
    assert organisation_check(code[8:16]) == code[16]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("91110000600037341M", "有一位不对"),
        ("91110000600037341", "17位"),
        ("9111000060003734IL", "没有I、O、S、V、Z"),
        ("９" * 18, "没有I、O、S、V、Z"),
        ("", "0位"),
        ("9" * 5000, "64位"),
    ],
)
def test_wrong_codes(code: str, told: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_uscc(code)
    assert refused.value.code == "bad_uscc"
    assert told in refused.value.words
