"""How Slack answers for one channel, and who must wait for what when it does not take something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from services.errors import Unavailable
from streams import metrics
from streams.delivery import delivery_metrics
from streams.delivery.pacing import WaitingClock
from streams.slack.client import Card

PARKED_SECONDS = 60.0
"""A channel that refuses is tried again after this long."""
LEAST_WAIT_SECONDS = 0.05
"""The rest of a wait may be so small that the clock's number swallows it: then the same look would go on for ever."""
OURS = ("kafka", "ownership")
WHOLE_CHANNEL = ("slack_rate_limit", "slack_pause", "slack_network", "slack_channel", "slack_token")
REFUSALS = ("slack_channel", "slack_token")
DOUBTS = ("slack", "slack_doubt", "slack_history")


class Wait(Protocol):
    """Lets something wait for so many seconds; in doubt: Slack may have taken it."""

    def __call__(self, seconds: float, *, in_doubt: bool = False) -> None:
        """Not before that."""


class ChannelState:
    """What is known of a channel now; ``name`` is that of routing.toml."""

    def __init__(self, name: str, clock: WaitingClock) -> None:
        self.problem = ""
        """Why the last message did not leave; empty when it did."""
        self.refusal = ""
        """``slack_channel`` or ``slack_token`` while Slack refuses."""
        self.hold_until = 0.0
        self.notices: dict[str, Card] = {}
        """Messages of ours that are no alerts; they leave first."""
        self._name = name
        self._clock = clock

    def is_well(self) -> None:
        """Slack took a message."""
        self.problem = self.refusal = ""

    def release(self) -> None:
        """Try again at once: what was refused may be taken now."""
        self.hold_until = 0.0

    def hold(self, seconds: float, *, in_doubt: bool = False) -> None:
        """Leave Slack alone for so long; in doubt as well."""
        self.hold_until = max(self.hold_until, self._clock.monotonic() + seconds)

    def attempt(self, act: Callable[[], None], wait: Wait) -> None:
        """Act; on what Slack will not do now let the channel wait, or only what was tried. Raises Unavailable."""
        try:
            act()
        except Unavailable as error:
            if error.what in OURS:
                raise
            self._note(error)
            if error.what == "slack_channel":
                self.hold(PARKED_SECONDS)
            elif error.what in WHOLE_CHANNEL:
                self.hold(max(error.retry_after, LEAST_WAIT_SECONDS))
            else:
                wait(max(error.retry_after, LEAST_WAIT_SECONDS), in_doubt=error.what in DOUBTS)

    def _note(self, error: Unavailable) -> None:
        metrics.RETRIES.labels(what=error.what).inc()
        self.problem = str(error)
        if error.what in REFUSALS:
            self.refusal = error.what
        if error.what == "slack_rate_limit":
            delivery_metrics.CHANNEL_PAUSED_SECONDS.labels(channel=self._name).inc(error.retry_after)
