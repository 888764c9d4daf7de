"""Our own side of the tick benchmark: the loop and the handler of the process ``tick_aggregator`` as they are.

Quick client, intake, jump filter, bars, encoded frames, commits. Left out, as for the peers: sending the frames and
writing to Redis.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from prometheus_client import REGISTRY

from config.settings import Secret, Settings
from services.errors import Unreadable
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record
from streams.broker.quick_consumer import QuickConsumer
from streams.clock import wall_clock
from streams.prices.price_store import RedisPriceStore
from streams.process import collect_seldom
from streams.tick_aggregator import RECORDS_AT_ONCE, TickAggregator
from streams.topics import MARKET_TICKS
from streams.watching.health import Health, Surroundings
from tests.benchmarks.tick_bars import Meter
from tests.benchmarks.tick_peers import SESSION_MS


class Measured(TickAggregator):
    """Measures itself, and stops the loop behind the last record."""

    meter: Meter
    loop: ConsumerLoop
    late = 0

    def handle_many(self, records: Sequence[Record]) -> list[tuple[Record, Unreadable]]:
        refused = super().handle_many(records)
        self.meter.seen += len(records)
        return refused

    def idle(self, caught_up: bool) -> None:
        super().idle(caught_up)
        if self.meter.count(0):
            self.late = sum(shard.aggregator.counts["late"] for shard in self._shards.values())
            self.loop.stop.set()


class Counted(Outbox):
    """Keeps the length of what it is given."""

    bytes = 0

    def send(
        self, topic: str, key: str | None, value: bytes | None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        self.bytes += len(value or b"")


class NoPrices:
    """Stands where the price store is looked after, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def run_ours(bootstrap: str, topic: str, expected: int) -> dict[str, float]:
    """Read ``expected`` records; what it cost and what came of it."""
    settings = Settings(
        kafka_bootstrap=bootstrap, kafka_session_timeout_ms=SESSION_MS, slack_bot_token=Secret(""), metrics_port=0
    )
    import_module("pyarrow")
    collect_seldom()
    health, outbox, store = Health("kafka"), Counted(settings), RedisPriceStore(settings.redis_url)
    aggregator = Measured(settings, store, outbox, health, wall_clock)
    aggregator._prices = NoPrices()
    surroundings, group = Surroundings(settings=settings, health=health), f"bench-ours-{uuid.uuid4().hex}"
    loop = ConsumerLoop(surroundings, group, replace(MARKET_TICKS, name=topic), aggregator, outbox)
    loop.join, loop.max_poll_records = QuickConsumer, RECORDS_AT_ONCE
    aggregator.meter, aggregator.loop = Meter(expected), loop
    before = _bars()
    loop.run()
    return {
        "records": aggregator.meter.seen,
        "seconds": aggregator.meter.seconds,
        "bars": _bars() - before,
        "late": aggregator.late,
    }


def _bars() -> float:
    return REGISTRY.get_sample_value("policy_signals_bars_total") or 0.0
