"""Minute bars of a quote service -> one tick a minute: the close, at the minute's end, with the minute's volume."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from msgspec import Struct

from services.market.ticks.tick_mapping import RawTick

MINUTE_SECONDS = 60
_LAST_MILLISECOND = 59_999_000
"""Inside its minute, so that the last minute of a session still belongs to the session."""


class MinuteBar(Struct, frozen=True, kw_only=True):
    """One minute of one symbol as a quote service tells it; ``start`` in seconds since 1970 UTC."""

    symbol: str
    start: int
    close: float
    volume: float


class MinuteMemory:
    """Gives each finished minute once.

    A minute that goes on may still change, so it waits; a minute without volume at an unchanged price is a service
    filling its table, not trading.
    """

    def __init__(self, instruments: Mapping[str, str], delay_seconds: float, since: float) -> None:
        """``instruments``: symbol -> ours. Minutes that ended before ``since`` (seconds since 1970) are left out.

        No minute is given before it ended ``delay_seconds`` ago: exchanges whose quotes come late and those whose
        quotes come at once then reach the line at the same age, and none of them is late there.
        """
        self._instruments = instruments
        self._delay = delay_seconds
        self._last = dict.fromkeys(instruments, since - MINUTE_SECONDS)
        self._close: dict[str, float] = {}

    def new_ticks(self, bars: Iterable[MinuteBar], now: float) -> list[RawTick]:
        """Ticks of the minutes that are new and settled, in order of time; ``now`` in seconds since 1970."""
        ticks = []
        for bar in sorted(bars, key=lambda bar: bar.start):
            is_settled = bar.start + MINUTE_SECONDS + self._delay <= now
            if bar.symbol in self._instruments and is_settled and bar.start > self._last[bar.symbol]:
                ticks += self._tick(bar)
        return ticks

    def _tick(self, bar: MinuteBar) -> list[RawTick]:
        if not math.isfinite(bar.close):
            return []
        self._last[bar.symbol] = bar.start
        volume = bar.volume if math.isfinite(bar.volume) and bar.volume > 0 else 0.0
        is_filler = volume == 0.0 and self._close.get(bar.symbol) == bar.close
        self._close[bar.symbol] = bar.close
        micros = bar.start * 1_000_000 + _LAST_MILLISECOND
        tick = {"instrument": self._instruments[bar.symbol], "price": bar.close, "volume": volume, "traded_at": micros}
        return [] if is_filler else [tick]
