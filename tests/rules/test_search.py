"""Everyday words, pinyin, initials, homophones and slips of the finger find the right item (R16)."""

import pytest

from models.rules.county_shapes import County
from models.rules.records import bundle_record, item_record
from models.rules.search import Index, clean, terms
from tests.rules.queries import QUERIES, TOP


@pytest.fixture(scope="session")
def index(county: County) -> Index:
    return Index.build((code, terms(made)) for code, made in records(county).items())


def records(county: County) -> dict[str, dict[str, object]]:
    departments = {d["code"]: d for d in county.data("departments.yaml")["departments"]}
    materials, rules = county.data("materials.yaml")["materials"], county.data("county.yaml")["rules"]
    return {
        item["code"]: item_record(item, departments[source.data["department"]], materials, rules, ["C01"])
        for source in county.each("items/")
        for item in source.data["items"]
    }


@pytest.mark.parametrize(("query", "code"), QUERIES)
def test_within_the_first_three(index: Index, query: str, code: str) -> None:
    assert code in [found for found, _ in index.find(query)[:3]]


@pytest.mark.parametrize(("query", "code"), TOP)
def test_at_the_very_top(index: Index, query: str, code: str) -> None:
    assert index.find(query)[0][0] == code


@pytest.mark.parametrize(
    ("query", "code"),
    [("开饭店", "B02"), ("生孩子", "B01"), ("退休手续", "B03"), ("后事", "B04"), ("建厂", "B05"), ("tuixiu", "B03")],
)
def test_bundles(county: County, query: str, code: str) -> None:
    materials = county.data("materials.yaml")["materials"]
    made = records(county)
    bundles = [bundle_record(entry, made, materials) for entry in county.data("bundles.yaml")["bundles"]]
    found = Index.build((bundle["code"], terms(bundle)) for bundle in bundles).find(query)
    assert found[0][0] == code


def test_the_words_of_the_first_picture_find_five(index: Index) -> None:
    assert [code for code, _ in index.find("开饭店")][:3] == ["SJ03", "XF01", "ZJ04"]
    assert len(index.find("开饭店")) == 5


@pytest.mark.parametrize("query", ["火星旅行", "qqqqqq", "🚀", "\x00", "", "   ", "？！", "离昏", "a"])
def test_what_is_not_there_is_not_found(index: Index, query: str) -> None:
    assert index.find(query) == []


def test_near_words_are_offered(index: Index) -> None:
    assert "结婚" in index.near("离昏")
    assert len(index.near("护照")) == 2


def test_the_order_never_changes(county: County, index: Index) -> None:
    again = Index.build((code, terms(made)) for code, made in records(county).items())
    for query, _ in QUERIES:
        assert index.find(query) == again.find(query)


def test_a_long_or_strange_query_is_cut_not_crashed(index: Index) -> None:
    assert len(clean("开饭店" * 5000)) <= 60
    index.find("开饭店" * 5000)
    index.find("\ud800\udfff")
    index.find("(((((%_%__.*[a-z]+")
    index.find("ＫＴＶ")
    assert index.find("ＫＴＶ")[0][0] == "WT01"
