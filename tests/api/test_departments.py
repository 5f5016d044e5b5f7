"""A department's own system calls: 消防大队 (XF) acts on its task; another department's key sees nothing."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from gateways.signature import signed_headers
from models.actions import consultations, identity, tasks
from models.base import new_id, now, today, unit
from models.case import Case, CaseItem, Task
from models.catalogue import Item
from models.people import DepartmentSystem
from models.rules.permits import Actor
from tests import people
from tests.api.door import Web, web, world  # noqa: F401

pytestmark = pytest.mark.database
KEYS = {code: f"{code.lower()}-key-for-tests-0123456789abcdef".encode() for code in ("XF", "SJ", "ZR")}


@dataclass
class System:
    """Departments' systems that sign what they call."""

    http: httpx.AsyncClient
    task: Task
    case: Case

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "XF",
        at: float | None = None,
        changes: dict[str, str] | None = None,
    ) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        headers = signed_headers(who.lower(), KEYS[who], uuid4().hex, content, now=at) | (changes or {})
        return await self.http.request(method, f"/department/v1{path}", content=content, headers=headers)

    async def verb(self, verb: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("POST", f"/tasks/{self.task.id}/{verb}", body or {}, **more)


def problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def _key(code: str) -> None:
    id_ = new_id()
    sealed = DepartmentSystem.KEY.seal(id_, KEYS[code].decode())
    await DepartmentSystem.create(
        id=id_, department_id=code, url="http://127.0.0.1:1/events", key_id=code.lower(), key_sealed=sealed
    )


@pytest_asyncio.fixture(loop_scope="session")
async def system(web: Web) -> AsyncIterator[System]:  # noqa: F811
    for code in ("XF", "SJ"):
        await _key(code)
    grant = await identity.sign_in_wechat("openid-li")
    case = await Case.create(
        title="众聚性场所开业前消防安全检查", account_id=grant.account.id, hall_id="0001", state="accepted",
        number="1" * 24, owner="departments", submitted_at=now(), accepted_on=today(), applicant_id=grant.account.id,
    )  # fmt: skip
    item = await Item.filter(department_id="XF", state="published").first()
    assert item is not None
    part = await CaseItem.create(
        case_id=case.id, item_id=item.id, code=item.code, name=item.name, department_id="XF", position=1
    )
    task = await unit(lambda: tasks.begin(case, part, 1, {}, today()))
    yield System(web.http, task, case)


async def test_the_whole_way_of_a_task(system: System):
    listed = (await system.call("GET", "/tasks?state=assigned")).json()
    assert [item["id"] for item in listed["items"]] == [str(system.task.id)]
    whole = (await system.call("GET", f"/tasks/{system.task.id}")).json()
    assert whole["case"]["number"] == "1" * 24 and set(whole["can"]) == {"acknowledge", "decide"}
    taken = await system.verb("acknowledge")
    assert taken.status_code == 200 and taken.json()["state"] == "examining", taken.text
    advised = await system.verb("advise", {"outcome": "granted", "opinion": "现场核查合格"})
    assert advised.json()["state"] == "advised"
    decided = await system.verb("decide", {"outcome": "granted", "document": "翁消安检字〔2026〕12号"})
    assert (decided.json()["state"], decided.json()["outcome"]) == ("decided", "granted")
    assert (await Case.get(id=system.case.id)).state == "concluded"
    assert (await system.call("GET", "/tasks?state=assigned")).json()["items"] == []
    row = await Task.get(id=system.task.id)
    assert "翁消安检字〔2026〕12号" in (Task.REASON.open(row.id, row.reason_sealed) or "")


async def test_a_refusal_needs_its_reason(system: System):
    problem(await system.verb("decide", {"outcome": "refused"}), 422, "reason_needed")
    problem(await system.verb("decide", {"outcome": "perhaps"}), 422, "invalid_request")
    refused = await system.verb("decide", {"outcome": "refused", "reason": "安全出口不符合要求"})
    assert refused.json()["outcome"] == "refused"


async def test_another_department_sees_nothing(system: System):
    assert (await system.call("GET", "/tasks", who="SJ")).json()["items"] == []
    problem(await system.call("GET", f"/tasks/{system.task.id}", who="SJ"), 404, "not_found")
    problem(await system.verb("acknowledge", who="SJ"), 404, "not_found")
    problem(await system.verb("decide", {"outcome": "granted"}, who="SJ"), 404, "not_found")
    assert (await Task.get(id=system.task.id)).state == "assigned"


async def test_an_old_version_is_not_acted_on(system: System):
    assert (await system.verb("acknowledge", {"version": 0})).status_code == 200
    problem(await system.verb("decide", {"version": 0, "outcome": "granted"}), 409, "stale_version")
    problem(await system.verb("acknowledge"), 409, "state_changed")


@pytest.mark.parametrize("name", ["X-Signature", "X-Timestamp", "X-Request-Id", "X-Key-Id"])
async def test_every_header_is_needed(system: System, name: str):
    problem(await system.call("GET", "/tasks", changes={name: ""}), 401, "signature_needed")


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Signature": "v1=" + "0" * 64},
        {"X-Signature": "v2=1"},
        {"X-Signature": "x" * 5000},
        {"X-Key-Id": "sj"},
        {"X-Key-Id": "nobody"},
        {"X-Key-Id": "k" * 5000},
        {"X-Timestamp": "1"},
        {"X-Timestamp": "9" * 5000},
        {"X-Timestamp": "soon"},
        {"X-Request-Id": "another"},
        {"X-Request-Id": "r" * 5000},
    ],
)
async def test_what_is_not_our_signature(system: System, changes: dict[str, str]):
    problem(await system.call("GET", "/tasks", changes=changes), 401, "signature_wrong")


@pytest.mark.parametrize("apart", [-301, 301, -86_400])
async def test_five_minutes_and_no_more(system: System, apart: int):
    problem(await system.call("GET", "/tasks", at=now().timestamp() + apart), 401, "signature_wrong")
    assert (await system.call("GET", "/tasks", at=now().timestamp() + apart / abs(apart) * 290)).status_code == 200


async def test_a_changed_body_breaks_the_signature(system: System):
    good = json.dumps({"outcome": "refused", "reason": "不符合要求"}).encode()
    headers = signed_headers("xf", KEYS["XF"], uuid4().hex, good)
    path = f"/department/v1/tasks/{system.task.id}/decide"
    problem(await system.http.post(path, content=b'{"outcome":"granted"}', headers=headers), 401, "signature_wrong")


async def test_a_request_is_taken_once(system: System, together: Any):
    headers = signed_headers("xf", KEYS["XF"], uuid4().hex, b"{}")
    path = f"/department/v1/tasks/{system.task.id}/acknowledge"
    answers = await together(*(system.http.post(path, content=b"{}", headers=headers) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 401} == {"request_replayed"}


async def test_a_retired_key_is_no_key(system: System):
    await DepartmentSystem.filter(key_id="xf").update(active=False)
    problem(await system.call("GET", "/tasks"), 401, "signature_wrong")


async def test_a_citizen_is_no_department(system: System):
    answer = await system.http.get("/department/v1/tasks", headers={"authorization": "Bearer x"})
    problem(answer, 401, "signature_needed")
    assert Actor("department", department="XF").key == "department:XF"


async def _sent(item: str) -> UUID:
    """李秀英's case of this item, accepted at the window."""
    li = await people.citizen()
    return await people.accepted(li, await people.clerk(), item)


async def test_a_special_procedure_stops_and_goes_on(system: System):
    """自然资源局's own system: suspended by the item's list, resumed with a result; others find nothing."""
    await _key("ZR")
    task = await Task.get(case_id=await _sent("ZR03"))
    body = {"kind": "专家评审", "reason": "方案要请专家看", "planned_days": 5}

    async def call(verb: str, content: Any, who: str = "ZR") -> httpx.Response:
        return await system.call("POST", f"/tasks/{task.id}/{verb}", content, who=who)

    problem(await call("suspend", body), 409, "state_changed")
    await call("acknowledge", {})
    problem(await call("suspend", body, who="SJ"), 404, "not_found")
    problem(await call("suspend", body | {"kind": "招标"}), 422, "unknown_procedure")
    problem(await call("suspend", body | {"planned_days": 16}), 422, "planned_too_long")
    problem(await call("suspend", body | {"version": 0}), 409, "stale_version")
    held = await call("suspend", body | {"version": 1})
    assert held.status_code == 200, held.text
    assert (held.json()["state"], held.json()["light"]["word"]) == ("suspended", "暂停计时")
    listed = (await system.call("GET", "/tasks?state=suspended", who="ZR")).json()
    assert [entry["id"] for entry in listed["items"]] == [str(task.id)]
    problem(await call("resume", {"result": ""}), 422, "reason_needed")
    problem(await call("resume", {"result": "评审通过"}, who="SJ"), 404, "not_found")
    ended = await call("resume", {"result": "评审通过"})
    assert ended.json()["state"] == "examining", ended.text


async def test_a_letter_is_read_and_answered(system: System):
    """The window asks 消防大队 about a food licence: it reads the papers, and answers with what is wrong in them."""
    li, wang = await people.citizen(), await people.clerk()
    case_id = await people.submitted(li, "SJ03")
    letter_id = await consultations.ask(wang, case_id, "XF", "疏散通道够不够宽？")
    listed = (await system.call("GET", "/consultations")).json()["items"]
    assert [(entry["id"], entry["question"]) for entry in listed] == [(str(letter_id), "疏散通道够不够宽？")]
    whole = (await system.call("GET", f"/consultations/{letter_id}")).json()
    paper = next(material for material in whole["materials"] if material["pages"])
    assert paper["pages"][0]["view_url"].startswith("/api/v1/files/") and whole["can"] == ["answer"]
    line = {"material_code": paper["code"], "defect": "没有标疏散通道", "fix": "标出通道和宽度"}
    answer = {"outcome": "defects", "words": "图上看不出来", "lines": [line]}
    path = f"/consultations/{letter_id}/answer"
    problem(await system.call("POST", path, answer, who="SJ"), 404, "not_found")
    problem(await system.call("GET", f"/consultations/{letter_id}", who="SJ"), 404, "not_found")
    assert (await system.call("GET", "/consultations", who="SJ")).json()["items"] == []
    problem(await system.call("POST", path, answer | {"lines": []}), 422, "lines_needed")
    answered = await system.call("POST", path, answer | {"version": 0})
    assert answered.status_code == 200, answered.text
    assert (answered.json()["state"], answered.json()["lines"][0]["defect"]) == ("answered", "没有标疏散通道")
    problem(await system.call("POST", path, answer), 409, "state_changed")
    problem(await system.call("POST", f"/tasks/{letter_id}/acknowledge", {}), 404, "not_found")
