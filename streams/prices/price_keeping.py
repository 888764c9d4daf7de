"""The price store as the aggregator uses it: written bar by bar, filled again when it must be, sessions put away.

Redis is a cache: without it the bars still go to Kafka, and the store is filled from there when it is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.settings import Settings
from services.errors import Unavailable
from services.market.bars.bar_making import BarColumns
from services.market.sessions.sessions import ExchangeCalendar
from streams import metrics
from streams.broker.kafka import Outbox
from streams.logs import log
from streams.prices.price_refill import PriceRefill
from streams.prices.price_store import RedisPriceStore
from streams.prices.price_store_size import StoreGauge
from streams.prices.session_closing import SessionClosing
from streams.watching.health import Health


class PriceKeeping:
    """Holds the store whole. ``is_whole`` is False while a write may have been missed."""

    def __init__(
        self,
        settings: Settings,
        store: RedisPriceStore,
        outbox: Outbox,
        health: Health,
        calendar_of: Callable[[str], ExchangeCalendar],
    ) -> None:
        self._settings = settings
        self._store = store
        self._outbox = outbox
        self._health = health
        self._calendar_of = calendar_of
        self._closing = SessionClosing(store, outbox, calendar_of)
        self._gauge = StoreGauge(store)
        self._last_bars: dict[int, int] = {}
        self._until: dict[int, int] = {}
        self._is_checked = False
        self.is_whole = False

    def begin(self, last_bars: Mapping[int, int], watermarks: Mapping[int, int]) -> None:
        """After an assignment: what the topic says of each shard; the store is checked against it before it is used.

        ``last_bars``: second of the newest bar sent; ``watermarks``: how far event time had come.
        """
        self._closing = SessionClosing(self._store, self._outbox, self._calendar_of)
        self._last_bars, self._until = dict(last_bars), dict(watermarks)
        self._is_checked = self.is_whole = False

    def keep(self, shard: int, bars: BarColumns, watermark: int) -> None:
        """Write bars; while the store is not whole they are only on the topic, from where it is filled."""
        self._until[shard] = watermark
        if not self.is_whole:
            return
        try:
            self._store.write(bars, shard)
        except Unavailable as error:
            self._health.fails(error.what, str(error))
            self.is_whole = False
            return
        try:
            self._closing.look(shard, bars.instruments, watermark)
        except Unavailable as error:
            self._health.fails(error.what, str(error))

    def look_after(self) -> None:
        """After each poll: fill the store when it must be, else put a few instruments' sessions away."""
        try:
            if self._needs_filling():
                self._fill()
            elif self.is_whole:
                self._closing.work()
                self._gauge.step()
            self._health.answers("redis")
        except Unavailable as error:
            if error.what == "kafka":
                raise
            self._health.fails(error.what, str(error))

    def _needs_filling(self) -> bool:
        if not self._store.is_filled():
            return True
        if not self._is_checked:
            there = self._store.last_seconds()
            self.is_whole = all(there.get(shard, 0) >= second for shard, second in self._last_bars.items())
            self._is_checked = True
        return not self.is_whole

    def _fill(self) -> None:
        # What was sent but not acknowledged would be missing from the topic.
        self._outbox.flush()
        if PriceRefill(self._settings, self._store, self._outbox, self._calendar_of).fill(self._until):
            self._is_checked = self.is_whole = True
            metrics.PRICE_STORE_REFILLS.inc()
            log.info("price store filled from the topics")
