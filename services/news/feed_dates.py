"""Dates as feeds write them -> an instant in UTC, with a word for how sure it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

LONGEST_DATE = 80
FUTURE_TOLERANCE = timedelta(minutes=2)
ZONE_STEP = timedelta(minutes=30)
FIRST_ZONE_ERROR, LAST_ZONE_ERROR = timedelta(hours=1), timedelta(hours=14)
SEEN_WITHIN = timedelta(minutes=10)
"""So soon after publication a poll sees a new entry; a date ahead is taken for a zone's only when it fits that."""
SHOWN_WITHIN = timedelta(hours=6)
"""So long after the date that it carries, an entry may come to stand in its feed."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CHINESE = re.compile(
    r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?\s*(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?)?"
)
_PLAIN = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
# Zones that e-mail dates name and the library takes for UTC; the two hours of summer are written by name too.
_ZONES = {
    "JST": "+0900",
    "KST": "+0900",
    "HKT": "+0800",
    "SGT": "+0800",
    "BST": "+0100",
    "CET": "+0100",
    "CEST": "+0200",
}


class DateOrigin(StrEnum):
    """Where the time of an article comes from."""

    PUBLISHED = "published"
    UPDATED = "updated"
    DAY_ONLY = "day_only"
    """Only a day was told: the moment it was first seen on that day, the day's last minute for days before."""
    FIRST_SEEN = "first_seen"
    """No date was told, or none that can be read."""
    FUTURE = "future"
    """A date over two minutes ahead was told: the moment it was first seen counts."""
    WRONG_ZONE = "wrong_zone"
    """Whole or half hours ahead, as when local time is written as UTC: put back by these hours."""


class EntryDate(Struct, frozen=True, kw_only=True):
    """When an entry was published, as far as can be told."""

    at: datetime
    origin: DateOrigin


def read_date(published: str, updated: str, seen_at: datetime, zone: ZoneInfo) -> EntryDate:
    """The time of an entry that was first seen at ``seen_at`` (UTC); ``zone``: of dates without one.

    The date of publication wins over that of the last update; what cannot be read counts as not told.
    """
    for text, origin in ((published, DateOrigin.PUBLISHED), (updated, DateOrigin.UPDATED)):
        told = parse_date(text, zone)
        if isinstance(told, datetime):
            return _within_bounds(told, origin, seen_at)
        if told is not None:
            return _within_bounds(_moment_of_day(told, seen_at, zone), DateOrigin.DAY_ONLY, seen_at)
    return EntryDate(at=seen_at, origin=DateOrigin.FIRST_SEEN)


def read_updated(updated: str, published_at: datetime, seen_at: datetime, zone: ZoneInfo) -> datetime | None:
    """When an entry was last changed (UTC), where that is told and lies between its publication and now; else None."""
    told = parse_date(updated, zone)
    return settle_updated(told, published_at, seen_at) if isinstance(told, datetime) else None


def settle_updated(updated_at: datetime | None, published_at: datetime, seen_at: datetime) -> datetime | None:
    """The time of an update, where it says more than that of the publication and can be; all times aware.

    >>> noon = datetime(2023, 7, 12, 12, tzinfo=UTC)
    >>> settle_updated(noon, noon, noon) is None
    True
    """
    if updated_at is None or updated_at <= published_at or updated_at - FUTURE_TOLERANCE > seen_at:
        return None
    return updated_at


def parse_date(text: str, zone: ZoneInfo) -> datetime | date | None:
    """An instant in UTC, a day where no time is told, or None.

    Reads RFC 822 and ISO 8601, and the plain forms of Chinese sites; ``zone``: where none is written.
    """
    text = " ".join(text[:LONGEST_DATE].split())
    try:
        found = _parse(text, zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found if not isinstance(found, datetime) else _utc(found, zone)


def _parse(text: str, zone: ZoneInfo) -> datetime | date | None:
    if not text:
        return None
    match = _CHINESE.match(text) or _PLAIN.match(text)
    if match:
        year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
        found = date(year or 0, month or 0, day or 0)
        return found if hour is None else datetime.combine(found, time(hour, minute or 0, second or 0), zone)
    if text[:4].isdigit():
        return datetime.fromisoformat(text)
    words = text.split(" ")
    zone_word = _ZONES.get(words[-1].upper())
    return parsedate_to_datetime(" ".join([*words[:-1], zone_word]) if zone_word else text)


def _utc(moment: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _moment_of_day(day: date, seen_at: datetime, zone: ZoneInfo) -> datetime:
    if day == seen_at.astimezone(zone).date():
        return seen_at
    try:
        return datetime.combine(day, time(23, 59), zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return EARLIEST - timedelta(days=1)


def find_zone_error(moment: datetime, seen_at: datetime) -> timedelta:
    """By how much a date ahead of ``seen_at`` is the local time of some zone written as another; zero when it is not.

    A new entry is seen within minutes: put back by the zone's hours, its date must lie that close before ``seen_at``.

    >>> seen = datetime(2023, 7, 12, 1, 3, tzinfo=UTC)
    >>> find_zone_error(datetime(2023, 7, 12, 9, 0, tzinfo=UTC), seen)
    datetime.timedelta(seconds=28800)
    >>> find_zone_error(datetime(2023, 7, 12, 9, 20, tzinfo=UTC), seen)
    datetime.timedelta(0)
    """
    steps = -((seen_at - moment) // ZONE_STEP)
    error = steps * ZONE_STEP
    is_close = timedelta(0) <= seen_at - (moment - error) <= SEEN_WITHIN
    return error if is_close and FIRST_ZONE_ERROR <= error <= LAST_ZONE_ERROR else timedelta(0)


def is_back_dated(published_at: datetime, answered_at: datetime | None) -> bool:
    """True when an entry that is new now is dated hours before the feed last answered without it.

    A document is often posted days after it was signed. Its date counts all the same, so that it is told as late news
    and measured from the day it bears; ``answered_at``: when the feed answered before, None when it never did.
    """
    return answered_at is not None and published_at < answered_at - SHOWN_WITHIN


def _within_bounds(moment: datetime, origin: DateOrigin, seen_at: datetime) -> EntryDate:
    if moment < EARLIEST:
        # 1970 and the like: a field that nobody filled.
        return EntryDate(at=seen_at, origin=DateOrigin.FIRST_SEEN)
    if moment - FUTURE_TOLERANCE > seen_at:
        ahead = find_zone_error(moment, seen_at)
        if ahead:
            return EntryDate(at=moment - ahead, origin=DateOrigin.WRONG_ZONE)
        return EntryDate(at=seen_at, origin=DateOrigin.FUTURE)
    return EntryDate(at=moment, origin=origin)
