"""The key file: made once, closed to others, refused when weak."""

import base64
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import settings
from local import keyfile
from models import seal
from settings import SettingError


def at(path: Path, record: dict[str, Any]) -> Path:
    path.write_text(json.dumps(record))
    path.chmod(0o400)
    return path


def test_first_start_makes_keys_that_seal_and_later_starts_keep_them(tmp_path: Path) -> None:
    house = settings.read({"VAR": str(tmp_path)})
    record = keyfile.ensure(house)
    assert stat.S_IMODE(house.keys_file.stat().st_mode) == 0o400
    ring = seal.keyring(record)
    assert ring.decrypt(ring.encrypt("李秀英", "a:b:1"), "a:b:1") == "李秀英"
    assert keyfile.ensure(house) == record
    assert [p.name for p in tmp_path.iterdir()] == ["keys.json"]


def test_a_real_house_never_makes_its_own(tmp_path: Path) -> None:
    house = settings.read({"DATABASE_URL": "postgres://u@h/d", "KEYS_FILE": str(tmp_path / "keys.json")})
    with pytest.raises(SettingError) as refused:
        keyfile.ensure(house)
    assert (refused.value.name, refused.value.code) == ("KEYS_FILE", "setting_missing")
    assert not house.keys_file.exists()
    with pytest.raises(SettingError):
        keyfile.ensure(replace(house, keys_file=tmp_path))


def test_open_to_others_is_refused(tmp_path: Path) -> None:
    path = at(tmp_path / "keys.json", keyfile.fresh())
    path.chmod(0o644)
    with pytest.raises(SettingError, match="chmod 400"):
        keyfile.load(path)


def secret(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"index": secret(b"0" * 32)}, "setting_weak"),
        ({"token": secret(bytes(range(32)))}, "setting_weak"),
        ({"audit": secret(b"short")}, "setting_weak"),
        ({"link": "not base64!"}, "setting_invalid"),
        ({"current": "k9"}, "setting_invalid"),
        ({"keys": {"k1": {"alg": "aes", "secret": secret(b"x" * 16)}}}, "setting_weak"),
        ({"keys": {"k1": {"alg": "rot13", "secret": secret(bytes(32))}}}, "setting_weak"),
        ({"keys": []}, "setting_invalid"),
    ],
)
def test_weak_or_damaged_keys_are_refused(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    path = at(tmp_path / "keys.json", {**keyfile.fresh(), **change})
    with pytest.raises(SettingError) as refused:
        keyfile.load(path)
    assert (refused.value.name, refused.value.code) == ("KEYS_FILE", code)


def test_the_same_secret_twice_is_refused(tmp_path: Path) -> None:
    record = keyfile.fresh()
    with pytest.raises(SettingError):
        keyfile.load(at(tmp_path / "keys.json", {**record, "link": record["token"]}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o400)
    with pytest.raises(SettingError):
        keyfile.load(path)


def test_command_never_writes_over_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keys.json"
    assert keyfile.main([str(path)]) == 0
    before = path.read_text()
    assert keyfile.main([str(path)]) == 1
    assert path.read_text() == before
    assert keyfile.main([]) == 2
    assert str(path) in capsys.readouterr().out
