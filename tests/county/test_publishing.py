"""Publishing checks (R15, S3): each defect is refused alone, with its exact line and the cure; nothing is loaded."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pytest

from models.rules.calendar import Calendar, SpecialDay
from models.rules.clock import Clock
from models.rules.county_shapes import County
from models.rules.limits import NATURAL, WORKING, Limit
from models.rules.publishing import Year
from tests.county.folder import COUNTY

SJ = "items/SJ.yaml"


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    return {path.relative_to(COUNTY).as_posix(): path.read_text("utf-8") for path in COUNTY.rglob("*.yaml")}


@dataclass(frozen=True)
class Defect:
    """An edit of one file and the one problem it must bring: its code, what is said, and the cure.

    `at`: the text whose line is named, where that is not the edited line itself.
    """

    file: str
    old: str
    new: str
    code: str
    said: str
    cure: str
    at: str = ""


VAGUE = "写出具体的名称，不留口子"
DEFECTS = {
    "a vague name of a material": Defect(
        "materials.yaml", "name: 施工图审查合格文件", "name: 其他有关材料", "vague", "其他有关材料", VAGUE
    ),
    "a vague standard of acceptance": Defect(
        "materials.yaml", "standard: 审图机构出具", "standard: 以窗口要求为准，审图机构出具", "vague",
        "以窗口要求为准", VAGUE,
    ),
    "a vague hint": Defect(SJ, "hint: 自家房子用房产证，租的用租房合同", "hint: 视情况提供", "vague", "视情况", VAGUE),
    "a vague occasion": Defect(SJ, "when: 代办时", "when: 必要时", "vague", "必要时", VAGUE),
    "a vague condition": Defect(SJ, "- 有经营者、经营场所", "- 有经营者、经营场所等", "vague", "等", VAGUE),
    "a condition left to other laws": Defect(
        SJ, "- 有经营者、经营场所", "- 法律、法规规定的其他条件", "vague", "法律、法规规定的其他", VAGUE
    ),
    "a vague reason for coming": Defect(
        SJ, "reason: 全程网办，执照可邮寄", "reason: 按有关规定", "vague", "按有关规定", VAGUE
    ),
    "a promise longer than the law, one unit": Defect(
        SJ, "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: 11, unit: 工作日", "promise_too_long",
        "承诺11个工作日，比法定10个工作日还长", "承诺不能超过法定（行政许可法第42条）",
    ),
    "a promise longer than the law, natural against working days": Defect(
        SJ, "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: 13, unit: 自然日", "promise_too_long",
        "承诺13个自然日，比法定10个工作日还长：", "或改用工作日",
    ),
    "a promise longer than the law over the holidays only": Defect(
        "items/GA.yaml", "promised_limit: {days: 14, unit: 自然日", "promised_limit: {days: 10, unit: 工作日",
        "promise_too_long", "承诺10个工作日，比法定15个自然日还长：1月31日受理的，承诺到2月19日，法定只到2月18日",
        "最多写5个工作日，或改用自然日",
    ),
    "no promise at all": Defect(
        SJ, "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: null, unit: null", "bad_value",
        "SJ03 没有承诺时限", "写天数和单位",
    ),
    "days without their unit": Defect(
        SJ, "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: 6, unit: null", "bad_value",
        "days 和 unit 要一起写", "两个都写 null",
    ),
    "a visit without a reason": Defect(
        SJ, "visits: {times: 0, reason: 工作人员到店核查，您不用跑, site: true}", "visits: {times: 1, site: true}",
        "no_visit_reason", "SJ03 要跑1次，没有写为什么", "在 reason 里写上",
    ),
    "no visit, and not said how": Defect(
        SJ, "visits: {times: 0, reason: 全程网办，执照可邮寄}", "visits: {times: 0}", "no_visit_reason",
        "SJ01 没有写怎么做到不用跑", "全程网办",
    ),
    "no legal basis": Defect(
        "items/MZ.yaml", "  legal_basis:\n    - {law: 老年人权益保障法, article: 第33条, checked: true}\n",
        "  legal_basis: []\n", "no_legal_basis", "MZ01 没有设定依据", "写上法律、条文",
    ),
    "a legal basis without its article": Defect(
        SJ, "article: 第35条, ", "", "missing", "少了“article”", "补上"
    ),
    "an unknown department": Defect(
        "items/GJ.yaml", "department: GJ", "department: QQ", "unknown_code", "部门“QQ”没有登记", "departments.yaml"
    ),
    "a special procedure without a basis": Defect(
        "items/ZR.yaml", ", basis: 行政许可法第46至48条", "", "no_basis", "特别程序“听证”没有写依据哪部法",
        "没有依据的删掉，不能停时间",
    ),
    "a special procedure on nobody's law": Defect(
        "items/ZR.yaml", "basis: 行政许可法第46至48条", "basis: 局务会决定", "no_basis",
        "“听证”没有写依据哪部法", "像“行政许可法第45条”",
    ),
    "tolerance without a paper that may come later": Defect(
        "items/GA.yaml", "tolerance: {allowed: false, reason: 没有次要材料}",
        "tolerance: {allowed: true, days: 10, unit: 工作日}", "no_secondary",
        "可以容缺，却没有一样次要材料", "把可以晚交的材料写成 need: secondary",
    ),
    "tolerance without days": Defect(
        SJ, "tolerance: {allowed: true, days: 10, unit: 工作日, example: true}", "tolerance: {allowed: true}",
        "no_tolerance_days", "可以容缺，没有写几天内补齐", "写 days 和 unit",
    ),
    "no tolerance and no reason": Defect(
        "items/GA.yaml", "tolerance: {allowed: false, reason: 没有次要材料}", "tolerance: {allowed: false}",
        "no_tolerance_reason", "不能容缺，没有写为什么", "写上 reason",
    ),
    "an instant item that promises days": Defect(
        SJ, "handling: promised", "handling: instant", "instant_promise", "即办件（instant）的承诺是0天", "改 handling"
    ),
    "a promised item that promises today": Defect(
        SJ, "promised_limit: {days: 6, unit: 工作日", "promised_limit: {days: 0, unit: 工作日", "instant_promise",
        "承诺件大于0天", "改 handling 或 promised_limit", at="handling: promised",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_refused_alone_with_its_line_and_its_cure(name: str) -> None:
    defect = DEFECTS[name]
    text = texts()[defect.file]
    assert defect.old in text, "the county's file has changed: mend this test"
    start = text.index(defect.old)
    problems = County({**texts(), defect.file: text.replace(defect.old, defect.new, 1)}).problems
    assert [problem.code for problem in problems] == [defect.code], [problem.words for problem in problems]
    (problem,) = problems
    at = text.rindex(defect.at, 0, start) if defect.at else start
    assert (problem.file, problem.line) == (defect.file, text[:at].count("\n") + 1), problem.words
    assert defect.said in problem.what
    assert defect.cure in problem.cure
    assert problem.words.startswith(f"{defect.file} 第{problem.line}行：") and "。改法：" in problem.words


def test_the_model_county_passes() -> None:
    assert [problem.words for problem in County(texts()).problems] == []


@pytest.mark.parametrize("limit", [Limit(n, unit) for unit in (WORKING, NATURAL) for n in (0, 1, 3, 7, 15, 30)])
def test_limits_are_compared_as_the_clock_counts_them(limit: Limit) -> None:
    county = County(texts())
    rows = [
        SpecialDay(day, "off", off["name"])
        for source in county.each("calendars/")
        for off in source.data["days_off"]
        for day in _span(off["from"], off["to"])
    ]
    rows += [SpecialDay(d["date"], "worked", "") for s in county.each("calendars/") for d in s.data["days_worked"]]
    clock, year = Clock(Calendar(rows)), Year(county.files)
    for start in year.starts[::3]:
        assert year.due(start, {"days": limit.days, "unit": limit.unit}) == clock.due_on(start, limit), start


def _span(first: date, last: date) -> list[date]:
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]


@pytest.mark.parametrize(
    ("limit", "most"),
    [(Limit(15, NATURAL), 5), (Limit(60, NATURAL), 36), (Limit(3, NATURAL), 1)],
)
def test_the_longest_promise_is_told(limit: Limit, most: int) -> None:
    year = Year(County(texts()).files)
    legal = {"days": limit.days, "unit": limit.unit}
    assert year.most(WORKING, legal) == most
    assert year.overrun({"days": most, "unit": WORKING}, legal) is None
    assert year.overrun({"days": most + 1, "unit": WORKING}, legal) is not None
