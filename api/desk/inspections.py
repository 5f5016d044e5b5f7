"""抽查: what one's department looks at again, how each was drawn, and what was found (S6, R41)."""

from datetime import date
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import layout
from api.desk.case import conflict
from api.desk.door import go, text, version
from api.desk.render import page
from api.desk.sheets import Field, Sheet, options, seen_words
from models.actions import inspections
from models.actions.staff import Seated
from models.base import Refusal, local, not_found, now, today
from models.reads import inspections as read
from models.rules.dates import say

Row = dict[str, Any]
STARTERS = ("现场看过，与材料一致。", "抽查的材料真实、齐全。", "现场与承诺不一致：")


async def show(request: Request, me: Seated) -> Response:
    return await draw(request, me, request.query_params.get("pick", ""))


async def draw(
    request: Request, me: Seated, pick: str, *, status: int = 200, said: Row | None = None,
    kept: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The list and, when one is chosen, how it was drawn and the sheet to judge it on."""
    found = await read.inbox(me.actor)
    picked = next((row for row in found if row["id"] == pick), None)
    return await page(
        request, me, "inspections.html", status, waiting=[row for row in found if row["state"] == "open"],
        done=[row for row in found if row["state"] != "open"], picked=picked,
        sheet=_sheet(picked, kept or {}) if picked and picked["can"] else None,
        said=said or layout.done_note(dict(request.query_params)),
        opened=local(now()).isoformat(timespec="seconds"),
    )  # fmt: skip


def _sheet(row: Row, kept: dict[str, str]) -> Sheet:
    pick = Field("outcome", "结论", "pick", kept.get("outcome", ""), options((("passed", "属实"), ("failed", "不实"))))
    text_ = Field(
        "findings", "查到了什么", value=kept.get("findings", ""), keep=f"{row['id']}:judge", starters=STARTERS
    )
    due = say(date.fromisoformat(row["due_on"]), today())
    why = "不实的记入承诺记录，可以撤销决定。" if row["kind"] == "promise" else "不实的报督办，可以撤销决定。"
    return Sheet(
        title="核查", action=f"/desk/inspections/{row['id']}/judge", version=row["version"], words="写下结论",
        seen=seen_words(row["state_words"], row["version"]), fields=(pick, text_), back="/desk/inspections",
        why=f"{due}前核查。{why}",
    )  # fmt: skip


async def judge(request: Request, me: Seated) -> Response:
    """属实 or 不实, with what was found; what was written stays after a refusal."""
    inspection_id = UUID(request.path_params["inspection"])
    row = next((one for one in await read.inbox(me.actor) if one["id"] == str(inspection_id)), None)
    if row is None:
        raise not_found()
    kept = {name: await text(request, name) for name in ("outcome", "findings", "opened")}
    try:
        await inspections.judge(me.actor, inspection_id, await version(request), kept["outcome"], kept["findings"])
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        about = {"version": row["version"], "timeline": []}
        said = conflict(refusal, await text(request, "seen"), kept["opened"], row["state_words"], about)
        if kept["findings"] and not row["can"]:
            said["facts"].append(("您写的", kept["findings"]))
        return await draw(request, me, str(inspection_id), status=refusal.status, said=said, kept=kept)
    return go("/desk/inspections?done=judge")
