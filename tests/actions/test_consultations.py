"""函询: asked, reminded, fallen silent, answered; its defects go into the one notice; who may see it."""

from collections.abc import Awaitable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.actions import acceptance, cases, consultations, correction, tasks
from models.base import SHANGHAI, Refusal
from models.case import Alarm, Case, Event, NoticeLine, Task
from models.outbox import Outbox
from models.paper import CaseMaterial, Page
from models.reads import cases as case_reads
from models.reads import consultations as reads
from models.reads import uploads
from models.rules.permits import Actor
from models.supervision import Consultation
from tests import people
from workers.alarms import perform_due

pytestmark = pytest.mark.database
QUESTION = "经营场所在河边，排水方案能不能同意？"
SYSTEM = Actor("department", department="SL", name="水务局系统")


def on(day: str, hour: str = "10:00:00") -> Any:
    return time_machine.travel(datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=SHANGHAI), tick=False)


async def refused(call: Awaitable[Any]) -> Refusal:
    with pytest.raises(Refusal) as found:
        await call
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.value.words)
    return found.value


async def filed() -> tuple[Actor, Actor, UUID]:
    """李秀英's food licence lies at 王芳's window since Monday 2 November 2026."""
    li, wang = await people.citizen(), await people.clerk()
    with on("2026-11-02"):
        return li, wang, await people.submitted(li, "SJ03")


async def asked(day: str = "2026-11-02") -> tuple[Actor, Actor, UUID, UUID]:
    """And 王芳 has asked 水务局 about it."""
    li, wang, id_ = await filed()
    with on(day):
        return li, wang, id_, await consultations.ask(wang, id_, "SL", QUESTION)


async def desks(case_id: UUID, kind: str) -> list[str]:
    rows = await Outbox.filter(subject_id=case_id, topic="desk", dedupe_key__contains=f":{kind}:")
    return sorted(row.audience for row in rows)


async def a_material(case_id: UUID) -> CaseMaterial:
    found = await CaseMaterial.filter(case_id=case_id, state="ready").order_by("position").first()
    assert found is not None
    return found


async def test_a_letter_goes_out_with_its_day(db: str) -> None:
    _, wang, id_, letter_id = await asked()
    letter = await Consultation.get(id=letter_id)
    assert (letter.asker, letter.state, letter.due_on) == ("hall:0001", "open", date(2026, 11, 4))  # two working days
    assert QUESTION not in letter.question_sealed
    hours = await Alarm.filter(subject_id=letter_id, done_at=None).order_by("due_at").values_list("verb", "due_at")
    assert [(verb, at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")) for verb, at in hours] == [
        ("remind_answer", "11-03 08:30"), ("fall_silent", "11-05 00:00"),
    ]  # fmt: skip
    event = await Event.get(case_id=id_, verb="ask")
    assert (event.audience, event.words, event.after) == ("staff", "发函征询水务局，11月4日前复", "open")
    assert await desks(id_, "department.consulted") == ["department:SL"]
    with on("2026-11-02"):
        row = (await reads.of_case(wang, id_))[0]
    assert row == {
        "id": str(letter_id), "version": 0, "case_id": str(id_), "number": (await Case.get(id=id_)).number,
        "title": (await Case.get(id=id_)).title, "department": {"code": "SL", "short": "水务局"},
        "asker_words": "翁源县政务服务中心", "question": QUESTION, "due_on": "2026-11-04",
        "light": {"colour": "green", "word": "正常", "short": "剩2日"}, "state": "open", "state_words": "等复函",
        "outcome": None, "words": "", "lines": [], "answered_at": None, "can": [],
    }  # fmt: skip


async def test_asked_after_hours_counts_from_the_next_working_day(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with on("2026-09-30"):
        id_ = await people.submitted(li, "SJ03")
    with on("2026-09-30", "18:00:00"):
        letter = await Consultation.get(id=await consultations.ask(wang, id_, "SL", QUESTION))
    assert letter.due_on == date(2026, 10, 10)  # received on 8 October; 9 October, and the worked Saturday


async def test_the_department_reads_the_case_and_its_photographs_and_nobody_else(db: str) -> None:
    li, wang, id_, letter_id = await asked()
    river = await people.handler("何清", department="SL")
    sun = await people.worker("孙伟", "handler", "approver", department="NY")
    material = await a_material(id_)
    photo = (await Page.filter(material_id=material.id))[0].upload_id
    letter = await reads.one(river, letter_id)
    assert (letter["question"], letter["can"]) == (QUESTION, ["answer"])
    assert letter["applicant"]["name"] == "李**"
    assert [len(m["pages"]) for m in letter["materials"] if m["code"] == material.code] == [1]
    for who in (river, SYSTEM):
        assert [row["id"] for row in await reads.inbox(who)] == [str(letter_id)]
        assert (await uploads.visible(who, photo)).id == photo
        assert (await case_reads.case(who, id_))["can"] == []
    other = await people.citizen("孙大伟", people.SUN_ID, "13900000002")
    foreign = Actor("department", department="NY", name="别的系统")
    for who in (sun, other, foreign):
        assert await reads.inbox(who) == []
        for call in (
            reads.of_case(who, id_), reads.one(who, letter_id), case_reads.case(who, id_), uploads.visible(who, photo),
            consultations.answer(who, letter_id, None, "agrees", "同意", []),
            consultations.ask(who, id_, "ZR", QUESTION),
        ):  # fmt: skip
            assert (await refused(call)).code == "not_found"
    assert await reads.of_case(li, id_) == []  # between offices; the applicant reads none of it
    assert "ask" not in [event["verb"] for event in (await case_reads.case(li, id_))["timeline"]]
    assert (await Consultation.get(id=letter_id)).state == "open"


async def test_reading_is_not_acting(db: str) -> None:
    """The department that was asked may not receive, accept or send back what lies at the window."""
    _, _, id_, letter_id = await asked()
    river, head = await people.handler("何清", department="SL"), await people.approver("许平", department="SL")
    line = {"material_code": (await a_material(id_)).code, "defect": "看不清", "fix": "重拍"}
    for who in (river, head):
        for call in (
            cases.receive(who, id_), acceptance.accept(who, id_), cases.withdraw(who, id_),
            correction.notify(who, id_, None, [line]),
            consultations.ask(who, id_, "ZR", QUESTION),
        ):  # fmt: skip
            assert (await refused(call)).code == "not_found"
    assert (await Case.get(id=id_)).state == "submitted"
    lead = await people.worker("刘主任", "supervisor")
    assert (await refused(consultations.answer(lead, letter_id, None, "agrees", "同意", []))).code == "not_allowed"


async def test_an_answer_comes_back_to_who_asked(db: str) -> None:
    _, wang, id_, letter_id = await asked()
    head = await people.approver("许平", department="SL")
    with on("2026-11-03"):
        await consultations.answer(head, letter_id, 0, "objects", "离河道不足五米，不同意", [])
        row = (await reads.of_case(wang, id_))[0]
        assert await reads.inbox(head) == []
    assert (row["state"], row["state_words"], row["outcome"]) == ("answered", "已复函", "objects")
    assert row["words"] == "离河道不足五米，不同意" and row["answered_at"] == "2026-11-03T10:00:00+08:00"
    assert row["light"] == {"colour": "green", "word": "已复函", "short": "已复函"}
    assert await desks(id_, "asker.answered") == ["hall:0001"]
    assert (await Event.get(case_id=id_, verb="answer")).words == "水务局复函：不同意"
    assert not await Alarm.filter(subject_id=letter_id, done_at=None).exists()
    assert (
        await refused(consultations.answer(head, letter_id, None, "agrees", "改主意了", []))
    ).code == "state_changed"


async def test_silence_is_told_and_a_late_answer_still_mends_it(db: str) -> None:
    _, wang, id_, letter_id = await asked()
    river = await people.handler("何清", department="SL")
    with on("2026-11-03", "08:31:00"):
        await perform_due()
    assert await desks(id_, "department.consulted") == ["department:SL", "department:SL"]
    with on("2026-11-04", "23:59:59"):
        await perform_due()
        assert (await reads.inbox(river))[0]["light"] == {"colour": "amber", "word": "今天到期", "short": "今天到期"}
    with on("2026-11-06", "09:00:00"):  # the worker was away for a day
        await perform_due()
        await perform_due()
        row = (await reads.inbox(river))[0]
    assert (row["state_words"], row["light"]["word"], row["light"]["short"]) == ("逾期未复", "已超期", "超2日")
    assert await Event.filter(case_id=id_, verb="fall_silent").count() == 1
    assert await desks(id_, "asker.silent") == ["hall:0001"] and await desks(id_, "supervisor.silent") == ["supervisor"]
    with on("2026-11-06"):
        await consultations.answer(SYSTEM, letter_id, row["version"], "agrees", "同意，按方案排水", [])
    assert (await reads.of_case(wang, id_))[0]["state"] == "answered"


async def test_defects_of_a_letter_stand_in_the_one_notice(db: str) -> None:
    li, wang, id_, letter_id = await asked()
    river, material = await people.handler("何清", department="SL"), await a_material(id_)
    line = {"material_code": material.code, "defect": "看不出排水口在哪里", "fix": "在图上标出排水口"}
    with on("2026-11-03"):
        await consultations.answer(river, letter_id, None, "defects", "材料还看不清楚", [line])
        assert (await reads.of_case(wang, id_))[0]["lines"] == [{**line, "material": material.name}]
        await correction.notify(wang, id_, None, [])
    written = await NoticeLine.get(notice__case_id=id_)
    assert (written.department_id, written.material) == ("SL", material.name)
    assert NoticeLine.DEFECT.open(written.id, written.defect_sealed) == "看不出排水口在哪里"
    seen = await case_reads.case(li, id_)
    assert seen["notice"]["lines"][0]["fix"] == "在图上标出排水口"


async def test_an_answer_that_says_too_little_or_too_much_is_refused(db: str) -> None:
    _, _, id_, letter_id = await asked()
    river, material = await people.handler("何清", department="SL"), await a_material(id_)
    good = {"material_code": material.code, "defect": "看不清排水口", "fix": "标出排水口"}

    async def code(outcome: str, words: str, *lines: dict[str, str], version: int | None = None) -> str:
        return (await refused(consultations.answer(river, letter_id, version, outcome, words, lines))).code

    assert await code("maybe", "再看看") == "unknown_outcome"
    assert await code("agrees", " 好 ") == "answer_needed"
    assert await code("defects", "有问题") == "lines_needed"
    assert await code("defects", "有问题", *[good] * 61) == "lines_needed"
    assert await code("agrees", "同意", good) == "lines_unwanted"
    assert await code("agrees", "同意", version=5) == "stale_version"
    bad = await refused(
        consultations.answer(
            river, letter_id, None, "defects", "有问题",
            [good, {"material_code": "Z99", "defect": "x", "fix": "改" * 301}],
        )
    )  # fmt: skip
    assert bad.code == "answer_incomplete"
    assert [error["pointer"] for error in bad.errors] == ["/lines/1", "/lines/1/defect", "/lines/1/fix"]
    assert (await Consultation.get(id=letter_id)).state == "open"


async def test_a_handler_asks_from_the_own_task(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    with on("2026-11-02"):
        id_ = await people.accepted(li, wang, "SJ03")
        task, zhao = await Task.get(case_id=id_), await people.handler()
        await tasks.acknowledge(zhao, task.id)
        assert (await refused(consultations.ask(zhao, id_, "SJ", QUESTION, task.id))).code == "own_department"
        assert (await refused(consultations.ask(zhao, id_, "QQ", QUESTION, task.id))).code == "unknown_department"
        assert (await refused(consultations.ask(zhao, id_, "SL", "？", task.id))).code == "question_needed"
        chen = await people.approver()
        assert (await refused(consultations.ask(chen, id_, "SL", QUESTION, task.id))).code == "not_allowed"
        river = await people.handler("何清", department="SL")
        assert (await refused(consultations.ask(river, id_, "SJ", QUESTION, task.id))).code == "not_found"
        letter_id = await consultations.ask(zhao, id_, "SL", QUESTION, task.id)
        assert (await refused(consultations.ask(zhao, id_, "SL", "再问一次", task.id))).code == "already_asked"
        await consultations.ask(wang, id_, "SL", "窗口也想问一问")  # another asker, another letter
        shown = await reads.of_case(zhao, id_)
        assert [row["asker_words"] for row in shown] == ["市监局", "翁源县政务服务中心"]
        await consultations.answer(river, letter_id, None, "agrees", "同意", [])
    assert await desks(id_, "asker.answered") == ["department:SJ"]


async def test_a_letter_about_a_case_that_ended_rests(db: str) -> None:
    """Withdrawn: no alarm about silence, nothing in the inbox, nothing to answer, nothing to ask."""
    li, wang, id_, letter_id = await asked()
    river = await people.handler("何清", department="SL")
    with on("2026-11-03"):
        await cases.withdraw(li, id_)
        assert await reads.inbox(river) == []
        assert (await reads.of_case(wang, id_))[0]["can"] == []
        assert (await refused(consultations.answer(river, letter_id, None, "agrees", "同意", []))).code == "case_ended"
        assert (await refused(consultations.ask(wang, id_, "ZR", QUESTION))).code == "state_changed"
    with on("2026-11-05", "00:00:01"):
        await perform_due()
    assert (await Consultation.get(id=letter_id)).state == "open"
    assert not await Event.filter(case_id=id_, verb="fall_silent").exists()
    assert not await Alarm.filter(subject_id=letter_id, done_at=None).exists()


async def test_a_draft_is_asked_about_by_nobody(db: str) -> None:
    li, wang = await people.citizen(), await people.clerk()
    draft = await people.draft(li, "SJ03")
    assert (await refused(consultations.ask(wang, draft, "SL", QUESTION))).code == "not_found"


async def test_one_of_many_answers_counts(db: str, together: Any) -> None:
    _, _, id_, letter_id = await asked()
    river = await people.handler("何清", department="SL")
    results = await together(
        *(consultations.answer(river, letter_id, 0, "agrees", f"同意，第{n}次", []) for n in range(8))
    )
    assert [result for result in results if result is None] == [None]
    assert {result.code for result in results if result} <= {"stale_version", "state_changed"}
    assert await Event.filter(case_id=id_, verb="answer").count() == 1
