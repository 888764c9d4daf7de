"""The ticks of the benchmark: 200 instruments, 20,000 ticks a second of event time, nearly in order, on 4 partitions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from numpy.typing import NDArray

from config.catalogue import load_catalogue

PARTITIONS = 4
INSTRUMENTS = 200
TICKS_A_SECOND = 20_000
FRAME = 1_000
LATE_SHARE = 0.01
LATEST_SECONDS = 2.0
FORMATS = ("single", "json-columns", "arrow")


class Tape:
    """``count`` ticks as arrays, in order of arrival. ``micros``: exchange time, microseconds since 1970."""

    def __init__(self, count: int, instruments: int = INSTRUMENTS, seed: int = 4) -> None:
        chance = np.random.default_rng(seed)
        begin = (int(time.time()) - 3_600) * 1_000_000
        self.names = names_of(instruments)
        self.code = chance.integers(0, instruments, count)
        self.price = np.round(100.0 + self.code + np.cumsum(chance.normal(0.0, 0.001, count)), 3)
        self.volume = chance.integers(1, 50, count) * 100
        self.micros = begin + np.arange(count) * (1_000_000 // TICKS_A_SECOND)
        late = chance.random(count) < LATE_SHARE
        self.micros[late] -= (chance.random(np.count_nonzero(late)) * LATEST_SECONDS * 1e6).astype(np.int64)
        self.sequence = np.arange(count)

    def rows_of(self, partition: int) -> NDArray[np.int64]:
        """Row numbers of one partition: an instrument stays on its partition."""
        return np.flatnonzero(self.code % PARTITIONS == partition)

    def columns(self, rows: NDArray[np.int64]) -> dict[str, list[object]]:
        """Some rows as a frame of lists."""
        return {
            "instrument": [self.names[code] for code in self.code[rows].tolist()],
            "price": self.price[rows].tolist(),
            "volume": self.volume[rows].tolist(),
            "traded_at": self.micros[rows].tolist(),
            "sequence": self.sequence[rows].tolist(),
        }

    def records(self, form: str, partition: int) -> Iterator[bytes]:
        """The records of one partition in one of FORMATS."""
        rows = self.rows_of(partition)
        for start in range(0, len(rows), FRAME):
            columns = self.columns(rows[start : start + FRAME])
            if form == "single":
                for values in zip(*columns.values(), strict=True):
                    yield json.dumps(dict(zip(columns, values, strict=True)), separators=(",", ":")).encode()
            elif form == "json-columns":
                yield json.dumps(columns, separators=(",", ":")).encode()
            else:
                yield as_arrow(columns)


def names_of(count: int) -> list[str]:
    """Instruments of the catalogue, and made-up ones when it has not so many."""
    known = [listing.instrument for listing in load_catalogue().listings()]
    return [*known, *(f"{number:05d}.XX" for number in range(count - len(known)))][:count]


def as_arrow(columns: dict[str, list[object]]) -> bytes:
    """One Arrow IPC stream of one batch; names as a dictionary, as our own producer writes them."""
    names = pa.array(columns["instrument"], pa.string()).dictionary_encode()
    batch = pa.record_batch(
        {
            "instrument": names,
            "price": pa.array(columns["price"], pa.float64()),
            "volume": pa.array(columns["volume"], pa.float64()),
            "traded_at": pa.array(columns["traded_at"], pa.timestamp("us", tz="UTC")),
            "sequence": pa.array(columns["sequence"], pa.int64()),
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def create_topic(bootstrap: str, *names: str, partitions: int = PARTITIONS) -> None:
    """Create topics."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 3})
    for future in admin.create_topics([NewTopic(name, partitions, 1) for name in names]).values():
        future.result(30)


def fill(bootstrap: str, topic: str, form: str, tape: Tape) -> int:
    """Put a tape on its topic; how many records it became."""
    records = 0
    create_topic(bootstrap, topic)
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "batch.num.messages": 2_000, "log_level": 3})
    for partition in range(PARTITIONS):
        for value in tape.records(form, partition):
            records += 1
            while True:
                try:
                    producer.produce(topic, value, partition=partition)
                    break
                except BufferError:
                    producer.poll(0.1)
        producer.poll(0)
    if producer.flush(120):
        raise RuntimeError("the broker did not take the ticks")
    return records
