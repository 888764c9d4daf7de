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
    AFTER_1_SESSION = "after_1_session"
    """To the settled close of the session after that of TO_CLOSE."""
    AFTER_5_SESSIONS = "after_5_sessions"


HORIZONS = (
    Window.AFTER_1M,
    Window.AFTER_5M,
    Window.AFTER_30M,
    Window.TO_CLOSE,
    Window.AFTER_1_SESSION,
    Window.AFTER_5_SESSIONS,
)
WITHIN_SESSION, LATER_SESSIONS = HORIZONS[:4], HORIZONS[4:]


class NormalModel(StrEnum):
    """What an abnormal return is measured against; the best one that history allows."""

    MARKET_MODEL = "market_model"
    """return - alpha - beta * benchmark return, both by ordinary least squares."""
    MARKET_ADJUSTED = "market_adjusted"
    """return - benchmark return: there is a benchmark but too little history."""
    RAW = "raw"
    """The return itself: there is no benchmark price."""


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
    model: NormalModel = NormalModel.RAW
    alpha: float = 0.0
    """Expected return over the whole window when the benchmark stands still, a fraction; 0 unless estimated."""
    beta: float = 1.0
    beta_estimated: bool = False
    """False: there was too little history and beta 1 was assumed."""
    abnormal_return: float | None = None
    z: float | None = None
    z_basis: ZBasis | None = None
    volume_ratio: float | None = None
    percentile: float | None = None
    """Share 0..1 of matched quiet windows whose |standardised abnormal return| was smaller; None: too few of them."""
    quiet_windows: int = 0
    """How many matched quiet windows history had; under 1,000 the card says so."""
    measured_at: datetime
