"""Which exchanges trade now, and how fresh their prices are: old prices alarm only while their exchange is open."""

from __future__ import annotations

from datetime import date

import numpy as np

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.market.bars.bar_making import BarColumns
from streams import metrics
from streams.clock import Clock, monotonic

LOOK_EVERY_SECONDS = 5.0


class ExchangeGauges:
    """Of the exchanges with hours; round-the-clock markets have no session to respect."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._catalogue = load_catalogue()
        self._calendars = {name: one for name, one in load_calendars().items() if one.last_day != date.max}
        self._newest = dict.fromkeys(self._calendars, 0)
        self._exchange_of: dict[str, str | None] = {}
        self._look_at = 0.0
        self.look()

    def note(self, bars: BarColumns) -> None:
        """New bars: remember the newest second of each exchange that is among them."""
        if not len(bars):
            return
        newest = np.zeros(len(bars.instruments), dtype=np.int64)
        np.maximum.at(newest, bars.code, bars.second)
        for code in np.flatnonzero(newest).tolist():
            exchange = self._find_exchange(bars.instruments[code])
            if exchange in self._newest:
                self._newest[exchange] = max(self._newest[exchange], int(newest[code]))

    def look(self) -> None:
        """Set the metrics, at most once in five seconds."""
        if monotonic() < self._look_at:
            return
        self._look_at = monotonic() + LOOK_EVERY_SECONDS
        now = self._clock()
        for exchange, calendar in self._calendars.items():
            metrics.EXCHANGE_OPEN.labels(exchange=exchange).set(calendar.is_open(now))
            metrics.LAST_BAR.labels(exchange=exchange).set(self._newest[exchange])

    def _find_exchange(self, instrument: str) -> str | None:
        if instrument not in self._exchange_of:
            self._exchange_of[instrument] = self._catalogue.exchange_of(instrument)
        return self._exchange_of[instrument]
