"""What can be applied for: search, guides, checklists, bundles, themes. Public: everybody sees the same.

The published catalogue is held in memory and read again when anything in it was published or withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.base import Refusal, local, now, rows
from models.catalogue import Bundle, Item
from models.hall import Hall
from models.reads import calendar
from models.reads.halls import find, hall_brief
from models.rules import guides, intake
from models.rules.permits import Actor
from models.rules.search import Index, clean

MOST_A_PAGE = 100
BUNDLE_SCORE = 0.7  # a bundle stands on top only when the words mean it
SUBJECTS = ("person", "organisation")


@dataclass(frozen=True)
class Catalogue:
    """One state of the published catalogue."""

    stamp: str
    items: dict[str, Item]
    bundles: dict[str, Bundle]
    index: Index
    bundle_index: Index


_held: dict[str, Catalogue] = {}

STAMP = """SELECT concat_ws('|', (SELECT count(*) FROM item WHERE state = 'published'),
    (SELECT max(published_at) FROM item WHERE state = 'published'), (SELECT max(withdrawn_at) FROM item),
    (SELECT id FROM county_load ORDER BY created_at DESC LIMIT 1)) AS stamp"""


async def published() -> Catalogue:
    """The catalogue in force."""
    stamp = str((await rows(STAMP))[0]["stamp"])
    held = _held.get("catalogue")
    if held is None or held.stamp != stamp:
        items = {item.code: item for item in await Item.filter(state="published").order_by("code")}
        bundles = {bundle.code: bundle for bundle in await Bundle.filter(active=True).order_by("code")}
        held = _held["catalogue"] = Catalogue(
            stamp,
            items,
            bundles,
            Index.build((item.code, item.search) for item in items.values()),
            Index.build((bundle.code, bundle.search) for bundle in bundles.values()),
        )
    return held


async def items(
    actor: Actor,
    q: str = "",
    theme: str | None = None,
    subject: str | None = None,
    department: str | None = None,
    hall: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> dict[str, Any]:
    """{items: [ItemBrief], next_cursor, total, heard, bundle: BundleBrief|null, near: [words]}.

    With `q` the best match comes first, without it the list goes by code. `near` offers known words when nothing fits.
    """
    if subject is not None and subject not in SUBJECTS:
        raise Refusal("unknown_subject", 422, "办事人只分个人（person）和单位（organisation）")
    found = await published()
    heard = clean(q)
    codes = [code for code, _ in found.index.find(heard)] if heard else list(found.items)
    tier = await _tier(hall)
    kept = [
        record
        for record in (found.items[code].record for code in codes)
        if (theme is None or record["theme"] == theme)
        and (subject is None or subject in record["subjects"])
        and (department is None or record["department"]["code"] == department)
        and (tier is None or guides.takes(record, tier))
    ]
    start, size = _place(cursor), min(max(limit, 1), MOST_A_PAGE)
    page = kept[start : start + size]
    return {
        "items": [guides.brief(record) for record in page],
        "next_cursor": str(start + size) if start + size < len(kept) else None,
        "total": len(kept),
        "heard": heard,
        "bundle": _bundle_for(found, heard),
        "near": found.index.near(heard) if heard and not kept else [],
    }


def _bundle_for(found: Catalogue, heard: str) -> dict[str, Any] | None:
    matches = found.bundle_index.find(heard) if heard else []
    if not matches or matches[0][1] < BUNDLE_SCORE:
        return None
    return bundle_brief(found.bundles[matches[0][0]])


async def _tier(hall: str | None) -> str | None:
    if hall is None:
        return None
    row = await find(hall)
    if row is None:
        raise Refusal("unknown_hall", 422, "没有这个大厅或服务站，请从列表里选")
    return row.tier


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 6:
        raise Refusal("bad_cursor", 422, "翻页的位置不对，请从第一页看起")
    return int(cursor)


async def item(actor: Actor, code: str) -> dict[str, Any]:
    """The whole guide of one published item, with `version`, `updated_on` and the date an answer would come by."""
    row = await _item(code)
    found = await Hall.filter(active=True, tier__in=[t for t in ("county", "town") if guides.takes(row.record, t)])
    halls = [hall_brief(hall) for hall in sorted(found, key=lambda hall: hall.code)]
    clock = await calendar.clock()
    assert row.published_at is not None  # the database holds it: a published item has its date
    return {
        **guides.full(row.record, clock, now(), halls),
        "version": row.version,
        "updated_on": local(row.published_at).date().isoformat(),
    }


async def checklist(actor: Actor, code: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """{materials: [MaterialNeed], questions} for these answers; unknown questions are refused."""
    row = await _item(code)
    return {"materials": intake.checklist(row.record, answers), "questions": intake.questions(row.record)}


async def _item(code: str) -> Item:
    row = (await published()).items.get(code)
    if row is None:
        raise Refusal("unknown_item", 404, "没有这件事，或已经停办。请回到列表重新找")
    return row


async def near(actor: Actor, q: str, count: int = 2) -> list[str]:
    """Known words nearest to what was typed."""
    return (await published()).index.near(q, count)


async def bundles(actor: Actor) -> list[dict[str, Any]]:
    """[BundleBrief] by code."""
    return [bundle_brief(row) for row in (await published()).bundles.values()]


async def bundle(actor: Actor, code: str) -> dict[str, Any]:
    """One bundle: BundleBrief + {lead, usual_lead, materials, alternatives, stages, limit, confidence}."""
    row = (await published()).bundles.get(code)
    if row is None:
        raise Refusal("unknown_bundle", 404, "没有这件“一件事”，请回到列表重新找")
    record = row.record
    keys = ("lead", "usual_lead", "materials", "alternatives", "stages", "internal_notices", "confidence")
    return {**bundle_brief(row), **{key: record[key] for key in keys}, "limit": record["total_days"]}


def bundle_brief(row: Bundle) -> dict[str, Any]:
    """BundleBrief: {code, name, everyday, note, theme, themes, members: [{item, name, department, after, when}],
    departments: how many}."""
    members = row.record["members"]
    return {
        "code": row.code,
        "name": row.name,
        "everyday": row.everyday,
        "note": row.note,
        "theme": row.theme,
        "themes": row.record["words"],
        "members": members,
        "departments": len({member["department"]["code"] for member in members}),
    }


async def themes(actor: Actor) -> list[dict[str, Any]]:
    """[{code, name, home}] in the county's order."""
    facts = (await calendar.county()).facts
    return [dict(theme) for theme in facts.get("themes", [])]
