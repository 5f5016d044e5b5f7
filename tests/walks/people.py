"""People walking through a running house over real HTTP: a citizen with a phone, staff at their desks."""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp

PATIENCE = 20.0


class WalkError(AssertionError):
    """The house did not answer as the walk needs it; the answer is in the words."""


def expect(answer: httpx.Response, *status: int) -> httpx.Response:
    if answer.status_code not in (status or (200, 201)):
        raise WalkError(
            f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}\n{answer.text[:800]}"
        )
    return answer


def until(ask: Any, words: str, patience: float = PATIENCE) -> Any:
    """Ask again until the answer is truthy."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise WalkError(f"waited {patience:.0f} s for: {words}")


@dataclass
class Phone:
    """A phone of the sandbox."""

    sandbox: httpx.Client
    number: str
    openid: str

    @classmethod
    def new(cls, sandbox_url: str, name: str) -> tuple["Phone", str]:
        client = httpx.Client(base_url=sandbox_url, timeout=10)
        made = expect(client.post("/_control/phones", json={"name": name})).json()
        return cls(client, made["phone"], made["openid"]), made["code"]

    def allow(self, *templates: str) -> None:
        for _ in range(6):  # one-off consents: each message uses one
            expect(
                self.sandbox.post(f"/_control/phones/{self.number}/consents", json=dict.fromkeys(templates, "accept"))
            )

    def messages(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = expect(self.sandbox.get(f"/_control/phones/{self.number}/messages")).json()[
            "items"
        ]
        return items


@dataclass
class Citizen:
    """Somebody with the app in hand."""

    http: httpx.Client
    phone: Phone
    tokens: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def sign_in(cls, house: str, sandbox: str, name: str) -> "Citizen":
        phone, code = Phone.new(sandbox, name)
        http = httpx.Client(base_url=f"{house}/api/v1", timeout=20)
        tokens = expect(http.post("/auth/wechat", json={"code": code})).json()
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        return cls(http, phone, tokens)

    def post(self, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        head = {"idempotency-key": str(uuid4()), **headers}
        answer: dict[str, Any] = expect(self.http.post(path, json=body or {}, headers=head)).json()
        return answer

    def put(self, path: str, body: Any) -> dict[str, Any]:
        head = {"idempotency-key": str(uuid4())}
        answer: dict[str, Any] = expect(self.http.put(path, json=body, headers=head)).json()
        return answer

    def get(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = expect(self.http.get(path)).json()
        return answer

    def photograph(self, picture: Path, slice_bytes: int = 256 * 1024) -> str:
        """Send a photograph by tus, slice by slice, as WeChat's client does; the upload's id once it is ready."""
        data = picture.read_bytes()
        name = base64.b64encode(picture.name.encode()).decode()
        begun = expect(
            self.http.post(
                "/uploads",
                headers={
                    "tus-resumable": "1.0.0",
                    "upload-length": str(len(data)),
                    "upload-metadata": f"filename {name}",
                },
            )
        )
        place = begun.headers["location"].removeprefix("/api/v1")
        at = 0
        while at < len(data):
            head = {"tus-resumable": "1.0.0", "upload-offset": str(at), "x-http-method-override": "PATCH",
                    "content-type": "application/offset+octet-stream"}  # fmt: skip
            sent = expect(self.http.post(place, content=data[at : at + slice_bytes], headers=head), 204)
            at = int(sent.headers["upload-offset"])
        seen = until(lambda: self._done(place), "the photograph to be checked")
        if seen["state"] != "ready" or seen["sha256"] != hashlib.sha256(data).hexdigest():
            raise WalkError(f"the photograph was not taken: {seen}")
        id_: str = seen["id"]
        return id_

    def _done(self, place: str) -> dict[str, Any] | None:
        seen = self.get(place)
        return seen if seen["state"] in ("ready", "refused") else None


@dataclass
class Desk:
    """A member of staff at a desk, through the pages themselves."""

    http: httpx.Client
    name: str

    @classmethod
    def sign_in(cls, house: str, account: dict[str, Any], seat: str = "") -> "Desk":
        http = httpx.Client(base_url=house, timeout=20, headers={"origin": house}, follow_redirects=True)
        for code in totp_codes(account["totp_secret"]):
            page = expect(http.get("/desk/sign-in")).text
            fields = {
                "csrf": _csrf(page), "login": account["login"], "password": account["password"], "code": code,
                "seat": seat or _seat(page),
            }  # fmt: skip
            answer = expect(http.post("/desk/sign-in", data=fields), 200, 401)
            if "/desk/sign-in" not in str(answer.url):
                return cls(http, account["name"])
        raise WalkError(f"{account['name']} could not sign in: {_words(answer.text)}")

    def page(self, path: str) -> str:
        return expect(self.http.get(path)).text

    def press(self, page: str, action: str, **fields: str) -> str:
        """Send the form of a page whose action is `action`, with its own CSRF token and version."""
        page_text = self.page(page)
        form = next((f for f in re.findall(r"<form\b.*?</form>", page_text, re.S) if f'action="{action}"' in f), None)
        if form is None:
            raise WalkError(f"{self.name} finds no form {action} on {page}")
        given: dict[str, Any] = {}
        for name, value in re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form):
            given.setdefault(name, []).append(value)
        answer = expect(self.http.post(action, data={**given, "csrf": _csrf(page_text), **fields}))
        return answer.text


_used: dict[str, int] = {}  # the last time step of each secret this process has typed in


def totp_codes(secret: str) -> Iterator[str]:
    """Three codes to try. A code opens once, so somebody who has just signed in waits for the next ones."""
    totp, step = pyotp.TOTP(secret), max(int(time.time()) // 30, _used.get(secret, 0) + 1)
    for one in range(step, step + 3):
        while one > int(time.time()) // 30 + 1:  # the desk takes the next code too, none after it
            time.sleep(0.1)
        _used[secret] = one
        yield totp.generate_otp(one)


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page) or re.search(r'value="([^"]+)"[^>]*name="csrf"', page)
    if not found:
        raise WalkError("the page has no CSRF token")
    return found[1]


def _seat(page: str) -> str:
    found = re.findall(r'<option value="([^"]+)"', page)
    return next((seat for seat in found if seat.startswith("0001")), found[0] if found else "")


def _words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())[:300]
