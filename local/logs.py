"""Logs as JSON lines with listed fields only, so that no personal data slips in (promises 3.5)."""

import json
import logging
import re
from typing import Any

import structlog
from structlog.types import EventDict

ALLOWED = {
    "event", "level", "timestamp", "method", "path", "status", "ms", "kind", "topic", "code", "verb", "exception",
    "logger", "added", "changed", "closed", "displaced", "tickets",
}  # fmt: skip


# What ends a line, turns the writing round or speaks to a terminal without being ASCII: a path is a stranger's text.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def as_line(event: EventDict, **options: Any) -> str:
    """One event as one line of JSON whatever it holds; Chinese stays readable."""
    text = json.dumps(event, ensure_ascii=False, **options)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
            structlog.processors.JSONRenderer(serializer=as_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
