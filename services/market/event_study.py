"""The event study of one signal on one instrument: what the market did, and how unusual that is.

After A. C. MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature 35 (1997), 13-39:
abnormal return = return - beta * return of the benchmark; z = abnormal return / its standard deviation over such a
window. Beta and volatility come from the last complete session and the running one, up to thirty trading minutes
before publication (``market_model``); windows in trading time from ``horizons``; a day lasts one calendar session.

What is not measurable is None, never 0: a window without a single trade has no return. Nothing after the end of a
window changes its numbers, nothing after ``as_of`` changes anything.

Scaling of z. A window without a night: one-minute volatility times the root of its minutes (at least one; a lunch
inside counts in full, since news goes on). A window with a night (close to open): daily volatility times the root of
the nights, or, without daily closes, one-minute volatility scaled to a whole session; ``z_basis`` says which.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct

from services.market.horizons import subtract_trading_minutes, trading_minutes
from services.market.liveness import Tape, find_state
from services.market.market_model import (
    Normal,
    estimate_normal,
    mean_volume,
    minute_marks,
    pair_days,
    pair_minutes,
)
from services.market.price_window import CLOSING_PRINT, PriceBook, PriceSeries
from services.market.reaction import Reaction, SessionState, Window, ZBasis
from services.market.sessions import ExchangeCalendar
from services.market.spans import Span, find_span

QUIET_MINUTES_BEFORE = 30


class MarketEvent(Struct, frozen=True, kw_only=True):
    """One signal meets one instrument. The benchmark trades in the same sessions; None: no abnormal returns."""

    signal_id: str
    published_at: datetime
    instrument: str
    benchmark: str | None
    calendar: ExchangeCalendar


class Study(Struct, frozen=True, kw_only=True):
    """Everything that the windows of one event share, gathered once from the price book."""

    event: MarketEvent
    as_of: datetime
    tape: Tape
    closes: Tape
    """Daily closes."""
    normal: Normal
    state: SessionState


def measure_signal(
    event: MarketEvent, prices: PriceBook, as_of: datetime, windows: tuple[Window, ...] = tuple(Window)
) -> tuple[Reaction, ...]:
    """One Reaction per asked window, in that order; a window that has not ended by ``as_of`` is left out."""
    study = prepare_study(event, prices, as_of)
    spans = (find_span(window, event.published_at, as_of, event.calendar) for window in windows)
    return tuple(measure_reaction(study, span) for span in spans if span is not None)


def prepare_study(event: MarketEvent, prices: PriceBook, as_of: datetime) -> Study:
    """Read the tape up to ``as_of`` once; estimate what is normal from before publication."""
    calendar, known_until = event.calendar, min(event.published_at, as_of)
    session = calendar.previous_session(known_until)
    quiet_until = subtract_trading_minutes(known_until, QUIET_MINUTES_BEFORE, calendar)
    nothing = PriceSeries.empty(event.benchmark or "")
    tape = Tape(
        own=prices.series(event.instrument, session.opens_at, as_of),
        benchmark=prices.series(event.benchmark, session.opens_at, as_of) if event.benchmark else nothing,
    )
    closes = Tape(
        own=prices.daily_closes(event.instrument, known_until),
        benchmark=prices.daily_closes(event.benchmark, known_until) if event.benchmark else nothing,
    )
    normal = estimate_normal(
        pair_minutes(tape.own, tape.benchmark, *minute_marks(session.opens_at, quiet_until, calendar)),
        pair_days(_until(closes.own, session.opens_at), _until(closes.benchmark, session.opens_at)),
        mean_volume(tape.own, session.opens_at, quiet_until, calendar),
    )
    state = find_state(tape, calendar, as_of)
    return Study(event=event, as_of=as_of, tape=tape, closes=closes, normal=normal, state=state)


def measure_reaction(study: Study, span: Span) -> Reaction:
    """One window of a prepared study."""
    event, normal = study.event, study.normal
    move = measure_return(study.tape.own, study.closes.own, span)
    market = measure_return(study.tape.benchmark, study.closes.benchmark, span) if event.benchmark else None
    abnormal = None if move is None or market is None else move - normal.beta * market
    z, basis = score(abnormal, span, normal, event.calendar)
    last = find_price(study.tape.own, study.closes.own, span.ended_at)
    return Reaction(
        signal_id=event.signal_id,
        instrument=event.instrument,
        window=span.window,
        state=study.state,
        price=last[1] if last else None,
        price_at=datetime.fromtimestamp(last[0], UTC) if last else None,
        previous_close=find_previous_close(study),
        started_at=span.started_at,
        ended_at=span.ended_at,
        benchmark=event.benchmark,
        return_=move,
        benchmark_return=market,
        beta=normal.beta,
        beta_estimated=normal.beta_estimated,
        abnormal_return=abnormal,
        z=z,
        z_basis=basis,
        volume_ratio=measure_volume(study, span),
        measured_at=study.as_of,
    )


def measure_return(series: PriceSeries, closes: PriceSeries, span: Span) -> float | None:
    """Simple return from the price at the start to the price at the end; None without a trade in between.

    A span that begins at an open begins at the first price of that session, not at the close before it.
    """
    traded = series.between(span.started_at, span.ended_at)
    if not len(traded):
        return None
    if span.from_first_price:
        return float(traded.close[-1] / traded.close[0]) - 1.0 if len(traded) > 1 else None
    origin = find_price(series, closes, span.started_at)
    return float(traded.close[-1]) / origin[1] - 1.0 if origin else None


def find_price(series: PriceSeries, closes: PriceSeries, at: datetime) -> tuple[int, float] | None:
    """(second, price) of the last trade known at ``at``; the last daily close when the tape does not reach so far."""
    return series.last_before(at) or closes.last_before(at)


def find_previous_close(study: Study) -> float | None:
    """The last final closing price before publication."""
    published_at = min(study.event.published_at, study.as_of)
    closed_at = min(study.event.calendar.previous_close(published_at) + CLOSING_PRINT, published_at)
    price = find_price(study.tape.own, study.closes.own, closed_at)
    return price[1] if price else None


def score(
    abnormal: float | None, span: Span, normal: Normal, calendar: ExchangeCalendar
) -> tuple[float | None, ZBasis | None]:
    """(z, what it was scaled with); (None, None) when there is no abnormal return or too little history."""
    if abnormal is None:
        return None, None
    nights = count_nights(span, calendar)
    if not nights:
        sigma, basis, units = normal.sigma_minute, ZBasis.MINUTES, max(1.0, span_minutes(span, calendar))
    elif normal.sigma_day is not None:
        sigma, basis, units = normal.sigma_day, ZBasis.DAILY, float(nights)
    else:
        session = calendar.previous_session(span.started_at)
        sigma, basis, units = normal.sigma_minute, ZBasis.SESSION, nights * session.minutes
    return (abnormal / (sigma * math.sqrt(units)), basis) if sigma else (None, None)


def count_nights(span: Span, calendar: ExchangeCalendar) -> int:
    """How often the exchange closed and opened again within the span; a midnight of round-the-clock trading is none."""
    return sum(
        span.started_at < session.opens_at < span.ended_at
        and calendar.session_of(session.opens_at - timedelta(microseconds=1)) is None
        for session in calendar.sessions_between(span.started_at, span.ended_at)
    )


def span_minutes(span: Span, calendar: ExchangeCalendar) -> float:
    """Trading minutes of a span, and the minutes of any lunch inside it."""
    lunches = (
        (min(session.lunch_to, span.ended_at) - max(session.lunch_from, span.started_at)).total_seconds() / 60.0
        for session in calendar.sessions_between(span.started_at, span.ended_at)
        if session.lunch_from is not None and session.lunch_to is not None
    )
    return trading_minutes(span.started_at, span.ended_at, calendar) + sum(max(0.0, lunch) for lunch in lunches)


def measure_volume(study: Study, span: Span) -> float | None:
    """Volume per trading minute in the span over that of the quiet time before; None without either."""
    minutes = trading_minutes(span.started_at, span.ended_at, study.event.calendar)
    traded = study.tape.own.between(span.started_at, span.ended_at)
    usual = study.normal.volume_per_minute
    if usual is None or minutes <= 0.0 or not len(traded):
        return None
    return float(traded.volume.sum()) / minutes / usual


def _until(closes: PriceSeries, before: datetime) -> PriceSeries:
    """Closes of earlier days only: the last one may not be in the book yet, and no revision may depend on that."""
    return closes.rows(0, int(np.searchsorted(closes.second, math.floor(before.timestamp()), "left")))
