"""P10: thousands of generated calls on the served API: no 5xx, no undeclared status, every answer as described."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.op import OPS
from api.openapi import document
from models.actions import correction, tasks
from models.base import rows
from models.case import Case, Task
from models.rules.permits import Actor
from tests import people
from tests.promises.house import HOME, House, inside, lines, link_departments, standing
from tests.sandbox_server import free_port, serve

pytestmark = pytest.mark.database
SECONDS = 40
LEAST = 600  # several thousand on an idle machine
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,allow_header_conformance"
)
#: Ends the session the fuzzing client uses; tests/api/test_me.py and test_auth.py hold them.
LEFT_OUT = ("delete_api_v1_me", "post_api_v1_auth_logout")


@pytest_asyncio.fixture(loop_scope="session")
async def house(db: str, tmp_path: Path) -> AsyncIterator[House]:
    with standing(tmp_path / "h", db) as found:
        await link_departments(found)
        yield found


async def peopled(house: House) -> tuple[str, dict[str, Any]]:
    """李秀英's token and, for every path with an id, things of hers in every state."""
    async with inside(house) as web:
        _, token = await web.li()
        li = Actor("citizen", id=UUID((await web.get("/me", token))["id"]), assurance="name")
    wang, zhao, chen = await people.clerk(), await people.handler(), await people.approver()
    draft = await people.draft(li, "SJ03")
    submitted = await people.submitted(li, "SJ04")
    correcting = await people.submitted(li, "XF01")
    material = (await rows("SELECT code FROM case_material WHERE case_id = $1 AND state = 'ready'", correcting))[0]
    lines_ = [{"material_code": material["code"], "defect": "看不清日期", "fix": "拍清楚再交"}]
    await correction.notify(wang, correcting, None, lines_)
    accepted = await people.accepted(li, wang, "SJ03", "XF01")
    concluded = await people.accepted(li, wang, "SJ02")
    for task in await Task.filter(case_id=concluded):
        await tasks.acknowledge(zhao, task.id)
        await tasks.advise(zhao, task.id, None, "granted", "符合条件")
        await tasks.decide(chen, task.id, None, "granted")
    sun = await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    mandate = await people.mandate(sun, li)
    row = await Case.get(id=submitted)
    key = Case.QUERY_KEY.open(row.id, row.query_key_sealed)
    ids = [{"id": str(one)} for one in (draft, submitted, correcting, accepted, concluded)]
    pages = [{"id": str(row["upload_id"])} for row in await rows("SELECT upload_id FROM page LIMIT 6")]
    fire = [{"id": str(task.id)} for task in await Task.filter(department_id="XF")]
    codes = [{**one, "code": material["code"]} for one in ids]
    kinds = [{**one, "kind": kind} for one in ids for kind in ("receipt", "notice", "acceptance")]
    known = {
        "/cases/{id}/materials": codes, "/cases/{id}/papers": kinds, "/cases": ids, "/uploads": pages,
        "/tasks": fire, "/me/mandates": [{"id": str(mandate.id)}], "/items": [{"code": "SJ03"}, {"code": "XF01"}],
        "/halls": [{"code": "0001"}], "/progress": [{"number": row.number}], "/bundles": [{"code": "B01"}],
    }  # fmt: skip
    assert key and fire
    return token, known


def known_for(path: str, known: dict[str, Any]) -> list[dict[str, str]]:
    """Things that are there for a path of the description; the first fitting beginning wins."""
    own = re.sub("^/(api|department)/v1", "", path)
    return next((ids for begins, ids in known.items() if "{" in path and own.startswith(begins)), [])


def fuzz(url: str, given: dict[str, Any], token: str, where: Path, seconds: int, *more: str) -> tuple[int, str]:
    """Run the fuzzing client. Gives how many calls it made and what it said."""
    argv = [
        str(Path(sys.executable).with_name("st")), "run", f"{url}/openapi.json", "--no-color",
        "--workers", "1",  # two threads meet a fault of CPython 3.11 in ast (gh-106905)
        "--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--continue-on-failure",
        "--max-examples", "60", "--max-time", str(seconds), "--seed", str(given["seed"]), "--warnings", "off",
        "--generation-database", "none", "--suppress-health-check", "all", "--phases", "coverage,fuzzing", *more,
    ]  # fmt: skip
    for id_ in LEFT_OUT:
        argv += ["--exclude-operation-id", id_]
    env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    env |= {"SCHEMATHESIS_HOOKS": "tests.promises.fuzz", "FUZZ": json.dumps(given), "PYTHONPATH": str(HOME)}
    said = subprocess.run(argv, cwd=where, env=env, capture_output=True, text=True, timeout=seconds + 90, check=False)
    made = re.search(r"(\d+) generated", said.stdout)
    return int(made[1]) if made else 0, said.stdout + said.stderr


def failures(said: str) -> str:
    """What the client found wrong; empty when nothing."""
    begins = re.search(r"^=+ (FAILURES|ERRORS) =+$", said, re.M)
    return said[begins.start() : begins.start() + 6000] if begins else ""


async def test_the_served_api_is_as_described(house: House) -> None:
    token, known = await peopled(house)
    house.api()
    paths = list(httpx.get(f"{house.url}/openapi.json", trust_env=False).json()["paths"])
    xf = house.settings.departments[0]
    given = {
        "seed": 7, "paths": {path: known_for(path, known) for path in paths}, "key_id": xf.key_id, "key": xf.key,
    }  # fmt: skip
    made, said = fuzz(house.url, given, token, house.var, SECONDS)
    assert not failures(said), failures(said)
    assert made >= LEAST, said[-3000:]
    asked = [line for line in lines(house.log) if line.get("event") == "request"]
    assert len(asked) >= made and not [line for line in asked if line["status"] >= 500]
    assert {200, 201, 204, 400, 401, 404, 405, 409, 415, 422} <= {line["status"] for line in asked}
    assert "unexpected_error" not in house.log.read_text()


def test_an_answer_that_is_not_as_described_is_found_out(tmp_path: Path) -> None:
    """Sabotage: the true description before an API that answers with 500, or with something else."""

    async def answer(request: Request) -> Response:
        if request.url.path == "/openapi.json":
            return Response(document(OPS), media_type="application/json")
        return PlainTextResponse("oops", 500 if "halls" in request.url.path else 200)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "OPTIONS"])])
    given = {"seed": 7, "paths": {}, "key_id": "xf", "key": "k"}
    with serve(app, free_port()) as url:
        only = ("--include-path", "/api/v1/halls", "--include-path", "/api/v1/themes")
        _, said = fuzz(url, given, "x", tmp_path, 5, *only)
    found = failures(said)
    assert "Server error" in found and "Undocumented Content-Type" in found, said
