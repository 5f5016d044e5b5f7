"""The public catalogue: search, guide, checklist, bundles, themes. No sign-in."""

import hashlib
from typing import Any

from starlette.responses import Response

from api.op import Ctx, Empty, op
from api.schemas.item import (
    AnswersIn,
    BundleOut,
    BundlesOut,
    ChecklistOut,
    ItemOut,
    ItemsIn,
    ItemsOut,
    ThemesOut,
)
from models.reads import catalogue

FRESH = "public, max-age=60"
TAGGED = {"headers": [{"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}],
          "responses": {"304": {"description": "没有变化"}}}  # fmt: skip


@op("GET", "/items", query=ItemsIn, out=ItemsOut)
async def items(c: Ctx[Empty, ItemsIn]) -> dict[str, Any]:
    """Find items by everyday words, pinyin, theme, subject, department or hall."""
    said = c.query
    return await catalogue.items(c.actor, said.q, said.theme, said.subject, said.department, said.hall, said.cursor)


@op("GET", "/items/{code}", out=ItemOut, raw=TAGGED)
async def item(c: Ctx[Empty, Empty]) -> Response:
    """The whole guide of an item."""
    found = (
        ItemOut.model_validate(await catalogue.item(c.actor, c.path["code"])).model_dump_json(by_alias=True).encode()
    )
    tag = f'"{hashlib.sha256(found).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": FRESH}
    if tag in c.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found, headers=headers, media_type="application/json")


@op("POST", "/items/{code}/checklist", body=AnswersIn, out=ChecklistOut, once=False)
async def checklist(c: Ctx[AnswersIn, Empty]) -> dict[str, Any]:
    """The exact list of materials for these answers."""
    return await catalogue.checklist(c.actor, c.path["code"], c.body.answers)


@op("GET", "/bundles", out=BundlesOut)
async def bundles(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """Every 一件事."""
    return {"items": await catalogue.bundles(c.actor)}


@op("GET", "/bundles/{code}", out=BundleOut)
async def bundle(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One 一件事 with its merged list."""
    return await catalogue.bundle(c.actor, c.path["code"])


@op("GET", "/themes", out=ThemesOut)
async def themes(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """Life themes in the county's order; `home` ones stand on the first page."""
    return {"items": await catalogue.themes(c.actor)}
