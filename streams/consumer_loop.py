"""The loop of every kafka-python process: poll, handle, flush, commit, and what happens when one of them fails.

A record is committed only after everything that it caused is acknowledged. What can never be read goes to the
dead-letter topic; what is unavailable now is tried again later from the same offset, while polling goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError
from kafka.structs import OffsetAndMetadata, TopicPartition

from services.errors import Unavailable, Unreadable
from streams import metrics
from streams.clock import monotonic, wall_clock
from streams.dead_letters import set_aside
from streams.health import Surroundings
from streams.kafka import Outbox, Record, as_record, connect_consumer, kafka_answers
from streams.logs import log
from streams.topics import Topic

POLL_MS = 100
PROBE_EVERY_SECONDS = 2.0


class Handler(Protocol):
    """What a process does with its records."""

    def rebuild(self) -> None:
        """Rebuild state from topics; called before the first record after every assignment. May raise Unavailable."""

    def handle(self, record: Record) -> None:
        """Act on one record, idempotently. May raise Unreadable or Unavailable."""

    def idle(self, caught_up: bool) -> None:
        """Called after every poll, also an empty one: time-driven work. May raise Unavailable.

        ``caught_up``: nothing that was on the topic at the last fetch is still unread.
        """

    def oldest_needed(self, partition: int) -> int | None:
        """Offset of the oldest record that a crash would still need, None when all is done: commits stop there."""


class ConsumerLoop:
    """Runs a Handler on one topic until ``stop`` is set."""

    def __init__(
        self, surroundings: Surroundings, process: str, topic: Topic, handler: Handler, outbox: Outbox
    ) -> None:
        self._settings = surroundings.settings
        self._process = process
        self._topic = topic
        self._handler = handler
        self._outbox = outbox
        self._health = surroundings.health
        self.stop = threading.Event()
        self.max_poll_records = 500
        self._needs_rebuild = True
        self._handled: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._resume_at = 0.0
        self._probed_at = 0.0
        self._polled_at = 0.0

    def run(self) -> None:
        """Serve until stopped; reconnects by itself, loses nothing."""
        while not self.stop.is_set():
            consumer: KafkaConsumer | None = None
            try:
                consumer = self._connect()
                self._serve(consumer)
            except Unavailable as error:
                self._health.fails(error.what, str(error))
                self._outbox.reset()
                self.stop.wait(error.retry_after)
            except KafkaError as error:
                self._health.fails("kafka", f"{type(error).__name__}: {error}")
                self.stop.wait(1.0)
            finally:
                if consumer is not None:
                    consumer.close()
        self._outbox.close()

    def is_owner(self) -> bool:
        """False when the group may have given the partition to another member, as after a long pause."""
        lease = self._settings.kafka_session_timeout_ms / 1000
        return not self._needs_rebuild and monotonic() - self._polled_at < lease

    def _connect(self) -> KafkaConsumer:
        if not kafka_answers(self._settings.kafka_bootstrap):
            raise Unavailable("kafka", f"nothing listens on {self._settings.kafka_bootstrap}", retry_after=1.0)
        consumer = connect_consumer(self._settings, self._process, max_poll_records=self.max_poll_records)
        consumer.subscribe([self._topic.name], listener=_OnAssignment(self._mark_for_rebuild))
        self._mark_for_rebuild()
        return consumer

    def _mark_for_rebuild(self) -> None:
        self._needs_rebuild = True

    def _serve(self, consumer: KafkaConsumer) -> None:
        while not self.stop.is_set():
            batch = consumer.poll(timeout_ms=POLL_MS)
            self._polled_at = monotonic()
            self._probe(consumer)
            if monotonic() < self._resume_at:
                self._put_back(consumer)
                continue
            if consumer.paused():
                consumer.resume(*consumer.paused())
            try:
                self._rebuild_if_needed(consumer)
                for records in batch.values():
                    for raw in records:
                        self._handle(as_record(raw))
                if consumer.assignment():
                    self._handler.idle(_is_caught_up(consumer))
                self._outbox.flush()
                self._commit(consumer)
            except Unavailable as error:
                self._wait_for(consumer, error)

    def _rebuild_if_needed(self, consumer: KafkaConsumer) -> None:
        if self._needs_rebuild and consumer.assignment():
            self._handled.clear()
            self._committed.clear()
            self._handler.rebuild()
            self._needs_rebuild = False

    def _handle(self, record: Record) -> None:
        try:
            self._handler.handle(record)
        except Unreadable as error:
            set_aside(self._outbox, record, error)
        except (Unavailable, KafkaError):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not stop the line for all other records
            log.exception("could not be handled", topic=record.topic, offset=record.offset)
            set_aside(self._outbox, record, Unreadable("internal_error", type(error).__name__))
        self._handled[TopicPartition(record.topic, record.partition)] = record.offset + 1
        metrics.LAST_PROGRESS.set(wall_clock().timestamp())

    def _commit(self, consumer: KafkaConsumer) -> None:
        ready = {}
        for partition, handled in self._handled.items():
            needed = self._handler.oldest_needed(partition.partition)
            offset = handled if needed is None else min(handled, needed)
            if offset > self._committed.get(partition, -1):
                ready[partition] = offset
        if not ready:
            return
        try:
            consumer.commit({partition: OffsetAndMetadata(offset, "", -1) for partition, offset in ready.items()})
            self._committed |= ready
        except CommitFailedError:
            # The group moved on; the new owner repeats these records, which is harmless: handlers are idempotent.
            log.info("commit refused after a rebalance", partitions=[str(partition) for partition in ready])
        except RebalanceInProgressError:
            # Only polling ends a rebalance; leaving and joining anew would start the next one, for ever.
            log.info("commit waits for a rebalance", partitions=[str(partition) for partition in ready])

    def _wait_for(self, consumer: KafkaConsumer, error: Unavailable) -> None:
        """Go back to what is committed and pause; polling goes on, so the group keeps this member."""
        # A doubt, a pause or a refusal of Slack is a matter of Slack: one entry in /readyz, cleared when it answers.
        self._health.fails(error.what.partition("_")[0], str(error))
        metrics.RETRIES.labels(what=error.what).inc()
        if error.what in ("kafka", "ownership"):
            # What was not acknowledged is gone, and another member may have worked: state must be built again.
            self._outbox.reset()
            self._needs_rebuild = True
        self._put_back(consumer)
        self._resume_at = monotonic() + error.retry_after

    def _put_back(self, consumer: KafkaConsumer) -> None:
        for partition in consumer.assignment():
            committed = consumer.committed(partition)
            if committed is None:
                consumer.seek_to_beginning(partition)
            else:
                consumer.seek(partition, committed)
        if consumer.assignment():
            consumer.pause(*consumer.assignment())

    def _probe(self, consumer: KafkaConsumer) -> None:
        """A consumer whose broker is gone polls in silence for ever, so look at the broker itself."""
        now = monotonic()
        if now - self._probed_at < PROBE_EVERY_SECONDS:
            return
        self._probed_at = now
        if not kafka_answers(self._settings.kafka_bootstrap):
            raise Unavailable("kafka", f"nothing listens on {self._settings.kafka_bootstrap}", retry_after=1.0)
        if consumer.partitions_for_topic(self._topic.name):
            self._health.answers("kafka")
        else:
            self._health.fails("kafka", f"no topic {self._topic.name}: run `policy-signals topics create`")


def _is_caught_up(consumer: KafkaConsumer) -> bool:
    ends = {partition: consumer.highwater(partition) for partition in consumer.assignment()}
    return all(end is not None and consumer.position(partition) >= end for partition, end in ends.items())


class _OnAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python ships no types
    def __init__(self, mark: Callable[[], None]) -> None:
        self._mark = mark

    def on_partitions_revoked(self, revoked: object) -> None:
        """Nothing is held per partition that a commit has not covered."""

    def on_partitions_assigned(self, assigned: object) -> None:
        """Another member may have worked on these: rebuild before going on."""
        self._mark()
