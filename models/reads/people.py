"""What a citizen may see about themselves: who they are, whom they act for, their own list, their answers to asks."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.base import UTC, Refusal, now, rows
from models.outbox import Notification
from models.people import Account, Consent, Mandate, Membership
from models.rules.permits import Actor, require_citizen
from models.rules.tokens import Access
from models.seal import mask_id, mask_name, mask_phone

MOST = 50


async def citizen(access: Access) -> Actor | None:
    """Who a good access token stands for; None when its session has ended or the account is gone. One indexed query.

    The name stays sealed: events say 申请人, and what needs the name opens it for itself.
    """
    found = await rows(
        "SELECT assurance FROM account WHERE id = $1 AND erased_at IS NULL AND EXISTS (SELECT 1 FROM refresh_token "
        "WHERE family = $2 AND account_id = $1 AND revoked_at IS NULL AND expires_at > $3)",
        access.account, access.session, now(),
    )  # fmt: skip
    if not found:
        return None
    return Actor("citizen", access.account, "申请人", assurance=found[0]["assurance"], session=access.session)


@dataclass(frozen=True, slots=True)
class Me:
    """The account as its owner sees it. `name` is plain, the rest masked (R6)."""

    id: UUID
    name: str | None
    name_masked: str | None
    id_number_masked: str | None
    phone_masked: str | None
    assurance: str
    unread: int


async def me(actor: Actor) -> Me:
    """The signed-in citizen's own account."""
    return await card(await Account.get(id=require_citizen(actor)))


async def card(account: Account) -> Me:
    """The account just signed in to."""
    name = Account.NAME.open(account.id, account.name_sealed)
    number = Account.ID_NUMBER.open(account.id, account.id_number_sealed)
    phone = Account.PHONE.open(account.id, account.phone_sealed)
    return Me(
        account.id, name, mask_name(name), mask_id(number), mask_phone(phone),
        account.assurance, await Notification.filter(account_id=account.id, read_at=None).count(),
    )  # fmt: skip


# ------------------------------------------------------------------ the own list


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the list."""

    id: UUID
    kind: str
    title: str
    words: str
    case_id: UUID | None
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Notes:
    """One page of the list, newest first; `unread` counts the whole list."""

    items: list[Note]
    next_cursor: str | None
    unread: int


async def notifications(actor: Actor, cursor: str | None = None, limit: int = 20) -> Notes:
    """The person's own list. Refusals: `bad_cursor` (422)."""
    account_id = require_citizen(actor)
    query = Notification.filter(account_id=account_id)
    if cursor:
        at, id_ = read_cursor(cursor)
        query = query.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id_))
    size = max(1, min(limit, MOST))
    found = await query.order_by("-created_at", "-id").limit(size + 1)
    page = found[:size]
    unread = await Notification.filter(account_id=account_id, read_at=None).count()
    more = write_cursor(page[-1].created_at, page[-1].id) if len(found) > size else None
    return Notes([_note(row) for row in page], more, unread)


def _note(row: Notification) -> Note:
    words = Notification.WORDS.open(row.id, row.words_sealed) or ""
    return Note(row.id, row.kind, row.title, words, row.case_id, row.created_at, row.read_at is not None)


def write_cursor(at: datetime, id_: UUID) -> str:
    """The place after a row in a list ordered by time and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id_}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    try:
        raw = base64.b64decode(text[:200].encode() + b"==", altchars=b"-_", validate=True).decode()
        at, _, id_ = raw.partition("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC), UUID(id_)
    except (ValueError, OverflowError, binascii.Error):
        raise Refusal("bad_cursor", 422, "列表的位置不对，请从头看起") from None


# ------------------------------------------------------------------ whom they act for


@dataclass(frozen=True, slots=True)
class ActsFor:
    """A company the citizen acts for; `valid` false once `until` is past."""

    id: UUID
    uscc: str
    name: str
    role: str
    until: date | None
    valid: bool


def acts_for(row: Membership, day: date) -> ActsFor:
    """A membership (with its organisation fetched) as its holder sees it on a local day."""
    body = row.organisation
    return ActsFor(body.id, body.uscc, body.name, row.role, row.until, row.until is None or row.until >= day)


async def organisations(actor: Actor, day: date) -> list[ActsFor]:
    """The companies of the signed-in citizen."""
    found = await Membership.filter(account_id=require_citizen(actor)).select_related("organisation").order_by("id")
    return [acts_for(row, day) for row in found]


@dataclass(frozen=True, slots=True)
class Authority:
    """A mandate seen from one side: `side` given or held; the other person is named by mask only."""

    id: UUID
    side: str
    principal_id: UUID
    helper_id: UUID
    other_name: str | None
    scope: str
    until: date
    valid: bool
    can: list[str]


def authority(row: Mandate, account_id: UUID, day: date) -> Authority:
    """A mandate (with both people fetched) as one of them sees it on a local day."""
    given = row.principal_id == account_id
    other: Any = row.helper if given else row.principal
    name = Account.NAME.open(other.id, other.name_sealed)
    valid = row.revoked_at is None and row.until >= day
    return Authority(
        row.id, "given" if given else "held", row.principal_id, row.helper_id, mask_name(name),
        Mandate.SCOPE.open(row.id, row.scope_sealed) or "",
        row.until, valid, ["revoke"] if valid else [],
    )  # fmt: skip


async def mandates(actor: Actor, day: date) -> list[Authority]:
    """What the citizen gave and holds, newest first."""
    account_id = require_citizen(actor)
    found = await Mandate.filter(Q(principal_id=account_id) | Q(helper_id=account_id)).select_related(
        "principal", "helper"
    ).order_by("-id")  # fmt: skip
    return [authority(row, account_id, day) for row in found]


async def mandate(actor: Actor, id_: UUID, day: date) -> Authority:
    """One mandate of the citizen's."""
    return next(one for one in await mandates(actor, day) if one.id == id_)


async def consents(actor: Actor) -> dict[str, Consent]:
    """Template key -> ledger row of the signed-in citizen."""
    return {row.template: row for row in await Consent.filter(account_id=require_citizen(actor))}
