"""P6: every writing call of the operation table: one key, one effect, one answer to the byte."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.op import OPS, WRITES, Empty
from gateways.signature import signed_headers
from models.actions import (
    appointments,
    codes,
    consultations,
    correction,
    department_systems,
    drafts,
    idempotency,
    special,
    tasks,
)
from models.actions.appointments import Wish
from models.appointment import Appointment, OpeningException
from models.base import execute, new_id, now, rows, today
from models.case import Task
from models.outbox import Idempotency
from models.reads import queue
from models.rules.permits import Actor
from models.ticket import Ticket
from tests import people
from tests.actions import booking
from tests.api.door import SUN_NUMBER, Web, web, world  # noqa: F401  (fixtures)

pytestmark = pytest.mark.database
KEY = b"xf-key-for-tests-0123456789abcdef"

#: Writing calls that take no key, and what makes a second call harmless instead.
WITHOUT = {
    "POST /api/v1/auth/wechat": "the code is good once; the platform refuses it twice",
    "POST /api/v1/auth/refresh": "the refresh token is the key: a lost answer is repeated for 10 s",
    "POST /api/v1/auth/logout": "ending what has ended changes nothing",
    "POST /api/v1/auth/phone": "the code is good once",
    "POST /api/v1/auth/real-name": "the same name again is the same name",
    "POST /api/v1/items/{code}/checklist": "only asks",
    "POST /api/v1/uploads": "tus: an upload nobody fills is dropped; the offset is the key of a slice",
    "POST /api/v1/uploads/{id:id}": "tus: a slice at a wrong offset is refused",
    "POST /api/v1/uploads/photo": "a second photograph is a second photograph, and costs only quota",
    "DELETE /api/v1/uploads/{id:id}": "what is gone is gone",
    "DELETE /api/v1/me": "what is erased is erased",
}


@dataclass
class Call:
    """One valid call: with `other`, a body that differs but is well-formed."""

    path: str
    body: dict[str, Any]
    other: dict[str, Any]  # empty where the call has no body
    status: int = 200
    department: bool = False


@dataclass
class Scene:
    """李秀英 over HTTP and, behind her, whatever a call needs to have happened before."""

    web: Web
    token: str
    li: Actor

    async def send(self, method: str, call: Call, key: str, body: dict[str, Any] | None = None) -> httpx.Response:
        content = json.dumps(call.body if body is None else body).encode()
        head = {"content-type": "application/json", "idempotency-key": key}
        if call.department:
            head |= signed_headers("xf", KEY, uuid4().hex, content)
        else:
            head["authorization"] = f"Bearer {self.token}"
        return await self.web.http.request(method, call.path, content=content, headers=head)


Recipe = Callable[[Scene], Awaitable[Call]]
RECIPES: dict[str, Recipe] = {}


def recipe(operation: str) -> Callable[[Recipe], Recipe]:
    def keep(found: Recipe) -> Recipe:
        RECIPES[operation] = found
        return found

    return keep


@recipe("POST /api/v1/auth/sms")
async def _sms(_: Scene) -> Call:
    return Call("/api/v1/auth/sms", {"phone": "13812345678"}, {"phone": "13812345679"})


@recipe("POST /api/v1/cases")
async def _begin(_: Scene) -> Call:
    body = {"item_codes": ["SJ03"], "hall": "0001"}
    return Call("/api/v1/cases", body, {**body, "hall": "0101"}, 201)


@recipe("PUT /api/v1/cases/{id:id}/form")
async def _form(s: Scene) -> Call:
    case = await people.draft(s.li, "SJ03")
    return Call(f"/api/v1/cases/{case}/form", {"values": {}}, {"values": {"x": 1}})


@recipe("PUT /api/v1/cases/{id:id}/materials/{code:code}")
async def _pages(s: Scene) -> Call:
    case = await people.draft(s.li, "SJ03")
    found = await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready' LIMIT 1", case)
    page = str(await people.page(s.li))
    return Call(f"/api/v1/cases/{case}/materials/{found[0]['code']}", {"pages": [page]}, {"pages": []})


@recipe("POST /api/v1/cases/{id:id}/submit")
async def _submit(s: Scene) -> Call:
    return Call(f"/api/v1/cases/{await people.draft(s.li, 'SJ03')}/submit", {}, {"version": 9})


@recipe("POST /api/v1/cases/{id:id}/correct")
async def _correct(s: Scene) -> Call:
    case = await people.submitted(s.li)
    found = await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready' LIMIT 1", case)
    lines = [{"material_code": found[0]["code"], "defect": "看不清日期", "fix": "拍清楚再交"}]
    await correction.notify(await people.clerk(), case, None, lines)
    await drafts.lay(s.li, case, found[0]["code"], [await people.page(s.li)])
    return Call(f"/api/v1/cases/{case}/correct", {}, {"version": 9})


@recipe("POST /api/v1/cases/{id:id}/withdraw")
async def _withdraw(s: Scene) -> Call:
    return Call(f"/api/v1/cases/{await people.submitted(s.li)}/withdraw", {}, {"version": 9})


@recipe("POST /api/v1/cases/{id:id}/acknowledge")
async def _seen(s: Scene) -> Call:
    case = await people.accepted(s.li, await people.clerk())
    return Call(f"/api/v1/cases/{case}/acknowledge", {}, {"version": 9})


@recipe("POST /api/v1/me/organisations")
async def _join(_: Scene) -> Call:
    body = {"uscc": "91350100M000100Y43", "name": "翁源县示例小吃店", "role": "legal"}
    return Call("/api/v1/me/organisations", body, {**body, "name": "翁源县另一小吃店"}, 201)


async def _mandate_body(s: Scene) -> dict[str, Any]:
    sun = await people.citizen("孙大伟", SUN_NUMBER, "13800000077")
    shown = await codes.show(sun)
    return {"identity_code": shown.code, "scope": "代办营业执照", "until": (today() + timedelta(days=30)).isoformat()}


@recipe("POST /api/v1/me/mandates")
async def _mandate(s: Scene) -> Call:
    body = await _mandate_body(s)
    return Call("/api/v1/me/mandates", body, {**body, "scope": "代办别的事"}, 201)


@recipe("POST /api/v1/me/mandates/{id:id}/revoke")
async def _revoke(s: Scene) -> Call:
    made = await s.send("POST", Call("/api/v1/me/mandates", await _mandate_body(s), {}), uuid4().hex)
    return Call(f"/api/v1/me/mandates/{made.json()['id']}/revoke", {}, {})


@recipe("POST /api/v1/notifications/read")
async def _read(s: Scene) -> Call:
    await people.submitted(s.li)
    return Call("/api/v1/notifications/read", {"ids": None}, {"ids": []})


@recipe("POST /api/v1/consents")
async def _consent(_: Scene) -> Call:
    return Call("/api/v1/consents", {"results": {"progress": "accept"}}, {"results": {"progress": "reject"}})


async def _task(s: Scene, verb: str) -> str:
    await department_systems.register("XF", "http://127.0.0.1:1/events", "xf", KEY.decode())
    case = await people.accepted(s.li, await people.clerk(), "XF01")
    task = await Task.get(case_id=case)
    if verb == "advise":
        await tasks.acknowledge(Actor("department", department="XF", name="XF"), task.id)
    return f"/department/v1/tasks/{task.id}/{verb}"


@recipe("POST /department/v1/tasks/{id:id}/acknowledge")
async def _acknowledge(s: Scene) -> Call:
    return Call(await _task(s, "acknowledge"), {}, {"version": 9}, department=True)


@recipe("POST /department/v1/tasks/{id:id}/advise")
async def _advise(s: Scene) -> Call:
    body = {"outcome": "granted", "opinion": "符合条件"}
    return Call(await _task(s, "advise"), body, {**body, "opinion": "不符合"}, department=True)


@recipe("POST /department/v1/tasks/{id:id}/decide")
async def _decide(s: Scene) -> Call:
    body = {"outcome": "granted", "reason": "符合条件"}
    return Call(await _task(s, "decide"), body, {"outcome": "refused", "reason": "不符合"}, department=True)


@recipe("POST /api/v1/cases/{id:id}/promise")
async def _promise(s: Scene) -> Call:
    case = await people.lacking(s.li, "SJ03")
    body = {"kind": "tolerance", "item": "SJ03"}
    return Call(f"/api/v1/cases/{case}/promise", body, {**body, "item": "SJ04"})


@recipe("POST /api/v1/cases/{id:id}/supply")
async def _supply(s: Scene) -> Call:
    case = await people.tolerated(s.li, await people.clerk())
    await drafts.lay(s.li, case, "T14", [await people.page(s.li)])
    return Call(f"/api/v1/cases/{case}/supply", {}, {"version": 9})


PROJECT = {"code": "2610-440229-04-01-777770", "name": "示例厂房", "kind": "filing"}


@recipe("POST /api/v1/projects")
async def _project(_: Scene) -> Call:
    return Call("/api/v1/projects", PROJECT, {**PROJECT, "name": "另一个厂房"}, 201)


@recipe("POST /api/v1/projects/{code}/guidance")
async def _guidance(s: Scene) -> Call:
    await s.send("POST", Call("/api/v1/projects", PROJECT, {}), uuid4().hex)
    return Call(f"/api/v1/projects/{PROJECT['code']}/guidance", {"question": "先办哪件？"}, {"question": "后办哪件？"})


async def _water(s: Scene, *, suspended: bool) -> str:
    """A task of 水务局, whose item may be heard in public (听证); its system has a key here."""
    await department_systems.register("SL", "http://127.0.0.1:1/events", "xf", KEY.decode())
    case = await people.accepted(s.li, await people.clerk(), "SL01")
    task, office = await Task.get(case_id=case), Actor("department", department="SL", name="SL")
    await tasks.acknowledge(office, task.id)
    if suspended:
        await special.suspend(office, task.id, None, "听证", 5, "利害关系人申请听证")
    return f"/department/v1/tasks/{task.id}"


@recipe("POST /department/v1/tasks/{id:id}/suspend")
async def _suspend(s: Scene) -> Call:
    body = {"kind": "听证", "planned_days": 5, "reason": "利害关系人申请听证"}
    return Call(f"{await _water(s, suspended=False)}/suspend", body, {**body, "planned_days": 6}, department=True)


@recipe("POST /department/v1/tasks/{id:id}/resume")
async def _resume(s: Scene) -> Call:
    body = {"result": "听证结束，笔录附卷"}
    return Call(f"{await _water(s, suspended=True)}/resume", body, {"result": "听证没有结束"}, department=True)


@recipe("POST /department/v1/consultations/{id:id}/answer")
async def _letter(s: Scene) -> Call:
    await department_systems.register("XF", "http://127.0.0.1:1/events", "xf", KEY.decode())
    letter = await consultations.ask(await people.clerk(), await people.submitted(s.li), "XF", "要不要现场看")
    body = {"outcome": "agrees", "words": "没有意见"}
    path = f"/department/v1/consultations/{letter}/answer"
    return Call(path, body, {**body, "words": "有一点意见"}, department=True)


async def _wish(ahead: int = 2, capacity: int = 9, **more: Any) -> dict[str, Any]:
    """A wish for a time of its own, some working days ahead."""
    (slot,) = await booking.slots(1, capacity, ahead=ahead)
    return {"slot_id": str(slot.id), "item_code": booking.ITEM, **more}


async def _booked(s: Scene) -> str:
    made = await appointments.book(s.li, Wish(UUID((await _wish())["slot_id"]), booking.ITEM))
    return f"/api/v1/appointments/{made}"


@recipe("POST /api/v1/appointments")
async def _book(_: Scene) -> Call:
    body = await _wish()
    return Call("/api/v1/appointments", body, {**body, "party": 2}, 201)


@recipe("POST /api/v1/appointments/{id:id}/confirm")
async def _confirm(s: Scene) -> Call:
    held = await appointments.hold(s.li, Wish(UUID((await _wish())["slot_id"]), booking.ITEM))
    return Call(f"/api/v1/appointments/{held}/confirm", {}, {"version": 9})


@recipe("POST /api/v1/appointments/{id:id}/cancel")
async def _cancel(s: Scene) -> Call:
    return Call(f"{await _booked(s)}/cancel", {"reason": "有事"}, {"reason": "另有事"})


@recipe("POST /api/v1/appointments/{id:id}/reschedule")
async def _reschedule(s: Scene) -> Call:
    body = {"slot_id": (await _wish(3))["slot_id"]}
    return Call(f"{await _booked(s)}/reschedule", body, {**body, "version": 9})


async def _full(s: Scene, ahead: int) -> tuple[Actor, UUID, UUID]:
    """A time whose one place 孙大伟 has: he, the time, his appointment."""
    sun = await people.citizen("孙大伟", SUN_NUMBER, "13800000077")
    slot = UUID((await _wish(ahead, 1))["slot_id"])
    return sun, slot, await appointments.book(sun, Wish(slot, booking.ITEM))


@recipe("POST /api/v1/appointments/{id:id}/join-waitlist")
async def _join_waitlist(s: Scene) -> Call:
    _, slot, _ = await _full(s, 3)
    return Call(f"{await _booked(s)}/join-waitlist", {"slot_id": str(slot)}, {"slot_id": str(slot), "version": 9})


@recipe("POST /api/v1/appointments/{id:id}/take-offer")
async def _take_offer(s: Scene) -> Call:
    sun, slot, taken = await _full(s, 2)
    waiting = await appointments.wait(s.li, Wish(slot, booking.ITEM))
    await appointments.cancel(sun, taken)
    return Call(f"/api/v1/appointments/{waiting}/take-offer", {}, {"version": 9})


@recipe("POST /api/v1/appointments/{id:id}/check-in")
async def _check_in(s: Scene) -> Call:
    path = await _booked(s)
    await booking.past(UUID(path.rsplit("/", 1)[1]), seconds=await _until_booked(path))
    return Call(f"{path}/check-in", {"hall_code": queue.hall_code(booking.HALL)}, {"hall_code": "123456"})


async def _until_booked(path: str) -> float:
    row = await Appointment.get(id=path.rsplit("/", 1)[1])
    return (row.starts_at - now()).total_seconds()


async def _taken(s: Scene) -> Ticket:
    return await Ticket.create(
        id=new_id(), hall_id=booking.HALL, day=today(), group_code="A", number="A903", state="waiting",
        arrived_at=now(), channel="app", account_id=s.li.id,
    )  # fmt: skip


@recipe("POST /api/v1/tickets")
async def _take(_: Scene) -> Call:
    # open round the clock today: the hall's own hours are not what is tried here
    await OpeningException.create(
        id=new_id(), hall_id=booking.HALL, date=today(), intervals=[["00:00", "23:59"]], reason="通宵"
    )
    body = {"hall": booking.HALL, "group": "A", "hall_code": queue.hall_code(booking.HALL)}
    return Call("/api/v1/tickets", body, {**body, "item_code": "RS01"}, 201)


@recipe("POST /api/v1/tickets/{id:id}/leave")
async def _leave(s: Scene) -> Call:
    return Call(f"/api/v1/tickets/{(await _taken(s)).id}/leave", {}, {"version": 9})


@recipe("POST /api/v1/tickets/{id:id}/requeue")
async def _requeue(s: Scene) -> Call:
    ticket = await _taken(s)
    await Ticket.filter(id=ticket.id).update(state="skipped", called_at=now())
    return Call(f"/api/v1/tickets/{ticket.id}/requeue", {}, {"version": 9})


WRITING = {f"{o.method} {o.path}": o for o in OPS if o.method in WRITES and o.once}


def test_every_writing_call_is_declared() -> None:
    """A new call takes a key and is tried here, or stands on the list with its reason."""
    without = {f"{o.method} {o.path}" for o in OPS if o.method in WRITES and not o.once}
    assert without == set(WITHOUT), without ^ set(WITHOUT)
    assert set(WRITING) == set(RECIPES), set(WRITING) ^ set(RECIPES)


#: Tables that count effects; the key's own row is not one.
EFFECTS = (
    "cases", "event", "clock", "alarm", "notification", "outbox", "audit", "sms_code", "attempt", "organisation",
    "membership", "mandate", "result", "page", "case_sequence", "promise", "project", "guidance", "consultation",
    "appointment", "place", "hall_event", "ticket", "line",
)  # fmt: skip


async def effects() -> dict[str, Any]:
    found = {}
    for table in EFFECTS:
        found[table] = (await rows(f'SELECT count(*) AS n FROM "{table}"'))[0]["n"]
    found["credits"] = (await rows("SELECT coalesce(sum(credits), 0) AS n FROM consent"))[0]["n"]
    found["versions"] = (await rows("SELECT coalesce(sum(version), 0) AS n FROM cases"))[0]["n"]
    found["moves"] = (await rows("SELECT coalesce(sum(version), 0) AS n FROM appointment"))[0]["n"]
    found["places"] = (await rows("SELECT coalesce(sum(used), 0) AS n FROM slot"))[0]["n"]
    found["sequences"] = (await rows("SELECT coalesce(sum(last), 0) AS n FROM case_sequence"))[0]["n"]
    return found


async def scene_of(web: Web) -> Scene:  # noqa: F811
    _, token = await web.li()
    me = await web.get("/me", token)
    return Scene(web, token, Actor("citizen", id=UUID(me["id"]), assurance="name"))


async def one_key_one_effect(web: Web, operation: str) -> None:  # noqa: F811
    """Once, twice one after the other, then six at once: the same bytes and nothing more done."""
    scene, method = await scene_of(web), operation.split(" ", 1)[0]
    call, key = await RECIPES[operation](scene), uuid4().hex
    first = await scene.send(method, call, key)
    assert first.status_code == call.status, first.text
    after = await effects()
    again = [await scene.send(method, call, key) for _ in range(2)]
    again += await asyncio.gather(*(scene.send(method, call, key) for _ in range(6)))
    assert {(a.status_code, a.content) for a in again} == {(first.status_code, first.content)}
    assert await effects() == after
    if call.other:
        other = await scene.send(method, call, key, call.other)
        assert (other.status_code, other.json().get("code")) == (422, "idempotency_key_reused"), other.text
    else:
        assert WRITING[operation].body is Empty  # nothing that could differ
    assert await effects() == after


@pytest.mark.parametrize("operation", sorted(WRITING))
async def test_one_key_one_effect(web: Web, operation: str) -> None:  # noqa: F811
    await one_key_one_effect(web, operation)


@pytest.mark.parametrize("operation", ["POST /api/v1/consents", "POST /api/v1/cases/{id:id}/withdraw"])
async def test_together_from_the_start(web: Web, operation: str) -> None:  # noqa: F811
    """Ten taps before the first is answered: one answer for all."""
    scene, method = await scene_of(web), operation.split(" ", 1)[0]
    call, key = await RECIPES[operation](scene), uuid4().hex
    answers = await asyncio.gather(*(scene.send(method, call, key) for _ in range(10)))
    assert len({(a.status_code, a.content) for a in answers}) == 1 and answers[0].status_code == 200


async def test_another_persons_key_is_another_key(web: Web) -> None:  # noqa: F811
    scene, key = await scene_of(web), uuid4().hex
    call = await _consent(scene)
    first = await scene.send("POST", call, key)
    _, sun = await web.sign_in("孙伟")
    other = await Scene(web, sun["access_token"], scene.li).send("POST", call, key)
    assert first.status_code == other.status_code == 200 and "idempotent-replay" not in other.headers
    assert await Idempotency.filter(key=key).count() == 2


async def test_a_counted_try_stays_counted_under_a_key(web: Web) -> None:  # noqa: F811
    """A refusal inside a keyed call undoes the call, never the count that protects a door."""
    codes_seen = []
    for _ in range(3):
        body = {"phone": "13812345678"}
        answer = await web.call("POST", "/auth/sms", body, idempotency_key=uuid4().hex)
        codes_seen.append(answer.status_code)
    assert codes_seen == [200, 429, 429]


async def test_keys_last_72_hours(db: str) -> None:
    await execute(
        "INSERT INTO idempotency (id, created_at, principal, route, key, body_hash) VALUES "
        "(gen_random_uuid(), now() - interval '71 hours', 'a', 'b', 'young-key', 'c'), "
        "(gen_random_uuid(), now() - interval '73 hours', 'a', 'b', 'old-key-1', 'c')"
    )
    await idempotency.forget_old()
    assert [row["key"] for row in await rows("SELECT key FROM idempotency")] == ["young-key"]


async def test_a_hash_that_is_ignored_is_found_out(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Sabotage: the body's hash is not looked at."""
    honest = idempotency.claim

    async def blind(principal: str, route: str, key: str, _: str) -> idempotency.Claim:
        return await honest(principal, route, key, "same")

    monkeypatch.setattr(idempotency, "claim", blind)
    with pytest.raises(AssertionError):
        await one_key_one_effect(web, "POST /api/v1/consents")


async def test_a_key_that_is_forgotten_is_found_out(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Sabotage: the answer is not kept."""
    honest = idempotency.claim

    async def fresh(principal: str, route: str, _: str, digest: str) -> idempotency.Claim:
        return await honest(principal, route, uuid4().hex, digest)

    monkeypatch.setattr(idempotency, "claim", fresh)
    for operation in ("POST /api/v1/consents", "POST /api/v1/cases/{id:id}/submit"):
        with pytest.raises(AssertionError):
            await one_key_one_effect(web, operation)
