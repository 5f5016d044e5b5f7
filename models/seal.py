"""Secrets at rest: the envelope `v1|alg|key id|nonce|ciphertext`, blind indexes and keyed MACs.

AES-256-GCM and SM4-GCM stand behind one tag. The AAD names table, column and row, so that a ciphertext moved to
another row does not open. A blind index is a keyed HMAC per column: a plain hash of ID numbers is read back in minutes.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
TAG = 16


class SealError(Exception):
    """An envelope does not open: wrong key, moved cell or damaged bytes."""


@dataclass(frozen=True)
class Key:
    """One key of the ring: `alg` is `aes` (32 bytes) or `sm4` (16 bytes)."""

    id: str
    alg: str
    secret: bytes


class Keyring:
    """The keys in force. `current` seals; every key of the ring opens."""

    def __init__(
        self, keys: dict[str, Key], current: str, index: bytes, audit: bytes, token: bytes, link: bytes
    ) -> None:
        for name, secret in (("index", index), ("audit", audit), ("token", token), ("link", link)):
            if len(secret) < 32:
                raise SealError(f"{name} key is shorter than 32 bytes")
        if current not in keys:
            raise SealError(f"no key {current}")
        self._keys, self._current = keys, current
        self._index, self.audit_key, self.token_key, self._link = index, audit, token, link

    def encrypt_bytes(self, plain: bytes, aad: str) -> bytes:
        """`plain` sealed under the current key; layout `v1|alg|key id|` + nonce + ciphertext."""
        key = self._keys[self._current]
        nonce = os.urandom(NONCE)
        return b"|".join((b"v1", key.alg.encode(), key.id.encode(), nonce + _lock(key, nonce, plain, aad.encode())))

    def decrypt_bytes(self, sealed: bytes, aad: str) -> bytes:
        """The bytes behind an envelope; SealError when it does not open."""
        try:
            version, alg, key_id, rest = sealed.split(b"|", 3)
            key = self._keys[key_id.decode()]
            if version != b"v1" or key.alg.encode() != alg:
                raise SealError("unknown envelope")
            return _unlock(key, rest[:NONCE], rest[NONCE:], aad.encode())
        except (ValueError, KeyError, InvalidTag) as error:
            raise SealError("the envelope does not open") from error

    def encrypt(self, plain: str, aad: str) -> str:
        return base64.b64encode(self.encrypt_bytes(plain.encode(), aad)).decode()

    def decrypt(self, sealed: str, aad: str) -> str:
        return self.decrypt_bytes(base64.b64decode(sealed), aad).decode()

    def blind(self, column: str, value: str) -> str:
        """The look-up key of a value in one column (hex, 64 characters)."""
        return hmac.new(self._index, f"{column}\0{value}".encode(), hashlib.sha256).hexdigest()

    def link_mac(self, text: str) -> str:
        """The MAC of a short-lived link."""
        return base64.urlsafe_b64encode(hmac.new(self._link, text.encode(), hashlib.sha256).digest()[:24]).decode()


def _lock(key: Key, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    if key.alg == "aes":
        return AESGCM(key.secret).encrypt(nonce, plain, aad)
    encryptor = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _unlock(key: Key, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    if key.alg == "aes":
        return AESGCM(key.secret).decrypt(nonce, sealed, aad)
    decryptor = Cipher(algorithms.SM4(key.secret), modes.GCM(nonce, sealed[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(aad)
    return decryptor.update(sealed[:-TAG]) + decryptor.finalize()


def keyring(record: dict[str, Any]) -> Keyring:
    """A ring from JSON {current, keys: {id: {alg, secret}}, index, audit, token, link}; secrets in base64."""
    keys = {i: Key(i, k["alg"], base64.b64decode(k["secret"])) for i, k in record["keys"].items()}
    plain = {name: base64.b64decode(record[name]) for name in ("index", "audit", "token", "link")}
    return Keyring(keys, record["current"], **plain)


_ring: list[Keyring] = []


def use(ring_: Keyring) -> None:
    """Put the ring in force for this process (the composition root does this once)."""
    _ring[:] = [ring_]


def ring() -> Keyring:
    if not _ring:
        raise SealError("no keys: seal.use() was not called")
    return _ring[0]


class Cell:
    """One encrypted column: `NAME = Cell("account", "name")`, then NAME.seal(id, text) and NAME.open(id, sealed)."""

    def __init__(self, table: str, column: str) -> None:
        self.place = f"{table}:{column}"

    def seal(self, row: UUID, plain: str | None) -> str | None:
        return None if plain is None else ring().encrypt(plain, f"{self.place}:{row}")

    def open(self, row: UUID, sealed: str | None) -> str | None:
        return None if sealed is None else ring().decrypt(sealed, f"{self.place}:{row}")

    def seal_json(self, row: UUID, value: Any) -> str:
        return ring().encrypt(json.dumps(value, ensure_ascii=False), f"{self.place}:{row}")

    def open_json(self, row: UUID, sealed: str | None, default: Callable[[], Any] = dict) -> Any:
        return json.loads(ring().decrypt(sealed, f"{self.place}:{row}")) if sealed else default()

    def blind(self, value: str | None) -> str | None:
        return None if value is None else ring().blind(self.place, value)


def mask_id(number: str | None) -> str | None:
    """`440229********042X`: region kept, birthday hidden (R6)."""
    return number and f"{number[:6]}{'*' * 8}{number[-4:]}"


def mask_phone(number: str | None) -> str | None:
    return number and f"{number[:3]}****{number[-4:]}"


def mask_name(name: str | None) -> str | None:
    """`张*`, `欧阳**`: the first character and stars."""
    return name and name[0] + "*" * max(1, len(name) - 1)
