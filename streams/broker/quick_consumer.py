"""A group member through confluent-kafka (librdkafka): for ticks, where one record must cost a microsecond, not ten."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from config.settings import Settings
from services.errors import Unavailable
from streams.broker.group_member import POLL_MS, MemberLost
from streams.broker.kafka import Record
from streams.broker.record_batch import RecordBatch
from streams.logs import log
from streams.topics import Topic

FETCH_WAIT_MS = 20
"""Shorter than for news: some brokers answer a waiting fetch only when its time is up, and a bar waits for that."""
ANSWER_SECONDS = 10.0
"""How long the broker may take for an answer that we wait for."""
_GROUP_MOVED_ON = {
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError.FENCED_INSTANCE_ID,
}
_HARMLESS = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._MAX_POLL_EXCEEDED}
"""An absent topic is found by the probe; a member that was away too long joins again by itself."""


class QuickConsumer:
    """A GroupMember; see there."""

    def __init__(
        self, settings: Settings, process: str, topic: Topic, most: int, on_assigned: Callable[[], None]
    ) -> None:
        """Join the group; raises Unavailable."""
        self._topic = topic.name
        self._most = most
        self._on_assigned = on_assigned
        self._assigned: frozenset[int] = frozenset()
        self._ends: dict[int, int] = {}
        self._starts: dict[int, int] = {}
        self._is_held = False
        self._gone = ""
        options = _options(settings, process) | {"error_cb": self._note_error}
        with _as_unavailable():
            self._consumer = Consumer(options, logger=_quiet_logger())
            self._consumer.subscribe([topic.name], on_assign=self._take_up, on_revoke=self._give_up)

    def poll(self) -> Mapping[int, Sequence[Record]]:
        """As GroupMember."""
        with _as_lost():
            first = self._consumer.poll(POLL_MS / 1000)
            # Waiting is over with the first record: to fill a batch is worth no delay.
            messages: list[Any] = [] if first is None else [first, *self._consumer.consume(self._most - 1, 0)]
        if self._gone:
            raise MemberLost(self._gone)
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for message in messages:
            if message.error() is None:
                found[message.partition()].append(message)
            else:
                self._read_event(message)
        for partition, of_partition in found.items():
            if self._ends.get(partition, 0) <= of_partition[-1].offset():
                self._ends.pop(partition, None)
        return {partition: RecordBatch(of_partition) for partition, of_partition in found.items()}

    def assignment(self) -> frozenset[int]:
        """As GroupMember."""
        return self._assigned

    def is_caught_up(self) -> bool:
        """As GroupMember."""
        return self._ends.keys() >= self._assigned

    def left(self) -> Mapping[int, int]:
        """As GroupMember."""
        partitions = [TopicPartition(self._topic, number) for number in sorted(self._assigned)]
        with _as_lost():
            positions = {one.partition: one.offset for one in self._consumer.position(partitions)}
            ends = {one.partition: self._consumer.get_watermark_offsets(one, cached=True)[1] for one in partitions}
        # Without a position this member fetched nothing since it went back, or since it was assigned.
        positions = {number: at if at >= 0 else self._starts.get(number, -1) for number, at in positions.items()}
        return {
            number: max(0, end - positions[number]) if positions[number] >= 0 and number not in self._ends else 0
            for number, end in ends.items()
        }

    def commit(self, offsets: Mapping[int, int]) -> bool:
        """As GroupMember."""
        entries = [TopicPartition(self._topic, number, offset) for number, offset in offsets.items()]
        try:
            for entry in self._consumer.commit(offsets=entries, asynchronous=False):
                if entry.error is not None:
                    raise KafkaException(entry.error)
        except KafkaException as error:
            if error.args[0].code() not in _GROUP_MOVED_ON:
                raise MemberLost(str(error)) from error
            # The next polls join again; the new owner repeats these records, which is harmless.
            log.info("commit refused during a rebalance", partitions=sorted(offsets))
            return False
        return True

    def go_back(self) -> None:
        """As GroupMember."""
        if not self._assigned:
            return
        with _as_lost():
            starts = self._committed()
            self._consumer.assign(starts)
            self._consumer.pause(starts)
        self._starts = {one.partition: max(0, one.offset) for one in starts}
        self._ends.clear()
        self._is_held = True

    def resume(self) -> None:
        """As GroupMember."""
        if self._is_held:
            with _as_lost():
                self._consumer.resume([TopicPartition(self._topic, number) for number in self._assigned])
            self._is_held = False

    def sees_topic(self) -> bool:
        """As GroupMember."""
        with _as_lost():
            found = self._consumer.list_topics(self._topic, timeout=ANSWER_SECONDS).topics.get(self._topic)
        return found is not None and bool(found.partitions)

    def close(self) -> None:
        """As GroupMember."""
        self._consumer.close()

    def _read_event(self, message: Any) -> None:
        error = message.error()
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[message.partition()] = message.offset()
        elif error.code() not in _HARMLESS:
            raise MemberLost(str(error))

    def _note_error(self, error: KafkaError) -> None:
        # This client comes back to a broker by itself, but not to one that has lost its memory meanwhile.
        if error.fatal() or error.code() == KafkaError._ALL_BROKERS_DOWN:
            self._gone = str(error)

    def _take_up(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._assigned = frozenset(partition.partition for partition in partitions)
        self._ends.clear()
        self._is_held = False
        self._on_assigned()

    def _give_up(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # Nothing is held per partition that a commit has not covered.
        self._assigned = frozenset()

    def _committed(self) -> list[TopicPartition]:
        partitions = [TopicPartition(self._topic, number) for number in self._assigned]
        found = self._consumer.committed(partitions, timeout=ANSWER_SECONDS)
        return [
            TopicPartition(self._topic, one.partition, one.offset if one.offset >= 0 else OFFSET_BEGINNING)
            for one in found
        ]


def _options(settings: Settings, process: str) -> dict[str, object]:
    return {
        "bootstrap.servers": settings.kafka_bootstrap,
        "group.id": process,
        "client.id": process,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "partition.assignment.strategy": "range",
        "session.timeout.ms": settings.kafka_session_timeout_ms,
        "heartbeat.interval.ms": settings.kafka_session_timeout_ms // 6,
        "fetch.wait.max.ms": FETCH_WAIT_MS,
        "socket.timeout.ms": int(ANSWER_SECONDS * 1000),
        "topic.metadata.refresh.interval.ms": 5_000,
        "reconnect.backoff.max.ms": 1_000,
        "log_level": 3,
        "log.connection.close": False,
    }


def _quiet_logger() -> logging.Logger:
    """Without it the library writes lines of its own shape on standard error."""
    return logging.getLogger("confluent_kafka.consumer")


@contextmanager
def _as_lost() -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        raise MemberLost(str(error)) from error


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        raise Unavailable("kafka", str(error), retry_after=2.0) from error
