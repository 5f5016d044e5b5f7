"""Time is an actor: when an alarm is due, the clock performs its verb of the state sheet. Safe when late or doubled."""

from functools import partial
from typing import Any

import structlog

from models.actions import alarms, by_clock
from models.base import Refusal

log = structlog.get_logger()
MOST = 200


async def perform_due(_: dict[str, Any] | None = None) -> int:
    """Perform every due alarm; returns how many. Each is one transaction of its own."""
    done = 0
    for due in await alarms.due(MOST):
        try:
            await alarms.perform(due.id, partial(by_clock.perform, due))
            done += 1
        except Refusal as refusal:
            # The case moved on while the alarm waited: the alarm is spent, not an error.
            await alarms.spent(due.id, refusal.code)
        except Exception as error:
            log.error("alarm_failed", verb=due.verb, kind=type(error).__name__, exc_info=error)
            await alarms.failed(due.id, type(error).__name__)
    return done
