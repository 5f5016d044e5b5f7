"""Limits of subscribe-message fields by the stem of their name, cut or refused before sending (R62)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gateways.outcome import Outcome

#: stem -> longest text; these may be shortened with an ellipsis without becoming false.
CUT: Final[Mapping[str, int]] = {"thing": 20, "const": 20}

_DAY: Final = r"([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})"
_HOUR: Final = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"
_MOMENT: Final = f"({_DAY}( ?{_HOUR})?|{_HOUR})"

#: stem -> what the value must look like; a value that does not cannot be mended here.
SHAPE: Final[Mapping[str, re.Pattern[str]]] = {
    "thing": re.compile(r".{1,20}", re.S),
    "const": re.compile(r".{1,20}", re.S),
    "number": re.compile(r"-?[0-9]{1,32}|-?(?=.{1,32}$)[0-9]+\.[0-9]+"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "phrase": re.compile(r"[\u3400-\u9fff]{1,5}"),
    "name": re.compile(r"[\u3400-\u9fff·]{1,10}|[A-Za-z .·'-]{1,20}"),
    "phone_number": re.compile(r"[0-9+() -]{1,17}"),
    "car_number": re.compile(r"[\u3400-\u9fffA-Z0-9]{1,8}"),
    "amount": re.compile(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]+)?元?"),
    "date": re.compile(f"{_DAY}( ?{_HOUR})?"),
    "time": re.compile(f"{_MOMENT}(~{_MOMENT})?"),
}


def fit(data: Mapping[str, str]) -> dict[str, dict[str, str]] | Outcome:
    """`{"thing1": "..."}` as WeChat's `{"thing1": {"value": "..."}}`, or `ours` naming the bad field."""
    fitted: dict[str, dict[str, str]] = {}
    for key, value in data.items():
        stem = key.rstrip("0123456789")
        shape = SHAPE.get(stem)
        text = " ".join(value.split())
        if stem in CUT and len(text) > CUT[stem]:
            text = text[: CUT[stem] - 1] + "…"
        if shape is None or not text or not shape.fullmatch(text):
            return Outcome("ours", "data_wrong", f"消息字段 {key} 的内容不符合微信的要求，没有发送", alarm=True)
        fitted[key] = {"value": text}
    return fitted
