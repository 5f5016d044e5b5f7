"""Template fields: what is cut, what is refused before it is sent (R62); the sandbox must agree."""

import pytest

from gateways.outcome import Outcome
from gateways.wechat_fields import fit
from sandbox.fields import wrong_field

GOOD = [
    ("thing1", "开餐饮店"),
    ("thing1", "二" * 20),
    ("number2", "12.50"),
    ("letter3", "AB"),
    ("character_string1", "440229000120261118000379"),
    ("phrase3", "已受理"),
    ("time4", "2026-12-08 17:30"),
    ("time4", "2026年12月8日 17:30~2026年12月8日 18:30"),
    ("time4", "9:05"),
    ("time4", "2026-12-08"),
    ("date5", "2026年12月8日"),
    ("amount6", "¥10.5元"),
    ("phone_number7", "0751-2876543"),
    ("car_number8", "粤F12345"),
    ("name9", "李秀英"),
]
BAD = [
    ("thing1", ""),
    ("thing1", " \n "),
    ("number2", "十二"),
    ("character_string1", "x" * 33),
    ("character_string1", "韶关市"),
    ("phrase3", "已经受理了"  "吗"),
    ("phrase3", "OK"),
    ("time4", "明天"),
    ("date5", "17:30"),
    ("name9", "a1"),
    ("colour1", "红"),
    ("thing1.DATA", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_good_values_pass_as_they_are(key: str, value: str) -> None:
    fitted = fit({key: value})
    assert fitted == {key: {"value": value}}
    assert wrong_field(fitted, {}) is None


@pytest.mark.parametrize(("key", "value"), BAD)
def test_bad_values_are_not_sent(key: str, value: str) -> None:
    outcome = fit({key: value})
    assert isinstance(outcome, Outcome) and (outcome.kind, outcome.code) == ("ours", "data_wrong")
    assert key in outcome.words and (not value.strip() or value not in outcome.words)
    assert wrong_field({key: {"value": value}}, {}) is not None or not value.strip()


def test_long_things_are_cut_and_folded() -> None:
    fitted = fit({"thing1": "食品经营许可（新办）\n" + "很" * 40})
    assert isinstance(fitted, dict)
    cut = fitted["thing1"]["value"]
    assert len(cut) == 20 and cut.endswith("…") and "\n" not in cut
    assert wrong_field(fitted, {}) is None
