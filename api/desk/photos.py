"""Photographs on the desk: the house's own reader, with the staff's name and purpose on the copy."""

import re
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api import files
from models.actions.staff import Seated
from models.base import not_found

VARIANTS = ("archive", "thumbnail")
CASE = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def show(request: Request, me: Seated) -> Response:
    variant = request.path_params["variant"]
    if variant not in VARIANTS:
        raise not_found("没有这张照片")
    case = request.query_params.get("case", "")
    case = case if CASE.fullmatch(case) else ""  # it goes on record, so nobody may write there what they like
    upload = UUID(request.path_params["upload"])
    return await files.serve(me.actor, files.store_of(request), upload, variant, _purpose(me), case)


async def material(request: Request, me: Seated) -> Response:
    """Every page of one material as one A4 PDF, marked with who looks and why."""
    case, code = UUID(request.path_params["case"]), request.path_params["code"]
    return await files.material_pdf(me.actor, files.store_of(request), case, code, _purpose(me))


def _purpose(me: Seated) -> str:
    return "受理审查" if "clerk" in me.actor.roles else "部门审查"
