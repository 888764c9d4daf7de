"""Traces on their way to ``policy.trace``: beside the work, never in its way.

A trace explains a decision that stands already. So it is handed over without waiting, leaves in a thread of its own
with a connection of its own, and is dropped, oldest first, rather than make an article or an alert wait: whatever its
topic does, the line goes on. What is dropped is counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from services.alerts.trace import Trace
from services.errors import Unavailable
from streams import codec, metrics
from streams.broker.kafka import Outbox, Record, offset_headers
from streams.clock import Clock, monotonic
from streams.logs import log
from streams.topics import POLICY_TRACE

MOST_WAITING = 20_000
"""Some forty megabytes; at ten articles a second it covers half an hour without the topic."""
MOST_AT_ONCE = 500
LAST_WORDS_SECONDS = 2.0
"""How long a process that ends waits for its last traces."""
Build = Callable[[], Trace | None]


class Tracer(Protocol):
    """Takes traces; raises nothing and waits for nothing."""

    def __call__(self, build: Build, clock_offset_ms: int = 0) -> None:
        """``build`` writes the trace, or None when there is nothing to say; its mistakes are kept from the work."""


class TraceSender:
    """The tracer of a process. Safe to call from any thread; connects to nothing before the first trace."""

    def __init__(self, outbox: Outbox, most_waiting: int = MOST_WAITING) -> None:
        self._outbox = outbox
        self._most_waiting = most_waiting
        self._waiting: deque[tuple[str, bytes, int]] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._is_sending = False
        self._thread: threading.Thread | None = None

    def __call__(self, build: Build, clock_offset_ms: int = 0) -> None:
        """Queue a trace. What cannot be written, or finds no room, is counted as dropped."""
        record = _write(build)
        if record is None:
            return
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                self._waiting.popleft()
                metrics.TRACES.labels(outcome="dropped").inc()
            self._waiting.append((*record, clock_offset_ms))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, seconds: float = LAST_WORDS_SECONDS) -> None:
        """Let what waits leave, for so long at most; then drop it."""
        with self._changed:
            if self._thread is None:
                return
            self._changed.wait_for(lambda: not self._waiting and not self._is_sending, seconds)
            left = len(self._waiting)
            self._is_closing = True
            self._changed.notify_all()
        if left:
            log.warning("traces were dropped at the end", traces=left)

    def _run(self) -> None:
        while batch := self._take():
            self._deliver(batch)
        self._outbox.close()

    def _take(self) -> list[tuple[str, bytes, int]]:
        """What is sent next; empty at the end."""
        with self._changed:
            self._is_sending = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            if self._is_closing:
                return []
            self._is_sending = True
            return [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]

    def _deliver(self, batch: list[tuple[str, bytes, int]]) -> None:
        """Until the broker has it; what was sent before an error may come twice, which ``follow`` shows once."""
        has_failed = False
        while not self._is_closing:
            try:
                for key, value, offset_ms in batch:
                    self._outbox.send(POLICY_TRACE.name, key, value, offset_headers(offset_ms))
                self._outbox.flush()
            except Unavailable as error:
                if not has_failed:
                    log.warning("traces wait", problem=str(error))
                has_failed = True
                with self._changed:
                    self._changed.wait_for(lambda: self._is_closing, error.retry_after)
                continue
            metrics.TRACES.labels(outcome="sent").inc(len(batch))
            return
        metrics.TRACES.labels(outcome="dropped").inc(len(batch))


def drop_trace(build: Build, clock_offset_ms: int = 0) -> None:
    """The tracer of whoever leaves none."""


class Stopwatch:
    """From the moment that a process takes up a record: how long the record had lain there, and how long it took.

    ``not_before``: event time of the decision that came before, which a trace of this one must follow.
    """

    def __init__(self, record: Record, clock: Clock, not_before: datetime | None = None) -> None:
        self._began = monotonic()
        self._waited = _age_of(record, clock()) if record.timestamp_ms else None
        self._not_before = not_before

    def stamp(self, trace: Trace) -> Trace:
        """The trace with the time that was spent until now, not before the decision that it follows."""
        at = max(trace.at, self._not_before or trace.at)
        return replace(trace, at=at, waited_s=self._waited, took_s=monotonic() - self._began)


def _age_of(record: Record, now: datetime) -> float:
    return max(0.0, now.timestamp() - record.timestamp_ms / 1000)


def _write(build: Build) -> tuple[str, bytes] | None:
    try:
        trace = build()
        return None if trace is None else (trace.article_id or trace.alert_id, codec.encode(trace))
    except Exception:  # noqa: BLE001 - a mistake in an explanation must not stop what it explains
        log.exception("a trace could not be written")
        metrics.TRACES.labels(outcome="dropped").inc()
        return None
