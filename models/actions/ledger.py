"""The subscription ledger as the sender uses it (R61): spend a credit before, give it back or close it after.

The platform is the truth. An account without a row has not been asked through us; the platform decides then.
"""

from uuid import UUID

from models.base import execute, now
from models.outbox import Notification
from models.people import Consent, WechatBinding

USED_UP = 43101


async def spend(account: UUID, template: str, *, nice: bool) -> bool:
    """Whether a message of this template may be tried; takes one credit of a one-off consent.

    The last credit is kept for what must be told: a reminder does not take it.
    """
    row = await Consent.filter(account_id=account, template=template).first()
    if row is None or row.standing:
        return True
    return bool(
        await execute(
            "UPDATE consent SET credits = credits - 1 WHERE id = $1 AND credits > $2 AND state = 'accept'",
            row.id,
            int(nice),
        )  # fmt: skip
    )


async def settle(account: UUID, template: str, kind: str, errcode: int | None) -> None:
    """After the attempt: surely not sent gives the credit back; 43101 says there is none."""
    if errcode == USED_UP:
        await Consent.filter(account_id=account, template=template).update(credits=0, standing=False)
    elif kind in ("again", "pause", "token", "ours"):
        await execute(
            "UPDATE consent SET credits = credits + 1 WHERE account_id = $1 AND template = $2 AND NOT standing",
            account, template,
        )  # fmt: skip


async def flag(binding: UUID) -> None:
    """WeChat does not know this openid any more (40003)."""
    await WechatBinding.filter(id=binding).update(flagged_at=now())


PUSH_STATES = {"sent": "sent", "dead": "failed", "unknown": "unknown", "texted": "texted"}


async def note(notification: UUID, state: str) -> None:
    """Write on the person's list what became of the push; a later word never moves it back (R70)."""
    await Notification.filter(id=notification, push="waiting").update(push=PUSH_STATES[state])
