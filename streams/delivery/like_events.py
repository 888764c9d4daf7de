"""Which message's thread a new alert joins in a channel, because a like event was told there a short while ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.alerts.alert import Alert, DeliveryState, Receipt, Silence, SilenceReason
from services.alerts.alert_memory import AlertMemory
from services.alerts.cooldown import Told, event_key, find_cooling
from services.alerts.delivery_channels import find_ways
from services.alerts.delivery_trace import explain_cooldown
from services.alerts.holding import HoldRules, find_cooldown
from services.alerts.repeat import NOT_POSTED, first_word
from services.alerts.routing import RoutingTable
from services.alerts.silence import silence_signal
from streams import metrics
from streams.delivery import delivery_metrics
from streams.delivery.channel_sender import ChannelSender
from streams.delivery.delivery_traces import DeliveryTraces
from streams.delivery.pacing import WaitingClock


class LikeEvents:
    """Asked before each first post; what it knows are the last alerts and the attempt log."""

    def __init__(
        self,
        table: RoutingTable,
        rules: HoldRules,
        recent: AlertMemory,
        clock: WaitingClock,
        tell_silence: Callable[[Silence], None],
    ) -> None:
        self._table = table
        self._rules = rules
        self._recent = recent
        self._clock = clock
        self._tell_silence = tell_silence
        self._said: set[tuple[str, str]] = set()
        self.traces: DeliveryTraces | None = None

    def find_thread(self, alert: Alert, sender: ChannelSender) -> str:
        """Slack's id of the message to join; empty: the alert stands by itself. An attempt once made stays as it is."""
        last = sender.last(alert.alert_id)
        if last is not None and not _is_free(last):
            return last.thread_ts
        ways = find_ways(alert, self._table).get(sender.name, ())
        rule = find_cooldown(ways, self._rules) if ways else None
        if rule is None:
            return ""
        cooling = find_cooling(alert, self._clock.now(), self._told_in(sender), rule)
        root = None if cooling is None else sender.last(cooling.root)
        if cooling is None or root is None or root.slack_ts is None:
            return ""
        self._say_silent(alert, sender, f"like alert {cooling.root}, until {cooling.until:%H:%M} UTC")
        if self.traces is not None:
            self.traces.said(alert, sender.name, explain_cooldown(alert, cooling, rule, self._clock.now()))
        return root.slack_ts

    def _told_in(self, sender: ChannelSender) -> list[Told]:
        found = []
        for alert in self._recent.by_id.values():
            key, receipt = event_key(alert), sender.last(alert.alert_id)
            if key is None or receipt is None or receipt.slack_ts is None or receipt.digest_id:
                continue
            at = datetime.fromtimestamp(float(receipt.slack_ts), UTC)
            severity = receipt.severity or alert.severity
            found.append(Told(alert_id=alert.alert_id, key=key, at=at, severity=severity, rang=not receipt.thread_ts))
        return found

    def _say_silent(self, alert: Alert, sender: ChannelSender, why: str) -> None:
        """Once, however often the post is tried."""
        mark = (alert.alert_id, sender.name)
        if mark in self._said:
            return
        if len(self._said) > 10_000:
            self._said.clear()
        self._said.add(mark)
        event_now = self._clock.now() + timedelta(milliseconds=alert.clock_offset_ms)
        self._tell_silence(
            silence_signal(alert.signal, SilenceReason.COOLDOWN, f"{sender.name}: {why}; its thread has it", event_now)
        )
        metrics.SILENCES.labels(reason=SilenceReason.COOLDOWN.value).inc()
        delivery_metrics.JOINED.inc()


def _is_free(last: Receipt) -> bool:
    """No message of it can exist."""
    if last.state is DeliveryState.HELD:
        return True
    return last.state is DeliveryState.ATTEMPT and last.slack_ts is None and first_word(last.detail) == NOT_POSTED
