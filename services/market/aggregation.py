"""Ticks to one-second bars on event time.

Bars are made when the watermark passes them, from all ticks of their second in one canonical order (exchange time,
then sequence), so that arrival order within the lateness cannot change them. The watermark is the newest *trusted*
second minus the lateness: a tick more than ten seconds ahead of the newest is trusted only when three in a row say
so, hence one wrong clock does not make everything else late. (Bars and watermarks: Akidau et al., The Dataflow Model,
VLDB 2015.)
"""

from __future__ import annotations

from array import array
from collections import Counter, deque

import numpy as np
from numpy.typing import NDArray

from services.market.bar_making import TickTable, join_tables, make_bars
from services.market.tick import Bar, Tick
from services.market.tick_columns import NO_SEQUENCE, TickColumns

LATENESS = 5
"""Seconds that a tick may arrive behind the newest one."""
STEP = 10
"""Seconds that one tick alone may move the newest second forward."""
WITNESSES = 3
MAX_PENDING = 2_000_000
_NEVER = 2**60
_LAST_SECOND = _NEVER // 1_000_000
_FAR_PAST = -(2**62)


class BarAggregator:
    """Collects ticks, gives out finished bars. Memory: 40 bytes per pending tick, at most ``max_pending`` of them.

    ``counts`` says what became of every tick: accepted (in a bar given out), late (its bar was already given out),
    duplicate, overflow (``max_pending`` reached). Duplicates are known by (instrument, traded_at, sequence), or by
    (instrument, traded_at, price, volume) where there is no sequence.
    """

    def __init__(
        self, *, lateness: int = LATENESS, watermark: int | None = None, max_pending: int = MAX_PENDING
    ) -> None:
        """``watermark``: the last one published before a restart; older ticks are late and make no half bars."""
        self.watermark = watermark or 0
        self.counts: Counter[str] = Counter(accepted=0, late=0, duplicate=0, overflow=0)
        self._lateness = lateness
        self._max_pending = max_pending
        self._codes: dict[str, int] = {}
        self._tables: list[TickTable] = []
        self._table_rows = 0
        self._single = _SingleTicks()
        self._newest = _FAR_PAST
        self._oldest = _NEVER
        self._ahead: deque[int] = deque(maxlen=WITNESSES)

    @property
    def pending(self) -> int:
        """Ticks kept for bars that are not finished."""
        return self._table_rows + len(self._single.micros)

    def add(self, tick: Tick) -> bool:
        """Take one tick; False when it was late or there was no room."""
        micros = round(tick.traded_at.timestamp() * 1e6)
        second = micros // 1_000_000
        if second < self.watermark:
            self.counts["late"] += 1
            return False
        single = self._single
        if len(single.micros) + self._table_rows >= self._max_pending:
            self.counts["overflow"] += 1
            return False
        code = self._codes.get(tick.instrument)
        if code is None:
            code = self._codes[tick.instrument] = len(self._codes)
        single.code.append(code)
        single.price.append(tick.price)
        single.volume.append(tick.volume)
        single.micros.append(micros)
        sequence = tick.sequence
        single.sequence.append(NO_SEQUENCE if sequence is None else sequence)
        if second < self._oldest:  # noqa: PLR1730 - twice as fast as min(), on the hot path
            self._oldest = second
        if second > self._newest:
            self._see(second)
        elif self._ahead:
            self._ahead.clear()
        return True

    def add_many(self, columns: TickColumns) -> int:
        """Take a frame; how many were accepted."""
        seconds = columns.micros // 1_000_000
        timely = seconds >= self.watermark
        late = len(columns) - int(np.count_nonzero(timely))
        if late:
            self.counts["late"] += late
            columns, seconds = columns.where(timely), seconds[timely]
        room = max(0, self._max_pending - self.pending)
        if len(columns) > room:
            self.counts["overflow"] += len(columns) - room
            columns, seconds = columns.where(np.arange(len(columns)) < room), seconds[:room]
        if not len(columns):
            return 0
        own = np.array([self._codes.setdefault(name, len(self._codes)) for name in columns.instruments], dtype=np.int64)
        table = TickTable(own[columns.code], columns.price, columns.volume, columns.micros, columns.sequence)
        self._tables.append(table)
        self._table_rows += len(columns)
        self._oldest = min(self._oldest, int(seconds.min()))
        self._see_all(seconds)
        return len(columns)

    def advance(self, quiet_until: int | None = None) -> tuple[tuple[Bar, ...], int]:
        """(bars that end at or before the watermark, by second and instrument; the watermark in epoch seconds).

        ``quiet_until``: pass event now minus the lateness when the input has been read to its end, and the watermark
        moves on without ticks; while there is a backlog pass None, or what is still to be read becomes late.
        """
        target = max(self._newest - self._lateness, self.watermark)
        if quiet_until is not None:
            target = max(target, quiet_until)
        self.watermark = target
        return (self._give_out(target), target) if self._oldest < target else ((), target)

    def flush(self) -> tuple[Bar, ...]:
        """Every bar that is left, finished or not: the end of a tape."""
        bars = self._give_out(_LAST_SECOND)
        self.watermark = max([self.watermark, *(bar.second + 1 for bar in bars[-1:])])
        return bars

    def _give_out(self, before: int) -> tuple[Bar, ...]:
        due, rest = [], []
        for table in [*self._tables, self._single.take()]:
            is_due = table.micros < before * 1_000_000
            if is_due.all():
                due.append(table)
            elif is_due.any():
                due.append(table.where(is_due))
                rest.append(table.where(~is_due))
            else:
                rest.append(table)
        self._tables, self._table_rows = rest, sum(len(table.micros) for table in rest)
        self._oldest = min((int(table.micros.min()) for table in rest), default=_NEVER) // 1_000_000
        ripe = join_tables(due)
        bars, duplicates = make_bars(ripe, tuple(self._codes))
        self.counts["accepted"] += len(ripe.micros) - duplicates
        self.counts["duplicate"] += duplicates
        return bars

    def _see(self, second: int) -> None:
        if second <= self._newest + STEP:
            self._newest = second
            self._ahead.clear()
            return
        self._ahead.append(second)
        if len(self._ahead) == WITNESSES:
            self._newest = min(self._ahead)

    def _see_all(self, seconds: NDArray[np.int64]) -> None:
        if int(seconds.max()) <= self._newest:
            self._ahead.clear()
            return
        for second in seconds.tolist():
            if second > self._newest:
                self._see(second)
            elif self._ahead:
                self._ahead.clear()


class _SingleTicks:
    """Ticks that came one by one, as growing columns."""

    __slots__ = ("code", "micros", "price", "sequence", "volume")

    def __init__(self) -> None:
        self.code = array("q")
        self.price = array("d")
        self.volume = array("d")
        self.micros = array("q")
        self.sequence = array("q")

    def take(self) -> TickTable:
        """Everything as a table; the columns start anew."""
        table = TickTable(
            np.array(self.code, dtype=np.int64),
            np.array(self.price, dtype=np.float64),
            np.array(self.volume, dtype=np.float64),
            np.array(self.micros, dtype=np.int64),
            np.array(self.sequence, dtype=np.int64),
        )
        for column in (self.code, self.price, self.volume, self.micros, self.sequence):
            del column[:]
        return table
