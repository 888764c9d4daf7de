"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST_ASKED_SECONDS = 3_600.0
_MOST_DOUBLINGS = 30


class Backoff:
    """Waits that double from ``first`` to ``longest`` seconds, each with jitter, until something succeeds.

    The jitter takes up to half away, so that clients that lost one server do not all come back at once (Brooker,
    Exponential Backoff And Jitter, 2015).
    """

    def __init__(self, first: float, longest: float, chance: Callable[[], float] = random.random) -> None:
        self._first = first
        self._longest = longest
        self._chance = chance
        self._failures = 0

    def next(self, asked_seconds: float = 0.0) -> float:
        """Seconds to wait now; at least ``asked_seconds``, which the other side asked for."""
        wait = min(self._longest, self._first * 2.0 ** min(self._failures, _MOST_DOUBLINGS))
        self._failures += 1
        return max(wait * (0.5 + 0.5 * self._chance()), min(asked_seconds, LONGEST_ASKED_SECONDS))

    def reset(self) -> None:
        """It works again: the next wait is a short one."""
        self._failures = 0


def read_retry_after(text: str | None, now: datetime) -> float:
    """Seconds that a ``Retry-After`` header asks for, as a number or as a date; 0 when it says nothing of use.

    >>> read_retry_after("1.5", datetime(2023, 7, 13))
    1.5
    """
    text = (text or "").strip()
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return min(float(text), LONGEST_ASKED_SECONDS)
    try:
        return min(max(0.0, (parsedate_to_datetime(text) - now).total_seconds()), LONGEST_ASKED_SECONDS)
    except (ValueError, TypeError, IndexError):
        return 0.0
