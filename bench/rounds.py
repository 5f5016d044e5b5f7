"""What is measured in a running house: pushes, submits, photographs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from http.client import HTTPConnection
from itertools import combinations, count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from stdnum.iso7064 import mod_11_2

from bench.machine import waited
from models.actions import acceptance, cases
from models.base import now
from models.case import Case
from models.catalogue import Item
from models.paper import Upload
from models.rules import intake
from models.rules.merge import merged
from models.rules.permits import Actor
from tests import people
from tests.walks.people import Citizen, Desk, expect

PAUSE = 0.05  # between two rounds, so that the house is idle again
PATIENCE = 30.0
LAST_SLICE = 64 * 1024
COMERS = count()
PUSHED = {"receive": "已收件", "accept": "已受理"}


def _id_number(n: int) -> str:
    """The well-formed ID number of the n-th comer (n < 5,000)."""
    body = f"440229{1960 + n // 500}0315{n % 500 * 2:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


class Filer:
    """A citizen of the house with a phone, as an actor here and over HTTP."""

    def __init__(self, run: dict[str, Any], name: str = "李秀英") -> None:
        self.citizen = Citizen.sign_in(run["citizen"], run["sandbox"], name)
        self.citizen.post("/auth/real-name", {"name": name, "id_number": _id_number(next(COMERS))})
        self.actor = Actor("citizen", id=UUID(self.citizen.tokens["account"]["id"]), assurance="name")
        phone = self.citizen.phone
        expect(phone.sandbox.post(f"/_control/phones/{phone.number}/consents", json={"*": "always"}))


async def with_photographs(least: int, most: int, together: int = 1) -> list[list[str]]:
    """Item codes a person may file on one form that asks for `least` to `most` photographs, in the county's order."""
    alone = [
        item for item in await Item.filter(state="published").order_by("code") if item.subjects != ["organisation"]
    ]
    found = []
    for items in combinations(alone, together):
        record = merged([dict(item.record) for item in items])
        asked = intake.checklist(record, intake.clean_answers(record, {}), kind="self")
        if least <= sum(1 for need in asked if need["photo"] and not need["form"] and not need["free"]) <= most:
            found.append([item.code for item in items])
    return found


async def pushes(run: dict[str, Any], wanted: int) -> tuple[list[float], list[float]]:
    """Seconds from commit to the phone for `wanted` messages, one after another and then all at once.

    The verb is performed from here on the house's own database, so that the clock starts when its commit returns;
    the house's worker carries the message to the platform, which writes down when the phone had it.
    """
    items = (await with_photographs(1, 3))[:6]
    clerk = await people.clerk("王芳")
    filers = [Filer(run) for n in range(-(-wanted // len(items)))]
    waiting = [(filer, await people.submitted(filer.actor, *item)) for item in items for filer in filers]
    committed: dict[tuple[str, str], float] = {}

    async def act(verb: str, case_id: UUID) -> None:
        number = str((await Case.get(id=case_id)).number)
        await (cases.receive if verb == "receive" else acceptance.accept)(clerk, case_id)
        committed[number, PUSHED[verb]] = now().timestamp()

    for _, case_id in waiting[:wanted]:
        await act("receive", case_id)
        await asyncio.sleep(PAUSE)
    quiet = await _arrived(filers, committed)
    committed.clear()
    for place in range(0, wanted, 10):
        await asyncio.gather(*(act("accept", case_id) for _, case_id in waiting[place : min(place + 10, wanted)]))
    return quiet, await _arrived(filers, committed)


async def _arrived(filers: list[Filer], committed: dict[tuple[str, str], float]) -> list[float]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        had: dict[tuple[str, str], float] = {}
        for filer in filers:
            for message in filer.citizen.phone.messages():
                said = {field: _plain(value) for field, value in (message.get("data") or {}).items()}
                key = said.get("character_string1", ""), said.get("phrase3", "")
                had[key] = datetime.fromisoformat(message["at"]).timestamp()
        if committed.keys() <= had.keys():
            return [had[key] - at for key, at in committed.items()]
    raise SystemExit(f"{len(committed.keys() - had.keys())} of {len(committed)} messages never came")


def _plain(value: Any) -> str:
    return str(value["value"] if isinstance(value, dict) else value)


async def submits(run: dict[str, Any], api: int, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds a submit with six ready photographs takes: over HTTP with its whole answer, how long the process `api`
    stood in line for a processor meanwhile (nothing on an idle machine), and the verb alone."""
    items = [*await with_photographs(6, 6), *await with_photographs(6, 6, together=2)][0]
    filer = Filer(run)

    stood: list[float] = []
    line = HTTPConnection(urlsplit(run["citizen"]).netloc, timeout=PATIENCE)  # a client that costs next to nothing
    head = {"authorization": filer.citizen.http.headers["authorization"], "content-type": "application/json"}

    async def over_http(case_id: UUID) -> None:
        before = waited(api)
        key = {"idempotency-key": f"bench-{case_id}"}
        line.request("POST", f"/api/v1/cases/{case_id}/submit", b"{}", {**head, **key})
        answer = line.getresponse()
        if answer.status != 200 or not answer.read():
            raise SystemExit(f"submit answered {answer.status}")
        stood.append(waited(api) - before)

    async def inside(case_id: UUID) -> None:
        await cases.submit(filer.actor, case_id)

    await _submit(filer, items, over_http, 5)  # caches and connections are warm afterwards
    stood.clear()
    http = await _submit(filer, items, over_http, rounds)
    return http, stood, await _submit(filer, items, inside, rounds)


async def _submit(filer: Filer, items: list[str], act: Callable[[UUID], Awaitable[None]], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        case_id = await people.draft(filer.actor, *items)
        await asyncio.sleep(PAUSE)
        began = time.perf_counter()
        await act(case_id)
        times.append(time.perf_counter() - began)
        assert (await Case.get(id=case_id)).state == "submitted"
        await cases.withdraw(filer.actor, case_id)
    return times


async def photographs(run: dict[str, Any], files: list[Path], rounds: int) -> list[float]:
    """Seconds from sending the last slice of a photograph to `ready`, one after another."""
    filer = Filer(run)
    times = []
    for n in range(rounds + 2):
        place, began = await asyncio.to_thread(_send, filer.citizen.http, files[n % len(files)].read_bytes())
        upload = await _ready(UUID(place.rpartition("/")[2]))
        if n >= 2:  # the first photograph of each warm child is left out
            times.append(upload.finished_at.timestamp() - began)
        await asyncio.sleep(PAUSE)
    return times


def _send(http: Any, data: bytes) -> tuple[str, float]:
    """Send by tus; the upload's place and the moment the last slice went."""
    tus = {"tus-resumable": "1.0.0"}
    begun = expect(http.post("/uploads", headers={**tus, "upload-length": str(len(data))}))
    place = begun.headers["location"].removeprefix("/api/v1")
    began = 0.0
    for first, last in ((0, len(data) - LAST_SLICE), (len(data) - LAST_SLICE, len(data))):
        head = {**tus, "upload-offset": str(first), "content-type": "application/offset+octet-stream"}
        began = now().timestamp()
        expect(http.patch(place, content=data[first:last], headers=head), 204)
    return place, began


async def _ready(upload_id: UUID) -> Upload:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        upload = await Upload.get(id=upload_id)
        if upload.state == "ready":
            return upload
        if upload.state == "refused":
            raise SystemExit(f"the photograph was refused: {upload.refusal}")
        await asyncio.sleep(0.02)
    raise SystemExit("the photograph was never ready")


def look_around(run: dict[str, Any]) -> None:
    """What people do on a day: pages of the app and of the desk, so that every cache of the API is filled."""
    staff = {account["name"]: account for account in run["accounts"]}
    reader = Filer(run).citizen
    for path in ("/items", "/items?q=开饭店", "/bundles", "/halls", "/departments", "/themes", "/cases"):
        reader.get(path)
    desk = Desk.sign_in(run["citizen"], staff["王芳"])
    for path in ("/desk", "/desk/output"):
        desk.page(path)
