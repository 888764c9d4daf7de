"""Metrics of the way to Slack and beside it, declared. ``channel`` is a name of routing.toml, a closed set."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from services.alerts.edit_pace import EditReason

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
HELD_OLDEST_SECONDS = Gauge(
    "policy_signals_held_oldest_seconds", "How long the oldest alert has waited on purpose; 0 when none.", ["channel"]
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
SIGN_OF_LIFE = Gauge(
    "policy_signals_sign_of_life_timestamp_seconds",
    "Wall time of the last daily sign of life that Slack took, or since when there are any; 0 where none is asked for.",
)
OF_EACH_CHANNEL = (
    *(QUEUE_LENGTH, QUEUE_OLDEST_SECONDS, CHANNEL_PAUSED_SECONDS, CHANNEL_REFUSES),
    *(HELD, HELD_OLDEST_SECONDS, HANDED_OVER),
)
for _reason in EditReason:
    EDITS.labels(reason=_reason.value)
