"""Which session answers an event: the one that could still trade on it.

An event before the open or during the session belongs to that day; at or after the close to the next session, and so
does one of a weekend or a holiday. The close is the end of continuous trading: in the closing auction it is too late.
An event without a time belongs to its day, whenever that day it came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np
from msgspec import Struct

from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.study.daily_prices import Days

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Days that a study can be about."""
_ONE_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 40
"""Days searched by the calendar; no exchange has been closed for so long since 1950."""


class Publication(Struct, frozen=True, kw_only=True):
    """When an event became public."""

    day: date
    """In ``zone``; within EARLIEST and LATEST."""
    time_of_day: time | None = None
    """None: some time that day."""
    zone: tzinfo | None = None
    """None: the exchange's own."""


class Market(Struct, frozen=True, kw_only=True):
    """When one exchange trades, as far as it is known."""

    calendar: ExchangeCalendar | None
    """None: an exchange that nobody knows."""
    days: tuple[date, ...] = ()
    """Ascending days with a price of the exchange: what counts where the calendar does not reach."""

    def covers(self, day: date) -> bool:
        """True where the calendar knows its holidays."""
        return self.calendar is not None and self.calendar.first_day <= day <= self.calendar.last_day

    def trades_on(self, day: date) -> bool:
        """By the calendar; outside it by the days with prices, and after those on every weekday."""
        if self.calendar is not None and (self.covers(day) or not self.days or day > self.days[-1]):
            return self.calendar.session_on(day) is not None
        place = bisect_left(self.days, day)
        return place < len(self.days) and self.days[place] == day

    def sessions(self) -> Days:
        """Every day from the first to the last price on which the exchange trades, ``datetime64[D]``."""
        if not self.days or self.calendar is None:
            return np.array(self.days, dtype="datetime64[D]")
        inside = (day for day in _days_from(self.days[0], (self.days[-1] - self.days[0]).days + 1))
        return np.array([day for day in inside if self.trades_on(day)], dtype="datetime64[D]")


class EventSession(Struct, frozen=True, kw_only=True):
    """Where an event falls."""

    day: date | None
    """Local day of the session; None when none is known after the event."""
    published_at: datetime | None = None
    """In the exchange's zone; only when the session was under way (the lunch break included)."""


def find_event_session(publication: Publication, market: Market) -> EventSession:
    """The session of an event; see the head of this module.

    Without a calendar there is no close to compare with: the event belongs to its day, or to the next with a price.
    """
    calendar = market.calendar
    if calendar is None:
        place = bisect_left(market.days, publication.day)
        return EventSession(day=market.days[place] if place < len(market.days) else None)
    if publication.time_of_day is None:
        return EventSession(day=_first_day(publication.day, market))
    zone = publication.zone or calendar.timezone
    local = datetime.combine(publication.day, publication.time_of_day, tzinfo=zone).astimezone(calendar.timezone)
    # Compared in UTC: two times of one zone are compared by the clock on the wall, which turns back once a year.
    at = local.astimezone(UTC)
    for day in _days_from(local.date() - _ONE_DAY, _LONGEST_CLOSURE):
        if not market.trades_on(day):
            continue
        session = calendar.session_on(day)
        if not _is_over(session, day, at, local):
            is_inside = session is not None and session.opens_at <= at
            return EventSession(day=day, published_at=local if is_inside else None)
    return EventSession(day=None)


def _is_over(session: Session | None, day: date, at: datetime, local: datetime) -> bool:
    """Too late for it; a day with prices that the calendar does not know is over when it has passed."""
    return day < local.date() if session is None else session.closes_at <= at


def _first_day(day: date, market: Market) -> date | None:
    return next((one for one in _days_from(day, _LONGEST_CLOSURE) if market.trades_on(one)), None)


def _days_from(day: date, count: int) -> Iterator[date]:
    return (day + timedelta(days=step) for step in range(count))
