"""The key file: made at random where that is allowed, checked wherever it comes from.

`python -m local.keyfile PATH` makes a new one: JSON
`{current, keys: {id: {alg, secret}}, index, audit, token, link}`, secrets in base64.
"""

import base64
import binascii
import json
import os
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from settings import SettingError, Settings

NAME = "KEYS_FILE"
PARTS = ("index", "audit", "token", "link")
SIZES = {"aes": 32, "sm4": 16}


def fresh() -> dict[str, Any]:
    """A new set of random keys."""

    def secret(size: int) -> str:
        return base64.b64encode(secrets.token_bytes(size)).decode()

    keys = {"k1": {"alg": "aes", "secret": secret(SIZES["aes"])}}
    return {"current": "k1", "keys": keys, **{name: secret(32) for name in PARTS}}


def write(path: Path, record: dict[str, Any]) -> None:
    """Put a key file where none is, readable by its owner alone. FileExistsError when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(record, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # never over another one's keys
    finally:
        temporary.unlink()


def ensure(settings: Settings) -> dict[str, Any]:
    """The keys in force. Made at the first start of an embedded or demo house, required everywhere else."""
    path = settings.keys_file
    if not path.exists():
        if not settings.invents_keys:
            raise SettingError(NAME, f"{path} 不存在，请放好密钥文件", "setting_missing")
        with suppress(FileExistsError):  # another process was first
            write(path, fresh())
    return load(path)


def load(path: Path) -> dict[str, Any]:
    """A checked key file. SettingError when it is open to others, damaged, short or guessable."""
    try:
        mode = path.stat().st_mode
        record = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SettingError(NAME, f"{path} 读不出来，应为 JSON 密钥文件") from error
    if stat.S_IMODE(mode) & 0o037:
        raise SettingError(NAME, f"{path} 别人也能读，请执行 chmod 400 {path}", "setting_weak")
    try:
        keys = {str(i): (str(k["alg"]), _bytes(k["secret"])) for i, k in record["keys"].items()}
        parts = {name: _bytes(record[name]) for name in PARTS}
        current = record["current"]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SettingError(NAME, f"{path} 缺少一项或格式不对（应有 current、keys、{'、'.join(PARTS)}）") from error
    if current not in keys:
        raise SettingError(NAME, f"{path} 的 current 指向不存在的密钥 {current}")
    for name, (alg, secret) in keys.items():
        if len(secret) != SIZES.get(alg):
            raise SettingError(NAME, f"密钥 {name} 应为 aes（32 字节）或 sm4（16 字节）", "setting_weak")
    weak = [name for name, secret in [*((i, k[1]) for i, k in keys.items()), *parts.items()] if _guessable(secret)]
    weak += [name for name, secret in parts.items() if len(secret) < 32]
    if weak or len(set(parts.values())) < len(parts):
        raise SettingError(NAME, f"密钥太短、太简单或彼此相同：{'、'.join(weak) or '、'.join(PARTS)}", "setting_weak")
    result: dict[str, Any] = record
    return result


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _guessable(secret: bytes) -> bool:
    """Few different bytes, or one letter after the other: nobody drew that at random."""
    steps = {(b - a) % 256 for a, b in zip(secret, secret[1:], strict=False)}
    return len(set(secret)) < 8 or len(steps) < 4


def main(argv: list[str]) -> int:
    """`python -m local.keyfile PATH`: a new key file, never over an old one."""
    if len(argv) != 1:
        print("用法：python -m local.keyfile 路径")
        return 2
    try:
        write(Path(argv[0]), fresh())
    except OSError as error:
        print(f"没有写成 {argv[0]}：{error.strerror}")
        return 1
    print(f"新密钥已写入 {argv[0]}。请另存一份于别处：丢了密钥，已加密的资料无法再打开。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
