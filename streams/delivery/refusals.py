"""What happens while Slack refuses a channel or the token: nothing is dropped, and somebody hears of it.

A channel that refuses waits alone; the fallback channel is told once a day. A token that is refused stops every
channel of Slack; it is tried again each half minute, and at once when its file holds another one. When the fallback
channel takes nothing either, its own second route is told, if it has one, and the log: one error line a minute, with
the number of alerts that wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from streams.delivery import delivery_metrics
from streams.delivery.channel_sender import ChannelSender
from streams.delivery.pacing import WaitingClock
from streams.delivery.sender import Sender
from streams.logs import log

TOKEN = "slack_token"
ONE_CHANNEL = ("slack_channel", "output")
"""Refusals that concern no other channel."""
SAY_AGAIN_SECONDS = 60.0
LOOK_AT_TOKEN_SECONDS = 1.0
TOKEN_RETRY_SECONDS = 30.0


class Refusals:
    """Watches the senders; call ``look`` after each round of work."""

    def __init__(
        self, senders: Sequence[Sender], fallback: ChannelSender, token: Callable[[], str], clock: WaitingClock
    ) -> None:
        self._senders = senders
        self._of_slack = [one for one in senders if isinstance(one, ChannelSender)]
        self._fallback = fallback
        self._token = token
        self._clock = clock
        self._noticed: set[str] = set()
        self._refused_token = ""
        self._look_at = 0.0
        self._said_at: float | None = None
        self.second_of_fallback: Sender | None = None
        """Told, once a day, when the fallback channel takes nothing."""

    def look(self) -> None:
        """Park, tell, release; raises nothing."""
        self._look_at_token()
        for sender in self._senders:
            if sender.state.refusal in ONE_CHANNEL and sender is not self._fallback:
                self._tell_fallback(sender)
            elif not sender.state.refusal:
                self._noticed.discard(sender.name)
        self._take_second_route()

    def _look_at_token(self) -> None:
        refused = [sender for sender in self._of_slack if sender.state.refusal == TOKEN]
        now = self._clock.monotonic()
        if not refused or now < self._look_at:
            return
        self._look_at = now + LOOK_AT_TOKEN_SECONDS
        token = _fingerprint(self._token())
        if not self._refused_token:
            self._refused_token = token
            for sender in self._of_slack:
                sender.state.hold(TOKEN_RETRY_SECONDS)
        elif token != self._refused_token:
            log.info("the token was replaced, trying again")
            self._refused_token = ""
            for sender in refused:
                sender.state.refusal = ""
            for sender in self._of_slack:
                sender.state.release()

    def _tell_fallback(self, sender: Sender) -> None:
        if sender.name in self._noticed:
            return
        self._noticed.add(sender.name)
        day = f"{self._clock.now():%Y-%m-%d}"
        who = f"Slack refuses the channel {sender.name}" if sender in self._of_slack else f"{sender.name} takes nothing"
        words = (
            f"{who} ({sender.state.problem}). Its alerts wait and will be sent when it takes them again; "
            f"{len(sender.queue)} wait now."
        )
        self._fallback.notify(f"refused-{sender.channel}-{day}", words)

    def _take_second_route(self) -> None:
        state, now = self._fallback.state, self._clock.monotonic()
        if not state.refusal:
            self._said_at = None
            return
        if self._said_at is not None and now - self._said_at < SAY_AGAIN_SECONDS:
            return
        self._said_at = now
        delivery_metrics.SECOND_ROUTE.inc()
        waiting = sum(len(sender.queue) for sender in self._senders)
        log.error("Slack takes nothing; alerts wait", waiting=waiting, problem=state.problem)
        if self.second_of_fallback is not None:
            day = f"{self._clock.now():%Y-%m-%d}"
            words = f"Slack takes nothing in the fallback channel ({state.problem}); {waiting} alerts wait."
            self.second_of_fallback.notify(f"refused-{self._fallback.channel}-{day}", words)


def _fingerprint(token: str) -> str:
    """So that no token is kept here."""
    return hashlib.sha256(token.encode()).hexdigest()
