"""Which feeds have series of their own: those that need a look first. Whoever writes feeds.toml may name hundreds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from streams.feeds.feed_metrics import FEED_LAST_ANSWER, FEED_POLLS, FEED_QUIET

SHOWN_FEEDS = 25
"""Seven series each beside some 270 others: well under 500 for the process."""


def keep_worst(families: list[Metric]) -> list[Metric]:
    """The same families; of those with a label ``feed`` only the samples of the 25 feeds that are worst off."""
    shown = set(rank_feeds()[:SHOWN_FEEDS])
    for family in families:
        family.samples = [one for one in family.samples if "feed" not in one.labels or one.labels["feed"] in shown]
    return families


def rank_feeds() -> list[str]:
    """Every feed, the worst first: asked and never answered, then silent for too long, then the longest unanswered."""
    polls: Counter[str] = Counter()
    for sample in _samples(FEED_POLLS):
        polls[sample.labels["feed"]] += int(sample.value)
    answered_at = {one.labels["feed"]: one.value for one in _samples(FEED_LAST_ANSWER)}
    quiet = {one.labels["feed"]: one.value for one in _samples(FEED_QUIET)}

    def worst_first(feed: str) -> tuple[bool, float, bool, float, str]:
        silent = quiet.get(feed, 0.0)
        at = answered_at[feed]
        return not (polls[feed] and not at), -silent if silent > 1 else 0.0, not at, at, feed

    return sorted(answered_at, key=worst_first)


def _samples(metric: MetricWrapperBase) -> Iterator[Sample]:
    for family in metric.collect():
        yield from family.samples
