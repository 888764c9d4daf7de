"""For whoever is on call: the seven hops of an article left to right, how fast, how far behind, what went wrong."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Page, Row
from deploy.grafana.boards.panels import BAD, DOUBTFUL, GOOD, PLAIN, Panel, Query

UP_OR_DOWN = (("0", "down", BAD), ("1", "up", GOOD))
OBJECTIVE_SECONDS = 10


def quantile(share: float, metric: str, by: str = "le") -> str:
    """PromQL for a quantile of a histogram over the last moments."""
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket[$__rate_interval])))"


def _hop(number: int, title: str, description: str, expr: str) -> Panel:
    return Panel(
        title=f"{number} {title}",
        description=description,
        unit="short",
        kind="numbers",
        queries=(Query(expr=expr, legend=title.lower()),),
        width=3,
        height=4,
        runbook="Pipeline",
    )


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
            height=5,
            runbook="ProcessDown",
        ),
        Panel(
            title="What they depend on",
            description="Did Kafka, Redis and Slack answer last time, as each process saw it?",
            unit="none",
            kind="numbers",
            queries=(Query(expr="policy_signals_dependency_up", legend="{{job}}: {{dependency}}"),),
            words=UP_OR_DOWN,
            height=5,
            runbook="DependencyDown",
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
            height=5,
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
            height=5,
            runbook="RecordsSetAside",
        ),
    ),
)

HOPS = Row(
    title="Seven hops, left to right: how many since the start",
    panels=(
        _hop(1, "Articles in", "Articles taken from Kafka and decided on.", "sum(policy_signals_articles_total)"),
        _hop(2, "Not readable", "Articles that could not be parsed and were set aside.",
             'sum(policy_signals_dead_letters_total{topic="news.articles"})'),
        _hop(3, "Read", "Articles read for tone, companies and story.", "sum(policy_signals_reading_seconds_count)"),
        _hop(4, "Signals", "Articles that speak of a policy act.", "sum(policy_signals_signals_total)"),
        _hop(5, "Measured", "Signals held against prices.", "sum(policy_signals_measure_seconds_count)"),
        _hop(6, "Revisions", "Versions of alerts that the notifier decided on.", "sum(policy_signals_deliveries_total)"),
        _hop(7, "In Slack", "Messages posted and edited.",
             'sum(policy_signals_slack_calls_total{method=~"chat.postMessage|chat.update",outcome="posted"})'),
        _hop(8, "Silent", "Decisions to send nothing, each with its reason.", "sum(policy_signals_silences_total)"),
    ),
)  # fmt: skip

FAST = Row(
    title="How fast?",
    panels=(
        Panel(
            title="From published to verdict, 99 of 100",
            description="Published to received is the source's and the feed's time; received to scored and scored to posted"
            " are ours, and together must stay under 10 s; posted to verdict waits for the close.",
            unit="s",
            queries=(Query(expr=quantile(0.99, "policy_signals_stage_seconds", "le, stage"), legend="{{stage}}"),),
            steps=((None, PLAIN), (OBJECTIVE_SECONDS, BAD)),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
        Panel(
            title="From published to verdict, half",
            description="Half were faster than this. A wide distance to the 99 means single slow cards, not a slow line.",
            unit="s",
            queries=(Query(expr=quantile(0.5, "policy_signals_stage_seconds", "le, stage"), legend="{{stage}}"),),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
        Panel(
            title="Steps of reading, 99 of 100",
            description="Gate, rules, model and linking of one article: the model dominates unless something is wrong.",
            unit="s",
            queries=(Query(expr=quantile(0.99, "policy_signals_reading_step_seconds", "le, step"), legend="{{step}}"),),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
        Panel(
            title="Reading one article",
            description="Time to read one article for tone, companies and story.",
            unit="s",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_reading_seconds"), legend="half were faster"),
                Query(expr=quantile(0.99, "policy_signals_reading_seconds"), legend="99 of 100 were faster"),
            ),
            nothing="nothing in this time",
            bounds=(0, None),
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
        Panel(
            title="Waiting for the second reader",
            description="Time that an article waited for its second reading; flat at nothing where none is configured.",
            unit="s",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_second_reading_seconds"), legend="half were faster"),
                Query(expr=quantile(0.99, "policy_signals_second_reading_seconds"), legend="99 of 100 were faster"),
            ),
            nothing="no second readings",
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

COMES_IN = Row(
    title="Where does news come from?",
    panels=(
        Panel(
            title="Entries of feeds",
            description="Entries that feeds showed since the start, by what became of them: new and revised are sent on; all 0 where no feed is polled.",
            unit="short",
            kind="table",
            queries=(Query(expr="sort_desc(sum by (outcome) (policy_signals_feed_entries_total))", legend="entries"),),
            runbook="Pipeline",
        ),
        Panel(
            title="Polls that failed",
            description="Polls of feeds that failed since the start, by reason, the most frequent first.",
            unit="short",
            kind="table",
            queries=(Query(expr="topk(10, sum by (reason) (policy_signals_feed_failures_total))", legend="polls"),),
            runbook="Pipeline",
        ),
        Panel(
            title="Quietest feeds",
            description="The ten feeds that are silent the longest by their own weekly rhythm: over 100 % is a longer silence"
            " than any before. Feeds whose rhythm is not learned yet count 0.",
            unit="percentunit",
            kind="table",
            queries=(
                Query(
                    expr="sort_desc(topk(10, max by (feed) (policy_signals_feed_quiet_ratio)))"
                    ' or label_replace(vector(0), "feed", "no feed is polled", "", "")',
                    legend="silence",
                ),
            ),
            steps=((None, PLAIN), (1, BAD)),
            runbook="FeedIsQuiet",
        ),
        Panel(
            title="Articles handed over",
            description="Articles that vendors and the folder handed over since the start, by way in and outcome.",
            unit="short",
            kind="table",
            queries=(Query(expr="sum by (way, outcome) (policy_signals_intake_articles_total)", legend="articles"),),
            runbook="Pipeline",
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
            description="Records put back because something did not answer; they are tried again, not lost.",
            unit="ops",
            queries=(
                Query(
                    expr="sum by (job, what) (rate(policy_signals_retries_total[$__rate_interval]))",
                    legend="{{job}}: {{what}}",
                ),
            ),
            bounds=(0, None),
            runbook="DependencyDown",
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
            runbook="Pipeline",
        ),
        Panel(
            title="Second readings by outcome",
            description="Readings that deserved a second reader, by what became of them; all 0 where none is configured.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (outcome) (increase(policy_signals_second_readings_total[$__rate_interval]))",
                    legend="{{outcome}}",
                ),
            ),
            runbook="Pipeline",
        ),
        Panel(
            title="Memory",
            description="Resident memory of each process. A line that only climbs is a leak.",
            unit="bytes",
            queries=(Query(expr="process_resident_memory_bytes", legend="{{job}}"),),
            bounds=(0, None),
            runbook="Pipeline",
        ),
        Panel(
            title="Version",
            description="The build that each process runs.",
            unit="none",
            kind="table",
            queries=(Query(expr="sum by (job, version) (policy_signals_build_info)", legend="processes"),),
            width=12,
            height=6,
            runbook="Pipeline",
        ),
        Panel(
            title="Reader",
            description="The version of the reader, with the digest of its model.",
            unit="none",
            kind="table",
            queries=(Query(expr="sum by (version) (policy_signals_reader_info)", legend="processes"),),
            width=12,
            height=6,
            runbook="Pipeline",
        ),
    ),
)

PIPELINE = Page(
    name="pipeline",
    title="Pipeline",
    description="From an article to a card in Slack: is it working, how fast, how far behind, what went wrong.",
    rows=(WORKING, HOPS, COMES_IN, FAST, BEHIND, WRONG),
)
