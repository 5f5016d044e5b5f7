"""The law walked: a paper that comes late, a bundle with one refusal, a project with two prerequisites."""

from pathlib import Path

import pytest

from tests.walks import birth, project, tolerance
from tests.walks.house import Run

pytestmark = [pytest.mark.database, pytest.mark.timeout(400)]


def test_a_tolerated_paper_comes_late(house: Run, tmp_path: Path) -> None:
    seen = tolerance.walk(house, tmp_path, print)
    assert seen["accepted"]["tolerant"]
    assert {clock["kind"] for clock in seen["accepted"]["clocks"] if clock["state"] == "running"} >= {"tolerance"}
    waiting = seen["waiting"]
    assert waiting["state"] == "accepted" and waiting["tasks"][0]["outcome"] == "granted"
    assert waiting["next"]["action"] == "supply" and waiting["next"]["by"] == waiting["promises"][0]["due_on"]
    assert seen["rejected"]["next"]["action"] == "supply" and seen["rejected"]["promises"][0]["state"] == "made"
    done = seen["done"]
    assert done["state"] == "concluded" and done["promises"][0]["state"] == "kept"
    verbs = [event["verb"] for event in done["timeline"]]
    assert verbs.index("decide") < verbs.index("confirm_supply") < verbs.index("conclude")
    days = {event["at"][:10] for event in done["timeline"] if event["verb"] in ("confirm_supply", "conclude")}
    assert len(days) == 1, "the result is issued on the day the last paper is in order"
    assert seen["end"]["state"] == "delivered"


def test_a_birth_over_four_departments_one_refusing(house: Run, tmp_path: Path) -> None:
    seen = birth.walk(house, tmp_path, print)
    forms = [material["code"] for material in seen["draft"]["materials"] if material["form"]]
    assert forms == ["F-B01"], "one form for all"
    assert "C06" not in {m["code"] for m in seen["draft"]["materials"]}, "what an earlier item makes is not asked for"
    state = {task["item"]: task["state"] for task in seen["accepted"]["tasks"]}
    assert {item for item, value in state.items() if value == "waiting"} == {"WJ03", "GA02", "YB01", "RS01"}
    released = {task["item"]: task for task in seen["released"]["tasks"]}
    assert released["GA02"]["state"] == released["WJ03"]["state"] == "assigned"
    whole = {clock["kind"]: clock["due_on"] for clock in seen["released"]["clocks"]}
    for task in seen["released"]["tasks"]:
        assert all(clock["due_on"] <= whole[clock["kind"]] for clock in task["clocks"] if clock["kind"] in whole)
    refused = {task["item"]: task["state"] for task in seen["refused"]["tasks"]}
    assert refused["YB01"] == refused["RS01"] == "cancelled" and refused["WJ03"] == "assigned"
    told = [event["words"] for event in seen["refused"]["timeline"] if event["verb"] == "fall"]
    assert len(told) == 2 and all("出生登记" in words for words in told)
    end = seen["end"]
    assert end["state"] == "delivered" and end["outcome"] == "partly"
    assert len({task["department"]["code"] for task in end["tasks"]}) == 4
    assert [event["verb"] for event in end["timeline"]].count("deliver") == 1, "one delivery"


def test_a_project_from_question_to_delivery(house: Run, tmp_path: Path) -> None:
    seen = project.walk(house, tmp_path, print)
    begun = {row["item"]: row["state"] for stage in seen["begun"]["stages"] for row in stage["rows"]}
    assert (begun["ZR01"], begun["FG02"]) == ("running", "waiting"), "one prerequisite after the other"
    assert {begun[item] for item in ("ZR02", "HB01", "ZR03", "ZJ03", "ZJ01")} == {"waiting"}
    opened = {row["item"]: row["state"] for stage in seen["opened"]["stages"] for row in stage["rows"]}
    assert opened["FG02"] == opened["ZR01"] == "granted" and "running" in opened.values()
    end, alone = seen["end"], seen["alone"]
    assert end["done"] == end["all"] == alone["done"] and end["guidance"][0]["answer"]
    assert "李秀英" not in str(alone) and alone["query_key"] is None, "the code alone tells no name"
    assert "<svg" in seen["map"] and "施工许可" in seen["map"]
    assert {case["state"] for case in seen["cases"]} == {"delivered"}
    for case in seen["cases"]:
        assert case["project"]["code"] == end["code"]
