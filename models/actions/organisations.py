"""Whom somebody acts for: companies by recorded role (R4), and people by mandate with scope and end (R52)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from models.actions import audit, codes, own_list
from models.base import Refusal, new_id, not_found, now, today, unit
from models.people import Account, Mandate, Membership, Organisation
from models.rules.identity import parse_uscc
from models.rules.permits import Actor, require_citizen
from models.seal import mask_name

Role = Literal["legal", "agent"]
LONGEST_AGENT = timedelta(days=3 * 366)
LONGEST_MANDATE = timedelta(days=366)


def _until(value: date, longest: timedelta) -> date:
    if not today() < value <= today() + longest:
        words = f"截止日期要在明天和{(today() + longest).isoformat()}之间"
        raise Refusal("bad_until", 422, words, [{"pointer": "/until", "code": "bad_until", "detail": words}])
    return value


async def join_organisation(actor: Actor, uscc: str, name: str, role: Role, until: date | None) -> Membership:
    """Record that the citizen acts for a company: as legal representative, or as agent until a date.

    What is recorded is the person's own word; the counter compares it with the licence before it counts for a case.
    Refusals: `bad_uscc`, `bad_until`, `until_needed` (422), `organisation_name_differs` (409), `real_name_needed`.
    """
    account_id = codes.require_name(actor)
    code, title = parse_uscc(uscc), name.strip()
    if role == "agent" and until is None:
        words = "经办人要写明授权到哪一天"
        raise Refusal("until_needed", 422, words, [{"pointer": "/until", "code": "until_needed", "detail": words}])
    ends = _until(until, LONGEST_AGENT) if until else None

    async def body() -> Membership:
        found, _ = await Organisation.get_or_create(uscc=code, defaults={"name": title})
        if found.name != title:
            raise Refusal("organisation_name_differs", 409, "这个代码登记的是另一个名称，请照营业执照核对")
        row, fresh = await Membership.get_or_create(
            account_id=account_id, organisation_id=found.id, defaults={"role": role, "until": ends}
        )
        if not fresh:
            row.role, row.until = role, ends
            await row.save(update_fields=["role", "until"])
        row.organisation = found
        await audit.record(actor, "organisation.join", f"organisation:{found.id}", role=role)
        return row

    return await unit(body)


@dataclass(frozen=True, slots=True)
class NewMandate:
    """A mandate to be given. `identity_code` is the other person's live code: showing it is their consent.

    `principal_id` None or the other person's account: the caller helps them; the caller's own: they help the caller.
    """

    identity_code: str
    scope: str
    until: date
    principal_id: UUID | None = None


async def give_mandate(actor: Actor, new: NewMandate) -> Mandate:
    """Record authority between two people who are both present. Refusals: `identity_code_wrong` 404, `mandate_self`,
    `principal_differs`, `bad_until` 422, `real_name_needed` 403."""
    mine = codes.require_name(actor)
    ends = _until(new.until, LONGEST_MANDATE)

    async def body() -> Mandate:
        other = await codes.redeem(actor, new.identity_code)
        if other.id == mine:
            raise Refusal("mandate_self", 422, "自己办自己的事，不用委托")
        if new.principal_id not in (None, mine, other.id):
            raise Refusal("principal_differs", 422, "码和委托人不是同一个人，请对方重新亮码")
        principal, helper = (mine, other.id) if new.principal_id == mine else (other.id, mine)
        id_ = new_id()
        row = await Mandate.create(
            id=id_, principal_id=principal, helper_id=helper, until=ends,
            scope_sealed=Mandate.SCOPE.seal(id_, new.scope.strip()) or "",
        )  # fmt: skip
        await _tell_both(row)
        await audit.record(actor, "mandate.give", f"mandate:{row.id}")
        return row

    return await unit(body)


async def _tell_both(row: Mandate) -> None:
    people = {a.id: a for a in await Account.filter(id__in=[row.principal_id, row.helper_id])}
    called = {id_: mask_name(Account.NAME.open(id_, a.name_sealed)) for id_, a in people.items()}
    for id_ in people:
        await own_list.write(
            id_, "account.mandate",
            helper=called[row.helper_id], principal=called[row.principal_id], until=row.until,
            scope=Mandate.SCOPE.open(row.id, row.scope_sealed),
        )  # fmt: skip


async def revoke_mandate(actor: Actor, id_: UUID) -> Mandate:
    """End a mandate; either side may. Ended ones stay ended."""
    account_id = require_citizen(actor)

    async def body() -> Mandate:
        row = await Mandate.select_for_update().get_or_none(id=id_)
        if row is None or account_id not in (row.principal_id, row.helper_id):
            raise not_found()
        if row.revoked_at is None:
            row.revoked_at = now()
            await row.save(update_fields=["revoked_at"])
            await audit.record(actor, "mandate.revoke", f"mandate:{row.id}")
        return row

    return await unit(body)
