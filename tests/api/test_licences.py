"""A person's licences over HTTP: the whole shape, and nothing of anybody else's."""

from datetime import date

import pytest

from models.base import new_id, today
from models.case import Case, CaseItem, Task
from models.catalogue import Item
from models.licence import Licence
from tests.api.door import Web, web, world  # noqa: F401

pytestmark = pytest.mark.database


async def licence(account: str) -> Licence:
    """食品经营许可证 of an account, until the end of 2031."""
    item = await Item.get(code="SJ03", state="published")
    case = await Case.create(
        title=item.name, account_id=account, applicant_id=account, hall_id="0001", state="delivered", number="7" * 24,
        owner="",
    )  # fmt: skip
    of = await CaseItem.create(
        case_id=case.id, item_id=item.id, code=item.code, name=item.name, department_id="SJ", position=0
    )
    task = await Task.create(
        case_id=case.id, case_item_id=of.id, department_id="SJ", state="decided", outcome="granted"
    )  # fmt: skip
    id_ = new_id()
    return await Licence.create(
        id=id_, case_id=case.id, task_id=task.id, account_id=account, subject_id=account, item_code="SJ03",
        department_id="SJ", name="食品经营许可证", number="市监局证〔2026〕00001号", valid_years=5,
        holder_sealed=Licence.HOLDER.seal(id_, "李秀英"), issued_on=today(), valid_from=today(),
        valid_until=date(2031, 12, 31),
    )  # fmt: skip


async def test_my_licences(web: Web) -> None:  # noqa: F811
    _, token = await web.li()
    me = await web.get("/me", token)
    assert await web.get("/me/licences", token) == {"items": [], "next_cursor": None}
    row = await licence(me["id"])
    (shown,) = (await web.get("/me/licences", token))["items"]
    assert shown == {
        "id": str(row.id), "name": "食品经营许可证", "number": "市监局证〔2026〕00001号", "item_code": "SJ03",
        "holder": {"kind": "self", "id": me["id"], "name": "李秀英"}, "department": "翁源县市场监督管理局",
        "issued_on": today().isoformat(), "valid_from": today().isoformat(), "valid_until": "2031-12-31",
        "state": "valid", "state_words": "有效", "light": {"colour": "green", "word": "有效", "short": "有效"},
        "words": "有效期到2031年12月31日", "deemed": False, "renewal_case_id": None, "can": [],
    }  # fmt: skip
    _, other = await web.sign_in("孙伟")
    assert (await web.get("/me/licences", other["access_token"]))["items"] == []
    await web.problem(401, "sign_in_needed", "GET", "/me/licences")


async def test_a_renewal_says_what_silence_means(web: Web) -> None:  # noqa: F811
    _, token = await web.li()
    me = await web.get("/me", token)
    row = await licence(me["id"])
    body = {"item_codes": ["SJ03"], "renews": str(row.id), "hall": "0001"}
    made = (await web.call("POST", "/cases", body, token)).json()
    assert made["renewal"] == {
        "licence_id": str(row.id), "number": row.number, "valid_until": "2031-12-31", "timely": True,
        "words": "2031年12月1日以前申请延续，到期前没有决定的，依法视为准予延续",
    }  # fmt: skip
    (shown,) = (await web.get("/me/licences", token))["items"]
    assert shown["renewal_case_id"] == made["id"]
    _, other = await web.sign_in("孙伟")
    await web.problem(422, "unknown_licence", "POST", "/cases", body, other["access_token"])
