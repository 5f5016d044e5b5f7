"""Uploads on their way in: one file per upload, grown slice by slice, encrypted at rest, safe against kill -9.

A staging file is a header record (the data key, wrapped by the cipher handed in) and one record per slice:
length (4 bytes), nonce (12), AES-256-GCM ciphertext. The AAD of a slice is the upload's id and the slice's offset, so
slices cannot be swapped. A record cut short by a crash is cut off at the next open: what was acknowledged is there.
All calls block for a short time (local disk): call them in a thread, one at a time for one upload.
"""

import hashlib
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.store import Cipher, Exists, Missing, Tampered

NONCE, TAG = 12, 16
SLICE = 1024 * 1024  # bytes; a longer chunk is written as several records
NAME = re.compile(r"[0-9a-zA-Z-]{8,64}")


class WrongOffset(Exception):
    """A slice does not begin where the file ends; `size` is where it does."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes")
        self.size = size


@dataclass
class _Open:
    """A staging file read up to its last whole record."""

    key: AESGCM
    size: int  # bytes of content
    start: int
    end: int  # of the first and after the last whole record, in the file


class Staging:
    """Growing files under `root`. Ids are the upload's (letters, digits, dashes)."""

    def __init__(self, root: Path, cipher: Cipher) -> None:
        self._root, self._cipher = root, cipher
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def create(self, id: str) -> None:
        """An empty file; Exists when there is one."""
        secret = AESGCM.generate_key(256)
        wrapped = self._cipher.encrypt_bytes(secret, f"staging:{id}")
        try:
            with open(self._path(id), "xb", opener=_private) as file:
                file.write(struct.pack(">H", len(wrapped)) + wrapped)
                _settle(file)
        except FileExistsError as error:
            raise Exists(id) from error

    def append(self, id: str, offset: int, chunk: bytes) -> int:
        """Add `chunk` at `offset` and return the new size. WrongOffset when the file does not end there."""
        with self._open(id) as file:
            part = self._survey(id, file)
            if part.size != offset:
                raise WrongOffset(part.size)
            file.seek(part.end)
            file.truncate()
            for start in range(0, len(chunk), SLICE):
                piece, nonce = chunk[start : start + SLICE], os.urandom(NONCE)
                body = part.key.encrypt(nonce, piece, _aad(id, offset + start))
                file.write(struct.pack(">I", len(body)) + nonce + body)
            _settle(file)
        return offset + len(chunk)

    def size(self, id: str) -> int:
        """Bytes safely received; Missing when there is no such upload."""
        with self._open(id) as file:
            return self._survey(id, file).size

    def read(self, id: str) -> bytes:
        """The whole content so far."""
        return b"".join(self._slices(id))

    def sha256(self, id: str) -> str:
        """Hex SHA-256 of the content so far."""
        digest = hashlib.sha256()
        for piece in self._slices(id):
            digest.update(piece)
        return digest.hexdigest()

    def remove(self, id: str) -> None:
        """Forget the upload; nothing happens when it is gone already."""
        self._path(id).unlink(missing_ok=True)

    def ids(self) -> list[str]:
        """Every upload that has a file here, for the broom."""
        return sorted(path.stem for path in self._root.glob("*.part"))

    def _path(self, id: str) -> Path:
        if not NAME.fullmatch(id):
            raise ValueError("not an upload id")
        return self._root / f"{id}.part"

    def _open(self, id: str) -> BinaryIO:
        try:
            return open(self._path(id), "r+b")
        except FileNotFoundError as error:
            raise Missing(id) from error

    def _survey(self, id: str, file: BinaryIO) -> _Open:
        """Walk the record lengths; the content is not decrypted."""
        whole = os.fstat(file.fileno()).st_size
        head = file.read(2)
        length = struct.unpack(">H", head)[0] if len(head) == 2 else 0
        wrapped = file.read(length)
        if not wrapped or len(wrapped) < length:  # killed while creating: nothing was acknowledged
            raise Missing(id)
        try:
            key = AESGCM(self._cipher.decrypt_bytes(wrapped, f"staging:{id}"))
        except Exception as error:  # the cipher handed in has error types of its own
            raise Tampered(id) from error
        size, start, end = 0, 2 + length, 2 + length
        while end + 4 + NONCE + TAG < whole:
            file.seek(end)
            (body,) = struct.unpack(">I", file.read(4))
            if body > SLICE + TAG or end + 4 + NONCE + body > whole:
                break
            size, end = size + body - TAG, end + 4 + NONCE + body
        return _Open(key, size, start, end)

    def _slices(self, id: str) -> Iterator[bytes]:
        with self._open(id) as file:
            part = self._survey(id, file)
            file.seek(part.start)
            offset = 0
            while file.tell() < part.end:
                (body,) = struct.unpack(">I", file.read(4))
                nonce, sealed = file.read(NONCE), file.read(body)
                try:
                    piece = part.key.decrypt(nonce, sealed, _aad(id, offset))
                except InvalidTag as error:
                    raise Tampered(id) from error
                offset += len(piece)
                yield piece


def _aad(id: str, offset: int) -> bytes:
    return f"staging:{id}:{offset}".encode()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _settle(file: BinaryIO) -> None:
    """Down to the disk before anything is acknowledged."""
    file.flush()
    os.fsync(file.fileno())
