"""The catalogue as the citizen's app gets it: lists, search, guides, checklists, bundles, halls."""

from typing import Any

import pytest

from models.base import Refusal
from models.catalogue import Item
from models.reads import catalogue, halls
from models.rules.permits import ANONYMOUS

BRIEF = {
    "code", "name", "everyday", "kind", "theme", "department", "subjects", "handling", "online", "visits", "limit",
    "fee",
}  # fmt: skip
NEED = {
    "code", "name", "need", "original", "copy", "photo", "source", "standard", "when", "hint", "form", "free",
}  # fmt: skip


async def test_a_search(db: str) -> None:
    found = await catalogue.items(ANONYMOUS, " 开饭店！")
    assert found["heard"] == "开饭店"
    assert (found["total"], found["items"][0]["code"], found["near"]) == (5, "SJ03", [])
    assert set(found["items"][0]) == BRIEF
    assert found["items"][0]["limit"] == {"days": 6, "unit": "工作日", "words": "6个工作日"}
    assert found["items"][0]["department"] == {"code": "SJ", "name": "翁源县市场监督管理局", "short": "市监局"}
    assert found["bundle"]["code"] == "B02"
    assert found["bundle"]["departments"] == 7
    assert found["bundle"]["members"][0]["name"] == "个体工商户设立登记"


async def test_nothing_found_offers_nearer_words(db: str) -> None:
    found = await catalogue.items(ANONYMOUS, "护照")
    assert (found["total"], found["items"], found["bundle"]) == (0, [], None)
    assert len(found["near"]) == 2


async def test_the_whole_list_in_pages(db: str) -> None:
    codes, cursor = [], None
    while True:
        page = await catalogue.items(ANONYMOUS, cursor=cursor, limit=30)
        codes += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(codes) == len(set(codes)) == page["total"] == 70
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    ("given", "count", "holds"),
    [
        ({"theme": "birth"}, 5, lambda item: item["theme"] == "birth"),
        ({"department": "SJ"}, 6, lambda item: item["department"]["code"] == "SJ"),
        ({"subject": "organisation", "department": "MZ"}, 1, lambda item: item["subjects"] == ["organisation"]),
        ({"hall": "0301", "department": "SJ"}, 3, lambda item: item["code"] in {"SJ01", "SJ02", "SJ04"}),
        ({"theme": "nothing"}, 0, None),
    ],
)
async def test_filters(db: str, given: dict[str, Any], count: int, holds) -> None:
    found = await catalogue.items(ANONYMOUS, **given)
    assert found["total"] == count
    assert all(holds(item) for item in found["items"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"subject": "cat"}, "unknown_subject"),
        ({"hall": "9999"}, "unknown_hall"),
        ({"hall": "\x00"}, "unknown_hall"),
        ({"cursor": "abc"}, "bad_cursor"),
        ({"cursor": "-5"}, "bad_cursor"),
        ({"cursor": "9" * 5000}, "bad_cursor"),
        ({"cursor": "５"}, "bad_cursor"),
    ],
)
async def test_bad_questions(db: str, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await catalogue.items(ANONYMOUS, **given)
    assert refused.value.code == code


async def test_a_guide(db: str) -> None:
    guide = await catalogue.item(ANONYMOUS, "SJ03")
    assert set(guide) > BRIEF
    assert (guide["version"] >= 1, guide["questions"]) == (
        True,
        [{"key": "agent", "words": "您是替别人办吗", "kind": "bool"}],
    )
    assert all(set(need) == NEED for need in guide["materials"])
    assert guide["places"]["words"] == "手机上就能办。也可以到县、镇的服务中心。"
    assert len(guide["places"]["halls"]) == 9
    assert guide["limits"]["statutory"]["days"] == 10
    assert guide["limits"]["answer_by"]["words"].startswith("最晚")
    assert guide["complaint_line"].startswith("12345")


async def test_where_each_kind_of_item_is_done(db: str) -> None:
    assert (await catalogue.item(ANONYMOUS, "MZ02"))["places"]["words"] == (
        "手机上就能办。也可以到县、镇的服务中心，或者找村里帮办。"
    )
    marriage = await catalogue.item(ANONYMOUS, "MZ06")
    assert not marriage["online"]
    assert marriage["places"]["words"] == "要到县政务服务中心办。材料可以先在手机上交。"
    assert [hall["code"] for hall in marriage["places"]["halls"]] == ["0001"]
    assert [h["code"] for h in (await catalogue.item(ANONYMOUS, "ZF01"))["places"]["halls"]] == [
        f"0{n}00" for n in range(1, 9)
    ]


async def test_every_guide_can_be_read(db: str) -> None:
    for row in await Item.filter(state="published"):
        guide = await catalogue.item(ANONYMOUS, row.code)
        assert guide["materials"]
        assert guide["places"]["words"].endswith("。")


async def test_a_checklist(db: str) -> None:
    plain = await catalogue.checklist(ANONYMOUS, "SJ03", {})
    agent = await catalogue.checklist(ANONYMOUS, "SJ03", {"agent": True})
    assert {need["code"] for need in agent["materials"]} - {need["code"] for need in plain["materials"]} == {"P01"}
    with pytest.raises(Refusal) as refused:
        await catalogue.checklist(ANONYMOUS, "SJ03", {"agent": "ja"})
    assert refused.value.status == 422


@pytest.mark.parametrize("code", ["SJ99", "", "sj03", "\x00", "'; drop table item; --", "X" * 5000])
async def test_what_is_not_there(db: str, code: str) -> None:
    for asked in (catalogue.item(ANONYMOUS, code), catalogue.bundle(ANONYMOUS, code)):
        with pytest.raises(Refusal) as refused:
            await asked
        assert refused.value.status == 404


async def test_bundles_and_themes(db: str) -> None:
    assert [bundle["code"] for bundle in await catalogue.bundles(ANONYMOUS)] == [f"B0{n}" for n in range(1, 7)]
    birth = await catalogue.bundle(ANONYMOUS, "B01")
    assert birth["departments"] == 4
    assert [need["name"] for need in birth["materials"]][:2] == ["新生儿出生一件事联办申请表", "居民身份证"]
    themes = await catalogue.themes(ANONYMOUS)
    assert [theme["code"] for theme in themes if theme["home"]] == [
        "shop", "birth", "health", "elder", "house", "family", "aid", "farm",
    ]  # fmt: skip


async def test_halls(db: str) -> None:
    found = await halls.halls(ANONYMOUS)
    assert len(found) == 183
    assert [hall["tier"] for hall in found[:10]] == ["county", *["town"] * 8, "village"]
    town = await halls.hall(ANONYMOUS, "0300")
    assert (len(town["children"]), town["hours_words"]) == (27, "周一至周五 08:30-12:00、14:30-17:30")
    assert town["example"] == ["address", "phone", "hours"]
    assert [h["code"] for h in await halls.halls(ANONYMOUS, tier="county")] == ["0001"]
    for asked in (halls.hall(ANONYMOUS, "\x00"), halls.hall(ANONYMOUS, "9999")):
        with pytest.raises(Refusal) as refused:
            await asked
        assert refused.value.code == "unknown_hall"
    with pytest.raises(Refusal):
        await halls.halls(ANONYMOUS, tier="moon")


async def test_departments(db: str) -> None:
    found = await halls.departments(ANONYMOUS)
    assert len(found) == 29
    assert {"code": "XF", "name": "翁源县消防救援大队", "short": "消防大队", "kind": "国家垂直"} in found
