"""The end of a hall's day: numbers still open count no more (R56)."""

from typing import Any

import structlog

from models.actions import tickets

log = structlog.get_logger()


async def close_day(_: dict[str, Any] | None = None) -> int:
    """At 20:00, and at every start for days on which nothing ran then; returns how many numbers were still open."""
    closed = await tickets.close_day()
    if closed:
        log.info("hall_day_closed", tickets=closed)
    return closed
