"""What the line takes for granted about Kafka, asked of a real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata, TopicPartition

from tests.kafka_broker import ApacheKafka

pytestmark = pytest.mark.parts
DEADLINE_SECONDS = 30.0


@pytest.fixture(scope="module")
def broker() -> Iterator[ApacheKafka]:
    """One broker for the tests that do not break it."""
    broker = ApacheKafka()
    broker.start()
    yield broker
    broker.stop()


def create_topic(broker: ApacheKafka, partitions: int = 1, **configs: str) -> str:
    """A topic of the test's own; configs with underscores for dots."""
    name = f"test.{uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        dotted = {key.replace("_", "."): value for key, value in configs.items()}
        admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1, topic_configs=dotted)])
    finally:
        admin.close()
    return name


def produce(broker: ApacheKafka, topic: str, records: list[tuple[str, str]]) -> None:
    """Send (key, value) one after the other and see every one acknowledged."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    try:
        receipts = [producer.send(topic, key=key.encode(), value=value.encode()) for key, value in records]
        for receipt in receipts:
            receipt.get(timeout=DEADLINE_SECONDS)
    finally:
        producer.close()


def connect(broker: ApacheKafka, topic: str, group: str | None = None) -> KafkaConsumer:
    """A consumer set as the processes set theirs: earliest, no automatic commits."""
    return KafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=500,
    )


def read(consumer: KafkaConsumer, enough: Callable[[list[str]], bool]) -> list[str]:
    """Values read until there are enough of them or the deadline has passed."""
    values: list[str] = []
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not enough(values) and time.monotonic() < deadline:
        for records in consumer.poll(timeout_ms=100).values():
            values.extend(record.value.decode() for record in records)
    return values


def read_all(broker: ApacheKafka, topic: str, count: int) -> list[str]:
    """The first ``count`` values of a topic, without a group."""
    consumer = connect(broker, topic)
    try:
        return read(consumer, lambda values: len(values) >= count)
    finally:
        consumer.close()


def test_records_of_one_key_come_back_in_the_order_sent(broker: ApacheKafka) -> None:
    """Revisions of an alert are told apart by their order on one partition."""
    topic = create_topic(broker)
    sent = [str(number) for number in range(1_000)]
    produce(broker, topic, [("alert", value) for value in sent])
    assert read_all(broker, topic, len(sent)) == sent


def test_a_topic_is_not_made_by_a_typing_error(broker: ApacheKafka) -> None:
    """Sending to a name that nobody created must fail, not invent a topic that nobody reads."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_block_ms=2_000)
    try:
        with pytest.raises(KafkaError):
            producer.send("news.artikles", b"lost").get(timeout=5)
    finally:
        producer.close()
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        assert "news.artikles" not in admin.list_topics()
    finally:
        admin.close()


def test_a_compacted_topic_keeps_the_last_state_of_every_key(broker: ApacheKafka) -> None:
    """``policy.alerts`` holds full states: older ones may go, the last one never does."""
    topic = create_topic(
        broker,
        cleanup_policy="compact",
        segment_ms="100",
        min_cleanable_dirty_ratio="0.01",
        delete_retention_ms="100",
    )
    produce(broker, topic, [("a", f"a{number}") for number in range(50)] + [("b", "b0")])
    remaining: list[str] = []
    deadline = time.monotonic() + DEADLINE_SECONDS
    while remaining[:2] != ["a49", "b0"]:
        # Only closed segments are compacted, and a segment closes when something is written after its time.
        produce(broker, topic, [("roll", "roll")])
        remaining = read_all(broker, topic, 2)
        assert time.monotonic() < deadline, f"not compacted: {remaining[:5]}"


def test_a_second_member_of_a_group_takes_over_half_of_the_partitions(broker: ApacheKafka) -> None:
    """Scaling out is starting the same process twice: together they read everything, each partition once."""
    topic = create_topic(broker, partitions=2)
    group = f"group-{uuid4().hex}"
    first, second = connect(broker, topic, group), connect(broker, topic, group)
    try:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (len(first.assignment()) == len(second.assignment()) == 1) and time.monotonic() < deadline:
            first.poll(timeout_ms=50)
            second.poll(timeout_ms=50)
        assert first.assignment() | second.assignment() == {TopicPartition(topic, 0), TopicPartition(topic, 1)}
        assert first.assignment().isdisjoint(second.assignment())
    finally:
        first.close()
        second.close()


def test_a_member_that_dies_is_replaced_after_its_session(broker: ApacheKafka) -> None:
    """A killed process must not keep its partition: the next one goes on where the last commit was."""
    topic = create_topic(broker)
    group = f"group-{uuid4().hex}"
    produce(broker, topic, [("k", str(number)) for number in range(10)])
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_PARTITION, broker.bootstrap, topic, group], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"committed\n"
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=DEADLINE_SECONDS)
    consumer = connect(broker, topic, group)
    try:
        assert read(consumer, lambda values: len(values) >= 6) == ["4", "5", "6", "7", "8", "9"]
    finally:
        consumer.close()


HOLD_THE_PARTITION = """
import sys, threading
from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata, TopicPartition
bootstrap, topic, group = sys.argv[1:]
consumer = KafkaConsumer(
    topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
    session_timeout_ms=6000, heartbeat_interval_ms=500,
)
while not consumer.poll(timeout_ms=100):
    pass
consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(4, "", -1)})
print("committed", flush=True)
threading.Event().wait()
"""


def test_records_and_offsets_survive_a_kill_and_a_restart() -> None:
    """After a power cut the line goes on where it was: what was acknowledged and committed is still there."""
    broker = ApacheKafka()
    try:
        broker.start()
        topic = create_topic(broker)
        produce(broker, topic, [("k", str(number)) for number in range(20)])
        commit(broker, topic, "reader", 5)
        broker.kill()
        broker.start()
        assert read_all(broker, topic, 20) == [str(number) for number in range(20)]
        assert committed(broker, topic, "reader") == 5
        broker.restart()
        assert read_all(broker, topic, 20) == [str(number) for number in range(20)]
        assert committed(broker, topic, "reader") == 5
    finally:
        broker.stop()


def commit(broker: ApacheKafka, topic: str, group: str, offset: int) -> None:
    """Commit one offset for a group."""
    consumer = connect(broker, topic, group)
    try:
        read(consumer, bool)
        consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(offset, "", -1)})
    finally:
        consumer.close()


def committed(broker: ApacheKafka, topic: str, group: str) -> int | None:
    """The offset that a group has committed."""
    consumer = connect(broker, topic, group)
    try:
        offset = consumer.committed(TopicPartition(topic, 0))
    finally:
        consumer.close()
    return None if offset is None else int(getattr(offset, "offset", offset))


def test_stop_leaves_no_process_and_no_file() -> None:
    """A suite that is run a hundred times must not fill the disk or the process table."""
    broker = ApacheKafka()
    broker.start()
    process_id, home = broker.process_id, broker.home
    assert process_id is not None
    broker.stop()
    assert not home.exists()
    assert not is_running(process_id)


def test_a_broker_dies_with_the_suite_that_started_it() -> None:
    """A suite that is killed cannot clean up, so the broker must notice by itself."""
    suite = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert suite.stdout is not None
    with suite.stdout:
        process_id, home = suite.stdout.readline().decode().split()
        suite.kill()
        suite.wait(timeout=DEADLINE_SECONDS)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while is_running(int(process_id)) or Path(home).exists():
        assert time.monotonic() < deadline
        # Nobody tells us: the dying broker is not our child.
        Event().wait(0.02)


START_AND_WAIT = """
import threading
from tests.kafka_broker import ApacheKafka
broker = ApacheKafka()
broker.start()
print(broker.process_id, broker.home, flush=True)
threading.Event().wait()
"""


def is_running(process_id: int) -> bool:
    """True while the process runs; one that has ended and waits to be collected does not run."""
    status = Path(f"/proc/{process_id}/stat")
    if Path("/proc").is_dir():
        return status.exists() and status.read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
