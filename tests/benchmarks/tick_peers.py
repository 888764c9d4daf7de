"""The peers of the tick benchmark, each as a good user of it would write it: batched where the library offers batches.

Each reads ``expected`` records of a topic from its beginning and measures its own processor time.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from typing import Any

from streams.process import collect_seldom
from tests.benchmarks.tick_bars import ColumnBars, Meter, TickBars

SESSION_MS = 6_000
POLL_RECORDS = 5_000


class Work:
    """The bars of all partitions, in the style asked for."""

    def __init__(self, form: str, meter: Meter, *, is_batched: bool = False) -> None:
        self.meter = meter
        self._form = form
        self._ticks: defaultdict[int, TickBars] = defaultdict(TickBars)
        self._columns: defaultdict[int, ColumnBars] = defaultdict(ColumnBars)
        self.take: Callable[[int, bytes], bool] = self._take_tick if form == "single" else self._take_frame
        self.take_many = self._take_rows if form == "single" and is_batched else self._take_each

    def bars(self) -> int:
        """How many were finished."""
        return sum(one.bars for one in (*self._ticks.values(), *self._columns.values()))

    def late(self) -> int:
        """How many ticks were late."""
        return sum(one.late for one in (*self._ticks.values(), *self._columns.values()))

    def _take_tick(self, partition: int, value: bytes) -> bool:
        self._ticks[partition].add(value)
        return self.meter.count(1)

    def _take_frame(self, partition: int, value: bytes) -> bool:
        bars = self._columns[partition]
        if self._form == "arrow":
            bars.add_arrow(value)
        else:
            bars.add_frame(value)
        return self.meter.count(1)

    def _take_rows(self, partition: int, values: list[bytes]) -> bool:
        self._columns[partition].add_rows(values)
        return self.meter.count(len(values))

    def _take_each(self, partition: int, values: list[bytes]) -> bool:
        is_done = False
        for value in values:
            is_done = self.take(partition, value)
        return is_done


def run_faust(bootstrap: str, topic: str, work: Work) -> None:
    """A plain agent."""
    import faust  # noqa: PLC0415 - one library per process

    logging.disable(logging.CRITICAL)

    async def serve() -> None:
        app = faust.App(
            f"bench-faust-{uuid.uuid4().hex}",
            broker=f"kafka://{bootstrap}",
            store="memory://",
            datadir=tempfile.mkdtemp(),
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            consumer_auto_offset_reset="earliest",
            broker_session_timeout=SESSION_MS / 1000,
            broker_heartbeat_interval=1.0,
            loop=asyncio.get_running_loop(),
        )
        done = asyncio.Event()

        @app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"))  # type: ignore[untyped-decorator]  # Faust ships no types
        async def bars(stream: Any) -> None:
            async for event in stream.events():
                if work.take(event.message.partition, event.value):
                    done.set()

        await app.start()
        await done.wait()
        await app.stop()

    asyncio.run(serve())


def run_aiokafka(bootstrap: str, topic: str, work: Work) -> None:
    """A raw getmany loop."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - one library per process

    async def serve() -> None:
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            group_id=f"bench-aiokafka-{uuid.uuid4().hex}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=1_000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        await consumer.start()
        is_done = False
        while not is_done:
            batch = await consumer.getmany(timeout_ms=200, max_records=POLL_RECORDS)
            for partition, records in batch.items():
                is_done = work.take_many(partition.partition, [record.value for record in records]) or is_done
        await consumer.stop()

    asyncio.run(serve())


def run_bytewax(bootstrap: str, topic: str, work: Work) -> None:
    """A dataflow of one worker that works on the batches of the source."""
    import bytewax.operators as op  # noqa: PLC0415 - one library per process
    from bytewax.connectors.kafka import KafkaSource  # noqa: PLC0415
    from bytewax.dataflow import Dataflow  # noqa: PLC0415
    from bytewax.testing import TestingSink, run_main  # noqa: PLC0415

    def take(messages: list[Any]) -> list[Any]:
        by_partition: defaultdict[int, list[bytes]] = defaultdict(list)
        for message in messages:
            by_partition[message.partition].append(message.value)
        for partition, values in by_partition.items():
            work.take_many(partition, values)
        return []

    flow = Dataflow("bench")
    source = KafkaSource([bootstrap], [topic], tail=False, batch_size=POLL_RECORDS)
    stream = op.input("ticks", flow, source)
    op.output("out", op.flat_map_batch("bars", stream, take), TestingSink([]))
    run_main(flow)


def run_quixstreams(bootstrap: str, topic: str, work: Work) -> None:
    """A dataframe with one update; the library hands over records one by one."""
    from quixstreams import Application, message_context  # noqa: PLC0415 - one library per process

    app = Application(
        broker_address=bootstrap,
        consumer_group=f"bench-quix-{uuid.uuid4().hex}",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        loglevel=None,
        state_dir=tempfile.mkdtemp(),
        consumer_extra_config={"session.timeout.ms": SESSION_MS, "heartbeat.interval.ms": 1_000},
    )

    def take(value: bytes) -> None:
        if work.take(message_context().partition, value):
            app.stop()

    frame = app.dataframe(app.topic(topic, value_deserializer="bytes"))
    frame.update(take)
    app.run()


# pyarrow imports pandas with the first array that becomes one of numpy; ours avoids it, theirs is start-up, too.
_LIBRARIES = {
    "faust": ("faust", "pyarrow", "pandas"),
    "aiokafka": ("aiokafka", "pyarrow", "pandas"),
    "bytewax": ("bytewax.operators", "bytewax.connectors.kafka", "bytewax.testing", "pyarrow", "pandas"),
    "quixstreams": ("quixstreams", "pyarrow", "pandas"),
}
PEERS = {
    "Faust agent": (run_faust, False),
    "aiokafka, tick by tick": (run_aiokafka, False),
    "aiokafka, batches": (run_aiokafka, True),
    "bytewax, batches": (run_bytewax, True),
    "quixstreams": (run_quixstreams, False),
}


def run_peer(name: str, bootstrap: str, topic: str, form: str, expected: int) -> dict[str, float]:
    """Read ``expected`` records; what it cost and what came of it."""
    run, is_batched = PEERS[name]
    for library in _LIBRARIES[name.partition(" ")[0].rstrip(",").lower()]:
        import_module(library)
    if run is not run_faust:
        # Ours looks for garbage seldom, which is worth a third; so that the comparison is one of libraries, so do these.
        collect_seldom()
    work = Work(form, Meter(expected), is_batched=is_batched)
    run(bootstrap, topic, work)
    return {"records": work.meter.seen, "seconds": work.meter.seconds, "bars": work.bars(), "late": work.late()}


def fetch_only(bootstrap: str, topic: str, expected: int) -> dict[str, float]:
    """What the client alone costs that ours uses: records are counted and thrown away, nothing is decoded."""
    from confluent_kafka import Consumer  # noqa: PLC0415 - one library per process

    collect_seldom()
    options = {"bootstrap.servers": bootstrap, "group.id": f"bench-fetch-{uuid.uuid4().hex}", "log_level": 3}
    consumer = Consumer(
        options
        | {"auto.offset.reset": "earliest", "enable.auto.commit": False, "session.timeout.ms": SESSION_MS}
        | {"heartbeat.interval.ms": 1_000}
    )
    meter = Meter(expected)
    consumer.subscribe([topic])
    while not meter.count(len(consumer.consume(POLL_RECORDS, 0.2))):
        pass
    return {"records": meter.seen, "seconds": meter.seconds, "bars": 0, "late": 0}
