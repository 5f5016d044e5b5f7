"""李秀英 at the web app: what a person taps and types, found by the words she sees."""

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from models.base import today
from tests.walks.people import Phone, until

TYPED = {"店名": "秀英小吃店", "地址": "翁源县龙仙镇示例路 8 号首层", "营业面积": "86", "接触食品的有几个人": "2"}


class App:
    """One person's phone, open at the web app of a house."""

    def __init__(self, page: Page, house: str) -> None:
        self.page, self.house = page, house

    def home(self) -> None:
        self.page.goto(self.house)
        expect(self.page.get_by_text("想办什么事？")).to_be_visible()

    def go(self, path: str) -> None:
        """Type an address, #/pages/..., as in a tab of its own."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.house}/#/pages/{path}")

    def door(self, words: str) -> None:
        self.page.locator(".tab", has_text=words).click()

    def button(self, words: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=words, exact=exact)

    def tap(self, words: str) -> None:
        self.button(words).click()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def titled(self, words: str) -> None:
        expect(self.page.locator(".nav-title", has_text=words)).to_be_visible()

    def type(self, label: str, words: str) -> None:
        self.page.locator(f'[aria-label="{label}"]').locator("input, textarea").fill(words)

    def search(self, words: str) -> None:
        self.page.get_by_text("想办什么事？").click()
        self.titled("找事情")
        self.type("想办什么事", words)
        self.tap("找")
        self.sees(f"您说“{words}”")

    def sign_in(self, phone: Phone) -> None:
        """Phone number and the code that comes by SMS."""
        self.titled("登录")
        self.type("手机号", phone.number)
        self.tap("发验证码")
        self.sees("验证码发出去了")
        self.type("验证码", until(lambda: sms_code(phone), "the SMS with the code"))
        self.tap("登录")

    def real_name(self, name: str, id_number: str) -> None:
        self.titled("实名")
        self.type("姓名", name)
        self.type("身份证号", id_number)
        self.tap("就是我")

    def fill_form(self) -> None:
        for label, words in TYPED.items():
            self.type(label, words)
        self.tap("小吃店")
        for unit, number in (("年", today().year + 1), ("月", 1), ("日", 15)):
            self.type(f"哪天能来看现场，{unit}", str(number))

    def photograph(self, picture: Path, button: str = "拍照") -> None:
        with self.page.expect_file_chooser() as chooser:
            self.tap(button)
        chooser.value.set_files(picture)

    def verdict(self, words: str) -> None:
        """What the sheet over the photograph says once it was looked at."""
        expect(self.page.locator(".advice .light", has_text=words)).to_be_visible()

    def row(self, words: str) -> Locator:
        return self.page.locator(".material", has_text=words)

    def case_id(self) -> str:
        found = re.search(r"[?&]id=([0-9a-f-]+)", self.page.url)
        assert found, self.page.url
        return found[1]

    def case(self) -> dict[str, Any]:
        """The case as the API tells this very session."""
        answer: dict[str, Any] = self.page.evaluate(
            """async (id) => (await fetch(`/api/v1/cases/${id}`, {headers: {
              authorization: 'Bearer ' + JSON.parse(localStorage.getItem('yimen:session')).access}})).json()""",
            self.case_id(),
        )
        return answer


def sms_code(phone: Phone) -> str | None:
    """The digits of the newest SMS on this phone."""
    answer = phone.sandbox.get(f"/_control/phones/{phone.number}/messages")
    texts = [message["text"] for message in answer.json()["items"] if message["kind"] == "sms"]
    found = re.search(r"[0-9]{4,8}", texts[-1]) if texts else None
    return found[0] if found else None


def phone_in_hand(sandbox: str, name: str) -> Phone:
    """A phone that has opened the mini-program once and takes notices, so that pushes find its person."""
    phone, _ = Phone.new(sandbox, name)
    answer = httpx.post(f"{sandbox}/_control/phones/{phone.number}/open", timeout=20)
    answer.raise_for_status()
    httpx.post(f"{sandbox}/_control/phones/{phone.number}/consents", json={"*": "always"}).raise_for_status()
    return phone
