"""A citizen's session: a family of refresh tokens, each used once, and the access tokens that live inside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from models.actions import audit, own_list
from models.base import UTC, Refusal, new_id, now, unit
from models.people import Account, RefreshToken
from models.rules import tokens
from models.rules.permits import Actor
from models.seal import ring

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Grant:
    """What signing in gives. `expires_in` seconds are those of the access token."""

    account: Account
    access_token: str
    refresh_token: str
    expires_in: int = int(tokens.ACCESS.total_seconds())


async def start(account: Account) -> Grant:
    """Open a new session for `account`, in the open unit."""
    secret = tokens.new_secret()
    row = await _link(account.id, new_id(), secret, now() + tokens.REFRESH)
    return _grant(account, row, secret)


async def _link(account_id: UUID, family: UUID, secret: str, expires_at: datetime) -> RefreshToken:
    return await RefreshToken.create(
        account_id=account_id, family=family, hash=tokens.digest(secret), expires_at=expires_at
    )


def _grant(account: Account, row: RefreshToken, secret: str) -> Grant:
    # jti and iat come from the row, so that a repeated answer is the same to the byte
    access = tokens.Access(account.id, row.family, row.id)
    return Grant(account, tokens.issue(ring().token_key, access, row.created_at), secret)


async def refresh(secret: str) -> Grant:
    """Trade a refresh token for the next one.

    A lost answer is repeated within 10 s as long as its successor was not used. Any other second use revokes the whole
    family at once. Refusals, all 401: `refresh_invalid`, `refresh_expired`, `session_ended`, `refresh_reused`.
    """

    async def body() -> Grant | Refusal:
        row = await RefreshToken.select_for_update().get_or_none(hash=tokens.digest(secret))
        if row is None:
            return Refusal("refresh_invalid", 401, "登录信息不对，请重新登录")
        account = await Account.get(id=row.account_id)
        if row.revoked_at or account.erased_at:
            return tokens.ended()
        if row.used_at:
            return await _again(account, row)
        if row.expires_at <= now():
            return Refusal("refresh_expired", 401, "很久没有用了，请重新登录")
        return await _next(account, row)

    return settled(await unit(body))


async def _next(account: Account, row: RefreshToken) -> Grant:
    secret = tokens.new_secret()
    # the family's id is a UUIDv7: its first 48 bits are the milliseconds at which the session began
    began = datetime.fromtimestamp((row.family.int >> 80) / 1000, UTC)
    ends = min(now() + tokens.REFRESH, began + tokens.FAMILY)
    following = await _link(account.id, row.family, secret, ends)
    await RefreshToken.filter(family=row.family, successor_sealed__isnull=False).update(successor_sealed=None)
    await RefreshToken.filter(id=row.id).update(
        used_at=now(), successor_sealed=RefreshToken.SUCCESSOR.seal(row.id, secret)
    )
    return _grant(account, following, secret)


async def _again(account: Account, row: RefreshToken) -> Grant | Refusal:
    secret = RefreshToken.SUCCESSOR.open(row.id, row.successor_sealed)
    if secret and now() - row.used_at <= tokens.GRACE:
        following = await RefreshToken.get(hash=tokens.digest(secret))
        if following.used_at is None:
            return _grant(account, following, secret)
    await end_family(row.family)
    await audit.record(Actor("citizen", account.id), "session.reuse_revoked", f"account:{account.id}")
    await own_list.write(account.id, "account.reused")
    return Refusal("refresh_reused", 401, "登录信息被用了两次，为了安全已经退出，请重新登录")


async def end(secret: str) -> None:
    """Log out: the family of this refresh token ends, and its access tokens with it. Unknown tokens change nothing."""
    row = await RefreshToken.get_or_none(hash=tokens.digest(secret))
    if row is not None:
        await end_family(row.family)


async def end_family(family: UUID) -> None:
    await RefreshToken.filter(family=family, revoked_at=None).update(revoked_at=now(), successor_sealed=None)


async def end_all(account_id: UUID) -> None:
    """End every session of an account (erased, merged)."""
    await RefreshToken.filter(account_id=account_id, revoked_at=None).update(revoked_at=now(), successor_sealed=None)


async def forget_old() -> int:
    """Drop tokens whose family ended or ran out; returns how many."""
    gone: int = await RefreshToken.filter(expires_at__lt=now() - tokens.REFRESH).delete()
    return gone


def settled(answer: T | Refusal) -> T:
    """Raise a refusal only after its own rows (counted try, revoked family) are committed."""
    if isinstance(answer, Refusal):
        raise answer
    return answer
