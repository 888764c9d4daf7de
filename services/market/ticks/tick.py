"""Trades and the one-second bars made of them. Prices are in the instrument's own currency, times UTC."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Tick(Struct, frozen=True, kw_only=True):
    """One trade. ``traded_at`` is the exchange's time; ``sequence`` orders trades of the same instant.

    ``conditions``: the feed's words for an unusual trade, such as ``odd_lot``; ``currency``: of the price, such as
    ``HKD`` or ``GBX``, None where the feed does not say.
    """

    instrument: str
    price: float
    volume: float
    traded_at: datetime
    sequence: int | None = None
    conditions: tuple[str, ...] = ()
    currency: str | None = None


class Bar(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One second of trades: ``second`` is the start, as whole seconds since 1970 UTC.

    ``revision``: 0 when first given out; a tick that came late makes the bar anew with the next number, and the last
    one written for a second counts.
    """

    instrument: str
    second: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    vwap: float
    ticks: int
    revision: int = 0
