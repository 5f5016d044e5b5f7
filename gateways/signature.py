"""The signature of messages between this house and others: `v1=` HMAC-SHA256 over `timestamp.id.body` (http.md)."""

from __future__ import annotations

import hmac
import time
from typing import Final

WINDOW: Final = 300
SIGNATURE: Final = "X-Signature"
TIMESTAMP: Final = "X-Timestamp"
REQUEST_ID: Final = "X-Request-Id"
KEY_ID: Final = "X-Key-Id"


def sign(key: bytes, timestamp: int, request_id: str, body: bytes) -> str:
    """The value of X-Signature; `timestamp` in Unix seconds, `body` the exact bytes sent."""
    return "v1=" + hmac.new(key, b"%d.%s." % (timestamp, request_id.encode()) + body, "sha256").hexdigest()


def verify(
    key: bytes, timestamp: str | int, request_id: str, body: bytes, signature: str, *, now: float | None = None
) -> bool:
    """Right key, right bytes, and not older or newer than 300 s. That ids are used once is the caller's to hold."""
    stamp = str(timestamp)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or not 1 <= len(request_id) <= 128:
        return False
    fresh = abs((time.time() if now is None else now) - int(stamp)) <= WINDOW
    try:
        right = hmac.compare_digest(sign(key, int(stamp), request_id, body).encode(), signature.encode())
    except UnicodeEncodeError:  # lone surrogates from a hostile header
        return False
    return right and fresh


def signed_headers(
    key_id: str, key: bytes, request_id: str, body: bytes, *, now: float | None = None
) -> dict[str, str]:
    """All headers of a signed JSON request."""
    timestamp = int(time.time() if now is None else now)
    return {
        "content-type": "application/json; charset=utf-8",
        KEY_ID: key_id,
        REQUEST_ID: request_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: sign(key, timestamp, request_id, body),
    }
