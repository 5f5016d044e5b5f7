"""卷内目录: one case or one 一件事 is one file, and this lists every document in it, in order (R77)."""

from datetime import date
from typing import Any

from api.paper_words import Case, More, full
from gateways.press import Table

NAME = "卷内目录"
NEEDS = ("submit",)
EQUAL = "电子档案与纸质档案具有同等法律效力（国务院令第716号第12条）。"
WHOLE = {  # papers of the case as a whole: the verb that gives each out, and its name
    "receipt": (("receive",), "收件凭证"), "acceptance": (("accept", "deem_accept"), "受理通知书"),
    "refusal": (("refuse",), "不予受理决定书"), "delivery": (("deliver", "hand_over"), "送达回证"),
}  # fmt: skip


def dossier(case: Case, on: date, more: More) -> dict[str, Any]:
    """`papers`: what was given out on single tasks, notices and promises (reads.papers), `names` what each is called,
    `name` the applicant's, `siblings` the other cases of the project."""
    entries = [*_handed_in(case), *_given(case), *_of_tasks(case, more["papers"], more["names"])]
    entries.sort(key=lambda entry: entry["on"])  # a stable sort: of one day in the order they come about
    rows = [
        [str(n), entry["name"], entry["by"], full(entry["on"]), entry["count"]] for n, entry in enumerate(entries, 1)
    ]
    pages = sum(len(material["pages"]) for material in case["materials"])
    items = "、".join(item["name"] for item in case["items"])
    said = [f"申请人：**{more['name']}**", f"事项：{items}"]
    if case["project"]:
        said.append(f"投资项目：{case['project']['name']}（{case['project']['code']}）")
    total = f"本卷共 {len(rows)} 件，其中申请材料照片 {pages} 页。{EQUAL}"
    return {
        "addressee": "",
        "paragraphs": said,
        "table": Table(["序", "文件名称", "责任者", "日期", "数量"], rows, [1, 7, 4.6, 3.4, 1.9]),
        "after": [total, *_siblings(more["siblings"])],
        "sign": [("立卷人", more.get("by", "")), ("检查人", ""), ("立卷时间", "")],
    }


def _siblings(found: list[dict[str, Any]]) -> list[str]:
    if not found:
        return []
    said = [f"{one['number']}　{one['title']}（{one['state_words']}）" for one in found]
    return ["同一项目的其他案卷：", *said]


def _handed_in(case: Case) -> list[dict[str, Any]]:
    """The form and the materials as handed in; what the system looked up itself is named as such."""
    on, found = case["submitted_at"][:10], []
    for material in case["materials"]:
        pages = len(material["pages"])
        if material["form"]:
            count = "1 份"
        elif pages:
            count = f"{pages} 页"
        else:
            count = "系统查证" if material["free"] else "纸质" if not material["photo"] else "未交"
        found.append({"name": material["name"], "by": "申请人", "on": on, "count": count})
    return sorted(found, key=lambda entry: entry["count"] != "1 份")  # the application form lies on top


def _given(case: Case) -> list[dict[str, Any]]:
    found = []
    for verbs, name in WHOLE.values():
        for event in case["timeline"]:
            if event["verb"] in verbs:
                found.append({"name": name, "by": case["hall"]["name"], "on": event["at"][:10], "count": "1 份"})
    return found


def _of_tasks(case: Case, papers: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for one in papers:
        facts = one["facts"]
        name, task = names[one["kind"]], facts.get("task")
        if one["kind"] == "notice" and facts.get("again"):
            name = "再次告知书"
        if task and len(case["tasks"]) > 1:
            name = f"{name}：{task['item_name']}"
        by = task["department"]["name"] if task else case["hall"]["name"]
        by = "申请人" if one["kind"] == "promise" else by
        found.append({"name": name, "by": by, "on": facts["on"].isoformat(), "count": "1 份"})
    return found
