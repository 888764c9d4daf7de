"""Puts ticks on ``market.ticks``: what a feed handler of your own needs.

    with TickProducer(settings) as producer:
        producer.send(ticks)        # Tick structs or TickColumns, as they come from the feed
        ...
        receipt = producer.flush()  # every now and then: raises Unavailable when the broker did not take all

Hand over what the feed gave you at once: the ticks of each call leave at once, one frame per partition, so nothing
waits in a half-full frame while the market is quiet. Records on the wire are gathered for some milliseconds by the
client. An instrument always goes to the same partition, the one that every Kafka client with the default partitioner
chooses for the instrument's name as key (murmur2); so producers may be mixed, and bars see each instrument in order.

After Unavailable send the same ticks again: a tick that came twice is counted once, known by instrument, time and
sequence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

import numpy as np
from confluent_kafka import KafkaException, Producer
from kafka.partitioner.default import murmur2
from msgspec import Struct

from config.settings import Settings
from services.errors import Misconfigured, Unavailable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import TickColumns, columns_of
from streams.broker.kafka import offset_headers
from streams.clock import monotonic
from streams.ticks.tick_formats import FORMAT_HEADER, MAX_TICKS, TickFormat
from streams.ticks.tick_frames import Frame, write_frames
from streams.topics import MARKET_TICKS

FRAME_TICKS = 1_000
ANSWER_SECONDS = 10.0
SEND_SECONDS = 20.0
"""How long the broker may take to acknowledge."""
DROP_SECONDS = 1.0
LINGER_MS = 5


class Receipt(Struct, frozen=True, kw_only=True):
    """What the broker has acknowledged since the last receipt."""

    records: int
    ticks: int


class TickProducer:
    """One connection; not for several threads at once. As a context manager it flushes at the end."""

    def __init__(self, settings: Settings | str, *, frame_ticks: int = FRAME_TICKS) -> None:
        """``settings``: of this project, or ``host:port[,host:port...]``; ``frame_ticks``: most ticks of one record.

        Raises Unavailable when the broker does not answer, Misconfigured when it has no such topic.
        """
        if not 0 < frame_ticks <= MAX_TICKS:
            raise Misconfigured(f"frame_ticks is {frame_ticks}: expected 1 to {MAX_TICKS}")
        self._frame_ticks = frame_ticks
        self._producer = Producer(_options(settings), logger=logging.getLogger("confluent_kafka.producer"))
        self._partitions = self._count_partitions()
        self._partition_of: dict[str, int] = {}
        self._forget()

    def send(
        self, ticks: Iterable[Tick] | TickColumns, form: TickFormat = TickFormat.ARROW, *, offset_ms: int = 0
    ) -> int:
        """Queue ticks, in order of time for each instrument; how many records they became.

        ``offset_ms``: event time minus wall time of replayed ticks, 0 when live. Nothing is certain before ``flush``.
        Raises Unavailable when the broker has taken nothing for so long that the queue is full.
        """
        columns = ticks if isinstance(ticks, TickColumns) else columns_of(list(ticks))
        headers: dict[str, Any] = {FORMAT_HEADER: form.value.encode(), **offset_headers(offset_ms)}
        records = 0
        for partition, part in self._parts(columns):
            for frame in write_frames(part, form):
                self._produce(frame, partition, headers)
                records += 1
        self._producer.poll(0)
        return records

    def flush(self) -> Receipt:
        """Return when the broker has acknowledged everything sent; raises Unavailable when it has not.

        What was not acknowledged then is dropped here: the caller sends it again.
        """
        if self._producer.flush(SEND_SECONDS):
            self._drop()
        receipt, failed, failure = Receipt(records=self._records, ticks=self._ticks), self._failed, self._failure
        self._forget()
        if failed:
            raise Unavailable("kafka", f"{failed} records of ticks were not taken: {failure}", retry_after=2.0)
        return receipt

    def close(self) -> None:
        """Drop what is not acknowledged."""
        self._drop()
        self._forget()

    def __enter__(self) -> TickProducer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self.close()

    def partition_of(self, instrument: str) -> int:
        """Where the ticks of an instrument go."""
        partition = self._partition_of.get(instrument)
        if partition is None:
            partition = (murmur2(instrument.encode()) & 0x7FFFFFFF) % self._partitions
            self._partition_of[instrument] = partition
        return partition

    def _parts(self, columns: TickColumns) -> Iterator[tuple[int, TickColumns]]:
        """Frame by frame: all instruments of a partition together, or the first would make the others late."""
        if not len(columns):
            return
        of_code = np.array([self.partition_of(name) for name in columns.instruments], dtype=np.int64)
        partitions = of_code[columns.code]
        for partition in np.unique(partitions).tolist():
            chosen = np.flatnonzero(partitions == partition)
            for start in range(0, len(chosen), self._frame_ticks):
                keep = np.zeros(len(columns), dtype=np.bool_)
                keep[chosen[start : start + self._frame_ticks]] = True
                yield partition, columns.where(keep)

    def _produce(self, frame: Frame, partition: int, headers: dict[str, Any]) -> None:
        def note(error: object, _: object) -> None:
            if error is None:
                self._records += 1
                self._ticks += frame.ticks
            else:
                self._failed += 1
                self._failure = str(error)

        deadline = monotonic() + SEND_SECONDS
        while True:
            try:
                self._producer.produce(MARKET_TICKS.name, frame.value, frame.key, partition, note, headers=headers)
                return
            except BufferError:
                if monotonic() > deadline:
                    raise Unavailable("kafka", "it takes no ticks, and the queue is full", retry_after=2.0) from None
                self._producer.poll(0.1)
            except KafkaException as error:
                raise Unavailable("kafka", str(error), retry_after=2.0) from error

    def _drop(self) -> None:
        self._producer.purge()
        self._producer.flush(DROP_SECONDS)

    def _forget(self) -> None:
        self._records = self._ticks = self._failed = 0
        self._failure = ""

    def _count_partitions(self) -> int:
        try:
            found = self._producer.list_topics(MARKET_TICKS.name, timeout=ANSWER_SECONDS).topics[MARKET_TICKS.name]
        except KafkaException as error:
            raise Unavailable("kafka", str(error), retry_after=2.0) from error
        if found.error is not None or not found.partitions:
            raise Misconfigured(f"the topic {MARKET_TICKS.name} is missing: run `policy-signals topics create`")
        return len(found.partitions)


def _options(settings: Settings | str) -> dict[str, Any]:
    return {
        "bootstrap.servers": settings if isinstance(settings, str) else settings.kafka_bootstrap,
        "client.id": "policy-signals-ticks",
        "acks": "all",
        "linger.ms": LINGER_MS,
        "delivery.timeout.ms": int(SEND_SECONDS * 1000),
        "log_level": 3,
        "log.connection.close": False,
    }
