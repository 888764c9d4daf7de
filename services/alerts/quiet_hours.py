"""Quiet hours: when a channel is left alone, and until when.

A quiet time is given by the clock on the wall of a zone ("22:00-07:00 in London"), by the sessions of exchanges ("while
Hong Kong does not trade"), or by both, which then add up. A span begins at the first moment at which the clock shows
its start, and ends at the first moment at which the clock shows its end: where the clock leaps over a time, that is the
moment of the leap; where it shows a time twice, it is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.alerts.alert import Severity
from services.market.sessions.sessions import ExchangeCalendar

LONGEST_QUIET = timedelta(days=21)
"""Longer than any closure of an exchange; a quiet time that does not end within it never ends."""
_ONE_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MOST_STEPS = 400

Calendars = Mapping[str, ExchangeCalendar]
Stretch = tuple[datetime, datetime]


class QuietMode(StrEnum):
    """What becomes of what waits."""

    CRITICAL_ONLY = "critical-only"
    """At the end each alert is posted by itself, the loudest first."""
    HOLD_AND_BRIEF = "hold-and-brief"
    """At the end all are told in one ranked brief."""


class ClockSpan(Struct, frozen=True, kw_only=True):
    """Local times; an ``ends`` at or before ``starts`` is that of the next day."""

    starts: time
    ends: time


class QuietHours(Struct, frozen=True, kw_only=True):
    """One quiet time by its name. Severities from ``passes`` on are told at once."""

    name: str
    mode: QuietMode
    passes: Severity = Severity.FLASH
    zone: ZoneInfo | None = None
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which a span may begin, Monday is 0."""
    spans: tuple[ClockSpan, ...] = ()
    outside: tuple[str, ...] = ()
    """Codes of exchanges: it is quiet while none of them is in session (lunch and closing auction belong to it)."""


def quiet_until(quiet: QuietHours, now: datetime, calendars: Calendars) -> datetime | None:
    """The end (UTC) of the quiet time that stands at ``now``, or None; spans that touch are one.

    A quiet time without an end counts as ending after LONGEST_QUIET, and then again.
    """
    end = _end_of_stretch(quiet, now, calendars)
    if end is None:
        return None
    for _ in range(_MOST_STEPS):
        further = _end_of_stretch(quiet, end, calendars)
        if further is None or end - now >= LONGEST_QUIET:
            return end
        end = further
    return end


def longest_end(several: Iterable[QuietHours], now: datetime, calendars: Calendars) -> datetime | None:
    """The last of the ends of several quiet times; None when none stands."""
    return max((end for one in several if (end := quiet_until(one, now, calendars)) is not None), default=None)


def is_endless(quiet: QuietHours, now: datetime, calendars: Calendars) -> bool:
    """True when it would be quiet for ever, looked at from ``now``: a mistake in the file."""
    end = quiet_until(quiet, now, calendars)
    return end is not None and end - now >= LONGEST_QUIET


def first_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) of a local day at which its clock shows ``at`` or, leaping, a later time.

    >>> first_moment(date(2023, 3, 26), time(1, 30), ZoneInfo("Europe/London"))
    datetime.datetime(2023, 3, 26, 1, 0, tzinfo=datetime.timezone.utc)
    """
    local = datetime.combine(day, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # In a gap the two readings of a time lie on either side of the leap.
    before, after = local.replace(fold=1).astimezone(UTC), moment
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < local.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _end_of_stretch(quiet: QuietHours, now: datetime, calendars: Calendars) -> datetime | None:
    ends = [end for start, end in _clock_stretches(quiet, now) if start <= now < end]
    if quiet.outside:
        opens = _next_session_of_any(quiet.outside, now, calendars)
        if opens is not None:
            ends.append(opens)
    return max(ends, default=None)


def _clock_stretches(quiet: QuietHours, now: datetime) -> Iterator[Stretch]:
    if quiet.zone is None:
        return
    today = now.astimezone(quiet.zone).date()
    for day in (today - _ONE_DAY, today, today + _ONE_DAY):
        if day.weekday() in quiet.days:
            for span in quiet.spans:
                last = day if span.ends > span.starts else day + _ONE_DAY
                yield first_moment(day, span.starts, quiet.zone), first_moment(last, span.ends, quiet.zone)


def _next_session_of_any(exchanges: tuple[str, ...], now: datetime, calendars: Calendars) -> datetime | None:
    """When the first of them opens; None while one is in session, and for exchanges that nobody knows."""
    known = [calendars[name] for name in exchanges if name in calendars]
    if any(calendar.session_of(now) is not None for calendar in known):
        return None
    return min((calendar.next_session(now).opens_at for calendar in known), default=None)
