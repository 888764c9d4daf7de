"""Price tapes made by hand and by chance, in Hong Kong time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from config.exchanges import load_calendars
from services.market.prices.price_memory import InMemoryPriceBook
from services.market.prices.price_window import PriceSeries
from services.market.reaction import Reaction, Window
from services.market.study.event_study import MarketEvent, measure_signal

HKT = ZoneInfo("Asia/Hong_Kong")
CALENDARS = load_calendars()
HONG_KONG = CALENDARS["XHKG"]
OWN, INDEX = "0700.HK", "HSI"
STRETCHES = (("09:30:30", 150), ("13:00:30", 180))


def hkt(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HKT)


def event(published: str, benchmark: str | None = INDEX) -> MarketEvent:
    return MarketEvent(
        signal_id="s", published_at=hkt(published), instrument=OWN, benchmark=benchmark, calendar=HONG_KONG
    )


def book_of(*tapes: PriceSeries) -> InMemoryPriceBook:
    book = InMemoryPriceBook(lambda _: HONG_KONG)
    for tape in tapes:
        book.append_series(tape)
    return book


def tape(instrument: str, *rows: tuple[str, float], volume: float = 100.0) -> PriceSeries:
    """Bars at Hong Kong times, e.g. ("2023-07-13T10:00:00", 349.8)."""
    seconds = np.array([int(hkt(at).timestamp()) for at, _ in rows], dtype=np.int64)
    return PriceSeries.of_arrays(
        instrument, seconds, np.array([close for _, close in rows]), np.full(len(rows), volume)
    )


def random_days(seed: int = 7, beta: float = 1.2) -> tuple[PriceSeries, PriceSeries]:
    """12 and 13 July 2023: one bar in the middle of each minute, moves of 0.05 %, and both closing auctions."""
    chance = np.random.default_rng(seed)
    seconds = np.concatenate(
        [
            int(hkt(f"2023-07-{day}T{first}").timestamp()) + 60 * np.arange(count, dtype=np.int64)
            for day in (12, 13)
            for first, count in STRETCHES
        ]
        + [np.array([int(hkt(f"2023-07-{day}T16:08:20").timestamp()) for day in (12, 13)], dtype=np.int64)]
    )
    market = chance.normal(0, 5e-4, len(seconds))
    own = beta * market + chance.normal(0, 4e-4, len(seconds))
    volume = chance.uniform(50, 150, len(seconds)).round()
    return (
        PriceSeries.of_arrays(OWN, seconds, 340 * np.exp(np.cumsum(own)), volume),
        PriceSeries.of_arrays(INDEX, seconds, 19_000 * np.exp(np.cumsum(market)), np.zeros(len(seconds))),
    )


def measure(book: InMemoryPriceBook, published: str, as_of: str, window: Window, **more: str | None) -> Reaction:
    (reaction,) = measure_signal(event(published, **more), book, hkt(as_of), (window,))
    return reaction
