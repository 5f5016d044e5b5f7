"""Time is an actor: when an alarm is due, the clock performs its verb of the state sheet. Safe when late or doubled."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog

from models.actions import alarms, cases
from models.base import Refusal
from models.rules.permits import CLOCK

log = structlog.get_logger()
MOST = 200


async def perform_due(_: dict[str, Any] | None = None) -> int:
    """Perform every due alarm; returns how many. Each is one transaction of its own."""
    done = 0
    for id_, case_id, verb in await alarms.due(MOST):
        try:
            await alarms.perform(id_, _verb(case_id, verb))
            done += 1
        except Refusal as refusal:
            # The case moved on while the alarm waited: the alarm is spent, not an error.
            await alarms.spent(id_, refusal.code)
        except Exception as error:
            log.error("alarm_failed", verb=verb, kind=type(error).__name__, exc_info=error)
            await alarms.failed(id_, type(error).__name__)
    return done


def _verb(case_id: UUID, verb: str) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        if verb == "deem_accept":
            await cases.deem_accept(CLOCK, case_id)
        else:
            await cases.by_clock(CLOCK, case_id, verb)

    return act
