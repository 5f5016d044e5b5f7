"""The few extra fields of an item's form: what may stand in them. Nothing known already is asked again (R6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.base import Refusal

KINDS = ("text", "textarea", "number", "date", "choice")
LONGEST = {"text": 100, "textarea": 1000}
LARGEST = 10**12
MOST_FIELDS = 60
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Fields = Sequence[Mapping[str, Any]]


def validate_form(fields: Fields, values: Mapping[str, Any], *, partial: bool = False) -> list[dict[str, str]]:
    """What is wrong with the values: [{pointer: "/form/<key>", code, detail}], empty when all is well.

    `fields`: [{key, label, kind: text|textarea|number|date|choice, required, options, hint, unit}]. `partial`: a draft
    being saved, where a required field may still be empty. Unknown keys are refused; NUL, control characters and lone
    surrogates are refused, never stored.
    """
    known = {field["key"]: field for field in fields}
    errors = [
        _error(key, "unknown_field", "表里没有这一栏，请刷新后再填")
        for key in list(values)[:MOST_FIELDS]
        if key not in known
    ]
    for key, field in known.items():
        value = values.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field["required"] and not partial:
                errors.append(_error(key, "required", f"请填“{field['label']}”"))
            continue
        words = _wrong(field, value)
        if words:
            errors.append(_error(key, words[0], words[1]))
    return errors


def clean_form(fields: Fields, values: Mapping[str, Any], *, partial: bool = True) -> dict[str, Any]:
    """The values as they are stored: trimmed, empty ones left out. Refuses what `validate_form` finds."""
    errors = validate_form(fields, values, partial=partial)
    if errors or len(values) > MOST_FIELDS:
        raise Refusal("bad_form", 422, "有的栏目没有填对，您填的都还在，请检查", errors)
    kept = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
    return {key: value for key, value in kept.items() if value is not None and value != ""}


def complete(fields: Fields, values: Mapping[str, Any]) -> list[str]:
    """Keys of required fields still empty."""
    return [
        field["key"]
        for field in fields
        if field["required"] and (values.get(field["key"]) is None or not str(values[field["key"]]).strip())
    ]


def _wrong(field: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
    label = field["label"]
    if field["kind"] == "number":
        return _wrong_number(field, value)
    if not isinstance(value, str):
        return "not_text", f"“{label}”要填文字"
    if CONTROL.search(value):
        return "bad_characters", f"“{label}”里有不能用的字符，请删掉再填"
    longest = LONGEST.get(field["kind"], 100)
    if len(value) > longest:
        return "too_long", f"“{label}”最多{longest}个字，现在{len(value)}个"
    if field["kind"] == "choice" and value.strip() not in field["options"]:
        return "not_an_option", f"“{label}”请从列出的里面选"
    if field["kind"] == "date" and not _is_date(value.strip()):
        return "not_a_date", f"“{label}”要填日期，像2026-12-08"
    return None


def _wrong_number(field: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
    label, unit = field["label"], field.get("unit")
    words = f"“{label}”要填数字" + (f"，单位是{unit}" if unit else "")
    if isinstance(value, str):
        if not re.fullmatch(r"-?[0-9]{1,13}(\.[0-9]{1,6})?", value.strip()):
            return "not_a_number", words
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return "not_a_number", words
    if not 0 <= value <= LARGEST:
        return "out_of_range", f"“{label}”的数字不合理，请检查"
    return None


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and 1850 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def _error(key: str, code: str, words: str) -> dict[str, str]:
    pointer = key[:60].replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode()
    return {"pointer": f"/form/{pointer}", "code": code, "detail": words}
