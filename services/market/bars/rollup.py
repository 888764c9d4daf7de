"""From one-second bars to one-minute bars and daily closes, session by session.

Both are functions of all bars of a session, whatever was written for them before: the same bars again, or a later
revision of one, lead to the same answer as writing each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import CLOSING_PRINT, PriceSeries
from services.market.sessions.sessions import ExchangeCalendar, Session

KEPT_SESSIONS = 90
"""Sessions of one-minute bars that are kept of each instrument."""
KEPT_CLOSES = 780
"""Daily closes that are kept of each instrument: three years."""
_ONE_DAY = timedelta(days=1)


class RolledSession(Struct, frozen=True, kw_only=True):
    """One session of one instrument. ``close``: (second at which it was settled, price, volume), None without one."""

    session: Session
    minutes: PriceSeries
    close: tuple[int, float, float] | None


def roll_minutes(seconds: PriceSeries) -> PriceSeries:
    """One-minute bars: ``second`` is the start of the last second of the minute, ``volume`` the sum.

    A minute without a trade has no bar. The last minute may go on; whoever asks for what had ended leaves it out.

    >>> bars = PriceSeries("X", np.array([60, 61, 185]), np.array([5.0, 6.0, 7.0]), np.array([1.0, 2.0, 3.0]))
    >>> [column.tolist() for column in (roll_minutes(bars).second, roll_minutes(bars).volume)]
    [[119, 239], [3.0, 3.0]]
    """
    if not len(seconds):
        return seconds
    minute = seconds.second // 60
    starts = np.append(0, np.flatnonzero(np.diff(minute)) + 1)
    ends = np.append(starts[1:], len(minute)) - 1
    return PriceSeries(
        seconds.instrument,
        minute[starts] * 60 + 59,
        seconds.close[ends],
        np.add.reduceat(seconds.volume, starts),
    )


def roll_close(
    bars: PriceSeries, session: Session, calendar: ExchangeCalendar, printed_within: timedelta = CLOSING_PRINT
) -> tuple[int, float, float] | None:
    """(second at which the session was settled, last price known then, volume of its day); None without a price.

    ``bars`` may hold other days too. ``printed_within``: the closing price may be printed in the very second, or for
    bars of minutes in the very minute, in which the session is settled.
    """
    within = pick_session(bars, session, calendar)
    last = within.last_before(session.settled_at + printed_within)
    return None if last is None else (int(session.settled_at.timestamp()), last[1], float(within.volume.sum()))


def roll_sessions(seconds: PriceSeries, calendar: ExchangeCalendar) -> list[RolledSession]:
    """Every session that has bars, in order; bars of days without a session (a wrong feed) are left out."""
    return [
        RolledSession(
            session=session,
            minutes=roll_minutes(pick_session(seconds, session, calendar)),
            close=roll_close(seconds, session, calendar),
        )
        for session in find_sessions(seconds, calendar)
    ]


def series_of_closes(instrument: str, closes: Sequence[tuple[int, float, float]]) -> PriceSeries:
    """Daily closes as ``roll_close`` gives them, ascending, as a series."""
    return PriceSeries(
        instrument,
        np.array([row[0] for row in closes], dtype=np.int64),
        np.array([row[1] for row in closes], dtype=np.float64),
        np.array([row[2] for row in closes], dtype=np.float64),
    )


def join_series(instrument: str, parts: Sequence[PriceSeries]) -> PriceSeries:
    """All bars in order of time; of several for one second the one from the last part."""
    parts = [part for part in parts if len(part)]
    if len(parts) <= 1:
        return parts[0] if parts else PriceSeries.empty(instrument)
    return PriceSeries.of_arrays(
        instrument,
        np.concatenate([part.second for part in parts]),
        np.concatenate([part.close for part in parts]),
        np.concatenate([part.volume for part in parts]),
    )


def find_sessions(bars: PriceSeries, calendar: ExchangeCalendar) -> Iterator[Session]:
    """The sessions to whose days the bars belong, in order."""
    if not len(bars):
        return
    day, last = (_local_day(int(second), calendar) for second in (bars.second[0], bars.second[-1]))
    day -= _ONE_DAY
    while day <= last:
        session = calendar.session_on(day)
        if session is not None and len(pick_session(bars, session, calendar)):
            yield session
        day += _ONE_DAY


def pick_session(bars: PriceSeries, session: Session, calendar: ExchangeCalendar) -> PriceSeries:
    """The bars of a session's day, early and late trades included: a view."""
    start, end = session_span(session, calendar)
    return bars.rows(*(int(place) for place in np.searchsorted(bars.second, [start, end])))


def session_span(session: Session, calendar: ExchangeCalendar) -> tuple[int, int]:
    """Epoch seconds [start, end) of a session: its local day, or until it is settled when that is later."""
    before = calendar.session_on(session.day - _ONE_DAY)
    start = _midnight(session.day, calendar)
    if before is not None and before.settled_at > start:
        start = before.settled_at + CLOSING_PRINT
    end = _midnight(session.day + _ONE_DAY, calendar)
    if session.settled_at > end:
        end = session.settled_at + CLOSING_PRINT
    return int(start.timestamp()), int(end.timestamp())


def _local_day(second: int, calendar: ExchangeCalendar) -> date:
    return datetime.fromtimestamp(second, UTC).astimezone(calendar.timezone).date()


def _midnight(day: date, calendar: ExchangeCalendar) -> datetime:
    return datetime.combine(day, time(), tzinfo=calendar.timezone)
