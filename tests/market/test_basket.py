"""How much several answers to one event say together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.market.prices.price_window import PriceSeries
from services.market.study.basket import UNKNOWN_CORRELATION, combine_scores, mean_correlation

DAYS = np.arange(200, dtype=np.int64) * 86_400 + 1_600_000_000


def closes(returns: np.ndarray, name: str = "X") -> PriceSeries:
    return PriceSeries(name, DAYS[: len(returns)], 100 * np.exp(np.cumsum(returns)), np.ones(len(returns)))


def tapes(shared: float, count: int = 4) -> list[tuple[PriceSeries, PriceSeries]]:
    """Instruments whose returns above the index are correlated by ``shared``."""
    chance = np.random.default_rng(5)
    market, common = chance.normal(0, 0.01, (2, len(DAYS)))
    own = [np.sqrt(shared) * common + np.sqrt(1 - shared) * chance.normal(0, 0.01, len(DAYS)) for _ in range(count)]
    return [(closes(market + part), closes(market, "HSI")) for part in own]


@given(st.lists(st.floats(-8, 8), min_size=1, max_size=12), st.floats(0, 1))
def test_a_basket_lies_between_one_voice_and_independent_ones(scores: list[float], correlation: float) -> None:
    """Correlation 1 is the mean, correlation 0 the mean times the root of n; one instrument is itself."""
    mean, combined = float(np.mean(scores)), combine_scores(scores, correlation)
    assert abs(mean) - 1e-9 <= abs(combined) <= abs(mean) * np.sqrt(len(scores)) + 1e-9
    assert combine_scores(scores[:1], correlation) == pytest.approx(scores[0])


def test_the_combined_score_of_correlated_noise_has_variance_one() -> None:
    """What the formula is for: the false alarms stay at the stated rate however much the basket moves together."""
    chance = np.random.default_rng(3)
    for shared in (0.0, 0.4, 0.9):
        common = chance.normal(size=(20_000, 1))
        scores = np.sqrt(shared) * common + np.sqrt(1 - shared) * chance.normal(size=(20_000, 5))
        combined = np.array([combine_scores(list(row), shared) for row in scores])
        assert combined.std() == pytest.approx(1.0, abs=0.03)
        assert (np.abs(combined) > 1.96).mean() == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_correlation_above_the_benchmark_is_found(shared: float) -> None:
    """The common move with the index is taken out first: only what they share beyond it makes them one voice."""
    assert mean_correlation(tapes(shared)) == pytest.approx(shared, abs=0.12)


def test_short_history_counts_a_basket_as_one_voice() -> None:
    """The prudent side: without knowledge ten names that jump together are one fact."""
    short = [
        (closes(np.full(20, 0.01)), closes(np.full(20, 0.0), "HSI")),
        (closes(np.full(20, 0.02)), closes(np.full(20, 0.0), "HSI")),
    ]
    assert mean_correlation(short) == UNKNOWN_CORRELATION
    assert mean_correlation(tapes(0.2)[:1]) == UNKNOWN_CORRELATION
    assert mean_correlation([]) == UNKNOWN_CORRELATION
