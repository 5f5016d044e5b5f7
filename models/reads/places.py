"""Departments and halls as last loaded, kept for the life of the process: they change only by loading the county."""

from dataclasses import dataclass

from models.catalogue import Department
from models.hall import Hall
from models.reads import calendar


@dataclass(frozen=True)
class Places:
    """Every department and hall by its code, as of one loading."""

    digest: str
    departments: dict[str, Department]
    halls: dict[str, Hall]


_held: list[Places] = []


async def places(hall: str) -> Places:
    """The places in force; a newer loading is noticed as `calendar.county` notices it, or by a hall not yet known."""
    digest = (await calendar.county()).digest
    if not _held or _held[0].digest != digest or hall not in _held[0].halls:
        departments = {row.code: row for row in await Department.all()}
        _held[:] = [Places(digest, departments, {row.code: row for row in await Hall.all()})]
    return _held[0]
