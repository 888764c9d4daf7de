"""Is there a live price? The calendar's answer, refined by what the tape shows."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import PriceSeries
from services.market.reaction import SessionState
from services.market.sessions.horizons import trading_minutes
from services.market.sessions.sessions import ExchangeCalendar

STALE_INTERVALS = 20
"""A quote is stale after this many usual intervals between trades, and never within a minute."""
HALT_INTERVALS = 60
SHORTEST_STALE_SECONDS = 60.0
SHORTEST_HALT_SECONDS = 300.0
BENCHMARK_ALIVE_SECONDS = 60.0
AROUND_SECONDS = 1_800
_FEWEST_INTERVALS = 10
_DAY = 86_400


class Tape(Struct, frozen=True, kw_only=True):
    """Bars of an instrument and of its benchmark, none that ended after the moment of measuring."""

    own: PriceSeries
    benchmark: PriceSeries
    """Empty when there is no benchmark."""


def find_state(
    tape: Tape, calendar: ExchangeCalendar, as_of: datetime, recent: PriceSeries | None = None
) -> SessionState:
    """LUNCH and CLOSED by the calendar; while it is open, HALTED, STALE or OPEN by the silence since the last trade.

    HALTED: silent for at least five minutes and 60 usual intervals while the benchmark trades. STALE: silent for at
    least a minute and 20 usual intervals. Silence is counted in trading time, so nothing is stale at the open.
    NO_DATA: not one price is known. ``recent``: one-second bars of the instrument, where ``tape`` has minutes, too.
    """
    state = calendar.session_state(as_of)
    if not len(tape.own):
        return SessionState.NO_DATA
    if state is not SessionState.OPEN:
        return state
    silence = _silence(tape.own, calendar, as_of)
    usual = expected_interval(tape.own if recent is None else recent, as_of)
    market_trades = len(tape.benchmark) > 0 and _silence(tape.benchmark, calendar, as_of) <= BENCHMARK_ALIVE_SECONDS
    if market_trades and silence >= max(SHORTEST_HALT_SECONDS, HALT_INTERVALS * usual):
        return SessionState.HALTED
    if silence > max(SHORTEST_STALE_SECONDS, STALE_INTERVALS * usual):
        return SessionState.STALE
    return SessionState.OPEN


def expected_interval(series: PriceSeries, at: datetime) -> float:
    """Median seconds between bars around this time on the days before: half an hour to either side.

    Trade is thinner at noon than at the open, and silence means less then. Without such bars: that of all bars.
    """
    now = int(at.timestamp())
    from_clock = np.abs((series.second - now + _DAY // 2) % _DAY - _DAY // 2)
    near = series.second[(from_clock <= AROUND_SECONDS) & (series.second < now - _DAY // 2)]
    gaps = np.diff(near)
    gaps = gaps[gaps <= 2 * AROUND_SECONDS]  # a longer one is the rest of the day
    return float(np.median(gaps)) if len(gaps) >= _FEWEST_INTERVALS else usual_interval(series)


def usual_interval(series: PriceSeries) -> float:
    """Median seconds between bars; 0 when there are too few to tell."""
    if len(series) <= _FEWEST_INTERVALS:
        return 0.0
    return float(np.median(np.diff(series.second)))


def _silence(series: PriceSeries, calendar: ExchangeCalendar, as_of: datetime) -> float:
    """Seconds of trading time since the last bar ended."""
    last_end = datetime.fromtimestamp(int(series.second[-1]) + 1, UTC)
    return 60.0 * trading_minutes(last_end, as_of, calendar)
