"""One partition of ``market.ticks``: what its ticks have come to, and which records a crash would still need."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from services.errors import Unreadable
from services.market.bars.aggregation import BarAggregator
from services.market.bars.bar_making import BarColumns, join_bars
from services.market.ticks.jump import JumpGate
from services.market.ticks.tick_columns import TickColumns, check_columns
from services.market.ticks.ticks import parse_tick
from services.market.ticks.trade_rules import NO_RULES, TradeRules, admit_trade
from streams import metrics
from streams.broker.kafka import Record
from streams.broker.record_batch import shared_headers, values_of
from streams.clock import monotonic
from streams.ticks.tick_arrays import InstrumentCodes
from streams.ticks.tick_arrow import read_arrow, read_arrow_frames
from streams.ticks.tick_formats import ARROW_START, FORMAT_HEADER, MAX_RECORD_BYTES, TickFormat, format_of
from streams.ticks.tick_intake import FEWEST_COLUMNS, columns_of_table, is_table, read_record, rows_of
from streams.ticks.tick_plain import read_plain, read_plain_frames
from streams.ticks.tick_rows import LONGEST_ROW, read_rows

LATENESS_SECONDS = 5
LONGEST_RUN = 4_096
"""Single ticks that are read at once."""
LONGEST_RUN_OF_FRAMES = 16
_PLAIN_FORMATS = (None, TickFormat.JSON.value.encode())
RefusedRecord = tuple[Record, Unreadable]


class Together(NamedTuple):
    """How records of one kind are read at once, ``fewest`` to ``most`` of them; ``read`` may find that it cannot."""

    read: Callable[[Sequence[bytes], InstrumentCodes], TickColumns | None]
    fewest: int
    most: int


SINGLE_TICKS = Together(read_rows, FEWEST_COLUMNS, LONGEST_RUN)
ARROW_FRAMES = Together(read_arrow_frames, 2, LONGEST_RUN_OF_FRAMES)
COLUMN_FRAMES = Together(read_plain_frames, 2, LONGEST_RUN_OF_FRAMES)


class Shard:
    """Gate and aggregator of one partition, and the records whose ticks are not all in bars yet."""

    def __init__(
        self,
        number: int,
        knows: Callable[[str], bool],
        watermark: int | None,
        closes: Mapping[str, float],
        rules: TradeRules = NO_RULES,
    ) -> None:
        """``watermark`` and ``closes``: how far the bars were sent before a restart, and their last prices.

        ``rules``: which trades form a price, see ``config.market``.
        """
        self.number = number
        self._knows = InstrumentCodes(knows)
        self._rules = rules
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
        self._ripe: list[BarColumns] = []

    def take(self, record: Record, now: datetime) -> None:
        """Take the ticks of one record, and of the same record only once. Raises Unreadable.

        ``now``: event time. Single bad ticks are counted and left out.
        """
        if record.offset < self._next_offset:
            return
        form = format_of(record.headers, record.value)
        columns = None
        if form is TickFormat.ARROW:
            columns = read_arrow(record.value, self._knows)
        elif form is not TickFormat.JSON and record.value and LONGEST_ROW < len(record.value) <= MAX_RECORD_BYTES:
            columns = read_plain(record.value, self._knows)
        newest = self._take_json(record, form, now) if columns is None else self._take_columns(columns, now)
        self._remember(record, record, newest)

    def take_many(self, records: Sequence[Record], now: datetime) -> list[RefusedRecord]:
        """Take the records of one poll in their order; those that cannot be read come back with the reason.

        ``now``: event time by the last record's clock offset; a record with another offset gets its own. The same
        as ``take`` one by one, but single JSON ticks are read together, at a small part of the cost.
        """
        refused: list[RefusedRecord] = []
        if not records:
            return refused
        together = _find_reader(records)
        if together is not None:
            for start in range(0, len(records), together.most):
                self._take_run(records[start : start + together.most], now, refused, together)
            return refused
        wall = now - timedelta(milliseconds=records[-1].clock_offset_ms)
        for offset_ms, group in groupby(records, key=_clock_of_single):
            run = list(group)
            if offset_ms is None:
                for record in run:
                    self._take_singly([record], wall + timedelta(milliseconds=record.clock_offset_ms), refused)
                continue
            event_now = wall + timedelta(milliseconds=offset_ms)
            for start in range(0, len(run), LONGEST_RUN):
                self._take_run(run[start : start + LONGEST_RUN], event_now, refused, SINGLE_TICKS)
        return refused

    def give_out(self, quiet_until: int | None = None) -> tuple[BarColumns, int]:
        """As ``BarAggregator.advance_columns``, with the bars that were made since the last time."""
        bars, watermark = self.aggregator.advance_columns(quiet_until)
        bars, self._ripe = join_bars([*self._ripe, *([bars] if len(bars) else [])]), []
        return bars, watermark

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

    def _take_run(self, run: Sequence[Record], now: datetime, refused: list[RefusedRecord], together: Together) -> None:
        """Records of one kind together; a run with an odd one is halved until the odd one is nearly alone."""
        if run[0].offset < self._next_offset:
            run = [record for record in run if record.offset >= self._next_offset]
        columns = None
        if len(run) >= together.fewest:
            columns = together.read(values_of(run), self._knows)
        if columns is not None:
            self._remember(run[0], run[-1], self._take_columns(columns, now))
            # While they are in the processor's cache: a backlog of a million ticks costs half as much again otherwise.
            bars, _ = self.aggregator.advance_columns()
            if len(bars):
                self._ripe.append(bars)
        elif len(run) < together.fewest:
            self._take_singly(run, now, refused)
        else:
            self._take_run(run[: len(run) // 2], now, refused, together)
            self._take_run(run[len(run) // 2 :], now, refused, together)

    def _take_singly(self, run: Iterable[Record], now: datetime, refused: list[RefusedRecord]) -> None:
        for record in run:
            try:
                self.take(record, now)
            except Unreadable as error:
                refused.append((record, error))

    def _remember(self, first: Record, last: Record, newest: int) -> None:
        """``newest``: second of the newest tick of these records."""
        self._open.append((first.offset, newest))
        self._next_offset = last.offset + 1
        self.offset_ms = last.clock_offset_ms
        self.touched_at = monotonic()

    def _take_json(self, record: Record, form: TickFormat | None, now: datetime) -> int:
        value = read_record(record.value, form)
        return self._take_table(value, now) if is_table(value) else self._take_one(value, now)

    def _take_table(self, table: dict[str, list[Any]], now: datetime) -> int:
        columns = columns_of_table(table, self._knows)
        if columns is None:
            return max((self._take_one(raw, now) for raw in rows_of(table)), default=0)
        return self._take_columns(columns, now)

    def _take_columns(self, columns: TickColumns, now: datetime) -> int:
        good, refused = check_columns(columns, now, self._rules)
        self._refused += refused
        self.aggregator.add_many(self.gate.admit_columns(good))
        return int(good.micros.max(initial=0)) // 1_000_000

    def _take_one(self, raw: Mapping[str, Any], now: datetime) -> int:
        """The second of the tick, 0 when it was refused."""
        try:
            tick = parse_tick(raw, now)
            if not self._knows(tick.instrument):
                raise Unreadable("unknown_instrument")
            tick = admit_trade(tick, self._rules)
        except Unreadable as error:
            self._refused[error.reason] += 1
            return 0
        for admitted in self.gate.admit(tick):
            self.aggregator.add(admitted)
        return int(tick.traded_at.timestamp())


def _find_reader(records: Sequence[Record]) -> Together | None:
    """How records of one kind are read at once; None when they differ, and each must be looked at."""
    headers = shared_headers(records)
    if headers is None:
        return None
    form, values = headers.get(FORMAT_HEADER), values_of(records)
    lengths = [len(value) for value in values]
    if form in _PLAIN_FORMATS and max(lengths) <= LONGEST_ROW:
        return SINGLE_TICKS
    if min(lengths) <= LONGEST_ROW:
        return None
    is_arrow = [value.startswith(ARROW_START) for value in values]
    if form in (None, TickFormat.ARROW.value.encode()) and all(is_arrow):
        return ARROW_FRAMES
    return COLUMN_FRAMES if form in (None, TickFormat.JSON_COLUMNS.value.encode()) and not any(is_arrow) else None


def _clock_of_single(record: Record) -> int | None:
    """Clock offset of a record that looks like one JSON tick; None for every other."""
    value = record.value
    if value is None or len(value) > LONGEST_ROW or not value.startswith(b"{"):
        return None
    headers = record.headers
    if not headers:
        return 0
    return record.clock_offset_ms if headers.get(FORMAT_HEADER) in _PLAIN_FORMATS else None
