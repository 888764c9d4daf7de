"""On a tape without news the event study must be silent at the rate that it states, and find what was planted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from services.market.prices.price_window import Floats, Seconds
from services.market.reaction import NormalModel, Reaction, Window, ZBasis
from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.sessions.span_pieces import Piece
from services.market.sessions.spans import Span
from services.market.study.event_study import measure_signal, measure_spans, prepare_study
from services.market.study.market_model import Returns, estimate_normal
from services.market.study.paired_closes import PairedCloses
from services.market.study.placebo import quiet_daily, rank
from services.market.study.references import QuietTimes
from services.market.study.scoring import score
from tests.market.histories import (
    ArrayBook,
    at_day,
    hong_kong_book,
    make_tapes,
    publish,
    sessions_until,
)

WINDOWS = 10_000
RATE = 0.05
BOUND = 3.0 * math.sqrt(RATE * (1.0 - RATE) / WINDOWS)
"""Three standard errors of a share of 10,000."""
NOTHING = Returns(np.empty(0), np.empty(0))
WHOLE_DAY = Piece(has_night=True, whole=True, minutes=330.0, session_minutes=330.0, days=1.0)


def five_minute_spans(sessions: Sequence[Session]) -> list[Span]:
    """One after the other, from the second minute on, over lunch as well."""
    spans = []
    for session in sessions:
        for opens, closes in session.stretches:
            begins = opens + timedelta(minutes=opens == session.opens_at)
            while begins + timedelta(minutes=5) <= closes:
                ends = begins + timedelta(minutes=5)
                spans.append(Span(window=Window.SO_FAR, started_at=begins, ended_at=ends))
                begins = ends
    return spans


def test_minutes_of_a_martingale_alarm_at_the_stated_rate(hong_kong: ExchangeCalendar) -> None:
    """10,000 windows of five minutes after 84 sessions of history: 5 % have |z| > 1.96, 5 % a percentile over 0.95."""
    sessions = sessions_until(datetime(2024, 6, 1, tzinfo=hong_kong.timezone), 84 + 156, hong_kong)
    book = ArrayBook(make_tapes(sessions, seed=3), (), sessions[84].opens_at)
    event = publish(sessions[84].opens_at - timedelta(hours=1), hong_kong)
    study = prepare_study(event, book, sessions[-1].settled_at)
    reactions = measure_spans(study, five_minute_spans(sessions[84:])[:WINDOWS])
    assert len(reactions) == WINDOWS
    assert all(r.z is not None and r.percentile is not None for r in reactions)
    assert abs(np.mean([abs(r.z or 0.0) > 1.96 for r in reactions]) - RATE) < BOUND
    assert abs(np.mean([(r.percentile or 0.0) > 0.95 for r in reactions]) - RATE) < BOUND


def test_days_of_a_martingale_alarm_at_the_stated_rate() -> None:
    """10,000 days, each fifty after another 750 days of history: alpha, beta and volatility are estimated anew."""
    chance = np.random.default_rng(11)
    alarms, extreme = 0, 0
    for _ in range(WINDOWS // 50):
        market = chance.normal(0.0, 0.01, 800)
        own = 1.1 * market + chance.normal(0.0, 0.02, 800)
        closes = PairedCloses(
            day=np.arange(750),
            own=np.cumprod(1.0 + own[:750]),
            benchmark=np.cumprod(1.0 + market[:750]),
            quiet=np.ones(750, dtype=np.bool_),
        )
        normal = estimate_normal(NOTHING, closes.returns(), None)
        quiet = QuietTimes(normal=normal, closes=closes, grid=None, profile=None)
        placebo = quiet_daily(closes.own, closes.benchmark, closes.quiet, normal, 1)
        for day in range(750, 800):
            abnormal = float(own[day] - normal.alpha_day - normal.beta * market[day])
            z, basis = score(abnormal, float(market[day]), [WHOLE_DAY], quiet)
            assert basis is ZBasis.DAILY
            alarms += abs(z or 0.0) > 1.96
            extreme += (rank(z, placebo) or 0.0) > 0.95
    assert abs(alarms / WINDOWS - RATE) < BOUND
    assert abs(extreme / WINDOWS - RATE) < BOUND


def planted(at: datetime, size: float) -> Callable[[Seconds], Floats]:
    """A jump of ``size`` (log) in the first bar at or after ``at``."""
    return lambda seconds: np.where(np.arange(len(seconds)) == np.searchsorted(seconds, at.timestamp()), size, 0.0)


def measure_planted(calendar: ExchangeCalendar, published: datetime, size: float, window: Window) -> Reaction:
    as_of = at_day(date(2023, 7, 21), "20:00", calendar)
    book = hong_kong_book(planted(published, size))
    (reaction,) = measure_signal(publish(published, calendar), book, as_of, (window,))
    return reaction


@pytest.mark.parametrize("size", [0.03, -0.03])
@pytest.mark.parametrize(
    ("clock", "window"),
    [
        ("10:30", Window.AFTER_1M),
        ("11:58", Window.AFTER_30M),
        ("12:20", Window.AFTER_5M),
        ("14:00", Window.TO_CLOSE),
        ("19:30", Window.AFTER_1M),
        ("19:30", Window.TO_CLOSE),
        ("10:30", Window.AFTER_1_SESSION),
        ("19:30", Window.AFTER_5_SESSIONS),
    ],
)
def test_a_planted_reaction_is_found(hong_kong: ExchangeCalendar, clock: str, window: Window, size: float) -> None:
    """Against the same tape without it: the abnormal return differs by its size, z by its size over the usual one."""
    published = at_day(date(2023, 7, 12), clock, hong_kong)
    quiet, moved = (measure_planted(hong_kong, published, jump, window) for jump in (0.0, size))
    assert quiet.model is moved.model is NormalModel.MARKET_MODEL
    assert quiet.abnormal_return is not None
    assert moved.abnormal_return is not None
    assert quiet.z is not None
    assert moved.z is not None
    difference = moved.abnormal_return - quiet.abnormal_return
    assert difference == pytest.approx(math.expm1(size), rel=0.15)
    usual = quiet.abnormal_return / quiet.z
    assert moved.z - quiet.z == pytest.approx(difference / usual)
    if window not in (Window.AFTER_1_SESSION, Window.AFTER_5_SESSIONS, Window.TO_CLOSE):
        assert math.copysign(1.0, moved.z) == math.copysign(1.0, size)
        assert abs(moved.z) > 1.96
        assert moved.percentile is not None
        assert moved.percentile > 0.95


def test_the_same_move_is_stranger_at_noon_than_at_the_open(hong_kong: ExchangeCalendar) -> None:
    """0.5 % in five minutes: news at 09:35 meets a lively market, at 11:30 a quiet one."""
    sizes = {}
    for clock in ("09:35", "11:30"):
        reaction = measure_planted(hong_kong, at_day(date(2023, 7, 13), clock, hong_kong), 0.0, Window.AFTER_5M)
        assert reaction.abnormal_return is not None
        assert reaction.z is not None
        sizes[clock] = reaction.abnormal_return / reaction.z
    assert sizes["09:35"] > 1.5 * sizes["11:30"]
