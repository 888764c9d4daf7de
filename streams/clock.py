"""Event time and wall time: the same for live records, apart for replayed ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never go back: for pacing, deadlines and leases."""
    return time.monotonic()


def shift(clock: Clock, offset_ms: int) -> datetime:
    """Event time now, for a record that is ``offset_ms`` away from wall time (0 when live)."""
    return clock() + timedelta(milliseconds=offset_ms)
