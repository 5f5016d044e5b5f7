"""查办件: one field for number, ID number, phone or name. What names a person is posted, never put in an address."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import go, text
from api.desk.render import page
from api.op import refuse_nul
from models.actions import reveal
from models.actions.staff import Seated
from models.base import Refusal
from models.reads import desk, projects
from models.rules.taken import PROJECT, project_code, taken_for

MOST_QUERY = 60
WHOLE_NUMBER = 10  # so many digits open a single case at once
PERSONAL = ("证件号", "手机号", "姓名")


async def asked(request: Request) -> str:
    """What was typed or scanned."""
    posted = request.method == "POST"
    q = await text(request, "q") if posted else request.query_params.get("q", "").strip()
    refuse_nul(q)
    return q[:MOST_QUERY]


async def look(request: Request, me: Seated, q: str) -> tuple[str, list[dict[str, Any]]]:
    """(what it was taken for, rows); a search by a person is recorded and only taken from a form."""
    if request.method != "POST" and taken_for(q) in PERSONAL:
        raise Refusal("post_to_search", 405, "证件号、手机号和姓名请在上面的框里输，不要写在网址里")
    heard, found = await desk.find(me.actor, q)
    if heard in PERSONAL:
        await reveal.searched(me.actor, heard, len(found))
    return heard, found


async def _known(me: Seated, q: str) -> bool:
    """Whether there is such a project for this person; its cases are found by the code all the same."""
    try:
        await projects.find(me.actor, q)
    except Refusal:
        return False
    return True


async def show(request: Request, me: Seated) -> Response:
    """A single case found by its number opens at once; anything else is a list."""
    q = await asked(request)
    heard, found = await look(request, me, q)
    if heard == PROJECT and await _known(me, q):
        return go(f"/desk/projects/{quote(project_code(q))}")
    if heard == "办件号" and len(found) == 1 and len(q.replace(" ", "")) >= WHOLE_NUMBER:
        return go(f"/desk/cases/{found[0]['id']}")
    return await page(
        request,
        me,
        "find.html",
        q=q if heard in ("办件号", PROJECT) else "",
        asked=bool(q),
        heard=heard,
        found=found,
    )
