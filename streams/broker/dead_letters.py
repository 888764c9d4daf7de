"""The dead-letter twin of a topic: what can never be read, with the reason, kept for a person."""

from __future__ import annotations

from services.errors import Unreadable
from streams import metrics
from streams.broker.kafka import Outbox, Record
from streams.logs import log

KEPT_BYTES = 1_024


def dead_letter(record: Record, error: Unreadable) -> tuple[str, bytes, dict[str, bytes]]:
    """Topic, first KiB of the value, and headers naming reason and origin."""
    headers = {
        "reason": error.reason.encode(),
        "detail": error.detail.encode("utf-8", "replace")[:300],
        "origin": f"{record.topic}/{record.partition}/{record.offset}".encode(),
        "size": str(len(record.value or b"")).encode(),
    }
    return f"{record.topic}.dlq", (record.value or b"")[:KEPT_BYTES], headers


def set_aside(outbox: Outbox, record: Record, error: Unreadable) -> None:
    """Send a record to its dead-letter topic, count it and go on."""
    topic, value, headers = dead_letter(record, error)
    outbox.send(topic, None, value, headers)
    metrics.DEAD_LETTERS.labels(topic=record.topic, reason=error.reason).inc()
    log.warning("set aside", topic=record.topic, offset=record.offset, reason=error.reason, detail=error.detail[:300])
