"""The code of the moment that a hall shows: who knows it stands in the hall (R56). Pure; the MAC is handed in."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime

SECONDS = 60
DIGITS = 6
Mac = Callable[[str], str]  # text -> base64, keyed


def code(mac: Mac, hall: str, at: datetime) -> str:
    """Six digits for this hall and this minute."""
    return _of(mac, hall, _minute(at))


def valid(mac: Mac, hall: str, given: str, at: datetime) -> bool:
    """Whether `given` is the code of this minute or the one before: who reads it needs time to type."""
    typed = given.strip().encode("utf-8", "replace")
    minute = _minute(at)
    hits = [hmac.compare_digest(_of(mac, hall, each).encode(), typed) for each in (minute, minute - 1)]
    return any(hits)


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // SECONDS


def _of(mac: Mac, hall: str, minute: int) -> str:
    number = int.from_bytes(urlsafe_b64decode(mac(f"hall-code:{hall}:{minute}")), "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"
