"""The reading side of the price store: the PriceBook of the correlator, all tiers of many instruments in one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, cast

import redis

from config.listing_calendars import load_calendar_finder
from services.errors import Unavailable
from services.market.bars.rollup import KEPT_SESSIONS, session_span
from services.market.prices.price_snapshot import PriceSnapshot, PriceTiers
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar
from streams.prices.price_packing import (
    HOUR,
    days_key,
    minutes_key,
    seconds_key,
    unpack_closes,
    unpack_minutes,
    unpack_seconds,
)
from streams.prices.price_store import FILLED_KEY, LAYOUT, connect, unavailable
from streams.watching.health import Health

_ONE_DAY = timedelta(days=1)
_LONGEST_HISTORY = 140
"""Calendar days within which ninety sessions lie."""


class _Wanted(NamedTuple):
    """What is asked of the store about one instrument."""

    instrument: str
    hours: range
    days: tuple[date, ...]

    @property
    def keys(self) -> list[str]:
        return [
            days_key(self.instrument),
            *(minutes_key(self.instrument, day) for day in self.days),
            *(seconds_key(self.instrument, hour) for hour in self.hours),
        ]

    def unpack(self, parts: Sequence[bytes | None]) -> PriceTiers:
        return PriceTiers(
            seconds=unpack_seconds(self.instrument, self.hours, parts[1 + len(self.days) :]),
            minutes=unpack_minutes(self.instrument, self.days, parts[1 : 1 + len(self.days)]),
            closes=unpack_closes(self.instrument, parts[0]),
        )


class RedisPriceBook:
    """A PriceBook on Redis. Every method raises Unavailable, also while the store is filled anew."""

    def __init__(self, url: str, health: Health, calendar_of: Callable[[str], ExchangeCalendar] | None = None) -> None:
        """``calendar_of``: None takes those of the catalogue."""
        self._redis = connect(url)
        self._health = health
        self._calendar_of = calendar_of or load_calendar_finder()
        self._days: dict[tuple[str, date], tuple[date, ...]] = {}

    def ping(self) -> None:
        """Return when Redis answers."""
        try:
            self._redis.ping()
        except redis.RedisError as error:
            raise unavailable(error) from error
        self._health.answers("redis")

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> PriceSnapshot:
        """See PriceBook: one MGET; the tiers of an instrument are unpacked when it is first asked for."""
        wanted = {
            name: _Wanted(name, self._hours(name, as_of), self._session_days(name, as_of)) for name in instruments
        }
        keys = {name: one.keys for name, one in wanted.items()}
        parts = iter(self._fetch([key for some in keys.values() for key in some]))
        packed = {name: [next(parts) for _ in some] for name, some in keys.items()}
        nothing = PriceTiers(*(PriceSeries.empty(""),) * 3)
        return PriceSnapshot(
            lambda name: wanted[name].unpack(packed[name]) if name in wanted else nothing, self._calendar_of, as_of
        )

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        hours = range(max(_hour(start), _hour(end - _ONE_DAY * 14)), _hour(end) + 1)
        parts = self._fetch([seconds_key(instrument, hour) for hour in hours])
        return unpack_seconds(instrument, hours, parts).between(start, end)

    def minutes(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        """See PriceBook."""
        return self.snapshot([instrument], end).minutes(instrument, start, end)

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        """See PriceBook."""
        return self.snapshot([instrument], before).daily_closes(instrument, before)

    def _fetch(self, keys: Iterable[str]) -> list[bytes | None]:
        try:
            filled, *parts = cast("list[bytes | None]", self._redis.mget([FILLED_KEY, *keys]))
        except redis.RedisError as error:
            raise unavailable(error) from error
        if filled != LAYOUT:
            # Half a tape would give figures that look right.
            raise Unavailable("redis", "the price store is being filled", retry_after=0.5)
        self._health.answers("redis")
        return parts

    def _hours(self, instrument: str, as_of: datetime) -> range:
        """The hours of the two sessions that are kept in seconds."""
        calendar = self._calendar_of(instrument)
        first = calendar.previous_session(as_of)
        if calendar.session_of(as_of) is None:
            first = calendar.previous_session(first.opens_at)
        return range(session_span(first, calendar)[0] // HOUR, _hour(as_of) + 1)

    def _session_days(self, instrument: str, as_of: datetime) -> tuple[date, ...]:
        """The days of the ninety sessions that are kept in minutes, ascending."""
        calendar = self._calendar_of(instrument)
        today = as_of.astimezone(calendar.timezone).date()
        known = self._days.get((calendar.exchange, today))
        if known is None:
            days = (today - _ONE_DAY * number for number in range(_LONGEST_HISTORY))
            open_days = [day for day in days if calendar.session_on(day) is not None]
            known = tuple(reversed(open_days[: KEPT_SESSIONS + 1]))
            if len(self._days) > 100:
                self._days.clear()
            self._days[calendar.exchange, today] = known
        return known


def _hour(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp()) // HOUR
