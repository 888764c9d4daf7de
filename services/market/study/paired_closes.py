"""Daily closes of an instrument and of its benchmark on the same days: what alpha, beta and quiet days come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from msgspec import Struct

from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sessions.day_grid import Flags
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.market_model import Returns

ESTIMATION_DAYS = 250
"""Daily returns that alpha and beta are estimated from: about one year."""
LONGEST_GAP = 12
"""Days between two closes of a return; a longer pause is a suspension, not a day."""
_DAY = 86_400


class PairedCloses(Struct, frozen=True, kw_only=True):
    """n days, ascending, on which both have a closing price."""

    day: Seconds
    """Days since 1970 (UTC) of the settled close."""
    own: Floats
    benchmark: Floats
    """All 1 without a benchmark."""
    quiet: Flags
    """No policy event of the instrument was answered that day."""

    def returns(self) -> Returns:
        """The last ESTIMATION_DAYS returns from close to close that end on a quiet day."""
        kept = np.flatnonzero(self.quiet[1:] & (np.diff(self.day) <= LONGEST_GAP))[-ESTIMATION_DAYS:]
        return Returns(self.own[kept + 1] / self.own[kept] - 1.0, self.benchmark[kept + 1] / self.benchmark[kept] - 1.0)


def pair_closes(own: PriceSeries, benchmark: PriceSeries | None, event_days: Seconds) -> PairedCloses:
    """Closes of the days on which both have one; ``event_days`` as given by ``number_days``."""
    if benchmark is None:
        benchmark = PriceSeries(own.instrument, own.second, np.ones(len(own)), own.volume)
    day, left, right = np.intersect1d(own.second // _DAY, benchmark.second // _DAY, return_indices=True)
    return PairedCloses(day=day, own=own.close[left], benchmark=benchmark.close[right], quiet=~np.isin(day, event_days))


def number_days(days: Iterable[date], calendar: ExchangeCalendar) -> Seconds:
    """Days since 1970 (UTC) on which the sessions of these local days are settled."""
    sessions = (calendar.session_on(day) for day in days)
    numbers = [int(session.settled_at.timestamp()) // _DAY for session in sessions if session is not None]
    return np.array(sorted(numbers), dtype=np.int64)
