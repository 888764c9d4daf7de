"""Beta, volatility and pairing, against independent implementations."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import median_abs_deviation

from config.exchanges import load_calendars
from services.market.prices.price_window import PriceSeries
from services.market.study.market_model import (
    FEWEST_RETURNS,
    Returns,
    estimate_beta,
    estimate_normal,
    estimate_sigma,
    mean_volume,
    minute_marks,
    pair_days,
    pair_minutes,
)

HONG_KONG = load_calendars()["XHKG"]
HKT = ZoneInfo("Asia/Hong_Kong")
NOTHING = Returns(np.empty(0), np.empty(0))


def hkt(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HKT)


def random_returns(count: int, beta: float, seed: int = 1) -> Returns:
    chance = np.random.default_rng(seed)
    market = chance.normal(0, 5e-4, count)
    return Returns(1e-5 + beta * market + chance.standard_t(4, count) * 3e-4, market)


def series(instrument: str, first: datetime, closes: list[float], step: int = 60) -> PriceSeries:
    seconds = int(first.timestamp()) + step * np.arange(len(closes), dtype=np.int64)
    return PriceSeries(instrument, seconds, np.array(closes, dtype=np.float64), np.full(len(closes), 50.0))


@given(
    returns=arrays(np.float64, (2, 80), elements=st.floats(-0.1, 0.1).map(lambda value: round(value, 6))),
)
def test_beta_is_the_least_squares_slope(returns: NDArray[np.float64]) -> None:
    """statsmodels fits the same line with intercept."""
    beta = estimate_beta(Returns(returns[0], returns[1]))
    if np.ptp(returns[1]) == 0.0:
        assert beta is None
    else:
        assert beta is not None
        fitted = sm.OLS(returns[0], sm.add_constant(returns[1], has_constant="add")).fit().params[1]
        assert math.isclose(beta, fitted, rel_tol=1e-6, abs_tol=1e-9)


def test_sigma_is_the_scaled_median_absolute_deviation() -> None:
    """scipy's figure for a normal distribution."""
    returns = random_returns(300, 1.3)
    expected = median_abs_deviation(returns.own - 1.3 * returns.benchmark, scale="normal")
    assert estimate_sigma(returns, 1.3) == pytest.approx(expected, rel=1e-4)


def test_one_jump_does_not_hide_the_next() -> None:
    """The standard deviation would triple; the robust one hardly moves."""
    quiet = random_returns(120, 1.0)
    loud = Returns(np.r_[quiet.own, 0.05], np.r_[quiet.benchmark, 0.0])
    before, after = estimate_sigma(quiet, 1.0), estimate_sigma(loud, 1.0)
    assert before is not None
    assert after == pytest.approx(before, rel=0.05)
    assert np.std(loud.own - loud.benchmark) > 3 * np.std(quiet.own - quiet.benchmark)


def test_short_history_estimates_nothing() -> None:
    """59 returns: beta is assumed to be 1, and said to be assumed; there is no z."""
    short = random_returns(FEWEST_RETURNS - 1, 1.8)
    normal = estimate_normal(short, NOTHING, None)
    assert (normal.beta, normal.beta_estimated, normal.sigma_minute) == (1.0, False, None)
    enough = estimate_normal(random_returns(FEWEST_RETURNS, 1.8), NOTHING, None)
    assert enough.beta_estimated
    assert enough.sigma_minute is not None


def test_daily_returns_are_preferred_for_beta() -> None:
    """One-minute betas are biased towards zero by trades that come at different moments."""
    normal = estimate_normal(random_returns(200, 0.5), random_returns(200, 1.5, seed=2), None)
    assert normal.beta == pytest.approx(1.5, abs=0.1)
    assert normal.sigma_day is not None
    assert normal.sigma_minute is not None


def test_a_benchmark_that_stood_still_gives_no_beta() -> None:
    """A flat index explains nothing."""
    assert estimate_beta(Returns(random_returns(100, 1.0).own, np.zeros(100))) is None
    assert estimate_sigma(Returns(np.zeros(100), np.zeros(100)), 1.0) is None


def test_minute_marks_leave_out_lunch_and_night() -> None:
    """150 minutes in the morning, 180 in the afternoon; the first mark is one minute after the open."""
    marks, stretch = minute_marks(hkt("2023-07-12T00:00"), hkt("2023-07-13T10:00"), HONG_KONG)
    assert np.bincount(stretch).tolist() == [150, 180, 30]
    assert marks[0] == hkt("2023-07-12T09:31").timestamp()
    assert marks[-1] == hkt("2023-07-13T10:00").timestamp()


def test_returns_need_trades_in_both_minutes_of_both() -> None:
    """A price that nobody traded is stale, and a return of zero from it would be invented."""
    own = series("A", hkt("2023-07-12T09:30:30"), [100, 101, 102, 103, 104, 105])
    market = series("M", hkt("2023-07-12T09:30:30"), [10, 10.1, 10.2, 10.3, 10.4, 10.5])
    gap = market.second != market.second[2]
    gapped = PriceSeries("M", market.second[gap], market.close[gap], market.volume[gap])
    marks, stretch = minute_marks(hkt("2023-07-12T09:30"), hkt("2023-07-12T09:36"), HONG_KONG)
    assert pair_minutes(own, market, marks, stretch).own == pytest.approx([1 / 100, 1 / 101, 1 / 102, 1 / 103, 1 / 104])
    assert pair_minutes(own, gapped, marks, stretch).own == pytest.approx([1 / 100, 1 / 103, 1 / 104])


def test_no_return_runs_over_lunch() -> None:
    """The move over lunch is news, not one minute's noise."""
    own = series("A", hkt("2023-07-12T11:58:30"), [100, 101])
    after = series("A", hkt("2023-07-12T13:00:30"), [150, 151])
    both = PriceSeries.of_arrays("A", np.r_[own.second, after.second], np.r_[own.close, after.close], np.ones(4))
    marks, stretch = minute_marks(hkt("2023-07-12T09:30"), hkt("2023-07-12T16:00"), HONG_KONG)
    assert pair_minutes(both, both, marks, stretch).own == pytest.approx([0.01, 1 / 150])


def test_days_are_paired_by_date() -> None:
    """A day that one of the two misses is left out of both."""
    own = series("A", hkt("2023-07-03T16:10"), [100, 110, 121, 133.1], step=86_400)
    market = series("M", hkt("2023-07-03T16:00"), [10, 11, 0, 12], step=86_400)
    kept = np.array([True, True, False, True])
    market = PriceSeries("M", market.second[kept], market.close[kept], market.volume[kept])
    paired = pair_days(own, market)
    assert paired.own == pytest.approx([0.10, 0.21])
    assert paired.benchmark == pytest.approx([0.10, 1 / 11])


def test_mean_volume_is_per_trading_minute() -> None:
    """Fifty shares in each of sixty minutes; lunch does not dilute it, and half an hour is the least."""
    hour = series("A", hkt("2023-07-12T11:30"), [100.0] * 30)
    later = series("A", hkt("2023-07-12T13:00"), [100.0] * 30)
    both = PriceSeries.of_arrays("A", np.r_[hour.second, later.second], np.ones(60), np.full(60, 50.0))
    start, end = hkt("2023-07-12T09:30"), hkt("2023-07-12T13:30")
    assert mean_volume(both, start, end, HONG_KONG) == pytest.approx(50.0)
    assert mean_volume(hour.rows(1, 30), start, hkt("2023-07-12T12:00"), HONG_KONG) is None
    assert mean_volume(PriceSeries.empty("A"), start, end, HONG_KONG) is None
