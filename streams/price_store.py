"""Prices in Redis: one string of packed one-second bars per instrument and hour. A cache; the truth is ``market.bars``.

APPEND costs the same however much is there; a string expires as a whole; one MGET brings a span of hours. A bar
written twice (after a crash, or corrected) stands twice, and the last one counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

import numpy as np
import redis

from services.errors import Misconfigured, Unavailable
from services.market.price_window import PriceSeries
from services.market.tick import Bar
from streams.health import Health

KEPT = timedelta(days=11)
"""Longer than the longest closure of an exchange, so that the last close before it is still there."""
TIMEOUT_SECONDS = 1.0
FILLED_KEY = "prices:filled"
HOUR = 3_600
PACKED = np.dtype([("second", "<i8"), ("close", "<f8"), ("volume", "<f8")])


def connect(url: str) -> redis.Redis:
    """A client that gives up after a second: an alert never waits long for a cache. Raises Misconfigured."""
    try:
        return redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    except (ValueError, TypeError):
        # The library's words may repeat the address, which may hold a password.
        raise Misconfigured("REDIS_URL cannot be used: something behind the host cannot be read") from None


class RedisPriceStore:
    """The writing side."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)

    def is_filled(self) -> bool:
        """False after a FLUSHALL or a fresh start: the store must be refilled. Raises Unavailable."""
        try:
            return bool(self._redis.exists(FILLED_KEY))
        except redis.RedisError as error:
            raise _unavailable(error) from error

    def mark_filled(self) -> None:
        """The store holds what the topic holds. Raises Unavailable."""
        try:
            self._redis.set(FILLED_KEY, "1")
        except redis.RedisError as error:
            raise _unavailable(error) from error

    def mark_broken(self) -> None:
        """A write was missed: refill at the next chance. Raises Unavailable."""
        try:
            self._redis.delete(FILLED_KEY)
        except redis.RedisError as error:
            raise _unavailable(error) from error

    def write(self, bars: Iterable[Bar]) -> None:
        """Append bars in one round trip; raises Unavailable."""
        by_hour: dict[tuple[str, int], list[tuple[int, float, float]]] = defaultdict(list)
        for bar in bars:
            by_hour[bar.instrument, bar.second // HOUR].append((bar.second, bar.close, bar.volume))
        if not by_hour:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for (instrument, hour), rows in by_hour.items():
            pipeline.append(_key(instrument, hour), np.array(rows, dtype=PACKED).tobytes())
            pipeline.expire(_key(instrument, hour), KEPT)
        try:
            pipeline.execute()
        except redis.RedisError as error:
            raise _unavailable(error) from error


class RedisPriceBook:
    """The reading side: the PriceBook of the correlator."""

    def __init__(self, url: str, health: Health) -> None:
        self._redis = connect(url)
        self._health = health

    def ping(self) -> None:
        """Return when Redis answers; raises Unavailable."""
        try:
            self._redis.ping()
        except redis.RedisError as error:
            raise _unavailable(error) from error
        self._health.answers("redis")

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """One-second bars that begin at or after ``start`` and have ended by ``end``.

        Raises Unavailable, also while the store is filled anew: half a tape would give figures that look right.
        """
        first = int(max(start, end - KEPT).timestamp()) // HOUR
        last = int(end.timestamp()) // HOUR
        keys = [FILLED_KEY, *(_key(instrument, hour) for hour in range(first, last + 1))]
        try:
            is_filled, *parts = cast("list[bytes | None]", self._redis.mget(keys))
        except redis.RedisError as error:
            raise _unavailable(error) from error
        if is_filled is None:
            raise Unavailable("redis", "the price store is being filled", retry_after=0.5)
        self._health.answers("redis")
        return _unpack(instrument, b"".join(part for part in parts if part)).between(start, end)

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """Last price of each UTC day before the day of ``before``; raises Unavailable."""
        midnight = before.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        series = self.series(instrument, before - KEPT, midnight)
        is_last = np.append(np.diff(series.second // 86_400) > 0, [True])[: len(series)]
        return PriceSeries(instrument, series.second[is_last], series.close[is_last], series.volume[is_last])


def _key(instrument: str, hour: int) -> str:
    return f"prices:1s:{instrument}:{hour}"


def _unpack(instrument: str, data: bytes) -> PriceSeries:
    usable = len(data) - len(data) % PACKED.itemsize
    rows = np.frombuffer(data[:usable], dtype=PACKED)
    # The last bar written for a second wins: unique() keeps the first, so look from the end.
    seconds, from_end = np.unique(rows["second"][::-1], return_index=True)
    chosen = rows[::-1][from_end]
    return PriceSeries(
        instrument, seconds.astype(np.int64), chosen["close"].astype(float), chosen["volume"].astype(float)
    )


def _unavailable(error: redis.RedisError) -> Unavailable:
    return Unavailable("redis", f"{type(error).__name__}: {error}", retry_after=1.0)
