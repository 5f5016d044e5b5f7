"""Project codes (R7, R8), the stages of the map, and what each item of a project says of itself (R43)."""

from datetime import date
from typing import Any

import pytest

from models.base import Refusal
from models.rules import graph
from models.rules import projects as rules
from models.rules.calendar import Calendar
from models.rules.clock import Clock
from models.rules.limits import Limit
from models.rules.projects import Filed
from models.rules.yamlfile import parse
from tests.rules.folder import COUNTY

ON = date(2026, 11, 25)


def bundle() -> dict[str, Any]:
    found = parse("bundles.yaml", (COUNTY / "bundles.yaml").read_text()).data["bundles"]
    one = next(one for one in found if one.get("stages"))
    return {**one, "stages": [{"title": title, "items": items} for title, items in one["stages"].items()]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2609-440229-04-01-68315X", "2609-440229-04-01-68315X"),
        (" 2609-440229-04-01-68315x ", "2609-440229-04-01-68315X"),
        ("２６０９－４４０２２９－０４－０１－６８３１５７", "2609-440229-04-01-683157"),
        ("2609—440229—04—01—683157", "2609-440229-04-01-683157"),
        ("260944022904016831 5X", "2609-440229-04-01-68315X"),
        ("2112-440229-04-01-123456", "2112-440229-04-01-123456"),
        ("2017-440229-05-03-001234", "2017-440229-05-03-001234"),
        ("2020-440229-05-03-001234", "2020-440229-05-03-001234"),
    ],
)
def test_codes_as_people_type_them(typed: str, kept: str) -> None:
    assert rules.parse_code(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2613-440229-04-01-683157", "不是年月"),
        ("2600-440229-04-01-683157", "不是年月"),
        ("2014-440229-05-03-001234", "不是年月"),
        ("2021-440229-05-03-001234", "不是年月"),
        ("2015-440229-05-03-00123X", "像 2609"),
        ("2609-440229-04-01-68315", "23位"),
        ("2609-44O229-04-01-683157", "像 2609"),
        ("2609-440229-04-01-6831X7", "像 2609"),
        ("", "0位"),
        ("9" * 500, "80位"),
    ],
)
def test_codes_that_are_none(typed: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.parse_code(typed)
    assert refused.value.code == "bad_project_code" and refused.value.status == 422 and said in refused.value.words


def test_a_filed_project_does_without_what_only_approval_needs() -> None:
    """S29: site and land pre-examination come first, and only where a project is approved, not filed."""
    filed, approved = rules.members(bundle(), "filing"), rules.members(bundle(), "approval")
    assert "ZR01" not in filed and filed[0] == "FG01" and "FG02" not in filed
    assert approved[:2] == ["ZR01", "FG02"] and "FG01" not in approved
    assert graph.road(bundle(), approved)["FG02"] == ["ZR01"]
    assert rules.members(bundle(), "filing", ["SL01", "ZJ02", "ZR03"]) == [
        code for code in filed if code not in ("SL01", "ZJ02")
    ]  # the planning permit is no choice
    assert rules.optional(bundle()) == ["SL02", "SL01", "ZJ02"]


def test_all_but_the_prerequisites_run_at_once_and_the_permit_to_build_is_last() -> None:
    codes = rules.members(bundle(), "filing")
    road = graph.road(bundle(), codes)
    assert road["FG01"] == [] and road["ZR02"] == ["FG01"]
    assert all(road[code] == ["FG01"] for code in ("HB01", "SL02", "SL01"))
    assert all(road[code] == ["ZR02"] for code in ("ZR03", "ZJ03")) and road["ZJ02"] == ["ZR03"]
    behind_last = set(codes) - {"ZJ01", "FG01", "ZR02"}
    assert set(road["ZJ01"]) == behind_last
    assert [title for title, _ in rules.stages(bundle(), codes)] == ["立项", "先办这 1 件", "这 6 件同时办", "开工"]
    approved = rules.members(bundle(), "approval", ["SL01", "ZJ02"])
    assert rules.stages(bundle(), approved)[0] == ("立项", ["ZR01", "FG02"])
    assert rules.stages(bundle(), approved)[2][0] == "这 4 件同时办"
    assert rules.stages(bundle(), ["FG01", "HB01"]) == [("立项", ["FG01"]), ("接着办这 1 件", ["HB01"])]


def filed(state: str = "accepted", task: str = "", **more: Any) -> Filed:
    return Filed("case", state, task, **more)


@pytest.mark.parametrize(
    ("of", "state", "colour", "words"),
    [
        (None, "none", "grey", "可以交了"),
        (filed("draft"), "draft", "grey", "填了还没交"),
        (filed("submitted", due_on=date(2026, 12, 1), colour="green"), "filed", "green", "最晚12月1日答复"),
        (filed("correcting", open_lines=1), "correcting", "amber", "等您补 1 样"),
        (filed("correcting"), "correcting", "amber", "补好了，请交"),
        (filed(task="waiting"), "waiting", "grey", "项目备案办好就办"),
        (filed(task="examining", due_on=date(2026, 12, 14), colour="green"), "running", "green", "最晚12月14日"),
        (filed(task="advised", due_on=date(2027, 1, 4), colour="amber"), "running", "amber", "最晚2027年1月4日"),
        (filed(task="assigned", due_on=date(2026, 11, 20), colour="red"), "running", "red", "超期了，在催"),
        (filed(task="suspended", procedure="专家评审（技术评估）"), "paused", "grey", "专家评审"),
        (filed(task="decided", outcome="granted", decided_on=date(2026, 9, 14)), "granted", "green", "已同意 9月14日"),
        (filed(task="decided", outcome="refused"), "refused", "red", "没有同意"),
        (filed(task="revoked", outcome="granted"), "refused", "red", "已撤销"),
        (filed(task="cancelled"), "fallen", "grey", "不办了"),
        (filed("withdrawn", "cancelled"), "fallen", "grey", "撤回了"),
        (filed("refused"), "fallen", "grey", "没有受理"),
        (filed("delivered", "decided", outcome="granted"), "granted", "green", "已同意"),
    ],
)
def test_how_an_item_stands(of: Filed | None, state: str, colour: str, words: str) -> None:
    told = rules.standing(of, ["项目备案"] if state == "waiting" else [], True, ON)
    assert (told.state, told.colour, told.words) == (state, colour, words)


def test_what_has_to_come_first_is_said() -> None:
    assert rules.standing(None, ["项目备案"], False, ON).words == "项目备案办好就办"
    assert rules.standing(None, ["一", "二", "三"], False, ON).words == "上面 3 件办好就办"


def test_how_far_along_the_lane() -> None:
    assert rules.standing(filed("submitted", share=0.5), [], False, ON).progress == 0.1
    assert rules.standing(filed(task="examining", share=0.5), [], False, ON).progress == 0.6
    assert rules.standing(filed(task="examining", share=3.0), [], False, ON).progress == 1.0
    assert rules.standing(filed(task="waiting", share=0.5), [], False, ON).progress == 0.0


def test_of_several_tries_the_one_that_counts() -> None:
    lost, again = filed("withdrawn", "cancelled"), filed(task="examining")
    done = filed(task="decided", outcome="granted")
    assert rules.best([]) is None
    assert rules.best([lost, again]) is again and rules.best([again, lost]) is again
    assert rules.best([done, again]) is done
    refused, later = filed(task="decided", outcome="refused"), filed("refused")
    assert rules.best([refused, later]) is later
    assert rules.best([filed("draft"), lost]).case_state == "draft"  # type: ignore[union-attr]


def test_what_may_be_filed() -> None:
    road = {"A": [], "B": ["A"], "C": ["B"]}
    assert rules.may_file("A", road, {"A": "none", "B": "none", "C": "none"})
    assert not rules.may_file("B", road, {"A": "none", "B": "none", "C": "none"})
    assert not rules.may_file("B", road, {"A": "draft", "B": "none", "C": "none"})
    for before in ("filed", "running", "paused", "granted", "waiting", "correcting"):
        assert rules.may_file("B", road, {"A": before, "B": "none", "C": "none"})
    for there in ("draft", "filed", "running", "granted", "correcting"):
        assert not rules.may_file("A", road, {"A": there, "B": "none", "C": "none"})
    assert rules.may_file("A", road, {"A": "refused", "B": "none", "C": "none"})
    assert rules.may_file("A", road, {"A": "fallen", "B": "none", "C": "none"})


def test_the_earliest_day_counts_what_is_left() -> None:
    clock = Clock(Calendar([], [2026]))
    road = {"A": [], "B": ["A"], "C": ["A"]}
    limits = {"A": Limit(5), "B": Limit(3), "C": Limit(1)}
    none = dict.fromkeys("ABC", "none")
    assert rules.earliest(clock, road, limits, none, {}, ON) == date(2026, 12, 7)  # 5 + 3 working days
    running = {**none, "A": "running"}
    assert rules.earliest(clock, road, limits, running, {"A": date(2026, 11, 27)}, ON) == date(2026, 12, 2)
    late = {"A": date(2026, 11, 2)}
    assert rules.earliest(clock, road, limits, running, late, ON) == date(2026, 11, 30)  # never in the past
    granted = {**none, "A": "granted", "B": "granted"}
    assert rules.earliest(clock, road, limits, granted, {}, ON) == date(2026, 11, 26)
    assert rules.earliest(clock, road, limits, dict.fromkeys("ABC", "granted"), {}, ON) is None
