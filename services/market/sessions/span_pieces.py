"""A window cut at the nights: what happened between two closes is scaled by days, the rest by minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from services.market.sessions.day_grid import DayShape
from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.sessions.spans import Span

_MOMENT = timedelta(microseconds=1)


class Piece(Struct, frozen=True, kw_only=True):
    """The part of a span that lies in one session, and in the night before it."""

    has_night: bool
    """It begins at the close before, and the exchange was shut in between."""
    whole: bool
    """From one settled close to the next."""
    minutes: float
    """Trading minutes, and those of a lunch inside: news goes on."""
    session_minutes: float
    days: float
    """The piece in days: a night counts in full, else trading minutes as a share of the session's."""
    start: float = 0.0
    """Place (see ``day_grid``) of the beginning on a regular day."""
    end: float = 0.0


def begin_at_origin(span: Span, origin_at: datetime | None, calendar: ExchangeCalendar) -> Span:
    """The span from before the break that its first price comes from; as it is when that price is of the same stretch.

    News of 09:30:02 is measured from the close before when the first trade is at 09:30:05: the night is in the return,
    and must be in what is usual.
    """
    session = calendar.session_of(span.started_at)
    if origin_at is None or session is None or span.from_first_price:
        return span
    opened_at = max((opens for opens, _ in session.stretches if opens <= span.started_at), default=None)
    if opened_at is None or origin_at >= opened_at:
        return span
    return replace(span, started_at=opened_at - _MOMENT)


def split_span(span: Span, calendar: ExchangeCalendar, shape: DayShape | None) -> tuple[Piece, ...]:
    """One piece per session that the span touches; empty when it lies between two sessions.

    Without a ``shape`` of the regular day the places are 0.
    """
    return tuple(
        _cut(span, session, calendar, shape) for session in calendar.sessions_between(span.started_at, span.ended_at)
    )


def _cut(span: Span, session: Session, calendar: ExchangeCalendar, shape: DayShape | None) -> Piece:
    start, end = max(span.started_at, session.opens_at), min(span.ended_at, session.settled_at)
    shut_before = calendar.session_of(session.opens_at - _MOMENT) is None
    has_night = span.started_at < session.opens_at and shut_before
    regular_open = datetime.combine(session.day, shape.opens, tzinfo=calendar.timezone) if shape else start
    return Piece(
        has_night=has_night,
        whole=has_night and span.ended_at >= session.settled_at,
        minutes=_minutes(start, min(end, session.closes_at)),
        session_minutes=session.minutes,
        days=1.0 if has_night else _traded(session, start, end) / session.minutes,
        start=shape.place_of(_minutes(regular_open, start)) if shape else 0.0,
        end=shape.place_of(_minutes(regular_open, end)) if shape else 0.0,
    )


def _traded(session: Session, start: datetime, end: datetime) -> float:
    return sum(_minutes(max(start, opens), min(end, closes)) for opens, closes in session.stretches)


def _minutes(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60.0)
