"""The whole journey over HTTP, as `make walk` tells it: two things on one form, a notice, two departments, a result."""

from pathlib import Path

import pytest

from tests.walks.house import Run
from tests.walks.journey import walk

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]


def test_one_case_over_http(house: Run, tmp_path: Path) -> None:
    said: list[str] = []
    seen = walk(house, tmp_path, said.append)
    case = seen["case"]
    verbs = [event["verb"] for event in case["timeline"]]
    for verb in ("submit", "receive", "notify", "correct", "accept", "conclude", "deliver"):
        assert verbs.count(verb) == 1, verbs
    assert [event["at"] for event in case["timeline"]] == sorted(event["at"] for event in case["timeline"])
    assert case["state"] == "delivered" and {task["outcome"] for task in case["tasks"]} == {"granted"}
    assert len(case["results"]) == 2 and all(result["state"] == "delivered" for result in case["results"])
    assert any("孙伟打不开" in words for words in said)
    kinds = {message["kind"] for message in seen["messages"]}
    assert "subscribe" in kinds, kinds
    answered = [event for event in seen["department"]["items"] if case["number"] in str(event)]
    assert [event["direction"] for event in answered][:1] == ["in"]
    progress = seen["progress"]
    assert progress["number"] == case["number"] and progress["state"] == "delivered"
    assert "李秀英" not in str(progress), "whoever has number and key learns the state, no name"
