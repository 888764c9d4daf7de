"""A group member through kafka-python: all processes but the one that reads ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError
from kafka.structs import OffsetAndMetadata, TopicPartition

from config.settings import Settings
from streams.broker.group_member import POLL_MS, MemberLost
from streams.broker.kafka import Record, as_record, connect_consumer
from streams.clock import monotonic
from streams.logs import log
from streams.topics import Topic

ASKS_WITHIN_SECONDS = 3.0
"""Between two of its steps the client is outside of the group without asking, for an instant."""
JOINS_WITHIN_SECONDS = 60.0
"""Longer than any member of ours works on one batch: the group waits for all before it shares anew."""

ANSWER_MS = 5_000
"""How long the broker may take for an answer that we wait for: without a bound the client waits for ever."""
LEAVE_MS = 3_000


class PlainConsumer:
    """A GroupMember; see there."""

    def __init__(
        self, settings: Settings, process: str, topic: Topic, most: int, on_assigned: Callable[[], None]
    ) -> None:
        """Join the group; raises Unavailable."""
        self._topic = topic.name
        self._on_assigned = on_assigned
        self._is_newly_assigned = False
        self._stable_at = self._asked_at = monotonic()
        self._consumer: KafkaConsumer = connect_consumer(settings, process, max_poll_records=most)
        self._consumer.subscribe([topic.name], listener=_OnAssignment(self._take_up))

    def poll(self) -> Mapping[int, Sequence[Record]]:
        """As GroupMember."""
        with _as_lost():
            batch = self._consumer.poll(timeout_ms=POLL_MS)
        self._require_membership()
        if self._is_newly_assigned:
            self._is_newly_assigned = False
            self._seek_committed()
            return {}
        return {partition.partition: [as_record(raw) for raw in records] for partition, records in batch.items()}

    def _require_membership(self) -> None:
        """After some rebalances kafka-python 3.0.12 never sends heartbeats again, or never asks to join again.

        The group then forgets this member, which keeps what it was given, or waits with nothing, for ever. A process
        that was stopped for long looks the same.
        """
        coordinator, now = self._consumer._coordinator, monotonic()
        if coordinator.stable():
            self._stable_at = self._asked_at = now
            if coordinator.heartbeat.session_timeout_expired():
                raise MemberLost("no heartbeat was answered for a whole session")
        elif coordinator.need_rejoin():
            self._asked_at = now
        if now - self._asked_at > ASKS_WITHIN_SECONDS or now - self._stable_at > JOINS_WITHIN_SECONDS:
            raise MemberLost(f"outside of its group for {now - self._stable_at:.0f} s")

    def assignment(self) -> frozenset[int]:
        """As GroupMember; none while the group shares anew, or when it has not heard of this member for a session.

        The client itself goes on naming what it had before, although the group may have given that to others.
        """
        coordinator = self._consumer._coordinator
        if not coordinator.stable() or coordinator.heartbeat.session_timeout_expired():
            return frozenset()
        return frozenset(partition.partition for partition in self._consumer.assignment())

    def is_caught_up(self) -> bool:
        """As GroupMember."""
        consumer = self._consumer
        with _as_lost():
            ends = {partition: consumer.highwater(partition) for partition in consumer.assignment()}
            return all(end is not None and consumer.position(partition) >= end for partition, end in ends.items())

    def left(self) -> Mapping[int, int]:
        """As GroupMember."""
        consumer = self._consumer
        with _as_lost():
            ends = {one: consumer.highwater(one) for one in consumer.assignment()}
            return {
                one.partition: 0 if end is None else max(0, end - consumer.position(one)) for one, end in ends.items()
            }

    def commit(self, offsets: Mapping[int, int]) -> bool:
        """As GroupMember."""
        entries = {
            TopicPartition(self._topic, number): OffsetAndMetadata(offset, "", -1) for number, offset in offsets.items()
        }
        try:
            with _as_lost():
                self._consumer.commit(entries, timeout_ms=ANSWER_MS)
        except CommitFailedError:
            # The group moved on; the new owner repeats these records, which is harmless: handlers are idempotent.
            log.info("commit refused after a rebalance", partitions=sorted(offsets))
            return False
        except RebalanceInProgressError:
            # Only polling ends a rebalance; leaving and joining anew would start the next one, for ever.
            log.info("commit waits for a rebalance", partitions=sorted(offsets))
            return False
        return True

    def go_back(self) -> None:
        """As GroupMember."""
        self._seek_committed()
        assigned = self._consumer.assignment()
        if assigned:
            self._consumer.pause(*assigned)

    def _take_up(self) -> None:
        self._is_newly_assigned = True
        self._on_assigned()

    def _seek_committed(self) -> None:
        """A client that keeps a partition through a rebalance keeps its place in it, too.

        What the handler held and forgets with its rebuild would never be handed in again.
        """
        consumer = self._consumer
        with _as_lost():
            for partition in consumer.assignment():
                committed = consumer.committed(partition, timeout_ms=ANSWER_MS)
                if committed is None:
                    consumer.seek_to_beginning(partition)
                else:
                    consumer.seek(partition, committed)

    def resume(self) -> None:
        """As GroupMember."""
        paused = self._consumer.paused()
        if paused:
            self._consumer.resume(*paused)

    def sees_topic(self) -> bool:
        """As GroupMember."""
        with _as_lost():
            return bool(self._consumer.partitions_for_topic(self._topic))

    def close(self) -> None:
        """As GroupMember."""
        self._consumer.close(timeout_ms=LEAVE_MS)


@contextmanager
def _as_lost() -> Iterator[None]:
    try:
        yield
    except (CommitFailedError, RebalanceInProgressError):
        raise
    except KafkaError as error:
        raise MemberLost(f"{type(error).__name__}: {error}") from error


class _OnAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python ships no types
    def __init__(self, mark: Callable[[], None]) -> None:
        self._mark = mark

    def on_partitions_revoked(self, revoked: object) -> None:
        """Nothing is held per partition that a commit has not covered."""

    def on_partitions_assigned(self, assigned: object) -> None:
        """Another member may have worked on these: rebuild before going on."""
        self._mark()
