"""``market.ticks`` -> one-second bars -> the price store in Redis, then ``market.bars``.

The store is written before the frame is sent: whoever sees a watermark finds every bar up to it in the store.
"""

from __future__ import annotations

from collections import defaultdict

from config.catalogue import load_catalogue
from config.settings import Settings
from services.errors import Unavailable
from services.market.bar_frame import BarFrame
from services.market.tick import Bar
from streams import codec, metrics
from streams.clock import Clock, monotonic, shift, wall_clock
from streams.consumer_loop import ConsumerLoop
from streams.health import Health, Surroundings
from streams.kafka import Outbox, Record, offset_headers, read_values
from streams.logs import log
from streams.price_store import RedisPriceStore
from streams.process import read_surroundings, run_loop
from streams.tick_shard import LATENESS_SECONDS, Shard
from streams.topics import MARKET_BARS, MARKET_TICKS

PROCESS = "tick_aggregator"
QUIET_AFTER_SECONDS = 1.0
BARS_PER_FRAME = 4_000


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
        self._closes: dict[int, dict[str, float]] = defaultdict(dict)
        self._store_is_behind = True

    def rebuild(self) -> None:
        """Find how far each shard's bars were sent, and at which prices; ticks of those seconds make no bar again."""
        self._shards = {}
        self._watermarks = {}
        self._closes.clear()
        for frame in read_values(self._settings, MARKET_BARS.name, BarFrame, newest=1_000):
            self._watermarks[frame.shard] = max(frame.watermark, self._watermarks.get(frame.shard, 0))
            self._closes[frame.shard] |= {bar.instrument: bar.close for bar in frame.bars}
        self._store_is_behind = True

    def handle(self, record: Record) -> None:
        """Count the ticks of one record into bars; single bad ticks are counted and left out."""
        self._shard(record.partition).take(record, shift(self._clock, record.clock_offset_ms))

    def idle(self, caught_up: bool) -> None:
        """After each poll: send what is complete, keep the store whole.

        A shard may be called quiet only when nothing of it is still to be read, or its backlog would all be late.
        """
        self._refill_if_needed()
        for shard in self._shards.values():
            quiet = caught_up and monotonic() - shard.touched_at > QUIET_AFTER_SECONDS
            event_now = int(shift(self._clock, shard.offset_ms).timestamp())
            bars, watermark = shard.aggregator.advance(event_now - LATENESS_SECONDS if quiet else None)
            if bars or watermark > shard.sent_watermark:
                self._send(shard, bars, watermark)
            shard.count_ticks()

    def oldest_needed(self, partition: int) -> int | None:
        """The loop commits no further than this: a crash must not lose ticks of seconds still open."""
        shard = self._shards.get(partition)
        return shard.oldest_needed(shard.sent_watermark) if shard else None

    def _send(self, shard: Shard, bars: tuple[Bar, ...], watermark: int) -> None:
        self._write(bars)
        for start in range(0, max(1, len(bars)), BARS_PER_FRAME):
            part = bars[start : start + BARS_PER_FRAME]
            is_last = start + BARS_PER_FRAME >= len(bars)
            # Only the last frame may promise the watermark: the bars before it are not all there yet.
            frame = BarFrame(shard=shard.number, watermark=watermark if is_last else shard.sent_watermark, bars=part)
            self._outbox.send(MARKET_BARS.name, str(shard.number), codec.encode(frame), offset_headers(shard.offset_ms))
        shard.sent_watermark = watermark
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
            self._shards[partition] = Shard(
                partition, self._knows, self._watermarks.get(partition), self._closes[partition]
            )
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
