"""失信修复: promises not kept, held against their applicants until a supervisor writes down the repair (R40)."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import layout
from api.desk.case import conflict
from api.desk.door import go, text
from api.desk.render import page
from api.desk.sheets import Field, Sheet
from models.actions import promises
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now
from models.reads import breaches as read

Row = dict[str, Any]
STARTERS = ("材料已经补交，核对无误。", "已经改正，现场看过。", "承诺不实的后果已经消除：")


async def show(request: Request, me: Seated) -> Response:
    return await draw(request, me, request.query_params.get("pick", ""))


async def draw(
    request: Request, me: Seated, pick: str, *, status: int = 200, said: Row | None = None, words: str = ""
) -> Response:
    """The list, open ones first; of the chosen one what was promised, what was found and the sheet to repair it on."""
    found = await read.listed(me.actor)
    picked = next((row for row in found if row["id"] == pick), None)
    return await page(
        request, me, "breaches.html", status, waiting=[row for row in found if row["open"]],
        done=[row for row in found if not row["open"]], picked=picked,
        sheet=_sheet(picked, words) if picked and picked["open"] else None,
        said=said or layout.done_note(dict(request.query_params)),
        opened=local(now()).isoformat(timespec="seconds"),
    )  # fmt: skip


def _sheet(row: Row, words: str) -> Sheet:
    text_ = Field("words", "怎么修复的", value=words, keep=f"{row['id']}:repair", starters=STARTERS, most=300)
    return Sheet(
        title="修复", action=f"/desk/breaches/{row['id']}/repair", version=0, seen="", words="记下修复", icon="check",
        fields=(text_,), back="/desk/breaches", why="记下以后，申请人又可以容缺、承诺。原来的记录不删。",
    )  # fmt: skip


async def repair(request: Request, me: Seated) -> Response:
    """修复, with its words, which stay after a refusal."""
    breach_id, words = UUID(request.path_params["breach"]), await text(request, "words")
    if not any(row["id"] == str(breach_id) for row in await read.listed(me.actor)):
        raise not_found()
    try:
        await promises.repair(me.actor, breach_id, words)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        said = conflict(refusal, "", "", "", {"version": 0, "timeline": []})
        return await draw(request, me, str(breach_id), status=refusal.status, said=said, words=words)
    return go("/desk/breaches?done=repair")
