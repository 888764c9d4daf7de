"""A price book in memory: what a replay, a backtest and the tests ask instead of Redis."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter

import numpy as np

from services.market.bars.rollup import KEPT_CLOSES, KEPT_SESSIONS, join_series, roll_sessions, series_of_closes
from services.market.prices.price_snapshot import PriceSnapshot, PriceTiers
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar
from services.market.ticks.tick import Bar

KEPT_DAYS = 2
"""Trading days of one-second bars in memory, per instrument."""


class InMemoryPriceBook:
    """A PriceBook in memory, in three tiers per instrument.

    The one-second bars of the last two trading days, the one-minute bars of 90 sessions, the closes of three years.
    """

    def __init__(self, calendar_of: Callable[[str], ExchangeCalendar]) -> None:
        self._calendar_of = calendar_of
        self._bars: dict[str, _GrowingSeries] = {}
        self._minutes: dict[str, deque[PriceSeries]] = {}
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
        both = join_series(closes.instrument, [known, closes])
        self._closes[closes.instrument] = both.rows(max(0, len(both) - KEPT_CLOSES), len(both))

    def add_minutes(self, minutes: PriceSeries) -> None:
        """Take the one-minute bars of one session that is later than those known, e.g. from a file of history."""
        self._minutes.setdefault(minutes.instrument, deque(maxlen=KEPT_SESSIONS)).append(minutes)

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> PriceSnapshot:
        """See PriceBook; bars that come later do not change it."""
        tiers = {instrument: self._tiers(instrument) for instrument in instruments}
        return PriceSnapshot(
            lambda instrument: tiers.get(instrument) or self._tiers(instrument), self._calendar_of, as_of
        )

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        kept = self._bars.get(instrument)
        return kept.view().between(start, end) if kept else PriceSeries.empty(instrument)

    def minutes(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        return self.snapshot([instrument], end).minutes(instrument, start, end)

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """See PriceBook."""
        return self.snapshot([instrument], before).daily_closes(instrument, before)

    def _tiers(self, instrument: str) -> PriceTiers:
        kept, nothing = self._bars.get(instrument), PriceSeries.empty(instrument)
        return PriceTiers(
            seconds=kept.view() if kept else nothing,
            minutes=join_series(instrument, self._minutes.get(instrument, ())),
            closes=self._closes.get(instrument, nothing),
        )

    def _day(self, instrument: str, second: int) -> date:
        return datetime.fromtimestamp(second, UTC).astimezone(self._calendar_of(instrument).timezone).date()

    def _forget_old_days(self, instrument: str, kept: _GrowingSeries) -> None:
        """Called on the first bar of a new day: days before the last two go into the other tiers."""
        bars = kept.view()
        zone = self._calendar_of(instrument).timezone
        offset = datetime.fromtimestamp(int(bars.second[-1]), UTC).astimezone(zone).utcoffset()
        shift = int(offset.total_seconds()) if offset else 0
        days = (bars.second + shift) // 86_400
        starts = np.flatnonzero(np.r_[True, np.diff(days) != 0])
        oldest = int(starts[max(0, len(starts) - KEPT_DAYS)])
        self._put_away(bars.rows(0, oldest))
        kept.keep_from(oldest, int(days[oldest]) * 86_400 - shift)

    def _put_away(self, bars: PriceSeries) -> None:
        rolled = roll_sessions(bars, self._calendar_of(bars.instrument))
        for one in rolled:
            self.add_minutes(one.minutes)
        closes = [one.close for one in rolled if one.close is not None]
        self.add_closes(series_of_closes(bars.instrument, closes))


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
