"""From publication to the close: what is measured when prices within the day are known and an event came in a session.

The reaction begins at the last price before publication. What is normal is asked of the same stretch of past days,
from the same time on the clock to the close, so that beta and the standard error are those of an afternoon when the
event came in the afternoon (volatility within a day is U-shaped: R. A. Wood, T. H. McInish, J. K. Ord, "An
Investigation of Transactions Data for NYSE Stocks", Journal of Finance 40 (1985), 723-739).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from msgspec.structs import replace

from services.market.prices.price_window import Floats
from services.market.study.daily_prices import DailyReturns, Days
from services.market.study.daily_study import Study, StudyCase, StudyEvent, find_session, measure_case
from services.market.study.file_prices import PriceTape


def measure_from_publication(
    study: Study, event: StudyEvent, published_at: datetime, own: PriceTape, index: PriceTape | None
) -> StudyCase:
    """The case of an event with one instrument, published in the session of its day; tapes in the exchange's time.

    Falls back to previous close -> close when the day of the event has only one price. An instrument without a trade
    after publication was halted: NOT_TRADED. The path keeps its daily returns but for the event's session.
    """
    (name,) = event.instruments
    daily = measure_case(study, event, name)
    place = find_session(event.day, study.calendar)
    if daily.path is None or place is None or own.last_of(study.calendar[[place]])[1][0] < 2:
        return daily
    second = 3600 * published_at.hour + 60 * published_at.minute + published_at.second
    first = max(0, place - study.parameters.gap - study.parameters.estimation)
    window = study.calendar[first : place + 1]
    returns = _pad(stretch_returns(window, second, own, index), first, len(study.calendar))
    case = measure_case(replace(study, returns={name: returns}), event, name)
    if case.path is None:
        return case
    path = daily.path.copy()
    path[study.parameters.before] = case.path[study.parameters.before]
    return replace(case, path=path)


def stretch_returns(days: Days, second: int, own: PriceTape, index: PriceTape | None) -> DailyReturns:
    """Returns of each day from the last price before ``second`` to the day's close, fractions.

    NaN for a day with fewer than two prices, which tells nothing about its stretches, and for one without a price from
    ``second`` on, which did not trade then.
    """
    moves = _stretch(days, second, own)
    market = np.full(len(days), np.nan) if index is None else _stretch(days, second, index)
    traded = own.last_of(days)[0] > own.last_before(days, second)
    return DailyReturns(traded, moves, market)


def _stretch(days: Days, second: int, tape: PriceTape) -> Floats:
    origin = tape.last_before(days, second)
    last, count = tape.last_of(days)
    usable = (origin >= 0) & (count >= 2) & (last > origin)
    moves = np.full(len(days), np.nan)
    moves[usable] = tape.close[last[usable]] / tape.close[origin[usable]] - 1.0
    return moves


def _pad(returns: DailyReturns, first: int, length: int) -> DailyReturns:
    """The same on the whole calendar, nothing elsewhere."""
    inside = slice(first, first + len(returns.own))
    traded = np.zeros(length, dtype=bool)
    own, market = np.full((2, length), np.nan)
    traded[inside], own[inside], market[inside] = returns.traded, returns.own, returns.market
    return DailyReturns(traded, own, market)
