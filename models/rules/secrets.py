"""Small secrets people type: drawn from the system's source, without letters that look like digits."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXY"


def query_key(length: int = 6) -> str:
    """The 查询密码 of a case (R10): 6 characters of 29, about 6e8, and progress look-ups are limited besides."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def token(nbytes: int = 32) -> str:
    """An opaque URL-safe secret of `nbytes` random bytes."""
    return secrets.token_urlsafe(nbytes)
