"""When each window of the event study ends, in trading time.

The clock of a horizon runs only while the exchange is open: it starts at publication, or at the next open when the
news came out in the evening, on a holiday or at lunch; lunch stops it. It never crosses a close: a horizon that
would, ends when that session is settled (closing auction included), except where trading never stops. So "one minute
after" news of 19:30 is 09:31 of the next session, thirty minutes after 11:50 in Hong Kong is 13:20, and thirty
minutes after 15:50 is the close. The long horizons count whole sessions: one and five after that of the close.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.market.reaction import HORIZONS, Window
from services.market.sessions.sessions import ExchangeCalendar, Session

_MOMENT = timedelta(microseconds=1)

HORIZON_MINUTES: Mapping[Window, int] = {Window.AFTER_1M: 1, Window.AFTER_5M: 5, Window.AFTER_30M: 30}
HORIZON_SESSIONS: Mapping[Window, int] = {Window.TO_CLOSE: 0, Window.AFTER_1_SESSION: 1, Window.AFTER_5_SESSIONS: 5}
"""Sessions after the one under way, or after the next one when the news came between two."""


def horizon_ends(published_at: datetime, calendar: ExchangeCalendar) -> dict[Window, datetime]:
    """End (UTC) of each of HORIZONS for news of ``published_at``."""
    starts_at = calendar.trades_from(published_at)
    return {window: find_horizon_end(window, starts_at, calendar) for window in HORIZONS}


def find_horizon_end(window: Window, starts_at: datetime, calendar: ExchangeCalendar) -> datetime:
    """End (UTC) of one of HORIZONS whose clock starts at ``starts_at``, when the exchange is open."""
    if window in HORIZON_MINUTES:
        return add_trading_minutes(starts_at, HORIZON_MINUTES[window], calendar)
    session = answering_session(starts_at, calendar)
    for _ in range(HORIZON_SESSIONS[window]):
        session = calendar.next_session(session.opens_at)
    return session.settled_at


def answering_session(at: datetime, calendar: ExchangeCalendar) -> Session:
    """The session whose close answers news of ``at``: the one under way, from the closing auction on the next one.

    Its ``day`` is the day of the event of that news, as in MarketEvent.event_days.
    """
    session = calendar.session_of(at)
    return calendar.next_session(at) if session is None or at >= session.closes_at else session


def add_trading_minutes(opened_at: datetime, minutes: float, calendar: ExchangeCalendar) -> datetime:
    """The instant ``minutes`` of continuous trading after ``opened_at``, at most the settled close of its session."""
    left = timedelta(minutes=minutes)
    session = calendar.session_of(opened_at)
    if session is None:
        raise ValueError(f"{calendar.exchange} is not in a session at {opened_at.isoformat()}")
    for start, end in session.stretches:
        begin = max(start, opened_at)
        if begin + left <= end:
            return begin + left
        left -= max(end - begin, timedelta(0))
    if session.settled_at != calendar.next_open(session.closes_at - _MOMENT):
        return session.settled_at
    return add_trading_minutes(session.settled_at, left.total_seconds() / 60.0, calendar)


def subtract_trading_minutes(at: datetime, minutes: float, calendar: ExchangeCalendar) -> datetime:
    """The instant ``minutes`` of continuous trading before ``at``, at most back to the open of the last session."""
    left = timedelta(minutes=minutes)
    session = calendar.session_of(at - _MOMENT) or calendar.previous_session(at)
    for start, end in reversed(session.stretches):
        finish = min(end, at)
        if finish - left >= start:
            return finish - left
        left -= max(finish - start, timedelta(0))
    if calendar.session_of(session.opens_at - _MOMENT) is None:
        return session.opens_at
    return subtract_trading_minutes(session.opens_at, left.total_seconds() / 60.0, calendar)


def trading_minutes(start: datetime, end: datetime, calendar: ExchangeCalendar) -> float:
    """Minutes of continuous trading within [start, end)."""
    spans = (span for session in calendar.sessions_between(start, end) for span in session.stretches)
    return sum(max(0.0, (min(to, end) - max(since, start)).total_seconds()) for since, to in spans) / 60.0
