"""What each paper of a case says: one wording for the desk's preview, its print page and the applicant's PDF."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import anyio.to_thread
from starlette.responses import Response

from api import paper_dossier, paper_law
from api.paper_words import LAW, REASON_HERE, REMEDY, WATCH, Case, filed, full, part
from gateways.press import Box, PaperContent, Sign, Table, paper
from models.base import Refusal, not_found, today
from models.reads import papers as read
from models.reads import projects
from models.rules.permits import Actor

DECIDED = ("decide", "decide_at_window")

NAMES = {
    "receipt": "收件凭证", "notice": "一次性告知书", "acceptance": "受理通知书", "refusal": "不予受理决定书",
    "decision": "行政决定书", "delivery": "送达回证", "dossier": paper_dossier.NAME, **paper_law.NAMES,
}  # fmt: skip
NEEDS = {  # the verb after which a paper exists
    "receipt": ("receive", "accept", "deem_accept", "notify"), "notice": ("notify",), "refusal": ("refuse",),
    "acceptance": ("accept", "deem_accept"), "delivery": ("conclude", "deliver"), "decision": DECIDED,
    "dossier": paper_dossier.NEEDS, **paper_law.NEEDS,
}  # fmt: skip
GIVEN = {**NEEDS, "delivery": ("deliver",)}  # the counter prints it to be signed; the applicant's is the signed one
COPIES = "一式两份"


def content(kind: str, case: Case, name: str, on: date, clerk: str, base: str, /, **more: Any) -> PaperContent:
    """The paper `kind` of a case as it stands, or as it would stand (`more`: lines, reason, due, task, outcome ...).

    `name` is who it is addressed to, `clerk` who hands it out, `base` the public address its QR leads to.
    """
    if kind not in WRITERS:
        raise not_found("没有这种文书")
    written: dict[str, Any] = WRITERS[kind](case, on, more)
    sign = written.pop("sign", None) or [("经办人", clerk), ("签收", ""), ("签收时间", "")]
    office = written.pop("office", case["hall"]["name"])
    box: Box | None = written.pop("box", None)
    inside = written.pop("inside", False)  # between offices: no code to look a case up by
    if box is not None and not inside:
        box = Box(box.title, box.note, box.lines, f"{base}/#/pages/lookup?number={case['number']}", "扫码看进度")
    return PaperContent(
        office=office, title=written.pop("title", NAMES[kind]), number=written.pop("number", ""),
        case_number=case["number"] or "", addressee=written.pop("addressee", name), sign=Sign(office, full(on), sign),
        box=box, copies=COPIES,
        footer="问这件事：原窗口，或拨 12345。办得不当可以找县行政服务中心督办。", **written,
    )  # fmt: skip


def issued_on(case: Case, kind: str) -> date:
    """The day a paper was given out."""
    found = [event["at"] for event in case["timeline"] if event["verb"] in NEEDS[kind]]
    return date.fromisoformat(found[-1][:10]) if found else today()


async def given_out(
    actor: Actor, kind: str, case: Case, name: str, base: str, *, task: str = "", ref: str = ""
) -> Response:
    """A paper that was given out, as a PDF for the applicant; `paper_not_issued` (404) before that.

    Each department decides on a paper of its own: `task` says whose, empty takes the last. `ref` names one of several.
    """
    if kind not in GIVEN or kind in paper_law.INSIDE:
        raise not_issued()
    more = await facts(actor, kind, case, task, ref)
    if not more and not any(event["verb"] in GIVEN[kind] for event in case["timeline"]):
        raise not_issued()
    return await pdf(content(kind, case, name, more.pop("on", None) or issued_on(case, kind), "", base, **more))


def not_issued() -> Refusal:
    return Refusal("paper_not_issued", 404, "这份文书还没有发出")


async def facts(actor: Actor, kind: str, case: Case, task: str = "", ref: str = "") -> dict[str, Any]:
    """What a paper about one task, promise or letter says beside the case; empty for the papers of the whole case."""
    if kind == "dossier":
        return await _dossier(actor, case)
    if kind not in read.KINDS:
        return {}
    found = await read.facts(actor, case, kind, task, ref)
    if found is None:
        raise not_issued()
    return found


async def _dossier(actor: Actor, case: Case) -> dict[str, Any]:
    """Everything the file of a case holds, as far as `actor` may read it (R77)."""
    if case["submitted_at"] is None:
        raise not_issued()
    return {
        "papers": await read.given(actor, case), "names": NAMES, "name": case["applicant"]["name"] or "",
        "siblings": await projects.siblings(actor, UUID(case["id"])), "on": today(),
    }  # fmt: skip


async def pdf(found: PaperContent) -> Response:
    """Set a paper; the press works in a process of its own, so a thread waits for it."""
    made = await anyio.to_thread.run_sync(paper, found)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{found.case_number}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


def _receipt(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [str(k), m["name"], f"{len(m['pages'])} 页" if m["pages"] else "网上填写" if m["form"] else "免交" if m["free"]
         else "未交"] for k, m in enumerate(case["materials"], 1)
    ]  # fmt: skip
    due = next((c["due_on"] for c in case["clocks"] if c["kind"] == "acceptance"), None)
    return {
        "paragraphs": [f"{filed(case)}，材料已经收到，清单如下："],
        "table": Table(["序", "材料", "数量"], rows, [1, 8, 3]),
        "box": Box(
            f"最迟 {full(due)} 告诉您能不能受理" if due else "5 个工作日内告诉您能不能受理", "（行政许可法第32条）",
            ["材料不齐的，一次说清要补什么；到期没有告知，视为受理。", WATCH],
        ),
    }  # fmt: skip


def _notice(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    lines = more.get("lines") or (case["notice"] or {}).get("lines") or []
    due = more.get("due") or (case["notice"] or {}).get("due_on") or on
    rows = [[str(n), f"**{line['material']}**", _defect(line), line["fix"]] for n, line in enumerate(lines, 1)]
    again = more.get("again")
    law = "依照《中华人民共和国行政许可法》第三十二条，现将需要补正的"
    said = [f"{filed(case)}，材料不齐全或者不符合法定形式。{law}**全部内容一次告知**如下："]
    if again:
        said = [
            f"{filed(case)}，本大厅曾于 {full(again['on'])} 以{again['number']}一次性告知。现因"
            f"{again['reason'].rstrip('。')}，经县行政服务中心督办同意，{law}内容**再次告知**如下：",
        ]
    return {
        "title": "再次告知书" if again else NAMES["notice"],
        "number": more.get("number") or (case["notice"] or {}).get("number") or "编号在发出时生成",
        "paragraphs": said,
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


def _defect(line: dict[str, Any]) -> str:
    """What is wrong, and which department said so when it was not the counter."""
    return str(line["defect"]) + (f"（{line['department']}提出）" if line.get("department") else "")


def _correction(case: Case) -> str:
    clock = next((c for c in case["clocks"] if c["kind"] == "correction"), None)
    return f"{clock['of']} 个{clock['unit']}，" if clock else ""


def _acceptance(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    promise = next((c for c in case["clocks"] if c["kind"] == "promise"), None)
    ends = f"最迟 {full(promise['due_on'])} 作出决定" if promise else "受理之日起在承诺期限内作出决定"
    rows = [[str(n), item["name"], item["department"]["name"]] for n, item in enumerate(case["items"], 1)]
    later = paper_law.to_come(case, more.get("tolerance", ""))
    law = "依照《中华人民共和国行政许可法》第三十二条，"
    words = f"{filed(case)}，材料齐全，符合法定形式。{law}**决定予以受理**，"
    if later:
        words = f"{filed(case)}，主要材料齐全，其余材料您已书面承诺后补。{law}**决定予以容缺受理**，"
    if any(event["verb"] == "deem_accept" for event in case["timeline"]):
        words = (
            f"{filed(case)}，本大厅在五个工作日内没有告知是否受理。{law}"
            f"自收到申请材料之日即 {full(promise['started_on'] if promise else on)} 起**视为受理**，"
        )
    lines = ["要现场核查、检测、专家评审的，另行书面告知所需时间。", WATCH]
    return {
        "paragraphs": [f"{words}材料已分送下列部门办理："],
        "table": Table(["序", "事项", "承办部门"], rows, [1, 6, 6]),
        "after": later,
        "box": Box(ends, "", lines),
    }


def _refusal(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    said = next((e["note"] for e in reversed(case["timeline"]) if e["verb"] == "refuse"), "")
    return {
        "paragraphs": [
            f"{filed(case)}，经审查，**不予受理**。理由：", more.get("reason") or said or REASON_HERE,
            "依照《中华人民共和国行政许可法》第三十二条，特此书面告知。不属于本机关职权的，请向有权的机关申请。",
            REMEDY,
        ],
    }  # fmt: skip


def _decision(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    task, delegated = more["task"], more.get("delegation")
    outcome = more.get("outcome") or task["outcome"] or "granted"
    reason = more.get("reason") or task.get("reason") or ""
    granted = outcome == "granted"
    words = "**准予**" if granted else "**不予许可**"
    body = f"{filed(case)}{part(case, task)}已经审查。{LAW}，决定{words}。"
    paragraphs = [body] if granted else [body, "理由：", reason or REASON_HERE, REMEDY]
    if granted and reason:
        paragraphs.append(reason)
    if delegated:
        whom = delegated["to"] or case["hall"]["name"]
        paragraphs.append(
            f"本决定由{whom}受{task['department']['name']}委托，按《{delegated['notice']}》公告的范围，"
            "依照《中华人民共和国行政许可法》第二十四条，以委托机关的名义当场作出。"
        )
    return {"office": task["department"]["name"], "paragraphs": paragraphs}


def _delivery(case: Case, on: date, more: dict[str, Any]) -> dict[str, Any]:
    chosen = more.get("results") or list(case["results"])
    rows = [[str(n), r["name"], r["place"] or "—", "1"] for n, r in enumerate(chosen, 1)]
    return {
        "paragraphs": [
            f"{filed(case)}已经办结，下列文书、证件送达如下：",
            f"送达方式：**{more.get('method', '窗口领取')}**",
        ],
        "table": Table(["序", "名称", "存放", "份数"], rows, [1, 8, 3, 2]),
        "sign": [("送达人", more.get("by", "")), ("领取人", ""), ("领取时间", ""), ("代领人证件", "")],
    }  # fmt: skip


WRITERS: dict[str, Callable[[Case, date, dict[str, Any]], dict[str, Any]]] = {
    "receipt": _receipt, "notice": _notice, "acceptance": _acceptance, "refusal": _refusal, "decision": _decision,
    "delivery": _delivery, "dossier": paper_dossier.dossier, **paper_law.WRITERS,
}  # fmt: skip
