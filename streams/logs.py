"""Logs as JSON lines on standard error, with the ids that connect one hop to the next."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

import structlog

from services.signals.signal import PolicySignal


class LibraryLines(logging.Formatter):
    """What a library logs, in the same shape as our own lines."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line = {
            "process": self._process,
            "library": record.name,
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure_logs(process: str, level: str) -> None:
    """Set up JSON lines for this process; libraries below WARNING stay quiet, so no secret leaks at DEBUG."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryLines(process))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
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


def ids_of(signal: PolicySignal) -> dict[str, str]:
    """The ids that lead from one hop to the next, under the names that they have in every process's log."""
    return {"article_id": signal.article_id, "signal_id": signal.signal_id, "story_id": signal.story_id}
