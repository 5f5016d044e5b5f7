"""Who somebody is: ID numbers (R1, R2) and social credit codes (R3). Pure checks, Chinese words for every refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from models.base import Refusal

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
OLDEST = 150  # years; a birth date further back is a typing slip

IdKind = Literal["resident", "hongkong_macao_taiwan", "foreigner"]


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked 18-character number: resident's card, residence permit (81-83), newer foreigner's card (9: unsure)."""

    value: str
    birth: date
    male: bool
    region: str
    kind: IdKind


def parse_id_number(text: str, today: date) -> IdNumber:
    """Check a number as GB 11643 asks: 18 characters, a birth date that exists and is past, the check character.

    The region may be an abolished code and is not looked up. A small x and spaces are forgiven; 15 digits are not.
    """
    clean = re.sub(r"\s", "", text[:64]).upper()
    if re.fullmatch(r"[0-9]{15}", clean):
        raise _bad("这是15位的旧身份证号，请输入18位的新号")
    if len(clean) != 18:
        raise _bad(f"身份证号要18位，您输入了{len(clean)}位")
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", clean):
        raise _bad("身份证号只有数字，最后一位可以是X，请检查")
    try:
        birth = date(int(clean[6:10]), int(clean[10:12]), int(clean[12:14]))
    except ValueError:
        raise _bad("身份证号里的出生日期不存在，请检查第7到14位") from None
    if birth > today or birth.year < today.year - OLDEST:
        raise _bad("身份证号里的出生日期不对，请检查第7到14位")
    if not mod_11_2.is_valid(clean):
        raise _bad("身份证号有一位不对，请照身份证再输一次")
    return IdNumber(clean, birth, int(clean[16]) % 2 == 1, clean[:6], _kind(clean))


def _kind(number: str) -> IdKind:
    if number[:2] in ("81", "82", "83"):
        return "hongkong_macao_taiwan"
    return "foreigner" if number[0] == "9" else "resident"


def _bad(words: str) -> Refusal:
    return Refusal("bad_id_number", 422, words, [{"pointer": "/id_number", "code": "bad_id_number", "detail": words}])


def parse_uscc(text: str) -> str:
    """Check a social credit code as GB 32100 asks, and the organisation code inside it (GB 11714). Upper case back."""
    clean = re.sub(r"[\s-]", "", text[:64]).upper()
    if len(clean) != 18:
        raise _bad_uscc(f"统一社会信用代码要18位，您输入了{len(clean)}位")
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUWXY]{18}", clean):
        raise _bad_uscc("统一社会信用代码里没有I、O、S、V、Z，请检查")
    try:
        uscc.validate(clean)
    except ValidationError:
        raise _bad_uscc("统一社会信用代码有一位不对，请照营业执照再输一次") from None
    if organisation_check(clean[8:16]) != clean[16]:
        raise _bad_uscc("统一社会信用代码第9到17位不对，请照营业执照再输一次")
    return clean


def organisation_check(code: str) -> str:
    """The check character of an 8-character organisation code, GB 11714."""
    total = sum(weight * int(char, 36) for weight, char in zip(ORGANISATION_WEIGHTS, code, strict=True))
    return "0123456789X0"[11 - total % 11]


def _bad_uscc(words: str) -> Refusal:
    return Refusal("bad_uscc", 422, words, [{"pointer": "/uscc", "code": "bad_uscc", "detail": words}])
