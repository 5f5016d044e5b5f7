"""Which window takes what (S8), and what a seat says of its window."""

from dataclasses import dataclass, field

import pytest

from models.rules import windows


@dataclass
class Group:
    code: str
    name: str
    kind: str
    departments: list[str] = field(default_factory=list)


COUNTY = [
    Group("A", "综合窗口（民生）", "comprehensive", ["MZ", "GA"]),
    Group("D", "不动产登记专窗", "specialist", ["ZR", "SW"]),
    Group("E", "办税专窗", "specialist", ["SW"]),
    Group("F", "公安户政和出入境专窗", "specialist", ["GA"]),
]


@pytest.mark.parametrize(
    ("seat", "letter"),
    [
        ("不动产登记专窗 D01 号窗口", "D"), ("综合窗口 B06 号窗口", "B"), ("A1", "A"), ("1号窗口", ""),
        ("0001 1号窗口", ""), ("", ""), ("VIP 室", ""), ("d01 号窗口", ""),
    ],
)  # fmt: skip
def test_a_seat_says_its_window(seat: str, letter: str) -> None:
    assert windows.letter(seat) == letter


@pytest.mark.parametrize(
    ("items", "seat", "name"),
    [
        ([("GA", "specialist")], "综合窗口 A01 号窗口", "公安户政和出入境专窗"),
        ([("GA", "specialist")], "公安户政和出入境专窗 F02 号窗口", ""),
        ([("GA", "comprehensive")], "不动产登记专窗 D01 号窗口", ""),
        ([("SW", "specialist")], "办税专窗 E01 号窗口", ""),
        ([("SW", "specialist"), ("ZR", "specialist")], "办税专窗 E01 号窗口", "不动产登记专窗"),
        ([("SW", "specialist"), ("GA", "specialist")], "综合窗口 A01 号窗口", ""),  # for several: a general window
        ([("GA", "specialist"), ("MZ", "comprehensive")], "综合窗口 A01 号窗口", ""),
        ([("WJ", "specialist")], "综合窗口 A01 号窗口", ""),  # the hall has no window of its own for it
        ([("GA", "specialist")], "1号窗口", ""),
    ],
)  # fmt: skip
def test_a_specialist_item_goes_to_its_window(items: list[tuple[str, str]], seat: str, name: str) -> None:
    assert windows.elsewhere(items, COUNTY, seat) == name
