"""办结: when every department has decided, the case ends and its result goes to the counter."""

from models.actions import licences, owed
from models.actions.step import Move, move_case
from models.base import execute, now, today
from models.case import Case, Task
from models.promise import Promise
from models.rules.flow import OPEN_TASKS
from models.rules.limits import WORKING, Limit
from models.rules.permits import SYSTEM

DELIVERY = Limit(10, WORKING)  # 行政许可法 art. 44
SAID = {"granted": "同意了", "refused": "没有同意", "partly": "有的同意，有的没有"}


async def conclude_if_done(case: Case) -> None:
    """Conclude the case once no task is open; inside the unit of the last decision.

    A paper promised for later holds the result back until it comes (R40). A case whose every item was returned closes.
    """
    if case.state == "accepted":
        await owed.release(case)
    if case.state != "accepted" or await Task.filter(case_id=case.id, state__in=["waiting", *OPEN_TASKS]).exists():
        return
    ended = await Task.filter(case_id=case.id, state__in=["decided", "revoked"])
    outcomes = {task.outcome if task.state == "decided" else "refused" for task in ended}
    if not outcomes:
        await move_case(SYSTEM, case, "close", Move())
        return
    held = await Promise.filter(case_id=case.id, kind="tolerance", state__in=["made", "supplied"])
    if held and "granted" in outcomes:
        if any(promise.state == "made" for promise in held):
            case.owner = "citizen"
            await execute("UPDATE cases SET owner = 'citizen' WHERE id = $1", case.id)
        return
    outcome = outcomes.pop() if len(outcomes) == 1 else "partly"
    fallen = await Task.filter(case_id=case.id, state="cancelled").exists()
    move = Move(
        limits={"delivery": DELIVERY},
        start=today(),
        facts={"outcome": SAID["partly" if fallen and outcome == "granted" else outcome]},
        fields={"outcome": "partly" if fallen and outcome == "granted" else outcome, "concluded_at": now()},
    )
    await move_case(SYSTEM, case, "conclude", move)
    await licences.at_conclusion(case)
