"""Files at rest: nothing readable on the disk, written once, damage noticed, slices resumed after a cut (P11, R45)."""

import hashlib
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.staging import Staging, WrongOffset
from gateways.store import Exists, Missing, Store, Tampered, new_key

PLAIN = "李秀英 440229000000000000 样本".encode() * 500


class Ring:
    """A cipher with one key, of the shape models.seal.Keyring has."""

    def __init__(self, key: bytes = b"k" * 32) -> None:
        self.key = AESGCM(key)

    def encrypt_bytes(self, plain: bytes, aad: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self.key.encrypt(nonce, plain, aad.encode())

    def decrypt_bytes(self, sealed: bytes, aad: str) -> bytes:
        return self.key.decrypt(sealed[:12], sealed[12:], aad.encode())


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_nothing_readable_lies_on_the_disk(tmp_path: Path) -> None:
    store, key = Store(tmp_path, Ring()), new_key()
    await store.put(key, PLAIN)
    assert await store.get(key) == PLAIN
    stored = on_disk(tmp_path)
    assert len(stored) > len(PLAIN)
    assert not any(PLAIN[i : i + 12] in stored for i in range(0, 200, 12))


async def test_files_are_written_once(tmp_path: Path) -> None:
    store, key = Store(tmp_path, Ring()), new_key()
    await store.put(key, b"first")
    with pytest.raises(Exists):
        await store.put(key, b"second")
    assert await store.get(key) == b"first"


async def test_missing_and_deleted(tmp_path: Path) -> None:
    store, key = Store(tmp_path, Ring()), new_key()
    with pytest.raises(Missing):
        await store.get(key)
    await store.put(key, b"x")
    await store.delete(key)
    await store.delete(key)
    with pytest.raises(Missing):
        await store.get(key)


async def test_changed_moved_or_foreign_files_do_not_open(tmp_path: Path) -> None:
    store, key, other = Store(tmp_path, Ring()), new_key(), new_key()
    await store.put(key, PLAIN)
    path, moved = tmp_path / key, tmp_path / other
    moved.parent.mkdir(exist_ok=True)
    moved.write_bytes(path.read_bytes())
    with pytest.raises(Tampered):
        await store.get(other)
    with pytest.raises(Tampered):
        await Store(tmp_path, Ring(b"z" * 32)).get(key)
    whole = path.read_bytes()
    for spot in (0, 4, 40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        with pytest.raises(Tampered):
            await store.get(key)
    path.write_bytes(b"")
    with pytest.raises(Tampered):
        await store.get(key)


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "ab/../cd", "", "AB/" + "0" * 30, "a" * 5000, "ab/" + "0" * 29 + "\0"]
)
async def test_only_our_own_names(tmp_path: Path, key: str) -> None:
    store = Store(tmp_path / "in", Ring())
    with pytest.raises(ValueError, match="key"):
        await store.put(key, b"x")
    with pytest.raises(ValueError, match="key"):
        await store.get(key)


async def test_a_folder_may_be_named_by_url(tmp_path: Path) -> None:
    store, key = Store((tmp_path / "照 片").as_uri(), Ring()), new_key()
    await store.put(key, PLAIN)
    assert (tmp_path / "照 片" / key).exists()
    assert (tmp_path / "照 片").stat().st_mode & 0o077 == 0


def test_names_are_random() -> None:
    assert len({new_key() for _ in range(1000)}) == 1000


def test_slices_add_up_and_stay_sealed(tmp_path: Path) -> None:
    staging, size = Staging(tmp_path, Ring()), 0
    staging.create("upload-1")
    for length in (1, 70_000, 3 * 1024 * 1024 + 7, 0, 5000):
        size = staging.append("upload-1", size, (PLAIN * 200)[size : size + length])
    assert size == staging.size("upload-1") == 3 * 1024 * 1024 + 75_008
    assert staging.read("upload-1") == (PLAIN * 200)[:size]
    assert staging.sha256("upload-1") == hashlib.sha256((PLAIN * 200)[:size]).hexdigest()
    assert PLAIN[:30] not in on_disk(tmp_path)


def test_a_slice_must_begin_where_the_file_ends(tmp_path: Path) -> None:
    staging = Staging(tmp_path, Ring())
    staging.create("upload-1")
    staging.append("upload-1", 0, b"12345")
    for offset in (0, 4, 6):
        with pytest.raises(WrongOffset) as refused:
            staging.append("upload-1", offset, b"x")
        assert refused.value.size == 5
    assert staging.read("upload-1") == b"12345"


def test_a_half_written_slice_is_cut_off(tmp_path: Path) -> None:
    staging = Staging(tmp_path, Ring())
    staging.create("upload-1")
    staging.append("upload-1", 0, b"a" * 1000)
    path = tmp_path / "upload-1.part"
    whole = path.read_bytes()
    staging.append("upload-1", 1000, b"b" * 1000)
    longer = path.read_bytes()
    for cut in range(len(whole), len(longer), 97):
        path.write_bytes(longer[:cut])
        again = Staging(tmp_path, Ring())
        assert again.size("upload-1") == 1000
        assert again.append("upload-1", 1000, b"c" * 10) == 1010
        assert again.read("upload-1") == b"a" * 1000 + b"c" * 10


def test_swapped_slices_do_not_open(tmp_path: Path) -> None:
    staging = Staging(tmp_path, Ring())
    staging.create("upload-1")
    path = tmp_path / "upload-1.part"
    head = len(path.read_bytes())
    for i in range(2):
        staging.append("upload-1", 100 * i, bytes([i]) * 100)
    data, record = path.read_bytes(), 4 + 12 + 116
    path.write_bytes(data[:head] + data[head + record :] + data[head : head + record])
    with pytest.raises(Tampered):
        staging.read("upload-1")


def test_unknown_strange_and_second_ids(tmp_path: Path) -> None:
    staging = Staging(tmp_path, Ring())
    with pytest.raises(Missing):
        staging.size("upload-1")
    for id in ("../../etc", "", "a/b/c/d/e/f", "x" * 65, "upload\0one"):
        with pytest.raises(ValueError, match="id"):
            staging.create(id)
    staging.create("upload-1")
    with pytest.raises(Exists):
        staging.create("upload-1")
    assert staging.ids() == ["upload-1"]
    staging.remove("upload-1")
    staging.remove("upload-1")
    assert staging.ids() == []


WRITER = """
import sys
from pathlib import Path
from gateways.staging import Staging
from tests.gateways.test_store import Ring
staging, size = Staging(Path(sys.argv[1]), Ring()), 0
staging.create("upload-1")
while True:
    size = staging.append("upload-1", size, bytes([size // 50000 % 256]) * 50000)
    print(size, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    said = 0
    for _ in range(5 + secrets.randbelow(20)):
        said = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    said = max([said, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    writer.wait()
    size = Staging(tmp_path, Ring()).size("upload-1")
    assert size >= said
    assert size % 50000 == 0
    content = Staging(tmp_path, Ring()).read("upload-1")
    assert all(content[at] == at // 50000 % 256 for at in range(0, size, 25_000))
