"""One dossier (R77): every document of a case in order, whatever became of its parts."""

from typing import Any
from uuid import UUID

import pytest

from api import papers
from models.actions import acceptance, cases, correction, drafts
from models.case import Case, Result
from models.paper import CaseMaterial
from models.reads import cases as reads
from models.rules.permits import Actor
from tests import people
from tests.actions.people import refused
from tests.actions.test_bundles import accept, bundle, decide
from tests.actions.test_projects import CODE, accepted, registered

pytestmark = pytest.mark.database


async def table(actor: Actor, case_id: UUID) -> tuple[Any, list[list[str]]]:
    case = await reads.case(actor, case_id)
    more = await papers.facts(actor, "dossier", case)
    found = papers.content("dossier", case, "李秀英", more.pop("on"), "王芳", "http://127.0.0.1", **more)
    assert found.table
    return found, found.table.rows


async def test_a_bundle_is_one_file(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await bundle(li, "B01")
    case = await reads.case(li, id_)
    assert (await refused(papers.facts(li, "dossier", case))).code == "paper_not_issued"  # a draft is no file
    photographed = await CaseMaterial.filter(case_id=id_, state="ready").order_by("position").first()
    assert photographed
    await cases.submit(li, id_)
    await cases.receive(wang, id_)
    lines = [{"material_code": photographed.code, "defect": "第二页看不清", "fix": "重拍第二页"}]
    await correction.notify(wang, id_, None, lines)
    await drafts.lay(li, id_, photographed.code, [await people.page(li) for _ in range(2)])
    await correction.correct(li, id_)
    await acceptance.accept(wang, id_)
    await decide(id_, "WJ02")
    await decide(id_, "GA02", "refused", "姓名与户口簿不一致")
    await decide(id_, "WJ01")
    await decide(id_, "WJ03")
    result = await Result.filter(case_id=id_).first()
    assert result
    await cases.deliver(wang, id_, None, [result.id], "window")
    found, rows = await table(wang, id_)
    names = [row[1] for row in rows]
    assert found.title == "卷内目录" and [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert names[0] == "新生儿出生一件事联办申请表" and rows[0][4] == "1 份"
    assert next(row[4] for row in rows if row[1] == photographed.name) == "2 页"
    for name in ("收件凭证", "一次性告知书", "受理通知书", "送达回证", "行政决定书：出生医学证明签发（首次）"):
        assert names.count(name) == 1, (name, names)
    assert sum(name.startswith("行政决定书：") for name in names) == 4
    assert sum(name.startswith("不再办理告知书：") for name in names) == 2  # 医保 and 社保卡 fell with 户口
    assert {row[2] for row in rows if row[1].endswith("出生登记（申报户口）")} == {"翁源县公安局"}
    handed = await CaseMaterial.filter(case_id=id_).count()
    assert len(rows) == handed + 4 + 4 + 2
    pages = sum(len(m["pages"]) for m in (await reads.case(wang, id_))["materials"])
    assert found.after[0].startswith(f"本卷共 {len(rows)} 件，其中申请材料照片 {pages} 页")


async def test_a_project_s_file_names_its_other_cases(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    await registered(li)
    first = await accepted(li, wang, "FG01")
    second = await accepted(li, wang, "HB01", "SL02")
    found, rows = await table(li, second)
    number = (await Case.get(id=first)).number
    assert found.after[1:] == ["同一项目的其他案卷：", f"{number}　企业投资项目备案（已受理）"]
    assert f"投资项目：兰花冷链分拣中心（{CODE}）" in found.paragraphs
    assert "受理通知书" in [row[1] for row in rows]
    sun = await people.citizen("孙伟", people.SUN_ID, "13800000002")
    assert (await refused(reads.case(sun, second))).code == "not_found"


async def test_one_item_is_a_file_too(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.draft(li, "SJ03")
    await accept(li, wang, id_)
    found, rows = await table(li, id_)
    assert found.after[1:] == [] and rows[-1][1] == "受理通知书"
