"""取号机: a supervisor gives a machine of a hall its key, sees when it was last heard of, and takes it back."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.desk.door import go, text
from api.desk.render import page
from models.actions import devices
from models.actions.staff import Seated
from models.base import Refusal
from models.reads import desk, queue

HERE = "/desk/calls/machines"


async def show(request: Request, me: Seated) -> Response:
    """The machines of the county's halls, those in use first."""
    return await _draw(request, me)


async def issue(request: Request, me: Seated) -> Response:
    """A new key, shown on this answer and nowhere else: only its hash is kept."""
    label, hall = await text(request, "label"), await text(request, "hall")
    try:
        _, key = await devices.issue(me.actor, hall, label)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        said = {"kind": "bad", "icon": "cross", "bold": "没有发。", "words": refusal.words, "facts": [], "errors": []}
        return await _draw(request, me, refusal.status, said=said, label=label, hall=hall)
    return await _draw(request, me, key=key, made=label, hall=hall)


async def revoke(request: Request, me: Seated) -> Response:
    """From now on the machine gives out no number."""
    await devices.revoke(me.actor, UUID(str(request.path_params["device"])))
    return go(f"{HERE}?done=revoke")


async def _draw(
    request: Request, me: Seated, status: int = 200, *, said: dict[str, Any] | None = None, key: str = "",
    made: str = "", label: str = "", hall: str = "",
) -> Response:  # fmt: skip
    found = await queue.devices(me.actor)
    hall = hall or me.actor.hall
    if request.query_params.get("done") == "revoke" and said is None and not key:
        words = "这台机器取不了号了，原来的钥匙没用了。"
        said = {"kind": "good", "icon": "check", "bold": "收回了。", "words": words, "facts": [], "errors": []}
    public = request.state["settings"].public_url
    return await page(
        request, me, "machines.html", status, said=said, key=key, made=made, label=label, hall=hall,
        halls=await desk.seats(), working=[one for one in found if one["revoked_at"] is None],
        ended=[one for one in found if one["revoked_at"] is not None], address=f"{public}/hall/{hall}/kiosk",
        screen=f"{public}/hall/{hall}/screen",
    )  # fmt: skip
