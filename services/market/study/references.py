"""What a return is compared with: the first benchmark of the list that can answer, and how well it can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import PriceSeries, Seconds
from services.market.reaction import NormalModel
from services.market.sessions.day_grid import DayGrid, DayShape, build_grid
from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.study.intraday_profile import IntradayProfile, estimate_profile
from services.market.study.market_model import (
    Normal,
    Returns,
    estimate_normal,
    estimate_raw,
    mean_volume,
    minute_marks,
    pair_minutes,
)
from services.market.study.paired_closes import PairedCloses, number_days, pair_closes
from services.market.study.price_history import PriceHistory


class Estimation(Struct, frozen=True, kw_only=True):
    """The time that quiet behaviour is estimated from, the same for every benchmark. All of it before publication."""

    calendar: ExchangeCalendar
    days_until: datetime
    """Only closes settled before this: the last one may not be in the book yet, and no revision may depend on that."""
    minutes: tuple[datetime, datetime]
    """Span of the one-minute returns for a beta without daily closes."""
    volume: tuple[datetime, datetime]
    """Span of the usual volume per minute where there is no profile of the day."""
    event_days: frozenset[date]
    sessions: Sequence[Session]
    """Past sessions of the regular ``shape``, days with events left out."""
    shape: DayShape | None


class Reference(Struct, frozen=True, kw_only=True):
    """One candidate; ``name`` None: no benchmark, the return itself is judged."""

    name: str | None
    history: PriceHistory
    closes: PairedCloses
    normal: Normal
    model: NormalModel


class QuietTimes(Struct, frozen=True, kw_only=True):
    """The history of an instrument against one reference, ready to score windows with."""

    normal: Normal
    closes: PairedCloses
    grid: DayGrid | None
    profile: IntradayProfile | None


def build_reference(own: PriceHistory, name: str | None, history: PriceHistory, estimation: Estimation) -> Reference:
    """Alpha, beta and volatilities against one benchmark, or against none."""
    closes = pair_closes(
        _settled_before(own.closes, estimation.days_until),
        _settled_before(history.closes, estimation.days_until) if name else None,
        number_days(estimation.event_days, estimation.calendar),
    )
    marks = minute_marks(*estimation.minutes, estimation.calendar)
    minutes = pair_minutes(own.tape, history.tape if name else own.tape, *_leave_out_events(marks, estimation))
    volume = mean_volume(own.tape, *estimation.volume, estimation.calendar)
    if name is None:
        raw = Returns(minutes.own, np.zeros(len(minutes)))
        normal, model = estimate_raw(raw, closes.returns(), volume), NormalModel.RAW
    else:
        normal = estimate_normal(minutes, closes.returns(), volume)
        model = NormalModel.MARKET_MODEL if normal.beta_estimated else NormalModel.MARKET_ADJUSTED
    return Reference(name=name, history=history, closes=closes, normal=normal, model=model)


def prepare_quiet(own: PriceHistory, reference: Reference, estimation: Estimation) -> QuietTimes:
    """The table of past days and the profile of the day against this reference, as far as there is history."""
    grid = None
    if estimation.shape is not None:
        market = reference.history.tape if reference.name else None
        grid = build_grid(own.tape, market, estimation.shape, estimation.sessions)
    profile = estimate_profile(grid, reference.normal.beta) if grid else None
    return QuietTimes(normal=reference.normal, closes=reference.closes, grid=grid, profile=profile)


def _settled_before(closes: PriceSeries, before: datetime) -> PriceSeries:
    return closes.rows(0, int(np.searchsorted(closes.second, int(before.timestamp()), "left")))


def _leave_out_events(marks: tuple[Seconds, Seconds], estimation: Estimation) -> tuple[Seconds, Seconds]:
    """Marks that lie in no session of a day with events; a stretch is never torn, so the numbers stay as they are."""
    second, stretch = marks
    for day in estimation.event_days:
        session = estimation.calendar.session_on(day)
        if session is not None:
            outside = (second < session.opens_at.timestamp()) | (second > session.closes_at.timestamp())
            second, stretch = second[outside], stretch[outside]
    return second, stretch
