"""The exact list for the answers given, and what still stands between a draft and handing it in."""

from typing import Any

import pytest

from models.base import Refusal
from models.rules import intake
from models.rules.county_shapes import County
from models.rules.records import item_record


def record(county: County, code: str) -> dict[str, Any]:
    departments = {d["code"]: d for d in county.data("departments.yaml")["departments"]}
    for source in county.each("items/"):
        for item in source.data["items"]:
            if item["code"] == code:
                rules = county.data("county.yaml")["rules"]
                materials = county.data("materials.yaml")["materials"]
                return item_record(item, departments[source.data["department"]], materials, rules, ["C01"])
    raise AssertionError(code)


def codes(needs: list[dict[str, Any]]) -> list[str]:
    return [need["code"] for need in needs]


@pytest.mark.parametrize(
    ("code", "answers", "expected"),
    [
        ("SJ03", {}, ["F-SJ03", "C03", "C01", "T13", "T14", "C13"]),
        ("SJ03", {"agent": False}, ["F-SJ03", "C03", "C01", "T13", "T14", "C13"]),
        ("SJ03", {"agent": True}, ["F-SJ03", "C03", "C01", "T13", "T14", "C13", "P01"]),
        ("MZ03", {}, ["F-MZ03", "C01", "C02", "P10", "P05"]),
        ("MZ03", {"sick": True, "disabled": True}, ["F-MZ03", "C01", "C02", "P10", "C08", "P09", "P05"]),
        ("GA02", {"married": True}, ["C06", "C02", "C01", "C05"]),
        ("GA02", {"married": False}, ["C06", "C02", "C01"]),
        ("YC01", {"business": True}, ["F-YC01", "C03", "C01", "P02"]),
    ],
)
def test_the_list_follows_the_answers(county: County, code: str, answers: dict[str, bool], expected: list[str]) -> None:
    assert codes(intake.checklist(record(county, code), answers)) == expected


def free(needs: list[dict[str, Any]]) -> set[str]:
    return {need["code"] for need in needs if need["free"]}


def test_ones_own_id_card_is_not_asked_for(county: County) -> None:
    item = record(county, "SJ03")
    assert free(intake.checklist(item, {})) == {"C01"}
    assert free(intake.checklist(item, {"agent": True})) == set()  # somebody else's has to be shown
    assert free(intake.checklist(item, {}, kind="organisation")) == set()
    assert free(intake.checklist(item, {}, held={"C03"})) == {"C01", "C03"}


def test_two_persons_both_show_their_cards(county: County) -> None:
    assert free(intake.checklist(record(county, "MZ06"), {})) == set()
    assert free(intake.checklist(record(county, "ZR05"), {})) == set()


@pytest.mark.parametrize(
    "answers", [{"agent": "yes"}, {"agent": 1}, {"agent": None}, {"nobody": True}, {"\ud800": True}]
)
def test_answers_that_are_no_answers(county: County, answers: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        intake.checklist(record(county, "SJ03"), answers)
    assert refused.value.code == "bad_answers"
    assert refused.value.errors[0]["pointer"].encode()


def test_ten_thousand_answers_are_refused_quickly(county: County) -> None:
    with pytest.raises(Refusal) as refused:
        intake.checklist(record(county, "SJ03"), {f"k{n}": True for n in range(10_000)})
    assert len(refused.value.errors) <= 40


FORM = {
    "shop_name": "桂兰小吃",
    "address": "龙仙镇建设路8号",
    "type": "小吃店",
    "area": 40,
    "staff": 2,
    "ready": "2026-12-01",
}
PAGES = {"C03": ["p"], "T13": ["p"], "T14": ["p"], "C13": ["p"]}


def test_complete_has_no_gap(county: County) -> None:
    assert intake.missing(record(county, "SJ03"), {}, FORM, PAGES) == []


def test_each_gap_is_told_by_name(county: County) -> None:
    gaps = intake.missing(record(county, "SJ03"), {"agent": True}, {**FORM, "area": None}, {"C03": ["p"], "T13": []})
    assert [(gap["pointer"], gap["material"], gap["tolerable"]) for gap in gaps] == [
        ("/form/area", None, False),
        ("/materials/C01", "C01", False),
        ("/materials/T13", "T13", False),
        ("/materials/T14", "T14", True),
        ("/materials/C13", "C13", True),
        ("/materials/P01", "P01", False),
    ]
    assert gaps[2]["detail"] == "还差：食品经营设备布局和操作流程图"


def test_only_secondary_ones_of_a_tolerant_item_may_come_later(county: County) -> None:
    late = intake.missing(record(county, "SJ03"), {}, FORM, {"C03": ["p"], "T13": ["p"]}, tolerated={"T14", "C13"})
    assert late == []
    intolerant = intake.missing(record(county, "YB02"), {}, {}, {})
    assert intolerant
    assert not any(gap["tolerable"] for gap in intolerant)


def test_a_bound_report_is_brought_on_paper(county: County) -> None:
    item = record(county, "HB01")
    assert codes(intake.on_paper(item, {})) == ["T04"]
    assert "T04" not in [gap["material"] for gap in intake.missing(item, {}, {}, {})]


def test_every_item_can_be_filed(county: County) -> None:
    """Whatever is answered: at least one thing to hand in or fill, every form field explained, no code twice."""
    for source in county.each("items/"):
        for item in source.data["items"]:
            made = record(county, item["code"])
            every = {question["key"]: True for question in made["questions"]}
            for answers in ({}, every):
                needs = intake.checklist(made, answers)
                assert len(set(codes(needs))) == len(needs) >= 1, item["code"]
            assert 2 <= len(made["form"]) <= 7, item["code"]
            for known in ("姓名", "身份证号", "手机号", "电话"):
                assert known not in [field["label"] for field in made["form"]]
