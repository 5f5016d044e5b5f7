"""Logs as JSON lines with listed fields only, so that no personal data slips in (promises 3.5)."""

import logging
from typing import Any

import structlog
from structlog.types import EventDict

ALLOWED = {
    "event", "level", "timestamp", "method", "path", "status", "ms", "kind", "topic", "code", "verb", "exception",
    "logger",
}  # fmt: skip


def _listed(_: Any, __: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}


def configure() -> None:
    """Set up logging for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _listed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
