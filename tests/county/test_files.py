"""The model county as it lies in `county/`: complete, and nothing of what must not be in it."""

import re
from collections import Counter
from typing import Any

import pytest

from models.rules.county_shapes import County
from models.rules.search import clean
from models.rules.vague import vague
from tests.county.folder import COUNTY


@pytest.fixture(scope="module")
def county() -> County:
    return County({p.relative_to(COUNTY).as_posix(): p.read_text("utf-8") for p in COUNTY.rglob("*.yaml")})


def items(county: County) -> list[dict[str, Any]]:
    return [item for source in county.each("items/") for item in source.data["items"]]


def test_it_is_in_order(county: County) -> None:
    assert [problem.words for problem in county.problems] == []


def test_everything_is_there(county: County) -> None:
    stations = county.data("stations.yaml")["stations"]
    assert len(items(county)) == 70
    assert len(county.data("bundles.yaml")["bundles"]) == 6
    assert len(county.data("departments.yaml")["departments"]) == 29
    assert Counter(hall["tier"] for hall in county.data("halls.yaml")["halls"]) == {"county": 1, "town": 8}
    assert sum(len(entries) for entries in stations.values()) == 174
    assert [source.data["year"] for source in county.each("calendars/")] == [2024, 2025, 2026, 2027]


def test_every_item_says_in_plain_words_what_it_is(county: County) -> None:
    names = [item["everyday"] for item in items(county)]
    assert len(set(names)) == len(names)
    for item in items(county):
        assert len(item["everyday"]) <= 20, item["code"]
        assert item["who"].endswith("。")
        assert len(item["words"]) >= 4, item["code"]
        assert item["conditions"]
        assert len(clean(item["everyday"])) > 1


def test_no_catch_all_stands_anywhere_a_citizen_reads(county: County) -> None:
    for item in items(county):
        said = [item["name"], item["everyday"], item["who"], item["fee"]["text"], item["visits"]["reason"]]
        said += item["conditions"] + [question["words"] for question in item["questions"]]
        said += [field["label"] for field in item["form"]]
        said += [entry["hint"] or "" for entry in item["materials"]]
        for words in said:
            assert not vague(words), (item["code"], words)
    for code, material in county.data("materials.yaml")["materials"].items():
        assert not vague(material["name"] + material["standard"]), code


def test_what_is_invented_is_marked(county: County) -> None:
    for hall in county.data("halls.yaml")["halls"]:
        assert hall["address"]["example"]
        assert hall["phone"]["example"]
        assert all(group["example"] for group in hall["window_groups"])
    for item in items(county):
        assert item["promised_limit"]["example"], item["code"]
    assert county.data("settings.yaml")["settings"]["example"]
    everything = "".join(path.read_text("utf-8") for path in COUNTY.rglob("*.yaml"))
    assert set(re.findall(r"0751-[0-9]{7}", everything)) <= {f"0751-0000{n:03d}" for n in range(1000)}
    assert not re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", everything), "a mobile number"
    assert not re.search(r"password|口令：", everything)


def test_the_fire_brigade_has_its_own_system(county: County) -> None:
    own = [d["code"] for d in county.data("departments.yaml")["departments"] if d["system"]]
    assert own == ["XF"]


def test_the_named_people(county: County) -> None:
    found = {a["name"]: (a["roles"], a["department"], a["hall"]) for a in county.data("accounts.yaml")["accounts"]}
    assert found["王芳"] == (["clerk"], None, "0001")
    assert found["赵强"] == (["handler"], "SJ", None)
    assert found["陈静"] == (["approver"], "SJ", None)
    assert found["孙伟"] == (["handler"], "NY", None)
    assert found["林志明"] == (["handler"], "ZJ", None)
    assert found["周敏"] == (["approver"], "ZJ", None)
    assert "0300" in {hall for _, _, hall in found.values()}
    assert (["supervisor"], "ZS") in [(roles, department) for roles, department, _ in found.values()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("其他材料", "其他材料"),
        ("法律规定的其他有关材料", "法律规定的其他"),
        ("其它证明材料", "其它证明材料"),
        ("部门要求的其他", "部门要求的其他"),
        ("以及其他", "以及其他"),
        ("所需材料", "所需材料"),
        ("酌情提供", "酌情"),
        ("根据实际情况补交", "根据实际情况"),
        ("另行通知", "另行通知"),
        ("以现场核验为准", "以现场核验为准"),
        ("户口簿之类的", "之类的"),
        ("和其他人合租的写清楚", ""),
        ("除此以外没有其他住房", ""),
        ("以登记机关发的为准考证", ""),
        ("身份证、户口簿等", "等"),
        ("合同等证明", "等"),
        ("视情况提供", "视情况"),
        ("必要时交原件", "必要时"),
        ("相关证明材料", "相关证明材料"),
        ("一级、二级残疾等级证明", ""),
        ("水平测试等级证书", ""),
        ("等待结论期间", ""),
        ("与电子证同等效力", ""),
        ("平等协商的记录", ""),
        ("其他行政权力", ""),
    ],
)
def test_the_vague_word_finder(words: str, found: str) -> None:
    assert vague(words) == found
