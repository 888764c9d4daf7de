"""How long after the tick that completes a second its bars can be read from ``market.bars``.

The real process ``tick_aggregator`` on one core, with Redis, behind a feed of single JSON ticks in real time. A bar is
complete when a tick five seconds newer arrives: the time runs from the moment that tick is produced to the moment the
frame with that watermark has been fetched by another client.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from confluent_kafka import Consumer, Producer, TopicPartition

from config.settings import Secret, Settings
from streams.broker.topic_setup import create_topics
from streams.local.embedded import EmbeddedRedis, free_port
from streams.topics import MARKET_BARS, MARKET_TICKS
from tests.benchmarks.tick_bars import LATENESS, processor_seconds
from tests.benchmarks.tick_feed import INSTRUMENTS, PARTITIONS, TICKS_A_SECOND, names_of

ROOT = Path(__file__).parent.parent.parent
SLICE_SECONDS = 0.005
WARM_SECONDS = 10
READY_SECONDS = 60.0


class Head(msgspec.Struct):
    """What is asked of a frame of bars."""

    shard: int
    watermark: int


def feed(bootstrap: str, seconds: int) -> dict[str, dict[str, float]]:
    """Ticks in real time; per partition, when the first tick of each second was handed to the client."""
    chance = np.random.default_rng(7)
    names = names_of(INSTRUMENTS)
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 2, "log_level": 3})
    first: dict[str, dict[str, float]] = {str(partition): {} for partition in range(PARTITIONS)}
    each = round(TICKS_A_SECOND * SLICE_SECONDS)
    began, sequence = time.time(), 0
    while (due := began + sequence / TICKS_A_SECOND) < began + seconds:
        time.sleep(max(0.0, due - time.time()))
        for code in chance.integers(0, INSTRUMENTS, each).tolist():
            now = time.time()
            tick = {"instrument": names[code], "price": 100.0 + code, "volume": 100, "traded_at": int(now * 1e6)}
            producer.produce(
                MARKET_TICKS.name, json.dumps(tick | {"sequence": sequence}).encode(), partition=code % PARTITIONS
            )
            first[str(code % PARTITIONS)].setdefault(str(int(now)), now)
            sequence += 1
        producer.poll(0)
    producer.flush(30)
    return first


def measure_latency(bootstrap: str, seconds: int) -> dict[str, float]:
    """p50 and p99 in milliseconds, and the share of one core that the process took."""
    redis = EmbeddedRedis()
    redis.start()
    try:
        settings = Settings(kafka_bootstrap=bootstrap, redis_url=redis.url, slack_bot_token=Secret(""))
        create_topics(settings)
        with _aggregator(settings) as process:
            before = _processor_seconds_of(process.pid)
            feeder = subprocess.Popen(
                [sys.executable, str(ROOT / "tests/benchmarks/ticks.py"), "--feed", bootstrap, str(seconds)],
                stdout=subprocess.PIPE,
                text=True,
            )
            arrived = _watch(bootstrap, feeder)
            spent = _processor_seconds_of(process.pid) - before
            said, _ = feeder.communicate(timeout=60)
    finally:
        redis.stop()
    return _compare(json.loads(said), arrived) | {"core": spent / seconds}


def _watch(bootstrap: str, feeder: subprocess.Popen[str]) -> dict[int, dict[int, float]]:
    """Per shard, when each watermark could first be read."""
    options = {"bootstrap.servers": bootstrap, "group.id": "bench-watch", "enable.auto.commit": False}
    consumer = Consumer(options | {"fetch.wait.max.ms": 10, "log_level": 3})
    consumer.assign([TopicPartition(MARKET_BARS.name, 0, 0)])
    arrived: dict[int, dict[int, float]] = {}
    decode = msgspec.json.Decoder(Head).decode
    while feeder.poll() is None:
        message = consumer.poll(0.2)
        if message is None or message.error() is not None:
            continue
        head, now = decode(message.value()), time.time()
        of_shard = arrived.setdefault(head.shard, {})
        for watermark in range(max(of_shard, default=head.watermark - 1) + 1, head.watermark + 1):
            of_shard[watermark] = now
    consumer.close()
    return arrived


def _compare(produced: dict[str, dict[str, float]], arrived: dict[int, dict[int, float]]) -> dict[str, float]:
    waits = []
    for shard, seconds in produced.items():
        begin = min(map(int, seconds)) + WARM_SECONDS
        for second, at in seconds.items():
            watermark = int(second) - LATENESS
            if int(second) >= begin and watermark in arrived.get(int(shard), {}):
                waits.append(arrived[int(shard)][watermark] - at)
    return {
        "p50": float(np.percentile(waits, 50)) * 1000,
        "p99": float(np.percentile(waits, 99)) * 1000,
        "samples": len(waits),
    }


@contextmanager
def _aggregator(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "KAFKA_SESSION_TIMEOUT_MS": "6000",
        "REDIS_URL": settings.redis_url,
        "METRICS_HOST": "127.0.0.1",
        "METRICS_PORT": str(free_port()),
        "OPENBLAS_NUM_THREADS": "1",
    }
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli.commands", "run", "tick-aggregator"],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _processor_seconds_of(process_id: int) -> float:
    """Of another process, on Linux; NaN elsewhere."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


__all__ = ["feed", "measure_latency", "processor_seconds"]
