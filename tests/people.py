"""The named people of every test: 李秀英 files, 王芳 takes in, 赵强 examines, 陈静 decides, 孙伟 must see nothing."""

from datetime import date
from typing import Any
from uuid import UUID

from models.actions import acceptance, cases, drafts, promises, tasks
from models.actions.drafts import Filing
from models.base import new_id, now
from models.case import Case, Task
from models.paper import CaseMaterial, Page, Upload
from models.people import Account, Mandate, Staff
from models.rules.permits import Actor
from models.rules.secrets import token

LI_ID = "440229196203154529"
SUN_ID = "440229199001010014"


async def citizen(name: str = "李秀英", id_number: str = LI_ID, phone: str = "13800000001") -> Actor:
    """A citizen with a checked name."""
    id_ = new_id()
    row = Account(
        id=id_, assurance="name", name_sealed=Account.NAME.seal(id_, name),
        id_number_sealed=Account.ID_NUMBER.seal(id_, id_number), id_number_index=Account.ID_NUMBER.blind(id_number),
        phone_sealed=Account.PHONE.seal(id_, phone), phone_index=Account.PHONE.blind(phone),
    )  # fmt: skip
    await row.save(force_create=True)
    return Actor("citizen", id=row.id, assurance="name")


async def mandate(principal: Actor, helper: Actor) -> Mandate:
    """Authority `principal` gave to `helper`."""
    id_ = new_id()
    row = Mandate(
        id=id_, principal_id=principal.id, helper_id=helper.id, scope_sealed=Mandate.SCOPE.seal(id_, "代办") or "",
        until=date(2027, 1, 1),
    )  # fmt: skip
    await row.save(force_create=True)
    return row


async def worker(name: str, *roles: str, department: str = "", hall: str = "", tier: str = "") -> Actor:
    """A member of staff as a signed-in actor."""
    row = Staff(
        id=new_id(), login=token(6), name=name, roles=sorted(roles), department_id=department or None,
        hall_id=hall or None, password_hash="-", password_changed_at=now(), totp_sealed="-",
    )  # fmt: skip
    await row.save(force_create=True)
    return Actor("staff", id=row.id, name=name, roles=frozenset(roles), department=department, hall=hall, tier=tier,
                 seat=f"{hall} 1号窗口" if hall else "")  # fmt: skip


async def clerk(name: str = "王芳", hall: str = "0001", tier: str = "county") -> Actor:
    return await worker(name, "clerk", hall=hall, tier=tier)


async def handler(name: str = "赵强", department: str = "SJ") -> Actor:
    return await worker(name, "handler", department=department)


async def approver(name: str = "陈静", department: str = "SJ") -> Actor:
    return await worker(name, "approver", department=department)


async def page(owner: Actor, state: str = "ready") -> UUID:
    """A photograph the darkroom has finished."""
    row = await Upload.create(
        id=new_id(), account_id=owner.id, state=state, length=1000, received=1000, width=1500, height=2000,
        archive_key="ab/" + "0" * 30, thumbnail_key="ab/" + "1" * 30, sha256="0" * 64,
    )  # fmt: skip
    return row.id


FORM_WORDS: dict[str, Any] = {"text": "示例内容", "textarea": "示例内容，写清楚", "number": 12, "date": "2026-11-20"}


def filled(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Values for every required field of a form."""
    return {
        field["key"]: field["options"][0] if field["kind"] == "choice" else FORM_WORDS[field["kind"]]
        for field in fields
        if field["required"]
    }


async def draft(owner: Actor, *items: str, hall: str = "0001", answers: dict[str, bool] | None = None) -> UUID:
    """A complete draft: form filled in, every photograph laid."""
    id_ = await drafts.begin(owner, Filing(list(items)), applicant={}, answers=answers or {}, form={}, hall=hall)
    record = await drafts.record_of(await Case.get(id=id_))
    await drafts.fill(owner, id_, filled(record["form"]))
    for material in await CaseMaterial.filter(case_id=id_).order_by("position"):
        if material.need["photo"] and not material.need["form"] and not material.need["free"]:
            await drafts.lay(owner, id_, material.code, [await page(owner)])
    return id_


async def lacking(owner: Actor, *items: str, without: tuple[str, ...] = ("T14",), **answers: bool) -> UUID:
    """A draft whole but for some papers; SJ03 lets 食品安全管理制度 (T14) come later."""
    id_ = await draft(owner, *items, answers=answers)
    found = await CaseMaterial.filter(case_id=id_, code__in=list(without))
    await Page.filter(material_id__in=[row.id for row in found]).delete()
    await CaseMaterial.filter(id__in=[row.id for row in found]).update(state="missing")
    return id_


async def tolerated(owner: Actor, window: Actor, *items: str) -> UUID:
    """Accepted with 食品安全管理制度 promised for later (容缺受理)."""
    id_ = await lacking(owner, *(items or ("SJ03",)))
    await promises.sign(owner, id_, None, "tolerance", "SJ03")
    await cases.submit(owner, id_)
    await cases.receive(window, id_)
    await acceptance.accept(window, id_)
    return id_


async def submitted(owner: Actor, *items: str, hall: str = "0001") -> UUID:
    id_ = await draft(owner, *(items or ("SJ03",)), hall=hall)
    await cases.submit(owner, id_)
    return id_


async def accepted(owner: Actor, window: Actor, *items: str) -> UUID:
    id_ = await submitted(owner, *items)
    await cases.receive(window, id_)
    await acceptance.accept(window, id_)
    return id_


async def concluded(owner: Actor, window: Actor, examiner: Actor, head: Actor, *items: str) -> UUID:
    id_ = await accepted(owner, window, *items)
    for task in await Task.filter(case_id=id_):
        await tasks.acknowledge(examiner, task.id)
        await tasks.advise(examiner, task.id, None, "granted", "经审查，符合条件")
        await tasks.decide(head, task.id, None, "granted")
    return id_


def day(text: str) -> date:
    return date.fromisoformat(text)
