"""Loading: row by row, all or nothing, told with file, line and cure; twice is once; a change makes a version."""

from pathlib import Path

import pytest

from models.actions.load import LoadRow, accounts, load
from models.base import Refusal
from models.catalogue import CountyLoad, Department, Item
from models.hall import CalendarDay, CalendarYear, Hall, WindowGroup
from models.reads import calendar
from tests.county.folder import COUNTY, copied, spoil


@pytest.fixture
async def spoiled(db: str, tmp_path: Path):
    """A copy to spoil; the true county is loaded again afterwards, for the other tests."""
    await load(COUNTY)
    yield copied(tmp_path)
    await load(COUNTY)


async def test_the_county_is_loaded(db: str) -> None:
    assert await Item.filter(state="published").count() == 70
    assert await Hall.filter(tier="village", active=True).count() == 174
    assert await Hall.filter(tier="town", parent_id="0001").count() == 8
    assert await WindowGroup.filter(hall_id="0001").count() == 13
    assert (await Hall.get(code="0304")).parent_id == "0300"
    assert (await Department.get(code="XF")).system
    assert await CalendarYear.filter(published=True).count() == 3
    assert await CalendarDay.filter(kind="worked").count() == 19
    sj03 = await Item.get(code="SJ03", state="published")
    assert sj03.record["department"] == {"code": "SJ", "name": "翁源县市场监督管理局", "short": "市监局"}
    county = await calendar.county()
    assert county.settings["cutoff"] == "17:30"
    assert county.facts["name"] == "翁源县"
    assert county.clock.calendar.years == {2024, 2025, 2026}


async def test_the_same_folder_twice_changes_nothing(db: str) -> None:
    told: list[LoadRow] = []
    await load(COUNTY)
    report = await load(COUNTY, told.append)
    assert {row.outcome for row in told} == {"unchanged"}
    assert len(told) == sum(sum(found.values()) for found in report.counts.values()) > 400
    assert report.counts["item"] == {"unchanged": 70}
    assert "没变" in report.words
    assert any("2027年放假安排还没有公布" in words for words in report.warnings)


async def test_an_unchanged_folder_is_left_at_once(db: str) -> None:
    first = await load(COUNTY)
    before = await CountyLoad.all().count()
    again = await load(COUNTY, if_changed=True)
    assert again.skipped
    assert again.digest == first.digest
    assert await CountyLoad.all().count() == before


async def test_a_changed_item_gets_a_version_and_the_old_one_stays(spoiled: Path) -> None:
    old = await Item.get(code="SJ03", state="published")
    spoil(spoiled, "items/SJ.yaml", "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: 5, unit: 工作日")
    report = await load(spoiled)
    assert report.counts["item"] == {"unchanged": 69, "changed": 1}
    new = await Item.get(code="SJ03", state="published")
    kept = await Item.get(id=old.id)
    assert (new.version, new.record["limits"]["promised"]["days"]) == (old.version + 1, 5)
    assert (kept.state, kept.record["limits"]["promised"]["days"]) == ("withdrawn", 6)


async def test_what_is_gone_is_put_out_of_use_not_deleted(spoiled: Path) -> None:
    (spoiled / "items/YC.yaml").unlink()
    spoil(spoiled, "bundles.yaml", "    - {item: YC01, after: [SJ01], when: 要卖烟才要}\n", "")
    text = (spoiled / "bundles.yaml").read_text("utf-8").replace(", YC01]", "]")
    (spoiled / "bundles.yaml").write_text(text, "utf-8")
    report = await load(spoiled)
    assert report.counts["item"]["withdrawn"] == 1
    assert await Item.filter(code="YC01", state="published").count() == 0
    assert await Item.filter(code="YC01", state="withdrawn").count() >= 1


async def test_a_published_year_turns_the_warning_off(spoiled: Path) -> None:
    assert not (await calendar.clock()).calendar.covers(2027)
    (spoiled / "calendars/2027.yaml").write_text(
        "year: 2027\nnotice: {number: 测试〔2026〕1号, date: '2026-11-01', checked: false}\n"
        "days_off:\n  - {name: 元旦, from: 2027-01-01, to: 2027-01-03, days: 3}\ndays_worked: []\nworking_days: null\n",
        "utf-8",
    )
    report = await load(spoiled)
    assert report.counts["calendar_day"]["added"] == 3
    assert (await calendar.clock()).calendar.covers(2027)
    await load(COUNTY)
    assert not (await calendar.clock()).calendar.covers(2027)


WRONG = [  # file, old, new, code, part of what is said
    ("items/SJ.yaml", "department: SJ", "department: QQ", "unknown_code", "部门“QQ”没有登记"),
    ("items/SJ.yaml", "theme: shop", "theme: nope", "unknown_code", "生活主题“nope”"),
    ("items/SJ.yaml", "code: F-SJ01", "code: F-SJ99", "unknown_code", "材料“F-SJ99”"),
    ("items/SJ.yaml", "- 有经营者、经营场所", "- 有经营者、经营场所等", "vague", "“等”说不清要什么"),
    ("items/SJ.yaml", "hint: 自家房子用房产证，租的用租房合同", "hint: 视情况提供", "vague", "视情况"),
    ("items/SJ.yaml", "days: 6, unit: 工作日", "days: 60, unit: 工作日", "promise_too_long", "比法定10个工作日还长"),
    ("items/SJ.yaml", "extension: {days: 5, unit: 工作日", "extension: {days: 5, unit: 自然日", "extension_unit",
     "法定期限按工作日算，延期写的是自然日"),
    ("settings.yaml", "consultation_days: 2", "consultation_days: 0", "greater_than_equal", "consultation_days"),
    ("items/SJ.yaml", "reason: 全程网办，执照可邮寄", "", "no_visit_reason", "没有写怎么做到不用跑"),
    ("items/SJ.yaml", "handling: instant", "handling: quick", "literal_error", "不能写“quick”"),
    ("items/SJ.yaml", "days: 3, unit", "days: three, unit", "int_type", "要写整数"),
    ("items/SJ.yaml", "  who:", "  whom:", "missing", "少了“who”"),
    ("items/SJ.yaml", "if: agent,", "if: aunt,", "bad_value", "条件“aunt”没有对应的问题"),
    ("items/SJ.yaml", "- code: SJ02", "- code: SJ01", "duplicate_code", "事项编码 SJ01 用了两次"),
    ("items/MZ.yaml", "  legal_basis:\n    - {law: 老年人权益保障法, article: 第33条, checked: true}\n",
     "  legal_basis: []\n", "no_legal_basis", "没有设定依据"),
    ("bundles.yaml", "{item: WJ03, after: [WJ02]}", "{item: WJ03, after: [RS01]}", "circle", "不在它前面"),
    ("calendars/2026.yaml", "working_days: 248", "working_days: 250", "bad_value", "数出来是248个"),
    ("calendars/2026.yaml", "date: 2026-02-14", "date: 2026-02-13", "bad_value", "不是可以调休上班的周末"),
    ("halls.yaml", "code: \"0001\"", "code: 0001", "string_type", "要加引号"),
    ("stations.yaml", "code: \"0101\"", "code: \"0102\"", "duplicate_code", "大厅编码 0102 用了两次"),
    ("stations.yaml", "region: \"440229100001\"", "region: \"440229104001\"", "bad_value", "和龙仙镇对不上"),
    ("accounts.yaml", "roles: [clerk]", "roles: [clerk, approver]", "receive_and_decide", "又收件又审批"),
    ("settings.yaml", "cutoff: '17:30'", "cutoff: '25:00'", "string_pattern_mismatch", "cutoff"),
    ("county.yaml", "county:\n", "county: [\n", "bad_yaml", "写法不对"),
    ("departments.yaml", "{code: MZ,", "{code: MZ, code: MZ,", "duplicate_key", "写了两次"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "said"), WRONG)
async def test_what_is_wrong_is_refused_with_its_line_and_the_cure(
    spoiled: Path, file: str, old: str, new: str, code: str, said: str
) -> None:
    line = spoil(spoiled, file, old, new)
    before = await CountyLoad.all().count()
    told: list[LoadRow] = []
    with pytest.raises(Refusal) as refused:
        await load(spoiled, told.append)
    found = refused.value
    assert found.code == "county_refused"
    match = [error for error in found.errors if error["code"] == code and said in error["detail"]]
    assert match, found.words
    where, _, at = match[0]["pointer"].partition(":")
    assert where == file
    assert abs(int(at) - line) <= 30, (match[0]["pointer"], line)
    assert "改法：" in match[0]["detail"]
    assert told == []
    assert await CountyLoad.all().count() == before


async def test_the_line_is_exact_for_a_value(spoiled: Path) -> None:
    line = spoil(spoiled, "items/SJ.yaml", "- 有经营者、经营场所", "- 有其他材料")
    with pytest.raises(Refusal) as refused:
        await load(spoiled)
    assert refused.value.errors[0]["pointer"] == f"items/SJ.yaml:{line}"


async def test_everything_wrong_is_told_at_once(spoiled: Path) -> None:
    spoil(spoiled, "items/SJ.yaml", "theme: shop", "theme: nope")
    spoil(spoiled, "items/GA.yaml", "theme: family", "theme: nope")
    with pytest.raises(Refusal) as refused:
        await load(spoiled)
    assert {error["pointer"].partition(":")[0] for error in refused.value.errors} == {"items/SJ.yaml", "items/GA.yaml"}


@pytest.mark.parametrize("name", ["county.yaml", "materials.yaml", "halls.yaml"])
async def test_a_missing_file_is_named(spoiled: Path, name: str) -> None:
    (spoiled / name).unlink()
    with pytest.raises(Refusal) as refused:
        await load(spoiled)
    assert refused.value.errors[0]["pointer"] == f"{name}:0"


async def test_strange_files_are_refused_not_crashed(spoiled: Path) -> None:
    (spoiled / "items/AA.yaml").write_bytes(b"\xff\xfe\x00bad")
    (spoiled / "items/BB.yaml").write_text("", "utf-8")
    (spoiled / "items/CC.yaml").write_text("a: " + "[" * 500 + "]" * 500, "utf-8")
    (spoiled / "notes.yaml").write_text("a: 1\n", "utf-8")
    with pytest.raises(Refusal) as refused:
        await load(spoiled)
    assert {error["pointer"].partition(":")[0] for error in refused.value.errors} >= {
        "items/AA.yaml", "items/BB.yaml", "items/CC.yaml", "notes.yaml",
    }  # fmt: skip


async def test_no_folder(db: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        await load(tmp_path / "nowhere")
    assert refused.value.errors[0]["code"] == "no_folder"


async def test_the_demo_staff() -> None:
    found = {entry["name"]: entry for entry in await accounts(COUNTY)}
    assert found["王芳"]["login"] == "440229-0612"
    assert all(set(entry) == {"login", "name", "roles", "department", "hall", "window"} for entry in found.values())
