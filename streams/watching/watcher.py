"""Follows the line from outside, by its topics: what was decided, what was sent, how far the tape has come."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from kafka.errors import KafkaError

from config.settings import Settings
from services.alerts.alert import Alert, DeliveryState, Receipt, Silence
from services.errors import Unavailable, Unreadable
from services.market.bars.bar_frame import BarFrame
from services.market.reaction import Window
from services.signals.signal import PolicySignal
from streams import codec
from streams.broker.kafka import Record, as_record, connect_consumer
from streams.clock import monotonic
from streams.topics import MARKET_BARS, POLICY_ALERTS, POLICY_ALERTS_LOG, POLICY_SIGNALS, POLICY_SILENCES

TOLD_TOPICS = (POLICY_SIGNALS, POLICY_SILENCES, MARKET_BARS, POLICY_ALERTS, POLICY_ALERTS_LOG)


class Watcher(threading.Thread):
    """Reads the topics of the line in a thread and keeps what a person wants to know; tells of each message sent."""

    def __init__(self, settings: Settings, on_sent: Callable[[Alert, Receipt], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self._settings = settings
        self._on_sent = on_sent
        self._changed = threading.Condition()
        self._stop_asked = threading.Event()
        self.watermarks: dict[int, int] = {}
        self.signals: dict[str, PolicySignal] = {}
        self.silences: dict[str, Silence] = {}
        self.revisions: dict[str, dict[int, Alert]] = {}
        self.alert_at_ms: dict[tuple[str, int], int] = {}
        self.receipt_at_ms: dict[tuple[str, int], int] = {}
        self._early_receipts: dict[tuple[str, int], tuple[Receipt, int]] = {}

    def run(self) -> None:
        """Poll until stopped; what cannot be read is for the dead-letter topics, not for a watcher."""
        while not self._stop_asked.is_set():
            try:
                consumer = connect_consumer(self._settings, None)
            except Unavailable as error:
                self._stop_asked.wait(error.retry_after)
                continue
            consumer.subscribe([topic.name for topic in TOLD_TOPICS])
            try:
                while not self._stop_asked.is_set():
                    for records in consumer.poll(timeout_ms=50).values():
                        for raw in records:
                            self._take(as_record(raw))
            except KafkaError:
                self._stop_asked.wait(1.0)
            finally:
                consumer.close()

    def stop(self) -> None:
        """End the thread."""
        self._stop_asked.set()
        self.join(timeout=10)

    def wait_for(self, condition: Callable[[Watcher], bool], seconds: float) -> bool:
        """True as soon as the condition holds; False when it does not within ``seconds``."""
        deadline = monotonic() + seconds
        with self._changed:
            while not condition(self):
                left = deadline - monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def is_decided(self, article_id: str) -> bool:
        """True when the article ended in a silence, or in an alert revision that Slack has."""
        if article_id in self.silences:
            return True
        signal = self.signals.get(article_id)
        if signal is None:
            return False
        for alert_id, revisions in self.revisions.items():
            for number, alert in revisions.items():
                if any(report.signal_id == signal.signal_id for report in alert.reports):
                    return self.sent_revision(alert_id) >= number
        return False

    def sent_revision(self, alert_id: str) -> int:
        """The highest revision that Slack has; 0 when none."""
        sent = (revision for known_id, revision in list(self.receipt_at_ms) if known_id == alert_id)
        return max(sent, default=0)

    def is_settled(self) -> bool:
        """True when Slack has the last revision of every alert."""
        return all(
            self.sent_revision(alert_id) >= max(revisions) for alert_id, revisions in list(self.revisions.items())
        )

    def is_complete(self) -> bool:
        """True when every alert was measured at its last horizon."""
        return all(
            any(alert.cause == Window.TO_CLOSE.value for alert in revisions.values())
            for revisions in list(self.revisions.values())
        )

    def edit_latencies_ms(self) -> list[int]:
        """From an alert revision on its topic to its receipt, without the first posts."""
        return [
            at_ms - self.alert_at_ms[key]
            for key, at_ms in self.receipt_at_ms.items()
            if key[1] > 1 and key in self.alert_at_ms
        ]

    def silence_counts(self) -> Counter[str]:
        """Silences by reason."""
        return Counter(silence.reason.value for silence in self.silences.values())

    def _take(self, record: Record) -> None:
        try:
            sent = self._keep(record)
        except Unreadable:
            return
        with self._changed:
            self._changed.notify_all()
        if sent is not None:
            self._on_sent(*sent)

    def _keep(self, record: Record) -> tuple[Alert, Receipt] | None:
        if record.topic == MARKET_BARS.name:
            frame = codec.decode(BarFrame, record.value)
            self.watermarks[frame.shard] = max(frame.watermark, self.watermarks.get(frame.shard, 0))
        elif record.topic == POLICY_SIGNALS.name:
            signal = codec.decode(PolicySignal, record.value)
            self.signals[signal.article_id] = signal
        elif record.topic == POLICY_SILENCES.name:
            silence = codec.decode(Silence, record.value)
            self.silences[silence.article_id] = silence
        elif record.topic == POLICY_ALERTS.name:
            alert = codec.decode(Alert, record.value)
            self.revisions.setdefault(alert.alert_id, {})[alert.revision] = alert
            self.alert_at_ms.setdefault((alert.alert_id, alert.revision), record.timestamp_ms)
            early = self._early_receipts.pop((alert.alert_id, alert.revision), None)
            return None if early is None else self._keep_receipt(*early)
        elif record.value is not None:
            return self._keep_receipt(codec.decode(Receipt, record.value), record.timestamp_ms)
        return None

    def _keep_receipt(self, receipt: Receipt, at_ms: int) -> tuple[Alert, Receipt] | None:
        """The revision with its receipt when Slack has just got it; topics are read in no certain order."""
        if receipt.state is not DeliveryState.SENT:
            return None
        key = (receipt.alert_id, receipt.revision)
        alert = self.revisions.get(receipt.alert_id, {}).get(receipt.revision)
        if alert is None:
            self._early_receipts[key] = (receipt, at_ms)
            return None
        if key in self.receipt_at_ms:
            return None
        self.receipt_at_ms[key] = at_ms
        return alert, receipt
