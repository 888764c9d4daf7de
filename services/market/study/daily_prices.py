"""Daily closes of one instrument, and their returns on the days of a calendar."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from services.market.prices.price_window import Floats

Days = NDArray[np.datetime64]
"""Calendar days, ``datetime64[D]``."""


class DailyPrices(Struct, frozen=True, eq=False):
    """Closes above 0, ascending and unique by local trading day; three arrays of one length."""

    instrument: str
    day: Days
    close: Floats
    volume: Floats | None = None

    @classmethod
    def of_arrays(
        cls, instrument: str, day: ArrayLike, close: ArrayLike, volume: ArrayLike | None = None
    ) -> DailyPrices:
        """From days (dates, ISO texts or datetime64) in any order; of several closes of one day the last wins.

        A close that is not a number above 0 is no close: that day did not trade.
        """
        days, closes = np.asarray(day, dtype="datetime64[D]"), np.asarray(close, dtype=np.float64)
        usable = np.flatnonzero(np.isfinite(closes) & (closes > 0.0) & ~np.isnat(days))
        _, newest = np.unique(days[usable][::-1], return_index=True)
        rows = usable[::-1][newest]
        volumes = None if volume is None else np.asarray(volume, dtype=np.float64)[rows]
        return cls(instrument, days[rows], closes[rows], volumes)

    def closes_on(self, days: Days) -> Floats:
        """The close of each of ``days``; NaN where there is none."""
        found = np.full(len(days), np.nan)
        place = np.searchsorted(self.day, days)
        here = place < len(self.day)
        here[here] = self.day[place[here]] == days[here]
        found[here] = self.close[place[here]]
        return found


class DailyReturns(Struct, frozen=True, eq=False):
    """Simple returns of an instrument on the days of a calendar, fractions; NaN where there is none."""

    traded: NDArray[np.bool_]
    """The instrument has a close on that day."""
    own: Floats
    """Close over the instrument's previous close, however long ago, - 1."""
    market: Floats
    """The index over the same two days: after a suspension both returns span it."""


def returns_on(calendar: Days, prices: DailyPrices, index: DailyPrices | None) -> DailyReturns:
    """Returns of ``prices`` and ``index`` on ``calendar``; ``market`` is all NaN without an index."""
    own, market = np.full((2, len(calendar)), np.nan)
    traded = ~np.isnan(prices.closes_on(calendar))
    if not len(prices.day):
        return DailyReturns(traded, own, market)
    index_closes = index.closes_on(prices.day) if index else np.full(len(prices.day), np.nan)
    place = np.searchsorted(prices.day, calendar[traded])
    later = place > 0
    days, rows = np.flatnonzero(traded)[later], place[later]
    own[days] = prices.close[rows] / prices.close[rows - 1] - 1.0
    market[days] = index_closes[rows] / index_closes[rows - 1] - 1.0
    return DailyReturns(traded, own, market)


def find_calendar(prices: Iterable[DailyPrices], index: DailyPrices | None) -> Days:
    """The days that count as sessions: those of the index, or, without one, those on which anything has a close."""
    if index is not None:
        return index.day
    days: Days = np.unique(np.concatenate([np.empty(0, dtype="datetime64[D]"), *(one.day for one in prices)]))
    return days
