"""The 日尺: one box is one day that counts, gaps are days off, the stroke is where it ends (look/desk-04)."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from api.desk import bars, ruler
from api.desk.render import number_parts, number_tail, spaced
from models.rules import standards
from models.rules.calendar import Calendar, SpecialDay
from models.rules.clock import Clock
from models.rules.limits import Limit, Pause

OFF = [date(2026, 9, 25), *(date(2026, 10, n) for n in range(1, 8))]
CALENDAR = Calendar(
    [SpecialDay(day, "off", "中秋节" if day.month == 9 else "国庆节") for day in OFF]
    + [SpecialDay(date(2026, 10, 10), "worked", "调休上班")],
    [2026],
)
TODAY = date(2026, 10, 13)


def clock(days: int, kind: str = "promise", start: date = date(2026, 9, 22), on: date = TODAY) -> dict[str, Any]:
    pause = Pause(date(2026, 10, 8), date(2026, 10, 9), "检测")
    told = Clock(CALENDAR).explain(start, Limit(days), at=on, pauses=[pause], began="受理", verb="办结")
    return {
        "kind": kind, "state": "running", "of": days, "due_on": told.due_on.isoformat(), "days": told.days,
        "words": told.words, "light": {"colour": told.light, "word": told.short}, "remaining": told.remaining,
    }  # fmt: skip


def test_the_sample_day_of_the_drawing() -> None:
    """09-22 accepted, promise 10, law 20, two days of testing taken out: 8 used, due 10-15 and 10-29."""
    promise, law = clock(10), clock(20, "statutory")
    assert (promise["due_on"], law["due_on"], promise["remaining"]) == ("2026-10-15", "2026-10-29", 2)
    svg = str(ruler.big(promise, law, TODAY))
    looks = re.findall(r'class="d (\w+)"', svg)
    assert looks.count("past") == 7 and looks.count("pause") == 2 and looks.count("today") == 1
    assert looks.count("next") == 2 and looks.count("legal") == 10
    for words in ("承诺 10 日", "法定 20 日", "今天", "中秋", "国庆", "调休", "9月", "10月"):
        assert words in svg, words
    assert "tone-amber" in svg and "style=" not in svg


def test_a_late_row_shows_three_boxes_and_an_arrow() -> None:
    late = clock(3, on=TODAY)
    assert late["light"]["colour"] == "red"
    svg = str(ruler.mini(late, TODAY))
    assert svg.count('class="d late"') == 3 and 'class="more"' in svg


def test_a_limit_of_the_day_itself_and_a_very_long_one() -> None:
    assert 'class="d today"' in ruler.big(clock(0, start=TODAY), None, TODAY)
    for days in (45, 200):
        svg = str(ruler.big(clock(days), None, TODAY))
        width = int(re.search(r'width="(\d+)"', svg)[1])  # type: ignore[index]
        assert width <= 700 and str(ruler.mini(clock(days), TODAY)).count("<rect") > days / 2


def test_words_cannot_become_markup() -> None:
    hostile = clock(5)
    hostile["light"]["word"] = '"><script>alert(1)</script>'
    assert "<script>" not in ruler.mini(hostile, TODAY)
    assert "<b>" not in number_parts("<b>") and "<b>" not in str(number_tail("<b>x"))


def test_numbers_stand_free() -> None:
    assert spaced("剩6日") == "剩 6 日" and spaced("超12日") == "超 12 日" and spaced("今天到期") == "今天到期"
    assert str(number_tail("440229000120261013000372")) == "1013 <b>00037</b>2"


def test_standards_write_their_own_sentences() -> None:
    found = standards.standards("营业执照", "登记状态正常；名称与申请表一致", handed_in=True)
    assert [one.words for one in found] == ["登记状态正常", "名称与申请表一致"]
    own = standards.Defect("照片太暗", "白天再拍")
    kept = standards.note(found, {2}, own)
    assert standards.failed(found, kept) == {2} and standards.own(kept) == own
    assert standards.own(standards.note(found, {1}, None)) is None
    absent = standards.standards("营业执照", "登记状态正常", handed_in=False)
    assert [one.defect for one in absent] == ["没有交营业执照"]
    paper = standards.standards("章程", "页码连续", handed_in=False, on_paper=True)
    assert [one.words for one in paper] == ["已经交来", "页码连续"] and [one.n for one in paper] == [1, 2]


def test_an_approver_waits_for_the_opinion() -> None:
    case = {"id": "c", "state": "accepted", "timeline": []}
    task = {"id": "t", "version": 0, "can": ["decide"], "state": "examining"}
    around = bars.Around([], None, None, urged=False, extended=False, same=False)
    found = bars.task_bar(case, task, frozenset({"approver"}), around).verb("decide")
    assert found is not None and found.off == "还没有审查意见"
    advised = {**task, "state": "advised", "can": ["decide", "return"]}
    own = bars.task_bar(case, advised, frozenset({"approver"}), replace(around, same=True)).verb("decide")
    assert own is not None and own.off == "您写的意见，要由负责人决定"
