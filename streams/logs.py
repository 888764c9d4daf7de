"""Logs as JSON lines on standard error, with the ids that connect one hop to the next."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(process: str, level: str) -> None:
    """Set up JSON lines for this process; libraries below WARNING stay quiet, so no secret leaks at DEBUG."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format='{"level":"warning","library":"%(name)s"}')
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


log: structlog.stdlib.BoundLogger = structlog.get_logger()
