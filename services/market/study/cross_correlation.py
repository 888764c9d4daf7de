"""How much the cases of a study move together beyond their market: what makes ten answers fewer than ten.

The mean pairwise correlation of residuals of J. W. Kolari, S. Pynnoenen, Review of Financial Studies 23 (2010),
3996-4025. Cases of different sessions share no day, so their answers are independent and count as correlation 0: the
same authors with J. Pape, "Event Study Testing with Cross-sectional Correlation Due to Partially Overlapping Event
Windows" (2018), for windows of one day.
"""

from __future__ import annotations

import numpy as np

from services.market.prices.price_window import Floats, Seconds

FEWEST_DAYS = 30
UNKNOWN_CORRELATION = 1.0
"""The prudent side: cases of one session about which too little is known count as one voice."""


def pair_correlations(residuals: Floats, fewest: int = FEWEST_DAYS) -> Floats:
    """Correlation of each two columns, (n, n), over the rows in which both are finite.

    ``residuals``: (days, n). NaN for a pair with fewer than ``fewest`` common rows, or one that stood still.
    """
    known = np.isfinite(residuals)
    values = np.where(known, residuals, 0.0)
    # Each column around its own mean first: the sums of products below then lose no digits.
    values = np.where(known, values - values.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    here = known.astype(np.float64)
    count = here.T @ here
    sums = values.T @ here
    squares = (values * values).T @ here
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = values.T @ values - sums * sums.T / count
        spread = squares - sums * sums / count
        usable = (count >= fewest) & (spread > 1e-12 * squares) & (spread.T > 1e-12 * squares.T)
        found: Floats = np.where(usable, np.clip(shared / np.sqrt(spread * spread.T), -1.0, 1.0), np.nan)
    return found


def mean_correlation(residuals: Floats, fewest: int = FEWEST_DAYS) -> float | None:
    """Mean over all pairs of columns that have a correlation, -1 to 1; None when no pair has.

    >>> steps = np.arange(60.0)
    >>> round(mean_correlation(np.stack([np.sin(steps), np.sin(steps), np.cos(steps)], axis=1)), 2)
    0.33
    """
    found = _upper(pair_correlations(residuals, fewest))
    return float(found.mean()) if len(found) else None


def correlation_by_session(residuals: Floats, sessions: Seconds, fewest: int = FEWEST_DAYS) -> float | None:
    """Mean pairwise correlation of all cases, 0 to 1, those of different sessions counting as 0.

    ``residuals``: (days, n), in rows that mean the same day for cases of the same session. ``sessions``: one number per
    case. A pair of one session that is too short takes the mean of those that are not, ``UNKNOWN_CORRELATION`` without
    any. A negative mean counts as 0: a basket never says more than independent cases would. None under two cases.
    """
    count = len(sessions)
    if count < 2:
        return None
    groups = [np.flatnonzero(sessions == session) for session in np.unique(sessions)]
    found = [_upper(pair_correlations(residuals[:, group], fewest)) for group in groups if len(group) > 1]
    known = np.concatenate([np.empty(0), *found])
    together = sum(len(group) * (len(group) - 1) // 2 for group in groups)
    typical = float(known.mean()) if len(known) else UNKNOWN_CORRELATION
    return min(1.0, max(0.0, typical * together / (count * (count - 1) / 2)))


def _upper(correlations: Floats) -> Floats:
    pairs: Floats = correlations[np.triu_indices(len(correlations), 1)]
    return pairs[np.isfinite(pairs)]
