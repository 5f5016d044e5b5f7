"""Our reading of pypinyin's table agrees with pypinyin itself."""

from typing import Any

import pypinyin

from models.rules.county_shapes import County
from models.rules.pinyin import sounds


def _apart(odd: str) -> Any:
    """Letters and signs one by one, as our own reader gives them."""
    return list(odd)


def test_all_readings() -> None:
    assert sounds("行") == [["xing", "hang", "heng"]]
    assert sounds("绿") == [["lv", "lu"]]
    assert sounds("k9") == [["k"], ["9"]]


def test_the_right_reading_is_among_them_for_every_word_of_the_county(county: County) -> None:
    for source in county.each("items/"):
        for item in source.data["items"]:
            for word in [*item["words"], item["name"], item["everyday"]]:
                right = pypinyin.lazy_pinyin(word, v_to_u=False, errors=_apart)
                for char, options, reading in zip(word, sounds(word), right, strict=True):
                    assert reading in options, (word, char)
