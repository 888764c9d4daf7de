"""What the way to Slack counts, and when; declared in delivery_metrics.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.delivery_queue import ChannelQueue
from services.alerts.repeat import Decision
from services.market.reaction import Window
from streams import metrics
from streams.clock import wall_clock
from streams.delivery.deliver import Delivered
from streams.delivery.delivery_metrics import (
    CHANNEL_REFUSES,
    OF_EACH_CHANNEL,
    OUTPUT_OUTCOMES,
    OUTPUT_TRIES,
    QUEUE_LENGTH,
    QUEUE_OLDEST_SECONDS,
)
from streams.watching.exemplars import mark_with


def declare_channels(names: Iterable[str]) -> None:
    """Every series of every channel, at zero."""
    for name in names:
        for metric in OF_EACH_CHANNEL:
            metric.labels(channel=name)


def declare_outputs(names: Iterable[str]) -> None:
    """Every series of every output beside Slack, at zero."""
    for name in names:
        for outcome in OUTPUT_OUTCOMES:
            OUTPUT_TRIES.labels(channel=name, outcome=outcome)


def show_queue(name: str, queue: ChannelQueue, now: float, *, is_refused: bool) -> None:
    """Length and age of a queue; ``now`` is of the clock that never jumps."""
    since = queue.oldest_since()
    QUEUE_LENGTH.labels(channel=name).set(len(queue))
    QUEUE_OLDEST_SECONDS.labels(channel=name).set(0.0 if since is None else now - since)
    CHANNEL_REFUSES.labels(channel=name).set(is_refused)


def show_last_post(receipts: Iterable[Receipt]) -> None:
    """After a restart: when Slack last took something, as the attempt log knows it."""
    taken = (one.at.timestamp() for one in receipts if one.state is DeliveryState.SENT)
    metrics.LAST_POST.set(max(taken, default=0.0))


def count_delivered(alert: Alert, delivered: Delivered, now: datetime, posted_at: datetime | None) -> None:
    """Count one revision that was handled; ``now`` and ``posted_at`` are event times."""
    receipt, decision = delivered.receipt, delivered.repeat.decision
    metrics.DELIVERIES.labels(decision=decision.value).inc()
    if receipt is not None and receipt.state is DeliveryState.PARKED and decision is not Decision.SKIP_PARKED:
        metrics.PARKED.inc()
        return
    marked = mark_with("alert_id", alert.alert_id)
    if decision is Decision.POST:
        taken = now - alert.signal.scored_at
        metrics.STAGE_SECONDS.labels(stage="scored_to_posted").observe(max(0.0, taken.total_seconds()), marked)
        if receipt is not None and receipt.slack_ts is not None:
            metrics.SLACK_CLOCK_SKEW.set(wall_clock().timestamp() - float(receipt.slack_ts))
    elif decision is Decision.EDIT and alert.cause == Window.TO_CLOSE.value and posted_at is not None:
        taken = now - posted_at
        metrics.STAGE_SECONDS.labels(stage="posted_to_verdict").observe(max(0.0, taken.total_seconds()), marked)
