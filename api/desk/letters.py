"""征询: the letters one's department has to answer and those it wrote; the answer is given on the case's page (S30)."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk import case, layout
from api.desk.door import go, text, version
from api.desk.render import page
from models.actions import consultations
from models.actions.staff import Seated
from models.base import Refusal
from models.reads import cases
from models.reads import consultations as read

Row = dict[str, Any]
PARTS = ("defect:", "fix:")


async def show(request: Request, me: Seated) -> Response:
    """The inbox, the most urgent first, and what became of one's own letters."""
    waiting, asked = await read.inbox(me.actor), await read.asked(me.actor)
    pick = request.query_params.get("pick", "")
    picked = next((row for row in (*waiting, *asked) if row["id"] == pick), None)
    return await page(
        request, me, "letters.html", waiting=waiting, asked=asked, picked=picked,
        said=layout.done_note(dict(request.query_params)),
    )  # fmt: skip


async def answer(request: Request, me: Seated) -> Response:
    """复函; a refusal that can be mended shows the sheet again with every word kept."""
    letter_id = UUID(request.path_params["letter"])
    letter = await read.one(me.actor, letter_id)
    form = await request.form()
    kept = {name: await text(request, name) for name in ("outcome", "words", "opened")}
    kept |= {name: await text(request, name) for name in form if name.startswith(PARTS)}
    try:
        await consultations.answer(
            me.actor, letter_id, await version(request), kept["outcome"], kept["words"], lines(kept)
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        case_id = UUID(letter["case_id"])
        whole = await cases.case(me.actor, case_id)
        said = case.conflict(refusal, await text(request, "seen"), kept["opened"], letter["state_words"], whole)
        kept |= {"do": "answer_letter", "letter": str(letter_id)}
        return await case.draw(request, me, case_id, status=refusal.status, said=said, kept=kept)
    return go("/desk/letters?done=answer_letter")


def lines(kept: dict[str, str]) -> list[dict[str, str]]:
    """What was written beside each material: [{material_code, defect, fix}], those left empty aside."""
    codes = dict.fromkeys(name.partition(":")[2] for name in kept if name.startswith(PARTS))
    found = [
        {"material_code": code, "defect": kept.get(f"defect:{code}", ""), "fix": kept.get(f"fix:{code}", "")}
        for code in codes
    ]
    return [line for line in found if line["defect"] or line["fix"]]
