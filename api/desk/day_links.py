"""Where one is on the day's page: hall, date, line, cell, person; read from the address, written back into links."""

import datetime as dt
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request

from api.desk.door import text
from models.base import today

REACH = 400  # days to either side that can be looked at
HERE = "/desk/appointments"


@dataclass(frozen=True)
class Where:
    """The page's address. `at`: a cell (A~0930), `pick`: a person, `do`: a sheet, `slot`: a time, `to`: another day."""

    hall: str = ""
    date: str = ""
    view: str = ""
    group: str = ""
    at: str = ""
    pick: str = ""
    do: str = ""
    slot: str = ""
    to: str = ""

    @property
    def day(self) -> dt.date:
        return day_of(self.date)

    @property
    def query(self) -> str:
        return urlencode([(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)])

    def link(self, **changes: str) -> str:
        """The address with changes; what hangs on a changed choice is dropped."""
        if changes.keys() & {"date", "group", "view"}:
            changes = {"at": "", "pick": "", "do": "", "slot": "", "to": "", **changes}
        elif changes.keys() & {"at", "pick"}:
            changes = {"do": "", "slot": "", "to": "", **({"pick": ""} if "at" in changes else {}), **changes}
        query = replace(self, **changes).query
        return f"{HERE}?{query}" if query else HERE


def day_of(words: str) -> dt.date:
    """A date as written, kept within reach; today when it is none."""
    try:
        found = dt.date.fromisoformat(words)
    except ValueError:
        return today()
    return max(today() - dt.timedelta(REACH), min(found, today() + dt.timedelta(REACH)))


async def where(request: Request) -> Where:
    """From the address, or from the posted form."""
    posted = request.method == "POST"
    given = {f.name: await text(request, f.name) if posted else request.query_params.get(f.name, "").strip()
             for f in fields(Where)}  # fmt: skip
    given = {name: value[:40].replace("\0", "") for name, value in given.items()}
    return Where(**{**given, "date": day_of(given["date"]).isoformat() if given["date"] else ""})


def id_of(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None
