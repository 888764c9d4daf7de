"""From a window's name to its two instants."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from services.market.reaction import Window
from services.market.sessions.horizons import find_horizon_end, subtract_trading_minutes
from services.market.sessions.sessions import ExchangeCalendar

MINUTES_BEFORE = 30


class Span(Struct, frozen=True, kw_only=True):
    """One window on the time line, UTC; a price at either end is the last one known then."""

    window: Window
    started_at: datetime
    ended_at: datetime
    from_first_price: bool = False
    """True: the span begins at an open; take the first price there, so that the night's gap is not in it."""


def find_span(window: Window, published_at: datetime, as_of: datetime, calendar: ExchangeCalendar) -> Span | None:
    """The span of a window for news of ``published_at``; None while it has not ended by ``as_of``.

    SINCE_PREVIOUS_CLOSE: last settled close to publication. BEFORE_30M: the thirty trading minutes before
    publication, of one session only. SO_FAR: publication to ``as_of``. The horizons: publication to their end in
    ``horizon_ends``, long ones over several nights.
    """
    if window is Window.SO_FAR:
        started_at, ended_at = published_at, as_of
    elif window is Window.SINCE_PREVIOUS_CLOSE:
        started_at, ended_at = calendar.previous_close(published_at), published_at
    elif window is Window.BEFORE_30M:
        started_at, ended_at = subtract_trading_minutes(published_at, MINUTES_BEFORE, calendar), published_at
    else:
        started_at, ended_at = published_at, find_horizon_end(window, calendar.trades_from(published_at), calendar)
    if ended_at > as_of or ended_at < started_at:
        return None
    session = calendar.session_of(started_at)
    return Span(
        window=window,
        started_at=started_at,
        ended_at=ended_at,
        from_first_price=window is Window.BEFORE_30M and session is not None and session.opens_at == started_at,
    )
