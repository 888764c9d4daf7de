"""What a feed's own numbers tell about it: ticks that never came, and a clock that is not ours."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Literal

SequenceScope = Literal["instrument", "feed", "none"]
SKEW_TICKS = 100
RESTART_BELOW = 1_000
"""A sequence that falls by more than this has begun anew, as it does each day; by less, a tick came late."""


class SequenceWatch:
    """Counts the numbers that a feed left out. One count per instrument, or one for the whole feed.

    >>> watch = SequenceWatch("instrument")
    >>> [watch.missing("0700.HK", number) for number in (7, 8, 11, 9, 12)]
    [0, 0, 2, 0, 0]
    """

    def __init__(self, scope: SequenceScope) -> None:
        self._scope = scope
        self._newest: dict[str, int] = {}

    def missing(self, instrument: str, sequence: int | None) -> int:
        """How many numbers lie between this one and the newest before it; 0 for a repeated or late one."""
        if sequence is None or self._scope == "none":
            return 0
        key = instrument if self._scope == "instrument" else ""
        newest = self._newest.get(key)
        if newest is None or sequence > newest or newest - sequence > RESTART_BELOW:
            self._newest[key] = sequence
        return 0 if newest is None or sequence <= newest else sequence - newest - 1


class SkewWatch:
    """Our clock minus the vendor's: the median of the last hundred, so that one odd time or one late tick is no alarm.

    It holds the way of the tick as well, so a healthy feed stands a little above 0; below 0 the vendor's clock is
    ahead of ours. It is for people to see: no event time is ever altered by it.
    """

    def __init__(self) -> None:
        self._apart: deque[float] = deque(maxlen=SKEW_TICKS)

    def see(self, our_seconds: float, vendor_seconds: float) -> None:
        """One pair of times, both seconds since 1970."""
        self._apart.append(our_seconds - vendor_seconds)

    def seconds(self) -> float | None:
        """The median, in seconds; None before the first pair."""
        return median(self._apart) if self._apart else None
