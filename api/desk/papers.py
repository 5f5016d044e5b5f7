"""Papers one prints: the look of the preview on A4, or the same words as a PDF. The plain name is read on record."""

from typing import Any
from uuid import UUID

import segno
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from api.desk.render import bare
from api.papers import NEEDS, content, issued_on, pdf
from models.actions import reveal
from models.actions.staff import Seated
from models.base import Refusal, not_found
from models.reads import cases


def bold(text: str) -> Markup:
    """`**bold**` marks as <b>, everything else escaped."""
    parts = text.split("**")
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def code(link: str) -> Markup:
    """A QR code as SVG, 33 mm with its white margin (error correction M)."""
    return Markup(segno.make(link, error="m").svg_inline(border=4, omitsize=True, svgclass="qr"))


def base_of(request: Request) -> str:
    return str(request.state["settings"].public_url)


def place_of(me: Seated) -> str:
    return "　".join(part for part in (me.actor.name, me.actor.seat) if part)


async def show(request: Request, me: Seated) -> Response:
    """A paper that was given out, to print again; `?as=pdf` as a file."""
    case_id, kind = UUID(request.path_params["case"]), request.path_params["kind"]
    case = await cases.case(me.actor, case_id)
    more: dict[str, Any] = {"by": place_of(me)}
    if kind == "decision":
        more |= {"task": _decided(case, me, request.query_params.get("task", ""))}
    elif not any(event["verb"] in NEEDS.get(kind, ()) for event in case["timeline"]):
        raise Refusal("paper_not_issued", 404, "这份文书还没有发出，没有可打印的")
    name = await reveal.plain(me.actor, case_id, "name", f"打印文书 {kind}")
    found = content(kind, case, name, issued_on(case, kind), place_of(me), base_of(request), **more)
    if request.query_params.get("as") == "pdf":
        return await pdf(found)
    return bare(
        "paper.html", doc=found, bold=bold, code=code, title=found.title, task=request.query_params.get("task", "")
    )


def _decided(case: dict[str, Any], me: Seated, task_id: str) -> dict[str, Any]:
    for task in case["tasks"]:
        own = not me.actor.department or task["department"]["code"] == me.actor.department
        if task["state"] == "decided" and own and task_id in ("", task["id"]):
            return dict(task)
    raise not_found("还没有作出决定")
