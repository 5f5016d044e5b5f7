"""The figures of a hall: waiting, service, no-shows, who comes when, and the next days foretold (issue 4).

A clerk sees the hall they sit in, a supervisor any. Minutes are medians; a wait ends with the first call, so that
calling somebody again makes nobody wait longer. Whole days only: the period ends yesterday.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from models.appointment import OpeningException
from models.base import not_found, rows, today
from models.hall import Hall, WindowGroup
from models.reads import calendar
from models.rules import forecast, opening, permits
from models.rules.permits import Actor

WEEKS = (4, 8, 12)
DAY = timedelta(days=1)
SEARCHED = 60  # days ahead looked through for open ones
Row = dict[str, Any]

# By line, and in the row without one the whole hall. A number that was never called has no wait.
LINES = """
SELECT t.group_code AS code, count(*) AS people, count(t.appointment_id) AS booked,
  count(*) FILTER (WHERE t.state IN ('left', 'closed')) AS gone, count(*) FILTER (WHERE t.state = 'done') AS done,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.at - t.arrived_at) / 60) AS wait,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM c.at - t.arrived_at) / 60) AS wait_most,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - t.started_at) / 60)
    FILTER (WHERE t.state = 'done') AS service,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM t.ended_at - t.started_at) / 60)
    FILTER (WHERE t.state = 'done') AS service_most
FROM ticket t LEFT JOIN LATERAL (
  SELECT min(e.at) AS at FROM hall_event e WHERE e.subject_id = t.id AND e.machine = 'ticket' AND e.verb = 'call'
) c ON true
WHERE t.hall_id = $1 AND t.day >= $2 AND t.day < $3 GROUP BY GROUPING SETS ((t.group_code), ()) ORDER BY 1 NULLS FIRST
"""
# Booked times that came to their end. Who was excused did not come either, but it is no no-show.
ENDED = """
SELECT count(*) FILTER (WHERE state = 'missed') AS missed, count(*) FILTER (WHERE state = 'excused') AS excused,
  count(*) AS ended
FROM appointment WHERE hall_id = $1 AND day >= $2 AND day < $3 AND kind <> 'home_visit'
  AND state IN ('missed', 'excused', 'served', 'left')
"""
ARRIVED = """
SELECT extract(isodow FROM day)::int AS weekday,
  extract(hour FROM arrived_at AT TIME ZONE 'Asia/Shanghai')::int AS hour, count(*) AS people
FROM ticket WHERE hall_id = $1 AND day >= $2 AND day < $3 GROUP BY 1, 2
"""
DAYS = "SELECT day, count(*) AS people FROM ticket WHERE hall_id = $1 AND day >= $2 AND day < $3 GROUP BY 1"


async def figures(actor: Actor, asked: str = "", weeks: int = 8) -> Row:
    """The figures of one hall over the last `weeks` weeks (4, 8 or 12).

    {hall, first, last, weeks, days, total: {people, booked, walk_in, gone, done, wait, wait_most, service,
    service_most}, lines: [{code, name, ..}], ended: {missed, excused, ended, share}, load: {hours, most, days:
    [{weekday, days, people: [average of the hour]}]}, forecast: {days: [Expected], error, warnings}}. Minutes and
    shares are None where nothing is known. Refuses role_not_allowed (403), not_found (404: another's hall).
    """
    permits.require_staff(actor, "clerk", "supervisor")
    hall = await _hall(actor, asked)
    if weeks not in WEEKS:
        raise not_found()
    end = today()
    span = (hall.code, end - timedelta(weeks=weeks), end)
    reach = timedelta(weeks=forecast.WEEKS + forecast.TRIED)
    known = await _known(hall, min(span[1], end - reach), end)
    names = dict(await WindowGroup.filter(hall_id=hall.code).values_list("code", "name"))
    total, *lines = await rows(LINES, *span)
    for line in (total, *lines):
        line |= {"name": names.get(line["code"], ""), "walk_in": line["people"] - line["booked"]}
    ended = (await rows(ENDED, *span))[0]
    ended["share"] = ended["missed"] / ended["ended"] if ended["ended"] else None
    seen = [day for day in known if day >= span[1]]
    return {
        "hall": hall, "first": span[1], "last": end - DAY, "weeks": weeks, "days": len(seen), "total": total,
        "lines": lines, "ended": ended, "load": _load(await rows(ARRIVED, *span), seen),
        "forecast": await _forecast(hall, known, end),
    }  # fmt: skip


async def _hall(actor: Actor, asked: str) -> Hall:
    """The asked hall, else one's own; a supervisor who sits in none sees the county's."""
    overseer = "supervisor" in actor.roles
    if asked and asked != actor.hall and not overseer:
        raise not_found()
    if code := asked or actor.hall:
        hall = await Hall.get_or_none(code=code)
    else:
        hall = await Hall.filter(tier="county", active=True).order_by("code").first() if overseer else None
    if hall is None:
        raise not_found()
    return hall


async def _open_days(hall: Hall, first: date, end: date) -> list[date]:
    """The days in [first, end) on which the hall is open; one shut for the whole day is none."""
    shut = await OpeningException.filter(
        hall_id=hall.code, group_code="", ended_at=None, per_slot=None, date__gte=first, date__lt=end
    )
    closed = {each.date for each in shut if not each.intervals}
    days = (await calendar.clock()).calendar
    found = []
    for day in (first + DAY * offset for offset in range((end - first).days)):
        worked = days.is_working(day)
        if day not in closed and opening.usual(hall.hours, day, worked=worked, made_up=worked and day.weekday() >= 5):
            found.append(day)
    return found


async def _known(hall: Hall, first: date, end: date) -> dict[date, int]:
    """Who came on each day since the hall first gave out numbers: 0 on an open day without any."""
    began = (await rows("SELECT min(day) AS day FROM ticket WHERE hall_id = $1", hall.code))[0]["day"]
    if began is None:
        return {}
    came = {row["day"]: int(row["people"]) for row in await rows(DAYS, hall.code, first, end)}
    return dict.fromkeys(await _open_days(hall, max(first, began), end), 0) | came


def _load(arrived: list[Row], seen: list[date]) -> Row:
    """Arrivals by weekday and hour, averaged over the days of that weekday; the hours in which anybody came."""
    if not arrived:
        return {"hours": [], "most": 0.0, "days": []}
    hours = range(min(row["hour"] for row in arrived), max(row["hour"] for row in arrived) + 1)
    came: Mapping[tuple[int, int], int] = {(row["weekday"], row["hour"]): row["people"] for row in arrived}
    found: list[Row] = []
    for weekday in range(1, 8):
        days = sum(day.isoweekday() == weekday for day in seen)
        people = [came.get((weekday, hour), 0) / days for hour in hours] if days else []
        if weekday <= 5 and days or any(people):  # a weekend row only where somebody came
            found.append({"weekday": weekday, "days": days, "people": people})
    return {"hours": list(hours), "most": max(value for day in found for value in day["people"]), "days": found}


async def _forecast(hall: Hall, known: Mapping[date, int], end: date) -> Row:
    """The next open days; `warnings`: of a year whose holidays are not published yet (R26)."""
    coming = (await _open_days(hall, end + DAY, end + DAY * SEARCHED))[: forecast.AHEAD]
    days = (await calendar.clock()).calendar
    return {
        "days": forecast.forecast(known, coming, end), "error": forecast.error(known, end),
        "warnings": days.warnings(coming[0], coming[-1]) if coming else [],
    }  # fmt: skip
