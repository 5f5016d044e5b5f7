"""查办件: one field for number, ID number, phone or name."""

from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import go
from api.desk.render import page
from api.op import refuse_nul
from models.actions import reveal
from models.actions.staff import Seated
from models.reads import desk

MOST_QUERY = 60


async def show(request: Request, me: Seated) -> Response:
    """A single case found by its number opens at once; anything else is a list."""
    q = request.query_params.get("q", "").strip()[:MOST_QUERY]
    refuse_nul(q)
    heard, found = await desk.find(me.actor, q)
    if heard in ("证件号", "手机号", "姓名"):
        await reveal.searched(me.actor, heard, len(found))
    if heard == "办件号" and len(found) == 1 and len(q.replace(" ", "")) >= 10:
        return go(f"/desk/cases/{found[0]['id']}")
    shown = q if heard in ("办件号", "姓名", "") else ""
    return await page(request, me, "find.html", q=shown or (q and "（已查）"), heard=heard, found=found)
