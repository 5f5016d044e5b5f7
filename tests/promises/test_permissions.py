"""P9: every route x every principal, object by object; a route missing from the matrix is red."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from PIL import Image
from starlette.routing import BaseRoute, Mount, Route
from tortoise.expressions import Q

from api.app import build
from api.desk import door as desk_door
from gateways import queue
from gateways.signature import signed_headers
from gateways.staging import Staging
from gateways.store import Store, new_key
from models import seal
from models.actions import (
    appointments,
    consultations,
    correction,
    department_systems,
    identity,
    projects,
    staff,
    tasks,
)
from models.actions.appointments import Wish
from models.base import execute, new_id, now, rows, today, unit
from models.case import Case, Result, Task
from models.hall import Hall
from models.paper import Upload
from models.people import Staff
from models.project import Project
from models.promise import Breach, Promise
from models.reads import uploads as upload_reads
from models.rules import permits
from models.rules.links import link
from models.rules.permits import Actor
from models.supervision import Inspection
from models.ticket import Device, Ticket
from tests import people
from tests.actions import booking
from tests.desk.door import Live
from tests.promises.matrix import FREE, FULL, MATRIX, PRINCIPALS, Row

pytestmark = pytest.mark.database
KEYS = {"own": ("SJ", "sj-key-for-tests-0123456789abcdef"), "foreign": ("NY", "ny-key-for-tests-0123456789abcdef")}


class Undone(Exception):
    """Rolls a call back, so that every principal meets the same house."""


@dataclass
class World:
    """The application, the things of one person, and how each principal proves who they are."""

    http: httpx.AsyncClient
    things: dict[str, str]
    tokens: dict[str, str]  # owner, citizen -> bearer token
    seats: dict[str, tuple[str, str]]  # staff -> (cookie, CSRF token)

    async def ask(self, who: str, row: Row) -> int:
        """The status `who` gets; nothing of the call stays."""
        method, path = row.route.split(" ")[0], row.path.format(**self.things)
        content = json.dumps(row.body).encode() if row.body is not None else b""
        head = {"content-type": "application/json"} if content else {}
        data: dict[str, str] | None = None
        if who in self.tokens:
            head["authorization"] = f"Bearer {self.tokens[who]}"
        elif who in self.seats:
            cookie, csrf = self.seats[who]
            head["cookie"] = f"yimen={cookie}"
            if path.startswith("/desk") and method == "POST":
                head["origin"] = "http://localhost"
                data = {"csrf": csrf, **{name: value.format(**self.things) for name, value in row.form.items()}}
        elif who in KEYS:
            code, key = KEYS[who]
            head |= signed_headers(code.lower(), key.encode(), uuid4().hex, content)
        answer: list[int] = []

        async def body() -> None:
            sent = {"data": data} if data is not None else {"content": content}
            answer.append((await self.http.request(method, path, headers=head, **sent)).status_code)
            raise Undone

        with suppress(Undone):
            await unit(body)
        return answer[0]


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[dict[str, Any]]:
    yield {}


async def _things(store: Store, li: Actor) -> dict[str, str]:
    """李秀英's cases in every state, a photograph with real bytes, a mandate, and the tasks of 市场监管局."""
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    picture, keys = BytesIO(), (new_key(), new_key())
    Image.effect_noise((300, 400), 60).convert("RGB").save(picture, "JPEG")
    for key in keys:
        await store.put(key, picture.getvalue())
    draft = await people.draft(li, "SJ03")
    submitted = await people.submitted(li, "SJ04")
    correcting = await people.submitted(li, "XF01")
    code = (await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready'", correcting))[0]["code"]
    said = [{"material_code": code, "defect": "看不清日期", "fix": "拍清楚再交"}]
    await correction.notify(wang, correcting, None, said)
    accepted = await people.accepted(li, wang, "SJ03", "SJ04")
    examined = await people.accepted(li, wang, "SJ02", "SJ03")
    concluded = await people.concluded(li, wang, zhao, chen, "SJ02")
    task, second = [(await Task.filter(case_id=id_).order_by("id"))[0].id for id_ in (accepted, examined)]
    await tasks.acknowledge(zhao, second)
    laid = await rows(
        "SELECT m.code, p.upload_id FROM page p JOIN case_material m ON m.id = p.material_id WHERE m.case_id = $1 "
        "AND m.code IN (SELECT code FROM case_material WHERE case_id = $2 AND state = 'ready') ORDER BY m.position",
        submitted, draft,
    )  # fmt: skip
    letter = await consultations.ask(wang, accepted, "SJ", "这里能不能开店？")
    spare = await people.page(li)
    await execute("UPDATE upload SET archive_key = $1, thumbnail_key = $2 WHERE id <> $3", *keys, spare)
    helper = await people.citizen("孙小妹", "440229199001010030", "13900000009")
    mandate = await people.mandate(helper, li)
    row, done = await Case.get(id=submitted), await Case.get(id=concluded)
    law = await _law(li, wang, concluded) | await _machine_and_number() | await _times(li)
    result = await Result.get(case_id=concluded)
    found: dict[str, Any] = {
        "draft": draft, "submitted": submitted, "correcting": correcting, "accepted": accepted, "concluded": concluded,
        "task": task, "examined": second, "code": laid[0]["code"], "upload": laid[0]["upload_id"],
        "spare": spare, "letter": letter, "mandate": mandate.id, "number": row.number, "version": row.version,
        "result": result.id,
        "key": Case.QUERY_KEY.open(row.id, row.query_key_sealed), "concluded_version": done.version,
        "link": link(li, laid[0]["upload_id"], "archive", now()),
    }  # fmt: skip
    return {name: str(value) for name, value in (found | law).items()}


async def _law(li: Actor, wang: Actor, concluded: UUID) -> dict[str, Any]:
    """A draft that lacks a paper, one that was promised, a letter, an inspection, a breach, and a project."""
    lacking, tolerated = await people.lacking(li, "SJ03", "SJ05"), await people.tolerated(li, wang, "SJ03", "SJ06")
    lettered = await people.submitted(li, "MZ02")
    letter = await consultations.ask(wang, lettered, "SJ", "要不要现场看")
    task = await Task.get(case_id=concluded)
    inspection = await Inspection.create(
        id=new_id(), case_id=concluded, task_id=task.id, kind="spot", department_id="SJ", due_on=today(), due_at=now()
    )  # fmt: skip
    promise = await Promise.get(case_id=tolerated)
    id_ = new_id()
    breach = await Breach.create(
        id=id_, case_id=tolerated, promise_id=promise.id, subject_id=new_id(), kind="tolerance",
        reason_sealed=Breach.REASON.seal(id_, "没有补") or "",
    )  # fmt: skip
    code = "2609-440229-04-01-683150"
    await projects.register(li, projects.NewProject(code, "兰花冷链分拣中心", "filing", None, []))
    project = await Project.get(code=code)
    guidance = await projects.ask(li, code, "先办哪一件")
    return {
        "lacking": lacking, "tolerated": tolerated, "letter": letter, "inspection": inspection.id, "breach": breach.id,
        "project": code, "project_key": Project.QUERY_KEY.open(project.id, project.query_key_sealed),
        "guidance": guidance, "due": f"{today() + timedelta(days=7)}T17:00+08:00", "day": today() + timedelta(days=7),
    }  # fmt: skip


async def _machine_and_number() -> dict[str, Any]:
    """A kiosk of the county hall, and a number somebody waits with there."""
    ticket = await Ticket.create(
        id=new_id(), hall_id="0001", day=today(), group_code="A", number="A901", state="waiting", arrived_at=now(),
        channel="kiosk",
    )  # fmt: skip
    machine = await Device.create(id=new_id(), hall_id="0001", label="二楼", hash="-", created_by=new_id())
    return {"queued": ticket.id, "device": machine.id}


async def _times(li: Actor) -> dict[str, Any]:
    """李秀英's booked time, her hold on another day, and her number of today; a free and a full time besides."""
    own, held, free, full = [(await booking.slots(1, 9, ahead=ahead))[0] for ahead in (2, 3, 4, 5)]
    await execute("UPDATE slot SET id = $1 WHERE id = $2", UUID(FREE), free.id)
    await execute("UPDATE slot SET id = $1, used = capacity WHERE id = $2", UUID(FULL), full.id)
    ticket = await Ticket.create(
        id=new_id(), hall_id="0001", day=today(), group_code="A", number="A902", state="waiting", arrived_at=now(),
        channel="app", account_id=li.id,
    )  # fmt: skip
    return {
        "booked": await appointments.book(li, Wish(own.id, booking.ITEM)), "number_taken": ticket.id,
        "held": await appointments.hold(li, Wish(held.id, booking.ITEM)),
    }  # fmt: skip


async def _seat(name: str, roles: list[str], department: str | None, hall: str | None) -> tuple[str, str]:
    """A signed-in desk: cookie and CSRF token."""
    row = await Staff.create(
        id=new_id(), login=name, name=name, roles=roles, department_id=department, hall_id=hall, password_hash="-",
        password_changed_at=now(), totp_sealed="-",
    )  # fmt: skip
    place = await Hall.get(code=hall) if hall else None

    async def body() -> staff.Signed:
        return await staff._open_session(row, place, "1号窗口" if hall else "", "127.0.0.1")

    signed = await unit(body)
    return signed.token, signed.seated.csrf


DESKS: dict[str, tuple[list[str], str | None, str | None]] = {
    "clerk": (["clerk"], None, "0001"), "town": (["clerk"], None, "0100"), "handler": (["handler"], "SJ", None),
    "approver": (["approver"], "SJ", None), "other": (["handler"], "NY", None), "lead": (["supervisor"], None, "0001"),
    "delegate": (["delegate"], "ZS", "0001"), "head": (["county_head"], None, None),
    "auditor": (["auditor"], None, None),
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def scene(db: str, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    redis = queue.connect(redis_url, 5)
    store = Store(tmp_path / "store", seal.ring())
    given = {
        "settings": SimpleNamespace(public_url="http://localhost", web_dist=None), "live": Live(), "jobs": redis,
        "store": store, "staging": Staging(tmp_path / "staging", seal.ring()),
    }  # fmt: skip
    tokens, actors = {}, {}
    for name, number in (("owner", people.LI_ID), ("citizen", people.SUN_ID)):
        grant = await identity.sign_in_wechat(f"openid-{name}")
        actors[name] = Actor("citizen", id=grant.account.id, assurance="name")
        await identity.real_name(actors[name], "李秀英" if name == "owner" else "孙大伟", number, "name")
        tokens[name] = grant.access_token
    for code, key in KEYS.values():
        await department_systems.register(code, "http://127.0.0.1:1/events", code.lower(), key)
    seats = {name: await _seat(name, *desk) for name, desk in DESKS.items()}
    app = build(_nothing, ["localhost"])

    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": dict(given)}, receive, send)

    transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield World(http, await _things(store, actors["owner"]), tokens, seats)
    await redis.aclose()


def served() -> Iterator[str]:
    """Every method and address of the application."""

    def walk(routes: list[BaseRoute]) -> Iterator[str]:
        for route in routes:
            if isinstance(route, Mount):
                yield f"GET {route.path}/*"
            elif isinstance(route, Route):
                methods = set(route.methods or ()) - ({"HEAD"} if "GET" in (route.methods or ()) else set())
                yield from (f"{method} {route.path}" for method in methods)

    yield from walk(build(_nothing, ["localhost"]).routes)
    yield "HEAD /api/v1/uploads/{id:id}"  # an operation of its own beside GET


def test_every_route_is_in_the_matrix() -> None:
    found, listed = set(served()), {row.route for row in MATRIX}
    assert found == listed, (found - listed, listed - found)
    for row in MATRIX:
        assert set(row.expected) == set(PRINCIPALS), row.route


async def wrong_answers(scene: World, table: list[Row], most: int = 1000) -> list[str]:
    """Where the house answers other than the matrix says, up to `most`."""
    wrong = []
    for row in table:
        for who, wanted in row.expected.items():
            status = await scene.ask(who, row)
            if status != wanted:
                wrong.append(f"{row.route} {row.path}: {who} gets {status}, not {wanted}")
                if len(wrong) == most:
                    return wrong
    return wrong


async def test_the_matrix(scene: World) -> None:
    wrong = await wrong_answers(scene, MATRIX)
    assert not wrong, "\n".join(wrong)


async def test_figures_are_for_this_machine(scene: World) -> None:
    answer = await scene.http.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"})
    assert answer.status_code == 404


# the roles towards a case stand behind the scope: test_state_machine removes them
GUARDS: dict[str, tuple[Any, str, Any]] = {
    "scope": (permits, "scope", lambda _: Q()),
    "task roles": (permits, "task_roles", lambda *_: frozenset({"handler", "approver", "department"})),
    "own uploads": (upload_reads, "own", lambda _, id_: Upload.get(id=id_)),
    "seen uploads": (upload_reads, "visible", lambda _, id_: Upload.get(id=id_)),
    "rooms": (desk_door, "require_staff", lambda *_: None),
}


@pytest.mark.parametrize("guard", GUARDS)
async def test_a_guard_that_lets_everybody_pass_is_found_out(
    scene: World, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """Sabotage: one guard after the other allows."""
    monkeypatch.setattr(*GUARDS[guard])
    assert await wrong_answers(scene, [row for row in MATRIX if "{" in row.path or "queue" in row.path], most=1)
