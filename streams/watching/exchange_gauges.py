"""Which exchanges trade now, and how fresh their prices are: old prices alarm only while their exchange is open."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from heapq import nlargest

import numpy as np

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.market.bars.bar_making import BarColumns
from streams.clock import Clock, monotonic
from streams.watching import desk_metrics

LOOK_EVERY_SECONDS = 5.0
STALE_AFTER_SECONDS, FORGOTTEN_AFTER_SECONDS = 300.0, 345_600.0
"""As the alarm PricesStandStill: five minutes without a price, and not fed at all after four days."""
SHOWN_INSTRUMENTS = 50
NONE = "none"
"""Stands alone, at 0, until the first bar: Grafana's choices need a series to read."""


class ExchangeGauges:
    """Of the exchanges with hours; round-the-clock markets have no session to respect."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._catalogue = load_catalogue()
        self._calendars = {name: one for name, one in load_calendars().items() if one.last_day != date.max}
        self._newest = dict.fromkeys(self._calendars, 0)
        self._exchange_of: dict[str, str | None] = {}
        self._instruments: dict[str, tuple[int, int]] = {}
        self._shown: set[str] = set()
        self._look_at = 0.0
        desk_metrics.INSTRUMENT_LAST_BAR.clear()
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
                self._note_instrument(bars.instruments[code], int(newest[code]))

    def look(self) -> None:
        """Set the metrics, at most once in five seconds."""
        if monotonic() < self._look_at:
            return
        self._look_at = monotonic() + LOOK_EVERY_SECONDS
        now = self._clock()
        for exchange, calendar in self._calendars.items():
            desk_metrics.EXCHANGE_OPEN.labels(exchange=exchange).set(calendar.is_open(now))
            desk_metrics.LAST_BAR.labels(exchange=exchange).set(self._newest[exchange])
        self._show_stale(now.timestamp())
        self._show_busiest()

    def _note_instrument(self, instrument: str, second: int) -> None:
        newest, frames = self._instruments.get(instrument, (0, 0))
        self._instruments[instrument] = (max(newest, second), frames + 1)

    def _show_stale(self, now: float) -> None:
        ages = [(self._find_exchange(name), now - newest) for name, (newest, _) in self._instruments.items()]
        stale = Counter(name for name, age in ages if STALE_AFTER_SECONDS < age < FORGOTTEN_AFTER_SECONDS)
        for exchange, calendar in self._calendars.items():
            is_open = calendar.is_open(datetime.fromtimestamp(now, UTC))
            desk_metrics.STALE_INSTRUMENTS.labels(exchange=exchange).set(stale[exchange] if is_open else 0)

    def _show_busiest(self) -> None:
        busiest = nlargest(SHOWN_INSTRUMENTS, self._instruments, key=lambda name: self._instruments[name][1]) or [NONE]
        for instrument in self._shown - set(busiest):
            desk_metrics.INSTRUMENT_LAST_BAR.remove(instrument)
        for instrument in busiest:
            newest, _ = self._instruments.get(instrument, (0, 0))
            desk_metrics.INSTRUMENT_LAST_BAR.labels(instrument=instrument).set(newest)
        self._shown = set(busiest)

    def _find_exchange(self, instrument: str) -> str | None:
        if instrument not in self._exchange_of:
            self._exchange_of[instrument] = self._catalogue.exchange_of(instrument)
        return self._exchange_of[instrument]
