"""``policy.alerts`` -> Slack: one message per alert, edited in place; each attempt stands in ``policy.alerts.log``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from config.catalogue import load_catalogue
from config.settings import Settings
from services.alerts.alert import Alert, Receipt
from services.alerts.repeat import Decision
from services.alerts.slack_message import render
from streams import codec, metrics
from streams.attempt_log import AttemptLog, KafkaAttemptLog
from streams.clock import monotonic, shift, wall_clock
from streams.consumer_loop import ConsumerLoop
from streams.delivery import Delivery
from streams.health import Health, Surroundings
from streams.kafka import Outbox, Record
from streams.logs import log
from streams.pacing import Pacing, SystemClock
from streams.process import read_surroundings, run_loop
from streams.slack import SlackChannel, connect_slack
from streams.slack_outcome import Posted, outcome_label
from streams.slack_sweep import sweep_copies
from streams.topics import POLICY_ALERTS

PROCESS = "slack_notifier"
SWEEP_SECONDS = 300.0
CHECK_SECONDS = 30.0


class SlackNotifier:
    """Brings the channel up to each revision, at least once and visibly never twice."""

    def __init__(self, settings: Settings, slack: SlackChannel, pacing: Pacing, health: Health) -> None:
        self._settings = settings
        self._slack = slack
        self._attempts: AttemptLog = KafkaAttemptLog(settings)
        self._delivery = Delivery(slack, self._attempts, pacing, SystemClock())
        self._health = health
        self._names = load_catalogue().names()
        self._check_at = 0.0
        self._sweep_at = monotonic() + SWEEP_SECONDS

    def rebuild(self) -> None:
        """Read the attempt log whole; another process may have written to it. Raises Unavailable."""
        self._attempts.rebuild()
        self._check_slack()

    def handle(self, record: Record) -> None:
        """Post, edit or skip one revision. Raises Unavailable when Slack cannot take it now."""
        alert = codec.decode(Alert, record.value)
        now = shift(wall_clock, record.clock_offset_ms)
        posted_at = find_posted_at(self._attempts.last(alert.alert_id, self._settings.slack_channel), alert)
        payload = render(alert, self._names, now, label=self._settings.card_label, posted_at=posted_at)
        delivered = self._delivery.deliver(alert, payload)
        self._health.answers("slack")
        decision = delivered.repeat.decision
        metrics.DELIVERIES.labels(decision=decision.value).inc()
        if decision is Decision.POST:
            taken = shift(wall_clock, record.clock_offset_ms) - alert.signal.scored_at
            metrics.STAGE_SECONDS.labels(stage="scored_to_posted").observe(max(0.0, taken.total_seconds()))
        log.info("delivered", alert_id=alert.alert_id, revision=alert.revision, decision=decision.value)

    def idle(self, caught_up: bool) -> None:
        """Every five minutes, remove copies that an unknown outcome may have left."""
        if monotonic() >= self._check_at:
            self._check_slack()
        if monotonic() >= self._sweep_at:
            self._sweep_at = monotonic() + SWEEP_SECONDS
            swept = sweep_copies(self._slack, self._attempts, SystemClock())
            metrics.COPIES_REMOVED.inc(swept.deleted)

    def _check_slack(self) -> None:
        """Token, scopes and channel, for ``/readyz``; posting goes by what posting itself meets."""
        self._check_at = monotonic() + CHECK_SECONDS
        outcome = self._slack.check()
        if isinstance(outcome, Posted):
            self._health.answers("slack")
        else:
            self._health.fails("slack", outcome_label(outcome))

    def oldest_needed(self, partition: int) -> int | None:
        """Each alert is done when it is handled."""
        return None


def find_posted_at(last: Receipt | None, alert: Alert) -> datetime | None:
    """Event time of the first post: Slack's own message id is its wall time in seconds. None before it."""
    if last is None or last.slack_ts is None:
        return None
    return datetime.fromtimestamp(float(last.slack_ts), UTC) + timedelta(milliseconds=alert.clock_offset_ms)


def build() -> tuple[Surroundings, ConsumerLoop]:
    """Wire the process from the environment; raises Misconfigured, also without token and channel."""
    surroundings = read_surroundings("kafka", "slack")
    settings, health = surroundings.settings, surroundings.health
    settings.require_slack()
    slack = connect_slack(settings.slack_channel, settings.slack_bot_token.reveal, api_url=settings.slack_api_url)
    # Before each call the pacing asks the loop, which is made below, whether this process is still the owner.
    pacing = Pacing(SystemClock(), settings.slack_pace_seconds, lambda: loop.is_owner())  # noqa: PLW0108
    notifier = SlackNotifier(settings, slack, pacing, health)
    loop = ConsumerLoop(surroundings, PROCESS, POLICY_ALERTS, notifier, Outbox(settings))
    # One at a time: a message to Slack takes a second, and a rebalance must not find a batch half sent.
    loop.max_poll_records = 1
    return surroundings, loop


def main() -> None:
    """Run until told to stop."""
    run_loop(PROCESS, *build())
