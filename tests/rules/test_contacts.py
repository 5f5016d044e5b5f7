"""Phones and names as people write them."""

import pytest

from models.base import Refusal
from models.rules.contacts import parse_name, parse_phone, too_many


@pytest.mark.parametrize("text", ["13827712345", "138 2771 2345", "+86 13827712345", "8613827712345", "138-2771-2345"])
def test_a_phone_is_eleven_digits(text: str):
    assert parse_phone(text) == "13827712345"


@pytest.mark.parametrize(
    "text", ["", "1382771234", "138277123456", "12827712345", "0751-2872000", "１３８２７７１２３４５", "+1 138277123"]
)
def test_what_is_no_mobile_phone(text: str):
    with pytest.raises(Refusal) as caught:
        parse_phone(text)
    assert caught.value.code == "bad_phone" and caught.value.errors[0]["pointer"] == "/phone"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("李秀英", "李秀英"),
        (" 李 秀英 ", "李秀英"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("𬱖文", "𬱖文"),
        ("John  Smith", "John Smith"),
    ],
)
def test_names(text: str, kept: str):
    assert parse_name(text) == kept


@pytest.mark.parametrize("text", ["", "李", "李1", "·李秀", "李秀·", "<b>李</b>", "李秀英😀", "J", "1234"])
def test_what_is_no_name(text: str):
    with pytest.raises(Refusal) as caught:
        parse_name(text)
    assert caught.value.code == "bad_name"


@pytest.mark.parametrize(("seconds", "words"), [(59, "59秒"), (600, "10分钟"), (86_400, "24小时")])
def test_when_to_try_again(seconds: int, words: str):
    refusal = too_many(seconds)
    assert refusal.status == 429 and refusal.retry_after == seconds and words in refusal.words
