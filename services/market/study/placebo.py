"""The same statistic at quiet times: how often did this instrument move as much without any news?

A placebo distribution needs no assumption about the shape of returns (C. J. Corrado, "A Nonparametric Test for Abnormal
Security-price Performance in Event Studies", Journal of Financial Economics 23 (1989), 385-395, ranks the event among
its own quiet days in the same way). Windows of history overlap, so 5,000 of them say less than 5,000 independent ones;
the share of smaller ones is unbiased all the same.

Every row of the grid and every daily close lies before publication: nothing here can look ahead.
"""

from __future__ import annotations

import numpy as np

from services.market.prices.price_window import Floats, Seconds
from services.market.sessions.day_grid import DayGrid, DayShape, Flags
from services.market.study.intraday_profile import IntradayProfile
from services.market.study.market_model import Normal

MATCHED_MINUTES = 30
"""A quiet window begins at most this far from the same time of day."""
FEWEST_WINDOWS = 100
_NO_WINDOWS = np.empty(0)

Cells = tuple[Seconds, Seconds]
"""(rows, places) of a grid."""


def rank(statistic: float | None, quiet: Floats) -> float | None:
    """Share 0..1 of quiet windows whose |statistic| was smaller; None for fewer than FEWEST_WINDOWS.

    >>> rank(-1.0, np.abs(np.linspace(-2.0, 2.0, 201)))
    0.4925373134328358
    """
    if statistic is None or len(quiet) < FEWEST_WINDOWS:
        return None
    return float(np.count_nonzero(np.abs(quiet) < abs(statistic))) / len(quiet)


def quiet_intraday(grid: DayGrid, profile: IntradayProfile, normal: Normal, window: tuple[float, float]) -> Floats:
    """Standardised abnormal returns of past windows that match ``window`` = (place of its start, of its end).

    Same stretch of trading at both ends, same length in minutes (at least one), start within MATCHED_MINUTES; a window
    to the close ends at every day's close, one from the lunch break begins in the half hour before it and ends at the
    same minute. One window per minute of start and session in which both instruments traded.
    """
    shape = grid.shape
    if shape.round_the_clock:
        first, last = _spread_round_the_clock(grid, *match_round_the_clock(window))
    else:
        first, last = _spread(grid, *match_session(shape, window))
    days, start, end = last[0] - first[0], first[1], last[1]
    abnormal = grid.own[last] / grid.own[first] - 1.0
    traded = grid.trades[last] > grid.trades[first]
    if grid.benchmark is not None:
        abnormal -= normal.beta * (grid.benchmark[last] / grid.benchmark[first] - 1.0)
        traded &= grid.benchmark_trades[last] > grid.benchmark_trades[first]
    abnormal -= normal.alpha_day * (days + (end - start) / shape.minutes)
    variance = profile.variance_between(start.astype(np.float64), end.astype(np.float64))
    scores = abnormal / np.sqrt(variance + days * profile.variance[-1])
    kept: Floats = scores[traded & np.isfinite(scores)]
    return kept


def match_session(shape: DayShape, window: tuple[float, float]) -> tuple[Seconds, Seconds]:
    """(places at which matching windows begin, at which they end), whole minutes, same length."""
    start, end = window
    bases = shape.bases
    stretch = int(np.searchsorted(bases[1:-1], start, "right"))
    first, last = bases[stretch] + 1, bases[stretch + 1] - 1
    if start in bases[1:-1]:
        first, last = int(start) - MATCHED_MINUTES, int(start)
    places = np.arange(max(first, round(start) - MATCHED_MINUTES), min(last, round(start) + MATCHED_MINUTES) + 1)
    if end > shape.minutes:
        return places, np.full_like(places, shape.minutes + 1)
    if start in bases[1:-1]:
        return places, np.full_like(places, max(round(end), int(start) + 1))
    ends = places + max(1, round(end - start))
    kept = np.searchsorted(bases, ends, "left") == np.searchsorted(bases, max(end, start + 1e-9), "left")
    return places[kept], ends[kept]


def match_round_the_clock(window: tuple[float, float]) -> tuple[Seconds, Seconds]:
    """The same where a day flows into the next: a start may be before its midnight, an end days later."""
    places = round(window[0]) + np.arange(-MATCHED_MINUTES, MATCHED_MINUTES + 1)
    return places, places + max(1, round(window[1] - window[0]))


def quiet_daily(own: Floats, benchmark: Floats, quiet: Flags, normal: Normal, days: int) -> Floats:
    """Standardised abnormal returns over ``days`` days in a row, from paired closes, ascending.

    ``quiet``: was the day of each close free of events? A window with an event in it is left out.
    """
    if normal.sigma_day is None or len(own) <= days:
        return _NO_WINDOWS
    loud = np.cumsum(~quiet)
    abnormal = own[days:] / own[:-days] - 1.0 - normal.alpha_day * days
    abnormal = abnormal - normal.beta * (benchmark[days:] / benchmark[:-days] - 1.0)
    scores: Floats = abnormal[loud[days:] == loud[:-days]] / (normal.sigma_day * np.sqrt(days))
    return scores


def _spread(grid: DayGrid, start: Seconds, end: Seconds) -> tuple[Cells, Cells]:
    """The same places in every row."""
    rows = np.repeat(np.arange(len(grid.days)), len(start))
    return (rows, np.tile(start, len(grid.days))), (rows, np.tile(end, len(grid.days)))


def _spread_round_the_clock(grid: DayGrid, start: Seconds, end: Seconds) -> tuple[Cells, Cells]:
    """The same, one row flowing into the next; a window that would jump over a missing day is left out."""
    sessions, minutes = len(grid.days), grid.shape.minutes
    first, last = ((np.arange(sessions)[:, None] * minutes + places).ravel() for places in (start, end))
    inside = (first >= 0) & (last <= sessions * minutes)
    first, last = first[inside], last[inside]
    start_row, end_row = first // minutes, (last - 1) // minutes
    number = np.array([day.toordinal() for day in grid.days]) - np.arange(sessions)
    unbroken = number[start_row] == number[end_row]
    begins, ends = (start_row, first - start_row * minutes), (end_row, last - end_row * minutes)
    return (begins[0][unbroken], begins[1][unbroken]), (ends[0][unbroken], ends[1][unbroken])
