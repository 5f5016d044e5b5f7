"""What the citizen must do now, by when; or that there is nothing to do (look/app.md, principle 1). Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models.rules.dates import latest
from models.rules.flow import FINAL

SAYS = {"acceptance": "告诉您能不能受理", "promise": "给您结果", "delivery": "把结果交给您", "correction": "补好"}


def answer_by(clocks: list[dict[str, Any]]) -> dict[str, str] | None:
    for kind in ("correction", "acceptance", "promise", "delivery"):
        for clock in clocks:
            if clock["kind"] == kind and clock["state"] != "stopped":
                day = date.fromisoformat(clock["due_on"])
                return {"on": clock["due_on"], "words": f"{latest(day)}{SAYS[kind]}"}
    return None


def hand_in_by(day: date) -> dict[str, str]:
    """What a draft promises: when the answer on acceptance would come."""
    return {"on": day.isoformat(), "words": f"{latest(day)}{SAYS['acceptance']}"}


def next_step(
    state: str,
    materials: list[dict[str, Any]],
    notice: dict[str, Any] | None,
    results: list[dict[str, Any]],
    gaps: list[str],
    hall: str,
    promises: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What the citizen must do now, by when; or that there is nothing to do. `promises`: those signed."""
    owed = [one for one in promises if one["state"] == "made"]
    if state == "draft":
        later = {material["code"] for one in owed for material in one["materials"]}
        asked = [m for m in materials if m["photo"] and not m["form"] and m["code"] not in later]
        waiting = [m for m in asked if m["state"] in ("missing", "refused")]
        if gaps:
            return _do("fill", "把表填完", f"还有 {len(gaps)} 栏没填")
        if waiting:
            return _do("photograph", f"拍一样：{waiting[0]['name']}", f"还差 {len(waiting)} 样")
        return _do("submit", "看一看，交上去", "材料齐了")
    if state == "correcting" and notice:
        waiting = [line for line in notice["lines"] if not line["answered"]]
        words = f"补一样：{waiting[0]['material']}" if waiting else "改好了，交上去"
        done = len(notice["lines"]) - len(waiting)
        return _do("correct", words, f"要改 {len(notice['lines'])} 样，已改 {done} 样", notice["due_on"])
    if state == "accepted" and any(one["kind"] == "tolerance" for one in owed):
        return _supply(materials, [one for one in owed if one["kind"] == "tolerance"])
    if state == "concluded" and any(result["state"] == "ready" for result in results):
        return _do("collect", "来领结果", f"在{hall}，带身份证")
    if state in FINAL["case"]:
        return _do("none", "这件办完了" if state == "delivered" else "这件结束了", "")
    return _do("wait", "现在不用您做什么", "有变化，我们发消息告诉您")


def _supply(materials: list[dict[str, Any]], owed: list[dict[str, Any]]) -> dict[str, Any]:
    """Papers promised at acceptance: which comes next, and by when the first is due (R40)."""
    codes = {material["code"] for one in owed for material in one["materials"]}
    waiting = [m for m in materials if m["code"] in codes and m["state"] not in ("ready", "checking", "free")]
    words = f"补一样：{waiting[0]['name']}" if waiting else "补好了，交上去"
    by = min((one["due_on"] for one in owed if one["due_on"]), default=None)
    return _do("supply", words, f"还差 {len(waiting)} 样" if waiting else "材料拍齐了", by)


def _do(action: str, words: str, detail: str, by: str | None = None) -> dict[str, Any]:
    return {"action": action, "words": words, "detail": detail, "by": by}
