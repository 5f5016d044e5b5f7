"""Slots generated ahead and again when the rules change: nobody who has a place is dropped (R54).

Slots are never deleted: one that is no longer offered is closed. Its people keep it while the hall is open then; where
it is not, they are told and listed for another time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models.actions import appointments, waiting
from models.appointment import OpeningException, Slot
from models.base import Refusal, new_id, not_found, now, rows, today, unit
from models.hall import Hall, WindowGroup
from models.reads import calendar, openings
from models.rules.calendar import DAY
from models.rules.opening import Grid, GridSlot, grid
from models.rules.permits import Actor, require_staff
from models.rules.regrid import Change, Held, changes

BEYOND = timedelta(days=14)  # generated so far past the last day that can be booked


@dataclass
class Generated:
    """What a run did: slots added, changed and closed, how many people have to be given another time."""

    added: int = 0
    changed: int = 0
    closed: int = 0
    displaced: int = 0


async def generate(first: date | None = None, last: date | None = None, hall: str | None = None) -> Generated:
    """Make the slots of every hall (or one) from `first` (today) to `last` what the rules want. Safe to run again."""
    done = Generated()
    first = first or today()
    last = last or await horizon()
    halls = Hall.filter(tier__in=["county", "town"])
    for row in await (halls.filter(code=hall) if hall else halls).order_by("code"):
        day = first
        while day <= last:
            await _day(row, day, done)
            day += DAY
    return done


async def horizon() -> date:
    """The last day slots are made for: two weeks past the last that can be booked."""
    county = await calendar.county()
    ahead = int(county.settings.get("booking", {}).get("days_ahead_max", 5))
    return county.clock.calendar.add_working(today(), ahead) + BEYOND


async def set_exception(
    actor: Actor,
    hall: str,
    group: str,
    day: date,
    intervals: Sequence[Sequence[str]],
    per_slot: int | None,
    reason: str,
) -> UUID:
    """Hours or places of one day that differ, instead of those set before; the slots follow at once.

    Refusals: role_not_allowed (403), unknown_hall, unknown_line, past_day, reason_needed, wrong_span (422).
    """
    require_staff(actor, "supervisor")
    spans = sorted([str(first), str(last)] for first, last in intervals)
    _spans(spans)
    if day < today():
        raise Refusal("past_day", 422, "这一天已经过去了，请选今天或以后的日子")
    if not reason.strip():
        raise Refusal("reason_needed", 422, "请写一句原因，群众会看到")

    async def body() -> UUID:
        row = await Hall.filter(code=hall, active=True).first()
        if row is None:
            raise Refusal("unknown_hall", 422, "没有这个大厅，请重新选一个")
        if group and not await WindowGroup.filter(hall_id=hall, code=group).exists():
            raise Refusal("unknown_line", 422, "这个大厅没有这一组窗口，请重新选")
        await OpeningException.filter(hall_id=hall, group_code=group, date=day, ended_at=None).update(ended_at=now())
        made = await OpeningException.create(
            id=new_id(), hall_id=hall, group_code=group, date=day, intervals=spans, per_slot=per_slot,
            reason=reason.strip()[:60], created_by=actor.id,
        )  # fmt: skip
        await _day(row, day, Generated())
        return made.id

    return await unit(body)


async def end_exception(actor: Actor, id_: UUID) -> None:
    """The usual hours again; who was displaced meanwhile stays listed until they have another time."""
    require_staff(actor, "supervisor")

    async def body() -> None:
        row = await OpeningException.filter(id=id_, ended_at=None).first()
        if row is None:
            raise not_found()
        await OpeningException.filter(id=id_).update(ended_at=now())
        if row.date >= today():
            await _day(await Hall.get(code=row.hall_id), row.date, Generated())

    await unit(body)


def _spans(spans: list[list[str]]) -> None:
    end = ""
    for first, last in spans:
        if first >= last or first < end:
            raise Refusal("wrong_span", 422, "时间不对：结束要晚于开始，前后两段不能重叠")
        end = last


async def _day(hall: Hall, day: date, done: Generated) -> None:
    """One hall's day. Looked at without a lock first: most days are as they should be."""
    wanted, reason = await _wanted(hall, day)
    held = await _held(hall.code, day, lock=False)
    if not changes(wanted, held, now()) and not _outside(wanted, held, ()):
        return

    async def body() -> None:
        found = await _held(hall.code, day, lock=True)
        changed = changes(wanted, found, now())
        await _write(hall.code, day, changed)
        gone = await _leave(hall.code, day, _outside(wanted, found, changed), changed)
        if gone:
            await appointments.displace(gone, reason)
        await waiting.offer_freed([each.id for each in changed if each.id and each.grew])
        done.added += sum(each.id is None for each in changed)
        done.closed += sum(each.shut for each in changed)
        done.changed += sum(each.id is not None and not each.shut for each in changed)
        done.displaced += len(gone)

    await unit(body)


async def _wanted(hall: Hall, day: date) -> tuple[Grid, str]:
    """The day's grid, and why it differs, for people who have to be told."""
    if not hall.active:  # put out of use: nothing is offered any more
        return Grid((), {}), "大厅停用"
    calendar_ = (await calendar.clock()).calendar
    groups = await WindowGroup.filter(hall_id=hall.code).order_by("code")
    specials = await OpeningException.filter(hall_id=hall.code, date=day, ended_at=None).order_by("-created_at")
    worked = calendar_.is_working(day)
    found = grid(
        day, groups, await openings.plan(hall), specials, worked=worked,
        made_up=worked and day.isoweekday() > 5,
    )  # fmt: skip
    why = specials[0].reason if specials else calendar_.why(day) if not worked else ""
    return found, why or "开放时间有调整"


async def _held(hall: str, day: date, *, lock: bool) -> list[Held]:
    query = Slot.filter(hall_id=hall, day=day).order_by("id")
    found = await (query.select_for_update() if lock else query)
    return [Held(s.id, s.kind, s.group_code, s.starts_at, s.ends_at, s.capacity, s.used, s.closed) for s in found]


async def _write(hall: str, day: date, changed: Iterable[Change]) -> None:
    fresh = []
    for each in changed:
        if each.id is None:
            fresh.append(_slot(hall, day, each.slot))
            continue
        await Slot.filter(id=each.id).update(ends_at=each.slot.ends_at, capacity=each.slot.capacity, closed=each.closed)
    await Slot.bulk_create(fresh, ignore_conflicts=True)  # another run was a moment earlier


def _slot(hall: str, day: date, slot: GridSlot) -> Slot:
    return Slot(
        id=new_id(), hall_id=hall, kind=slot.kind, group_code=slot.group_code, day=day, starts_at=slot.starts_at,
        ends_at=slot.ends_at, capacity=slot.capacity,
    )  # fmt: skip


def _outside(wanted: Grid, held: Sequence[Held], changed: Sequence[Change]) -> list[str]:
    """Closed slots outside the open hours: also those that were closed before and kept for who has them."""
    shut = {each.id for each in changed if each.shut}
    return [
        str(slot.id)
        for slot in held
        if slot.starts_at > now()
        and (slot.id in shut or (slot.closed and slot.used))
        and not wanted.within((slot.kind, slot.group_code), slot.starts_at, slot.ends_at)
    ]


async def _leave(hall: str, day: date, outside: list[str], changed: Sequence[Change]) -> list[UUID]:
    """Whose time cannot be kept: everybody of a slot outside the open hours, who waits for one that is closed."""
    kept = [str(each.id) for each in changed if each.shut and str(each.id) not in outside]
    found: list[dict[str, Any]] = await rows(
        "SELECT id FROM appointment WHERE hall_id = $1 AND day = $2 AND ("
        "(state IN ('held','offered','booked','waiting') AND slot_ids ?| $3::text[]) "
        "OR (state = 'waiting' AND slot_ids ?| $4::text[])) ORDER BY id",
        hall, day, outside, kept,
    )  # fmt: skip
    return [row["id"] for row in found]
