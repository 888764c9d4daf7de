"""What the market did around a policy event: the types of the event study."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class SessionState(StrEnum):
    """Why a price is, or is not, a live price. Shown in words, never as 0.00 %."""

    OPEN = "open"
    LUNCH = "lunch"
    CLOSED = "closed"
    HALTED = "halted"
    STALE = "stale"
    NO_DATA = "no_data"


class Window(StrEnum):
    """Measured spans; the origin is publication, or the next open when the exchange was not open then."""

    SINCE_PREVIOUS_CLOSE = "since_previous_close"
    BEFORE_30M = "before_30m"
    SO_FAR = "so_far"
    AFTER_1M = "after_1m"
    AFTER_5M = "after_5m"
    AFTER_30M = "after_30m"
    TO_CLOSE = "to_close"


HORIZONS = (Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE)


class ZBasis(StrEnum):
    """What the z-score was scaled with."""

    MINUTES = "minutes"
    """One-minute volatility times the root of the minutes in the window."""
    DAILY = "daily"
    """Daily volatility: the window contains a night."""
    SESSION = "session"
    """One-minute volatility scaled to a whole session, for want of daily closes: the window contains a night."""


class Reaction(Struct, frozen=True, kw_only=True):
    """One instrument over one window. Returns are fractions (0.01 is one per cent); None means not measurable."""

    signal_id: str
    instrument: str
    window: Window
    state: SessionState
    """State of the instrument at ``measured_at``."""
    price: float | None = None
    """Last price at the end of the window."""
    price_at: datetime | None = None
    previous_close: float | None = None
    started_at: datetime
    ended_at: datetime
    benchmark: str | None = None
    return_: float | None = None
    benchmark_return: float | None = None
    beta: float = 1.0
    beta_estimated: bool = False
    """False: there was too little history and beta 1 was assumed."""
    abnormal_return: float | None = None
    z: float | None = None
    z_basis: ZBasis | None = None
    volume_ratio: float | None = None
    percentile: float | None = None
    measured_at: datetime
