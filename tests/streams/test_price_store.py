"""The price store on a real Redis: what is written is read back as arrays, and a flushed store says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.errors import Unavailable
from services.market.tick import Bar
from streams.health import Health
from streams.price_store import RedisPriceBook, RedisPriceStore, connect

pytestmark = pytest.mark.parts
OPEN = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)


def bar(instrument: str, at: datetime, close: float, volume: float = 100.0) -> Bar:
    return Bar(
        instrument=instrument,
        second=int(at.timestamp()),
        open=close,
        high=close,
        low=close,
        close=close,
        volume=volume,
        vwap=close,
        ticks=1,
    )


def filled_store(redis_url: str) -> RedisPriceStore:
    store = RedisPriceStore(redis_url)
    store.mark_filled()
    return store


def test_bars_come_back_in_order_across_hours(redis_url: str, unique: Callable[[str], str]) -> None:
    """Bars are packed by hour; a span over several hours is one answer."""
    name = unique("0700.HK")
    store, book = filled_store(redis_url), RedisPriceBook(redis_url, Health())
    store.write([bar(name, OPEN + timedelta(minutes=40 * number), 340.0 + number) for number in (2, 0, 1, 3)])
    series = book.series(name, OPEN, OPEN + timedelta(hours=3))
    assert series.close.tolist() == [340.0, 341.0, 342.0, 343.0]


def test_a_bar_written_twice_counts_once_and_the_last_one_counts(redis_url: str, unique: Callable[[str], str]) -> None:
    """A crash between store and topic repeats bars; a correction replaces one."""
    name = unique("0700.HK")
    store, book = filled_store(redis_url), RedisPriceBook(redis_url, Health())
    store.write([bar(name, OPEN, 340.0)])
    store.write([bar(name, OPEN, 341.0)])
    series = book.series(name, OPEN, OPEN + timedelta(minutes=1))
    assert (series.close.tolist(), series.volume.tolist()) == ([341.0], [100.0])


def test_daily_closes_are_the_last_prices_of_earlier_days(redis_url: str, unique: Callable[[str], str]) -> None:
    """Today's running price is no close."""
    name = unique("0700.HK")
    store, book = filled_store(redis_url), RedisPriceBook(redis_url, Health())
    store.write([bar(name, OPEN - timedelta(days=1), 339.0), bar(name, OPEN - timedelta(hours=19), 340.0)])
    store.write([bar(name, OPEN, 350.0)])
    assert book.daily_closes(name, OPEN + timedelta(hours=1)).close.tolist() == [340.0]


def test_a_flushed_store_is_not_filled(redis_url: str) -> None:
    """FLUSHALL must be noticed, or cards would miss prices for good."""
    store = RedisPriceStore(redis_url)
    store.mark_filled()
    assert store.is_filled()
    connect(redis_url).flushall()
    assert not store.is_filled()


def test_a_store_that_is_being_filled_gives_no_half_tape(redis_url: str, unique: Callable[[str], str]) -> None:
    """A figure from the part that is back already would look right and be wrong."""
    name = unique("0700.HK")
    store, book = RedisPriceStore(redis_url), RedisPriceBook(redis_url, Health())
    store.mark_broken()
    store.write([bar(name, OPEN, 340.0)])
    with pytest.raises(Unavailable, match="being filled"):
        book.series(name, OPEN, OPEN + timedelta(minutes=1))
    store.mark_filled()
    assert len(book.series(name, OPEN, OPEN + timedelta(minutes=1))) == 1


def test_every_bar_expires(redis_url: str, unique: Callable[[str], str]) -> None:
    """Bounded memory: nothing stays for ever."""
    name = unique("0700.HK")
    RedisPriceStore(redis_url).write([bar(name, OPEN, 340.0)])
    client = connect(redis_url)
    keys = list(client.scan_iter(f"prices:1s:{name}:*"))
    assert len(keys) == 1
    assert client.ttl(keys[0]) > 0


def test_an_absent_redis_is_unavailable_not_a_crash() -> None:
    """The correlator waits for it, the aggregator goes on without it."""
    with pytest.raises(Unavailable):
        RedisPriceBook("redis://127.0.0.1:1/0", Health()).series("0700.HK", OPEN, OPEN)
    with pytest.raises(Unavailable):
        RedisPriceStore("redis://127.0.0.1:1/0").write([bar("0700.HK", OPEN, 1.0)])
