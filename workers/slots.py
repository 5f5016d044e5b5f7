"""Places are made ahead every night, and again when the county's data changed; freed ones are offered (R54)."""

from typing import Any

import structlog

from models.actions import slots, waiting

log = structlog.get_logger()


async def generate_slots(_: dict[str, Any] | None = None) -> int:
    """Make the slots of every hall as far as they can be booked; returns how many rows were written."""
    done = await slots.generate()
    written = done.added + done.changed + done.closed
    if written:
        log.info(
            "slots_generated", added=done.added, changed=done.changed, closed=done.closed, displaced=done.displaced
        )
    return written


async def offer_places(_: dict[str, Any] | None = None) -> int:
    """Holds nobody confirmed go back, and what is free is offered to who waits; returns how many were offered."""
    return await waiting.sweep()
