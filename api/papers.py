"""What each paper of a case says: one wording for the desk's preview, its print page and the applicant's PDF."""

from collections.abc import Callable
from datetime import date
from typing import Any

import anyio.to_thread
from starlette.responses import Response

from gateways.press import Box, PaperContent, Sign, Table, paper
from models.base import Refusal, not_found, today

Case = dict[str, Any]
NAMES = {
    "receipt": "收件凭证", "notice": "一次性告知书", "acceptance": "受理通知书", "refusal": "不予受理决定书",
    "decision": "行政决定书", "delivery": "送达回证",
}  # fmt: skip
NEEDS = {  # the verb after which a paper exists
    "receipt": ("receive", "accept", "deem_accept", "notify"), "notice": ("notify",), "refusal": ("refuse",),
    "acceptance": ("accept", "deem_accept"), "delivery": ("conclude", "deliver"), "decision": ("decide",),
}  # fmt: skip
GIVEN = {**NEEDS, "delivery": ("deliver",)}  # the counter prints it to be signed; the applicant's is the signed one
COPIES = "一式两份"
LAW = "依照《中华人民共和国行政许可法》第三十八条"
WATCH = "进度在“一门”小程序“办件”里看，有变化会发消息。"
REMEDY = (
    "不服本决定，可以在收到之日起60日内申请行政复议，或者6个月内提起行政诉讼（行政复议法第20条、行政诉讼法第46条）。"
)


def full(day: date | str) -> str:
    """2026年10月13日."""
    found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return f"{found.year}年{found.month}月{found.day}日"


def content(kind: str, case: Case, name: str, on: date, clerk: str, base: str, **more: Any) -> PaperContent:
    """The paper `kind` of a case as it stands, or as it would stand (`more`: lines, reason, due, task, outcome ...).

    `name` is who it is addressed to, `clerk` who hands it out, `base` the public address its QR leads to.
    """
    if kind not in WRITERS:
        raise not_found("没有这种文书")
    written: dict[str, Any] = WRITERS[kind](case, on, more)
    sign = written.pop("sign", None) or [("经办人", clerk), ("签收", ""), ("签收时间", "")]
    office = written.pop("office", case["hall"]["name"])
    box: Box | None = written.pop("box", None)
    if box is not None:
        words = "扫码看进度"
        box = Box(box.title, box.note, box.lines, f"{base}/#/pages/lookup?number={case['number']}", words)
    return PaperContent(
        office=office, title=NAMES[kind], number=written.pop("number", ""), case_number=case["number"] or "",
        addressee=name, sign=Sign(office, full(on), sign), box=box, copies=COPIES,
        footer="问这件事：原窗口，或拨 12345。办得不当可以找县行政服务中心督办。", **written,
    )  # fmt: skip


def issued_on(case: Case, kind: str) -> date:
    """The day a paper was given out."""
    found = [event["at"] for event in case["timeline"] if event["verb"] in NEEDS[kind]]
    return date.fromisoformat(found[-1][:10]) if found else today()


async def given_out(kind: str, case: Case, name: str, base: str, task: str = "") -> Response:
    """A paper that was given out, as a PDF for the applicant; `paper_not_issued` (404) before that.

    Each department decides on a paper of its own: `task` says whose, empty takes the first.
    """
    if kind not in GIVEN or not any(event["verb"] in GIVEN[kind] for event in case["timeline"]):
        raise Refusal("paper_not_issued", 404, "这份文书还没有发出")
    more = {}
    if kind == "decision":
        decided = [one for one in case["tasks"] if one["state"] == "decided" and task in ("", one["id"])]
        if not decided:
            raise Refusal("paper_not_issued", 404, "这份文书还没有发出")
        more = {"task": decided[0]}
    return await pdf(content(kind, case, name, issued_on(case, kind), "", base, **more))


async def pdf(found: PaperContent) -> Response:
    """Set a paper; the press works in a process of its own, so a thread waits for it."""
    made = await anyio.to_thread.run_sync(paper, found)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{found.case_number}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


def _filed(case: Case) -> str:
    return f"您于 {full(case['submitted_at'])} 在{case['hall']['name']}申请的**{case['title']}**"


def _receipt(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [str(k), m["name"], f"{len(m['pages'])} 页" if m["pages"] else "网上填写" if m["form"] else "免交" if m["free"]
         else "未交"] for k, m in enumerate(case["materials"], 1)
    ]  # fmt: skip
    due = next((c["due_on"] for c in case["clocks"] if c["kind"] == "acceptance"), None)
    return {
        "paragraphs": [f"{_filed(case)}，材料已经收到，清单如下："],
        "table": Table(["序", "材料", "数量"], rows, [1, 8, 3]),
        "box": Box(
            f"最迟 {full(due)} 告诉您能不能受理" if due else "5 个工作日内告诉您能不能受理", "（行政许可法第32条）",
            ["材料不齐的，一次说清要补什么；到期没有告知，视为受理。", WATCH],
        ),
    }  # fmt: skip


def _notice(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    lines = more.get("lines") or (case["notice"] or {}).get("lines") or []
    due = more.get("due") or (case["notice"] or {}).get("due_on") or on
    rows = [[str(n), f"**{line['material']}**", line["defect"], line["fix"]] for n, line in enumerate(lines, 1)]
    return {
        "number": more.get("number") or (case["notice"] or {}).get("number") or "编号在发出时生成",
        "paragraphs": [
            f"{_filed(case)}，材料不齐全或者不符合法定形式。依照《中华人民共和国行政许可法》第三十二条，"
            "现将需要补正的**全部内容一次告知**如下："
        ],
        "table": Table(["序", "材料", "哪里不符", "改成什么样"], rows, [1, 4, 5, 6], merge=1),
        "after": ["以下空白。今后不再就本次已交的材料提出新的补正要求。"],
        "box": Box(
            f"请在 {full(due)} 前补齐", f"（{_correction(case)}不收费）",
            ["**手机补：**打开“一门”小程序“办件”，拍照上传，不用再来。",
             "**窗口补：**带手机和本告知书到大厅，工作人员帮您拍照补上。",
             "**补齐的当日受理**。到期未补齐，材料退还您，可重新申请。"],
        ),
        "sign": [("告知人", more.get("by", "")), ("签收", ""), ("签收时间", "")],
    }  # fmt: skip


def _correction(case: Case) -> str:
    clock = next((c for c in case["clocks"] if c["kind"] == "correction"), None)
    return f"{clock['of']} 个{clock['unit']}，" if clock else ""


def _acceptance(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    promise = next((c for c in case["clocks"] if c["kind"] == "promise"), None)
    ends = f"最迟 {full(promise['due_on'])} 作出决定" if promise else "受理之日起在承诺期限内作出决定"
    rows = [[str(n), item["name"], item["department"]["name"]] for n, item in enumerate(case["items"], 1)]
    return {
        "paragraphs": [
            f"{_filed(case)}，材料齐全，符合法定形式。依照《中华人民共和国行政许可法》第三十二条，**决定予以受理**，"
            "材料已分送下列部门办理："
        ],
        "table": Table(["序", "事项", "承办部门"], rows, [1, 6, 6]),
        "box": Box(ends, "", ["要现场核查、检测、专家评审的，另行书面告知所需时间。", WATCH]),
    }  # fmt: skip


def _refusal(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    said = next((e["note"] for e in reversed(case["timeline"]) if e["verb"] == "refuse"), "")
    reason = more.get("reason") or said or "（理由写在下面，发出时印在这里）"
    return {
        "paragraphs": [
            f"{_filed(case)}，经审查，**不予受理**。理由：", reason,
            "依照《中华人民共和国行政许可法》第三十二条，特此书面告知。不属于本机关职权的，请向有权的机关申请。",
            REMEDY,
        ],
    }  # fmt: skip


def _decision(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    task = more["task"]
    outcome = more.get("outcome") or task["outcome"] or "granted"
    reason = more.get("reason") or task.get("reason") or ""
    granted = outcome == "granted"
    words = "**准予**" if granted else "**不予许可**"
    part = f"，其中“{task['item_name']}”" if len(case["tasks"]) > 1 else ""
    paragraphs = [f"{_filed(case)}{part}已经审查。{LAW}，决定{words}。"]
    if not granted:
        paragraphs += [f"理由：{reason}" if reason else "理由：（写在下面，发出时印在这里）", REMEDY]
    elif reason:
        paragraphs.append(reason)
    return {"office": task["department"]["name"], "paragraphs": paragraphs}


def _delivery(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    chosen = more.get("results") or list(case["results"])
    rows = [[str(n), r["name"], r["place"] or "—", "1"] for n, r in enumerate(chosen, 1)]
    return {
        "paragraphs": [
            f"{_filed(case)}已经办结，下列文书、证件送达如下：",
            f"送达方式：**{more.get('method', '窗口领取')}**",
        ],
        "table": Table(["序", "名称", "存放", "份数"], rows, [1, 8, 3, 2]),
        "sign": [("送达人", more.get("by", "")), ("领取人", ""), ("领取时间", ""), ("代领人证件", "")],
    }  # fmt: skip


WRITERS: dict[str, Callable[[Case, date, dict[str, Any]], dict[str, Any]]] = {
    "receipt": _receipt, "notice": _notice, "acceptance": _acceptance, "refusal": _refusal, "decision": _decision,
    "delivery": _delivery,
}  # fmt: skip
