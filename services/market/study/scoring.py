"""From an abnormal return to a z-score and to quiet windows: what is usual over exactly such a window.

A part of the window within one session is scaled by the sum of the variances of its minutes; a night with the minutes
after it by theirs, and a whole day from close to close by daily volatility (``IntradayProfile``, ``Normal``). Where
there is too little history for the time of day, one flat one-minute volatility counts for all minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from services.market.prices.price_window import Floats
from services.market.reaction import ZBasis
from services.market.sessions.span_pieces import Piece
from services.market.study.intraday_profile import IntradayProfile
from services.market.study.market_model import Normal
from services.market.study.placebo import quiet_daily, quiet_intraday
from services.market.study.references import QuietTimes

_SHORTEST = 1.0
"""Less than a minute is judged as a minute."""


def score(
    abnormal: float | None, market: float | None, pieces: Sequence[Piece], quiet: QuietTimes
) -> tuple[float | None, ZBasis | None]:
    """(z, what it was scaled with); (None, None) when there is no abnormal return or too little history."""
    if abnormal is None:
        return None, None
    scaled = expect_variance(pieces, quiet.normal, quiet.profile)
    if scaled is None:
        return None, None
    variance, basis = scaled
    days = sum(piece.days for piece in pieces)
    variance += (quiet.normal.sigma_day or 0.0) ** 2 * quiet.normal.forecast_error(days, market)
    return abnormal / math.sqrt(variance), basis


def expect_variance(
    pieces: Sequence[Piece], normal: Normal, profile: IntradayProfile | None
) -> tuple[float, ZBasis] | None:
    """(variance of a quiet abnormal return over these pieces, the coarsest scale that went into it); None: unknown."""
    if not any(piece.has_night for piece in pieces):
        variance = _vary_within(pieces, normal, profile)
        return (variance, ZBasis.MINUTES) if variance else None
    total, basis = 0.0, ZBasis.MINUTES
    for piece in pieces:
        found = _vary_night(piece, normal, profile) if piece.has_night else None
        if not piece.has_night:
            within = _vary_within([piece], normal, profile)
            found = (within, ZBasis.MINUTES) if within else None
        if found is None:
            return None
        total += found[0]
        basis = found[1] if found[1] is not ZBasis.MINUTES else basis
    return total, basis


def find_quiet_scores(pieces: Sequence[Piece], quiet: QuietTimes) -> Floats:
    """The same statistic over matched quiet windows: days from daily closes, minutes from the minute tier."""
    nights = sum(piece.has_night for piece in pieces)
    if nights:
        closes = quiet.closes
        return quiet_daily(closes.own, closes.benchmark, closes.quiet, quiet.normal, nights)
    if quiet.grid is None or quiet.profile is None or not pieces:
        return np.empty(0)
    length = sum(piece.end - piece.start for piece in pieces)
    return quiet_intraday(quiet.grid, quiet.profile, quiet.normal, (pieces[0].start, pieces[0].start + length))


def _vary_within(pieces: Sequence[Piece], normal: Normal, profile: IntradayProfile | None) -> float | None:
    if profile is not None and pieces:
        return sum(_sum_minutes(profile, piece.start, piece.end) for piece in pieces)
    if normal.sigma_minute is None:
        return None
    return normal.sigma_minute**2 * max(_SHORTEST, sum(piece.minutes for piece in pieces))


def _vary_night(piece: Piece, normal: Normal, profile: IntradayProfile | None) -> tuple[float, ZBasis] | None:
    night = profile.night if profile else None
    if piece.whole and normal.sigma_day is not None:
        return normal.sigma_day**2, ZBasis.DAILY
    if profile is not None and night is not None:
        minutes = float(profile.variance_between(piece.start + 1.0, max(piece.start + 1.0, piece.end)))
        return night + minutes, ZBasis.SESSION if piece.whole else ZBasis.MINUTES
    if normal.sigma_day is not None:
        return normal.sigma_day**2, ZBasis.DAILY
    if normal.sigma_minute is not None:
        return normal.sigma_minute**2 * piece.session_minutes, ZBasis.SESSION
    return None


def _sum_minutes(profile: IntradayProfile, start: float, end: float) -> float:
    return float(profile.variance_between(min(start, max(0.0, end - _SHORTEST)), end))
