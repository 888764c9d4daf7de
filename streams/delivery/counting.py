"""Metrics of the way to Slack. Channels are labelled by their names in routing.toml, a closed set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Counter, Gauge

from services.alerts.alert import Alert, DeliveryState
from services.alerts.delivery_queue import ChannelQueue
from services.alerts.edit_pace import EditReason
from services.alerts.repeat import Decision
from services.market.reaction import Window
from streams import metrics
from streams.clock import wall_clock
from streams.delivery.deliver import Delivered

QUEUE_LENGTH = Gauge("policy_signals_queue_length", "Alert revisions that wait for a channel.", ["channel"])
QUEUE_OLDEST_SECONDS = Gauge(
    "policy_signals_queue_oldest_seconds",
    "How long the oldest revision has waited for a channel; 0 when none.",
    ["channel"],
)
CHANNEL_PAUSED_SECONDS = Counter(
    "policy_signals_channel_paused_seconds",
    "Seconds for which Slack asked to be left alone (429), by channel.",
    ["channel"],
)
CHANNEL_REFUSES = Gauge(
    "policy_signals_channel_refuses", "1 while Slack refuses a channel or the token; its queue waits.", ["channel"]
)
COALESCED = Counter("policy_signals_coalesced", "Waiting revisions whose place a newer one took.")
EDITS = Counter("policy_signals_edits", "Edits, by why they left or waited.", ["reason"])
REPLIES = Counter("policy_signals_replies", "Replies in the threads of alerts.")
HELD = Gauge(
    "policy_signals_held", "Alerts that wait on purpose: for the end of quiet hours, a digest or a brief.", ["channel"]
)
OUTPUT_TRIES = Counter(
    "policy_signals_output_tries",
    "Tries at a webhook or a mail server, by what became of them.",
    ["channel", "outcome"],
)
OUTPUT_OUTCOMES = ("sent", "not_sent", "in_doubt", "refused", "content")
BRIEFED = Counter("policy_signals_briefed", "Alerts that waited on purpose and were told in a brief.")
JOINED = Counter("policy_signals_joined", "Alerts that were told in the thread of a like event, within its cooldown.")
DIGESTED = Counter("policy_signals_digested", "Alerts that were told in a digest because too many waited.")
SECOND_ROUTE = Counter(
    "policy_signals_second_route",
    "Error lines in the log because Slack takes nothing, not even in the fallback channel.",
)
HANDED_OVER = Counter(
    "policy_signals_handed_over",
    "Alerts that went to the second route of a channel that does not take them.",
    ["channel"],
)
_OF_EACH_CHANNEL = (QUEUE_LENGTH, QUEUE_OLDEST_SECONDS, CHANNEL_PAUSED_SECONDS, CHANNEL_REFUSES, HELD, HANDED_OVER)
for _reason in EditReason:
    EDITS.labels(reason=_reason.value)


def declare_channels(names: Iterable[str]) -> None:
    """Every series of every channel, at zero."""
    for name in names:
        for metric in _OF_EACH_CHANNEL:
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


def count_delivered(alert: Alert, delivered: Delivered, now: datetime, posted_at: datetime | None) -> None:
    """Count one revision that was handled; ``now`` and ``posted_at`` are event times."""
    receipt, decision = delivered.receipt, delivered.repeat.decision
    metrics.DELIVERIES.labels(decision=decision.value).inc()
    if receipt is not None and receipt.state is DeliveryState.PARKED and decision is not Decision.SKIP_PARKED:
        metrics.PARKED.inc()
        return
    if decision is Decision.POST:
        taken = now - alert.signal.scored_at
        metrics.STAGE_SECONDS.labels(stage="scored_to_posted").observe(max(0.0, taken.total_seconds()))
        if receipt is not None and receipt.slack_ts is not None:
            metrics.SLACK_CLOCK_SKEW.set(wall_clock().timestamp() - float(receipt.slack_ts))
    elif decision is Decision.EDIT and alert.cause == Window.TO_CLOSE.value and posted_at is not None:
        taken = now - posted_at
        metrics.STAGE_SECONDS.labels(stage="posted_to_verdict").observe(max(0.0, taken.total_seconds()))
