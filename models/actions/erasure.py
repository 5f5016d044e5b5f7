"""A person's rights over what is held about them: the copy and the erasure (promises P25, PIPL art. 45, 47)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.actions import audit, erase_hall_day, sessions
from models.base import Refusal, local, now, unit
from models.case import Case
from models.outbox import Notification
from models.paper import Page, Upload
from models.people import Account, IdentityCode, Mandate, Membership, SmsCode, WechatBinding
from models.reads import held
from models.rules.flow import FINAL, STATE_WORDS
from models.rules.permits import Actor, require_citizen

KEPT_WHY = "办过的件依法归档保存，不能删除"


async def export(actor: Actor) -> dict[str, Any]:
    """Everything held about the signed-in person, in plain; the view is audited before it is given.

    Refusals: `cool_down` (403) for a day after a WeChat account or phone was joined.
    """
    account_id = require_citizen(actor)

    async def body() -> dict[str, Any]:
        account = await Account.get(id=account_id)
        if account.plain_after and account.plain_after > now():
            until = local(account.plain_after).strftime("%m月%d日%H:%M")
            raise Refusal("cool_down", 403, f"账户刚并过，为了安全，{until}以后才能导出")
        await audit.record(actor, "account.export", f"account:{account_id}", "本人查阅复制")
        return await held.everything(account_id)

    return await unit(body)


@dataclass(frozen=True, slots=True)
class Kept:
    """A case the law keeps after erasure."""

    number: str
    title: str
    state: str
    why: str = KEPT_WHY


async def erase(actor: Actor) -> list[Kept]:
    """Erase the person: sealed cells, indexes, bindings, sessions, drafts' contents, own list. What is kept comes back.

    Refusals: `open_cases` (409) naming each case that is still on its way.
    """
    account_id = require_citizen(actor)

    async def body() -> list[Kept]:
        await erase_hall_day.appointments(actor, account_id)  # people and slots are locked before accounts
        account = await Account.select_for_update().get(id=account_id)
        cases = await Case.filter(account_id=account_id).order_by("created_at")
        still = [case for case in cases if case.state not in FINAL["case"] | {"draft"}]
        if still:
            raise Refusal(
                "open_cases", 409, "还有没办完的件，办完或撤回以后才能注销",
                [
                    {"pointer": f"/cases/{c.id}", "code": "open_case", "detail": f"{c.title}（{STATE_WORDS[c.state]}）"}
                    for c in still
                ],
            )  # fmt: skip
        await audit.record(actor, "account.erase", f"account:{account_id}", "本人注销")
        await _erase_drafts([case.id for case in cases if case.state == "draft"])
        await _erase_around(account)
        await _erase_account(account_id)
        return [Kept(c.number or "", c.title, c.state) for c in cases if c.state in FINAL["case"] and c.number]

    return await unit(body)


async def _erase_drafts(ids: list[UUID]) -> None:
    """Nobody has seen a draft: it loses its contents and ends."""
    await Case.filter(id__in=ids).update(
        state="withdrawn", owner="", form_sealed=None, applicant_name_sealed=None, answers={}
    )
    await Page.filter(material__case_id__in=ids).delete()


async def _erase_around(account: Account) -> None:
    used = await Page.filter(upload__account_id=account.id).values_list("upload_id", flat=True)
    await Upload.filter(account_id=account.id, id__not_in=list(used)).update(state="deleted")
    await WechatBinding.filter(account_id=account.id).delete()
    await IdentityCode.filter(account_id=account.id).delete()
    await Notification.filter(account_id=account.id).delete()
    await Membership.filter(account_id=account.id).delete()
    await Mandate.filter(principal_id=account.id, revoked_at=None).update(revoked_at=now())
    await Mandate.filter(helper_id=account.id, revoked_at=None).update(revoked_at=now())
    if account.phone_index:
        await SmsCode.filter(phone_index=account.phone_index).delete()
    await sessions.end_all(account.id)


async def _erase_account(account_id: UUID) -> None:
    await Account.filter(id=account_id).update(
        name_sealed=None, id_number_sealed=None, id_number_index=None, phone_sealed=None, phone_index=None,
        verified_at=None, plain_after=None, assurance="none", erased_at=now(),
    )  # fmt: skip
