"""Case numbers (R10): 6 region + 4 hall + 8 date + 5 sequence + 1 check (ISO 7064 MOD 11-2) = 24, no personal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from models.base import Refusal

MOST_A_DAY = 99_999
LENGTH = 24


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """The parts of a case number."""

    region: str
    hall: str
    day: date
    sequence: int

    @property
    def text(self) -> str:
        """The 24 characters; the last may be X."""
        body = f"{self.region}{self.hall}{self.day:%Y%m%d}{self.sequence:05d}"
        return body + mod_11_2.calc_check_digit(body)


def case_number(region: str, hall: str, day: date, sequence: int) -> str:
    """The number of the `sequence`-th case of that hall on that local day; a gap in the sequence does no harm."""
    if not re.fullmatch(r"[0-9]{6}", region) or not re.fullmatch(r"[0-9]{4}", hall):
        raise ValueError("a region has 6 digits, a hall 4")
    if not 1 <= sequence <= MOST_A_DAY:
        raise Refusal("numbers_used_up", 503, "今天的办件编号用完了，请联系县政务服务中心")
    return CaseNumber(region, hall, day, sequence).text


def parse_case_number(text: str) -> CaseNumber:
    """The parts of a number a person typed or scanned; spaces and a small x are forgiven, a wrong digit is not."""
    clean = re.sub(r"[\s-]", "", text[:64]).upper()
    if not re.fullmatch(r"[0-9]{23}[0-9X]", clean):
        raise Refusal("bad_case_number", 422, "办件编号是24位，请照回执再输一次")
    try:
        mod_11_2.validate(clean)
        day = date(int(clean[10:14]), int(clean[14:16]), int(clean[16:18]))
    except (ValidationError, ValueError):
        raise Refusal("bad_case_number", 422, "办件编号有一位不对，请照回执再输一次") from None
    return CaseNumber(clean[:6], clean[6:10], day, int(clean[18:23]))


def grouped(text: str) -> str:
    """440229 0001 20261013 00037 2, as it is read out."""
    return f"{text[:6]} {text[6:10]} {text[10:18]} {text[18:23]} {text[23:]}"
