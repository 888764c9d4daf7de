"""Metrics: closed labels, there from the start, counted where the thing happens."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, generate_latest

from services.alerts.alert import Agreement, Severity, SilenceReason
from services.alerts.repeat import Decision
from services.market.bars.aggregation import BarAggregator
from services.market.ticks.ticks import TICK_REASONS
from services.signals.signal import Tone
from streams import metrics
from streams.slack.client import SlackChannel
from streams.slack.outcome import Doubt, Posted, RateLimited, RefusalLevel, Refused, Unknown, outcome_label
from streams.slack_stand_in.faults import InMemorySlack, ScriptedSlack
from streams.slack_stand_in.workspace import Workspace
from streams.topics import TOPICS

ROOT = Path(__file__).parents[2]
READ_BY = {
    "news.articles": ["services/news/parsing.py"],
    "market.ticks": [
        f"streams/ticks/{name}.py"
        for name in ("tick_formats", "tick_intake", "tick_arrow", "arrow_envelope", "arrow_words")
    ],
    "policy.signals": ["streams/codec.py"],
    "market.bars": ["streams/codec.py"],
    "policy.alerts": ["streams/codec.py"],
}
SILENT_AT_START = {"policy_signals_dependency_up", "policy_signals_calendar_days_left"} | {
    # Labelled with catalogue ids, exchanges or partitions: the one process that serves them makes them when it starts.
    *("policy_signals_sector_tone_index", "policy_signals_sector_news_heat_ratio"),
    *("policy_signals_regulator_tone_index", "policy_signals_regulator_news_weight"),
    *("policy_signals_exchange_open", "policy_signals_last_bar_timestamp_seconds"),
    *("policy_signals_stale_instruments", "policy_signals_instrument_last_bar_timestamp_seconds"),
    "policy_signals_latest_alert_timestamp_seconds",
    *("policy_signals_lag_messages", "policy_signals_lag_seconds"),
    *("policy_signals_feed_polls", "policy_signals_feed_last_answer_timestamp_seconds"),
    "policy_signals_feed_last_entry_timestamp_seconds",
    "policy_signals_feed_quiet_ratio",
    # Labelled with the channels of routing.toml: the notifier makes them when it has read it.
    *(f"policy_signals_{name}" for name in ("queue_length", "queue_oldest_seconds", "channel_paused_seconds")),
    *(
        f"policy_signals_{name}"
        for name in ("channel_refuses", "held", "held_oldest_seconds", "handed_over", "output_tries")
    ),
}


def reasons_in(file: str) -> set[str]:
    """Every word that a module gives to Unreadable, and the words that parsing.py chooses between."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    given = [call.args[0] for call in calls if call.func.id == "Unreadable"]  # type: ignore[attr-defined]
    chosen = [node for node in ast.walk(tree) if isinstance(node, ast.IfExp)] if "parsing" in file else []
    constants = [part for node in [*given, *chosen] for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return {str(part.value) for part in constants if isinstance(part.value, str) and " " not in part.value} - {
        "zh",
        "en",
        "",
    }


def value_of(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_every_labelled_series_stands_at_zero_from_the_start() -> None:
    """A counter born at 1 hides its first event from increase(): the first dead letter would alarm nobody."""
    served = generate_latest().decode()
    for metric in vars(metrics).values():
        if getattr(metric, "_labelnames", ()) and metric._name not in SILENT_AT_START:
            assert f"\n{metric._name}" in served.replace("_total{", "{").replace("_bucket{", "{"), metric._name
            assert next(iter(metric.collect())).samples, metric._name


@pytest.mark.parametrize(
    ("series", "labels"),
    [
        *(("policy_signals_signals_total", {"tone": tone.value}) for tone in Tone),
        *(("policy_signals_silences_total", {"reason": reason.value}) for reason in SilenceReason),
        *(("policy_signals_verdicts_total", {"agreement": agreement.value}) for agreement in Agreement),
        *(("policy_signals_deliveries_total", {"decision": decision.value}) for decision in Decision),
        *(
            ("policy_signals_alerts_total", {"severity": severity.value, "tone": "restrictive"})
            for severity in Severity
        ),
        *(("policy_signals_alert_revisions_total", {"cause": cause}) for cause in ("raised", "report", "to_close")),
        *(("policy_signals_stage_seconds_count", {"stage": stage}) for stage in metrics.STAGES),
    ],
)
def test_every_word_of_a_closed_set_has_its_series(series: str, labels: dict[str, str]) -> None:
    """The enum is the metric label: a new word must appear on the dashboard by itself."""
    assert value_of(series, **labels) is not None


@pytest.mark.parametrize("topic", sorted(READ_BY))
def test_every_reason_for_a_dead_letter_is_declared(topic: str) -> None:
    """The closed set is what the code can say, no more and no less."""
    declared = set(metrics.DEAD_LETTER_REASONS[topic])
    assert declared - {"internal_error"} == set.union(*(reasons_in(file) for file in READ_BY[topic]))
    assert value_of("policy_signals_dead_letters_total", topic=topic, reason="internal_error") is not None


def test_every_topic_with_a_dead_letter_twin_has_its_reasons() -> None:
    """A new topic must not be forgotten here."""
    assert set(metrics.DEAD_LETTER_REASONS) == {topic.name for topic in TOPICS if topic.has_dead_letters}


def test_every_outcome_of_a_tick_is_declared() -> None:
    """What the checks refuse, what the aggregator counts, and the jump filter."""
    assert set(metrics.TICK_OUTCOMES) == TICK_REASONS | set(BarAggregator().counts) | {"jump"}
    assert len(set(metrics.TICK_OUTCOMES)) == len(metrics.TICK_OUTCOMES)


def test_every_outcome_of_a_slack_call_is_declared() -> None:
    """The rules alarm on refused_token and refused_channel by name."""
    outcomes = [Posted("1"), RateLimited(1.0), *(Refused(level, "no") for level in RefusalLevel)]
    labels = {outcome_label(outcome) for outcome in [*outcomes, *(Unknown(doubt) for doubt in Doubt)]}
    assert labels | {"read"} == set(metrics.SLACK_OUTCOMES)


def test_slack_calls_are_counted_by_method_and_outcome() -> None:
    """The alarm that Slack refuses the bot counts these."""
    scripted = ScriptedSlack(Workspace("xoxb-test", ("C0TEST",)))
    name = "policy_signals_slack_calls_total"
    checked = {"method": "conversations.history", "outcome": "posted"}
    refused = {"method": "chat.delete", "outcome": "refused_token"}
    before = [value_of(name, **labels) or 0.0 for labels in (checked, refused)]
    SlackChannel(InMemorySlack(scripted, "xoxb-test"), "C0TEST").check()
    SlackChannel(InMemorySlack(scripted, "xoxb-wrong"), "C0TEST").delete("1.1")
    assert [value_of(name, **labels) for labels in (checked, refused)] == [count + 1.0 for count in before]
