"""A price book of some instruments at one moment: what was stored in three tiers, answered without asking again.

Which tier answers what: ``series`` the one-second bars (two sessions); ``minutes`` the stored sessions, and for those
that are not stored yet (the one that runs) the one-second bars rolled up; ``daily_closes`` the stored days, and a day
that was just settled from its one-second bars. So no answer depends on when a session was put away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from services.market.bars.rollup import RolledSession, join_series, roll_sessions, series_of_closes, session_span
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar

FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
_REST_OF_MINUTE = timedelta(seconds=59)


class PriceTiers(NamedTuple):
    """What is stored of one instrument."""

    seconds: PriceSeries
    minutes: PriceSeries
    """Of sessions that are over."""
    closes: PriceSeries


class PriceSnapshot:
    """A PriceBook over tiers that do not change. ``tiers_of`` is asked once per instrument, when it is first needed."""

    def __init__(
        self,
        tiers_of: Callable[[str], PriceTiers],
        calendar_of: Callable[[str], ExchangeCalendar],
        as_of: datetime = FAR_FUTURE,
    ) -> None:
        self._tiers_of = tiers_of
        self._calendar_of = calendar_of
        self._as_of = as_of
        self._tiers: dict[str, PriceTiers] = {}
        self._rolled: dict[str, list[RolledSession]] = {}
        self._minutes: dict[str, PriceSeries] = {}
        self._closes: dict[str, PriceSeries] = {}

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> PriceSnapshot:
        """The same prices, nothing after ``as_of``."""
        del instruments
        return PriceSnapshot(self._tiers_of, self._calendar_of, min(as_of, self._as_of))

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        return self._get(instrument).seconds.between(start, min(end, self._as_of))

    def minutes(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        if instrument not in self._minutes:
            self._minutes[instrument] = self._merge_minutes(instrument)
        # A bar stands at the last second of its minute, and the minute began 59 seconds before.
        return self._minutes[instrument].between(start + _REST_OF_MINUTE, min(end, self._as_of))

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """See PriceBook."""
        if instrument not in self._closes:
            self._closes[instrument] = self._merge_closes(instrument)
        closes = self._closes[instrument]
        settled = math.floor(min(before, self._as_of).timestamp())
        return closes.rows(0, int(np.searchsorted(closes.second, settled, "right")))

    def _get(self, instrument: str) -> PriceTiers:
        if instrument not in self._tiers:
            self._tiers[instrument] = self._tiers_of(instrument)
        return self._tiers[instrument]

    def _roll(self, instrument: str) -> list[RolledSession]:
        if instrument not in self._rolled:
            seconds = self._get(instrument).seconds
            self._rolled[instrument] = roll_sessions(seconds, self._calendar_of(instrument)) if len(seconds) else []
        return self._rolled[instrument]

    def _merge_minutes(self, instrument: str) -> PriceSeries:
        stored, fresh = self._get(instrument).minutes, []
        for rolled in self._roll(instrument):
            first, end = np.searchsorted(
                stored.second, session_span(rolled.session, self._calendar_of(instrument))
            ).tolist()
            if first == end:
                fresh.append(rolled.minutes)
        return join_series(instrument, [*fresh, stored])

    def _merge_closes(self, instrument: str) -> PriceSeries:
        stored = self._get(instrument).closes
        rows = [rolled.close for rolled in self._roll(instrument) if rolled.close is not None]
        return join_series(instrument, [series_of_closes(instrument, rows), stored])
