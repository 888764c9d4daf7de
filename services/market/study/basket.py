"""Several instruments, one event: how much the sum of their answers says, when they move together anyway.

The mean of n standardised abnormal returns that are correlated by r on average has the variance (1 + (n - 1) r) / n
(J. W. Kolari, S. Pynnoenen, "Event Study Testing with Cross-sectional Correlation of Abnormal Returns", Review of
Financial Studies 23 (2010), 3996-4025, equation 11, for scores of variance one). With r = 1 ten instruments say as much
as one: the prudent value where history is too short to tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from services.market.prices.price_window import Floats, PriceSeries
from services.market.study.market_model import pair_days

UNKNOWN_CORRELATION = 1.0
FEWEST_DAYS = 30


def combine_scores(scores: Sequence[float], correlation: float) -> float:
    """The z-score of a basket from those of its instruments; ``correlation`` is their mean pairwise one, 0 to 1.

    >>> combine_scores([2.0, 2.0, 2.0, 2.0], 1.0), combine_scores([2.0, 2.0, 2.0, 2.0], 0.0)
    (2.0, 4.0)
    """
    count = len(scores)
    return math.fsum(scores) / count / math.sqrt((1 + (count - 1) * correlation) / count)


def mean_correlation(tapes: Sequence[tuple[PriceSeries, PriceSeries]]) -> float:
    """Mean pairwise correlation, 0 to 1, of daily returns above the benchmark's; ``UNKNOWN_CORRELATION`` when short.

    ``tapes``: daily closes of each instrument and of its benchmark. Negative means count as 0: a basket never says
    more than independent instruments would.
    """
    days = [_abnormal_days(own, benchmark) for own, benchmark in tapes]
    found = [
        correlation
        for place, first in enumerate(days)
        for second in days[place + 1 :]
        if (correlation := _correlate(first, second)) is not None
    ]
    pairs = len(days) * (len(days) - 1) // 2
    if len(found) < pairs or not pairs:
        return UNKNOWN_CORRELATION
    return min(1.0, max(0.0, float(np.mean(found))))


def _abnormal_days(own: PriceSeries, benchmark: PriceSeries) -> dict[int, float]:
    _, left, _ = np.intersect1d(own.second // 86_400, benchmark.second // 86_400, return_indices=True)
    returns = pair_days(own, benchmark)
    days = (own.second[left] // 86_400)[1:]
    return dict(zip(days.tolist(), (returns.own - returns.benchmark).tolist(), strict=True))


def _correlate(first: dict[int, float], second: dict[int, float]) -> float | None:
    days = sorted(first.keys() & second.keys())
    if len(days) < FEWEST_DAYS:
        return None
    left: Floats = np.array([first[day] for day in days])
    right: Floats = np.array([second[day] for day in days])
    if left.std() == 0.0 or right.std() == 0.0:
        return None
    return float(np.corrcoef(left, right)[0, 1])
