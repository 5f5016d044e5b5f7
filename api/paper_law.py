"""Papers of what happens on the way: 特别程序, 延期, 承诺, 函询, 撤销, 不再办理; each says its law and what follows."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from api.paper_words import REASON_HERE, REMEDY, WATCH, Case, More, filed, full, part, stop
from gateways.press import Box, Table

NAMES = {
    "suspension": "特别程序告知书", "extension": "延期告知书", "promise": "承诺书", "letter": "函询函", "reply": "复函",
    "revocation": "撤销决定书", "fallen": "不再办理告知书",
}  # fmt: skip
NEEDS = {  # the verb after which each exists
    "suspension": ("suspend",), "extension": ("extend",), "promise": ("promise",), "letter": ("ask",),
    "reply": ("answer",), "revocation": ("revoke",), "fallen": ("fall",),
}  # fmt: skip
INSIDE = frozenset({"letter", "reply"})  # between offices, never the applicant's
OUTCOMES = {"agrees": "没有意见，同意按程序办理", "objects": "不同意", "defects": "材料有下列问题，请一次性告知申请人"}


def suspension(case: Case, on: date, more: More) -> dict[str, Any]:
    """特别程序: which, on which basis, how long and why, and that these days are not counted (art. 45).

    `told` is what the step tells the applicant, line by line (rules.special).
    """
    task = more["task"]
    lines = more["told"].split("\n")
    rows = [_row(line) for line in lines]
    kind = next((value for name, value in rows if name == "程序"), "特别程序")
    until = re.search("计划到(.+?)为止", more["told"])
    return {
        "office": task["department"]["name"],
        "paragraphs": [
            f"{filed(case)}{part(case, task)}在审查中需要进行**{kind}**。依照《中华人民共和国行政许可法》第四十五条，"
            "所需时间**不计算在办理期限内**，现书面告知如下："
        ],
        "table": Table(["项目", "内容"], rows, [2, 9]),
        "box": Box(
            f"计划 {until[1]} 结束" if until else "结束那天告诉您", "",
            ["从开始那天起到结束那天止，都不算办理时间。", "提前结束的，从第二天起接着算，新的日子会告诉您。", WATCH],
        ),
    }  # fmt: skip


def _row(line: str) -> list[str]:
    name, colon, value = line.partition("：")
    return [name, value] if colon and len(name) <= 4 else ["时间", line]


def extension(case: Case, on: date, more: More) -> dict[str, Any]:
    """延期: by how much, why, who approved, and the new day (art. 42). Of one item, or of a joint case as a whole."""
    task, longer = more.get("task"), more["longer"]
    until = whole_day(more["until"], on) if more.get("until") else ""
    approved = "经本机关负责人批准" if task else "经县人民政府负责人批准"
    return {
        "office": task["department"]["name"] if task else _lead(case),
        "paragraphs": [
            f"{filed(case)}{part(case, task) if task else ''}，不能在原定期限内作出决定。"
            f"依照《中华人民共和国行政许可法》第四十二条，{approved}，办理期限**延长 {longer}**。理由：",
            more.get("reason") or REASON_HERE,
            "依照同一条，特将延长期限的理由告知您。办理期限只延长这一次。",
        ],
        "box": Box(f"最迟 {until} 作出决定" if until else "期限相应顺延", f"（延长 {longer}）",
                   ["能提前办好的，提前告诉您。", WATCH]),
    }  # fmt: skip


def whole_day(said: str, on: date) -> str:
    """2026年12月8日 for the 12月8日 an event of that year says."""
    return said if "年" in said else f"{on.year}年{said}"


def _lead(case: Case) -> str:
    lead = (case["bundle"] or {}).get("lead")
    return str(lead["name"] if lead else case["hall"]["name"])


def promise(case: Case, on: date, more: More) -> dict[str, Any]:
    """容缺受理承诺书 or 告知承诺书: the words as they were shown and signed (R40, R41)."""
    found = more["promise"]
    tolerance = found["kind"] == "tolerance"
    rows = [
        [str(n), one["name"], "后补" if tolerance else "以承诺代替证明"] for n, one in enumerate(found["materials"], 1)
    ]
    paragraphs = [
        f"本人就申请的**{found['item_name'] or case['title']}**作出如下承诺：",
        *[stop(line) for line in found["words"].split("\n") if line.strip()],
    ]
    box = None
    if tolerance and found["due_on"]:
        box = Box(f"请在 {full(found['due_on'])} 前补齐", "", ["在“一门”小程序“办件”里拍照补交，不用再来。", WATCH])
    return {
        "title": "容缺受理承诺书" if tolerance else "告知承诺书", "addressee": case["hall"]["name"],
        "paragraphs": paragraphs, "table": Table(["序", "材料", "怎么办"], rows, [1, 8, 4]) if rows else None,
        "box": box,
        "sign": [("承诺人", more.get("name", "")), ("签署", "“一门”小程序，实名认证后签署"),
                 ("签署时间", f"{full(found['signed_at'])} {found['signed_at'][11:16]}")],
    }  # fmt: skip


def to_come(case: Case, limit: str) -> list[str]:
    """What an acceptance says of papers promised for later; nothing when none are. `limit`: the days, before it is
    known which day they end on."""
    owed = [one for one in case["promises"] if one["kind"] == "tolerance" and one["state"] in ("made", "supplied")]
    if not owed:
        return []
    names = list(dict.fromkeys(material["name"] for one in owed for material in one["materials"]))
    due = min((one["due_on"] for one in owed if one["due_on"]), default="")
    when = f"在 {full(due)} 前" if due else f"自受理之日起{limit}内"
    return [
        f"**容缺材料：{'、'.join(names)}**，请{when}补齐。审查照常进行，补齐了才发结果。",
        "到期没有补齐的，这一项退回，材料退还您；没有履行承诺的记录修复以前，不能再容缺办理。",
    ]


def letter(case: Case, on: date, more: More) -> dict[str, Any]:
    """函询函: the question to a department, and until when it answers (R42)."""
    found = more["letter"]
    due = found.get("due_on")
    return {
        "inside": True, "office": found["from"], "addressee": found["department"], "paragraphs": [
            f"{case['hall']['name']}受理的**{case['title']}**（申请人：{more.get('name', '')}），"
            "需要征求你单位意见：",
            found.get("question") or REASON_HERE,
            "请书面答复同意、不同意（写明理由和依据）或者材料有什么问题。材料的问题由本大厅一次性告知申请人，"
            "请一次说全。",
        ],
        "box": Box(f"请在 {full(due)} 前复函" if due else "请按期复函", "",
                   ["在工作台“征询”里直接答复，不用另外来文。", "到期没有复函的，转县行政服务中心督办。"]),
        "sign": [("经办人", found.get("asker", "")), ("收函", ""), ("收函时间", "")],
    }  # fmt: skip


def reply(case: Case, on: date, more: More) -> dict[str, Any]:
    """复函: the department's answer, with the defects it found, if any."""
    found = more["letter"]
    lines = found.get("lines") or []
    rows = [[str(n), line["material"], line["defect"], line["fix"]] for n, line in enumerate(lines, 1)]
    return {
        "inside": True, "office": found["department"], "addressee": found["from"],
        "paragraphs": [
            f"关于**{case['title']}**（申请人：{more.get('name', '')}）的来函收悉。经研究，答复如下：",
            f"**{OUTCOMES[found['outcome']]}**。",
            *([found["words"]] if found.get("words") else []),
        ],
        "table": Table(["序", "材料", "哪里不符", "改成什么样"], rows, [1, 4, 5, 6]) if rows else None,
        "sign": [("答复人", found.get("answered_by") or "")],
    }  # fmt: skip


def revocation(case: Case, on: date, more: More) -> dict[str, Any]:
    """撤销决定书 (art. 69): which decision, why, what it means for what was given, and the remedies."""
    task = more["task"]
    decided = f"于 {full(task['decided_at'])} " if task.get("decided_at") else ""
    return {
        "office": task["department"]["name"],
        "paragraphs": [
            f"{filed(case)}{part(case, task)}，本机关{decided}决定准予。现查明：",
            more.get("reason") or REASON_HERE,
            "依照《中华人民共和国行政许可法》第六十九条，决定**撤销上述准予决定**。据此发给的证照、批文自本决定"
            "送达之日起作废，请交回发证机关。",
            REMEDY,
        ],
        "box": Box(
            "请交回证照、批文", "", ["交到任何一个政务服务大厅的窗口。", "情况改变、符合条件后，可以重新申请。"],
        ),
    }  # fmt: skip


def fallen(case: Case, on: date, more: More) -> dict[str, Any]:
    """What stood behind an item that was not granted is not handled any more (R42)."""
    task = more["task"]
    return {
        "office": task["department"]["name"],
        "paragraphs": [
            f"{filed(case)}{part(case, task)}要在前面的事项办好以后才能办理。{stop(more['reason'])}",
            f"因此**{task['item_name']}不再办理**，为它交的材料退还给您。同一件里不受影响的事项照常办理。",
            "前面的事项以后办好了，可以重新申请这一项。对前面的事项的决定不服的，按那份决定书上写的办法申请行政复议"
            "或者提起行政诉讼。",
        ],
    }  # fmt: skip


WRITERS: dict[str, Callable[[Case, date, More], dict[str, Any]]] = {
    "suspension": suspension, "extension": extension, "promise": promise, "letter": letter, "reply": reply,
    "revocation": revocation, "fallen": fallen,
}  # fmt: skip
