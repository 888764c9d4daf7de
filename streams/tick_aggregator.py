"""``market.ticks`` -> one-second bars -> the price store in Redis, then ``market.bars``.

The store is written before the frame is sent: whoever sees a watermark finds every bar up to it in the store.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime

from config.catalogue import load_catalogue
from config.settings import Settings
from services.errors import Unavailable, Unreadable
from services.market.aggregation import BarAggregator
from services.market.bar_frame import BarFrame
from services.market.jump import JumpGate
from services.market.tick import Bar
from services.market.ticks import parse_tick
from streams import codec, metrics
from streams.clock import Clock, monotonic, shift, wall_clock
from streams.consumer_loop import ConsumerLoop
from streams.health import Health, Surroundings
from streams.kafka import Outbox, Record, offset_headers, read_values
from streams.logs import log
from streams.price_store import RedisPriceStore
from streams.process import read_surroundings, run_loop
from streams.tick_intake import read_raw_ticks
from streams.topics import MARKET_BARS, MARKET_TICKS

PROCESS = "tick_aggregator"
QUIET_AFTER_SECONDS = 1.0
LATENESS_SECONDS = 5
BARS_PER_FRAME = 4_000


class Shard:
    """One partition of ``market.ticks``: its aggregator, and the records whose ticks are not all in bars yet."""

    def __init__(self, number: int, watermark: int | None) -> None:
        self.number = number
        self.gate = JumpGate()
        self.aggregator = BarAggregator(lateness=LATENESS_SECONDS, watermark=watermark)
        self.sent_watermark = watermark or 0
        self.offset_ms = 0
        self.touched_at = monotonic()
        self._counted: Counter[str] = Counter()
        self._open: deque[tuple[int, int]] = deque()

    def note(self, record: Record, newest_second: int) -> None:
        """Remember which seconds a record still holds open."""
        self._open.append((record.offset, newest_second))
        self.offset_ms = record.clock_offset_ms
        self.touched_at = monotonic()

    def count_ticks(self) -> None:
        """Add what became of the ticks since the last time to the metric."""
        counts = Counter({**self.aggregator.counts, "jump": self.gate.dropped})
        for outcome, count in (counts - self._counted).items():
            metrics.TICKS.labels(outcome=outcome).inc(count)
        self._counted = counts

    def oldest_needed(self, watermark: int) -> int | None:
        """Offset of the oldest record with a tick in a second that is not complete; None when there is none."""
        while self._open and self._open[0][1] < watermark:
            self._open.popleft()
        return self._open[0][0] if self._open else None


class TickAggregator:
    """All shards of this process."""

    def __init__(
        self, settings: Settings, store: RedisPriceStore, outbox: Outbox, health: Health, clock: Clock
    ) -> None:
        self._settings = settings
        self._store = store
        self._outbox = outbox
        self._health = health
        self._clock = clock
        self._knows = load_catalogue().has_instrument
        self._shards: dict[int, Shard] = {}
        self._watermarks: dict[int, int] = {}
        self._store_is_behind = True

    def rebuild(self) -> None:
        """Find how far each shard's bars were sent; ticks of those seconds are not counted again."""
        self._shards = {}
        self._watermarks = {}
        for frame in read_values(self._settings, MARKET_BARS.name, BarFrame, newest=200):
            self._watermarks[frame.shard] = max(frame.watermark, self._watermarks.get(frame.shard, 0))
        self._store_is_behind = True

    def handle(self, record: Record) -> None:
        """Count the ticks of one record into bars; single bad ticks are counted and left out."""
        shard = self._shard(record.partition)
        now = shift(self._clock, record.clock_offset_ms)
        newest = 0
        for raw in read_raw_ticks(record.value):
            newest = max(newest, self._add(shard, raw, now))
        shard.note(record, newest)

    def idle(self) -> None:
        """After each poll: send what is complete, keep the store whole."""
        self._refill_if_needed()
        for shard in self._shards.values():
            quiet = monotonic() - shard.touched_at > QUIET_AFTER_SECONDS
            event_now = int(shift(self._clock, shard.offset_ms).timestamp())
            bars, watermark = shard.aggregator.advance(event_now - LATENESS_SECONDS if quiet else None)
            if bars or watermark > shard.sent_watermark:
                self._send(shard, bars, watermark)

    def oldest_needed(self, partition: int) -> int | None:
        """The loop commits no further than this: a crash must not lose ticks of seconds still open."""
        shard = self._shards.get(partition)
        return shard.oldest_needed(shard.sent_watermark) if shard else None

    def _add(self, shard: Shard, raw: object, now: datetime) -> int:
        try:
            tick = parse_tick(raw, now)  # type: ignore[arg-type]
        except Unreadable as error:
            metrics.TICKS.labels(outcome=error.reason).inc()
            return 0
        if not self._knows(tick.instrument):
            metrics.TICKS.labels(outcome="unknown_instrument").inc()
            return 0
        for admitted in shard.gate.admit(tick):
            shard.aggregator.add(admitted)
        return int(tick.traded_at.timestamp())

    def _send(self, shard: Shard, bars: tuple[Bar, ...], watermark: int) -> None:
        self._write(bars)
        for start in range(0, max(1, len(bars)), BARS_PER_FRAME):
            part = bars[start : start + BARS_PER_FRAME]
            is_last = start + BARS_PER_FRAME >= len(bars)
            # Only the last frame may promise the watermark: the bars before it are not all there yet.
            frame = BarFrame(shard=shard.number, watermark=watermark if is_last else shard.sent_watermark, bars=part)
            self._outbox.send(MARKET_BARS.name, str(shard.number), codec.encode(frame), offset_headers(shard.offset_ms))
        shard.sent_watermark = watermark
        shard.count_ticks()
        metrics.BARS.inc(len(bars))
        metrics.WATERMARK.set(watermark)

    def _write(self, bars: tuple[Bar, ...]) -> None:
        """Redis is a cache: without it the bars still go to Kafka, and the store is refilled when it is back."""
        if self._store_is_behind:
            return
        try:
            self._store.write(bars)
        except Unavailable as error:
            self._health.fails("redis", str(error))
            self._store_is_behind = True

    def _refill_if_needed(self) -> None:
        try:
            if not self._store_is_behind and self._store.is_filled():
                self._health.answers("redis")
                return
            self._outbox.flush()
            self._store.mark_broken()
            for frame in read_values(self._settings, MARKET_BARS.name, BarFrame):
                self._store.write(frame.bars)
            self._store.mark_filled()
        except Unavailable as error:
            self._health.fails(error.what, str(error))
            self._store_is_behind = True
            return
        self._store_is_behind = False
        self._health.answers("redis")
        metrics.PRICE_STORE_REFILLS.inc()
        log.info("price store filled from the topic")

    def _shard(self, partition: int) -> Shard:
        if partition not in self._shards:
            self._shards[partition] = Shard(partition, self._watermarks.get(partition))
        return self._shards[partition]


def build() -> tuple[Surroundings, ConsumerLoop]:
    """Wire the process from the environment; raises Misconfigured."""
    surroundings = read_surroundings("kafka", "redis")
    settings, health = surroundings.settings, surroundings.health
    outbox = Outbox(settings)
    aggregator = TickAggregator(settings, RedisPriceStore(settings.redis_url), outbox, health, wall_clock)
    return surroundings, ConsumerLoop(surroundings, PROCESS, MARKET_TICKS, aggregator, outbox)


def main() -> None:
    """Run until told to stop."""
    run_loop(PROCESS, *build())
