"""How much an instrument usually moves and trades at each minute of the day: the U-shape of open, lunch and close.

Volatility within the day falls from the open and rises to the close (R. A. Wood, T. H. McInish, J. K. Ord, "An
Investigation of Transactions Data for NYSE Stocks", Journal of Finance 40 (1985), 723-739); a flat figure calls every
open abnormal and every noon quiet. Per bucket of the day the scale is 1.4826 * MAD (F. R. Hampel, JASA 69 (1974),
383-393), its square drawn towards that of the whole day where there are few observations.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.market.prices.price_window import Floats
from services.market.sessions.day_grid import DayGrid, DayShape, Flags

BUCKET_MINUTES = 15
Places = float | Floats
EDGE_MINUTES = 5
"""The first and the last minutes of each stretch of trading are buckets of their own."""
SHRINKAGE = 30.0
"""The level of the whole day counts as that many observations of each bucket."""
FEWEST_OBSERVATIONS = 60
FEWEST_BREAKS = 20
"""Nights, lunches and auctions: one observation a session."""
_NO_MOVEMENT = 1e-24
MAD_TO_SIGMA = 1.4826


class IntradayProfile(Struct, frozen=True, kw_only=True):
    """Variances of abnormal returns along the regular day of m minutes; a place is as in ``day_grid``."""

    shape: DayShape
    variance: Floats
    """(m + 1,) variance from the open, its gap left out, to place 0, 1, ... m."""
    night: float | None
    """Variance from the close before to the end of the first minute; None: too few nights, or round-the-clock."""
    lunches: tuple[float, ...]
    """Variance that each break adds to the minutes around it."""
    auction: float
    """Variance from the end of continuous trading to the settled close."""
    volume: Floats
    """(m + 2,) mean volume of a session from the open to each place, the last with the auction."""

    def variance_between(self, start: Places, end: Places) -> Floats:
        """Variance of an abnormal return from places to places of the same day, with every lunch inside."""
        total = self._at(end) - self._at(start) + np.where(np.greater(end, self.shape.minutes), self.auction, 0.0)
        for base, gap in zip(self.shape.bases[1:-1], self.lunches, strict=True):
            total = total + np.where(np.less_equal(start, base) & np.less(base, end), gap, 0.0)
        return total

    def volume_between(self, start: float, end: float) -> float:
        """Shares that change hands between two places on a usual day."""
        places = np.arange(len(self.volume))
        return float(np.interp(end, places, self.volume) - np.interp(start, places, self.volume))

    def _at(self, place: Places) -> Floats:
        return np.asarray(np.interp(place, np.arange(len(self.variance)), self.variance))


def estimate_profile(grid: DayGrid, beta: float) -> IntradayProfile | None:
    """The profile of ``own - beta * benchmark`` over all rows; None when the instrument hardly ever trades."""
    shape, (abnormal, usable) = grid.shape, minute_returns(grid, beta)
    minutes = shape.minutes
    buckets = find_buckets(shape)
    ordinary = usable[:, :minutes] & (buckets >= 0)
    if int(ordinary.sum()) < FEWEST_OBSERVATIONS:
        return None
    found, counts = _bucket_variances(abnormal[:, :minutes], ordinary, buckets)
    counts = np.where(found > _NO_MOVEMENT, counts, 0.0)
    if not counts.any():
        return None
    level = float(found @ counts) / float(counts.sum())
    by_bucket = (counts * found + SHRINKAGE * level) / (counts + SHRINKAGE)
    per_minute = by_bucket[_fill_openings(buckets)]
    gaps = [_break_variance(abnormal[:, base], usable[:, base]) for base in shape.bases[:-1]]
    auction = _break_variance(abnormal[:, minutes], usable[:, minutes])
    lunches = (
        max(0.0, gap - per_minute[base]) if gap is not None else level * _break_minutes(shape, number)
        for number, (base, gap) in enumerate(zip(shape.bases[1:-1], gaps[1:], strict=True))
    )
    return IntradayProfile(
        shape=shape,
        variance=np.r_[0.0, np.cumsum(per_minute)],
        night=None if shape.round_the_clock else gaps[0],
        lunches=tuple(float(gap) for gap in lunches),
        auction=auction or 0.0,
        volume=np.r_[0.0, np.cumsum(_mean_volumes(grid, buckets))],
    )


def minute_returns(grid: DayGrid, beta: float) -> tuple[Floats, Flags]:
    """((n, m + 1) abnormal simple returns of the cells, which of them lie between two fresh prices of both)."""
    abnormal = grid.own[:, 1:] / grid.own[:, :-1] - 1.0
    fresh = grid.traded & grid.benchmark_traded
    if grid.benchmark is not None:
        abnormal = abnormal - beta * (grid.benchmark[:, 1:] / grid.benchmark[:, :-1] - 1.0)
    usable = fresh & np.isfinite(abnormal)
    inside = np.ones(usable.shape[1], dtype=np.bool_)
    inside[list(grid.shape.bases)] = False  # the price before a break is the last one, however old
    usable[:, 1:] &= fresh[:, :-1] | ~inside[1:]
    return abnormal, usable


def find_buckets(shape: DayShape) -> NDArray[np.int64]:
    """(m,) number of the bucket of each minute; -1 for the first minute of a stretch, which has a break in it."""
    numbers = np.empty(shape.minutes, dtype=np.int64)
    following = 0
    for (start, end), base in zip(shape.stretches, shape.bases, strict=False):
        minute = np.arange(end - start)
        cuts = {
            EDGE_MINUTES,
            *range(BUCKET_MINUTES, end - start - EDGE_MINUTES, BUCKET_MINUTES),
            end - start - EDGE_MINUTES,
        }
        found = following + np.searchsorted(sorted(cuts), minute, "right")
        following = int(found[-1]) + 1
        found[0] = -1
        numbers[base : base + len(minute)] = found
    return numbers


def robust_variance(values: Floats) -> float | None:
    """(1.4826 * MAD)^2; where most values are alike, as with large price steps, the variance; None when none moves."""
    if not len(values):
        return None
    deviation = np.abs(values - np.median(values))
    variance = (MAD_TO_SIGMA * float(np.median(deviation))) ** 2
    if variance <= _NO_MOVEMENT:
        variance = float(np.mean(deviation * deviation))
    return variance if variance > _NO_MOVEMENT else None


def _bucket_variances(abnormal: Floats, usable: Flags, buckets: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """(variance of one minute, number of observations) of each bucket."""
    count = int(buckets.max()) + 1
    edges = np.searchsorted(np.maximum.accumulate(buckets), np.arange(count + 1))
    parts = [abnormal[:, start:end][usable[:, start:end]] for start, end in pairwise(edges.tolist())]
    return np.array([robust_variance(part) or 0.0 for part in parts]), np.array([float(len(part)) for part in parts])


def _break_variance(abnormal: Floats, usable: Flags) -> float | None:
    values = abnormal[usable]
    return robust_variance(values) if len(values) >= FEWEST_BREAKS else None


def _break_minutes(shape: DayShape, number: int) -> int:
    return shape.stretches[number + 1][0] - shape.stretches[number][1]


def _fill_openings(buckets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first minute of a stretch is as lively as the ones that follow it."""
    return np.where(buckets < 0, np.roll(buckets, -1), buckets)


def _mean_volumes(grid: DayGrid, buckets: NDArray[np.int64]) -> Floats:
    """(m + 1,) mean volume per cell, of its bucket; days without any trade are no history of volume."""
    alive = grid.traded.any(axis=1)
    means: Floats = grid.volume[alive].mean(axis=0)
    for columns in np.split(np.arange(len(buckets)), np.flatnonzero(np.diff(buckets)) + 1):
        means[columns] = means[columns].mean()
    return means
