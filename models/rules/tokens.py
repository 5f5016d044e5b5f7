"""Access tokens: what they claim, for how long, and every way in which one is refused (promises 3.7).

PyJWT alone accepts a token without `exp`, a far-future `exp`, another issuer and a refresh token; all of it is closed
here. Time comes in as an argument: the house has one clock.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from models.base import Refusal

ALGORITHM = "HS256"
ISSUER = "yimen"
AUDIENCE = "citizen"
ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=30)
FAMILY = timedelta(days=180)
GRACE = timedelta(seconds=10)
SKEW = timedelta(seconds=5)
LONGEST = 2048
REQUIRED = ["exp", "iat", "nbf", "sub", "aud", "iss", "jti", "typ", "sid"]

_jwt = jwt.PyJWT({"enforce_minimum_key_length": True})


@dataclass(frozen=True, slots=True)
class Access:
    """What a good access token says: the account, its session (the refresh family) and the token's own id."""

    account: UUID
    session: UUID
    jti: UUID


def invalid() -> Refusal:
    return Refusal("token_invalid", 401, "登录信息不对，请重新登录")


def expired() -> Refusal:
    return Refusal("token_expired", 401, "登录过了时间，请重新登录")


def ended() -> Refusal:
    return Refusal("session_ended", 401, "已经退出登录，请重新登录")


def key_id(key: bytes) -> str:
    """The name of a signing key, from the key itself: the ring holds one at a time."""
    return hashlib.sha256(b"kid" + key).hexdigest()[:8]


def issue(key: bytes, access: Access, at: datetime) -> str:
    """A signed token of `access` that lives 15 minutes from `at` (UTC). The same input gives the same token."""
    issued = int(at.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(access.account),
        "sid": str(access.session),
        "jti": str(access.jti),
        "typ": "access",
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(ACCESS.total_seconds()),
    }
    return _jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": key_id(key)})


def read(key: bytes, token: str, at: datetime) -> Access:
    """The claims of a good token. Refusals, all 401: `token_expired`, and `token_invalid` for anything else."""
    if len(token) > LONGEST or not token.isascii():
        raise invalid()
    try:
        claims: dict[str, Any] = _jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        return _checked(claims, at)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise invalid() from None


def _checked(claims: dict[str, Any], at: datetime) -> Access:
    times = [claims[name] for name in ("iat", "nbf", "exp")]
    if any(type(value) is not int for value in times) or claims["typ"] != "access" or claims["aud"] != AUDIENCE:
        raise invalid()
    issued, starts, ends = times
    present, skew = at.timestamp(), SKEW.total_seconds()
    if not 0 < ends - issued <= ACCESS.total_seconds() or issued > present + skew or starts > present + skew:
        raise invalid()
    access = Access(UUID(claims["sub"]), UUID(claims["sid"]), UUID(claims["jti"]))
    if present >= ends:
        raise expired()
    return access


def new_secret() -> str:
    """An opaque refresh token: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of an opaque token (hex SHA-256): 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
