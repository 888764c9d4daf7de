"""When the next message to a channel may leave: one clock, one turn at a time, pauses that Slack asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from services.errors import Unavailable
from streams.clock import monotonic, wall_clock

LONGEST_WAIT_SECONDS = 3.0


class WaitingClock(Protocol):
    """Wall time for records, monotonic time for waiting, and the waiting itself."""

    def now(self) -> datetime:
        """Wall time, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump."""

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``."""


class SystemClock:
    """The machine's clock. ``wait`` may be replaced, for example by one that keeps a consumer polling."""

    def __init__(self, wait: Callable[[float], None] = time.sleep) -> None:
        self._wait = wait

    def now(self) -> datetime:
        """Wall time, UTC."""
        return wall_clock()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return monotonic()

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``."""
        self._wait(seconds)


class Pacing:
    """One message per ``interval_seconds`` to one channel; edits count too.

    ``may_send`` is asked before every turn: a process that lost its partition must not post any more.
    """

    def __init__(
        self, clock: WaitingClock, interval_seconds: float = 1.0, may_send: Callable[[], bool] = lambda: True
    ) -> None:
        self._clock = clock
        self._interval_seconds = interval_seconds
        self._may_send = may_send
        self._next_turn = clock.monotonic()

    def ready_in(self) -> float:
        """Seconds until the next turn; 0 when it has come."""
        return max(0.0, self._next_turn - self._clock.monotonic())

    def take_turn(self) -> None:
        """Wait at most three seconds for the turn; raises Unavailable when it is further off or not ours."""
        remaining = self._next_turn - self._clock.monotonic()
        if remaining > LONGEST_WAIT_SECONDS:
            raise Unavailable("slack_pause", "the channel is paused", retry_after=remaining)
        if remaining > 0:
            self._clock.wait(remaining)
        self.require_ownership()
        self._next_turn = self._clock.monotonic() + self._interval_seconds

    def require_ownership(self) -> None:
        """Raises Unavailable when the partition is not ours any more: then nothing may be sent or remembered."""
        if not self._may_send():
            raise Unavailable("ownership", "this process no longer owns the channel's partition", retry_after=1.0)

    def pause(self, seconds: float) -> None:
        """No turn for this channel before ``seconds`` have passed."""
        self._next_turn = max(self._next_turn, self._clock.monotonic() + seconds)
