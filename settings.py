"""The settings, read once from the environment. Nothing else looks there.

Every bad setting is a `SettingError` that names the setting and says what it should be.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

HOME = Path(__file__).resolve().parent
WECHAT_HOST = "https://api.weixin.qq.com"

# What the sandbox's platform knows us by. Refused as soon as the accounts are real ones.
SANDBOX_APPID = "wx0ca7b0a7d0e5a11d"
SANDBOX_SECRET = "sandbox-0123456789abcdef01234567"
SANDBOX_PUSH_TOKEN = "sandboxpushtoken"
SANDBOX_PUSH_AES_KEY = "c2FuZGJveHNhbmRib3hzYW5kYm94c2FuZGJveDAwMDA"
SANDBOX_SMS_KEY = "sandbox-sms-0123456789abcdef0123"

T = TypeVar("T")


class SettingError(Exception):
    """A setting is wrong: `name` is the variable, `code` setting_missing, setting_invalid or setting_weak."""

    def __init__(self, name: str, words: str, code: str = "setting_invalid") -> None:
        super().__init__(f"设置 {name} 有误：{words}（{code}）")
        self.name, self.words, self.code = name, words, code


@dataclass(frozen=True)
class DepartmentLink:
    """A department's own system: where our events go, and the key that signs both ways."""

    code: str
    url: str
    key_id: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What this process was told. Paths are absolute; None means the embedded default or "not there"."""

    database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    var: Path
    host: str
    port: int
    public_url: str
    sandbox_port: int
    sandbox_url: str | None
    keys_file: Path
    store_url: str
    wechat_base_url: str
    wechat_appid: str
    wechat_secret: str = field(repr=False)
    wechat_push_token: str = field(repr=False)
    wechat_push_aes_key: str = field(repr=False)
    sms_base_url: str
    sms_key: str = field(repr=False)
    departments: tuple[DepartmentLink, ...]
    demo: bool
    db_pool: int
    redis_pool: int
    county: Path
    web_dist: Path | None
    proxies: tuple[str, ...] = ()
    department_networks: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """True where the program brings its own PostgreSQL or Valkey."""
        return self.database_url is None or self.redis_url is None

    @property
    def invents_keys(self) -> bool:
        """Random keys may be made at the first start; a real installation brings its own file."""
        return self.demo or self.database_url is None

    @property
    def brings_sandbox(self) -> bool:
        """The sandbox of this very house plays the platforms."""
        return self.demo and self.sandbox_url == f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def address(self) -> str:
        """Where this machine's own browser finds the house; no slash at the end."""
        anywhere = {"0.0.0.0", "::", "localhost"}
        return f"http://{'127.0.0.1' if self.host in anywhere else self.host}:{self.port}"

    def environ(self) -> dict[str, str]:
        """The variables that make another process read these very settings."""
        given: dict[str, object] = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "VAR": self.var,
            "HOST": self.host,
            "PORT": self.port,
            "PUBLIC_URL": self.public_url,
            "SANDBOX_PORT": self.sandbox_port,
            "SANDBOX_URL": self.sandbox_url,
            "KEYS_FILE": self.keys_file,
            "STORE_URL": self.store_url,
            "WECHAT_BASE_URL": self.wechat_base_url,
            "WECHAT_APPID": self.wechat_appid,
            "WECHAT_SECRET": self.wechat_secret,
            "WECHAT_PUSH_TOKEN": self.wechat_push_token,
            "WECHAT_PUSH_AES_KEY": self.wechat_push_aes_key,
            "SMS_BASE_URL": self.sms_base_url,
            "SMS_KEY": self.sms_key,
            "DEMO": int(self.demo),
            "DB_POOL": self.db_pool,
            "REDIS_POOL": self.redis_pool,
            "COUNTY": self.county,
            "WEB_DIST": self.web_dist,
            "PROXIES": ",".join(self.proxies),
            "DEPARTMENT_NETWORKS": ",".join(self.department_networks),
        }
        for link in self.departments:
            given |= {
                f"DEPARTMENT_{link.code}_URL": link.url,
                f"DEPARTMENT_{link.code}_KEY_ID": link.key_id,
                f"DEPARTMENT_{link.code}_KEY": link.key,
            }
        return {name: "" if value is None else str(value) for name, value in given.items()}


class _Reader:
    """Typed look-ups in the environment; a blank value counts as not given."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        value = self._environ.get(name, "").strip()
        if any(ord(c) < 32 for c in value):
            raise SettingError(name, "里面有换行或控制字符，请删去")
        return value or None

    def parsed(self, name: str, default: T, parse: Callable[[str], T | None], should: str) -> T:
        value = self.text(name)
        if value is None:
            return default
        parsed = parse(value)
        if parsed is None:
            raise SettingError(name, f"现在是“{value}”，应为{should}")
        return parsed

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def parse(value: str) -> int | None:
            good = re.fullmatch("[0-9]{1,6}", value) is not None and low <= int(value) <= high
            return int(value) if good else None

        return self.parsed(name, default, parse, f" {low} 到 {high} 之间的整数")

    def flag(self, name: str, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return self.parsed(name, default, lambda value: words.get(value.lower()), " 1 或 0")

    def url(self, name: str, default: str | None, *schemes: str) -> str | None:
        def parse(value: str) -> str | None:
            try:
                parts = urlsplit(value)
                whole = bool(parts.hostname or parts.path.strip("/") or parts.query) and (parts.port or 1) > 0
            except ValueError:
                return None
            return value.rstrip("/") if parts.scheme in schemes and whole else None

        value = self.text(name)
        if value is None:
            return default
        parsed = parse(value)
        if parsed is None:  # the value is not repeated: it may hold a password
            raise SettingError(name, f"应为以 {' 或 '.join(s + '://' for s in schemes)} 开头的完整地址")
        return parsed

    def departments(self, sandbox: str | None) -> tuple[DepartmentLink, ...]:
        """Every DEPARTMENT_<CODE>_KEY with its _KEY_ID and _URL (the sandbox's, where there is one)."""
        links = []
        for name in sorted(self._environ):
            found = re.fullmatch("DEPARTMENT_([A-Z0-9]{1,12})_KEY", name)
            key = self.text(name) if found else None
            if found is None or key is None:
                continue
            code = found[1]
            if len(key) < 32:
                raise SettingError(name, "太短，应不少于 32 个字符", "setting_weak")
            default = f"{sandbox}/departments/{code}/events" if sandbox else None
            url = self.url(f"DEPARTMENT_{code}_URL", default, "http", "https")
            if url is None:
                raise SettingError(f"DEPARTMENT_{code}_URL", f"已设 {name}，还需要部门系统的地址", "setting_missing")
            links.append(DepartmentLink(code, url, self.text(f"DEPARTMENT_{code}_KEY_ID") or code.lower(), key))
        return tuple(links)

    def folder(self, name: str, default: Path) -> Path:
        value = self.text(name)
        return Path(value).expanduser().absolute() if value else default


def read(environ: Mapping[str, str]) -> Settings:
    """All settings, checked. Raises SettingError naming the first bad one."""
    ask = _Reader(environ)
    database_url = ask.url("DATABASE_URL", None, "postgres", "postgresql")
    redis_url = ask.url("REDIS_URL", None, "redis", "rediss", "unix")
    demo = ask.flag("DEMO", database_url is None)
    var = ask.folder("VAR", HOME / "var")
    port = ask.number("PORT", 8000, 1, 65535)
    sandbox_port = ask.number("SANDBOX_PORT", port + 1 if port < 65535 else port - 1, 1, 65535)
    if sandbox_port == port:
        raise SettingError("SANDBOX_PORT", f"与 PORT 同为 {port}，请换一个端口")
    host = ask.parsed("HOST", "127.0.0.1", _host, "一个主机名或 IP 地址，如 127.0.0.1")
    http = ("http", "https")
    sandbox_url = ask.url("SANDBOX_URL", f"http://127.0.0.1:{sandbox_port}" if demo else None, *http)
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        var=var,
        host=host,
        port=port,
        public_url=ask.url("PUBLIC_URL", f"http://127.0.0.1:{port}", *http) or "",
        sandbox_port=sandbox_port,
        sandbox_url=sandbox_url,
        keys_file=ask.folder("KEYS_FILE", var / "keys.json"),
        store_url=ask.parsed("STORE_URL", str(var / "store"), _store, "一个目录，或 s3:// 开头的地址"),
        wechat_base_url=ask.url("WECHAT_BASE_URL", sandbox_url or WECHAT_HOST, *http) or "",
        wechat_appid=ask.text("WECHAT_APPID") or (SANDBOX_APPID if demo else ""),
        wechat_secret=ask.text("WECHAT_SECRET") or (SANDBOX_SECRET if demo else ""),
        wechat_push_token=ask.text("WECHAT_PUSH_TOKEN") or (SANDBOX_PUSH_TOKEN if demo else ""),
        wechat_push_aes_key=ask.parsed(
            "WECHAT_PUSH_AES_KEY", SANDBOX_PUSH_AES_KEY if demo else "", _aes_key, "公众平台给出的 43 位字母和数字"
        ),
        sms_base_url=ask.url("SMS_BASE_URL", f"{sandbox_url}/sms" if sandbox_url else None, *http) or "",
        sms_key=ask.text("SMS_KEY") or (SANDBOX_SMS_KEY if demo else ""),
        departments=ask.departments(sandbox_url),
        demo=demo,
        db_pool=ask.number("DB_POOL", 10, 2, 200),
        redis_pool=ask.number("REDIS_POOL", 20, 2, 500),
        county=ask.folder("COUNTY", HOME / "county"),
        web_dist=ask.parsed("WEB_DIST", None, _web_app, "已构建的网页目录（其中有 index.html）"),
        proxies=ask.parsed("PROXIES", (), _networks, "反向代理的地址，用逗号隔开，如 127.0.0.1"),
        department_networks=ask.parsed("DEPARTMENT_NETWORKS", (), _networks, "内网网段，用逗号隔开，如 10.20.0.0/16"),
    )
    _check_together(settings, ask)
    return settings


def _check_together(settings: Settings, ask: _Reader) -> None:
    """Rules over several settings: a half-given gateway, sandbox secrets or no keys on a real installation."""
    if settings.demo:
        return
    if not settings.invents_keys and ask.text("KEYS_FILE") is None:
        raise SettingError(
            "KEYS_FILE",
            "正式运行要自备密钥文件，请给出它的路径，如 /etc/yimen/keys.json（python -m local.keyfile 可新建）",
            "setting_missing",
        )
    for asked, needed in (
        ("WECHAT_APPID", ("WECHAT_SECRET", "WECHAT_PUSH_TOKEN", "WECHAT_PUSH_AES_KEY")),
        ("SMS_BASE_URL", ("SMS_KEY",)),
    ):
        missing = [name for name in needed if ask.text(asked) and not ask.text(name)]
        if missing:
            raise SettingError(missing[0], f"已设 {asked}，还需要一并给出", "setting_missing")
    sandbox = {SANDBOX_APPID, SANDBOX_SECRET, SANDBOX_PUSH_TOKEN, SANDBOX_PUSH_AES_KEY, SANDBOX_SMS_KEY}
    for name in ("WECHAT_APPID", "WECHAT_SECRET", "WECHAT_PUSH_TOKEN", "WECHAT_PUSH_AES_KEY", "SMS_KEY"):
        value = ask.text(name)
        if value in sandbox:
            raise SettingError(name, "这是演示用的值，正式运行请换成平台发给本县的值", "setting_weak")
    for name, length in (("WECHAT_SECRET", 32), ("SMS_KEY", 16)):
        value = ask.text(name)
        if value is not None and len(value) < length:
            raise SettingError(name, f"太短，应不少于 {length} 个字符", "setting_weak")


def _web_app(value: str) -> Path | None:
    folder = Path(value).expanduser().absolute()
    return folder if (folder / "index.html").is_file() else None


def _store(value: str) -> str | None:
    if value.startswith("s3://"):
        return value if len(value) > 5 else None
    if value.startswith("file:///"):
        value = value.removeprefix("file://")
    return None if "://" in value else str(Path(value).expanduser().absolute())


def _host(value: str) -> str | None:
    return value if re.fullmatch(r"[0-9A-Za-z.:\-]{1,253}", value) else None


def _networks(value: str) -> tuple[str, ...] | None:
    try:
        return tuple(str(ip_network(part.strip())) for part in value.split(","))
    except ValueError:
        return None


def _aes_key(value: str) -> str | None:
    return value if re.fullmatch("[0-9A-Za-z]{43}", value) else None


def here() -> Settings:
    """The settings of this process."""
    return read(os.environ)
