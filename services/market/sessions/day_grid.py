"""Past sessions side by side: a table of minute prices, one row per session, one column per minute of the day.

Only sessions of the regular shape have a row: half-days, late opens and typhoon days would put other times of day into
a column, and there are too few of them to stand alone. Days with policy events of the instrument have none either.

*Place* is the coordinate along a day: minutes of continuous trading since the regular open, lunch not counted. Place 0
is the open, ``shape.minutes`` the end of continuous trading, one more the settled close (after the auction).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sessions.sessions import ExchangeCalendar, Session

HISTORY_SESSIONS = 84
"""Past sessions looked at. The store keeps 90 in minutes: six fewer are all still there when the last window ends, five
sessions after publication, so that no revision of a card rests on another history than the one before."""
FEWEST_SESSIONS = 2
_CALENDAR_DAYS = 2 * HISTORY_SESSIONS
_PRINTED = 60
"""The minute that begins when a session is settled may hold the closing print."""

Flags = NDArray[np.bool_]


class DayShape(Struct, frozen=True, kw_only=True):
    """A regular session: its local hour, and whole minutes from its open."""

    opens: time
    stretches: tuple[tuple[int, int], ...]
    """Spans of continuous trading, e.g. ((0, 150), (210, 390)) around lunch."""
    settled: int
    """When the closing price is final."""
    round_the_clock: bool = False
    """The next session begins where this one ends: there is neither a night nor an auction."""

    @property
    def bases(self) -> tuple[int, ...]:
        """Place at which each stretch begins, and the place where the last one ends."""
        return tuple(accumulate((end - start for start, end in self.stretches), initial=0))

    @property
    def minutes(self) -> int:
        """Minutes of continuous trading."""
        return self.bases[-1]

    def place_of(self, since_open: float) -> float:
        """Place of an instant given in minutes since the regular open; within a break, the place of the break.

        >>> DayShape(opens=time(9, 30), stretches=((0, 150), (210, 390)), settled=400).place_of(220.5)
        160.5
        """
        if since_open >= self.settled and not self.round_the_clock:
            return self.minutes + 1.0
        return sum(max(0.0, min(since_open, float(end)) - start) for start, end in self.stretches)


class DayGrid(Struct, frozen=True, kw_only=True):
    """Prices of n past sessions at m + 2 places: 0, 1, ... m and the settled close. Known prices only: never ahead."""

    shape: DayShape
    days: tuple[date, ...]
    own: Floats
    """(n, m + 2) last price known at each place, NaN before the first one; at place 0 that is the close before."""
    benchmark: Floats | None
    """The same; None when there is no benchmark."""
    traded: Flags
    """(n, m + 1) did the instrument trade in the minute that ends at place 1, 2, ... and in the auction?"""
    benchmark_traded: Flags
    """The same for the benchmark; all True without one."""
    trades: Seconds
    """(n, m + 2) minutes with a trade of the instrument, from the first row on to each place."""
    benchmark_trades: Seconds
    """The same for the benchmark."""
    volume: Floats
    """(n, m + 1) shares traded in that minute, and from the end of continuous trading to the settled close."""


def past_sessions(known_until: datetime, calendar: ExchangeCalendar) -> list[Session]:
    """The last HISTORY_SESSIONS that were settled, closing print included, before ``known_until``."""
    start = known_until - timedelta(days=_CALENDAR_DAYS)
    limit = known_until - timedelta(seconds=_PRINTED)
    sessions = [session for session in calendar.sessions_between(start, known_until) if session.settled_at <= limit]
    return sessions[-HISTORY_SESSIONS:]


def shape_of(session: Session, calendar: ExchangeCalendar) -> DayShape:
    """The shape of one session."""
    opens_at = session.opens_at
    return DayShape(
        opens=opens_at.astimezone(calendar.timezone).time(),
        stretches=tuple((_minutes(start - opens_at), _minutes(end - opens_at)) for start, end in session.stretches),
        settled=_minutes(session.settled_at - opens_at),
        round_the_clock=calendar.session_of(session.settled_at) is not None,
    )


def regular_sessions(sessions: Sequence[Session], calendar: ExchangeCalendar) -> tuple[DayShape, list[Session]] | None:
    """(the most frequent shape, the sessions that have it); None with fewer than two of them."""
    shapes = [shape_of(session, calendar) for session in sessions]
    if not shapes:
        return None
    (regular, count), *_ = Counter(shapes).most_common(1)
    if count < FEWEST_SESSIONS:
        return None
    return regular, [session for session, shape in zip(sessions, shapes, strict=True) if shape == regular]


def build_grid(
    own: PriceSeries, benchmark: PriceSeries | None, shape: DayShape, sessions: Sequence[Session]
) -> DayGrid | None:
    """The table over sessions of one shape; None when the instrument traded in fewer than two of them."""
    marks = grid_marks(shape, sessions)
    prices, traded = _fill(own, marks)
    traded_in = np.flatnonzero(traded.any(axis=1))
    if len(traded_in) < FEWEST_SESSIONS:
        return None
    kept = slice(int(traded_in[0]), None)  # what came before its first price is not history of this instrument
    prices, traded = prices[kept], traded[kept]
    others = _fill(benchmark, marks[kept]) if benchmark is not None else (None, np.ones_like(traded))
    return DayGrid(
        shape=shape,
        days=tuple(session.day for session in sessions[kept]),
        own=prices,
        benchmark=others[0],
        traded=traded,
        benchmark_traded=others[1],
        trades=_count(traded),
        benchmark_trades=_count(others[1]),
        volume=_sum_volume(own, marks[kept]),
    )


def grid_marks(shape: DayShape, sessions: Sequence[Session]) -> Seconds:
    """(n, m + 2) epoch seconds of the places of n sessions; the settled close a minute later, with its print."""
    offsets = [0, *(minute for start, end in shape.stretches for minute in range(start + 1, end + 1))]
    last = shape.settled * 60 + (0 if shape.round_the_clock else _PRINTED)
    opens = np.array([int(session.opens_at.timestamp()) for session in sessions], dtype=np.int64)
    return opens[:, None] + np.array([*(60 * offset for offset in offsets), last], dtype=np.int64)


def _fill(series: PriceSeries, marks: Seconds) -> tuple[Floats, Flags]:
    """(last known price at each mark, whether there was a trade between a mark and the one before)."""
    known = np.searchsorted(series.second, marks.ravel(), "left").reshape(marks.shape)
    return np.r_[np.nan, series.close][known], known[:, 1:] > known[:, :-1]


def _count(traded: Flags) -> Seconds:
    count = np.zeros((traded.shape[0], traded.shape[1] + 1), dtype=np.int64)
    total = np.cumsum(traded).reshape(traded.shape)
    count[:, 1:] = total
    count[1:, 0] = total[:-1, -1]
    return count


def _sum_volume(series: PriceSeries, marks: Seconds) -> Floats:
    total = np.r_[0.0, np.cumsum(series.volume)]
    volume: Floats = np.diff(total[np.searchsorted(series.second, marks.ravel(), "left")].reshape(marks.shape), axis=1)
    return volume


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60.0)
