"""Lag on a real broker, with both clients: what waits is seen while it waits, and is gone when it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from prometheus_client import REGISTRY

from config.settings import Settings
from services.errors import Unavailable
from streams.broker import backlog
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.group_member import Join
from streams.broker.kafka import Outbox, Record
from streams.broker.plain_consumer import PlainConsumer
from streams.broker.quick_consumer import QuickConsumer
from streams.topics import Topic
from streams.watching.health import Health, Surroundings
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts


class Gate:
    """Handles nothing before it is opened."""

    def __init__(self) -> None:
        self.is_open = False
        self.handled = 0

    def rebuild(self) -> None:
        """There is no state."""

    def handle(self, record: Record) -> None:
        if not self.is_open:
            raise Unavailable("redis", "closed", retry_after=0.2)
        self.handled += 1

    def idle(self, caught_up: bool) -> None:
        """Nothing to do."""

    def oldest_needed(self, partition: int) -> int | None:
        return None


@pytest.mark.parametrize("join", [PlainConsumer, QuickConsumer], ids=["kafka-python", "confluent-kafka"])
def test_records_that_wait_are_lag_until_they_are_handled(
    join: Join, unique: Callable[[str], str], shared_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Redis is away records are put back and fetched again: that must not look like having caught up."""
    monkeypatch.setattr(backlog, "MEASURE_EVERY_SECONDS", 0.05)
    topic = Topic(name=unique("lag"), key="", value="", partitions=1, retention_ms=None)
    admin = KafkaAdminClient(bootstrap_servers=shared_settings.kafka_bootstrap)
    admin.create_topics([NewTopic(name, 1, 1) for name in (topic.name, topic.dead_letters)])
    admin.close()
    gate, outbox = Gate(), Outbox(shared_settings)
    for _ in range(5):
        # One by one: the broker of the tests counts a batch as one record at its end.
        outbox.send(topic.name, None, b"x", {})
        outbox.flush()
    surroundings = Surroundings(settings=shared_settings, health=Health("kafka"))
    loop = ConsumerLoop(surroundings, topic.name, topic, gate, Outbox(shared_settings))
    loop.join = join
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    try:
        place = {"topic": topic.name, "partition": "0"}
        lag = lambda: REGISTRY.get_sample_value("policy_signals_lag_messages", place)  # noqa: E731
        wait_until(lambda: lag() == 5, "a lag of five records")
        oldest = "policy_signals_oldest_unprocessed_seconds"
        wait_until(lambda: (REGISTRY.get_sample_value(oldest) or 0.0) > 0.3, "a record that is getting old")
        assert (REGISTRY.get_sample_value("policy_signals_lag_seconds", place) or 0.0) > 0.0
        gate.is_open = True
        wait_until(lambda: gate.handled == 5 and lag() == 0, "no lag when all is handled")
        assert REGISTRY.get_sample_value("policy_signals_lag_seconds", place) == 0.0
    finally:
        loop.stop.set()
        thread.join(timeout=30)
        outbox.close()
    assert not thread.is_alive()
