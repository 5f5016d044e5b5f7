"""Whose time it is: the citizen themselves, or the guest the desk books for (R55: real names)."""

from dataclasses import dataclass
from uuid import UUID

from models.base import Refusal, today
from models.people import Account
from models.rules.contacts import parse_phone
from models.rules.identity import parse_id_number
from models.rules.permits import Actor, require_citizen, require_real_name


@dataclass(frozen=True)
class Wish:
    """What somebody wants: the first slot, for what, for whom. `phone`: reached there instead of the account's."""

    slot_id: UUID
    item_code: str
    case_id: UUID | None = None
    organisation_id: UUID | None = None
    party: int = 1
    phone: str = ""


@dataclass(frozen=True)
class Guest:
    """Somebody the desk books for, known by ID number or at least by phone."""

    name: str
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Person:
    """Who comes. `key` tells persons apart without saying who they are; `no` its first 63 bits."""

    key: str
    name: str
    phone: str | None
    account_id: UUID | None

    @property
    def no(self) -> int:
        return int(self.key.removeprefix("P:")[:16], 16) >> 1


async def who(actor: Actor, wish: Wish, guest: Guest | None) -> Person:
    """The person of a wish. Refuses real_name_needed, bad_id_number, bad_phone, guest_needed, person_unknown."""
    phone = parse_phone(wish.phone) if wish.phone else None
    if actor.kind == "citizen":
        account = await Account.get(id=require_citizen(actor))
        require_real_name(account.assurance)
        if account.id_number_index is None:
            raise Refusal("real_name_needed", 403, "交之前要先实名认证，只要做一次。您填的都还在")
        own = phone or Account.PHONE.open(account.id, account.phone_sealed)
        name = Account.NAME.open(account.id, account.name_sealed) or ""
        return Person(account.id_number_index, name, own, account.id)
    if guest is None or not guest.name.strip():
        raise Refusal("guest_needed", 422, "请写上来办事的人的姓名")
    phone = parse_phone(guest.phone) if guest.phone else phone
    if guest.id_number:
        key = Account.ID_NUMBER.blind(parse_id_number(guest.id_number, today()).value) or ""
        found = await Account.filter(id_number_index=key, erased_at=None).first()
        return Person(key, guest.name.strip(), phone, found.id if found else None)
    if phone:
        return Person(f"P:{Account.PHONE.blind(phone)}", guest.name.strip(), phone, None)
    raise Refusal("person_unknown", 422, "请写身份证号；没有带证的，写手机号")
