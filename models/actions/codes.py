"""Codes that prove something for a moment: six digits sent to a phone, and the code shown at a counter."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.actions import attempts, audit, outbox
from models.base import Refusal, new_id, now, unit
from models.people import Account, IdentityCode, SmsCode
from models.rules import tokens
from models.rules.contacts import parse_phone
from models.rules.permits import Actor, require_citizen
from models.seal import ring

SMS_LIVES = timedelta(minutes=5)
SMS_TRIES = 5
SHOWN_LIVES = timedelta(minutes=2)
SMS_TEMPLATE = "code"


def _sms_hash(id_: UUID, code: str) -> str:
    # keyed, because a plain hash of six digits is read back at once
    return ring().blind("sms_code:code", f"{id_}:{code}")


async def send_sms(phone: str, address: str) -> None:
    """Owe a six-digit code to a phone. Nothing here tells whether the phone is known.

    Refusals: `bad_phone` (422), `too_many_attempts` (429: one in 60 s, ten a day).
    """
    number = parse_phone(phone)

    async def body() -> None:
        await attempts.take("sms_address", address)
        await attempts.take("sms_phone", number)
        id_, code = new_id(), f"{secrets.randbelow(1_000_000):06d}"
        await SmsCode.create(
            id=id_, phone_index=Account.PHONE.blind(number), hash=_sms_hash(id_, code), expires_at=now() + SMS_LIVES
        )
        payload = {
            "phone": number,
            "template": SMS_TEMPLATE,
            "params": {"code": code, "minutes": str(int(SMS_LIVES.total_seconds() // 60))},
        }
        await outbox.put("sms", id_, "phone", payload, f"sms:{id_}")

    await unit(body)


def _bad_sms(code: str, words: str) -> Refusal:
    # not a 401: a client that is signed in would renew its token and try the same digits again
    return Refusal(code, 422, words, [{"pointer": "/sms_code", "code": code, "detail": words}])


async def check_sms(number: str, code: str) -> Refusal | None:
    """Use up a code, in the open unit. The refusal is returned, not raised: the counted try must be committed.

    `number` as `parse_phone` gives it. The newest code alone counts. A phone that never asked gets the same words.
    """
    wrong = _bad_sms("sms_code_wrong", "验证码不对，或者过了时间。可以重新要一个")
    row = (
        await SmsCode.select_for_update()
        .filter(phone_index=Account.PHONE.blind(number))
        .order_by("-created_at", "-id")
        .first()
    )
    if row is None or row.used_at or row.expires_at <= now():
        return wrong
    if row.tries >= SMS_TRIES:
        return _bad_sms("sms_code_spent", "验证码输错太多次了，请重新要一个")
    if not hmac.compare_digest(row.hash, _sms_hash(row.id, code.strip())):
        await SmsCode.filter(id=row.id).update(tries=row.tries + 1)
        return wrong
    await SmsCode.filter(id=row.id).update(used_at=now())
    return None


def require_name(actor: Actor) -> UUID:
    """The account of a citizen whose name and number are checked; `real_name_needed` (403) otherwise."""
    account_id = require_citizen(actor)
    if actor.assurance in ("none", "phone"):
        raise Refusal("real_name_needed", 403, "这一步要先实名，请先填姓名和身份证号")
    return account_id


@dataclass(frozen=True, slots=True)
class Shown:
    """A fresh identity code."""

    code: str
    expires_at: datetime


async def show(actor: Actor) -> Shown:
    """A new identity code of the signed-in citizen; the one before it dies. Needs assurance `name`."""
    account_id = require_name(actor)

    async def body() -> Shown:
        await attempts.take("code_account", str(account_id))
        await IdentityCode.filter(account_id=account_id, used_at=None).delete()
        code, ends = f"YM{secrets.token_urlsafe(18)}", now() + SHOWN_LIVES
        await IdentityCode.create(account_id=account_id, hash=tokens.digest(code), expires_at=ends)
        return Shown(code, ends)

    return await unit(body)


async def redeem(actor: Actor, code: str) -> Account:
    """Whose code this is, for a counter, a kiosk or a helper; it is used up by asking, and asking is audited.

    Refusals: `identity_code_wrong` (404) for unknown, used and expired ones alike.
    """

    async def body() -> Account:
        row = await IdentityCode.select_for_update().get_or_none(hash=tokens.digest(code.strip()))
        if row is None or row.used_at or row.expires_at <= now():
            raise Refusal("identity_code_wrong", 404, "这个码过了时间，或已经用过，请对方重新亮码")
        account = await Account.get(id=row.account_id)
        if account.erased_at:
            raise Refusal("identity_code_wrong", 404, "这个码过了时间，或已经用过，请对方重新亮码")
        await IdentityCode.filter(id=row.id).update(used_at=now())
        await audit.record(actor, "identity_code.redeem", f"account:{account.id}")
        return account

    return await unit(body)


async def forget_old() -> int:
    """Drop codes that ended more than a day ago; returns how many."""
    before = now() - timedelta(days=1)
    sms: int = await SmsCode.filter(expires_at__lt=before).delete()
    shown: int = await IdentityCode.filter(expires_at__lt=before).delete()
    return sms + shown
