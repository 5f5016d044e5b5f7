"""What the platform accepts in each kind of template field; anything else is 47003 (WeChat, sendMessage)."""

import re

_DATE = r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
_TIME = r"\d{1,2}:\d{2}(:\d{2})?"
_WHEN = rf"({_DATE}\s?({_TIME})?|{_TIME})"

KINDS = {
    "thing": r"[\s\S]{1,20}",
    "const": r"[\s\S]{1,20}",
    "number": r"-?\d{1,32}(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"{_WHEN}(\s?~\s?{_WHEN})?",
    "date": rf"{_DATE}(\s?{_TIME})?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+() -]{1,17}",
    "car_number": r"[\u4e00-\u9fffA-Z0-9]{1,8}",
    "name": r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .'-]{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}


def wrong_field(data: object, known: dict[str, str]) -> str | None:
    """The first field the platform refuses, or None. `known`: the template's own fields, when registered."""
    if not isinstance(data, dict) or not data:
        return "data"
    for key in known:
        if key not in data:
            return key
    for key, content in data.items():
        shape = KINDS.get(str(key).rstrip("0123456789"))
        value = content.get("value") if isinstance(content, dict) else None
        if shape is None or (known and key not in known):
            return str(key)
        if not isinstance(value, str | int | float) or not re.fullmatch(shape, str(value)):
            return str(key)
    return None
