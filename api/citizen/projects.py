"""Investment projects under their national code: registered, asked about, and seen by code and key (R43)."""

from typing import Any

from starlette.responses import Response

from api import road
from api.auth import CITIZEN, CITIZEN_OR_NOBODY
from api.op import Ctx, Empty, op
from api.schemas.project import AskIn, LookIn, OneListOut, ProjectIn, ProjectOut, ProjectsOut
from models.actions import attempts
from models.actions import projects as verbs
from models.base import unit
from models.reads import projects
from models.rules.permits import Actor
from models.rules.projects import parse_code

PICTURE = {"image/svg+xml": {"schema": {"type": "string"}}}
SVG: dict[str, Any] = {"responses": {"200": {"description": "路线图", "content": PICTURE}}}
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


async def _counted(key: str, code: str) -> None:
    """Looking with a key is counted as looking with a case number is (R10); owners are not."""
    if key:
        await unit(lambda: attempts.take("progress", f"project:{code}"))


async def _seen(actor: Actor, typed: str, key: str = "", *, large: bool = False) -> dict[str, Any]:
    code = parse_code(typed)
    await _counted(key, code)
    found = await projects.whole(actor, code, key)
    drawn = {**found, "map": road.plan(found, large=large)}
    return {name: part for name, part in drawn.items() if name not in ("id", "as_of")} | {
        "stages": [{key: part for key, part in stage.items() if key != "steps"} for stage in found["stages"]]
    }


@op("POST", "/projects", body=ProjectIn, out=ProjectOut, status=201, door=CITIZEN)
async def register(c: Ctx[ProjectIn, Empty]) -> dict[str, Any]:
    """Register a project under its national code; its owner gets the same project back."""
    said = c.body
    new = verbs.NewProject(said.code, said.name, said.kind, said.organisation_id, list(said.skipped))
    return await _seen(c.actor, await verbs.register(c.actor, new))


@op("GET", "/projects", out=ProjectsOut, door=CITIZEN)
async def listed(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """The citizen's projects, newest first, each with the one next step."""
    return await projects.mine(c.actor)


@op("GET", "/projects/{code}", query=LookIn, out=ProjectOut, door=CITIZEN_OR_NOBODY)
async def one(c: Ctx[Empty, LookIn]) -> dict[str, Any]:
    """A project: its owner's by token, anybody's by its code and 查询密码 (一码贯通)."""
    return await _seen(c.actor, c.path["code"], c.query.key, large=c.query.large)


@op("GET", "/projects/{code}/map.svg", query=LookIn, out=None, door=CITIZEN_OR_NOBODY, raw=SVG)
async def picture(c: Ctx[Empty, LookIn]) -> Response:
    """The map with its words, to share or print (一图指引)."""
    code = parse_code(c.path["code"])
    await _counted(c.query.key, code)
    drawn = road.whole(await projects.whole(c.actor, code, c.query.key), large=c.query.large)
    return Response(drawn, headers=HEADERS, media_type="image/svg+xml")


@op("GET", "/projects/{code}/checklist", query=LookIn, out=OneListOut, door=CITIZEN_OR_NOBODY)
async def checklist(c: Ctx[Empty, LookIn]) -> dict[str, Any]:
    """One list for the whole project: everything once, with who needs it (一表清单)."""
    code = parse_code(c.path["code"])
    await _counted(c.query.key, code)
    return await projects.checklist(c.actor, code, c.query.key)


@op("POST", "/projects/{code}/guidance", body=AskIn, out=ProjectOut, door=CITIZEN)
async def ask(c: Ctx[AskIn, Empty]) -> dict[str, Any]:
    """Ask before there is a case (一站咨询); no period runs."""
    await verbs.ask(c.actor, c.path["code"], c.body.question, c.body.item_code or "")
    return await _seen(c.actor, c.path["code"])
