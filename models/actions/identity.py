"""Who somebody is (R1, R4, R5): signing in, binding a phone, real name, and joining two accounts of one person."""

from datetime import timedelta
from uuid import UUID

from models.actions import attempts, audit, codes, own_list, sessions
from models.actions.sessions import Grant, settled
from models.base import Refusal, new_id, now, today, unit
from models.case import Case
from models.outbox import Notification
from models.paper import Upload
from models.people import ASSURANCE, Account, Consent, IdentityCode, Mandate, Membership, WechatBinding
from models.rules.contacts import parse_name, parse_phone
from models.rules.identity import parse_id_number
from models.rules.permits import Actor, require_citizen

COOL_DOWN = timedelta(hours=24)
WINDOW = "请带身份证到任一大厅窗口，工作人员当面帮您合并"


# ------------------------------------------------------------------ signing in


async def sign_in_wechat(openid: str) -> Grant:
    """The account behind an openid the platform has just named; a new one when it was never seen (R4)."""

    async def body() -> Grant:
        index = WechatBinding.OPENID.blind(openid)
        await attempts.lock(f"openid:{index}")
        binding = await WechatBinding.get_or_none(openid_index=index).select_related("account")
        if binding is None:
            id_ = new_id()
            account = await Account.create()
            await WechatBinding.create(
                id=id_, account=account, openid_index=index, openid_sealed=WechatBinding.OPENID.seal(id_, openid)
            )
            return await sessions.start(account)
        if binding.flagged_at:
            await WechatBinding.filter(id=binding.id).update(flagged_at=None)
        return await sessions.start(binding.account)

    return await unit(body)


async def sign_in_phone(phone: str, code: str, address: str) -> Grant:
    """Sign in by a code sent to the phone (web hall); makes the account when the phone is new.

    Refusals: `bad_phone`, `sms_code_wrong` and `sms_code_spent` 422, `too_many_attempts` 429.
    """
    number = parse_phone(phone)

    async def body() -> Grant | Refusal:
        await attempts.check("sign_in_address", address)
        if refused := await codes.check_sms(number, code):
            await attempts.count("sign_in_address", address)
            return refused
        account = await _by_phone(number)
        if account is None:
            account = await _set_phone(await Account.create(), number)
        return await sessions.start(account)

    return settled(await unit(body))


async def guard_address(address: str) -> None:
    """Refuse an address with too many failed sign-ins, before anybody outside is asked."""
    await attempts.check("sign_in_address", address)


async def failed_from(address: str) -> None:
    """Count a failed sign-in of an address."""
    await unit(lambda: attempts.count("sign_in_address", address))


# ------------------------------------------------------------------ the phone


async def guard_phone(actor: Actor) -> None:
    """Count a try to bind a phone; 20 an hour for an account (WeChat's phone codes cost money)."""
    account_id = require_citizen(actor)
    await unit(lambda: attempts.take("phone_account", str(account_id)))


async def bind_phone_by_sms(actor: Actor, phone: str, code: str) -> Grant:
    """Bind a phone proved by a text message. Refusals as `sign_in_phone` and `bind_phone`."""
    number = parse_phone(phone)

    async def body() -> Grant | Refusal:
        return await codes.check_sms(number, code) or await _bind(actor, number)

    return settled(await unit(body))


async def bind_phone(actor: Actor, phone: str) -> Grant:
    """Bind a phone the platform has proved. A phone of another account joins the two when one of them is empty and
    the other has the real name (R4). Refusals: `phone_taken` 409 with the way to a counter."""
    number = parse_phone(phone)
    return await unit(lambda: _bind(actor, number))


async def _bind(actor: Actor, number: str) -> Grant:
    await attempts.lock(f"phone:{Account.PHONE.blind(number)}")
    account = await _locked(require_citizen(actor))
    other = await _by_phone(number)
    if other is None:
        changed = account.phone_index is not None
        account = await _set_phone(account, number)
        if changed:
            await own_list.write(account.id, "account.phone")
            await audit.record(actor, "account.phone_changed", f"account:{account.id}")
        return await _same_session(actor, account)
    if other.id == account.id:
        return await _same_session(actor, account)
    if await _bare(account) and (other.id_number_index or await _bare(other)):
        return await sessions.start(await _join(actor, keep=other, gone=account))
    if account.id_number_index and await _bare(other):
        kept = await _join(actor, keep=account, gone=other)
        return await _same_session(actor, await _set_phone(kept, number))
    raise Refusal("phone_taken", 409, f"这个手机号在另一个账户上，两个账户都办过事。{WINDOW}")


async def _same_session(actor: Actor, account: Account) -> Grant:
    """Fresh tokens; the session they replace ends."""
    if actor.session:
        await sessions.end_family(actor.session)
    return await sessions.start(account)


async def _by_phone(number: str) -> Account | None:
    await attempts.lock(f"phone:{Account.PHONE.blind(number)}")
    return await Account.select_for_update().get_or_none(phone_index=Account.PHONE.blind(number), erased_at=None)


async def _set_phone(account: Account, number: str) -> Account:
    account.phone_sealed = Account.PHONE.seal(account.id, number)
    account.phone_index = Account.PHONE.blind(number)
    account.assurance = stronger(account.assurance, "phone")
    await account.save(update_fields=["phone_sealed", "phone_index", "assurance"])
    return account


async def _locked(account_id: UUID) -> Account:
    account = await Account.select_for_update().get_or_none(id=account_id, erased_at=None)
    if account is None:
        raise Refusal("session_ended", 401, "已经退出登录，请重新登录")
    return account


def stronger(one: str, other: str) -> str:
    """The higher of two assurances; a check never lowers what was checked before."""
    return max(one, other, key=ASSURANCE.index)


# ------------------------------------------------------------------ real name


def parse_real_name(name: str, id_number: str) -> tuple[str, str]:
    """Name and number in the form they are kept. Refusals: `bad_name`, `bad_id_number` (422)."""
    return parse_name(name), parse_id_number(id_number, today()).value


async def guard_real_name(actor: Actor) -> None:
    """Count a try; five a day, so that names and numbers cannot be matched by trying."""
    account_id = require_citizen(actor)
    await unit(lambda: attempts.take("real_name", str(account_id)))


async def real_name(actor: Actor, name: str, number: str, assurance: str) -> Account:
    """Record a checked name and number (as `parse_real_name` gives them) at the assurance the verifier gave.

    One number, one account. Refusals, all 409: `real_name_done` (another identity is recorded here),
    `account_exists` (the number has an account: prove its phone and the two are joined), `id_number_taken`.
    """

    async def body() -> Account:
        index = Account.ID_NUMBER.blind(number)
        await attempts.lock(f"id:{index}")
        account = await _locked(require_citizen(actor))
        if account.id_number_index:
            return await _confirm(account, index, name, assurance)
        other = await Account.get_or_none(id_number_index=index, erased_at=None)
        if other is not None:
            raise _exists(other, name)
        account.name_sealed = Account.NAME.seal(account.id, name)
        account.id_number_sealed = Account.ID_NUMBER.seal(account.id, number)
        account.id_number_index = index
        account.assurance = stronger(account.assurance, assurance)
        account.verified_at = now()
        await account.save()
        await _name_drafts(account.id, account.id, name)
        await audit.record(actor, "account.real_name", f"account:{account.id}", assurance=assurance)
        return account

    return await unit(body)


async def _confirm(account: Account, index: str | None, name: str, assurance: str) -> Account:
    if account.id_number_index != index or Account.NAME.open(account.id, account.name_sealed) != name:
        raise Refusal("real_name_done", 409, "已经实名过了。要改姓名或身份证号，请带身份证到大厅窗口")
    account.assurance = stronger(account.assurance, assurance)
    account.verified_at = now()
    await account.save(update_fields=["assurance", "verified_at"])
    return account


def _exists(other: Account, name: str) -> Refusal:
    if Account.NAME.open(other.id, other.name_sealed) != name:
        return Refusal("id_number_taken", 409, f"这个身份证号已经登记，和您填的姓名不一样。没填错的话，{WINDOW}")
    if other.phone_sealed is None:
        return Refusal("account_exists", 409, f"您已经有账户了，当时没有留手机号。{WINDOW}")
    tail = (Account.PHONE.open(other.id, other.phone_sealed) or "")[-2:]
    return Refusal(
        "account_exists", 409, f"您已经有账户了。请用当时的手机号（尾号{tail}）收验证码，就并到一起；号不用了，{WINDOW}"
    )


# ------------------------------------------------------------------ joining


async def _bare(account: Account) -> bool:
    """Nothing but drafts and photographs hang on it: it may be joined to another account without loss."""
    if account.id_number_index:
        return False
    return not (
        await Case.filter(account_id=account.id).exclude(state="draft").exists()
        or await Membership.filter(account_id=account.id).exists()
        or await Mandate.filter(principal_id=account.id).exists()
        or await Mandate.filter(helper_id=account.id).exists()
    )


async def _join(actor: Actor, *, keep: Account, gone: Account) -> Account:
    """Move what hangs on `gone` to `keep`, end `gone`, tell `keep`, and cool down before plain data is shown."""
    await WechatBinding.filter(account_id=gone.id).update(account_id=keep.id)
    await Case.filter(account_id=gone.id).update(account_id=keep.id)
    await _name_drafts(keep.id, gone.id, Account.NAME.open(keep.id, keep.name_sealed) or "")
    await Upload.filter(account_id=gone.id).update(account_id=keep.id)
    await Notification.filter(account_id=gone.id).update(account_id=keep.id)
    await _join_consents(keep.id, gone.id)
    await IdentityCode.filter(account_id=gone.id).delete()
    await sessions.end_all(gone.id)
    await Account.filter(id=gone.id).update(phone_sealed=None, phone_index=None, erased_at=now(), assurance="none")
    keep.plain_after = now() + COOL_DOWN
    await keep.save(update_fields=["plain_after"])
    await own_list.write(keep.id, "account.joined")
    await audit.record(actor, "account.joined", f"account:{keep.id}", gone=str(gone.id))
    return keep


async def _name_drafts(account_id: UUID, begun_as: UUID, name: str) -> None:
    """Drafts begun for oneself before the name was known are this person's now."""
    for case in await Case.filter(account_id=account_id, state="draft", applicant_kind="self", applicant_id=begun_as):
        await Case.filter(id=case.id).update(
            applicant_id=account_id, applicant_name_sealed=Case.APPLICANT.seal(case.id, name)
        )


async def _join_consents(keep: UUID, gone: UUID) -> None:
    held = {row.template: row for row in await Consent.filter(account_id=keep)}
    for row in await Consent.filter(account_id=gone):
        if row.template in held:
            mine = held[row.template]
            await Consent.filter(id=mine.id).update(credits=mine.credits + row.credits)
            await Consent.filter(id=row.id).delete()
        else:
            await Consent.filter(id=row.id).update(account_id=keep)
