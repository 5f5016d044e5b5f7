"""Words every paper shares: dates in full, who applied for what, the laws and remedies named at its foot."""

from datetime import date
from typing import Any

Case = dict[str, Any]
More = dict[str, Any]
LAW = "依照《中华人民共和国行政许可法》第三十八条"
WATCH = "进度在“一门”小程序“办件”里看，有变化会发消息。"
REMEDY = (
    "不服本决定，可以在收到之日起60日内申请行政复议，或者6个月内提起行政诉讼（行政复议法第20条、行政诉讼法第46条）。"
)
REASON_HERE = "（理由写在旁边，发出时印在这里）"


def full(day: date | str) -> str:
    """2026年10月13日."""
    found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return f"{found.year}年{found.month}月{found.day}日"


def filed(case: Case) -> str:
    """您于 2026年10月13日 在翁源县政务服务中心申请的**食品经营许可**."""
    return f"您于 {full(case['submitted_at'])} 在{case['hall']['name']}申请的**{case['title']}**"


def part(case: Case, task: More) -> str:
    """Which item of several a paper speaks of."""
    return f"，其中“{task['item_name']}”" if len(case["tasks"]) > 1 else ""


def stop(words: str) -> str:
    """Words that end with one full stop."""
    return words.rstrip("。.；;，, \n") + "。"
