"""The order of a line, the honest estimate, the hours of numbers, the code of the moment (R56)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.base import SHANGHAI
from models.rules import presence, queue

AT = datetime(2026, 10, 13, 10, 0, tzinfo=SHANGHAI)


@dataclass
class Standing:
    number: str
    arrived: int = 0
    band: int | None = None
    priority: str = ""
    due_call: Any = None
    group_code: str = "A"

    @property
    def arrived_at(self) -> datetime:
        return AT + timedelta(minutes=self.arrived)

    @property
    def band_at(self) -> datetime | None:
        return None if self.band is None else AT + timedelta(minutes=self.band)


def walk_in(number: str, arrived: int, **more: Any) -> Standing:
    return Standing(number, arrived, **more)


@pytest.mark.parametrize(
    ("tickets", "calls", "expected"),
    [
        ([walk_in("A2", -5), walk_in("A1", -9)], 0, "A1 A2"),
        ([walk_in("A1", -50), walk_in("Y1", -1, band=0)], 0, "Y1 A1"),
        ([walk_in("A1", -50), walk_in("Y1", -40, band=11)], 0, "A1 Y1"),
        ([walk_in("A1", -50), walk_in("Y1", -40, band=10)], 0, "Y1 A1"),
        ([walk_in("Y2", -20, band=0), walk_in("Y1", -1, band=-15)], 0, "Y1 Y2"),
        ([walk_in("Y2", -2, band=0), walk_in("Y1", -5, band=0)], 0, "Y1 Y2"),
        ([walk_in("Y2", -50, band=60), walk_in("Y1", -5, band=30), walk_in("A1", 0)], 0, "A1 Y1 Y2"),
        ([walk_in("Y1", -50, band=-20), walk_in("A1", 0, priority="disabled")], 0, "A1 Y1"),
        ([walk_in("A1", -1, priority="elderly"), walk_in("Y1", -2, band=60, priority="disabled")], 0, "Y1 A1"),
        ([walk_in("A1", 0, priority="elderly"), walk_in("A2", -60, due_call=4)], 4, "A2 A1"),
        ([walk_in(f"A{n}", n) for n in (1, 2, 3)] + [walk_in("A0", -60, due_call=6)], 4, "A1 A2 A0 A3"),
        ([walk_in("A1", 1), walk_in("A0", -60, due_call=9)], 4, "A1 A0"),
        ([walk_in("A8", -60, due_call=5), walk_in("A9", -70, due_call=5), walk_in("A1", 1)], 4, "A1 A9 A8"),
        ([walk_in("A8", -60, due_call=6), walk_in("A9", -70, due_call=5)], 0, "A9 A8"),
        ([walk_in("A2", -5), walk_in("A1", -5)], 0, "A1 A2"),
        ([], 0, ""),
    ],
)
def test_order(tickets: list[Standing], calls: int, expected: str) -> None:
    found = queue.order(tickets, {"A": calls}, AT)
    assert " ".join(each.number for each in found) == expected
    assert queue.order(tickets[::-1], {"A": calls}, AT) == found


def test_a_requeued_ticket_counts_the_calls_of_its_own_line() -> None:
    standing = [
        Standing("A1", -60, due_call=1), Standing("B1", 1, group_code="B"), Standing("B2", 2, group_code="B"),
        Standing("A2", 3),
    ]  # fmt: skip
    assert [each.number for each in queue.order(standing, {"A": 0, "B": 5}, AT)] == ["B1", "B2", "A2", "A1"]


@pytest.mark.parametrize(
    ("ahead", "minutes", "usual", "windows", "expected"),
    [
        (0, [8.0, 9.0, 10.0], 15, 1, 0), (3, [8.0, 9.0, 100.0], 15, 1, 30), (3, [8.0, 9.0, 10.0], 15, 2, 15),
        (4, [8.0, 9.0], 15, 2, 30), (4, [], None, 2, None), (2, [], 15, 0, 30), (1, [0.0, 0.1, 0.2], 15, 3, 5),
    ],
)  # fmt: skip
def test_estimate(ahead: int, minutes: list[float], usual: int | None, windows: int, expected: int | None) -> None:
    assert queue.estimate(ahead, minutes, usual, windows) == expected


@pytest.mark.parametrize(
    ("seat", "window"),
    [
        ("综合窗口（民生） A1 号窗口", "A01"),
        ("A01", "A01"),
        ("不动产登记专窗 D12号窗口", "D12"),
        ("1号窗口", ""),
        ("", ""),
    ],
)
def test_the_window_of_a_seat(seat: str, window: str) -> None:
    assert queue.window_of(seat) == window


COUNTY = {"days": [1, 2, 3, 4, 5], "am": "08:30-12:00", "pm": "14:30-17:30", "last_ticket": "11:45 / 17:15"}
TUESDAY, SATURDAY = date(2026, 10, 13), date(2026, 10, 17)


@pytest.mark.parametrize(
    ("day", "hours", "working", "instead", "gives", "works"),
    [
        (TUESDAY, COUNTY, True, None, "08:00 12:30 17:14", "08:30 14:30 17:29"),
        (SATURDAY, COUNTY, False, None, "", ""),
        (SATURDAY, COUNTY, True, None, "08:00", "08:30"),
        (SATURDAY, {**COUNTY, "saturday": "09:00-11:00"}, False, None, "08:30 10:59", "09:00"),
        (TUESDAY, COUNTY, True, [], "", ""),
        (TUESDAY, COUNTY, True, [["09:00", "10:00"]], "08:30 09:59", "09:00 09:59"),
        (SATURDAY, {"all_day": True}, False, None, "00:00 23:59", "00:00 23:59"),
    ],
)
def test_when_numbers_are_given(
    day: date, hours: dict[str, Any], working: bool, instead: Any, gives: str, works: str
) -> None:
    opened = queue.open_on(day, hours, working, instead)
    for words, asked, never in (
        (gives, opened.gives, "06:00 17:15 17:31 23:00"), (works, opened.works, "08:29 12:00 14:29 17:30"),
    ):  # fmt: skip
        assert all(asked(at(day, clock)) for clock in words.split())
        if not hours.get("all_day"):
            assert not any(asked(at(day, clock)) for clock in never.split())


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def mac(text: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(b"k" * 32, text.encode(), hashlib.sha256).digest()[:24]).decode()


def test_the_code_of_the_moment_holds_for_this_minute_and_the_last() -> None:
    code = presence.code(mac, "0001", AT)
    assert len(code) == 6 and code.isascii() and code.isdigit()
    assert presence.valid(mac, "0001", f" {code} ", AT + timedelta(seconds=59))
    assert presence.valid(mac, "0001", code, AT + timedelta(seconds=119))
    assert not presence.valid(mac, "0001", code, AT + timedelta(seconds=120))
    assert not presence.valid(mac, "0001", code, AT - timedelta(seconds=1))
    assert not presence.valid(mac, "0100", code, AT)
    assert not any(presence.valid(mac, "0001", wrong, AT) for wrong in ("", "１２３４５６", "abc", code[:5]))
    assert len({presence.code(mac, "0001", AT + timedelta(minutes=n)) for n in range(100)}) > 95
