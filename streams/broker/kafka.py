"""Kafka through kafka-python: connecting with patience, sending with receipts, reading a whole topic."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import TopicPartition
from msgspec import Struct

from config.settings import Settings
from services.errors import Unavailable, Unreadable
from streams import codec
from streams.clock import monotonic
from streams.logs import log
from streams.topics import CLOCK_OFFSET_HEADER

CONNECT_TIMEOUT_MS = 5_000
SEND_TIMEOUT_SECONDS = 20.0
LAST_SECONDS = 3.0
"""How long a process that is told to end still waits for a broker: what is not acknowledged is done again later."""
READ_WHOLE_TIMEOUT_SECONDS = 60.0
FETCH_WAIT_MS = 50
"""How long the broker may hold an empty fetch.

Apache Kafka answers at once when a record comes; the embedded broker looks for new records at a fraction of this, so
half a second here costs an alert 40 to 130 ms in each process that it passes.
"""
NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})
ENDING = threading.Event()
"""Set once this process is told to end."""
T = TypeVar("T")


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """One record as it lies on a topic; ``timestamp_ms`` is when its producer made it, in wall time."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: Mapping[str, bytes] = NO_HEADERS

    @property
    def clock_offset_ms(self) -> int:
        """Event time minus wall time; 0 for live records, and for a header that is not a number."""
        try:
            return int(self.headers.get(CLOCK_OFFSET_HEADER, b"0"))
        except ValueError:
            return 0


def offset_headers(offset_ms: int) -> dict[str, bytes]:
    """Headers that hand the clock offset on; none for live records."""
    return {CLOCK_OFFSET_HEADER: str(offset_ms).encode()} if offset_ms else {}


def kafka_answers(bootstrap: str) -> bool:
    """True when any bootstrap address takes a connection within a second."""
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=1.0):
                return True
        except OSError:
            continue
    return False


def connect_consumer(settings: Settings, group: str | None, **options: Any) -> KafkaConsumer:
    """A consumer that loses nothing: manual commits, from the earliest offset. Raises Unavailable."""
    try:
        return KafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap.split(","),
            group_id=group,
            client_id=group or "policy-signals-reader",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_session_timeout_ms // 6,
            bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            **options,
        )
    except KafkaError as error:
        raise Unavailable("kafka", str(error), retry_after=2.0) from error


class Outbox:
    """Sends records and holds their receipts until ``flush`` has seen every one acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._pending: list[Any] = []

    def send(
        self, topic: str, key: str | None, value: bytes | None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        """Queue one record; nothing is certain before ``flush``. Raises Unavailable."""
        try:
            self._pending.append(
                self._connected().send(
                    topic, key=key.encode() if key else None, value=value, headers=list((headers or {}).items())
                )
            )
        except KafkaError as error:
            self.reset()
            raise Unavailable("kafka", str(error), retry_after=2.0) from error

    def send_to(self, topic: str, partition: int, value: bytes, headers: Mapping[str, bytes]) -> None:
        """Queue one record for a certain partition. Raises Unavailable."""
        try:
            receipt = self._connected().send(topic, value=value, partition=partition, headers=list(headers.items()))
        except KafkaError as error:
            self.reset()
            raise Unavailable("kafka", str(error), retry_after=2.0) from error
        self._pending.append(receipt)

    def send_record(self, record: Record) -> None:
        """Queue a record once more, as it was: partition, key, time and headers. Raises Unavailable."""
        try:
            receipt = self._connected().send(
                record.topic,
                value=record.value,
                key=record.key,
                partition=record.partition,
                headers=list(record.headers.items()),
                timestamp_ms=record.timestamp_ms,
            )
        except KafkaError as error:
            self.reset()
            raise Unavailable("kafka", str(error), retry_after=2.0) from error
        self._pending.append(receipt)

    def flush(self) -> None:
        """Return when the broker has acknowledged everything sent; raises Unavailable when it did not."""
        pending, self._pending = self._pending, []
        try:
            for receipt in pending:
                _wait_for(receipt)
        except KafkaError as error:
            # A producer whose broker lost its memory never heals; a new one does.
            self.reset()
            raise Unavailable("kafka", str(error), retry_after=2.0) from error

    def reset(self) -> None:
        """Drop the connection and whatever was not acknowledged; the next send connects anew."""
        producer, self._producer, self._pending = self._producer, None, []
        if producer is not None:
            _close(producer, 0.0)

    def close(self) -> None:
        """Close in good order."""
        if self._producer is not None:
            _close(self._producer, 5.0)
            self._producer = None

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = KafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap.split(","),
                acks="all",
                linger_ms=2,
                bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
                delivery_timeout_ms=int(SEND_TIMEOUT_SECONDS * 1000),
                request_timeout_ms=10_000,
            )
        return self._producer


def _wait_for(receipt: Any) -> None:
    """As ``get``, and shorter once the process is ending; raises KafkaError."""
    deadline = monotonic() + SEND_TIMEOUT_SECONDS
    while not ENDING.is_set():
        try:
            receipt.get(timeout=min(1.0, max(0.0, deadline - monotonic())))
        except KafkaTimeoutError:
            if receipt.is_done or monotonic() >= deadline:
                raise
        else:
            return
    receipt.get(timeout=LAST_SECONDS)


def _close(producer: KafkaProducer, seconds: float) -> None:
    """Nothing that it holds after so many seconds may reach the broker, behind what its follower sends."""
    try:
        producer.close(timeout=seconds)
    except KafkaTimeoutError:
        # When its time is up, kafka-python gives up before it has stopped the thread that sends.
        producer._sender.force_close()


def read_whole(settings: Settings, topic: str, newest: int = 0) -> Iterator[Record]:
    """Every record of a topic up to its end as seen now, in partition order; raises Unavailable.

    ``newest``: begin that many records before the end of each partition; 0 begins at the beginning.

    The end is a fetch's own high watermark: one broker in use answers ListOffsets too low.
    """
    consumer = connect_consumer(settings, None)
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            return
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions) if newest else {}
        consumer.seek_to_beginning(*partitions)
        for partition, end in ends.items():
            consumer.seek(partition, max(0, end - newest))
        deadline = monotonic() + READ_WHOLE_TIMEOUT_SECONDS
        while not all(_is_read(consumer, partition) for partition in partitions):
            if monotonic() > deadline:
                raise Unavailable("kafka", f"{topic} could not be read to its end", retry_after=2.0)
            for records in consumer.poll(timeout_ms=200).values():
                yield from map(as_record, records)
                # From the last record on: a long topic takes long, and only one that stands still is given up.
                deadline = monotonic() + READ_WHOLE_TIMEOUT_SECONDS
    except KafkaError as error:
        raise Unavailable("kafka", str(error), retry_after=2.0) from error
    finally:
        consumer.close()


def read_values(settings: Settings, topic: str, kind: type[T], newest: int = 0) -> Iterator[T]:
    """Every value of one of our own topics, for rebuilding state; what cannot be read is logged and left out."""
    for record in read_whole(settings, topic, newest):
        try:
            yield codec.decode(kind, record.value)
        except Unreadable as error:
            log.warning("left out while rebuilding", topic=topic, offset=record.offset, reason=error.reason)


def as_record(raw: Any) -> Record:
    """A kafka-python ConsumerRecord as a Record."""
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        timestamp_ms=raw.timestamp,
        headers=dict(raw.headers),
    )


def _is_read(consumer: KafkaConsumer, partition: TopicPartition) -> bool:
    end = consumer.highwater(partition)
    return end is not None and consumer.position(partition) >= end
