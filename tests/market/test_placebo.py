"""Quiet windows of history: which ones match, that they are scored like the event, and how it ranks among them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from services.market.reaction import Window
from services.market.sessions.day_grid import DayGrid, build_grid, regular_sessions, shape_of
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.event_study import measure_signal, prepare_study
from services.market.study.intraday_profile import IntradayProfile, estimate_profile
from services.market.study.market_model import Normal
from services.market.study.placebo import match_session, quiet_daily, quiet_intraday, rank
from services.market.study.references import prepare_quiet
from tests.market.histories import (
    at_day,
    by_minute,
    hong_kong_book,
    make_tapes,
    publish,
    sessions_until,
)

WITHIN_A_DAY = (Window.BEFORE_30M, Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE)
DAY = date(2023, 7, 13)


def past_of(calendar: ExchangeCalendar, day: date, count: int) -> tuple[DayGrid, IntradayProfile]:
    sessions = sessions_until(at_day(day, "00:00", calendar), count, calendar)
    own, index = make_tapes(sessions)
    regular = regular_sessions(sessions, calendar)
    assert regular is not None
    grid = build_grid(by_minute(own), by_minute(index), *regular)
    assert grid is not None
    profile = estimate_profile(grid, 1.3)
    assert profile is not None
    return grid, profile


@pytest.mark.parametrize("clock", ["09:33", "10:17:20", "11:15", "13:05", "14:30", "15:20"])
def test_a_quarter_of_a_year_gives_a_thousand_quiet_windows(hong_kong: ExchangeCalendar, clock: str) -> None:
    """For every window within the day, also near its edges."""
    published = at_day(DAY, clock, hong_kong)
    reactions = measure_signal(
        publish(published, hong_kong), hong_kong_book(), at_day(DAY, "20:00", hong_kong), WITHIN_A_DAY
    )
    for reaction in reactions:
        assert reaction.quiet_windows >= 1_000 or reaction.window is Window.BEFORE_30M
        assert reaction.percentile is not None or reaction.quiet_windows < 100


def test_lunch_news_is_compared_with_windows_over_lunch(hong_kong: ExchangeCalendar) -> None:
    """The gap over lunch is in all of them."""
    published = at_day(DAY, "12:20", hong_kong)
    (reaction,) = measure_signal(
        publish(published, hong_kong), hong_kong_book(), at_day(DAY, "14:00", hong_kong), (Window.AFTER_5M,)
    )
    assert reaction.quiet_windows == 84 * 31
    session = hong_kong.session_on(DAY)
    assert session is not None
    start, end = match_session(shape_of(session, hong_kong), (150.0, 155.0))
    assert (start.min(), start.max(), set(end.tolist())) == (120, 150, {155})


@pytest.mark.parametrize(
    ("window", "starts", "ends"),
    [
        ((10.4, 15.4), (1, 40), (6, 45)),
        ((60.0, 65.0), (30, 90), (35, 95)),
        ((140.0, 170.0), (121, 149), (151, 179)),
        ((148.0, 150.0), (118, 148), (120, 150)),
        ((300.0, 331.0), (270, 329), (331, 331)),
        ((160.0, 160.2), (151, 190), (152, 191)),
    ],
    ids=["opening", "morning", "over lunch", "up to lunch", "to the close", "seconds"],
)
def test_matching_windows_have_their_phase_and_length(
    hong_kong: ExchangeCalendar, window: tuple[float, float], starts: tuple[int, int], ends: tuple[int, int]
) -> None:
    """Half an hour to either side, in the same stretch of trading at both ends."""
    session = hong_kong.session_on(DAY)
    assert session is not None
    start, end = match_session(shape_of(session, hong_kong), window)
    assert ((start.min(), start.max()), (end.min(), end.max())) == (starts, ends)


def test_quiet_windows_are_scored_like_the_event(hong_kong: ExchangeCalendar) -> None:
    """The windows of one past day, measured as if news had come out at each minute: the same numbers."""
    book, day = hong_kong_book(), date(2023, 7, 6)
    published = at_day(DAY, "10:30", hong_kong)
    study = prepare_study(publish(published, hong_kong), book, published)
    quiet = prepare_quiet(study.own, study.references[0], study.estimation)
    assert quiet.grid is not None
    assert quiet.profile is not None
    scores = quiet_intraday(quiet.grid, quiet.profile, quiet.normal, (60.0, 65.0)).reshape(-1, 61)
    own, index = study.own.tape, study.references[0].history.tape
    row = quiet.grid.days.index(day)
    for column, start in enumerate(range(30, 91)):
        begins = at_day(day, "09:30", hong_kong) + timedelta(minutes=start)
        known = [tape.last_before(at) for tape in (own, index) for at in (begins, begins + timedelta(minutes=5))]
        a, b, c, d = (price for _, price in known if price)  # type: ignore[misc]
        abnormal = b / a - 1 - quiet.normal.beta * (d / c - 1) - quiet.normal.alpha_day * 5 / 330
        expected = abnormal / np.sqrt(quiet.profile.variance_between(start, start + 5))
        assert scores[row, column] == pytest.approx(expected)


def test_a_day_with_an_event_is_not_quiet(hong_kong: ExchangeCalendar) -> None:
    """Neither in minutes nor in days."""
    published, as_of = at_day(DAY, "10:30", hong_kong), at_day(date(2023, 7, 14), "20:00", hong_kong)
    days = frozenset({date(2023, 7, 6), date(2023, 6, 5)})
    for window in (Window.AFTER_5M, Window.AFTER_1_SESSION):
        (without,) = measure_signal(publish(published, hong_kong), hong_kong_book(), as_of, (window,))
        (with_events,) = measure_signal(
            publish(published, hong_kong, event_days=days), hong_kong_book(), as_of, (window,)
        )
        lost = 2 * 61 if window is Window.AFTER_5M else 2
        assert without.quiet_windows - with_events.quiet_windows == lost


def test_daily_windows_are_sums_of_days_without_events() -> None:
    """Of ten closes seven windows of three days; one event takes the three that contain it."""
    chance = np.random.default_rng(5)
    own, market = np.cumprod(1 + chance.normal(0, 0.01, (2, 10)), axis=1)
    normal = Normal(beta=1.2, sigma_day=0.01)
    quiet = np.ones(10, dtype=bool)
    scores = quiet_daily(own, market, quiet, normal, 3)
    expected = [(own[i + 3] / own[i] - 1 - 1.2 * (market[i + 3] / market[i] - 1)) / (0.01 * 3**0.5) for i in range(7)]
    assert scores == pytest.approx(np.array(expected))
    quiet[5] = False
    assert quiet_daily(own, market, quiet, normal, 3) == pytest.approx(np.array(expected)[[0, 1, 5, 6]])
    assert len(quiet_daily(own[:3], market[:3], quiet[:3], normal, 3)) == 0
    assert len(quiet_daily(own, market, quiet, Normal(), 3)) == 0


def test_the_rank_needs_a_hundred_windows() -> None:
    """Ninety-nine quiet windows cannot tell the one per cent."""
    quiet = np.linspace(-3, 3, 99)
    assert rank(2.0, quiet) is None
    assert rank(None, np.zeros(200)) is None
    assert rank(-5.0, np.linspace(-3, 3, 100)) == 1.0
    assert rank(0.0, np.linspace(-3, 3, 100)) == 0.0


def test_round_the_clock_windows_run_over_midnight(exchanges: dict[str, ExchangeCalendar]) -> None:
    """At 23:50 and at noon alike; only a day left out tears them."""
    calendar = exchanges["CRYPTO"]
    grid, profile = past_of(calendar, date(2023, 7, 13), 20)
    normal = Normal(beta=1.3)
    assert len(quiet_intraday(grid, profile, normal, (720.0, 750.0))) == 20 * 61
    midnight = quiet_intraday(grid, profile, normal, (1430.0, 1460.0))
    assert len(midnight) == 20 * 61 - 50
    assert float(np.std(midnight)) == pytest.approx(1.0, abs=0.15)
    days = grid.days
    torn = build_torn(calendar, days[10])
    assert len(quiet_intraday(*torn, normal, (1430.0, 1460.0))) == 19 * 61 - 50 - 29


def build_torn(calendar: ExchangeCalendar, missing: date) -> tuple[DayGrid, IntradayProfile]:
    sessions = sessions_until(datetime(2023, 7, 13, tzinfo=calendar.timezone), 20, calendar)
    own, index = make_tapes(sessions)
    regular = regular_sessions(sessions, calendar)
    assert regular is not None
    grid = build_grid(
        by_minute(own), by_minute(index), regular[0], [session for session in regular[1] if session.day != missing]
    )
    assert grid is not None
    profile = estimate_profile(grid, 1.3)
    assert profile is not None
    return grid, profile
