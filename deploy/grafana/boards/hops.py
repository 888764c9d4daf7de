"""The way of an article, hop by hop: one line each with rate, latency, backlog, retries and what could not be read."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from dataclasses import dataclass

from deploy.grafana.boards.pages import Row
from deploy.grafana.boards.panels import Panel, Query


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One line of the table. Empty parts have no number: a hop without a topic of its own has no backlog."""

    name: str
    counted: str
    """A counter."""
    latency: str = ""
    """A histogram: its name, and the one stage of it where it has several."""
    stage: str = ""
    job: str = ""
    topic: str = ""
    """What ``job`` reads."""


POSTED = 'policy_signals_slack_calls_total{method=~"chat.postMessage|chat.update",outcome="posted"}'
THE_HOPS = (
    Hop(
        name="1 article received",
        counted='policy_signals_stage_seconds_count{stage="published_to_received"}',
        latency="policy_signals_stage_seconds",
        stage="published_to_received",
        job="news_consumer",
        topic="news.articles",
    ),
    Hop(name="2 article read", counted="policy_signals_articles_total", latency="policy_signals_reading_seconds"),
    Hop(
        name="3 signal sent on",
        counted="policy_signals_signals_total",
        latency="policy_signals_stage_seconds",
        stage="received_to_scored",
    ),
    Hop(name="4 prices kept", counted="policy_signals_ticks_total", job="tick_aggregator", topic="market.ticks"),
    Hop(
        name="5 market measured",
        counted="policy_signals_measure_seconds_count",
        latency="policy_signals_measure_seconds",
        job="correlator",
        topic="policy.signals",
    ),
    Hop(
        name="6 card in Slack",
        counted=POSTED,
        latency="policy_signals_stage_seconds",
        stage="scored_to_posted",
        job="slack_notifier",
        topic="policy.alerts",
    ),
    Hop(
        name="7 verdict given",
        counted="policy_signals_final_verdicts_total",
        latency="policy_signals_stage_seconds",
        stage="posted_to_verdict",
    ),
)


def _column(numbers: list[tuple[str, str]]) -> str:
    """PromQL: each (hop, number) as a series with the label ``hop``."""
    return " or ".join(f'label_replace({number}, "hop", "{name}", "", "")' for name, number in numbers)


def _quantile(share: float, hop: Hop) -> str:
    chosen = f'{{stage="{hop.stage}"}}' if hop.stage else ""
    return f"histogram_quantile({share}, sum by (le) (increase({hop.latency}_bucket{chosen}[$__range])))"


def _hops_table() -> Panel:
    read = [hop for hop in THE_HOPS if hop.topic]
    timed = [hop for hop in THE_HOPS if hop.latency]
    lag = [(hop.name, f'job="{hop.job}",topic="{hop.topic}"') for hop in read]
    return Panel(
        title="Hop by hop",
        description="Top to bottom is the way of an article. Count and latency over the chosen time, backlog now, retries and"
        " records set aside since the start. The first hop with a backlog is the one to look at.",
        unit="short",
        kind="table",
        queries=(
            Query(expr=_column([(hop.name, f"round(sum(increase({hop.counted}[$__range])))") for hop in THE_HOPS]), legend="count"),
            Query(expr=_column([(hop.name, f"sum(rate({hop.counted}[$__range]))") for hop in THE_HOPS]), legend="a second", unit="ops"),
            Query(expr=_column([(hop.name, _quantile(0.5, hop)) for hop in timed]), legend="half within", unit="s"),
            Query(expr=_column([(hop.name, _quantile(0.99, hop)) for hop in timed]), legend="99 of 100 within", unit="s"),
            Query(expr=_column([(name, f"sum(policy_signals_lag_messages{{{chosen}}})") for name, chosen in lag]), legend="backlog"),
            Query(expr=_column([(name, f"max(policy_signals_lag_seconds{{{chosen}}})") for name, chosen in lag]), legend="behind by", unit="s"),
            Query(expr=_column([(hop.name, f'sum(policy_signals_retries_total{{job="{hop.job}"}})') for hop in read]), legend="retries"),
            Query(expr=_column([(hop.name, f'sum(policy_signals_dead_letters_total{{topic="{hop.topic}"}})') for hop in read]), legend="set aside"),
        ),
        order=("hop",),
        width=24,
        height=9,
        runbook="Pipeline",
    )  # fmt: skip


def _count(title: str, description: str, expr: str) -> Panel:
    return Panel(
        title=title,
        description=description,
        unit="short",
        kind="numbers",
        queries=(Query(expr=expr, legend=title.lower()),),
        width=3,
        height=4,
        runbook="Pipeline",
    )


HOPS = Row(
    title="Hop by hop, from an article to its verdict",
    panels=(
        _hops_table(),
        _count("Articles in", "Articles taken from Kafka and decided on, since the start.", "sum(policy_signals_articles_total)"),
        _count("Not readable", "Articles that could not be parsed and were set aside.",
               'sum(policy_signals_dead_letters_total{topic="news.articles"})'),
        _count("Signals", "Articles that speak of a policy act.", "sum(policy_signals_signals_total)"),
        _count("Silent", "Decisions to send nothing, each with its reason.", "sum(policy_signals_silences_total)"),
        _count("Alerts", "Alerts raised.", "sum(policy_signals_alerts_total)"),
        _count("Revisions", "Versions of alerts that the notifier decided on.", "sum(policy_signals_deliveries_total)"),
        _count("In Slack", "Messages posted and edited.", f"sum({POSTED})"),
        _count("Late", "Articles that came too late for a message of their own; they stand in the next brief.",
               'sum(policy_signals_silences_total{reason="late"})'),
    ),
)  # fmt: skip
