"""What `make run` says at the terminal."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyotp
from rich.console import Console
from rich.table import Table
from rich.text import Text

from settings import Settings

PLAIN_WIDTH = 160  # where nobody's terminal sets the width: no line is broken


class Show:
    """Lines for a person; long steps with a moving mark where the terminal can."""

    def __init__(self) -> None:
        plain = Console()
        self.console = plain if plain.is_terminal else Console(width=PLAIN_WIDTH, highlight=False)

    def say(self, words: str, style: str = "") -> None:
        with suppress(OSError):  # nobody reads any more
            self.console.print(Text(words, style=style), soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A step with its time; said at the start too where there is no moving mark."""
        began = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(Text(title + " …")):
                yield
        else:
            yield
        self.say(f"  ✓ {title}　{time.monotonic() - began:.1f} 秒", "green")

    def ready(self, settings: Settings, accounts: list[dict[str, Any]], seconds: float) -> None:
        self.say(f"\n一门已就绪，用时 {seconds:.1f} 秒。\n", "bold")
        for name, url in addresses(settings).items():
            self.say(f"  {TITLES[name]}　{url}")
        if accounts:
            self.say("\n演示账号（动态码每 30 秒一换，也可把密钥加进任何验证器）")
            with suppress(OSError):
                self.console.print(_table(accounts))
        self.say(f"\n数据在 {settings.var}。按 Ctrl-C 停止。")


TITLES = {"citizen": "群众端　", "desk": "工作台　", "sandbox": "沙盒手机"}


def addresses(settings: Settings) -> dict[str, str]:
    """The places to open, by the names of run.json."""
    here = settings.address
    found = {"citizen": here, "desk": f"{here}/desk", "sandbox": settings.sandbox_url or ""}
    return {name: url for name, url in found.items() if url}


def demo_accounts(settings: Settings) -> list[dict[str, Any]]:
    """What `load` wrote down: login, password, totp_secret, role, name. Empty where there are none."""
    if not settings.demo:
        return []
    try:
        found = json.loads((settings.var / "demo-accounts.json").read_text())
    except (OSError, ValueError):
        return []
    return [account for account in found if isinstance(account, dict)] if isinstance(found, list) else []


def _table(accounts: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=True, padding=(0, 2))
    for column in ("姓名", "角色", "账号", "密码", "动态码", "验证器密钥"):
        table.add_column(column, no_wrap=True)
    for account in accounts:
        secret = str(account.get("totp_secret") or "")
        texts = [str(account.get(key) or "") for key in ("name", "role", "login", "password")]
        table.add_row(*(Text(text) for text in [*texts, _code(secret), secret]))
    return table


def _code(secret: str) -> str:
    try:
        return pyotp.TOTP(secret).now() if secret else ""
    except ValueError:  # not a secret any authenticator takes
        return ""


def write_private(path: Path, record: Any) -> None:
    """A JSON file for its owner's eyes, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(record, ensure_ascii=False, indent=1))
    temporary.replace(path)
