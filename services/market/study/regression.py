"""The market model: what an instrument usually does on a day on which its market does this.

return = alpha + beta * market return + e, by ordinary least squares (A. C. MacKinlay, "Event Studies in Economics and
Finance", Journal of Economic Literature 35 (1997), 13-39, section 5.B). Returns are fractions.
"""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats

FEWEST_RETURNS = 30
"""Fewer paired returns estimate nothing."""
_NO_MOVEMENT = 1e-24
"""Mean square below which all returns of a market are rounding."""
_EXACT = 1e-20
"""Share of the movement below which what the line leaves over is rounding."""


class MarketFit(Struct, frozen=True, kw_only=True):
    """A fitted line and how far to trust it."""

    alpha: float
    """Expected return of a day on which the market stands still."""
    beta: float
    sigma: float
    """Standard deviation of what is left over, with n - 2 in the denominator; 0.0 when nothing is."""
    n: int
    """Paired returns behind it."""
    market_mean: float
    market_spread: float
    """Sum of the squared deviations of the market's returns from their mean."""

    @property
    def degrees(self) -> int:
        """Degrees of freedom: n - 2."""
        return self.n - 2

    def abnormal(self, own: float, market: float, days: int = 1) -> float:
        """own - (days * alpha + beta * market); for a window of several days both returns are sums of daily ones.

        >>> line = fit_market_model(0.001 + 1.5 * np.sin(np.arange(60.0)), np.sin(np.arange(60.0)))
        >>> round(line.abnormal(0.05, 0.02), 9), round(line.abnormal(0.05, 0.02, days=5), 9)
        (0.019, 0.015)
        """
        return own - days * self.alpha - self.beta * market

    def prediction_error(self, market: float, days: int = 1) -> float:
        """Standard error of ``abnormal``: chance on the days themselves, and the uncertainty of alpha and beta.

        One day: sigma * sqrt(1 + 1 / n + (market - mean)^2 / spread) (J. M. Patell, "Corporate Forecasts of Earnings
        Per Share and Stock Price Behavior", Journal of Accounting Research 14 (1976), 246-276). A window of k days,
        with the market's return summed: sigma * sqrt(k + k^2 / n + (market - k * mean)^2 / spread) (J. Y. Campbell,
        A. W. Lo, A. C. MacKinlay, "The Econometrics of Financial Markets" (1997), section 4.4.3).
        """
        surprise = market - days * self.market_mean
        return self.sigma * math.sqrt(days + days * days / self.n + surprise * surprise / self.market_spread)

    def standardised(self, own: float, market: float, days: int = 1) -> float | None:
        """Abnormal return in standard errors, Student with n - 2 degrees when nothing happened; None when exact."""
        error = self.prediction_error(market, days)
        return self.abnormal(own, market, days) / error if error > 0.0 else None


def fit_market_model(own: Floats, market: Floats, fewest: int = FEWEST_RETURNS) -> MarketFit | None:
    """Fit paired returns; pairs with a value that is not finite are left out.

    None under ``fewest`` pairs (three at least, for a residual needs one more than a line does), or when the market
    stood still.

    >>> days = np.arange(60.0)
    >>> line = fit_market_model(0.001 + 1.5 * np.sin(days) + 0.01 * np.cos(9 * days), np.sin(days))
    >>> round(line.beta, 2), line.n, round(line.sigma, 4)
    (1.5, 60, 0.0072)
    """
    paired = np.isfinite(own) & np.isfinite(market)
    own, market = own[paired], market[paired]
    count = len(own)
    if count < max(fewest, 3):
        return None
    own_mean, market_mean = float(own.mean()), float(market.mean())
    own_moves, market_moves = own - own_mean, market - market_mean
    spread = float(market_moves @ market_moves)
    if spread <= _NO_MOVEMENT * count:
        return None
    beta = float(market_moves @ own_moves) / spread
    left_over = own_moves - beta * market_moves
    return MarketFit(
        alpha=own_mean - beta * market_mean,
        beta=beta,
        sigma=_deviation(left_over, own_moves),
        n=count,
        market_mean=market_mean,
        market_spread=spread,
    )


def _deviation(left_over: Floats, moves: Floats) -> float:
    squares = float(left_over @ left_over)
    return math.sqrt(squares / (len(left_over) - 2)) if squares > _EXACT * float(moves @ moves) else 0.0
