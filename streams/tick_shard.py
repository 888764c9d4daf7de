"""One partition of ``market.ticks``: what its ticks have come to, and which records a crash would still need."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.errors import Unreadable
from services.market.aggregation import BarAggregator
from services.market.jump import JumpGate
from services.market.tick_columns import check_columns
from services.market.ticks import parse_tick
from streams import metrics
from streams.clock import monotonic
from streams.kafka import Record
from streams.tick_intake import columns_of_table, is_table, read_record, rows_of

LATENESS_SECONDS = 5


class Shard:
    """Gate and aggregator of one partition, and the records whose ticks are not all in bars yet."""

    def __init__(
        self, number: int, knows: Callable[[str], bool], watermark: int | None, closes: Mapping[str, float]
    ) -> None:
        """``watermark`` and ``closes``: how far the bars were sent before a restart, and their last prices."""
        self.number = number
        self._knows = knows
        self.gate = JumpGate()
        for instrument, close in closes.items():
            # Without them the first tick after a restart would pass whatever its price.
            self.gate.seed(instrument, close)
        self.aggregator = BarAggregator(lateness=LATENESS_SECONDS, watermark=watermark)
        self.sent_watermark = watermark or 0
        self.offset_ms = 0
        self.touched_at = monotonic()
        self._refused: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()
        self._open: deque[tuple[int, int]] = deque()
        self._next_offset = 0

    def take(self, record: Record, now: datetime) -> None:
        """Take the ticks of one record, and of the same record only once. Raises Unreadable.

        ``now``: event time. Single bad ticks are counted and left out.
        """
        if record.offset < self._next_offset:
            return
        value = read_record(record.value)
        newest = self._take_table(value, now) if is_table(value) else self._take_one(value, now)
        self._open.append((record.offset, newest))
        self._next_offset = record.offset + 1
        self.offset_ms = record.clock_offset_ms
        self.touched_at = monotonic()

    def count_ticks(self) -> None:
        """Add what became of the ticks since the last time to the metric."""
        counts = Counter({**self.aggregator.counts, "jump": self.gate.dropped}) + self._refused
        for outcome, count in (counts - self._counted).items():
            metrics.TICKS.labels(outcome=outcome).inc(count)
        self._counted = counts

    def oldest_needed(self, watermark: int) -> int | None:
        """Offset of the oldest record with a tick in a second that is not complete; None when there is none."""
        while self._open and self._open[0][1] < watermark:
            self._open.popleft()
        return self._open[0][0] if self._open else None

    def _take_table(self, table: dict[str, list[Any]], now: datetime) -> int:
        columns = columns_of_table(table, self._knows)
        if columns is None:
            return max((self._take_one(raw, now) for raw in rows_of(table)), default=0)
        good, refused = check_columns(columns, now)
        self._refused += refused
        self.aggregator.add_many(self.gate.admit_columns(good))
        return int(good.micros.max(initial=0)) // 1_000_000

    def _take_one(self, raw: Mapping[str, Any], now: datetime) -> int:
        """The second of the tick, 0 when it was refused."""
        try:
            tick = parse_tick(raw, now)
        except Unreadable as error:
            self._refused[error.reason] += 1
            return 0
        if not self._knows(tick.instrument):
            self._refused["unknown_instrument"] += 1
            return 0
        for admitted in self.gate.admit(tick):
            self.aggregator.add(admitted)
        return int(tick.traded_at.timestamp())
