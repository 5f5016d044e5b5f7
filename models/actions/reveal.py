"""Show one plain value of a person to staff: its audit row is written first, in the same unit (R6, promises 3.5)."""

from uuid import UUID

from models.actions import audit
from models.base import Refusal, not_found, unit
from models.case import Case, Task
from models.people import Account
from models.rules import permits
from models.rules.permits import Actor

WORDS = {"id_number": "身份证号", "phone": "手机号", "name": "姓名"}


async def plain(actor: Actor, case_id: UUID, what: str, purpose: str) -> str:
    """The plain `what` (id_number, phone, name) of the applicant of a case in the actor's scope."""
    if what not in WORDS:
        raise Refusal("unknown_value", 422, "没有这一项可看")

    async def body() -> str:
        case = await Case.filter(permits.scope(actor), id=case_id).prefetch_related("account").first()
        if case is None:
            raise not_found()
        if what != "name":
            await _own(actor, case)
        await audit.record(actor, f"person.{what}_viewed", f"case:{case.id}", purpose)
        account = case.account
        if what == "name":
            return Case.APPLICANT.open(case.id, case.applicant_name_sealed) or ""
        if what == "phone":
            return Account.PHONE.open(account.id, account.phone_sealed) or "没有登记"
        return Account.ID_NUMBER.open(account.id, account.id_number_sealed) or "没有登记"

    return await unit(body)


async def _own(actor: Actor, case: Case) -> None:
    """A department that is only asked by letter judges the matter; whose number it is, is none of its business."""
    inside = actor.roles & permits.WITHIN and not actor.roles & permits.OVERSEERS
    if inside and not await Task.filter(case_id=case.id, department_id=actor.department).exists():
        raise Refusal("not_own_case", 403, "来函征询的件，看不到申请人的证件号和手机号；要核对身份，请复函时写明")


async def searched(actor: Actor, by: str, found: int) -> None:
    """Record a search by a person's number: by what and how many, never the number itself."""

    async def body() -> None:
        await audit.record(actor, "case.searched", f"staff:{actor.id}", f"按{by}查办件", found=found)

    await unit(body)
