"""The market model, against statsmodels."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from services.market.study import regression
from services.market.study.regression import MarketFit, fit_market_model

RETURNS = st.floats(-0.2, 0.2).map(lambda value: round(value, 6))
PAIRS = arrays(np.float64, (2, 60), elements=RETURNS)


def pairs(count: int, beta: float = 1.2, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    chance = np.random.default_rng(seed)
    market = chance.normal(0.0004, 0.012, count)
    return 0.0005 + beta * market + chance.normal(0, 0.015, count), market


def fit(own: NDArray[np.float64], market: NDArray[np.float64], fewest: int = 30) -> MarketFit:
    found = fit_market_model(own, market, fewest)
    assert found is not None
    return found


def test_examples_in_the_docstrings_run() -> None:
    """An example that is wrong is worse than none."""
    assert doctest.testmod(regression).failed == 0


@settings(deadline=None)
@given(returns=PAIRS, market_day=RETURNS)
def test_line_residuals_and_prediction_error_are_those_of_statsmodels(
    returns: NDArray[np.float64], market_day: float
) -> None:
    """An independent implementation gives the same alpha, beta, sigma and standard error of a new observation."""
    own, market = returns
    assume(np.ptp(market) > 1e-4)
    model = sm.OLS(own, sm.add_constant(market, has_constant="add")).fit()
    line = fit(own, market)
    assert (line.alpha, line.beta) == pytest.approx(tuple(model.params), rel=1e-6, abs=1e-9)
    assert line.sigma == pytest.approx(np.sqrt(model.mse_resid), rel=1e-6, abs=1e-9)
    expected = model.get_prediction(np.array([[1.0, market_day]])).se_obs[0]
    assert line.prediction_error(market_day) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert line.degrees == model.df_resid


@pytest.mark.parametrize("days", [1, 2, 5, 11])
def test_error_of_a_cumulated_window_is_the_quadratic_form_of_the_textbook(days: int) -> None:
    """Campbell, Lo & MacKinlay: 1' (I + X* (X'X)^-1 X*') 1 sigma^2; the shared error of alpha and beta does not average out."""
    own, market = pairs(120)
    after = np.random.default_rng(9).normal(0, 0.02, days)
    design, ahead = sm.add_constant(market), sm.add_constant(after, has_constant="add")
    variance = np.eye(days) + ahead @ np.linalg.inv(design.T @ design) @ ahead.T
    line = fit(own, market)
    assert line.prediction_error(after.sum(), days) == pytest.approx(line.sigma * np.sqrt(variance.sum()))
    assert line.abnormal(0.05, after.sum(), days) == pytest.approx(0.05 - (ahead @ [line.alpha, line.beta]).sum())


def test_cumulated_windows_of_chance_are_student() -> None:
    """2,000 five-day windows without a reaction: the standardised sums have the spread that p takes for granted."""
    chance = np.random.default_rng(4)
    scores = []
    for _ in range(2_000):
        market = chance.normal(0, 0.01, 45)
        own = 0.8 * market + chance.normal(0, 0.02, 45)
        line = fit(own[:40], market[:40])
        scores.append(line.standardised(own[40:].sum(), market[40:].sum(), days=5))
    assert stats.kstest(scores, stats.t(38).cdf).pvalue > 0.01


@settings(deadline=None)
@given(returns=PAIRS, alpha=RETURNS, beta=st.floats(-3, 3))
def test_a_line_without_noise_is_found_exactly_and_has_no_score(
    returns: NDArray[np.float64], alpha: float, beta: float
) -> None:
    """alpha and beta come back; rounding is not mistaken for a standard error, which would make any move infinite."""
    market = returns[0]
    assume(np.ptp(market) > 1e-3)
    line = fit(alpha + beta * market, market)
    assert (line.alpha, line.beta) == pytest.approx((alpha, beta), abs=1e-9)
    assert line.sigma == pytest.approx(0.0, abs=1e-12)
    if line.sigma == 0.0:
        assert line.standardised(0.1, 0.0) is None


@settings(deadline=None)
@given(returns=PAIRS, scale=st.floats(0.001, 1_000))
def test_scores_do_not_depend_on_the_unit_of_returns(returns: NDArray[np.float64], scale: float) -> None:
    """Fractions or per cent: the t-statistic is the same."""
    own, market = returns
    assume(np.ptp(market) > 1e-3 and np.ptp(own) > 1e-3)
    plain, scaled = fit(own, market), fit(own * scale, market * scale)
    assume(plain.sigma > 1e-6)
    expected = plain.standardised(0.03, 0.01)
    assert scaled.standardised(0.03 * scale, 0.01 * scale) == pytest.approx(expected, rel=1e-6)


@settings(deadline=None)
@given(returns=PAIRS)
def test_a_mirrored_instrument_has_the_mirrored_line(returns: NDArray[np.float64]) -> None:
    """Falls are measured like rises."""
    own, market = returns
    assume(np.ptp(market) > 1e-3)
    plain, mirrored = fit(own, market), fit(-own, market)
    assert (mirrored.alpha, mirrored.beta) == (-plain.alpha, -plain.beta)
    assert mirrored.abnormal(-0.04, 0.01) == -plain.abnormal(0.04, 0.01)
    assert mirrored.sigma == plain.sigma


def test_days_that_miss_a_return_are_left_out_of_both() -> None:
    """NaN and infinity are no returns; the rest is fitted as if those days were not there."""
    own, market = pairs(60)
    gapped = own.copy(), market.copy()
    gapped[0][3], gapped[1][7], gapped[0][11] = np.nan, np.nan, np.inf
    kept = np.setdiff1d(np.arange(60), [3, 7, 11])
    assert fit(*gapped) == fit(own[kept], market[kept])
    assert fit(*gapped).n == 57


def test_too_few_days_or_a_market_at_rest_fit_nothing() -> None:
    """29 days, or an index that stood still: None, never a division by zero."""
    own, market = pairs(30)
    assert fit_market_model(own, market) is not None
    assert fit_market_model(own[1:], market[1:]) is None
    assert fit_market_model(own, np.zeros(30)) is None
    assert fit_market_model(own, np.full(30, 0.01)) is None
    assert fit_market_model(own[:2], market[:2], fewest=0) is None
    assert fit_market_model(np.full(30, np.nan), market) is None
