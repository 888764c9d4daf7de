"""A price book in memory: what a replay, a backtest and the tests ask instead of Redis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from operator import attrgetter

import numpy as np

from services.market.price_window import CLOSING_PRINT, PriceSeries
from services.market.sessions import ExchangeCalendar
from services.market.tick import Bar

KEPT_DAYS = 2
"""Trading days of one-second bars in memory, per instrument."""
KEPT_CLOSES = 260
"""Daily closes in memory, per instrument: about one year."""


class InMemoryPriceBook:
    """A PriceBook in memory: the bars of the last two trading days of each instrument, and a year of daily closes."""

    def __init__(self, calendar_of: Callable[[str], ExchangeCalendar]) -> None:
        self._calendar_of = calendar_of
        self._bars: dict[str, _GrowingSeries] = {}
        self._closes: dict[str, PriceSeries] = {}

    def append(self, bars: Iterable[Bar]) -> None:
        """Take bars in any order; a bar given again replaces itself."""
        for instrument, group in groupby(
            sorted(bars, key=attrgetter("instrument", "second")), attrgetter("instrument")
        ):
            self.append_series(PriceSeries.of_bars(instrument, group))

    def append_series(self, bars: PriceSeries) -> None:
        """The same for the bars of one instrument as arrays."""
        if not len(bars):
            return
        kept = self._bars.setdefault(bars.instrument, _GrowingSeries(bars.instrument))
        before = kept.view().second[-1:].tolist()
        kept.extend(bars)
        newest = int(kept.view().second[-1])
        if not before or self._day(bars.instrument, newest) != self._day(bars.instrument, before[0]):
            self._forget_old_days(bars.instrument, kept)

    def add_closes(self, closes: PriceSeries) -> None:
        """Take daily closes, e.g. from a file of history."""
        known = self._closes.get(closes.instrument, PriceSeries.empty(closes.instrument))
        both = PriceSeries.of_arrays(
            closes.instrument,
            np.r_[known.second, closes.second],
            np.r_[known.close, closes.close],
            np.r_[known.volume, closes.volume],
        )
        self._closes[closes.instrument] = both.rows(max(0, len(both) - KEPT_CLOSES), len(both))

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        kept = self._bars.get(instrument)
        return kept.view().between(start, end) if kept else PriceSeries.empty(instrument)

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """See PriceBook."""
        closes = self._closes.get(instrument, PriceSeries.empty(instrument))
        return closes.rows(0, int(np.searchsorted(closes.second, math.floor(before.timestamp()), "right")))

    def _day(self, instrument: str, second: int) -> date:
        return datetime.fromtimestamp(second, UTC).astimezone(self._calendar_of(instrument).timezone).date()

    def _forget_old_days(self, instrument: str, kept: _GrowingSeries) -> None:
        """Called on the first bar of a new day: yesterday's close becomes a daily close, older bars go."""
        bars = kept.view()
        zone = self._calendar_of(instrument).timezone
        offset = datetime.fromtimestamp(int(bars.second[-1]), UTC).astimezone(zone).utcoffset()
        shift = int(offset.total_seconds()) if offset else 0
        days = (bars.second + shift) // 86_400
        starts = np.flatnonzero(np.r_[True, np.diff(days) != 0])
        self.add_closes(self._close_days(bars, starts.tolist()))
        oldest = int(starts[max(0, len(starts) - KEPT_DAYS)])
        kept.keep_from(oldest, int(days[oldest]) * 86_400 - shift)

    def _close_days(self, bars: PriceSeries, starts: list[int]) -> PriceSeries:
        """Daily closes of all days in ``bars`` but the last; ``starts``: indexes at which the days begin."""
        calendar = self._calendar_of(bars.instrument)
        rows = []
        for start, stop in pairwise(starts):
            session = calendar.session_on(self._day(bars.instrument, int(bars.second[stop - 1])))
            if session is not None:
                settled = session.settled_at
                within = bars.rows(start, stop)
                last = within.last_before(settled + CLOSING_PRINT)
                if last is not None:
                    rows.append((int(settled.timestamp()), last[1], float(within.volume.sum())))
        return PriceSeries(
            bars.instrument,
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.float64),
            np.array([row[2] for row in rows], dtype=np.float64),
        )


class _GrowingSeries:
    """Arrays with room at the end, so that appending a bar does not copy the day."""

    def __init__(self, instrument: str) -> None:
        self._instrument = instrument
        self._room = PriceSeries.empty(instrument)
        self._used = 0
        self._since = 0

    def view(self) -> PriceSeries:
        """What is there now; later additions do not change it."""
        return self._room.rows(0, self._used)

    def extend(self, bars: PriceSeries) -> None:
        """Take bars; those of days already closed come too late, and must not make a second close of half a day."""
        bars = bars.rows(int(np.searchsorted(bars.second, self._since)), len(bars))
        if not len(bars):
            return
        if self._used and bars.second[0] <= self._room.second[self._used - 1]:
            old = self.view()
            columns = zip((old.second, old.close, old.volume), (bars.second, bars.close, bars.volume), strict=True)
            bars = PriceSeries.of_arrays(self._instrument, *(np.r_[left, right] for left, right in columns))
            # A new room: what was given out as a view must not change under its reader.
            self._room, self._used = PriceSeries.empty(self._instrument), 0
        self._reserve(self._used + len(bars))
        span = slice(self._used, self._used + len(bars))
        self._room.second[span] = bars.second
        self._room.close[span] = bars.close
        self._room.volume[span] = bars.volume
        self._used += len(bars)

    def keep_from(self, first: int, since: int) -> None:
        """Forget the rows before ``first``; from now on nothing before the second ``since`` is taken."""
        self._since = since
        rest = self.view().rows(first, self._used)
        self._room = PriceSeries(self._instrument, rest.second.copy(), rest.close.copy(), rest.volume.copy())
        self._used = len(rest)

    def _reserve(self, rows: int) -> None:
        if rows > len(self._room):
            grown, old = max(rows, 64, 2 * len(self._room)), self.view()
            self._room = PriceSeries(
                self._instrument, np.empty(grown, dtype=np.int64), np.empty(grown), np.empty(grown)
            )
            self._room.second[: len(old)] = old.second
            self._room.close[: len(old)] = old.close
            self._room.volume[: len(old)] = old.volume
