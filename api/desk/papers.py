"""Papers one prints: the look of the preview on A4, or the same words as a PDF. The plain name is read on record."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk.render import bare, page
from api.papers import NAMES, NEEDS, content, facts, issued_on, not_issued, pdf
from models.actions import reveal
from models.actions.staff import Seated
from models.reads import cases, desk
from models.reads import papers as read


def base_of(request: Request) -> str:
    return str(request.state["settings"].public_url)


def place_of(me: Seated) -> str:
    return "　".join(part for part in (me.actor.name, me.actor.seat) if part)


async def show(request: Request, me: Seated) -> Response:
    """A paper that was given out, to print again; `?as=pdf` as a file."""
    case_id, kind = UUID(request.path_params["case"]), request.path_params["kind"]
    case = await cases.case(me.actor, case_id)
    task, ref = (request.query_params.get(name, "") for name in ("task", "ref"))
    more = await facts(me.actor, kind, case, task, ref)
    if not more and not any(event["verb"] in NEEDS.get(kind, ()) for event in case["timeline"]):
        raise not_issued()
    name = await reveal.plain(me.actor, case_id, "name", f"打印文书 {kind}")
    on = more.pop("on", None) or issued_on(case, kind)
    more = {"by": place_of(me), **more, **({"name": name} if "name" in more else {})}
    found = content(kind, case, name, on, place_of(me), base_of(request), **more)
    if request.query_params.get("as") == "pdf":
        return await pdf(found)
    asked = {"task": task, "ref": ref, "as": "pdf"}
    return bare(
        "paper.html", doc=found, title=found.title, as_pdf="?" + urlencode({k: v for k, v in asked.items() if v})
    )


WHOLE = ("dossier", "receipt", "acceptance", "refusal", "delivery")  # the papers that speak of the case as a whole


async def index(request: Request, me: Seated) -> Response:
    """Every paper of a case that was given out, newest last, to look at and to print."""
    case_id = UUID(request.path_params["case"])
    case = await cases.case(me.actor, case_id)
    rows: list[dict[str, Any]] = [
        {"name": NAMES[kind], "whose": "", "on": issued_on(case, kind), "href": f"papers/{kind}"}
        for kind in WHOLE
        if any(event["verb"] in NEEDS[kind] for event in case["timeline"])
    ]
    for one in await read.given(me.actor, case):
        asked = urlencode({key: one[key] for key in ("task", "ref") if one[key]})
        rows.append(
            {"name": NAMES[one["kind"]], "whose": one["whose"], "on": one["facts"]["on"],
             "href": f"papers/{one['kind']}?{asked}"}
        )  # fmt: skip
    rows.sort(key=lambda row: row["on"])
    person = await desk.person(me.actor, case_id)
    return await page(request, me, "papers.html", case=case, rows=rows, person=person, clock=None, shown=masked())


def masked() -> dict[str, str]:
    return {"id_number": "", "phone": ""}
