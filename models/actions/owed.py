"""What becomes of promises when the item they were made for is lost, and the record of those not kept (R40, R41)."""

from models.actions.clocks import stop_clocks
from models.base import execute, new_id, now
from models.case import Case
from models.promise import Breach, Promise


async def release(case: Case) -> None:
    """Promises for items that were refused, returned or revoked bind nobody; their period stops with the last."""
    if not case.promised:
        return
    freed = await execute(
        "UPDATE promise SET state = 'void', settled_at = $2 FROM case_item i JOIN task t ON t.case_item_id = i.id "
        "WHERE promise.case_id = $1 AND i.case_id = $1 AND i.code = promise.item_code "
        "AND promise.state IN ('made', 'supplied') "
        "AND (t.state IN ('cancelled', 'revoked') OR (t.state = 'decided' AND t.outcome = 'refused'))",
        case.id, now(),
    )  # fmt: skip
    if freed and not await Promise.filter(case_id=case.id, kind="tolerance", state__in=["made", "supplied"]).exists():
        await stop_clocks(case, ("tolerance",))


async def breach(case: Case, promise: Promise, reason: str) -> None:
    """Hold a broken or false promise against its applicant until a supervisor writes down that it was repaired."""
    id_ = new_id()
    await Breach.create(
        id=id_, case_id=case.id, promise_id=promise.id, subject_id=promise.subject_id, kind=promise.kind,
        reason_sealed=Breach.REASON.seal(id_, reason) or "",
    )  # fmt: skip
