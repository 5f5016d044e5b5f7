"""Photographs on the desk: the house's own reader, with the staff's name and purpose on the copy."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api import files
from models.actions.staff import Seated
from models.base import not_found

VARIANTS = ("archive", "thumbnail")


async def show(request: Request, me: Seated) -> Response:
    variant = request.path_params["variant"]
    if variant not in VARIANTS:
        raise not_found("没有这张照片")
    purpose = "受理审查" if "clerk" in me.actor.roles else "部门审查"
    case = request.query_params.get("case", "")[:36]
    upload = UUID(request.path_params["upload"])
    return await files.serve(me.actor, files.store_of(request), upload, variant, purpose, case)
