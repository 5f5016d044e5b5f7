"""Short-lived links to photographs."""

from starlette.responses import Response

from api.files import serve, store_of
from api.op import Ctx, Empty, op
from models.base import not_found, now
from models.reads import uploads
from models.rules.links import VARIANTS, read_link

IMAGE = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
JPEG = {"responses": {"200": {"description": "照片", "content": IMAGE}}}


@op("GET", "/files/{token}", out=None, raw=JPEG)
async def photograph(c: Ctx[Empty, Empty]) -> Response:
    """One copy of a photograph by its link; the viewer's rights are checked again."""
    said = read_link(c.path["token"], now())
    actor = await uploads.viewer(said.viewer)
    if actor is None or said.variant not in VARIANTS:
        raise not_found()
    return await serve(actor, store_of(c.request), said.upload, said.variant, "办件")
