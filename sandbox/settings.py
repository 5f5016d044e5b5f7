"""What the sandbox is told: addresses by flags, secrets by the environment alone (a process list shows flags)."""

import argparse
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BEHAVIOURS = ("grant", "refuse", "silent", "slow", "error")


@dataclass(frozen=True)
class Department:
    """A department with its own system: what it signs with."""

    code: str
    key_id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything a World is made from. Empty `push_url` means: no pushes."""

    host: str = "127.0.0.1"
    port: int = 8001
    appid: str = "wx0000000000000000"
    secret: str = field(default="", repr=False)
    push_url: str = ""
    push_token: str = field(default="", repr=False)
    push_aes_key: str = field(default="", repr=False)
    push_format: str = "json"
    sms_key: str = field(default="", repr=False)
    departments: Mapping[str, Department] = field(default_factory=dict)
    department_api: str = ""
    department_answer: str = "grant"
    department_after_ms: int = 3000
    app_url: str = ""
    state: Path | None = None
    token_seconds: int = 7200


class SettingsError(Exception):
    """Names the setting that is wrong and what it should be."""


def read(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> Settings:
    """Flags from `argv`, secrets from the environment. Raises SettingsError."""
    env = os.environ if environ is None else environ
    given = _parser().parse_args(argv)
    needed = {"WECHAT_APPID": 1, "WECHAT_SECRET": 1, "SMS_KEY": 1}
    if given.push_url:
        needed |= {"WECHAT_PUSH_TOKEN": 1, "WECHAT_PUSH_AES_KEY": 43}
    for name, length in needed.items():
        if len(env.get(name, "")) < length:
            raise SettingsError(f"请在环境变量 {name} 里给出{'43位的' if length == 43 else ''}值（与主程序相同）")
    for url in (given.push_url, given.department_api, given.app_url):
        if url and not re.match(r"https?://[^/\s]+", url):
            raise SettingsError(f"{url} 不是完整的网址，应形如 http://127.0.0.1:8000")
    return Settings(
        host=given.host,
        port=given.port,
        appid=env["WECHAT_APPID"],
        secret=env["WECHAT_SECRET"],
        push_url=given.push_url,
        push_token=env.get("WECHAT_PUSH_TOKEN", ""),
        push_aes_key=env.get("WECHAT_PUSH_AES_KEY", ""),
        push_format=given.push_format,
        sms_key=env["SMS_KEY"],
        departments={code: _department(code, env) for code in given.department},
        department_api=given.department_api.rstrip("/"),
        department_answer=given.department_answer,
        department_after_ms=given.department_after_ms,
        app_url=given.app_url,
        state=given.state,
    )


def _department(code: str, env: Mapping[str, str]) -> Department:
    key = env.get(f"DEPARTMENT_{code}_KEY", "")
    if not key:
        raise SettingsError(f"部门 {code} 的系统需要环境变量 DEPARTMENT_{code}_KEY（与主程序登记的密钥相同）")
    return Department(code, env.get(f"DEPARTMENT_{code}_KEY_ID", code.lower()), key.encode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--push-url", default="", help="the product's /wechat/push; without it nothing is pushed")
    parser.add_argument("--push-format", choices=("json", "xml"), default="json")
    parser.add_argument("--department", action="append", default=[], help="code of a department with its own system")
    parser.add_argument("--department-api", default="", help="where its answers go, e.g. http://127.0.0.1:8000")
    parser.add_argument("--department-answer", choices=BEHAVIOURS, default="grant")
    parser.add_argument("--department-after-ms", type=int, default=3000)
    parser.add_argument("--app-url", default="", help="the product, opened by each phone")
    parser.add_argument("--state", type=Path, default=None, help="JSON file in which the phones survive a restart")
    return parser
