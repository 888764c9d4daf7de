"""When the digests of a channel are due: each hour, at the open of an exchange, at its close. Pure: all agree on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from services.market.sessions.sessions import ExchangeCalendar

_HOUR = timedelta(hours=1)
_REACH = timedelta(days=21)


class DigestMoment(StrEnum):
    """What a digest waits for."""

    HOURLY = "hourly"
    OPEN = "open"
    CLOSE = "close"
    """The end of the closing auction, when the closing price is final."""


class DigestTime(Struct, frozen=True, kw_only=True):
    """One line of a schedule; ``exchange`` belongs to OPEN and CLOSE."""

    moment: DigestMoment
    exchange: str = ""


def last_due(schedule: Iterable[DigestTime], now: datetime, calendars: Mapping[str, ExchangeCalendar]) -> datetime:
    """The latest moment (UTC) at or before ``now`` at which a digest was due; 1970 when there was none in 21 days."""
    dues = (due for one in schedule for due in _dues(one, now - _REACH, now + timedelta(seconds=1), calendars))
    return max((due for due in dues if due <= now), default=datetime(1970, 1, 1, tzinfo=UTC))


def next_due(
    schedule: Iterable[DigestTime], now: datetime, calendars: Mapping[str, ExchangeCalendar]
) -> datetime | None:
    """The first moment (UTC) after ``now`` at which a digest is due; None when there is none in 21 days."""
    dues = (due for one in schedule for due in _dues(one, now, now + _REACH, calendars))
    return min((due for due in dues if due > now), default=None)


def say_digest_time(one: DigestTime) -> str:
    """As people write it: ``hourly``, ``open XHKG``."""
    return f"{one.moment.value} {one.exchange}".strip()


def _dues(
    one: DigestTime, start: datetime, end: datetime, calendars: Mapping[str, ExchangeCalendar]
) -> Iterator[datetime]:
    """Moments within [start, end], a little more at its edges."""
    if one.moment is DigestMoment.HOURLY:
        first, last = _floor_hour(start), _floor_hour(end)
        yield from {first, first + _HOUR, last - _HOUR, last}
        return
    calendar = calendars.get(one.exchange)
    if calendar is None:
        return
    for session in calendar.sessions_between(start, end):
        yield session.opens_at if one.moment is DigestMoment.OPEN else session.settled_at


def _floor_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
