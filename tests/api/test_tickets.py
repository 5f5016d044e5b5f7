"""Numbers of the queue over HTTP: taken only in the hall, followed on the phone, given up, stood in again (R56)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from models.actions import tickets
from models.reads import queue
from models.ticket import Ticket
from tests.actions.queueing import HALL, MORNING, at_window, walk_in
from tests.api.door import Web

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING) as clock:
        yield clock


async def taken(web: Web, token: str, group: str = "A", **more: Any) -> dict[str, Any]:
    body = {"hall": HALL, "group": group, "hall_code": queue.hall_code(HALL), **more}
    answer = await web.call("POST", "/tickets", body, token)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_lines_are_for_everybody_to_see(web: Web) -> None:
    await walk_in("A")
    found = (await web.get(f"/halls/{HALL}/lines"))["items"]
    by_code = {line["code"]: line for line in found}
    assert by_code["A"]["waiting"] == 1 and by_code["A"]["open"] and by_code["A"]["name"]
    await web.problem(404, "unknown_hall", "GET", "/halls/9999/lines")


async def test_a_number_is_taken_in_the_hall_alone_and_followed(web: Web) -> None:
    before = [(await walk_in("A")).number for _ in range(2)]
    _, token = await web.li()
    wish = {"hall": HALL, "group": "A"}
    await web.problem(422, "not_in_hall", "POST", "/tickets", wish, token)
    await web.problem(422, "not_in_hall", "POST", "/tickets", {**wish, "hall_code": "000000x"}, token)
    await web.problem(401, "sign_in_needed", "POST", "/tickets", {**wish, "hall_code": queue.hall_code(HALL)})
    await web.problem(
        422, "no_line", "POST", "/tickets", {**wish, "group": "Q", "hall_code": queue.hall_code(HALL)}, token
    )
    own = await taken(web, token, item_code="RS01")
    assert own["state"] == "waiting" and own["ahead"] == 2 and own["before"] == before[::-1]
    assert own["hall"]["code"] == HALL and own["group"]["code"] == "A" and "身份证" in own["bring"]
    assert own["can"] == ["leave"] and own["arrived_at"][:15] == "2026-10-13T10:0"
    assert own["arrived_at"].endswith("+08:00")
    assert (await taken(web, token))["id"] == own["id"]  # one open number a line
    assert [each["id"] for each in (await web.get("/tickets", token))["items"]] == [own["id"]]
    await tickets.call_next(await at_window("A01"), ["A"])
    now = await web.get(f"/tickets/{own['id']}", token)
    assert now["ahead"] == 1 and now["serving"] == [{"number": before[0], "window": "A01"}]


async def test_given_up(web: Web) -> None:
    _, token = await web.li()
    own = await taken(web, token)
    path = f"/tickets/{own['id']}/leave"
    await web.problem(409, "stale_version", "POST", path, {"version": 99}, token)
    answer = await web.call("POST", path, {"version": own["version"]}, token)
    assert answer.status_code == 200 and answer.json()["state"] == "left" and answer.json()["ahead"] is None
    await web.problem(409, "state_changed", "POST", path, {}, token)


async def test_called_and_not_there_stands_in_again(web: Web) -> None:
    _, token = await web.li()
    own, window = await taken(web, token), await at_window("A01")
    await web.problem(409, "state_changed", "POST", f"/tickets/{own['id']}/requeue", {}, token)
    called = await tickets.call_next(window, ["A"])
    assert called is not None and str(called.id) == own["id"]
    seen = await web.get(f"/tickets/{own['id']}", token)
    assert (seen["state"], seen["window"], seen["state_words"]) == ("called", "A01", "请到窗口")
    await tickets.skip(window, called.id)
    skipped = await web.get(f"/tickets/{own['id']}", token)
    assert skipped["state"] == "skipped" and set(skipped["can"]) == {"leave", "requeue"}
    again = await web.call("POST", f"/tickets/{own['id']}/requeue", {}, token)
    assert again.status_code == 200 and again.json()["state"] == "waiting" and again.json()["requeue_after"] > 0


async def test_a_stranger_sees_nothing_of_it(web: Web) -> None:
    _, token = await web.li()
    own = await taken(web, token)
    _, sun = await web.sign_in("孙伟")
    other = sun["access_token"]
    assert (await web.get("/tickets", other))["items"] == []
    for method, end, body in (("GET", "", None), ("POST", "/leave", {}), ("POST", "/requeue", {})):
        await web.problem(404, "not_found", method, f"/tickets/{own['id']}{end}", body, other)
    assert (await Ticket.get(id=own["id"])).state == "waiting"
