"""One notice, once (R28, R30): every defect in one document; a second only with leave and a reason."""

from typing import Any
from uuid import UUID

import pytest

from models.actions import cases, consultations, correction, drafts
from models.base import Refusal, rows, today
from models.case import Case, Event, Notice, NoticeLine
from models.paper import CaseMaterial
from models.reads import cases as case_reads
from models.rules.permits import Actor
from tests import people

pytestmark = pytest.mark.database


class Filed:
    """A case at the counter, with its people and its materials in order."""

    def __init__(self, li: Actor, wang: Actor, lead: Actor, id_: UUID, materials: list[CaseMaterial]) -> None:
        self.li, self.wang, self.lead, self.id, self.materials = li, wang, lead, id_, materials

    def line(self, n: int, defect: str = "看不清日期") -> dict[str, str]:
        return {"material_code": self.materials[n].code, "defect": defect, "fix": "拍清楚再交"}

    async def notify(self, *lines: dict[str, str]) -> str:
        return await correction.notify(self.wang, self.id, None, list(lines))

    async def mend(self, n: int) -> None:
        await drafts.lay(self.li, self.id, self.materials[n].code, [await people.page(self.li)])

    async def answered(self) -> None:
        await self.notify(self.line(0))
        await self.mend(0)
        await correction.correct(self.li, self.id)

    async def case(self) -> Case:
        return await Case.get(id=self.id)


@pytest.fixture
async def filed(db: str) -> Filed:
    li, wang = await people.citizen(), await people.clerk()
    id_ = await people.submitted(li, "SJ03")
    await cases.receive(wang, id_)
    found = await CaseMaterial.filter(case_id=id_, state="ready").order_by("position")
    laid = [material for material in found if not material.need["form"]]
    assert len(laid) >= 3
    return Filed(li, wang, await people.worker("周督", "supervisor"), id_, laid)


async def refused(awaitable: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await awaitable
    return found.value


async def test_every_defect_stands_in_one_numbered_document(filed: Filed) -> None:
    number = await filed.notify(filed.line(0), filed.line(1, "缺第二页"), filed.line(0, "反光"))
    assert number.startswith("翁政服告〔")
    shown = (await case_reads.case(filed.li, filed.id))["notice"]
    assert (shown["number"], shown["round"], shown["open"]) == (number, 1, True)
    assert [(line["n"], line["defect"], line["answered"]) for line in shown["lines"]] == [
        (1, "看不清日期", False), (2, "缺第二页", False), (3, "反光", False),
    ]  # fmt: skip
    assert await Notice.filter(case_id=filed.id).count() == 1


async def test_a_partial_answer_is_told_exactly_what_is_still_open(filed: Filed) -> None:
    await filed.notify(filed.line(0), filed.line(1, "缺第二页"), filed.line(1, "没有签名"), filed.line(2, "过期了"))
    await filed.mend(0)
    still = await refused(correction.correct(filed.li, filed.id))
    names = [filed.materials[n].name for n in (1, 2)]
    assert (still.code, still.words) == ("notice_still_open", f"还差 2 样没有改好：{'、'.join(names)}")
    assert [(error["pointer"], error["detail"]) for error in still.errors] == [
        (f"/materials/{filed.materials[1].code}", f"2. {names[0]}：缺第二页"),
        (f"/materials/{filed.materials[1].code}", f"3. {names[0]}：没有签名"),
        (f"/materials/{filed.materials[2].code}", f"4. {names[1]}：过期了"),
    ]
    await filed.mend(1)
    assert (await refused(correction.correct(filed.li, filed.id))).words == f"还差 1 样没有改好：{names[1]}"
    shown = (await case_reads.case(filed.li, filed.id))["notice"]
    assert [line["answered"] for line in shown["lines"]] == [True, True, True, False]
    assert (await filed.case()).state == "correcting"
    await filed.mend(2)
    await correction.correct(filed.li, filed.id)
    assert (await filed.case()).state == "received"


async def test_what_the_notice_does_not_name_stays_shut(filed: Filed) -> None:
    await filed.notify(filed.line(0))
    assert (await refused(filed.mend(1))).code == "not_in_notice"


async def test_what_departments_answered_stands_in_it_with_their_name(filed: Filed) -> None:
    fire, zhao = await people.handler("何消", "XF"), await people.handler()
    letter = await consultations.ask(filed.wang, filed.id, "XF", "看看图纸行不行")
    other = await consultations.ask(filed.wang, filed.id, "SJ", "材料齐不齐")
    drawn, lost = filed.line(1, "没有标出口"), filed.line(2, "没有签名")
    await consultations.answer(fire, letter, None, "defects", "图纸要改", [drawn])
    await consultations.answer(zhao, other, None, "defects", "要签名", [lost])
    await filed.notify(filed.line(0), drawn)  # the counter had copied the fire brigade's line itself
    shown = (await case_reads.case(filed.li, filed.id))["notice"]
    assert [(line["n"], line["defect"], line["department"]) for line in shown["lines"]] == [
        (1, "看不清日期", None), (2, "没有标出口", "消防大队"), (3, "没有签名", "市监局"),
    ]  # fmt: skip
    kept = await NoticeLine.filter(notice__case_id=filed.id).order_by("position")
    assert [line.department_id for line in kept] == ["", "XF", "SJ"]


async def test_departments_alone_make_a_notice(filed: Filed) -> None:
    fire = await people.handler("何消", "XF")
    letter = await consultations.ask(filed.wang, filed.id, "XF", "看看图纸行不行")
    await consultations.answer(fire, letter, None, "defects", "图纸要改", [filed.line(1, "没有标出口")])
    await filed.notify()
    assert await NoticeLine.filter(notice__case_id=filed.id, department_id="XF").count() == 1
    assert (await refused(filed.notify())).code == "second_notice"


async def test_a_second_is_refused_without_leave(filed: Filed) -> None:
    await filed.answered()
    no = await refused(filed.notify(filed.line(1)))
    assert (no.code, no.status) == ("second_notice", 409)
    assert "请示督办" in no.words
    await correction.ask_second(filed.wang, filed.id, None, "复印件也过期了，第一次没有看出来")
    assert (await refused(filed.notify(filed.line(1)))).code == "second_notice"  # asked is not allowed
    assert await Notice.filter(case_id=filed.id).count() == 1


async def test_leave_is_asked_and_given_once_with_reasons(filed: Filed) -> None:
    early = await refused(correction.ask_second(filed.wang, filed.id, None, "想再告知"))
    assert early.code == "no_first_notice"
    await filed.answered()
    assert (
        await refused(correction.allow_second(filed.lead, filed.id, None, "同意"))
    ).code == "second_notice_not_asked"
    assert (await refused(correction.ask_second(filed.wang, filed.id, None, " "))).code == "reason_needed"
    await correction.ask_second(filed.wang, filed.id, None, "复印件也过期了")
    for actor, code in (
        (filed.wang, "not_allowed"), (filed.li, "not_allowed"), (await people.handler("孙伟", "NY"), "not_found"),
    ):  # fmt: skip
        assert (await refused(correction.allow_second(actor, filed.id, None, "同意再告知"))).code == code
    assert (await refused(correction.allow_second(filed.lead, filed.id, None, ""))).code == "reason_needed"
    await correction.allow_second(filed.lead, filed.id, None, "材料之间有矛盾，确实要再告知")
    again = await refused(correction.allow_second(filed.lead, filed.id, None, "再同意一次"))
    assert again.code == "second_notice_allowed"
    assert (await refused(correction.ask_second(filed.wang, filed.id, None, "再请示"))).code == "second_notice_allowed"
    told = await rows("SELECT audience FROM outbox WHERE dedupe_key LIKE '%second_notice%' ORDER BY audience")
    assert [row["audience"] for row in told] == ["hall:0001", "supervisor"]


async def test_the_second_is_marked_keeps_its_reason_and_is_the_last(filed: Filed) -> None:
    await filed.answered()
    await correction.ask_second(filed.wang, filed.id, None, "复印件也过期了")
    await correction.allow_second(filed.lead, filed.id, None, "材料之间有矛盾，确实要再告知")
    number = await filed.notify(filed.line(1, "过期了"))
    case = await filed.case()
    assert (case.state, case.second_notice) == ("correcting", "used")
    second = await Notice.get(case_id=filed.id, round=2)
    assert (second.number, second.allowed_by) == (number, filed.lead.id)
    assert Notice.REASON.open(second.id, second.reason_sealed) == "材料之间有矛盾，确实要再告知"
    event = await Event.filter(case_id=filed.id, verb="notify").order_by("-at").first()
    assert event and event.words == "大厅再次出具了告知书"
    shown = (await case_reads.case(filed.li, filed.id))["notice"]
    assert (shown["round"], [line["defect"] for line in shown["lines"]]) == (2, ["过期了"])
    await filed.mend(1)
    await correction.correct(filed.li, filed.id)
    assert (await refused(filed.notify(filed.line(2)))).code == "second_notice"
    assert (await refused(correction.ask_second(filed.wang, filed.id, None, "第三次"))).code == "second_notice_used"
    with pytest.raises(Exception, match="notice_round|notice_second"):
        await Notice.filter(id=second.id).update(round=3)


async def test_the_second_does_not_repeat_what_letters_said_before_the_first(filed: Filed) -> None:
    fire = await people.handler("何消", "XF")
    letter = await consultations.ask(filed.wang, filed.id, "XF", "看看图纸行不行")
    await consultations.answer(fire, letter, None, "defects", "图纸要改", [filed.line(1, "没有标出口")])
    await filed.notify()
    await filed.mend(1)
    await correction.correct(filed.li, filed.id)
    await correction.ask_second(filed.wang, filed.id, None, "复印件也过期了")
    await correction.allow_second(filed.lead, filed.id, None, "确实要再告知")
    await filed.notify(filed.line(0))
    shown = (await case_reads.case(filed.li, filed.id))["notice"]
    assert [line["defect"] for line in shown["lines"]] == ["看不清日期"]


async def test_second_notices_can_be_counted_with_their_reasons(filed: Filed) -> None:
    """The figures (S21) ask the table: how many, by whom, why."""
    await filed.answered()
    await correction.ask_second(filed.wang, filed.id, None, "复印件也过期了")
    await correction.allow_second(filed.lead, filed.id, None, "确实要再告知")
    await filed.notify(filed.line(1))
    month = today().replace(day=1)
    found = await Notice.filter(round=2, issued_on__gte=month)
    assert [Notice.REASON.open(row.id, row.reason_sealed) for row in found] == ["确实要再告知"]


async def test_of_two_clerks_one_gives_it_out(filed: Filed, together: Any) -> None:
    answers = await together(*(filed.notify(filed.line(0)) for _ in range(20)))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    codes = {answer.code for answer in answers if isinstance(answer, Refusal)}
    assert codes == {"second_notice"}
    assert await Notice.filter(case_id=filed.id).count() == 1
