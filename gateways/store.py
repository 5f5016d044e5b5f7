"""Where files rest: an object store (local folder or S3), everything encrypted before it leaves the process.

Envelope encryption: each file has its own AES-256-GCM data key, wrapped by the cipher handed in (a key ring or a key
module). Layout of an object: `YS1` + 2 bytes length of the wrapped key + wrapped key + 12 bytes nonce + ciphertext.
The object's key is the AAD of both, so a file moved to another name does not open.
"""

import asyncio
import os
import re
import secrets
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

MAGIC = b"YS1"
NONCE = 12
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}")


class Cipher(Protocol):
    """Wraps data keys. `aad` names the place, and the same aad is needed to open."""

    def encrypt_bytes(self, plain: bytes, aad: str) -> bytes: ...

    def decrypt_bytes(self, sealed: bytes, aad: str) -> bytes: ...


class StoreError(Exception):
    """The store cannot do what was asked; the message names the key, never the content."""


class Missing(StoreError):
    """No file under this key."""


class Exists(StoreError):
    """A file is there already: files are written once."""


class Tampered(StoreError):
    """The file does not open: changed, moved or sealed with another key."""


class Unreachable(StoreError):
    """The storage does not answer; try again."""


def new_key() -> str:
    """A random 128-bit name, sharded over 256 folders: `ab/…30 hex digits`."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:]}"


class Store:
    """Encrypted, write-once files. `place` is a folder, a `file://` URL of one, or `s3://bucket/prefix` with obstore's
    `aws_...` options (`aws_access_key_id`, `aws_secret_access_key`, `aws_region`, `aws_endpoint`).
    """

    def __init__(self, place: str | Path, cipher: Cipher, **options: str) -> None:
        self._cipher = cipher
        self._store: ObjectStore
        self._folder: Path | None = None
        if isinstance(place, str) and place.startswith("file://"):
            place = Path(unquote(urlsplit(place).path))
        if isinstance(place, str) and "://" in place:
            self._store = _remote(place, options)
        else:
            self._folder = Path(place)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(self._folder)

    async def put(self, key: str, data: bytes) -> None:
        """Write a new file; when this returns it survives a power cut.

        Exists when there is one, ValueError for a key not made by `new_key`.
        """
        _known(key)
        sealed = _seal(self._cipher, key, data)
        try:
            await obstore.put_async(self._store, key, sealed, mode="create")
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder / key)
        except (AlreadyExistsError, FileExistsError) as error:
            raise Exists(key) from error
        except (BaseError, OSError) as error:
            raise Unreachable(key) from error

    async def get(self, key: str) -> bytes:
        """The file's content. Missing, Tampered or Unreachable."""
        _known(key)
        try:
            sealed = bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError as error:
            raise Missing(key) from error
        except (BaseError, OSError) as error:
            raise Unreachable(key) from error
        return _open(self._cipher, key, sealed)

    async def delete(self, key: str) -> None:
        """Remove a file; nothing happens when it is gone already."""
        _known(key)
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise Unreachable(key) from error


def _remote(url: str, options: dict[str, str]) -> ObjectStore:
    """An S3 store that gives up within seconds. Plain http only when the endpoint says so itself."""
    wrong = [name for name in options if not name.startswith("aws_")]
    if wrong or not url.startswith("s3://"):
        raise ValueError(f"not an S3 place or option: {wrong or url.split('://')[0]}")
    plain = options.get("aws_endpoint", "").startswith("http://")
    config: Any = options
    return S3Store.from_url(
        url,
        config=config,
        client_options={"allow_http": plain, "connect_timeout": "3s", "timeout": "20s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )


def _settle(path: Path) -> None:
    """File and folders down to the disk, which the local store leaves to chance."""
    for each in (path, path.parent, path.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _known(key: str) -> None:
    if not KEY.fullmatch(key):
        raise ValueError("not a key of this store")


def _seal(cipher: Cipher, key: str, data: bytes) -> bytes:
    secret, nonce = AESGCM.generate_key(256), os.urandom(NONCE)
    wrapped = cipher.encrypt_bytes(secret, f"store:{key}")
    body = AESGCM(secret).encrypt(nonce, data, key.encode())
    return MAGIC + struct.pack(">H", len(wrapped)) + wrapped + nonce + body


def _open(cipher: Cipher, key: str, sealed: bytes) -> bytes:
    try:
        if not sealed.startswith(MAGIC):
            raise ValueError("not an object of this store")
        (length,) = struct.unpack_from(">H", sealed, len(MAGIC))
        start = len(MAGIC) + 2
        wrapped, rest = sealed[start : start + length], sealed[start + length :]
        secret = cipher.decrypt_bytes(wrapped, f"store:{key}")
        return AESGCM(secret).decrypt(rest[:NONCE], rest[NONCE:], key.encode())
    except Exception as error:  # the cipher handed in has error types of its own; none of them may look like success
        raise Tampered(key) from error
