"""Form values: what is right passes unchanged, everything else is told by its field and never stored."""

from typing import Any

import pytest

from models.base import Refusal
from models.rules.forms import clean_form, complete, validate_form

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "label": "店名", "kind": "text", "required": True, "options": [], "unit": None, "hint": None},
    {"key": "why", "label": "原因", "kind": "textarea", "required": False, "options": [], "unit": None, "hint": None},
    {"key": "area", "label": "面积", "kind": "number", "required": True, "options": [], "unit": "平方米", "hint": None},
    {"key": "on", "label": "哪天", "kind": "date", "required": True, "options": [], "unit": None, "hint": None},
    {"key": "way", "label": "怎么领", "kind": "choice", "required": True, "options": ["窗口", "邮寄"], "unit": None,
     "hint": None},
]  # fmt: skip
GOOD: dict[str, Any] = {"name": "小店", "area": 12.5, "on": "2026-12-08", "way": "邮寄"}


def test_good_values() -> None:
    assert validate_form(FIELDS, GOOD) == []
    assert validate_form(FIELDS, {**GOOD, "area": "12.5", "why": "一行\n两行\t三"}) == []
    assert clean_form(FIELDS, {**GOOD, "name": " 小店 ", "why": "  "}) == GOOD


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "   ", "required"),
        ("name", None, "required"),
        ("name", 5, "not_text"),
        ("name", ["x"], "not_text"),
        ("name", True, "not_text"),
        ("name", "长" * 101, "too_long"),
        ("why", "长" * 1001, "too_long"),
        ("name", "a\x00b", "bad_characters"),
        ("name", "a\ud800b", "bad_characters"),
        ("name", "\uffff", "bad_characters"),
        ("name", "\x1b[31m", "bad_characters"),
        ("area", "很大", "not_a_number"),
        ("area", "１２", "not_a_number"),
        ("area", True, "not_a_number"),
        ("area", float("nan"), "not_a_number"),
        ("area", {}, "not_a_number"),
        ("area", float("inf"), "out_of_range"),
        ("area", -1, "out_of_range"),
        ("area", 10**400, "out_of_range"),
        ("on", "2026-02-30", "not_a_date"),
        ("on", "8.12.2026", "not_a_date"),
        ("on", "0001-01-01", "not_a_date"),
        ("on", 20261208, "not_text"),
        ("way", "火箭", "not_an_option"),
    ],
)
def test_wrong_values(key: str, value: Any, code: str) -> None:
    found = validate_form(FIELDS, {**GOOD, key: value})
    assert [(error["pointer"], error["code"]) for error in found] == [(f"/form/{key}", code)]
    with pytest.raises(Refusal):
        clean_form(FIELDS, {**GOOD, key: value}, partial=False)


def test_a_draft_may_have_gaps_but_no_wrong_value() -> None:
    assert validate_form(FIELDS, {"name": "小店"}, partial=True) == []
    assert complete(FIELDS, {"name": "小店", "area": 0}) == ["on", "way"]
    with pytest.raises(Refusal) as refused:
        clean_form(FIELDS, {"area": "x"})
    assert refused.value.code == "bad_form"


@pytest.mark.parametrize("key", ["nope", "a/b~c", "\x00", "\ud800", "k" * 5000])
def test_unknown_fields_are_refused_and_can_be_said(key: str) -> None:
    found = validate_form(FIELDS, {**GOOD, key: "1"})
    assert [error["code"] for error in found] == ["unknown_field"]
    assert len(found[0]["pointer"].encode()) < 300


def test_ten_thousand_fields_do_not_pass() -> None:
    with pytest.raises(Refusal):
        clean_form(FIELDS, {f"k{n}": "1" for n in range(10_000)})
