"""Keys for tests: fixed, so that a failure repeats; never used anywhere else."""

import base64
import hashlib
from typing import Any

from models.seal import Keyring, keyring


def _secret(name: str, size: int = 32) -> str:
    return base64.b64encode(hashlib.sha256(f"yimen tests {name}".encode()).digest()[:size]).decode()


def record() -> dict[str, Any]:
    """The content of a key file: an AES key in force and an SM4 key that still opens."""
    return {
        "current": "t1",
        "keys": {"t1": {"alg": "aes", "secret": _secret("t1")}, "t0": {"alg": "sm4", "secret": _secret("t0", 16)}},
        **{name: _secret(name) for name in ("index", "audit", "token", "link")},
    }


def test_ring() -> Keyring:
    return keyring(record())


test_ring.__test__ = False  # type: ignore[attr-defined]
