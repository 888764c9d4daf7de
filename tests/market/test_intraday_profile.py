"""What is usual at each minute of the day: the U-shape, breaks, short history, large price steps, volume."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from services.market.prices.price_window import Floats, PriceSeries
from services.market.sessions.day_grid import build_grid, regular_sessions
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.intraday_profile import IntradayProfile, estimate_profile, find_buckets, robust_variance
from tests.market.histories import MINUTE, NIGHT, at_day, bar_seconds, by_minute, make_tapes, sessions_until


@dataclass
class Past:
    profile: IntradayProfile | None
    sizes: Floats
    volumes: Floats


def look_back(calendar: ExchangeCalendar, count: int, step: float = 0.0) -> Past:
    """The profile of ``count`` sessions; prices rounded to ``step``; true sizes and mean volumes per minute of a day."""
    sessions = sessions_until(at_day(date(2023, 7, 13), "20:00", calendar), count, calendar)
    own, index = make_tapes(sessions)
    if step:
        own = PriceSeries(own.instrument, own.second, np.round(own.close / step) * step, own.volume)
    regular = regular_sessions(sessions, calendar)
    assert regular is not None
    grid = build_grid(by_minute(own), by_minute(index), *regular)
    assert grid is not None
    sizes = bar_seconds(sessions[-1:])[1]
    return Past(estimate_profile(grid, 1.3), sizes, own.volume.reshape(count, -1).mean(axis=0))


def test_the_u_shape_is_found(hong_kong: ExchangeCalendar) -> None:
    """Three times the noon's volatility after the open, twice before the close: each part of the day within a tenth."""
    past = look_back(hong_kong, 80)
    assert past.profile is not None
    for start, end in ((1, 5), (5, 15), (60, 90), (145, 150), (151, 155), (240, 270), (325, 330)):
        expected = np.sqrt(np.sum(past.sizes[start:end] ** 2))
        assert np.sqrt(past.profile.variance_between(start, end)) == pytest.approx(expected, rel=0.1)


def test_breaks_have_their_own_variance(hong_kong: ExchangeCalendar) -> None:
    """A night and a lunch are one return each, and no minute."""
    past = look_back(hong_kong, 80)
    assert past.profile is not None
    assert past.profile.night is not None
    assert np.sqrt(past.profile.night) == pytest.approx(NIGHT, rel=0.25)
    over_lunch = past.profile.variance_between(149.0, 151.0) - past.profile.variance_between(149.0, 150.0)
    assert np.sqrt(over_lunch) == pytest.approx(3e-3, rel=0.25)
    assert past.profile.variance_between(149.0, 150.0) == pytest.approx(past.profile.variance_between(148.0, 149.0))
    assert past.profile.variance_between(151.0, 152.0) < 0.5 * over_lunch
    assert past.profile.auction == 0.0


def test_pieces_of_a_window_add_up(hong_kong: ExchangeCalendar) -> None:
    """Variance is additive over time, at fractions of minutes, too."""
    past = look_back(hong_kong, 10)
    assert past.profile is not None
    cuts = [10.25, 40.5, 150.0, 150.75, 329.9, 331.0]
    parts = sum(past.profile.variance_between(a, b) for a, b in pairwise(cuts))
    assert parts == pytest.approx(past.profile.variance_between(10.25, 331.0))


def test_two_days_are_drawn_to_their_level(hong_kong: ExchangeCalendar) -> None:
    """Ten observations of a bucket say little: its volatility lies between its own and that of the day."""
    short, long = look_back(hong_kong, 2), look_back(hong_kong, 80)
    assert short.profile is not None
    assert long.profile is not None
    assert short.profile.night is None
    opening = [past.profile.variance_between(1, 5) / past.profile.variance_between(1, 149) for past in (short, long)]
    assert 4 / 148 < opening[0] < opening[1]


def test_large_price_steps_do_not_make_quiet_infinite(hong_kong: ExchangeCalendar) -> None:
    """Most minutes end at the price at which they began; a median of zero would call every step a miracle."""
    past = look_back(hong_kong, 40, step=1.0)
    assert past.profile is not None
    assert np.sqrt(past.profile.variance_between(60, 90)) > 0.5 * MINUTE * np.sqrt(30)
    assert robust_variance(np.array([0.0] * 90 + [0.01] * 10)) == pytest.approx(1e-5)
    assert robust_variance(np.zeros(100)) is None
    assert robust_variance(np.empty(0)) is None


def test_volume_is_that_of_the_same_minutes(hong_kong: ExchangeCalendar) -> None:
    """The first minute for itself, then the mean of its quarter of an hour."""
    past = look_back(hong_kong, 80)
    assert past.profile is not None
    assert past.profile.volume_between(0, 1) == pytest.approx(past.volumes[0])
    assert past.profile.volume_between(0, 330) == pytest.approx(past.volumes.sum())
    assert past.profile.volume_between(60, 75.5) == pytest.approx(past.volumes[60:76].sum(), rel=0.05)


def test_buckets_are_quarters_of_an_hour_with_edges(hong_kong: ExchangeCalendar) -> None:
    """First and last five minutes apart, and the first minute of each stretch has a break in it."""
    session = hong_kong.session_on(date(2023, 7, 13))
    assert session is not None
    regular = regular_sessions([session, session], hong_kong)
    assert regular is not None
    buckets = find_buckets(regular[0])
    assert (buckets[0], buckets[150]) == (-1, -1)
    assert np.bincount(buckets[buckets >= 0]).tolist() == [4, 10, *[15] * 8, 10, 5, 4, 10, *[15] * 10, 10, 5]
