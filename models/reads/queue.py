"""The queue of a hall as people see it: the counter's, the call display's, a citizen's own number (R56).

Public pages hold numbers, windows and lines: no name, nothing of a person.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from models.base import Refusal, local, not_found, now, today
from models.catalogue import Item
from models.hall import Hall
from models.reads import halls, openings
from models.reads.bring import bring
from models.reads.hall_lines import (
    Named,
    Pace,
    booking_rules,
    calls_of,
    is_near,
    line_codes,
    line_of,
    lines_of,
    names_of,
    nearest,
    opened,
    paces,
    wall,
)  # fmt: skip
from models.rules import permits, presence, windows
from models.rules.flow_hall import IN_HALL, TICKET, WORDS
from models.rules.permits import Actor
from models.rules.queue import order, window_of
from models.seal import ring
from models.ticket import Device, Ticket

__all__ = [
    "booking_rules", "desk_queue", "devices", "groups", "hall_code", "is_near", "line_codes", "line_of", "mine",
    "nearest", "opened", "screen", "ticket",
]  # fmt: skip

LAST = 8  # calls the display shows
NEXT = 3
BEFORE = 4
AT_WINDOW = ("called", "serving")


def hall_code(hall: str) -> str:
    """The six digits the hall shows in this minute."""
    return presence.code(ring().link_mac, hall, now())


async def groups(hall: str) -> list[dict[str, Any]]:
    """The lines one can take a number for: [{code, name, waiting, minutes or null, open}].

    `open`: numbers are given out now. unknown_hall (404).
    """
    place = await _hall(hall)
    named = await lines_of(hall)
    waiting = await _waiting(hall, [line.code for line in named])
    pace = await paces(place, [line.code for line in named])
    return [
        {
            "code": line.code, "name": line.name, "waiting": len(waiting[line.code]),
            "minutes": pace[line.code].estimate(len(waiting[line.code]), line.usual),
            "open": (await opened(place, line.code)).gives(now()),
        }
        for line in named
    ]  # fmt: skip


async def screen(hall: str) -> dict[str, Any]:
    """What the call display shows; public.

    {hall: {code, name}, at, code, last: [{number, window, line, calls, called_at, ticket}] newest first, serving:
    [{number, window, line}], lines: [{code, name, waiting, next: [numbers, at most 3]}]}. unknown_hall (404).
    """
    place = await _hall(hall)
    today_s = Ticket.filter(hall_id=hall, day=today())
    called = await today_s.filter(called_at__not_isnull=True).order_by("-called_at", "number").limit(LAST)
    at_windows = await today_s.filter(state__in=AT_WINDOW).order_by("window", "number")
    codes = await line_codes(hall, today())
    names = await names_of(hall, [*codes, *(each.group_code for each in (*called, *at_windows))])
    waiting = await _waiting(hall, codes)
    return {
        "hall": {"code": hall, "name": place.name},
        "at": local(now()),
        "code": hall_code(hall),
        "last": [
            {
                "number": each.number, "window": each.window, "line": names[each.group_code].name,
                "calls": each.calls, "called_at": local(each.called_at), "ticket": str(each.id),
            }
            for each in called if each.window
        ],
        "serving": [
            {"number": each.number, "window": each.window, "line": names[each.group_code].name}
            for each in at_windows
        ],
        "lines": [
            {
                "code": code, "name": names[code].name, "waiting": len(waiting[code]),
                "next": [each.number for each in waiting[code][:NEXT]],
            }
            for code in sorted(codes)
        ],
    }  # fmt: skip


async def desk_queue(actor: Actor, hall: str, groups: Sequence[str] | None = None) -> dict[str, Any]:
    """The queue as a window sees it, of `groups` (default: the group of one's seat; [] = every line of the hall).

    {hall: {code, name}, at, window, groups: [codes], here: DeskTicket or null (called or served at one's own window),
    waiting: [DeskTicket] in calling order, serving: [DeskTicket] at all windows of the hall, skipped, parked: [...],
    lines: [{code, name, waiting, minutes, windows}] of the whole hall}. not_found for who has no say in this hall.
    """
    place = await _hall(hall)
    if not permits.hall_roles(actor, Ticket(hall_id=hall)) & {"clerk", "supervisor"}:
        raise not_found()
    codes = await line_codes(hall, today())
    chosen = [windows.letter(actor.seat)] if groups is None else list(groups)
    chosen = sorted(code for code in (chosen or codes) if code in codes)
    tickets = await Ticket.filter(hall_id=hall, day=today(), state__in=IN_HALL)
    calls = await calls_of(hall, today())
    in_line = [each for each in tickets if each.state == "waiting"]
    own = {code: order([each for each in in_line if each.group_code == code], calls, now()) for code in codes}
    ahead = {each.id: n for line in own.values() for n, each in enumerate(line)}
    show = _Desk(actor, await names_of(hall, codes), await _items(tickets), await _priorities(), ahead, calls)
    at = window_of(actor.seat) if actor.hall == hall else ""
    called = sorted((each for each in tickets if each.state in AT_WINDOW), key=lambda each: each.window)
    pace = await paces(place, codes)
    of_mine = [each for each in tickets if each.group_code in chosen]
    return {
        "hall": {"code": hall, "name": place.name},
        "at": local(now()),
        "window": at,
        "groups": chosen,
        "here": next((show.ticket(each) for each in called if at and each.window == at), None),
        "waiting": [show.ticket(each) for each in
                    order([each for each in of_mine if each.state == "waiting"], calls, now())],
        "serving": [show.ticket(each) for each in called],
        "skipped": [show.ticket(each) for each in _by_call(of_mine, "skipped")],
        "parked": [show.ticket(each) for each in _by_call(of_mine, "parked")],
        "lines": [
            {
                "code": code, "name": show.names[code].name, "waiting": len(own[code]), "windows": pace[code].windows,
                "minutes": pace[code].estimate(len(own[code]), show.names[code].usual),
            }
            for code in sorted(codes)
        ],
    }  # fmt: skip


async def ticket(actor: Actor, id_: UUID) -> dict[str, Any]:
    """One number, TicketOut: {id, number, state, state_words, hall, group, ahead, estimate_minutes, window, booked_at,
    serving: [{number, window}] of the line, before: [numbers, nearest first, at most 4], requeue_after, bring: [],
    arrived_at, can, version}. not_found for what is not the actor's."""
    found = await Ticket.filter(permits.in_hall(actor), id=id_).first()
    if found is None:
        raise not_found()
    return (await _outs(actor, [found]))[0]


async def mine(actor: Actor) -> list[dict[str, Any]]:
    """The citizen's own numbers of today, newest first: [TicketOut]."""
    owner = permits.require_citizen(actor)
    return await _outs(actor, await Ticket.filter(account_id=owner, day=today()).order_by("-arrived_at", "-id"))


async def devices(actor: Actor) -> list[dict[str, Any]]:
    """The kiosks of the county, for supervisors: [{id, hall: {code, name}, label, seen_at, revoked_at, created_at}]."""
    permits.require_staff(actor, "supervisor")
    found = await Device.all().order_by("hall_id", "created_at")
    names = {row.code: row.name for row in await Hall.filter(code__in=sorted({each.hall_id for each in found}))}
    return [
        {
            "id": str(each.id), "hall": {"code": each.hall_id, "name": names[each.hall_id]}, "label": each.label,
            "seen_at": wall(each.seen_at), "revoked_at": wall(each.revoked_at), "created_at": local(each.created_at),
        }
        for each in found
    ]  # fmt: skip


# ------------------------------------------------------------------ pieces


class _Desk:
    """Tickets as the counter shows them."""

    def __init__(self, actor: Actor, names: dict[str, Named], items: dict[str, str], priorities: dict[str, str],
                 ahead: dict[UUID, int], calls: dict[str, int]) -> None:  # fmt: skip
        self.actor, self.names, self._items, self._priorities = actor, names, items, priorities
        self._ahead, self._calls = ahead, calls

    def ticket(self, row: Ticket) -> dict[str, Any]:
        """DeskTicket; `can` names the verbs of the sheet this actor may do now.

        `requeue_after`: how many are called before a re-queued one, null for who was not skipped.
        """
        line = self.names[row.group_code]
        after = None if row.due_call is None else max(0, row.due_call - self._calls.get(row.group_code, 0))
        return {
            "id": str(row.id), "number": row.number, "state": row.state, "state_words": WORDS["ticket"][row.state],
            "group": {"code": line.code, "name": line.name},
            "item": {"code": row.item_code, "name": self._items.get(row.item_code, "")} if row.item_code else None,
            "case_id": str(row.case_id) if row.case_id else None,
            "appointment_id": str(row.appointment_id) if row.appointment_id else None,
            "priority": row.priority, "priority_words": self._priorities.get(row.priority, ""),
            "booked_at": wall(row.band_at), "arrived_at": local(row.arrived_at),
            "waited_minutes": max(0, int((now() - row.arrived_at).total_seconds() // 60)),
            "ahead": self._ahead.get(row.id), "window": row.window, "calls": row.calls, "requeue_after": after,
            "called_at": wall(row.called_at), "started_at": wall(row.started_at),
            "version": row.version, "can": _can(self.actor, row),
        }  # fmt: skip


async def _outs(actor: Actor, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    places = {row.code: row for row in await Hall.filter(code__in=sorted({each.hall_id for each in tickets}))}
    rules = await booking_rules()
    found = []
    for each in tickets:
        place, code = places[each.hall_id], each.group_code
        line = (await names_of(each.hall_id, [code]))[code]
        turn = (await _waiting(each.hall_id, [code]))[code] if each.day == today() else []
        pace = (await paces(place, [code]))[code]
        at_windows = await Ticket.filter(
            hall_id=each.hall_id, day=each.day, group_code=code, state__in=AT_WINDOW
        ).order_by("window")
        out = _out(actor, each, line, turn, pace)
        found.append(out | {
            "hall": {"code": place.code, "name": place.name},
            "serving": [{"number": other.number, "window": other.window} for other in at_windows],
            "requeue_after": rules.requeue_after,
            "bring": await bring(each.item_code),
        })  # fmt: skip
    return found


def _out(actor: Actor, row: Ticket, line: Named, turn: list[Ticket], pace: Pace) -> dict[str, Any]:
    place = next((n for n, each in enumerate(turn) if each.id == row.id), None)
    return {
        "id": str(row.id), "number": row.number, "state": row.state, "state_words": WORDS["ticket"][row.state],
        "group": {"code": line.code, "name": line.name}, "ahead": place,
        "estimate_minutes": None if place is None else pace.estimate(place, line.usual),
        "window": row.window or None, "booked_at": wall(row.band_at),
        "before": [each.number for each in turn[:place][::-1][:BEFORE]] if place is not None else [],
        "arrived_at": local(row.arrived_at),
        "can": [verb for verb in _can(actor, row) if verb in ("leave", "requeue")], "version": row.version,
    }  # fmt: skip


def _can(actor: Actor, row: Ticket) -> list[str]:
    roles = permits.hall_roles(actor, row)
    return [verb for verb, step in TICKET.items() if row.state in step.start and roles & step.who]


async def _hall(code: str) -> Hall:
    found = await halls.find(code)
    if found is None:
        raise Refusal("unknown_hall", 404, "没有这个大厅或服务站，请从列表里选")
    return found


async def _waiting(hall: str, codes: Iterable[str]) -> dict[str, list[Ticket]]:
    """Line -> its waiting tickets in calling order."""
    found = await Ticket.filter(hall_id=hall, day=today(), state="waiting")
    calls = await calls_of(hall, today())
    return {code: order([each for each in found if each.group_code == code], calls, now()) for code in codes}


def _by_call(tickets: Sequence[Ticket], state: str) -> list[Ticket]:
    return sorted((each for each in tickets if each.state == state), key=lambda each: (each.called_at, each.number))


async def _items(tickets: Sequence[Ticket]) -> dict[str, str]:
    codes = sorted({each.item_code for each in tickets if each.item_code})
    found = await Item.filter(code__in=codes, state="published") if codes else []
    return {row.code: row.name for row in found}


async def _priorities() -> dict[str, str]:
    return {each["key"]: each["words"] for each in (await openings.booking_data())["priority"]}
