"""The loop of every process that reads a topic in a group: poll, handle, flush, commit, and what happens on failure.

A record is committed only after everything that it caused is acknowledged. What can never be read goes to the
dead-letter topic; what is unavailable now is tried again later from the same offset, while polling goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from services.errors import Unavailable, Unreadable
from streams import metrics
from streams.broker.backlog import Backlog
from streams.broker.dead_letters import set_aside
from streams.broker.group_member import GroupMember, Join, MemberLost
from streams.broker.kafka import Outbox, Record, kafka_answers
from streams.broker.plain_consumer import PlainConsumer
from streams.clock import monotonic, wall_clock
from streams.logs import log
from streams.topics import Topic
from streams.watching.health import Surroundings

PROBE_EVERY_SECONDS = 2.0
LEASE_SHARE = 0.8
"""The group counts from the last heartbeat, which is up to a sixth of the session older than the last poll."""
SETTLES_WITHIN_SESSIONS = 3.0


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


@runtime_checkable
class ManyHandler(Handler, Protocol):
    """A handler that takes many records at a smaller price than one by one."""

    def handle_many(self, records: Sequence[Record]) -> list[tuple[Record, Unreadable]]:
        """As ``handle`` for records of one partition, at least one, in order; which of them cannot be read, and why.

        When it raises anything but Unavailable, each of the records comes again through ``handle``.
        """


@runtime_checkable
class Reserve(Protocol):
    """A handler that looks after itself while another process has the partition."""

    def stand_by(self) -> None:
        """Called after every poll of a process that stands by: is what it would need there? Raises nothing."""


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
        self.join: Join = PlainConsumer
        self._needs_rebuild = True
        self._handled: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._resume_at = 0.0
        self._probed_at = 0.0
        self._polled_at = 0.0
        self._refused_since: float | None = None
        self._owned_at = 0.0
        self._member: GroupMember | None = None
        self._backlog = Backlog()

    def run(self) -> None:
        """Serve until stopped; reconnects by itself, loses nothing."""
        while not self.stop.is_set():
            consumer: GroupMember | None = None
            try:
                consumer = self._connect()
                self._serve(consumer)
            except Unavailable as error:
                self._health.fails(error.what, str(error))
                self._outbox.reset()
                self.stop.wait(error.retry_after)
            except MemberLost as error:
                self._health.fails("kafka", str(error))
                self.stop.wait(1.0)
            finally:
                if consumer is not None:
                    consumer.close()
        self._outbox.close()

    def is_owner(self) -> bool:
        """False when the group may have given the partition to another member, as after a long pause."""
        is_fresh = monotonic() - self._polled_at < LEASE_SHARE * self._session_seconds
        return is_fresh and not self._needs_rebuild and self._member is not None and bool(self._member.assignment())

    @property
    def _session_seconds(self) -> float:
        return self._settings.kafka_session_timeout_ms / 1000

    def _connect(self) -> GroupMember:
        if not kafka_answers(self._settings.kafka_bootstrap):
            raise Unavailable("kafka", f"nothing listens on {self._settings.kafka_bootstrap}", retry_after=1.0)
        self._mark_for_rebuild()
        self._refused_since = None
        join = self.join
        self._member = join(self._settings, self._process, self._topic, self.max_poll_records, self._mark_for_rebuild)
        self._polled_at = self._owned_at = monotonic()
        return self._member

    def _mark_for_rebuild(self) -> None:
        self._needs_rebuild = True

    def _serve(self, consumer: GroupMember) -> None:
        while not self.stop.is_set():
            batch = consumer.poll()
            self._note_poll()
            self._look_at_backlog(consumer, batch)
            self._probe(consumer)
            if monotonic() < self._resume_at:
                consumer.go_back()
                continue
            consumer.resume()
            try:
                self._rebuild_if_needed(consumer)
                for records in batch.values():
                    self._handle_all(records)
                if consumer.assignment():
                    self._note_ownership()
                    self._handler.idle(consumer.is_caught_up())
                else:
                    self._stand_by()
                self._outbox.flush()
                self._commit(consumer)
            except Unavailable as error:
                self._wait_for(consumer, error)

    def _note_ownership(self) -> None:
        self._owned_at = monotonic()
        self._health.works()

    def _stand_by(self) -> None:
        """A group that had something to give for a whole session would have given it: another member has it."""
        if monotonic() - self._owned_at < self._session_seconds:
            return
        self._health.stands_by()
        if isinstance(self._handler, Reserve):
            self._handler.stand_by()

    def _note_poll(self) -> None:
        """A process that was stopped wakes up with an old answer to its heartbeat and with partitions others have."""
        silent = monotonic() - self._polled_at
        self._polled_at = monotonic()
        if silent > LEASE_SHARE * self._session_seconds:
            raise MemberLost(f"silent for {silent:.1f} s, and the group may have gone on")

    def _rebuild_if_needed(self, consumer: GroupMember) -> None:
        if self._needs_rebuild and consumer.assignment():
            self._handled.clear()
            self._committed.clear()
            self._backlog.forget_all()
            self._handler.rebuild()
            self._polled_at = monotonic()  # reading everything again may take longer than a lease
            self._needs_rebuild = False

    def _handle_all(self, records: Sequence[Record]) -> None:
        handler = self._handler
        if not isinstance(handler, ManyHandler) or not self._handle_many(handler, records):
            for record in records:
                self._handle(record)

    def _handle_many(self, handler: ManyHandler, records: Sequence[Record]) -> bool:
        """False when each record must be handled by itself, so that one of them cannot stop the others."""
        try:
            unreadable = handler.handle_many(records)
        except (Unavailable, MemberLost):
            raise
        except Exception:  # noqa: BLE001 - see _handle
            log.exception("could not be handled at once", topic=self._topic.name, records=len(records))
            return False
        for record, error in unreadable:
            set_aside(self._outbox, record, error)
        self._note_progress(records[-1])
        return True

    def _handle(self, record: Record) -> None:
        try:
            self._handler.handle(record)
        except Unreadable as error:
            set_aside(self._outbox, record, error)
        except (Unavailable, MemberLost):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not stop the line for all other records
            log.exception("could not be handled", topic=record.topic, offset=record.offset)
            set_aside(self._outbox, record, Unreadable("internal_error", type(error).__name__))
        self._note_progress(record)

    def _note_progress(self, record: Record) -> None:
        self._handled[record.partition] = record.offset + 1
        self._backlog.done(record)
        metrics.LAST_PROGRESS.set(wall_clock().timestamp())

    def _look_at_backlog(self, consumer: GroupMember, batch: Mapping[int, Sequence[Record]]) -> None:
        """Before the batch is handled, so that one which takes long, or is put back, shows as unprocessed."""
        self._backlog.beat()
        for records in batch.values():
            self._backlog.fetched(records)
        if self._backlog.is_due():
            left = consumer.left()
            self._backlog.show(
                self._topic.name, {number: count + len(batch.get(number, ())) for number, count in left.items()}
            )

    def _commit(self, consumer: GroupMember) -> None:
        ready = {}
        for partition, handled in self._handled.items():
            needed = self._handler.oldest_needed(partition)
            offset = handled if needed is None else min(handled, needed)
            if offset > self._committed.get(partition, -1):
                ready[partition] = offset
        if not ready:
            return
        if consumer.commit(ready):
            self._committed |= ready
            self._refused_since = None
            return
        # A rebalance ends by polling; one that does not end would leave this member at work without being one.
        self._refused_since = self._refused_since or monotonic()
        if monotonic() - self._refused_since > SETTLES_WITHIN_SESSIONS * self._session_seconds:
            raise MemberLost("the group does not settle")

    def _wait_for(self, consumer: GroupMember, error: Unavailable) -> None:
        """Go back to what is committed and pause; polling goes on, so the group keeps this member."""
        # A doubt, a pause or a refusal of Slack is a matter of Slack: one entry in /readyz, cleared when it answers.
        self._health.fails(error.what.partition("_")[0], str(error))
        metrics.RETRIES.labels(what=error.what).inc()
        if error.what in ("kafka", "ownership"):
            # What was not acknowledged is gone, and another member may have worked: state must be built again.
            self._outbox.reset()
            self._needs_rebuild = True
        consumer.go_back()
        self._resume_at = monotonic() + error.retry_after

    def _probe(self, consumer: GroupMember) -> None:
        """A consumer whose broker is gone polls in silence for ever, so look at the broker itself."""
        now = monotonic()
        if now - self._probed_at < PROBE_EVERY_SECONDS:
            return
        self._probed_at = now
        if not kafka_answers(self._settings.kafka_bootstrap):
            raise Unavailable("kafka", f"nothing listens on {self._settings.kafka_bootstrap}", retry_after=1.0)
        if consumer.sees_topic():
            self._health.answers("kafka")
        else:
            self._health.fails("kafka", f"no topic {self._topic.name}: run `policy-signals topics create`")
