"""All that is known about the prices of one instrument around an event, in one series: seconds, and minutes before."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import PriceBook, PriceSeries


class HistoryRange(Struct, frozen=True, kw_only=True):
    """From when on to ask the book. Nothing after ``as_of`` is read; closes only those settled by ``closes_until``."""

    minutes_from: datetime
    seconds_from: datetime
    as_of: datetime
    closes_until: datetime


class PriceHistory(Struct, frozen=True, kw_only=True):
    """One instrument."""

    seconds: PriceSeries
    """One-second bars of the last sessions, as far as the store keeps them."""
    tape: PriceSeries
    """The same, and one-minute bars from before: the origin of a long window is older than the second tier."""
    closes: PriceSeries
    """Daily closes."""


def read_history(prices: PriceBook, instrument: str | None, wanted: HistoryRange) -> PriceHistory:
    """Ask the book for all three tiers; empty series for no instrument. Raises Unavailable."""
    if instrument is None:
        nothing = PriceSeries.empty("")
        return PriceHistory(seconds=nothing, tape=nothing, closes=nothing)
    seconds = prices.series(instrument, wanted.seconds_from, wanted.as_of)
    minutes = prices.minutes(instrument, wanted.minutes_from, wanted.as_of)
    return PriceHistory(
        seconds=seconds,
        tape=join_tiers(minutes, seconds),
        closes=prices.daily_closes(instrument, wanted.closes_until),
    )


def join_tiers(minutes: PriceSeries, seconds: PriceSeries) -> PriceSeries:
    """Minutes up to the minute of the first one-second bar, then seconds: no trade is counted in both."""
    if not len(seconds):
        return minutes
    before = minutes.rows(0, int(np.searchsorted(minutes.second, int(seconds.second[0]) // 60 * 60, "left")))
    if not len(before):
        return seconds
    return PriceSeries(
        seconds.instrument,
        np.concatenate([before.second, seconds.second]),
        np.concatenate([before.close, seconds.close]),
        np.concatenate([before.volume, seconds.volume]),
    )


def find_price(history: PriceHistory, at: datetime) -> tuple[datetime, float] | None:
    """(when, price) of the last trade known at ``at``; the last daily close when no tier reaches so far back."""
    found = history.tape.last_before(at) or history.closes.last_before(at)
    return (datetime.fromtimestamp(found[0], UTC), found[1]) if found else None
