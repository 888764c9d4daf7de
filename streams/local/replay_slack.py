"""Slack for a replay: the real delivery procedure on a channel that keeps every call instead of sending it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from services.alerts.alert import Alert
from services.alerts.corrections import strike
from services.alerts.slack_message import render
from streams.delivery.attempt_log import InMemoryAttemptLog
from streams.delivery.deliver import Delivery
from streams.delivery.pacing import Pacing
from streams.slack.client import Card, Copy
from streams.slack.outcome import Outcome, Posted

CHANNEL = "C0REPLAY00"


class EventClock:
    """A clock that the replay sets; waiting passes no time."""

    def __init__(self) -> None:
        self.at = datetime(1970, 1, 1, tzinfo=UTC)
        self._waited = 0.0

    def now(self) -> datetime:
        """Event time."""
        return self.at

    def monotonic(self) -> float:
        """Event time in seconds, and what was waited."""
        return self.at.timestamp() + self._waited

    def wait(self, seconds: float) -> None:
        """Waited at once."""
        self._waited += seconds


class RecordedChannel:
    """A Slack channel that accepts everything and remembers each call with its payload."""

    channel = CHANNEL

    def __init__(self, clock: EventClock) -> None:
        self._clock = clock
        self.calls: list[dict[str, object]] = []

    def post(self, card: Card) -> Outcome:
        """Accepted; the message id is the number of the call."""
        return self._record("chat.postMessage", f"{self._clock.at.timestamp():.0f}.{len(self.calls):06d}", card)

    def update(self, ts: str, card: Card) -> Outcome:
        """Accepted."""
        return self._record("chat.update", ts, card)

    def delete(self, ts: str) -> Outcome:
        """Accepted."""
        return Posted(ts)

    def find_by_alert_id(self, alert_id: str, since: datetime) -> tuple[Copy, ...]:
        """Nothing is ever in doubt here."""
        return ()

    def find_reply(self, card: Card, since: datetime) -> tuple[Copy, ...]:
        """Nothing is ever in doubt here."""
        return ()

    def read_copies(self, since: datetime) -> tuple[Copy, ...]:
        """Nothing is ever in doubt here."""
        return ()

    def _record(self, method: str, ts: str, card: Card) -> Outcome:
        call = {"method": method, "at": self._clock.at, "channel": CHANNEL, "ts": ts, "alert_id": card.alert_id}
        self.calls.append({**call, "revision": card.revision, "text": card.text, "blocks": card.blocks})
        return Posted(ts)


class ReplaySlack:
    """Renders and delivers each revision as the notifier would."""

    def __init__(self, names: Mapping[str, str], label: str = "") -> None:
        self._names = names
        self._label = label
        self._clock = EventClock()
        self._log = InMemoryAttemptLog()
        self.channel = RecordedChannel(self._clock)
        self._delivery = Delivery(self.channel, self._log, Pacing(self._clock, 0.0), self._clock)
        self._posted_at: dict[str, datetime] = {}

    def deliver(self, alert: Alert, at: datetime) -> None:
        """Post or edit at event time ``at``."""
        self._clock.at = at
        posted_at = self._posted_at.setdefault(alert.alert_id, at + timedelta(0))
        payload = render(alert, self._names, at, label=self._label, posted_at=posted_at)
        self._delivery.deliver(alert, strike(payload, alert))
