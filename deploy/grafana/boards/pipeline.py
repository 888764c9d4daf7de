"""For whoever is on call: the seven hops of an article left to right, how fast, how far behind, what went wrong."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.hops import HOPS
from deploy.grafana.boards.incoming import COMES_IN
from deploy.grafana.boards.pages import Page, Row
from deploy.grafana.boards.panels import BAD, DOUBTFUL, GOOD, PLAIN, Panel, Query, quantile
from deploy.grafana.boards.reading import READING
from deploy.grafana.boards.running import RUNS

UP_OR_DOWN = (("0", "down", BAD), ("1", "up", GOOD))
OBJECTIVE_SECONDS = 10


WORKING = Row(
    title="Is it working?",
    panels=(
        Panel(
            title="Processes",
            description="Does each process answer Prometheus?",
            unit="none",
            kind="numbers",
            queries=(Query(expr='up{job!="prometheus"}', legend="{{job}}"),),
            words=UP_OR_DOWN,
            height=4,
            width=16,
            runbook="ProcessDown",
        ),
        Panel(
            title="Cards within 10 s",
            description="Objective: 99 of 100 cards stand in Slack within 10 s of the reading. Over the chosen time.",
            unit="percentunit",
            kind="numbers",
            queries=(
                Query(
                    expr='sum(increase(policy_signals_stage_seconds_bucket{stage="scored_to_posted",le="10.0"}[$__range]))'
                    ' / sum(increase(policy_signals_stage_seconds_count{stage="scored_to_posted"}[$__range]))',
                    legend="in time",
                ),
            ),
            steps=((None, BAD), (0.95, DOUBTFUL), (0.99, GOOD)),
            nothing="no card in this time",
            width=4,
            height=4,
            runbook="LatencyBudgetBurnsFast",
        ),
        Panel(
            title="Records set aside",
            description="Records that could not be read, since the processes started; they lie on the topic's .dlq twin.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_dead_letters_total)", legend="set aside"),),
            steps=((None, GOOD), (1, DOUBTFUL)),
            width=4,
            height=4,
            runbook="RecordsSetAside",
        ),
        Panel(
            title="What they depend on",
            description="Did Kafka, Redis and Slack answer last time, as each process saw it?",
            unit="none",
            kind="numbers",
            queries=(Query(expr="policy_signals_dependency_up", legend="{{job}}: {{dependency}}"),),
            words=UP_OR_DOWN,
            height=4,
            width=24,
            runbook="DependencyDown",
        ),
    ),
)

FAST = Row(
    title="How fast?",
    panels=(
        Panel(
            title="From published to verdict, 99 of 100",
            description="Published to received is the source's and the feed's time; received to scored and scored to posted"
            " are ours, and together must stay under 10 s; posted to verdict waits for the close. A diamond is one alert: its id answers `policy-signals why`.",
            unit="s",
            queries=(
                Query(expr=quantile(0.99, "policy_signals_stage_seconds", "le, stage"), legend="{{stage}}", marks=True),
            ),
            steps=((None, PLAIN), (OBJECTIVE_SECONDS, BAD)),
            nothing="nothing in this time",
            log=True,
            runbook="CardsAreLate",
        ),
        Panel(
            title="From published to verdict, half",
            description="Half were faster than this. A wide distance to the 99 means single slow cards, not a slow line.",
            unit="s",
            queries=(Query(expr=quantile(0.5, "policy_signals_stage_seconds", "le, stage"), legend="{{stage}}"),),
            nothing="nothing in this time",
            log=True,
            runbook="CardsAreLate",
        ),
        Panel(
            title="Measuring the market for one alert",
            description="Time to measure all instruments of one alert; it grows with slow answers of Redis.",
            unit="s",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_measure_seconds"), legend="half were faster"),
                Query(expr=quantile(0.99, "policy_signals_measure_seconds"), legend="99 of 100 were faster"),
            ),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
    ),
)

BEHIND = Row(
    title="How far behind?",
    panels=(
        Panel(
            title="Lag in records",
            description="Records on Kafka that a process has not handled, by topic.",
            unit="short",
            queries=(Query(expr="sum by (job, topic) (policy_signals_lag_messages)", legend="{{job}}: {{topic}}"),),
            bounds=(0, None),
            runbook="FarBehind",
        ),
        Panel(
            title="Lag in seconds",
            description="Event time between now and the last record handled, the slowest partition; 0 when caught up.",
            unit="s",
            queries=(Query(expr="max by (job, topic) (policy_signals_lag_seconds)", legend="{{job}}: {{topic}}"),),
            steps=((None, PLAIN), (60, BAD)),
            bounds=(0, None),
            runbook="FarBehind",
        ),
        Panel(
            title="Oldest record not handled",
            description="Age of the oldest record that a process has in hand: it climbs while something is waited for.",
            unit="s",
            queries=(Query(expr="max by (job) (policy_signals_oldest_unprocessed_seconds)", legend="{{job}}"),),
            bounds=(0, None),
            runbook="FarBehind",
        ),
        Panel(
            title="Since the last turn of each loop",
            description="Seconds since each working loop last went round, records or not. More than a minute is a process"
            " that hangs although it answers.",
            unit="s",
            queries=(Query(expr="time() - (policy_signals_heartbeat_timestamp_seconds > 0)", legend="{{job}}"),),
            steps=((None, PLAIN), (60, BAD)),
            bounds=(0, None),
            runbook="LoopStandsStill",
        ),
        Panel(
            title="Since each process last handled a record",
            description="Long is normal for news; a line that climbs while its lag climbs is a process that is stuck.",
            unit="s",
            queries=(Query(expr="time() - (policy_signals_last_progress_timestamp_seconds > 0)", legend="{{job}}"),),
            nothing="nothing handled yet",
            bounds=(0, None),
            runbook="FarBehind",
        ),
        Panel(
            title="Saturation",
            description="Share of one processor core that each process uses: near 1 it can take no more.",
            unit="percentunit",
            queries=(Query(expr="rate(process_cpu_seconds_total[$__rate_interval])", legend="{{job}}"),),
            steps=((None, PLAIN), (0.9, BAD)),
            bounds=(0, None),
            runbook="FarBehind",
        ),
    ),
)

WRONG = Row(
    title="What went wrong?",
    panels=(
        Panel(
            title="Records set aside by reason",
            description="Records that could not be read, by topic and reason, in the chosen time.",
            unit="short",
            kind="table",
            queries=(
                Query(
                    expr="topk(15, sum by (topic, reason) (increase(policy_signals_dead_letters_total[$__range])))",
                    legend="set aside",
                ),
            ),
            runbook="RecordsSetAside",
        ),
        Panel(
            title="Retries",
            description="Records put back because something did not answer; they are tried again, not lost. Which hop: the table above.",
            unit="ops",
            queries=(
                Query(
                    expr="sum by (what) (rate(policy_signals_retries_total[$__rate_interval]))",
                    legend="{{what}}",
                ),
            ),
            bounds=(0, None),
            runbook="DependencyDown",
        ),
        Panel(
            title="Traces",
            description="Traces of decisions a second: what is dropped is missing from `policy-signals why`.",
            unit="ops",
            queries=(
                Query(
                    expr="sum by (outcome) (rate(policy_signals_traces_total[$__rate_interval]))", legend="{{outcome}}"
                ),
            ),
            bounds=(0, None),
            runbook="TracesDropped",
        ),
        Panel(
            title="Silences by reason",
            description="Decisions to send nothing, by reason. A reason that takes over is a source or a model that changed.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (reason) (increase(policy_signals_silences_total[$__rate_interval]))",
                    legend="{{reason}}",
                ),
            ),
            width=12,
            many=True,
            runbook="Pipeline",
        ),
        Panel(
            title="Articles by outcome",
            description="What became of each article read: a signal, or the reason why nothing was said.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (outcome) (increase(policy_signals_articles_total[$__rate_interval]))",
                    legend="{{outcome}}",
                ),
            ),
            width=12,
            many=True,
            runbook="Pipeline",
        ),
    ),
)

PIPELINE = Page(
    name="pipeline",
    title="Pipeline",
    description="From an article to a card in Slack: is it working, how fast, how far behind, what went wrong.",
    rows=(WORKING, HOPS, FAST, BEHIND, WRONG, COMES_IN, READING, RUNS),
)
