"""Turn a verb of a hall's day into what is owed: a line of the person's list, a push, a text, the hall's open pages.

A push that cannot be made falls over to a text message (fallback.py); without an account the text is all.
"""

from typing import Any

from models.actions import outbox
from models.appointment import Appointment, HallEvent
from models.base import local, new_id
from models.hall import Hall
from models.outbox import Notification
from models.people import Account
from models.rules import notices
from models.rules.dates import say_time
from models.rules.notices import NOTICES
from models.ticket import Ticket

QUEUE = "queue"  # audience `queue:<hall>`: call display, kiosk and counters read the queue again


async def all_of(names: tuple[str, ...], machine: str, row: Any, event: HallEvent, facts: dict[str, Any]) -> None:
    """Owe every notice of a verb, in the open unit. `row`: an Appointment or a Ticket."""
    said = {**await _facts(machine, row), **facts}
    for name in names:
        if NOTICES[name].audience == "citizen":
            await _citizen(name, machine, row, event, said)
        else:
            await _hall(name, row, event, said)


async def moved(row: Any, event: HallEvent) -> None:
    """Every open page of the hall that shows its queue reads it again: counters, call display, kiosk."""
    payload = {"kind": QUEUE, "case_id": "", "words": ""}
    await outbox.put("desk", row.id, f"{QUEUE}:{row.hall_id}", payload, f"{event.id}:{QUEUE}", "nice")


async def _facts(machine: str, row: Any) -> dict[str, Any]:
    """What notices of the hall may say; no name of a person (promises 3.6)."""
    hall = await Hall.get(code=row.hall_id)
    facts = {"hall": hall.name, "where": hall.name, "title": hall.name, "day": row.day}
    if machine == "appointment":
        return {
            **facts, "title": row.item_name, "number": row.code or "候补", "when": say_time(local(row.starts_at)),
            "at": local(row.starts_at).strftime("%Y-%m-%d %H:%M"),
        }  # fmt: skip
    return {
        **facts,
        "number": row.number,
        "window": row.window,
        "at": local(event_time(row)).strftime("%Y-%m-%d %H:%M"),
    }


def event_time(ticket: Ticket) -> Any:
    """The hour a message about a ticket speaks of."""
    return ticket.called_at or ticket.arrived_at


async def _citizen(name: str, machine: str, row: Any, event: HallEvent, facts: dict[str, Any]) -> None:
    notice = NOTICES[name]
    text = None
    if notice.sms:
        text = {"template": notice.sms, "params": notices.sms_of(name, facts)}
    if row.account_id is None:
        phone = await _phone(machine, row)
        if text and phone:
            await outbox.put("sms", row.id, "phone", {"phone": phone, **text}, f"{event.id}:{name}:sms", notice.class_)
        return
    id_ = new_id()
    pushed = "wechat" in notice.channels
    await Notification.create(
        id=id_, account_id=row.account_id, case_id=row.case_id, event_id=event.id, kind=name, title=notice.title,
        words_sealed=Notification.WORDS.seal(id_, notices.words(name, facts)) or "",
        push="waiting" if pushed else "none",
    )  # fmt: skip
    if pushed:
        payload = {
            "template": notice.template, "data": notices.fields_of(name, facts),
            "page": f"pages/{machine}?id={row.id}", "notification": str(id_), "sms": text,
        }  # fmt: skip
        await outbox.put("wechat", row.id, f"citizen:{row.account_id}", payload, f"{event.id}:{name}", notice.class_)


async def _phone(machine: str, row: Any) -> str | None:
    """The phone left with a booking; a paper ticket without one is told by the call alone."""
    if machine == "ticket":
        found = await Appointment.filter(id=row.appointment_id).first() if row.appointment_id else None
    else:
        found = row
    return Appointment.PHONE.open(found.id, found.phone_sealed) if found else None


async def phone_of(account_id: Any) -> str | None:
    """The phone of an account, for a message that a push could not carry."""
    account = await Account.filter(id=account_id).first()
    return Account.PHONE.open(account.id, account.phone_sealed) if account else None


async def _hall(name: str, row: Any, event: HallEvent, facts: dict[str, Any]) -> None:
    payload = {"kind": name, "case_id": str(row.case_id or ""), "words": notices.words(name, facts)}
    await outbox.put("desk", row.id, f"hall:{row.hall_id}", payload, f"{event.id}:{name}", "nice")
