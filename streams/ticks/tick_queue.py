"""Ticks on their way from a source to the topic: a bounded queue, and the thread that empties it.

While Kafka is away the source goes on and the queue keeps the newest ticks: an old price helps nobody, and a reader
that stopped would be disconnected by its vendor. What is dropped is counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from services.errors import Unavailable
from services.market.ticks.tick_mapping import RawTick
from streams import metrics
from streams.clock import wall_clock
from streams.logs import log
from streams.watching.health import Health

LARGEST_BATCH = 5_000
LOOK_AGAIN_SECONDS = 0.2
DRAIN_SECONDS = 5.0


class TickSink(Protocol):
    """Where ticks go."""

    def check(self) -> None:
        """Return when the broker is there; raises Unavailable."""

    def send(self, ticks: Sequence[dict[str, Any]]) -> None:
        """Return when the broker has the ticks; raises Unavailable, and then the same ticks are sent again."""

    def close(self) -> None:
        """Nothing more will be sent."""


class TickQueue:
    """At most ``capacity`` ticks, those in the sender's hand included; any thread may put, one takes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._ready = threading.Condition()
        self._ticks: deque[RawTick] = deque()
        self._in_hand: list[RawTick] = []
        self._is_closed = False

    def __len__(self) -> int:
        with self._ready:
            return len(self._ticks) + len(self._in_hand)

    def put(self, ticks: Iterable[RawTick]) -> int:
        """Add ticks at the end; how many of the oldest were dropped for it."""
        with self._ready:
            self._ticks.extend(ticks)
            surplus = min(len(self._ticks), max(0, len(self._ticks) + len(self._in_hand) - self._capacity))
            for _ in range(surplus):
                self._ticks.popleft()
            self._ready.notify()
        return surplus

    def take(self) -> list[RawTick]:
        """The next batch, which stays in hand until ``done``; nothing when none came within a moment."""
        with self._ready:
            if not self._in_hand:
                if not self._ticks and not self._is_closed:
                    self._ready.wait(LOOK_AGAIN_SECONDS)
                count = min(len(self._ticks), LARGEST_BATCH, max(1, self._capacity // 2))
                self._in_hand = [self._ticks.popleft() for _ in range(count)]
            return self._in_hand

    def done(self) -> None:
        """The batch in hand is on the topic."""
        with self._ready:
            self._in_hand = []

    def close(self) -> None:
        """Nothing more will be put."""
        with self._ready:
            self._is_closed = True
            self._ready.notify_all()


class TickSender:
    """Moves ticks from a queue to a sink in a thread of its own, and tries again what Kafka did not take."""

    def __init__(self, source: str, queue: TickQueue, sink: TickSink, health: Health) -> None:
        """``source``: the metric label of the source."""
        self._sent = metrics.SOURCE_TICKS.labels(source=source, outcome="sent")
        self._dropped = metrics.SOURCE_TICKS.labels(source=source, outcome="dropped")
        self._queue = queue
        self._sink = sink
        self._health = health
        self._is_ending = threading.Event()
        self._must_end = threading.Event()
        self._is_reached = False
        self._thread = threading.Thread(target=self._work, name="tick-sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, within_seconds: float = DRAIN_SECONDS) -> None:
        """Send what is left, for so long; what is left then is dropped and counted."""
        self._is_ending.set()
        self._queue.close()
        self._thread.join(within_seconds)
        self._must_end.set()
        left = len(self._queue)
        if left:
            self._dropped.inc(left)
            log.warning("ticks dropped at the end: Kafka did not take them", ticks=left)

    def _work(self) -> None:
        while not self._must_end.is_set():
            metrics.HEARTBEAT.set(wall_clock().timestamp())
            batch = self._queue.take()
            if batch:
                self._attempt(partial(self._send, batch))
            elif self._is_ending.is_set():
                break
            elif not self._is_reached:
                # While no market is open, nothing else would tell whether Kafka is there.
                self._attempt(self._sink.check)
        self._sink.close()

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Unavailable as error:
            self._is_reached = False
            self._health.fails("kafka", str(error))
            self._must_end.wait(error.retry_after)
            return
        self._is_reached = True
        self._health.answers("kafka")

    def _send(self, batch: list[RawTick]) -> None:
        try:
            self._sink.send(batch)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - see below
            # A batch that no try will get through must not stand in the way of all others.
            log.exception("ticks dropped: they cannot be written", ticks=len(batch))
            self._dropped.inc(len(batch))
        else:
            self._sent.inc(len(batch))
        self._queue.done()
