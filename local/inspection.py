"""`main.py inspections 2026-11`: the spot checks of a month drawn again, for a supervisor or an auditor (S6)."""

from local.show import Show
from models.actions.redraw import Redraw, redraw
from models.base import Refusal
from models.rules.permits import SYSTEM


async def perform(month: str) -> int:
    """Say what was drawn and whether exactly that was inspected; the exit status is 1 when it was not."""
    show = Show()
    try:
        found = await redraw(SYSTEM, month)
    except Refusal as refusal:
        show.say(refusal.words, "bold red")
        return 2
    _tell(show, found)
    return 0 if found.holds else 1


def _tell(show: Show, found: Redraw) -> None:
    show.say(f"{found.month}：窗口受委托决定 {found.decisions} 件，应抽 {found.due} 件，实抽 {found.inspected} 件。")
    show.say(f"  种子  {found.seed}")
    show.say(f"  摘要  {found.digest}（SHA-256，抽签前已写进审计）")
    for fault in found.faults:
        show.say(f"  {fault}", "bold red")
    for wrong in found.wrong:
        show.say(f"  {wrong.task_id}  {wrong.words}", "bold red")
    if found.holds:
        show.say("重抽一遍，和实际抽查的完全一样。", "green")
    else:
        show.say("和实际抽查的对不上，请查明。", "bold red")
