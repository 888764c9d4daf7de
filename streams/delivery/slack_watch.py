"""What ``/readyz`` says of Slack: token, scopes and channels are looked at; posting goes by what it meets itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from streams.delivery.channel_sender import ChannelSender
from streams.delivery.pacing import WaitingClock
from streams.slack.outcome import Posted, outcome_label
from streams.watching.health import Health

CHECK_SECONDS = 30.0
SLACK = "slack"


class SlackWatch:
    """Watches the channels of Slack; a webhook or a mail server that is ill is its own people's matter."""

    def __init__(self, senders: Sequence[ChannelSender], health: Health, clock: WaitingClock) -> None:
        self._senders = senders
        self._health = health
        self._clock = clock
        self._turns = cycle(senders)
        self._check_at = 0.0

    def look(self) -> None:
        """Ask about the next channel when it is time; raises nothing."""
        if self._clock.monotonic() >= self._check_at:
            self.check(next(self._turns))

    def check(self, sender: ChannelSender) -> None:
        """Ask Slack whether this token can read the channel; raises nothing."""
        self._check_at = self._clock.monotonic() + CHECK_SECONDS / len(self._senders)
        outcome = sender.slack.check()
        if not isinstance(outcome, Posted):
            self._health.fails(SLACK, f"{sender.name}: {outcome_label(outcome)}")
        elif not any(one.state.problem for one in self._senders):
            self._health.answers(SLACK)

    def note_work(self, *, has_worked: bool) -> None:
        """After a round of work."""
        problems = [f"{one.name}: {one.state.problem}" for one in self._senders if one.state.problem]
        if problems:
            self._health.fails(SLACK, "; ".join(problems))
        elif has_worked:
            self._health.answers(SLACK)

    def stand_by(self) -> None:
        """Another process posts now: what this one met before says nothing, what it would meet is asked."""
        for sender in self._senders:
            sender.state.is_well()
        self.look()
