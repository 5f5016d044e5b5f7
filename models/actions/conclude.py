"""办结: when every department has decided, the case ends and its result goes to the counter."""

from models.actions.step import Move, move_case
from models.base import now, today
from models.case import Case, Task
from models.rules.limits import WORKING, Limit
from models.rules.permits import SYSTEM

DELIVERY = Limit(10, WORKING)  # 行政许可法 art. 44
SAID = {"granted": "同意了", "refused": "没有同意", "partly": "有的同意，有的没有"}


async def conclude_if_done(case: Case) -> None:
    """Conclude the case once no task is open; inside the unit of the last decision."""
    if await Task.filter(case_id=case.id, state__in=["assigned", "examining", "advised"]).exists():
        return
    outcomes = {task.outcome for task in await Task.filter(case_id=case.id)}
    outcome = outcomes.pop() if len(outcomes) == 1 else "partly"
    move = Move(
        limits={"delivery": DELIVERY},
        start=today(),
        facts={"outcome": SAID[outcome]},
        fields={"outcome": outcome, "concluded_at": now()},
    )
    await move_case(SYSTEM, case, "conclude", move)
