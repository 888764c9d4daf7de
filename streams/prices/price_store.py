"""Prices in Redis, in three tiers: a cache. The truth is ``market.bars``, ``market.minutes`` and ``market.days``.

Seconds of two sessions, minutes of 90, closes of three years, as ``price_packing`` says. APPEND costs the same however
much is there; one MGET brings all tiers of many instruments; what is too old is deleted when a session begins or is
settled, and expires if nobody does.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar, cast

import numpy as np
import redis

from services.errors import Misconfigured, Unavailable
from services.market.bars.bar_making import BarColumns
from services.market.bars.rollup import KEPT_CLOSES
from services.market.prices.price_window import PriceSeries
from streams.prices.price_packing import (
    DAY_ROW,
    EVERY_TIER,
    HOUR,
    SECOND_ROW,
    days_key,
    minutes_key,
    pack_closes,
    pack_minutes,
    read_key,
    seconds_key,
    unpack_closes,
    unpack_seconds,
)

SECONDS_KEPT = timedelta(days=21)
"""Safety net: far longer than the longest closure of an exchange, before which the last session must still be there."""
MINUTES_KEPT = timedelta(days=140)
TIMEOUT_SECONDS = 1.0
FILLED_KEY = "prices:filled"
LAYOUT = b"2"
"""What FILLED_KEY holds. A store that an older version filled in another layout counts as empty."""
FILLING_KEY = "prices:filling"
UNTIL_KEY = "prices:until"
FILLING_SECONDS = 60
"""A process that fills the store and dies leaves it to the next after this long."""
_MOST_KEYS_REMEMBERED = 20_000
T = TypeVar("T")


def connect(url: str) -> redis.Redis:
    """A client that gives up after a second: an alert never waits long for a cache. Raises Misconfigured."""
    try:
        return redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    except (ValueError, TypeError):
        # The library's words may repeat the address, which may hold a password.
        raise Misconfigured("REDIS_URL cannot be used: something behind the host cannot be read") from None


class RedisPriceStore:
    """The writing side. Every method raises Unavailable when Redis does not answer."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._token = uuid.uuid4().bytes
        self._expiring: set[str] = set()
        self._named: dict[int, set[str]] = defaultdict(set)
        self._until: dict[int, int] = defaultdict(int)

    def is_filled(self) -> bool:
        """False after a FLUSHALL or a fresh start: the store must be refilled."""
        return bool(_ask(lambda: self._redis.get(FILLED_KEY)) == LAYOUT)

    def begin_filling(self) -> bool:
        """Empty the store, unreadable until ``end_filling``; False while another process is filling it."""
        taken = _ask(lambda: self._redis.set(FILLING_KEY, self._token, nx=True, ex=FILLING_SECONDS))
        if not taken and _ask(lambda: self._redis.get(FILLING_KEY)) != self._token:
            return False
        self._expiring.clear()
        self._named.clear()
        _ask(lambda: self._redis.delete(FILLED_KEY))
        _ask(self._delete_all)
        return True

    def go_on_filling(self) -> None:
        """Keep the right to fill; raises Unavailable when it was lost, as by a FLUSHALL."""
        still_ours = _ask(lambda: self._redis.get(FILLING_KEY)) == self._token
        if not still_ours:
            raise Unavailable("redis", "the price store was emptied while it was being filled", retry_after=0.5)
        _ask(lambda: self._redis.expire(FILLING_KEY, FILLING_SECONDS))

    def end_filling(self) -> None:
        """The store holds what the topics hold."""
        self.go_on_filling()
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(FILLED_KEY, LAYOUT)
        pipeline.delete(FILLING_KEY)
        _ask(pipeline.execute)

    def write(self, bars: BarColumns, shard: int) -> None:
        """Append one-second bars in one round trip."""
        if not len(bars):
            return
        pipeline = self._redis.pipeline(transaction=False)
        for instrument, hour, rows in _pack_hours(bars):
            key = seconds_key(instrument, hour)
            pipeline.append(key, rows)
            if key not in self._expiring:
                pipeline.expire(key, SECONDS_KEPT)
                self._remember(key)
        self._until[shard] = max(self._until[shard], int(bars.second.max()))
        pipeline.hset(UNTIL_KEY, str(shard), self._until[shard])
        strangers = {bars.instruments[code] for code in np.unique(bars.code).tolist()} - self._named[shard]
        if strangers:
            pipeline.sadd(_shard_key(shard), *strangers)
            self._named[shard] |= strangers
        _ask(pipeline.execute)

    def last_seconds(self) -> dict[int, int]:
        """Second of the newest bar written of each shard: behind the topic's when a write was missed."""
        found = cast("dict[bytes, bytes]", _ask(lambda: self._redis.hgetall(UNTIL_KEY)))
        return {int(shard): int(second) for shard, second in found.items()}

    def instruments_of(self, shard: int) -> set[str]:
        """Every instrument that a shard of ``market.ticks`` has ever had a bar of."""
        names = _ask(lambda: self._redis.smembers(_shard_key(shard)))
        return {name.decode() for name in cast("set[bytes]", names)}

    def read_seconds(self, spans: Sequence[tuple[str, int, int]]) -> list[PriceSeries]:
        """One-second bars of (instrument, start, end in epoch seconds), in one round trip.

        Raises Unavailable also when the store was emptied meanwhile: half a session must not be put away as a whole.
        """
        hours = [range(start // HOUR, (end - 1) // HOUR + 1) for _, start, end in spans]
        keys = [
            seconds_key(instrument, hour)
            for (instrument, _, _), span in zip(spans, hours, strict=True)
            for hour in span
        ]
        filled, filling, *rest = self._get_many([FILLED_KEY, FILLING_KEY, *keys])
        if filled != LAYOUT and filling != self._token:
            raise Unavailable("redis", "the price store was emptied", retry_after=0.5)
        parts = iter(rest)
        found = []
        for (instrument, start, end), span in zip(spans, hours, strict=True):
            series = unpack_seconds(instrument, span, [next(parts) for _ in span])
            found.append(series.rows(*np.searchsorted(series.second, [start, end]).tolist()))
        return found

    def forget_seconds(self, spans: Iterable[tuple[str, range]]) -> None:
        """Delete the bars of some (instrument, hours)."""
        self._delete([seconds_key(instrument, hour) for instrument, hours in spans for hour in hours])

    def have_minutes(self, sessions: Sequence[tuple[str, date]]) -> list[bool]:
        """Which of some (instrument, day of the session) were put away."""
        pipeline = self._redis.pipeline(transaction=False)
        for instrument, day in sessions:
            pipeline.exists(minutes_key(instrument, day))
        return [bool(there) for there in _ask(pipeline.execute)]

    def put_minutes(self, sessions: Iterable[tuple[PriceSeries, date]]) -> None:
        """Write one-minute bars, each of the whole session of a day."""
        pipeline = self._redis.pipeline(transaction=False)
        for minutes, day in sessions:
            pipeline.set(minutes_key(minutes.instrument, day), pack_minutes(minutes, day), ex=MINUTES_KEPT)
        _ask(pipeline.execute)

    def forget_minutes(self, sessions: Iterable[tuple[str, date]]) -> None:
        """Delete sessions of one-minute bars."""
        self._delete([minutes_key(instrument, day) for instrument, day in sessions])

    def put_closes(self, closes: Sequence[PriceSeries]) -> None:
        """Append daily closes."""
        pipeline = self._redis.pipeline(transaction=False)
        for series in closes:
            pipeline.append(days_key(series.instrument), pack_closes(series))
        sizes = _ask(pipeline.execute)
        for series, size in zip(closes, sizes, strict=True):
            if size > 2 * KEPT_CLOSES * DAY_ROW.itemsize:
                self._trim_closes(series.instrument)

    def scan_sizes(self, pattern: str = EVERY_TIER) -> Iterator[dict[tuple[str, str], int]]:
        """Bytes by (tier, instrument), some keys at a time; a key may be missed that is written meanwhile."""
        cursor = None
        while cursor != 0:
            cursor, keys = self._scan(cursor or 0, pattern)
            pipeline = self._redis.pipeline(transaction=False)
            for key in keys:
                pipeline.strlen(key)
            sizes: Counter[tuple[str, str]] = Counter()
            for key, size in zip(keys, _ask(pipeline.execute), strict=True):
                sizes[read_key(key.decode())] += size
            yield sizes

    def read_instrument(self, instrument: str) -> dict[str, bytes]:
        """Everything of one instrument, by key, in no order; looks at every key of the store."""
        pattern = "prices:1?:" + re.sub(r"([\\*?\[\]^])", r"\\\1", instrument)
        keys: set[str] = set()
        cursor = None
        while cursor != 0:
            cursor, found = self._scan(cursor or 0, pattern + "*")
            keys |= {key.decode() for key in found}
        own = sorted(key for key in keys if read_key(key)[1] == instrument)
        return {key: part for key, part in zip(own, self._get_many(own), strict=True) if part is not None}

    def _scan(self, cursor: int, pattern: str) -> tuple[int, list[bytes]]:
        return cast("tuple[int, list[bytes]]", _ask(lambda: self._redis.scan(cursor, pattern, count=1_000)))

    def _trim_closes(self, instrument: str) -> None:
        key = days_key(instrument)
        closes = unpack_closes(instrument, self._get_many([key])[0])
        kept = pack_closes(closes.rows(max(0, len(closes) - KEPT_CLOSES), len(closes)))
        _ask(lambda: self._redis.set(key, kept))

    def _get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        return cast("list[bytes | None]", _ask(lambda: self._redis.mget(keys))) if keys else []

    def _delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), 1_000):
            part = keys[start : start + 1_000]
            _ask(lambda part=part: self._redis.unlink(*part))  # type: ignore[misc]

    def _delete_all(self) -> None:
        self._redis.delete(UNTIL_KEY)
        for pattern in (EVERY_TIER, _shard_key("*")):
            keys = list(self._redis.scan_iter(pattern, count=1_000))
            for start in range(0, len(keys), 1_000):
                self._redis.unlink(*keys[start : start + 1_000])

    def _remember(self, key: str) -> None:
        if len(self._expiring) >= _MOST_KEYS_REMEMBERED:
            self._expiring.clear()
        self._expiring.add(key)


def _shard_key(shard: int | str) -> str:
    return f"prices:shard:{shard}"


def _pack_hours(bars: BarColumns) -> Iterable[tuple[str, int, bytes]]:
    """(instrument, hour, packed bars), the bars of each in the order given."""
    hour = bars.second // HOUR
    order = np.lexsort((hour, bars.code))
    rows = np.empty(len(bars), dtype=SECOND_ROW)
    rows["second"] = (bars.second - hour * HOUR)[order]
    rows["close"], rows["volume"] = bars.close[order], bars.volume[order]
    code, hour = bars.code[order], hour[order]
    starts = np.append(0, np.flatnonzero((code[1:] != code[:-1]) | (hour[1:] != hour[:-1])) + 1)
    edges = (np.append(starts, len(rows)) * SECOND_ROW.itemsize).tolist()
    packed = rows.tobytes()
    for index, (number, of_hour) in enumerate(zip(code[starts].tolist(), hour[starts].tolist(), strict=True)):
        yield bars.instruments[number], of_hour, packed[edges[index] : edges[index + 1]]


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except redis.RedisError as error:
        raise unavailable(error) from error


def unavailable(error: redis.RedisError) -> Unavailable:
    """Redis did not answer as it should."""
    return Unavailable("redis", f"{type(error).__name__}: {error}", retry_after=1.0)
