"""Where news comes from: feeds that we ask, and what vendors hand over."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Row
from deploy.grafana.boards.panels import BAD, PLAIN, Panel, Query

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
            queries=(
                Query(
                    expr="topk(10, sum by (reason) (policy_signals_feed_failures_total))"
                    ' or on () label_replace(vector(0), "reason", "no feed is polled", "", "")',
                    legend="polls",
                ),
            ),
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
                    ' or on () label_replace(vector(0), "feed", "no feed is polled", "", "")',
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
            width=6,
            runbook="Pipeline",
        ),
        Panel(
            title="Pages behind teasers",
            description="Pages fetched since the start for the text behind a teaser, by outcome: those that happened.",
            unit="short",
            kind="table",
            queries=(
                Query(
                    expr="topk(10, sum by (outcome) (policy_signals_feed_pages_total))"
                    ' or on () label_replace(vector(0), "outcome", "no feed is polled", "", "")',
                    legend="pages",
                ),
            ),
            width=6,
            runbook="Pipeline",
        ),
        Panel(
            title="Newest news of each feed",
            description="Time since a feed last had news; feeds that had none since the start are left out.",
            unit="s",
            kind="table",
            queries=(
                Query(
                    expr="sort(time() - max by (feed) (policy_signals_feed_last_entry_timestamp_seconds > 0))"
                    ' or on () label_replace(vector(0), "feed", "no feed had news", "", "")',
                    legend="ago",
                ),
            ),
            width=6,
            runbook="FeedIsQuiet",
        ),
        Panel(
            title="What their times rest on",
            description="Entries sent since the start, by what their time of publication rests on; the last is a count of entries"
            " whose own date is too old to be true.",
            unit="short",
            kind="ranking",
            queries=(
                Query(expr="sum by (origin) (policy_signals_feed_dates_total)", legend="{{origin}}"),
                Query(expr="sum(policy_signals_feed_back_dated_total)", legend="dated back"),
            ),
            width=6,
            runbook="Pipeline",
        ),
    ),
)
