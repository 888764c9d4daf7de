"""What happens while Slack refuses a channel or the token: nothing is dropped, and somebody hears of it.

A channel that refuses waits alone; the fallback channel is told once a day. A token that is refused stops every
channel; it is tried again each half minute, and at once when its file holds another one. When the fallback channel
takes nothing either, the log is the second route: one error line a minute, with the number of alerts that wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from services.alerts.slack_text import for_mrkdwn
from streams.delivery import metrics as delivery_metrics
from streams.delivery.channel_sender import ChannelSender
from streams.delivery.pacing import WaitingClock
from streams.logs import log
from streams.slack.client import Card

SAY_AGAIN_SECONDS = 60.0
LOOK_AT_TOKEN_SECONDS = 1.0
TOKEN_RETRY_SECONDS = 30.0


class Refusals:
    """Watches the senders; call ``look`` after each round of work."""

    def __init__(
        self, senders: Sequence[ChannelSender], fallback: ChannelSender, token: Callable[[], str], clock: WaitingClock
    ) -> None:
        self._senders = senders
        self._fallback = fallback
        self._token = token
        self._clock = clock
        self._noticed: set[str] = set()
        self._refused_token = ""
        self._look_at = 0.0
        self._said_at: float | None = None

    def look(self) -> None:
        """Park, tell, release; raises nothing."""
        self._look_at_token()
        for sender in self._senders:
            if sender.state.refusal == "slack_channel" and sender is not self._fallback:
                self._tell_fallback(sender)
            elif not sender.state.refusal:
                self._noticed.discard(sender.name)
        self._take_second_route()

    def _look_at_token(self) -> None:
        refused = [sender for sender in self._senders if sender.state.refusal == "slack_token"]
        now = self._clock.monotonic()
        if not refused or now < self._look_at:
            return
        self._look_at = now + LOOK_AT_TOKEN_SECONDS
        token = _fingerprint(self._token())
        if not self._refused_token:
            self._refused_token = token
            for sender in self._senders:
                sender.state.hold(TOKEN_RETRY_SECONDS)
        elif token != self._refused_token:
            log.info("the token was replaced, trying again")
            self._refused_token = ""
            for sender in refused:
                sender.state.refusal = ""
            for sender in self._senders:
                sender.state.release()

    def _tell_fallback(self, sender: ChannelSender) -> None:
        if sender.name in self._noticed:
            return
        self._noticed.add(sender.name)
        day = f"{self._clock.now():%Y-%m-%d}"
        said = for_mrkdwn(
            f"Slack refuses the channel {sender.name} ({sender.state.problem}). Its alerts wait and will be posted "
            f"when it takes them again; {len(sender.queue)} wait now.",
            600,
        )
        key = f"refused-{sender.slack.channel}"
        self._fallback.state.notices[key] = Card(alert_id=key, revision=1, text=said, reply_id=day)

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


def _fingerprint(token: str) -> str:
    """So that no token is kept here."""
    return hashlib.sha256(token.encode()).hexdigest()
