"""Staff at the desk in Chromium: signed in as people do, verbs by their keys."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.walks.people import totp_codes


class Seat:
    """Somebody signed in at the desk."""

    def __init__(self, page: Page, house: str, account: dict[str, Any]) -> None:
        self.page, self.house, self.account = page, house, account
        self.name = str(account["name"])

    def sign_in(self, seat: str = "") -> None:
        """`seat`: words of the window one sits at today; empty: the department's office."""
        for code in totp_codes(self.account["totp_secret"]):
            self.page.goto(f"{self.house}/desk/sign-in")
            self.page.get_by_label("工号").fill(self.account["login"])
            self.page.locator("input[name=password]").fill(self.account["password"])
            self.page.get_by_label("动态口令，6 位数字").fill(code)
            if seat:
                value = self.page.locator("option", has_text=seat).first.get_attribute("value")
                self.page.locator("select[name=seat]").select_option(value)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
            if "/desk/sign-in" not in self.page.url:
                break
        expect(self.page.locator(".who b", has_text=self.name)).to_be_visible()

    def go(self, path: str) -> None:
        self.page.goto(f"{self.house}{path}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def done(self, words: str) -> None:
        """The line that says what has just been done."""
        expect(self.page.locator(".saidbar.good", has_text=words)).to_be_visible()

    def paper(self, words: str) -> None:
        """The paper as it will print is before one's eyes."""
        expect(self.page.locator(".issue .paper-a4 h1", has_text=words)).to_be_visible()

    def row(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.locator("[data-rows] [data-row]", has_text=words)


def tail(number: str) -> re.Pattern[str]:
    """A case number as the lists show it: month and day, sequence, check."""
    return re.compile(rf"{number[14:18]}\s*{number[18:23]}\s*{number[23:]}")
