"""How far a process lies behind its topic, in records and in seconds, and that its loop goes round: all as metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams import metrics
from streams.broker.kafka import Record
from streams.clock import Clock, monotonic, wall_clock

MEASURE_EVERY_SECONDS = 2.0


class Backlog:
    """Of one loop. Times are those of the producers: the distance is the same in event time, live or replayed."""

    def __init__(self, clock: Clock = wall_clock) -> None:
        self._clock = clock
        self._measure_at = 0.0
        self._fetched_ms: dict[tuple[str, int], int] = {}
        self._reached_ms: dict[tuple[str, int], int] = {}

    def beat(self) -> None:
        """The loop went round."""
        metrics.HEARTBEAT.set(self._clock().timestamp())

    def fetched(self, records: Sequence[Record]) -> None:
        """Records of one partition, at least one, that are to be handled next; also after going back."""
        first = records[0]
        self._fetched_ms[first.topic, first.partition] = first.timestamp_ms

    def done(self, record: Record) -> None:
        """Handled, or set aside."""
        self._fetched_ms.pop((record.topic, record.partition), None)
        self._reached_ms[record.topic, record.partition] = record.timestamp_ms

    def forget_all(self) -> None:
        """The partitions may have gone to another member."""
        self._fetched_ms.clear()
        self._reached_ms.clear()
        metrics.LAG_MESSAGES.clear()
        metrics.LAG_SECONDS.clear()

    def is_due(self) -> bool:
        """True once in two seconds: asking the client costs more than a poll."""
        if monotonic() < self._measure_at:
            return False
        self._measure_at = monotonic() + MEASURE_EVERY_SECONDS
        return True

    def show(self, topic: str, left: Mapping[int, int]) -> None:
        """Set the metrics; ``left``: records not handled yet, per partition of this process."""
        now_ms = self._clock().timestamp() * 1000
        for partition, count in left.items():
            reached_ms = self._reached_ms.get((topic, partition), self._fetched_ms.get((topic, partition), now_ms))
            seconds = max(0.0, now_ms - reached_ms) / 1000 if count else 0.0
            metrics.LAG_MESSAGES.labels(topic=topic, partition=partition).set(max(0, count))
            metrics.LAG_SECONDS.labels(topic=topic, partition=partition).set(seconds)
        oldest_ms = min(self._fetched_ms.values(), default=now_ms)
        metrics.OLDEST_UNPROCESSED_SECONDS.set(max(0.0, now_ms - oldest_ms) / 1000)
