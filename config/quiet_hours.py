"""The words of routing.toml about time -> quiet hours, digest schedules, cooldowns. Mistakes name file, key, reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from services.alerts.alert import Severity
from services.alerts.digest_schedule import DigestMoment, DigestTime
from services.alerts.loudness import Cooldown
from services.alerts.quiet_hours import LONGEST_QUIET, ClockSpan, QuietHours, QuietMode, is_endless
from services.errors import Misconfigured
from services.market.sessions.sessions import ExchangeCalendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAST_MINUTES, MOST_MINUTES = 1.0, 1_440.0
LOOKED_AT_FROM = datetime(2023, 1, 2, tzinfo=UTC)
"""A quiet time without an end has none from any day on; this one the calendars know."""
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

Calendars = Mapping[str, ExchangeCalendar]


class QuietEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table ``[quiet.NAME]``, as people write it."""

    mode: QuietMode
    passes: Severity = Severity.FLASH
    zone: str = ""
    days: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


def build_quiet(path: Path, name: str, entry: QuietEntry, calendars: Calendars) -> QuietHours:
    """Typed quiet hours; raises Misconfigured."""
    where = f"{path.name}: quiet.{name}"
    if not entry.spans and not entry.outside:
        raise Misconfigured(f'{where}: give spans such as ["22:00-07:00"], or outside such as ["XHKG"]')
    if entry.passes is Severity.ALERT:
        raise Misconfigured(f"{where}: passes: 'alert' lets everything pass; expected urgent or flash")
    if entry.mode is QuietMode.CRITICAL_ONLY and entry.passes is not Severity.FLASH:
        raise Misconfigured(f"{where}: passes: with mode critical-only it is always flash; use hold-and-brief")
    quiet = QuietHours(
        name=name,
        mode=entry.mode,
        passes=entry.passes,
        zone=_read_zone(where, entry),
        days=frozenset(_read_day(where, day) for day in entry.days or DAYS),
        spans=tuple(_read_span(where, span) for span in entry.spans),
        outside=tuple(check_exchange(f"{where}: outside", code, calendars) for code in entry.outside),
    )
    if is_endless(quiet, LOOKED_AT_FROM, calendars):
        raise Misconfigured(f"{where}: it would be quiet for more than {LONGEST_QUIET.days} days; leave a gap")
    return quiet


def read_digest_time(where: str, said: str, calendars: Calendars) -> DigestTime:
    """``hourly``, ``open XHKG`` or ``close XHKG``; raises Misconfigured."""
    word, _, exchange = said.strip().partition(" ")
    moments = {moment.value: moment for moment in DigestMoment}
    moment = moments.get(word)
    if moment is None or (moment is DigestMoment.HOURLY) is bool(exchange):
        raise Misconfigured(f'{where}: {said!r} is none of "hourly", "open XHKG", "close XHKG"')
    if exchange:
        check_exchange(where, exchange.strip(), calendars)
    return DigestTime(moment=moment, exchange=exchange.strip())


def check_cooldown(where: str, cooldown: Cooldown | None) -> None:
    """Raises Misconfigured for a span that is no use."""
    if cooldown is not None and not LEAST_MINUTES <= cooldown.minutes <= MOST_MINUTES:
        raise Misconfigured(
            f"{where}: cooldown: minutes is {cooldown.minutes:g}, expected {LEAST_MINUTES:g} to {MOST_MINUTES:g}"
        )


def check_exchange(where: str, code: str, calendars: Calendars) -> str:
    """The code itself; raises Misconfigured for one that has no calendar, or that never closes."""
    calendar = calendars.get(code)
    if calendar is None:
        raise Misconfigured(f"{where}: {code!r} is no exchange of exchanges.toml, expected {', '.join(calendars)}")
    session = calendar.next_session(LOOKED_AT_FROM)
    if calendar.session_of(session.settled_at) is not None or session.closes_at - session.opens_at >= timedelta(days=1):
        raise Misconfigured(f"{where}: {code!r} trades round the clock, it has neither open nor close")
    return code


def _read_zone(where: str, entry: QuietEntry) -> ZoneInfo | None:
    if not entry.spans:
        if entry.zone or entry.days:
            raise Misconfigured(f"{where}: zone and days belong to spans, and there are none")
        return None
    try:
        return ZoneInfo(entry.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misconfigured(f"{where}: zone: {entry.zone!r} is no IANA time zone, such as Europe/London") from None


def _read_day(where: str, day: str) -> int:
    if day.lower() not in DAYS:
        raise Misconfigured(f"{where}: days: {day!r} is none of {', '.join(DAYS)}")
    return DAYS.index(day.lower())


def _read_span(where: str, span: str) -> ClockSpan:
    """``22:00-07:00``; 24:00 is the midnight that ends the day."""
    found = _SPAN.fullmatch(span)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise Misconfigured(f'{where}: spans: {span!r} is not like "22:00-07:00"')
    starts, ends = time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))
    if starts == ends and starts != time(0):
        raise Misconfigured(f'{where}: spans: {span!r} ends where it starts; for a whole day write "00:00-24:00"')
    return ClockSpan(starts=starts, ends=ends)
