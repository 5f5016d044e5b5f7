"""The telephones of the sandbox: who holds one, what it agreed to, what it received."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_PHONES = 500
MOST_MESSAGES = 300
ALWAYS = -1

#: The citizen of the demonstration; her number never changes, and she keeps all notices switched on.
DEMO = ("13800000001", "李秀英")


def stamp(seconds: float) -> str:
    """Unix seconds as RFC 3339 with +08:00."""
    return datetime.fromtimestamp(seconds, SHANGHAI).isoformat(timespec="milliseconds")


@dataclass
class Phone:
    """`consents`: template id -> messages still allowed, -1 without end; "*" stands for all templates."""

    number: str
    name: str
    openid: str
    unionid: str
    consents: dict[str, int] = field(default_factory=dict)
    banned: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    wrote_at: float = 0.0
    replies_left: int = 0
    seen_at: float = 0.0
    login_minute: tuple[int, int] = (0, 0)

    def allowance(self, template: str) -> int:
        """How many messages of this template may still come; -1 without end."""
        if template in self.banned:
            return 0
        return ALWAYS if self.consents.get("*") == ALWAYS else self.consents.get(template, 0)

    def take(self, template: str) -> bool:
        """Use up one consent."""
        left = self.allowance(template)
        if left > 0:
            self.consents[template] = left - 1
        return left != 0

    def receive(self, at: float, kind: str, **content: Any) -> dict[str, Any]:
        message = {"kind": kind, **content, "at": stamp(at)}
        self.messages.append(message)
        del self.messages[:-MOST_MESSAGES]
        return message


class Phones:
    """All of them, by number and by openid; kept in a small file when one is given."""

    def __init__(self, appid: str, file: Path | None) -> None:
        self._appid, self._file = appid, file
        self.by_number: dict[str, Phone] = {}
        self.by_openid: dict[str, Phone] = {}
        if not self._load():
            self.add(*DEMO).consents["*"] = ALWAYS

    def add(self, number: str, name: str) -> Phone:
        if number in self.by_number:
            return self.by_number[number]
        if len(self.by_number) >= MOST_PHONES:
            oldest = next(n for n in self.by_number if n != DEMO[0])
            del self.by_openid[self.by_number.pop(oldest).openid]
        phone = Phone(number, name, "o" + self._print(number, 27), "o6" + self._print("union" + number, 26))
        self._put(phone)
        return phone

    def new(self, name: str) -> Phone:
        """A phone with a number nobody has yet."""
        n = len(self.by_number)
        while (number := f"138{n:08d}") in self.by_number or number == DEMO[0]:
            n += 1
        return self.add(number, name)

    def save(self) -> None:
        if self._file is None:
            return
        kept = [{k: v for k, v in asdict(p).items() if k != "login_minute"} for p in self.by_number.values()]
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({"phones": kept}, ensure_ascii=False), encoding="utf-8")
        part.replace(self._file)

    def _put(self, phone: Phone) -> None:
        self.by_number[phone.number] = self.by_openid[phone.openid] = phone

    def _load(self) -> bool:
        """False where there is no file yet, or not one of ours."""
        if self._file is None or not self._file.is_file():
            return False
        try:
            for kept in json.loads(self._file.read_text(encoding="utf-8"))["phones"]:
                self._put(Phone(**kept))
        except (ValueError, KeyError, TypeError):
            self.by_number.clear()
            self.by_openid.clear()
            return False
        return DEMO[0] in self.by_number

    def _print(self, text: str, length: int) -> str:
        digest = hashlib.sha256(f"{self._appid}:{text}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode()[:length]
