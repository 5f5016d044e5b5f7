"""The rules of booking asked of the rows, under the person's lock: lead time, block, limits of a day, own papers."""

from datetime import date, datetime
from uuid import UUID

from models.base import Refusal, not_found, now, rows, today
from models.case import Case
from models.people import Membership
from models.reads import calendar
from models.reads.appointment_rules import blocked, of_day
from models.rules import limits_of_booking, permits
from models.rules.booking import Rules
from models.rules.permits import Actor


async def before_booking(
    actor: Actor, person_key: str, day: date, starts_at: datetime, party: int, rules: Rules
) -> None:
    """Refuses party_too_big, slot_not_open and no_show_blocked."""
    limits_of_booking.party_fits(party, rules)
    await open_for(actor, day, starts_at, rules)
    limits_of_booking.not_blocked(await blocked(person_key), today(), rules)


async def open_for(actor: Actor, day: date, starts_at: datetime, rules: Rules) -> None:
    """Refuses slot_not_open: too early, too late, or begun."""
    days = (await calendar.clock()).calendar
    first, last = limits_of_booking.window(today(), days, rules, desk=actor.kind == "staff")
    limits_of_booking.in_window(day, first, last)
    if starts_at <= now():
        raise Refusal("slot_not_open", 422, "这个时间已经开始了，请选后面的，或直接来大厅取号")


async def limits(
    person_key: str, organisation_id: UUID | None, item: str, day: date, rules: Rules, but: list[UUID] | None = None
) -> None:
    """Refuses same_item_booked, one_a_day and company_limit. `but`: appointments that do not count."""
    if organisation_id is not None:  # two people of one company count together
        await rows("SELECT pg_advisory_xact_lock($1)", organisation_id.int >> 65)
    found = await of_day(person_key, organisation_id, day, but or [])
    if sum(row["item_code"] == item for row in found) >= rules.per_item_per_day and organisation_id is None:
        raise Refusal("same_item_booked", 409, "这件事您那天已经约过了。要换时间，请在预约里点“改时间”")
    if organisation_id is not None and len(found) >= rules.per_company_per_day:
        most = rules.per_company_per_day
        raise Refusal("company_limit", 409, f"一家单位一天最多约 {most} 次，那天约满了。请选别的日子")
    if organisation_id is None and len(found) >= rules.per_person_per_day:
        most = rules.per_person_per_day
        raise Refusal("one_a_day", 409, f"一个人一天最多约 {most} 次，那天您已经有预约了。请选别的日子，或改原来的时间")


async def case_of(actor: Actor, case_id: UUID | None, account_id: UUID | None) -> None:
    """A case goes with a booking only when it is the same person's and the actor may see it."""
    if case_id is None:
        return
    found = await Case.filter(permits.scope(actor), id=case_id).first()
    if found is None or found.account_id != account_id:
        raise not_found()


async def company_of(actor: Actor, organisation_id: UUID | None) -> None:
    """A citizen books for a company they act for; at the desk the clerk has seen the paper."""
    if organisation_id is None or actor.kind != "citizen":
        return
    held = await Membership.filter(account_id=actor.id, organisation_id=organisation_id).first()
    if held is None or (held.until is not None and held.until < today()):
        raise not_found("没有找到这家单位，或您不能替它办")
