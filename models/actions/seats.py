"""Who sits where takes what (S8): an item of a specialist window is received there."""

from models.base import Refusal
from models.case import Case, CaseItem
from models.hall import WindowGroup
from models.reads import versions
from models.rules import windows
from models.rules.permits import Actor


async def right_window(actor: Actor, case: Case) -> None:
    """Refuse `specialist_window` (409), naming the window, where the seat of the actor says it is another one.

    A 一件事 is taken at any general window; so is what the hall has no window of its own for.
    """
    if not windows.letter(actor.seat) or case.bundle_code:
        return
    items = await CaseItem.filter(case_id=case.id).order_by("position")
    records = await versions.records(items)
    wanted = [(item.department_id, str(record["window"])) for item, record in zip(items, records, strict=True)]
    if not any(window == "specialist" for _, window in wanted):
        return
    groups = await WindowGroup.filter(hall_id=actor.hall).order_by("code")
    name = windows.elsewhere(wanted, groups, actor.seat)
    if name:
        raise Refusal("specialist_window", 409, f"“{case.title}”由{name}收，请转到那里")
