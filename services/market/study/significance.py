"""Did the events move prices? Tests of one hypothesis: the abnormal returns of the event days are like any others.

``scores``: abnormal returns of n cases, each over its own standard error of prediction (``regression.MarketFit``).
``abnormal``: (days, n) abnormal returns of quiet days, the event's day in the last row; NaN where there is none.
Every p is two-sided. A test is None where it is undefined (too few cases, no variance): no answer here is NaN.
"""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats
from services.market.study.tail_probability import binomial_p, normal_p, student_p

MOST_EXACT_RANKS = 50
"""Cases up to which the signed ranks are counted out; beyond, the normal approximation is as good."""


class Significance(Struct, frozen=True, kw_only=True):
    """The answer of one test."""

    statistic: float
    """Positive when prices rose more than usual; about standard normal, or Student, when nothing happened."""
    p: float
    n: int
    """Cases behind it."""


def patell_test(scores: Floats, degrees: Floats) -> Significance | None:
    """Sum of the scores over the root of their variances, each Student's: degrees / (degrees - 2) with n - 2 degrees.

    J. M. Patell, Journal of Accounting Research 14 (1976), 246-276. ``degrees``: of freedom of each score. Cases with
    two degrees or fewer have no variance and are left out. Takes for granted that cases are independent and that
    events do not raise the variance: it errs towards alarm when either fails.

    >>> patell_test(np.array([2.0, 1.0, 0.0, 1.0]), np.full(4, 248.0)).statistic.__round__(3)
    1.992
    """
    kept = np.isfinite(scores) & (degrees > 2)
    variance = float(np.sum(degrees[kept] / (degrees[kept] - 2.0)))
    return _normal(float(scores[kept].sum()) / math.sqrt(variance), int(kept.sum())) if variance else None


def cross_section_test(scores: Floats) -> Significance | None:
    """Mean of the scores over its standard error, from their own spread: an event may raise the variance.

    E. Boehmer, J. Musumeci, A. B. Poulsen, "Event-study Methodology under Conditions of Event-induced Variance",
    Journal of Financial Economics 30 (1991), 253-272. Student with n - 1 degrees.
    """
    kept = scores[np.isfinite(scores)]
    error = _mean_error(kept)
    return _student(float(kept.mean()) / error, len(kept)) if error else None


def correlated_patell_test(scores: Floats, degrees: Floats, correlation: float) -> Significance | None:
    """``patell_test`` for cases that move together: over sqrt(1 + (n - 1) r), r their mean pairwise correlation.

    J. W. Kolari, S. Pynnoenen, "Event Study Testing with Cross-sectional Correlation of Abnormal Returns", Review of
    Financial Studies 23 (2010), 3996-4025.
    """
    plain = patell_test(scores, degrees)
    inflation = 1.0 + (plain.n - 1) * correlation if plain else 0.0
    return _normal(plain.statistic / math.sqrt(inflation), plain.n) if plain and inflation > 0.0 else None


def correlated_cross_section_test(scores: Floats, correlation: float) -> Significance | None:
    """``cross_section_test`` times sqrt((1 - r) / (1 + (n - 1) r)), after the same source; None for r = 1.

    What cases share does not show in their spread, so the plain test takes it for an effect.
    """
    plain = cross_section_test(scores)
    inflation = 1.0 + (plain.n - 1) * correlation if plain else 0.0
    if plain is None or inflation <= 0.0 or correlation >= 1.0:
        return None
    return _student(plain.statistic * math.sqrt((1.0 - correlation) / inflation), plain.n)


def rank_test(abnormal: Floats) -> Significance | None:
    """Rank of the event's day among the quiet days of the same case; needs no shape of the returns.

    C. J. Corrado, "A Nonparametric Test for Abnormal Security-price Performance in Event Studies", Journal of Financial
    Economics 23 (1989), 385-395; ranks over 1 + the number of days, for missing returns, after C. J. Corrado, T. L.
    Zivney, "The Specification and Power of the Sign Test in Event Study Hypothesis Tests Using Daily Stock Returns",
    Journal of Financial and Quantitative Analysis 27 (1992), 465-478. The spread of the daily means holds whatever
    correlation there is between cases of one session. A single case never gets below p = 0.08, and few cases that move
    together seldom below 0.05: ranks have no tails.
    """
    cases = abnormal[:, np.isfinite(abnormal[-1])]
    if cases.shape[1] == 0:
        return None
    distance = _standard_ranks(cases) - 0.5
    counts = np.isfinite(distance).sum(axis=1)
    used = counts > 0
    daily = np.nansum(distance[used], axis=1) / np.sqrt(counts[used])
    spread = math.sqrt(float(np.mean(daily * daily)))
    return _normal(float(daily[-1]) / spread, cases.shape[1]) if spread > 0.0 and used.sum() > 2 else None


def sign_test(abnormal: Floats) -> Significance | None:
    """Count of rises on the event's day against the share of rises on quiet days.

    A. R. Cowan, "Nonparametric Event Study Tests", Review of Quantitative Finance and Accounting 2 (1992), 343-358. The
    statistic is Cowan's z; p is that of the exact binomial count instead of the normal, whose steps are too coarse for
    a handful of cases. Takes for granted that cases are independent.
    """
    known = np.isfinite(abnormal)
    quiet = known[:-1].sum(axis=0)
    cases = known[-1] & (quiet > 0)
    count = int(cases.sum())
    if not count:
        return None
    shares = np.sum(abnormal[:-1, cases] > 0.0, axis=0) / quiet[cases]
    chance, rises = float(shares.mean()), int(np.sum(abnormal[-1, cases] > 0.0))
    variance = count * chance * (1.0 - chance)
    if variance <= 0.0:
        return None
    statistic = (rises - count * chance) / math.sqrt(variance)
    return Significance(statistic=statistic, p=binomial_p(rises, count, chance), n=count)


def signed_rank_test(values: Floats) -> Significance | None:
    """Do rises outweigh falls, by the ranks of their sizes? Zeros are left out; ties share a rank.

    F. Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1 (1945), 80-83. p is counted out up
    to MOST_EXACT_RANKS cases without ties, and normal else. Takes for granted that cases are independent.
    """
    kept = values[np.isfinite(values) & (values != 0.0)]
    count = len(kept)
    if not count:
        return None
    sizes, place, times = np.unique(np.abs(kept), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2.0)[place]
    rises = float(ranks[kept > 0.0].sum())
    variance = count * (count + 1) * (2 * count + 1) / 24.0 - float(np.sum(times**3 - times)) / 48.0
    statistic = (rises - count * (count + 1) / 4.0) / math.sqrt(variance)
    exact = len(sizes) == count <= MOST_EXACT_RANKS
    p = _signed_rank_p(round(rises), count) if exact else normal_p(statistic)
    return Significance(statistic=statistic, p=p, n=count)


def _standard_ranks(cases: Floats) -> Floats:
    """Ranks within each column over 1 + its length, ties sharing the mean rank; NaN stays."""
    ranks = np.full(cases.shape, np.nan)
    for number, column in enumerate(cases.T):
        known = np.isfinite(column)
        ordered = np.sort(column[known])
        first = np.searchsorted(ordered, column[known], "left")
        last = np.searchsorted(ordered, column[known], "right")
        ranks[known, number] = (first + last + 1) / 2.0 / (len(ordered) + 1)
    return ranks


def _signed_rank_p(rises: int, count: int) -> float:
    """Two-sided p of the sum of the ranks of rises when each of 2^count patterns of signs is as likely."""
    ways = np.ones(1)
    for rank in range(1, count + 1):
        ways = np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))
    least = min(rises, len(ways) - 1 - rises)
    return min(1.0, 2.0 * float(ways[: least + 1].sum()) / 2.0**count)


def _mean_error(values: Floats) -> float:
    """Standard error of a mean; 0.0 when values are too few or alike but for rounding."""
    if len(values) < 2:
        return 0.0
    deviation = float(values.std(ddof=1))
    return deviation / math.sqrt(len(values)) if deviation > 1e-12 * float(np.abs(values).max()) else 0.0


def _normal(statistic: float, count: int) -> Significance:
    return Significance(statistic=statistic, p=normal_p(statistic), n=count)


def _student(statistic: float, count: int) -> Significance:
    return Significance(statistic=statistic, p=student_p(statistic, count - 1), n=count)
