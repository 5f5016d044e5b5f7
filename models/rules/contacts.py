"""How people are reached and what they are called: phone numbers, names, and the limits of the sign-in doors."""

import re
from dataclasses import dataclass
from datetime import timedelta

from models.base import Refusal

# Han characters incl. the extensions and rare compatibility forms, 〇, and the dot of other peoples' names
_HAN = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_CHINESE = re.compile(rf"{_HAN}(?:{_HAN}|·(?=.)){{1,30}}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z .,'\-]{1,58}[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in `within`."""

    most: int
    within: timedelta


# door -> limits per key. Addresses are shared (halls, mobile carriers), so only failures count for them, and widely.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "sms_phone": (Limit(1, timedelta(seconds=60)), Limit(10, timedelta(hours=24))),
    "sms_address": (Limit(200, timedelta(hours=1)),),
    "sign_in_address": (Limit(60, timedelta(minutes=10)),),
    "phone_account": (Limit(20, timedelta(hours=1)),),
    "real_name": (Limit(5, timedelta(hours=24)),),
    "progress": (Limit(20, timedelta(minutes=10)),),
    "code_account": (Limit(30, timedelta(minutes=10)),),
    "booked_code": (Limit(5, timedelta(hours=1)),),  # wrong tails of one booking at the kiosk
}


def parse_phone(text: str) -> str:
    """A mainland mobile number, 11 digits; spaces, dashes and +86 are forgiven."""
    clean = re.sub(r"[\s\-]", "", text[:40])
    clean = re.sub(r"^(\+?86|0086)(?=1[0-9]{10}$)", "", clean)
    if not re.fullmatch(r"1[3-9][0-9]{9}", clean, re.ASCII):
        words = "手机号是11位数字，以1开头，请检查"
        raise Refusal("bad_phone", 422, words, [{"pointer": "/phone", "code": "bad_phone", "detail": words}])
    return clean


def parse_name(text: str) -> str:
    """A person's name as on the card: 2 or more Han characters (with ·), or Latin letters for other cards."""
    clean = re.sub(r"[•・‧．.]", "·", text[:80]).strip() if re.search(_HAN, text[:80]) else text[:80].strip()
    clean = re.sub(r"\s+", "" if re.search(_HAN, clean) else " ", clean)
    if not (_CHINESE.fullmatch(clean) or _LATIN.fullmatch(clean)):
        words = "姓名要和身份证上一样，请检查"
        raise Refusal("bad_name", 422, words, [{"pointer": "/name", "code": "bad_name", "detail": words}])
    return clean


def too_many(seconds: int) -> Refusal:
    """Refused for now: after how many seconds it may be tried again."""
    if seconds < 120:
        wait = f"{seconds}秒"
    elif seconds < 7200:
        wait = f"{-(-seconds // 60)}分钟"
    else:
        wait = f"{-(-seconds // 3600)}小时"
    return Refusal("too_many_attempts", 429, f"试得太频繁了，请过{wait}再试", retry_after=seconds)
