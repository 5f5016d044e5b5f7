"""One day of one hall as the desk sees it: places by line and time, who has them, who waits, who must rebook (R54-R56).

Names and phones leave masked. Times are the county's wall clock. Every function begins with `permits.in_hall`.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from models.appointment import Appointment, HallEvent, Slot
from models.base import local, not_found, now, rows, today
from models.catalogue import Department
from models.hall import Hall, WindowGroup
from models.rules import flow_hall, permits
from models.rules.dates import say_time
from models.rules.flow import verbs
from models.rules.permits import Actor
from models.seal import mask_name, mask_phone
from models.ticket import Ticket

Row = dict[str, Any]
#: Shown among the people of a time; a hold that ran out and a cancelled time are no longer there.
SHOWN = ("held", "offered", "booked", "displaced", "arrived", "served", "left", "missed", "excused")
LINES = ("comprehensive", "specialist")
MOST_FOUND = 40


async def hall_of(actor: Actor, code: str = "") -> Hall:
    """The hall whose day is looked at: the asked one, else one's own, else the county's. Refuses not_found (404)."""
    wanted = code or actor.hall
    if not wanted and "supervisor" in actor.roles:
        wanted = (await Hall.filter(tier="county", active=True).order_by("code"))[0].code
    hall = await Hall.get_or_none(code=wanted) if wanted.isascii() and len(wanted) == 4 else None
    if hall is None or not permits.hall_roles(actor, Appointment(hall_id=hall.code)):
        raise not_found()
    return hall


async def lines(hall: Hall) -> list[Row]:
    """The lines of a hall one may book: [{key, kind, code, name, note}]; travelling departments last."""
    groups = await WindowGroup.filter(hall_id=hall.code, kind__in=LINES).order_by("code")
    found = [
        {"key": group.code, "kind": "hall", "code": group.code, "name": group.name, "note": f"{group.windows} 个窗口"}
        for group in groups
    ]
    codes = sorted(set(await Slot.filter(hall_id=hall.code, kind="travelling", day__gte=today() - timedelta(days=7))
                       .values_list("group_code", flat=True)))  # fmt: skip
    for department in await Department.filter(code__in=codes).order_by("code"):
        found.append({"key": f"t-{department.code}", "kind": "travelling", "code": department.code,
                      "name": f"{department.short}下乡", "note": "定日来办"})  # fmt: skip
    return found


async def day(actor: Actor, hall: Hall, on: date) -> Row:
    """{lines, slots, people, waiting, displaced, walk_ins} of one day; `displaced` is of every day from today on."""
    found = await Slot.filter(hall_id=hall.code, day=on).order_by("starts_at")
    seen = Appointment.filter(permits.in_hall(actor), hall_id=hall.code)
    people = await seen.filter(day=on, state__in=SHOWN).order_by("starts_at", "created_at")
    waiting = await seen.filter(day=on, state="waiting").order_by("created_at")
    displaced = await seen.filter(day__gte=today(), state="displaced").order_by("starts_at", "created_at")
    tickets = await Ticket.filter(permits.in_hall(actor), hall_id=hall.code, day=on).order_by("arrived_at")
    numbers = {ticket.appointment_id: ticket for ticket in tickets if ticket.appointment_id}
    keys = {(slot.kind, slot.group_code) for slot in found}
    return {
        "lines": [line for line in await lines(hall) if line["kind"] == "hall" or (line["kind"], line["code"]) in keys],
        "slots": [_slot(slot) for slot in found],
        "people": [person(actor, row, numbers.get(row.id)) for row in people],
        "waiting": [person(actor, row) for row in waiting],
        "displaced": [person(actor, row) for row in displaced],
        "walk_ins": [
            {"line": ticket.group_code, "at": local(ticket.arrived_at), "number": ticket.number}
            for ticket in tickets if ticket.appointment_id is None
        ],
    }  # fmt: skip


def key_of(kind: str, code: str) -> str:
    return f"t-{code}" if kind == "travelling" else code


def _slot(slot: Slot) -> Row:
    return {
        "id": str(slot.id), "line": key_of(slot.kind, slot.group_code), "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at), "capacity": slot.capacity, "used": slot.used, "closed": slot.closed,
    }  # fmt: skip


def person(actor: Actor, row: Appointment, ticket: Ticket | None = None) -> Row:
    """One appointment as a row of the desk, with the verbs this actor has for it."""
    return {
        "id": str(row.id), "code": row.code, "state": row.state, "version": row.version,
        "state_words": flow_hall.WORDS["appointment"][row.state], "line": key_of(row.kind, row.group_code),
        "kind": row.kind, "day": row.day, "starts_at": local(row.starts_at), "ends_at": local(row.ends_at),
        "slot_ids": [str(id_) for id_ in row.slot_ids], "party": row.party, "item_code": row.item_code,
        "item": row.item_name, "name": mask_name(Appointment.NAME.open(row.id, row.name_sealed)) or "",
        "phone": mask_phone(Appointment.PHONE.open(row.id, row.phone_sealed)) or "没有留手机", "moved": row.moved,
        "arrived_at": local(row.arrived_at) if row.arrived_at else None, "since": local(row.created_at),
        "channel": row.channel, "ticket": ticket.number if ticket else "", "case_id": str(row.case_id or ""),
        "held_until": local(row.held_until) if row.held_until else None, "hall": row.hall_id,
        "can": verbs("appointment", row.state, permits.hall_roles(actor, row)),
    }  # fmt: skip


async def one(actor: Actor, id_: UUID) -> Row:
    """One appointment with its history, oldest first. Refuses not_found (404)."""
    row = await Appointment.get_or_none(permits.in_hall(actor), id=id_)
    if row is None:
        raise not_found()
    ticket = await Ticket.get_or_none(appointment_id=row.id)
    told = await HallEvent.filter(machine="appointment", subject_id=row.id).order_by("at", "id")
    return {
        **person(actor, row, ticket), "when": say_time(local(row.starts_at)),
        "timeline": [
            {
                "at": local(event.at).isoformat(timespec="seconds"), "words": event.words.replace("您", "本人"),
                "who": event.actor_name, "note": event.place,
            }
            for event in told
        ],
    }  # fmt: skip


async def search(actor: Actor, hall: Hall, on: date, q: str) -> list[Row]:
    """Who is meant by a code (Y012), its digits, or the last four digits of a phone, from `on` on; that day first."""
    wanted = q.strip().upper()
    seen = Appointment.filter(permits.in_hall(actor), hall_id=hall.code, day__gte=on)
    found = await seen.filter(state__in=(*SHOWN, "waiting")).order_by("day", "starts_at").limit(2000)
    return [person(actor, row) for row in found if _meant(row, wanted)][:MOST_FOUND]


def _meant(row: Appointment, wanted: str) -> bool:
    if not wanted:
        return False
    if row.code and wanted in (row.code, row.code.lstrip("Y").lstrip("0")):
        return True
    phone = Appointment.PHONE.open(row.id, row.phone_sealed) or ""
    return len(wanted) == 4 and wanted.isdigit() and phone.endswith(wanted)


async def open_slots(actor: Actor, hall: Hall, line: str, on: date) -> list[Row]:
    """The slots of one line and day that have not begun and are not closed; `left` may be 0: one may wait for it."""
    kind, code = ("travelling", line[2:]) if line.startswith("t-") else ("hall", line)
    found = await Slot.filter(
        hall_id=hall.code, kind=kind, group_code=code[:4], day=on, closed=False, ends_at__gt=now()
    ).order_by("starts_at")
    return [{**_slot(slot), "left": slot.capacity - slot.used} for slot in found]


async def days_with_places(hall: Hall, line: str) -> list[date]:
    """The days from today on for which a line has slots."""
    kind, code = ("travelling", line[2:]) if line.startswith("t-") else ("hall", line)
    found = await rows(
        "SELECT DISTINCT day FROM slot WHERE hall_id = $1 AND kind = $2 AND group_code = $3 AND day >= $4 "
        "AND NOT closed ORDER BY day", hall.code, kind, code[:4], today(),
    )  # fmt: skip
    return [row["day"] for row in found]


async def touched(
    actor: Actor, hall: Hall, group: str, on: date, spans: Iterable[tuple[datetime, datetime]]
) -> list[Row]:
    """The booked people of a day whose time lies outside every one of `spans`: they would have to rebook."""
    query = Appointment.filter(permits.in_hall(actor), hall_id=hall.code, day=on, kind="hall", state="booked")
    found = await (query.filter(group_code=group) if group else query).order_by("starts_at", "created_at")
    kept = list(spans)
    return [
        person(actor, row)
        for row in found
        if not any(first <= row.starts_at and row.ends_at <= last for first, last in kept)
    ]
