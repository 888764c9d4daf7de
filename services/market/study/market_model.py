"""What is normal for an instrument: beta, volatility and volume, from before the news only.

Market model of A. C. MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature 35 (1997),
13-39, section 5.B: r = alpha + beta * r_benchmark + e by ordinary least squares. The volatility of e is 1.4826 * MAD
(F. R. Hampel, JASA 69 (1974), 383-393), so that a single jump in the estimation window does not hide the next one.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sessions.horizons import trading_minutes
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.regression import MarketFit, fit_market_model

FEWEST_RETURNS = 60
"""Fewer paired returns estimate nothing."""
FEWEST_VOLUME_MINUTES = 30.0
MAD_TO_SIGMA = 1.4826
_NO_MOVEMENT = 1e-24
"""Variance below which all returns are rounding."""


class Normal(Struct, frozen=True, kw_only=True):
    """The quiet behaviour that a reaction is compared with; None: not enough history."""

    beta: float = 1.0
    beta_estimated: bool = False
    sigma_minute: float | None = None
    """Robust standard deviation of one-minute abnormal returns."""
    sigma_day: float | None = None
    """The same of daily ones."""
    volume_per_minute: float | None = None
    daily: MarketFit | None = None
    """The fit of daily returns; None when beta comes from minutes or is assumed."""

    @property
    def alpha_day(self) -> float:
        """Expected return of a day on which the benchmark stands still, a fraction; 0 unless from daily returns.

        From minutes the error of an alpha, over a whole session, would be as large as the reactions sought.
        """
        return self.daily.alpha if self.daily else 0.0

    def forecast_error(self, days: float, market: float | None) -> float:
        """What alpha and beta themselves are uncertain by: share of the daily variance, for a window of ``days``.

        days^2 / n + (market return - days * mean)^2 / spread, see ``MarketFit.prediction_error``.
        """
        if self.daily is None or market is None:
            return 0.0
        surprise = market - days * self.daily.market_mean
        return days * days / self.daily.n + surprise * surprise / self.daily.market_spread


class Returns(Struct, frozen=True):
    """Paired simple returns over the same spans: n of the instrument, n of its benchmark."""

    own: Floats
    benchmark: Floats

    def __len__(self) -> int:
        return len(self.own)


def estimate_normal(minutes: Returns, days: Returns, volume_per_minute: float | None) -> Normal:
    """Alpha and beta from daily returns when there are enough, beta from one-minute returns else, else 0 and 1."""
    daily = fit_market_model(days.own, days.benchmark, FEWEST_RETURNS)
    beta = daily.beta if daily else estimate_beta(minutes)
    used = 1.0 if beta is None else beta
    return Normal(
        beta=used,
        beta_estimated=beta is not None,
        sigma_minute=estimate_sigma(minutes, used),
        sigma_day=estimate_sigma(days, used),
        volume_per_minute=volume_per_minute,
        daily=daily,
    )


def estimate_raw(minutes: Returns, days: Returns, volume_per_minute: float | None) -> Normal:
    """Without a benchmark the return itself is judged, against its own volatility; beta counts for nothing."""
    return Normal(
        beta=0.0,
        sigma_minute=estimate_sigma(minutes, 0.0),
        sigma_day=estimate_sigma(days, 0.0),
        volume_per_minute=volume_per_minute,
    )


def estimate_beta(returns: Returns) -> float | None:
    """Slope of the least-squares line with intercept; None with too little history or a benchmark that stood still.

    >>> market = np.sin(np.arange(80.0))
    >>> round(estimate_beta(Returns(0.001 + 1.5 * market, market)), 6)
    1.5
    """
    fit = fit_market_model(returns.own, returns.benchmark, FEWEST_RETURNS)
    return fit.beta if fit else None


def estimate_sigma(returns: Returns, beta: float) -> float | None:
    """1.4826 * median(|e - median(e)|), e = r - beta * r_benchmark; None when short or when most returns are alike."""
    if len(returns) < FEWEST_RETURNS:
        return None
    abnormal = returns.own - beta * returns.benchmark
    sigma = MAD_TO_SIGMA * float(np.median(np.abs(abnormal - np.median(abnormal))))
    return sigma if sigma * sigma > _NO_MOVEMENT else None


def pair_minutes(own: PriceSeries, benchmark: PriceSeries, marks: Seconds, stretch: Seconds) -> Returns:
    """Returns from minute mark to minute mark, never across a lunch or a night.

    ``marks``: ends of minutes, epoch seconds; ``stretch``: number of the stretch of trading each belongs to. A return
    counts only when both instruments traded in both minutes: a stale price is not a return of zero.
    """
    seconds, closes = own.closes_at(marks)
    market_seconds, market_closes = benchmark.closes_at(marks)
    fresh = (seconds >= marks - 60) & (market_seconds >= marks - 60)
    usable = fresh[1:] & fresh[:-1] & (np.diff(stretch) == 0)
    return Returns(_changes(closes)[usable], _changes(market_closes)[usable])


def pair_days(own: PriceSeries, benchmark: PriceSeries) -> Returns:
    """Returns from close to close, over the days (UTC) on which both have one."""
    _, left, right = np.intersect1d(own.second // 86_400, benchmark.second // 86_400, return_indices=True)
    return Returns(_changes(own.close[left]), _changes(benchmark.close[right]))


def minute_marks(start: datetime, end: datetime, calendar: ExchangeCalendar) -> tuple[Seconds, Seconds]:
    """(ends of all full trading minutes within [start, end], number of the stretch of trading of each)."""
    stretches = [stretch for session in calendar.sessions_between(start, end) for stretch in session.stretches]
    marks = [
        np.arange(int(max(opens, start).timestamp()) + 60, int(min(closes, end).timestamp()) + 1, 60, dtype=np.int64)
        for opens, closes in stretches
    ]
    numbers = [np.full(len(part), number, dtype=np.int64) for number, part in enumerate(marks)]
    nothing = np.empty(0, dtype=np.int64)
    return np.concatenate([nothing, *marks]), np.concatenate([nothing, *numbers])


def mean_volume(series: PriceSeries, start: datetime, end: datetime, calendar: ExchangeCalendar) -> float | None:
    """Volume per trading minute from the minute of the first bar on; None under half an hour, or without a trade."""
    traded = series.between(start, end)
    if not len(traded):
        return None
    since = max(start, datetime.fromtimestamp(int(traded.second[0]) // 60 * 60, tz=start.tzinfo))
    minutes = trading_minutes(since, end, calendar)
    volume = float(traded.volume.sum())
    return volume / minutes if minutes >= FEWEST_VOLUME_MINUTES and volume > 0.0 else None


def _changes(prices: Floats) -> Floats:
    changes: Floats = prices[1:] / prices[:-1] - 1.0
    return changes
