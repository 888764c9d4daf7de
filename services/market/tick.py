"""Trades and the one-second bars made of them. Prices are in the instrument's own currency, times UTC."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Tick(Struct, frozen=True, kw_only=True):
    """One trade. ``traded_at`` is the exchange's time; ``sequence`` orders trades of the same instant."""

    instrument: str
    price: float
    volume: float
    traded_at: datetime
    sequence: int | None = None


class Bar(Struct, frozen=True, kw_only=True):
    """One second of trades: ``second`` is the start, as whole seconds since 1970 UTC."""

    instrument: str
    second: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    vwap: float
    ticks: int
