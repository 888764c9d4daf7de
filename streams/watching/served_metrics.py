"""Which metrics a process serves: its own. The others would stand at 0 in it for ever and double every series."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric

from streams import metrics
from streams.delivery import delivery_metrics
from streams.feeds import feed_metrics
from streams.feeds.shown_feeds import keep_worst
from streams.second_reader import reader_metrics
from streams.watching import desk_metrics

_OF_SOURCES = (
    *(metrics.SOURCE_TICKS, metrics.SOURCE_RECONNECTS, metrics.SOURCE_GAPS),
    *(metrics.SOURCE_CLOCK_SKEW, metrics.SOURCE_LAST_TICK),
)
_OF_FEEDS = (
    *(
        feed_metrics.FEED_POLLS,
        feed_metrics.FEED_FAILURES,
        feed_metrics.FEED_ENTRIES,
        feed_metrics.FEED_DATES,
        feed_metrics.FEED_PAGES,
    ),
    *(feed_metrics.FEED_LAST_ANSWER, feed_metrics.FEED_LAST_ENTRY, feed_metrics.INTAKE_ARTICLES),
    *(feed_metrics.FEED_QUIET, feed_metrics.FEED_BACK_DATED),
)
ONLY_OF: dict[str, tuple[MetricWrapperBase, ...]] = {
    "news_consumer": (
        *(metrics.ARTICLES, metrics.READING_SECONDS, metrics.READING_STEP_SECONDS, metrics.READING_CONFIDENCE),
        *(metrics.READER_INFO, reader_metrics.SECOND_READINGS, reader_metrics.SECOND_READING_SECONDS, metrics.SIGNALS),
        *(reader_metrics.SECOND_READER_TOKENS, desk_metrics.STORY_MEMORY, desk_metrics.STORY_MEMORY_SECONDS),
        *(desk_metrics.SECTOR_TONE_INDEX, desk_metrics.SECTOR_NEWS_HEAT),
        *(desk_metrics.REGULATOR_TONE_INDEX, desk_metrics.REGULATOR_NEWS_WEIGHT, desk_metrics.STORY_REPORTS),
        # All 0 here, so that their panels are not empty where no feed is polled.
        *(feed_metrics.FEED_ENTRIES, feed_metrics.INTAKE_ARTICLES),
        *(feed_metrics.FEED_DATES, feed_metrics.FEED_BACK_DATED),
    ),
    "tick_aggregator": (
        *(metrics.TICKS, metrics.BARS, metrics.WATERMARK, desk_metrics.EXCHANGE_OPEN, desk_metrics.LAST_BAR),
        *(desk_metrics.STALE_INSTRUMENTS, desk_metrics.INSTRUMENT_LAST_BAR),
        *(metrics.PRICE_STORE_REFILLS, metrics.PRICE_STORE_BYTES, metrics.PRICE_STORE_INSTRUMENTS),
        # All 0 here, so that their panels are not empty where no source of ours is run.
        *_OF_SOURCES,
    ),
    "correlator": (
        *(metrics.ALERTS, metrics.ALERT_REVISIONS, metrics.VERDICTS, metrics.FINAL_VERDICTS, metrics.OPEN_ALERTS),
        *(metrics.REACTIONS, metrics.REACTION_MOVES, metrics.MEASURE_SECONDS, metrics.CALENDAR_DAYS_LEFT),
        *(metrics.EXPOSURE_STATES, metrics.NORMAL_MODELS, desk_metrics.LATEST_ALERT, metrics.REPAIRED_SIGNALS),
    ),
    "slack_notifier": (
        *(metrics.SLACK_CALLS, metrics.DELIVERIES, metrics.PARKED, metrics.COPIES_REMOVED, metrics.LAST_POST),
        *(metrics.SLACK_PAUSED_SECONDS, metrics.SLACK_CLOCK_SKEW),
        *delivery_metrics.OF_EACH_CHANNEL,
        *(delivery_metrics.OUTPUT_TRIES, delivery_metrics.EDITS, delivery_metrics.COALESCED, delivery_metrics.REPLIES),
        *(delivery_metrics.BRIEFED, delivery_metrics.JOINED, delivery_metrics.DIGESTED, delivery_metrics.SECOND_ROUTE),
        delivery_metrics.SIGN_OF_LIFE,
    ),
    # Answers people through Slack; what else it counts is everybody's.
    "slack_actions": (metrics.SLACK_CALLS,),
    "tick_source": _OF_SOURCES,
    "feed_poller": _OF_FEEDS,
}
"""What stands under no process is served by all."""


class ServedMetrics:
    """The registry as one process serves it; all of it for a name that is not in the table."""

    def __init__(self, process: str) -> None:
        self._process = process

    def collect(self) -> Iterator[Metric]:
        """Families that are this process's own or everybody's."""
        owned = ONLY_OF.get(self._process)
        own = {metric._name for metric in owned or ()}
        listed = {metric._name for metrics_of_one in ONLY_OF.values() for metric in metrics_of_one}
        families = [
            family for family in REGISTRY.collect() if owned is None or family.name in own or family.name not in listed
        ]
        yield from keep_worst(families)
