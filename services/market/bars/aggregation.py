"""Ticks to one-second bars on event time.

Bars are made when the watermark passes them, from all ticks of their second in one canonical order (exchange time,
then sequence), so that arrival order within the lateness cannot change them. The watermark is the newest *trusted*
second minus the lateness: a tick more than ten seconds ahead of the newest is trusted only when three in a row say
so, hence one wrong clock does not make everything else late. (Bars and watermarks: Akidau et al., The Dataflow Model,
VLDB 2015.)

The ticks of a bar given out are kept for another minute: one that comes so late makes its bar anew, from all ticks
known, as the next revision. After that, and for bars from before a restart, a tick is late: half of a second's ticks
must never replace the whole bar.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

import numpy as np

from services.market.bars.bar_making import (
    BarColumns,
    Integers,
    TickTable,
    find_repeats,
    find_starts,
    join_bars,
    join_tables,
    make_bars,
    order_table,
)
from services.market.bars.kept_ticks import KeptTicks
from services.market.bars.pending_ticks import NEVER, PendingTicks
from services.market.ticks.tick import Bar, Tick
from services.market.ticks.tick_columns import NO_SEQUENCE, TickColumns

LATENESS = 5
"""Seconds that a tick may arrive behind the newest one."""
CORRECTABLE = 60
"""Seconds behind the watermark within which a tick still puts its bar right."""
STEP = 10
"""Seconds that one tick alone may move the newest second forward."""
WITNESSES = 3
MAX_PENDING = 2_000_000
_FAR_PAST = -(2**62)
_SECOND = 1_000_000


class BarAggregator:
    """Collects ticks, gives out finished bars, and bars made anew by ticks that came late.

    Memory: 40 bytes per tick of an unfinished bar, at most ``max_pending`` of them, and as much for the ticks of the
    last minute given out.

    ``counts`` says what became of every tick: accepted (in a bar given out), corrected (late, but its bar was made
    anew), late (too late for that), duplicate, overflow (``max_pending`` reached). Duplicates are known by
    (instrument, traded_at, sequence), or by (instrument, traded_at, price, volume) where there is no sequence.
    """

    def __init__(
        self, *, lateness: int = LATENESS, watermark: int | None = None, max_pending: int = MAX_PENDING
    ) -> None:
        """``watermark``: the last one published before a restart; older ticks are late and make no half bars."""
        self.watermark = watermark or 0
        self.counts: Counter[str] = Counter(accepted=0, corrected=0, late=0, duplicate=0, overflow=0)
        self._lateness = lateness
        self._max_pending = max_pending
        self._codes: dict[str, int] = {}
        self._names: tuple[str, ...] = ()
        self._rank: Integers = np.empty(0, dtype=np.int64)
        self._last_instruments: tuple[str, ...] = ()
        self._last_codes: Integers = np.empty(0, dtype=np.int64)
        self._codes_fit = True
        """Whether the instruments seen last have the same codes here: then no column has to be translated."""
        self._pending = PendingTicks()
        self._newest = _FAR_PAST
        self._ahead: deque[int] = deque(maxlen=WITNESSES)
        self._kept = KeptTicks(self.watermark, max_pending)

    @property
    def pending(self) -> int:
        """Ticks kept for bars that are not finished."""
        return len(self._pending)

    @property
    def kept(self) -> int:
        """Ticks kept of bars that were given out."""
        return len(self._kept)

    def add(self, tick: Tick) -> bool:
        """Take one tick; False when it was late or there was no room."""
        micros = round(tick.traded_at.timestamp() * 1e6)
        second = micros // _SECOND
        if second < self._kept.since:
            self.counts["late"] += 1
            return False
        if len(self._pending) >= self._max_pending:
            self.counts["overflow"] += 1
            return False
        sequence = NO_SEQUENCE if tick.sequence is None else tick.sequence
        self._pending.add(self._code_of(tick.instrument), tick.price, tick.volume, micros, sequence)
        if second > self._newest:
            self._see(second)
        elif self._ahead:
            self._ahead.clear()
        return True

    def add_many(self, columns: TickColumns) -> int:
        """Take a frame; how many were accepted."""
        if not len(columns):
            return 0
        since = self._kept.since * _SECOND
        if int(columns.micros.min()) < since:
            timely = columns.micros >= since
            self.counts["late"] += len(columns) - int(np.count_nonzero(timely))
            columns = columns.where(timely)
        room = max(0, self._max_pending - len(self._pending))
        if len(columns) > room:
            self.counts["overflow"] += len(columns) - room
            columns = columns.where(np.arange(len(columns)) < room)
        if not len(columns):
            return 0
        codes = self._codes_of(columns.instruments)
        own = columns.code if self._codes_fit else codes[columns.code]
        table = TickTable(own, columns.price, columns.volume, columns.micros, columns.sequence)
        self._see_all(table.micros, self._pending.add_table(table) // _SECOND)
        return len(columns)

    def advance(self, quiet_until: int | None = None) -> tuple[tuple[Bar, ...], int]:
        """As ``advance_columns``, with bars as objects."""
        columns, watermark = self.advance_columns(quiet_until)
        return columns.bars(), watermark

    def advance_columns(self, quiet_until: int | None = None) -> tuple[BarColumns, int]:
        """(bars that end at or before the watermark, by second and instrument; the watermark in epoch seconds).

        ``quiet_until``: pass event now minus the lateness when the input has been read to its end, and the watermark
        moves on without ticks; while there is a backlog pass None, or what is still to be read becomes late.
        """
        target = max(self._newest - self._lateness, self.watermark)
        if quiet_until is not None:
            target = max(target, quiet_until)
        bars = self._give_out(target * _SECOND)
        self.watermark = target
        self._kept.forget_before(target - CORRECTABLE)
        return bars, target

    def flush(self) -> tuple[Bar, ...]:
        """Every bar that is left, finished or not: the end of a tape."""
        bars = self._give_out(NEVER).bars()
        self.watermark = max([self.watermark, *(bar.second + 1 for bar in bars[-1:])])
        return bars

    def _give_out(self, before: int) -> BarColumns:
        """Bars of all ticks before an instant (microseconds): new ones, and those of before the watermark anew."""
        given_out = self.watermark * _SECOND
        oldest = self._pending.first
        if oldest >= before:
            return BarColumns.empty()
        ripe = self._pending.take_before(before)
        if not len(ripe.code):
            return BarColumns.empty()
        if oldest >= given_out:
            return self._in_order([self._make_new(ripe)])
        is_late = ripe.micros < given_out
        parts = [self._correct(ripe.where(is_late))]
        if not is_late.all():
            parts.append(self._make_new(ripe.where(~is_late)))
        return self._in_order(parts)

    def _make_new(self, ripe: TickTable) -> BarColumns:
        table = ripe.where(order_table(ripe))
        repeated = find_repeats(table)
        duplicates = int(np.count_nonzero(repeated))
        if duplicates:
            table = table.where(~repeated)
        self.counts["duplicate"] += duplicates
        self.counts["accepted"] += len(table.code)
        return self._keep(table)

    def _correct(self, late: TickTable) -> BarColumns:
        """Bars made anew from the ticks kept of them and those that came late; repeats change nothing."""
        known = self._kept.find(np.unique(late.pairs))
        both = join_tables([known, late])
        order = order_table(both)
        is_late = order >= len(known.code)
        table = both.where(order)
        good = ~find_repeats(table)
        news = np.unique(table.pairs[good & is_late])
        self.counts["corrected"] += int(np.count_nonzero(good & is_late))
        self.counts["duplicate"] += int(np.count_nonzero(~good & is_late))
        if not len(news):
            return BarColumns.empty()
        given_out = set(known.pairs.tolist())
        numbers = [self._kept.number(pair) if pair in given_out else 0 for pair in news.tolist()]
        self._keep(table.where(good & is_late))
        chosen = table.where(good & np.isin(table.pairs, news))
        bars = make_bars(chosen, news, find_starts(chosen.pairs))
        return replace(bars, revision=np.array(numbers, dtype=np.int64))

    def _keep(self, table: TickTable) -> BarColumns:
        """Bars by instrument and second, of sorted ticks without repeats; the ticks are kept."""
        pairs = table.pairs
        starts = find_starts(pairs)
        pairs = pairs[starts]
        self._kept.keep(table, pairs, starts)
        return make_bars(table, pairs, starts)

    def _in_order(self, parts: list[BarColumns]) -> BarColumns:
        """By second and name."""
        bars = join_bars([part for part in parts if len(part)])
        if len(self._names) != len(self._codes):
            self._names = tuple(self._codes)
            self._rank = np.argsort(np.argsort(np.array(self._names)))
        return replace(
            bars.where(np.argsort(bars.second * len(self._names) + self._rank[bars.code])), instruments=self._names
        )

    def _code_of(self, instrument: str) -> int:
        code = self._codes.get(instrument)
        if code is None:
            code = self._codes[instrument] = len(self._codes)
        return code

    def _codes_of(self, instruments: tuple[str, ...]) -> Integers:
        if instruments is not self._last_instruments and instruments != self._last_instruments:
            codes = [self._code_of(name) for name in instruments]
            self._last_instruments, self._last_codes = instruments, np.array(codes, dtype=np.int64)
            self._codes_fit = codes == list(range(len(codes)))
        return self._last_codes

    def _see(self, second: int) -> None:
        if second <= self._newest + STEP:
            self._newest = second
            self._ahead.clear()
            return
        self._ahead.append(second)
        if len(self._ahead) == WITNESSES:
            self._newest = min(self._ahead)

    def _see_all(self, micros: Integers, newest: int) -> None:
        if newest <= self._newest + STEP:
            # So is each of them: the same as seeing them one by one.
            self._newest = max(self._newest, newest)
            self._ahead.clear()
            return
        for second in (micros // _SECOND).tolist():
            if second > self._newest:
                self._see(second)
            elif self._ahead:
                self._ahead.clear()
