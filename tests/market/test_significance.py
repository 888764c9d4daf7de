"""Every test of the event study: against scipy and pandas, and at its stated rate of false alarms."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import stats

from services.market.study import cross_correlation, significance, tail_probability
from services.market.study.cross_correlation import correlation_by_session, mean_correlation, pair_correlations
from services.market.study.significance import (
    Significance,
    correlated_cross_section_test,
    correlated_patell_test,
    cross_section_test,
    patell_test,
    rank_test,
    sign_test,
    signed_rank_test,
)
from services.market.study.tail_probability import binomial_p, incomplete_beta, normal_p, student_p, student_quantile

Floats = NDArray[np.float64]
SCORES = arrays(np.float64, st.integers(2, 30), elements=st.floats(-6, 6).map(lambda value: round(value, 4)))
WINDOWS = 10_000
QUIET, CASES = 60, 8


@pytest.mark.parametrize("module", [cross_correlation, significance, tail_probability])
def test_examples_in_the_docstrings_run(module: object) -> None:
    """An example that is wrong is worse than none."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


# Tails


@settings(deadline=None)
@given(st.floats(-38, 38))
def test_normal_tail_is_that_of_scipy(z: float) -> None:
    """Far out too, where 1 - cdf would have lost all digits."""
    assert normal_p(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-10, abs=1e-300)


@settings(deadline=None)
@given(st.floats(-60, 60), st.floats(0.5, 5_000))
def test_student_tail_is_that_of_scipy(t: float, degrees: float) -> None:
    """One degree to thousands, centre to far out."""
    assert student_p(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-9, abs=1e-300)


@settings(deadline=None)
@given(st.floats(0.0001, 0.9999), st.integers(1, 500))
def test_student_quantile_is_that_of_scipy(p: float, degrees: int) -> None:
    """Half the width of a band."""
    assert student_quantile(p, degrees) == pytest.approx(stats.t.isf(p / 2, degrees), rel=1e-8, abs=1e-10)


@settings(deadline=None)
@given(st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0, 1))
def test_incomplete_beta_is_that_of_scipy(a: float, b: float, x: float) -> None:
    """The function that Student and binomial both go through."""
    assert incomplete_beta(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-8, abs=1e-13)


@settings(deadline=None)
@given(st.integers(1, 200), st.floats(0.01, 0.99), st.data())
def test_binomial_p_is_twice_the_smaller_tail(trials: int, chance: float, data: st.DataObject) -> None:
    """scipy's tails, both counting the observed number itself."""
    count = data.draw(st.integers(0, trials))
    tails = stats.binom.cdf(count, trials, chance), stats.binom.sf(count - 1, trials, chance)
    assert binomial_p(count, trials, chance) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-8, abs=1e-12)


def test_infinite_and_zero_statistics_have_plain_answers() -> None:
    """The ends of the scale."""
    assert (student_p(math.inf, 5), student_p(0.0, 5), normal_p(0.0)) == (0.0, 1.0, 1.0)


# Each test against an independent implementation


@settings(deadline=None)
@given(SCORES)
def test_cross_section_is_the_one_sample_t_test_on_scores(scores: Floats) -> None:
    """Boehmer, Musumeci & Poulsen, after standardising, is Student's test."""
    assume(scores.std() > 1e-3)
    found, expected = cross_section_test(scores), stats.ttest_1samp(scores, 0.0)
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-8, abs=1e-12)


@settings(deadline=None)
@given(SCORES, st.integers(5, 300))
def test_patell_is_the_sum_over_the_root_of_the_variances_of_student(scores: Floats, days: int) -> None:
    """scipy knows the variance of Student's t: (n - 2) / (n - 4) for n days."""
    degrees = np.full(len(scores), days - 2.0)
    found = patell_test(scores, degrees)
    statistic = scores.sum() / math.sqrt(len(scores) * stats.t.var(days - 2))
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((statistic, 2 * stats.norm.sf(abs(statistic))), abs=1e-12)


@settings(deadline=None)
@given(SCORES)
def test_signed_ranks_are_those_of_scipy(values: Floats) -> None:
    """Counted out without ties, normal with them."""
    kept = values[values != 0.0]
    assume(len(kept) > 0)
    found = signed_rank_test(values)
    exact = len(np.unique(np.abs(kept))) == len(kept)
    expected = stats.wilcoxon(kept, method="exact" if exact else "approx", correction=False)
    assert found is not None
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.n == len(kept)


def test_signed_ranks_of_many_cases_are_normal() -> None:
    """Past fifty cases, as scipy's asymptotic answer."""
    values = np.random.default_rng(1).normal(0.2, 1.0, 80)
    expected = stats.wilcoxon(values, method="approx", correction=False)
    found = signed_rank_test(values)
    assert found is not None
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)


def corrado(abnormal: Floats) -> float:
    """Corrado & Zivney's formulas once more, with scipy's ranks and plain loops."""
    ranks = np.stack([stats.rankdata(column, nan_policy="omit") for column in abnormal.T], axis=1)
    shares = ranks / (1 + np.isfinite(abnormal).sum(axis=0)) - 0.5
    days = [row[np.isfinite(row)] for row in shares]
    sums = np.array([row.sum() / math.sqrt(len(row)) for row in days if len(row)])
    return float(sums[-1] / math.sqrt((sums**2).mean()))


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(4, 40), st.integers(0, 2**32 - 1))
def test_rank_test_follows_corrado_with_gaps_and_ties(cases: int, days: int, seed: int) -> None:
    """Ranks by scipy; a tenth of the returns missing, some alike."""
    chance = np.random.default_rng(seed)
    abnormal = chance.normal(size=(days, cases)).round(1)
    abnormal[:-1][chance.random((days - 1, cases)) < 0.1] = np.nan
    found = rank_test(abnormal)
    assume(found is not None)
    assert found is not None
    assert found.statistic == pytest.approx(corrado(abnormal), rel=1e-9, abs=1e-12)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(found.statistic)), rel=1e-9)


def test_sign_test_compares_with_the_share_of_rises_on_quiet_days() -> None:
    """Cowan's z by hand: rises on 3 and 1 of 4 quiet days, so 1 of 2 is expected and 2 of 2 came."""
    abnormal = np.array([[1, -1], [1, -1], [1, -1], [-1, 1], [1, 1]], dtype=np.float64)
    found = sign_test(abnormal)
    assert found is not None
    assert found.statistic == pytest.approx((2 - 1) / math.sqrt(2 * 0.5 * 0.5))
    assert found.p == pytest.approx(stats.binomtest(2, 2, 0.5).pvalue)


@settings(deadline=None)
@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_correlations_are_those_of_pandas_with_gaps(cases: int, seed: int) -> None:
    """Each pair over the days that both have; a pair with too few of them has none."""
    chance = np.random.default_rng(seed)
    residuals = 0.01 * (chance.normal(size=(90, 1)) + chance.normal(size=(90, cases)))
    residuals[chance.random(residuals.shape) < 0.4] = np.nan
    expected = pd.DataFrame(residuals).corr(min_periods=30).to_numpy()
    np.testing.assert_allclose(pair_correlations(residuals), expected, rtol=1e-9, atol=1e-12)
    upper = expected[np.triu_indices(cases, 1)]
    if np.isfinite(upper).any():
        assert mean_correlation(residuals) == pytest.approx(np.nanmean(upper))
    else:
        assert mean_correlation(residuals) is None


def test_cases_of_different_sessions_do_not_share_their_answers() -> None:
    """Two pairs that move alike, a year apart: two of six pairs are correlated, so a third on average."""
    chance = np.random.default_rng(3)
    first, second = chance.normal(size=(2, 200, 1))
    residuals = np.hstack([first, first, second, second])
    assert correlation_by_session(residuals, np.array([1, 1, 2, 2])) == pytest.approx(1 / 3)
    assert correlation_by_session(residuals, np.arange(4)) == 0.0
    assert correlation_by_session(np.hstack([first, -first]), np.array([1, 1])) == 0.0


def test_unknown_correlation_counts_as_one_voice() -> None:
    """Cases of one session with too short a history: prudence, not independence."""
    short = np.random.default_rng(1).normal(size=(10, 3))
    assert correlation_by_session(short, np.array([5, 5, 5])) == 1.0
    assert correlation_by_session(short[:, :1], np.array([5])) is None


# Properties

Test = Callable[[Floats], Significance | None]
ON_SCORES: dict[str, Test] = {
    "patell": lambda scores: patell_test(scores, np.full(len(scores), 58.0)),
    "patell correlated": lambda scores: correlated_patell_test(scores, np.full(len(scores), 58.0), 0.2),
    "cross section": cross_section_test,
    "cross section correlated": lambda scores: correlated_cross_section_test(scores, 0.2),
    "signed rank": signed_rank_test,
}
ON_DAYS: dict[str, Test] = {"rank": rank_test, "sign": sign_test}


@pytest.mark.parametrize("test", ON_SCORES.values(), ids=ON_SCORES)
@settings(deadline=None)
@given(scores=SCORES)
def test_falls_weigh_as_much_as_rises(test: Test, scores: Floats) -> None:
    """Mirrored scores: the statistic changes sign, p stays."""
    plain, mirrored = test(scores), test(-scores)
    assert (plain is None) == (mirrored is None)
    if plain and mirrored:
        assert mirrored.statistic == pytest.approx(-plain.statistic, abs=1e-12)
        assert mirrored.p == pytest.approx(plain.p, abs=1e-12)
        assert 0.0 <= plain.p <= 1.0


@pytest.mark.parametrize("test", ON_DAYS.values(), ids=ON_DAYS)
@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3))
def test_day_tests_mirror_and_know_no_unit(test: Test, seed: int, scale: float) -> None:
    """Fractions or per cent, rises or falls: the same p."""
    abnormal = np.random.default_rng(seed).normal(size=(40, 5))
    plain, mirrored, scaled = test(abnormal), test(-abnormal), test(abnormal * scale)
    assert plain is not None
    assert mirrored is not None
    assert mirrored.statistic == pytest.approx(-plain.statistic, abs=1e-12)
    assert mirrored.p == pytest.approx(plain.p, abs=1e-12)
    assert scaled == plain


@settings(deadline=None)
@given(SCORES, st.floats(0, 0.99))
def test_correlation_only_ever_takes_confidence_away(scores: Floats, correlation: float) -> None:
    """Cases that move together say less; with r = 0 both adjusted tests are the plain ones."""
    degrees = np.full(len(scores), 200.0)
    for plain, adjust in (
        (patell_test(scores, degrees), lambda r: correlated_patell_test(scores, degrees, r)),
        (cross_section_test(scores), lambda r: correlated_cross_section_test(scores, r)),
    ):
        if plain is not None:
            assert adjust(0.0) == plain
            assert adjust(correlation).p >= plain.p - 1e-12  # type: ignore[union-attr]


@settings(deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(0, 5)), elements=st.sampled_from([0.0, 0.01, np.nan]))
)
def test_poor_data_give_no_answer_rather_than_nan(abnormal: Floats) -> None:
    """Empty, alike, missing: None, or a number in its range."""
    last = abnormal[-1]
    answers = [*(test(last) for test in ON_SCORES.values()), *(test(abnormal) for test in ON_DAYS.values())]
    for answer in filter(None, answers):
        assert math.isfinite(answer.statistic)
        assert 0.0 <= answer.p <= 1.0


def test_undefined_tests_are_none() -> None:
    """One case has no spread; equal cases have none either; with r = 1 the spread between cases says nothing."""
    assert cross_section_test(np.array([2.0])) is None
    assert cross_section_test(np.full(7, 0.1)) is None
    assert patell_test(np.array([2.0]), np.array([2.0])) is None
    assert correlated_cross_section_test(np.array([1.0, 2.0]), 1.0) is None
    assert correlated_patell_test(np.array([1.0, 2.0]), np.full(2, 50.0), -1.0) is None
    assert signed_rank_test(np.zeros(4)) is None
    assert sign_test(np.ones((10, 3))) is None


# False alarms


def scores_of(own: Floats, market: Floats) -> tuple[Floats, Floats]:
    """(scores, abnormal returns of the quiet days and the event's) of windows in the last axis, by normal equations.

    ``own``: (windows, cases, QUIET + 1), ``market``: (windows, 1, QUIET + 1). Written apart from the code under test.
    """
    past, mean = market[..., :-1], market[..., :-1].mean(axis=-1, keepdims=True)
    spread = ((past - mean) ** 2).sum(axis=-1, keepdims=True)
    beta = ((past - mean) * own[..., :-1]).sum(axis=-1, keepdims=True) / spread
    alpha = own[..., :-1].mean(axis=-1, keepdims=True) - beta * mean
    abnormal = own - alpha - beta * market
    sigma = np.sqrt((abnormal[..., :-1] ** 2).sum(axis=-1) / (QUIET - 2))
    error = sigma * np.sqrt(1 + 1 / QUIET + ((market[..., -1:] - mean) ** 2 / spread)[..., 0])
    return abnormal[..., -1] / error, abnormal


@pytest.fixture(scope="module")
def martingale() -> tuple[Floats, Floats]:
    """Scores (windows, cases) and abnormal returns (windows, days, cases) of 10,000 windows in which nothing happens."""
    return draw_windows(shared=0.0)


def draw_windows(shared: float) -> tuple[Floats, Floats]:
    """Returns without memory; the cases share ``shared`` of the variance that the index does not explain."""
    chance = np.random.default_rng(17)
    length = WINDOWS + QUIET
    market = chance.normal(0, 0.01, length)
    common, own = chance.normal(0, 0.02, (1, length)), chance.normal(0, 0.02, (CASES, length))
    returns = 1.1 * market + math.sqrt(shared) * common + math.sqrt(1 - shared) * own
    windows = sliding_window_view(returns, QUIET + 1, axis=1).swapaxes(0, 1)
    scores, abnormal = scores_of(windows, sliding_window_view(market, QUIET + 1)[:, None, :])
    return scores, abnormal.swapaxes(1, 2)


def alarm_rate(test: Test, samples: Floats) -> float:
    answers = [test(sample) for sample in samples]
    return float(np.mean([answer is not None and answer.p < 0.05 for answer in answers]))


def within_chance(rate: float, stated: float = 0.05) -> bool:
    """Within the 99.99 % range of a binomial count over 10,000 windows."""
    low, high = stats.binom.interval(0.9999, WINDOWS, stated)
    return bool(low <= rate * WINDOWS <= high)


def test_single_scores_raise_the_stated_false_alarms(martingale: tuple[Floats, Floats]) -> None:
    """A quiet day is called unusual at 5 % one time in twenty: Student with n - 2 degrees, after 60 days."""
    scores = martingale[0][:, 0]
    assert within_chance(np.mean([student_p(score, QUIET - 2) < 0.05 for score in scores]))


@pytest.mark.parametrize("name", ["patell", "cross section"])
def test_basket_tests_raise_the_stated_false_alarms(name: str, martingale: tuple[Floats, Floats]) -> None:
    """Eight independent cases, 10,000 times."""
    assert within_chance(alarm_rate(ON_SCORES[name], martingale[0]))


def test_rank_test_raises_the_stated_false_alarms(martingale: tuple[Floats, Floats]) -> None:
    """The same windows, ranks only."""
    assert within_chance(alarm_rate(rank_test, martingale[1]))


def test_a_single_case_cannot_fail_the_rank_test() -> None:
    """The highest of 250 ranks is 1.7 standard deviations away: the docstring says so."""
    answer = rank_test(np.arange(250.0)[:, None])
    assert answer is not None
    assert 0.08 < answer.p < 0.09


def test_sign_test_never_raises_more_than_the_stated_false_alarms(martingale: tuple[Floats, Floats]) -> None:
    """A count of eight has coarse steps: all eight alike happens in 2 of 256; the exact p stays below 5 %."""
    rate = alarm_rate(sign_test, martingale[1])
    assert within_chance(rate, 2 / 256)


def test_signed_rank_test_raises_what_its_steps_allow(martingale: tuple[Floats, Floats]) -> None:
    """The largest share of the 256 patterns of eight signs that fits under 5 %: 2 * 5 / 256."""
    assert within_chance(alarm_rate(signed_rank_test, martingale[1][:, -1]), 10 / 256)


def test_cases_that_move_together_fool_the_plain_tests_and_not_the_adjusted() -> None:
    """Shared variance of 0.4: Patell and BMP cry wolf up to every third time; with r-bar estimated on quiet days, 5 %. Ranks stay below."""
    scores, abnormal = draw_windows(shared=0.4)
    correlation = mean_correlation(abnormal[:, -1, :])
    assert correlation == pytest.approx(0.4, abs=0.03)
    assert alarm_rate(ON_SCORES["patell"], scores) > 0.25
    assert alarm_rate(ON_SCORES["cross section"], scores) > 0.25
    assert within_chance(alarm_rate(lambda row: correlated_patell_test(row, np.full(CASES, 58.0), correlation), scores))
    assert within_chance(alarm_rate(lambda row: correlated_cross_section_test(row, correlation), scores))
    assert alarm_rate(rank_test, abnormal) < 0.05


def test_events_that_only_raise_the_variance_fool_patell_and_not_the_cross_section(
    martingale: tuple[Floats, Floats],
) -> None:
    """Twice the usual size, no direction: why Boehmer, Musumeci & Poulsen stands beside Patell."""
    scores = 2.0 * martingale[0]
    assert alarm_rate(ON_SCORES["patell"], scores) > 0.25
    assert within_chance(alarm_rate(cross_section_test, scores))


@pytest.mark.parametrize("test", [*ON_SCORES.values()], ids=ON_SCORES)
def test_a_planted_reaction_is_found(test: Test, martingale: tuple[Floats, Floats]) -> None:
    """Two and a half deviations down in each of eight cases: negative, and clear in nearly every window."""
    answers = [test(row) for row in martingale[0][:400] - 2.5]
    assert np.mean([answer is not None and answer.statistic < 0 for answer in answers]) == 1.0
    assert np.mean([answer is not None and answer.p < 0.05 for answer in answers]) > 0.9
