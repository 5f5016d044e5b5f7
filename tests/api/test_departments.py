"""A department's own system calls: 消防大队 (XF) acts on its task; another department's key sees nothing."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from gateways.signature import signed_headers
from models.actions import identity, tasks
from models.base import new_id, now, today, unit
from models.case import Case, CaseItem, Task
from models.catalogue import Item
from models.people import DepartmentSystem
from models.rules.permits import Actor
from tests.api.door import Web, web, world  # noqa: F401

pytestmark = pytest.mark.database
KEYS = {"XF": b"xf-key-for-tests-0123456789abcdef", "SJ": b"sj-key-for-tests-0123456789abcdef"}


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


@pytest_asyncio.fixture(loop_scope="session")
async def system(web: Web) -> AsyncIterator[System]:  # noqa: F811
    for code, key in KEYS.items():
        id_ = new_id()
        sealed = DepartmentSystem.KEY.seal(id_, key.decode())
        await DepartmentSystem.create(
            id=id_, department_id=code, url="http://127.0.0.1:1/events", key_id=code.lower(), key_sealed=sealed
        )
    grant = await identity.sign_in_wechat("openid-li")
    case = await Case.create(
        title="众聚性场所开业前消防安全检查", account_id=grant.account.id, hall_id="0001", state="accepted",
        number="1" * 24, owner="departments", submitted_at=now(), accepted_on=today(),
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
