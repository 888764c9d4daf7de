"""What is kept of a session when it is over: the records of ``market.minutes`` and ``market.days``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import PriceSeries


class HistorySource(StrEnum):
    """Where a record of history comes from."""

    LIVE = "live"
    """Made of our own one-second bars."""
    LOADED = "loaded"
    """Read from a file that somebody gave us."""


class SessionMinutes(Struct, frozen=True, kw_only=True):
    """One-minute bars of one session of one instrument, as columns.

    ``since``: epoch seconds of the minute numbered 0; ``minute``: numbers of the minutes that have a trade, ascending.
    """

    schema_version: int = 1
    instrument: str
    day: date
    source: HistorySource
    since: int
    minute: tuple[int, ...]
    close: tuple[float, ...]
    volume: tuple[float, ...]

    @property
    def key(self) -> str:
        """Key of the record: a session written again replaces itself."""
        return f"{self.instrument}@{self.day}"

    def series(self) -> PriceSeries:
        """As PriceBook.minutes gives them."""
        second = self.since + 60 * np.array(self.minute, dtype=np.int64) + 59
        return PriceSeries(self.instrument, second, np.array(self.close), np.array(self.volume))


class DailyCloses(Struct, frozen=True, kw_only=True):
    """Closes of one or more sessions of one instrument, as columns; ``settled``: epoch seconds, ascending."""

    schema_version: int = 1
    instrument: str
    source: HistorySource
    settled: tuple[int, ...]
    close: tuple[float, ...]
    volume: tuple[float, ...]

    @property
    def key(self) -> str:
        """Key of the record: the same sessions written again replace themselves."""
        days = [datetime.fromtimestamp(second - 1, UTC).date() for second in (self.settled[0], self.settled[-1])]
        return f"{self.instrument}@" + "..".join(str(day) for day in dict.fromkeys(days))

    def series(self) -> PriceSeries:
        """As PriceBook.daily_closes gives them."""
        settled = np.array(self.settled, dtype=np.int64)
        return PriceSeries(self.instrument, settled, np.array(self.close), np.array(self.volume))


def record_minutes(minutes: PriceSeries, day: date, source: HistorySource) -> SessionMinutes:
    """The record of one session's minutes, at least one."""
    since = int(minutes.second[0]) - 59
    return SessionMinutes(
        instrument=minutes.instrument,
        day=day,
        source=source,
        since=since,
        minute=tuple(((minutes.second - 59 - since) // 60).tolist()),
        close=tuple(minutes.close.tolist()),
        volume=tuple(minutes.volume.tolist()),
    )


def record_closes(instrument: str, closes: Sequence[tuple[int, float, float]], source: HistorySource) -> DailyCloses:
    """The record of some daily closes (second at which it was settled, price, volume), ascending, at least one."""
    settled, close, volume = zip(*closes, strict=True)
    return DailyCloses(instrument=instrument, source=source, settled=settled, close=close, volume=volume)
