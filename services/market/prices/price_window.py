"""Prices of one instrument as arrays, and the book that answers for many.

A bar that starts at second ``s`` is known at ``s + 1``: the price *at* an instant is the close of the last bar that had
ended by then. Every lookup here follows that rule, so nothing can look ahead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick import Bar

Seconds = NDArray[np.int64]
Floats = NDArray[np.float64]

CLOSING_PRINT = timedelta(seconds=1)
"""The closing price may be printed in the very second in which a session is settled."""


class PriceSeries:
    """Bars of one instrument, ascending and unique by second.

    ``second``: int64, start of the bar in seconds since 1970 UTC; ``close`` and ``volume``: float64 of the same length.
    """

    __slots__ = ("close", "instrument", "second", "volume")

    def __init__(self, instrument: str, second: Seconds, close: Floats, volume: Floats) -> None:
        self.instrument = instrument
        self.second = second
        self.close = close
        self.volume = volume

    @classmethod
    def of_arrays(cls, instrument: str, second: Seconds, close: Floats, volume: Floats) -> PriceSeries:
        """From arrays in any order; of several rows for one second the last wins."""
        newest_first, first_of = np.unique(second[::-1], return_index=True)
        rows = len(second) - 1 - first_of
        return cls(instrument, newest_first.astype(np.int64), close[rows], volume[rows])

    @classmethod
    def of_bars(cls, instrument: str, bars: Iterable[Bar]) -> PriceSeries:
        """From bars in any order; the last bar given for a second wins."""
        rows = [(bar.second, bar.close, bar.volume) for bar in bars]
        return cls.of_arrays(
            instrument,
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.float64),
            np.array([row[2] for row in rows], dtype=np.float64),
        )

    @classmethod
    def empty(cls, instrument: str) -> PriceSeries:
        """No bars at all."""
        return cls(instrument, np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))

    def __len__(self) -> int:
        return len(self.second)

    def between(self, start: datetime, end: datetime) -> PriceSeries:
        """Bars that begin at or after ``start`` and have ended by ``end``: a view, not a copy."""
        return self.rows(int(np.searchsorted(self.second, math.ceil(start.timestamp()), "left")), self._known_at(end))

    def last_before(self, at: datetime) -> tuple[int, float] | None:
        """(second, close) of the last bar that had ended by ``at``, None when there is none."""
        index = self._known_at(at) - 1
        return (int(self.second[index]), float(self.close[index])) if index >= 0 else None

    def closes_at(self, ends: Seconds) -> tuple[Seconds, Floats]:
        """(second, close) of the last bar ended by each instant (epoch seconds); -1 and NaN where there is none."""
        index = np.searchsorted(self.second, ends, "left") - 1
        found = index >= 0
        if not len(self.second):
            return np.full(len(ends), -1, dtype=np.int64), np.full(len(ends), np.nan)
        return np.where(found, self.second[index], -1), np.where(found, self.close[index], np.nan)

    def _known_at(self, at: datetime) -> int:
        return int(np.searchsorted(self.second, math.floor(at.timestamp()), "left"))

    def rows(self, first: int, stop: int) -> PriceSeries:
        """Bars by position, [first, stop): a view, not a copy."""
        span = slice(first, max(first, stop))
        return PriceSeries(self.instrument, self.second[span], self.close[span], self.volume[span])


class PriceBook(Protocol):
    """Where the event study gets its prices."""

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> PriceBook:
        """A book that answers for these instruments without asking outside again: one round trip for all of them.

        Raises Unavailable. What it answers is what was known when it was taken, up to ``as_of``.
        """
        ...

    def minutes(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """One-minute bars of up to 90 sessions that begin at or after ``start``, ended by ``end``; may be empty.

        ``second`` is the start of the *last second* of the minute, so that "known at second + 1" holds here too;
        ``close`` the last price of the minute, ``volume`` its sum. A minute without a trade has no bar.
        """
        ...

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """One-second bars that begin at or after ``start`` and have ended by ``end``; empty when there are none."""
        ...

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """Closing prices of the sessions settled at or before ``before``, as far back as known; may be empty.

        ``second`` is when the session was settled, ``volume`` that of its day.
        """
        ...
