"""Quotes that are asked for -> ticks: what did not change is no trade, and a day's volume becomes increments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Literal

from msgspec import Struct

from services.market.ticks.tick_mapping import RawTick

VolumeMeaning = Literal["trade", "day"]


class _Known(Struct, frozen=True):
    micros: int
    price: float
    day_volume: float


class QuoteMemory:
    """The last quote of each instrument that became a tick.

    A vendor answers with the last trade again and again. Sent on, a halted share would look alive; so a quote counts
    only when its price or time changed, and an older one (from a server that lags) never.
    """

    def __init__(self, volume_is: VolumeMeaning = "day", day_zone: tzinfo | None = None) -> None:
        """``day_zone``: whose midnight begins a new day of volume; None: UTC."""
        self._volume_is = volume_is
        self._zone = day_zone or UTC
        self._known: dict[str, _Known] = {}

    def new_ticks(self, quotes: Iterable[RawTick]) -> list[RawTick]:
        """The quotes that are new trades, as ticks; with day volumes, ``volume`` is what was traded since the last."""
        return [tick for quote in quotes if (tick := self._step(quote)) is not None]

    def _step(self, quote: RawTick) -> RawTick | None:
        instrument, micros, price, volume = (quote[key] for key in ("instrument", "traded_at", "price", "volume"))
        known = self._known.get(instrument)
        if known is not None and (micros < known.micros or (micros == known.micros and price == known.price)):
            return None
        before = self._volume_before(known, micros, volume)
        # A day's volume that falls is a correction or a server that lags: what was counted is not counted again.
        self._known[instrument] = _Known(micros, price, max(before, volume))
        return quote if self._volume_is == "trade" else quote | {"volume": max(0.0, volume - before)}

    def _volume_before(self, known: _Known | None, micros: int, volume: float) -> float:
        if known is None:
            # The day's volume so far, in one tick, would look like a burst of trading.
            return volume
        return known.day_volume if self._day(micros) == self._day(known.micros) else 0.0

    def _day(self, micros: int) -> date:
        return datetime.fromtimestamp(micros / 1e6, self._zone).date()
