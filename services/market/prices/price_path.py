"""What the price did around publication, as a few points: the line that a card and a report draw."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sessions.horizons import subtract_trading_minutes
from services.market.sessions.liveness import Tape
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.market_model import minute_marks

MINUTES_BEFORE = 30
MOST_POINTS = 60


class PricePath(Struct, frozen=True, kw_only=True):
    """Moves in per cent from the last price at publication, at the ends of trading minutes; None: no price yet.

    ``minutes``: trading minutes from publication, negative before; at most ``MOST_POINTS``. The minutes of a closed
    market are not counted, so evening news jumps from 0 to the first minute of the next session.
    """

    instrument: str
    benchmark: str | None
    minutes: tuple[int, ...]
    own: tuple[float | None, ...]
    market: tuple[float | None, ...]


def trace_path(tape: Tape, published_at: datetime, as_of: datetime, calendar: ExchangeCalendar) -> PricePath | None:
    """Thirty trading minutes before publication to ``as_of``; None without a price of the instrument.

    Nothing after ``as_of`` is looked at; a minute that has not ended by then has no point.
    """
    since = subtract_trading_minutes(published_at, MINUTES_BEFORE, calendar)
    before, _ = minute_marks(since, published_at, calendar)
    after, _ = minute_marks(_whole_minute(published_at), as_of, calendar)
    after = _thin(after, MOST_POINTS - len(before))
    marks = np.concatenate([before, after])
    origin = tape.own.last_before(published_at)
    if not len(marks) or (origin is None and not len(tape.own)):
        return None
    minutes = [*range(-len(before), 0), *_number(after, published_at, as_of, calendar)]
    return PricePath(
        instrument=tape.own.instrument,
        benchmark=tape.benchmark.instrument or None,
        minutes=tuple(minutes),
        own=_moves(tape.own, marks, published_at),
        market=_moves(tape.benchmark, marks, published_at),
    )


def _whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _number(after: Seconds, published_at: datetime, as_of: datetime, calendar: ExchangeCalendar) -> list[int]:
    every, _ = minute_marks(_whole_minute(published_at), as_of, calendar)
    return [int(place) + 1 for place in np.searchsorted(every, after)]


def _thin(marks: Seconds, most: int) -> Seconds:
    """Evenly, the last one kept: the newest price is the one that matters."""
    if len(marks) <= most:
        return marks
    chosen = np.unique(np.linspace(0, len(marks) - 1, most).round().astype(np.int64))
    return marks[chosen]


def _moves(series: PriceSeries, marks: Seconds, published_at: datetime) -> tuple[float | None, ...]:
    if not len(series):
        return (None,) * len(marks)
    _, closes = series.closes_at(marks)
    known = series.last_before(published_at)
    origin = known[1] if known else float(series.close[0])
    return _as_per_cent(closes / origin - 1.0)


def _as_per_cent(moves: Floats) -> tuple[float | None, ...]:
    # Two decimals: the points are for the eye, and an alert holds some hundred of them.
    return tuple(None if np.isnan(move) else round(float(move) * 100, 2) for move in moves)


LONGEST_PATH = timedelta(days=4)
"""A path ends this long after publication: past the next session it is no answer to the news any more."""
