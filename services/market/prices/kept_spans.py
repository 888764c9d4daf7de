"""Which seconds, minutes and closes of an instrument are kept, and when a session is put away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from services.market.bars.rollup import KEPT_SESSIONS, session_span
from services.market.sessions.sessions import ExchangeCalendar, Session

PUT_AWAY_AFTER = timedelta(seconds=90)
"""A session is put away this long after its day: late trades are over, and no late tick can change a bar any more."""
_ONE_DAY = timedelta(days=1)


class SessionStep(NamedTuple):
    """Something to do for all instruments of an exchange."""

    at: datetime
    session: Session
    is_over: bool
    """True: it is to be put away. False: it begins, and seconds from before the previous one may go."""


def list_steps(calendar: ExchangeCalendar, after: datetime, until: datetime) -> list[SessionStep]:
    """What became due in (after, until], in order of time."""
    steps = [
        SessionStep(at, session, is_over)
        for session in calendar.sessions_between(after - 2 * _ONE_DAY, until + _ONE_DAY)
        for at, is_over in ((session.opens_at, False), (_put_away_at(session, calendar), True))
        if after < at <= until
    ]
    return sorted(steps, key=lambda step: step.at)


def next_step_at(calendar: ExchangeCalendar, after: datetime) -> datetime:
    """When something becomes due next."""
    return list_steps(calendar, after, calendar.next_session(after).opens_at)[0].at


def first_look_back(calendar: ExchangeCalendar, until: datetime) -> datetime:
    """After a start: steps since then may have been missed; those done already change nothing."""
    return calendar.previous_session(calendar.previous_session(until).opens_at).settled_at - timedelta(seconds=1)


def first_hour_kept(calendar: ExchangeCalendar, opening: Session) -> int:
    """When a session begins: the first hour since 1970 of which seconds are kept, that of the session before it."""
    return session_span(calendar.previous_session(opening.opens_at), calendar)[0] // 3_600


def hours_to_forget(calendar: ExchangeCalendar, opening: Session) -> range:
    """When a session begins: the hours since 1970 of the session before the previous one, and of the time after it."""
    previous = calendar.previous_session(opening.opens_at)
    before = calendar.previous_session(previous.opens_at)
    return range(session_span(before, calendar)[0] // 3_600, first_hour_kept(calendar, opening))


def first_second_needed(calendar: ExchangeCalendar, until: int, put_away: date | None) -> int:
    """From where bars must be read again: the two sessions kept in seconds, and sessions that were not put away.

    ``until``: how far the bars reach; ``put_away``: the last session that was, None when nothing was ever put away.
    """
    if put_away is None:
        return 0
    at = datetime.fromtimestamp(until, UTC)
    first = calendar.previous_session(at)
    if calendar.session_of(at) is None:
        first = calendar.previous_session(first.opens_at)
    later = next(_walk(calendar, put_away, 1), first)
    return min(session_span(one, calendar)[0] for one in (first, later))


def session_to_forget(calendar: ExchangeCalendar, day: date) -> date | None:
    """The session whose minutes go when those of ``day`` come: ninety sessions before."""
    for number, session in enumerate(_walk(calendar, day, -1), 1):
        if number == KEPT_SESSIONS:
            return session.day
    return None


def _put_away_at(session: Session, calendar: ExchangeCalendar) -> datetime:
    return datetime.fromtimestamp(session_span(session, calendar)[1], UTC) + PUT_AWAY_AFTER


def _walk(calendar: ExchangeCalendar, day: date, step: int) -> Iterator[Session]:
    """Sessions after or before a day, within half a year."""
    for number in range(1, 183):
        session = calendar.session_on(day + step * number * _ONE_DAY)
        if session is not None:
            yield session
