"""The lines of a hall as its rows say: which there are, when they are open, who waits and how fast they move (R56)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.appointment import OpeningException
from models.base import local, now, rows, today
from models.catalogue import Department
from models.hall import Hall, WindowGroup
from models.reads import openings
from models.reads.calendar import county
from models.rules import opening
from models.rules import queue as rule
from models.rules.booking import Rules, rules_of
from models.ticket import Line, Ticket

NO_NUMBERS = "convenience"  # banks, water and power in the same house: not the hall's own windows
RECENT = 20  # finished tickets looked at for the pace of a line
PAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Named:
    """A line one can stand in. `usual`: minutes its places are cut to."""

    code: str
    name: str
    usual: int | None


async def booking_rules() -> Rules:
    return rules_of((await county()).settings)


async def lines_of(hall: str) -> list[Named]:
    """The lines of a hall that give out numbers, by code."""
    found = await WindowGroup.filter(hall_id=hall).order_by("code")
    return [Named(row.code, row.name, row.slot_minutes) for row in found if row.kind != NO_NUMBERS]


async def line_of(hall: str, group: str) -> Named | None:
    return next((line for line in await lines_of(hall) if line.code == group), None)


async def line_codes(hall: str, day: date) -> set[str]:
    """Lines of a hall that may be called: its windows, and what stands there today besides (travelling services)."""
    today_s = await Line.filter(hall_id=hall, day=day).values_list("group_code", flat=True)
    return {line.code for line in await lines_of(hall)} | {str(code) for code in today_s}


async def names_of(hall: str, codes: Iterable[str]) -> dict[str, Named]:
    """Every line by its code, also those of departments that travel (their code stands for the line)."""
    found = {line.code: line for line in await lines_of(hall)}
    missing = sorted(set(codes) - set(found))
    for department in await Department.filter(code__in=missing) if missing else []:
        found[department.code] = Named(department.code, department.short, None)
    return {code: found.get(code, Named(code, code, None)) for code in {*found, *missing}}


async def opened(hall: Hall, group: str = "") -> rule.Open:
    """When a hall (or one of its window groups) is open today, by the rules its slots are made of."""
    day = today()
    hours = (await openings.plan(hall)).hours
    own = hours.get(group) or hours[""]
    working = (await county()).clock.calendar.is_working(day)
    if day.isoweekday() <= 5:  # a weekend day that is worked instead is open like any other
        working = working and day.isoweekday() in own.get("days", ())
    specials = await OpeningException.filter(hall_id=hall.code, date=day, ended_at=None).order_by("-created_at")
    return rule.open_on(day, own, working, opening.instead(specials, group))


async def nearest(line: Line) -> list[Ticket]:
    """The tickets of a line so near that one says so, in calling order: as many as `near` ahead, and the next."""
    return (await _order(line))[: (await booking_rules()).near + 1]


async def is_near(ticket: Ticket, line: Line) -> bool:
    """Whether a ticket that comes to the line now stands so near the front that it needs no word later."""
    others = [each for each in await _waiting(line) if each.id != ticket.id]
    coming = Ticket(
        id=ticket.id, number=ticket.number, group_code=line.group_code, priority=ticket.priority,
        band_at=ticket.band_at, arrived_at=ticket.arrived_at, due_call=None,
    )  # fmt: skip
    turn = [each.id for each in rule.order([*others, coming], {line.group_code: line.calls}, now())]
    return turn.index(ticket.id) <= (await booking_rules()).near


async def _waiting(line: Line) -> list[Ticket]:
    return list(await Ticket.filter(hall_id=line.hall_id, day=line.day, group_code=line.group_code, state="waiting"))


async def _order(line: Line) -> list[Ticket]:
    return rule.order(await _waiting(line), {line.group_code: line.calls}, now())


@dataclass
class Pace:
    """How fast a line moves: minutes of its last finished tickets, windows that call it, whether windows are open."""

    minutes: list[float]
    windows: int
    works: bool

    def estimate(self, ahead: int, usual: int | None) -> int | None:
        return rule.estimate(ahead, self.minutes, usual, self.windows) if self.works else None


async def paces(hall: Hall, codes: Iterable[str]) -> dict[str, Pace]:
    """The pace of each line now: of today where enough was finished today, else of the last 30 days."""
    wanted, day, moment = sorted(set(codes)), today(), now()
    took = await rows(
        "SELECT group_code, day, minutes FROM (SELECT group_code, day, "
        "extract(epoch FROM ended_at - started_at) / 60.0 AS minutes, "
        "row_number() OVER (PARTITION BY group_code ORDER BY ended_at DESC) AS place FROM ticket "
        "WHERE hall_id = $1 AND group_code = ANY($2) AND day > $3 AND state = 'done' AND started_at IS NOT NULL) AS t "
        "WHERE place <= $4 ORDER BY place",
        hall.code, wanted, day - PAST, RECENT,
    )  # fmt: skip
    calling = await rows(
        'SELECT group_code, count(DISTINCT "window") AS n FROM ticket WHERE hall_id = $1 AND day = $2 '
        "AND group_code = ANY($3) AND \"window\" <> '' AND (called_at > $4 OR state IN ('called', 'serving')) "
        "GROUP BY group_code",
        hall.code, day, wanted, moment - rule.CALLING,
    )  # fmt: skip
    windows = {row["group_code"]: int(row["n"]) for row in calling}
    found = {}
    for code in wanted:
        of_line = [row for row in took if row["group_code"] == code]
        of_today = [float(row["minutes"]) for row in of_line if row["day"] == day]
        minutes = of_today if len(of_today) >= rule.ENOUGH else [float(row["minutes"]) for row in of_line]
        found[code] = Pace(minutes, windows.get(code, 0), (await opened(hall, code)).works(moment))
    return found


async def calls_of(hall: str, day: date) -> dict[str, int]:
    """Line -> how many were called today."""
    return {line.group_code: line.calls for line in await Line.filter(hall_id=hall, day=day)}


def wall(at: datetime | None) -> datetime | None:
    return local(at) if at else None
