"""The records of item versions, kept for the life of the process: a version never changes once published (R15)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models.case import CaseItem
from models.catalogue import Item
from models.rules.merge import joined

MOST = 500  # versions held; a county has a few hundred

_held: dict[UUID, dict[str, Any]] = {}


async def records(items: Sequence[CaseItem]) -> list[dict[str, Any]]:
    """The record of each line of a case, in the order given. To be read, not changed."""
    wanted = [item.item_id for item in items]
    missing = [id_ for id_ in wanted if id_ not in _held]
    if missing:
        if len(_held) + len(missing) > MOST:
            _held.clear()
            missing = wanted
        _held.update(await Item.filter(id__in=missing).values_list("id", "record"))
    return [_held[id_] for id_ in wanted]


async def record(items: Sequence[CaseItem], bundle: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The merged record of the versions these lines of a case were filed under, as one form and one list (R16)."""
    return joined(await records(items), [item.code for item in items], bundle)
