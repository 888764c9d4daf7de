"""The table of topics, and what is asked of the broker for it."""

from __future__ import annotations

import pytest

from streams.broker.topic_setup import DEAD_LETTER_RETENTION_MS, wanted_topics
from streams.topics import MARKET_TICKS, POLICY_ALERTS, TOPICS, Topic


def test_names_are_unique_and_plain() -> None:
    """Dots and underscores mixed would collide in Kafka's own metrics."""
    names = [*wanted_topics(1)]
    assert len(set(names)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz.") for name in names)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_is_asked_for_as_the_table_says(topic: Topic) -> None:
    """Partitions decide the order of records and retention decides what a restart finds."""
    wanted = wanted_topics(3)[topic.name]
    assert (wanted.num_partitions, wanted.replication_factor) == (topic.partitions, 3)
    policies = wanted.topic_configs["cleanup.policy"].split(",")
    assert ("compact" in policies) == (topic.is_compacted or topic.retention_ms is None)
    assert ("delete" in policies) == ("retention.ms" in wanted.topic_configs) == (topic.retention_ms is not None)
    assert (topic.dead_letters in wanted_topics(3)) == topic.has_dead_letters


def test_alerts_are_kept_for_ever_and_dead_letters_for_a_month() -> None:
    """Alerts are the memory of the line; a person needs time to look at what was set aside."""
    assert "retention.ms" not in wanted_topics(1)[POLICY_ALERTS.name].topic_configs
    assert wanted_topics(1)[MARKET_TICKS.dead_letters].topic_configs == {"retention.ms": str(DEAD_LETTER_RETENTION_MS)}
