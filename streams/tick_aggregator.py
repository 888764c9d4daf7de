"""``market.ticks`` -> one-second bars -> the price store in Redis, then ``market.bars``.

The store is written before the frame is sent: whoever sees a watermark finds every bar up to it in the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from config.catalogue import load_catalogue
from config.listing_calendars import load_calendar_finder
from config.market import load_trade_rules
from config.settings import Settings
from services.errors import Unreadable
from services.market.bars.bar_frame import BarFrame, frame_bars
from services.market.bars.bar_making import BarColumns
from streams import codec, metrics
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record, offset_headers, read_values
from streams.broker.quick_consumer import QuickConsumer
from streams.clock import Clock, monotonic, shift, wall_clock
from streams.prices.price_keeping import PriceKeeping
from streams.prices.price_store import RedisPriceStore
from streams.process import collect_seldom, read_surroundings, run_loop
from streams.ticks.tick_shard import LATENESS_SECONDS, Shard
from streams.topics import MARKET_BARS, MARKET_TICKS
from streams.watching.exchange_gauges import ExchangeGauges
from streams.watching.health import Health, Surroundings

PROCESS = "tick_aggregator"
QUIET_AFTER_SECONDS = 1.0
BARS_PER_FRAME = 4_000
RECORDS_AT_ONCE = 10_000
"""Single ticks share the price of a poll; frames share nothing, and librdkafka holds at most 64 MB of them."""


class TickAggregator:
    """All shards of this process."""

    def __init__(
        self, settings: Settings, store: RedisPriceStore, outbox: Outbox, health: Health, clock: Clock
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._clock = clock
        self._knows = load_catalogue().has_instrument
        self._rules = load_trade_rules()
        self._shards: dict[int, Shard] = {}
        self._watermarks: dict[int, int] = {}
        self._closes: dict[int, dict[str, float]] = defaultdict(dict)
        self._exchanges = ExchangeGauges(clock)
        self._prices = PriceKeeping(settings, store, outbox, health, load_calendar_finder())

    def rebuild(self) -> None:
        """Find how far each shard's bars were sent, and at which prices; ticks of those seconds make no bar again."""
        self._shards = {}
        self._watermarks = {}
        self._closes.clear()
        last_bars: dict[int, int] = {}
        for frame in read_values(self._settings, MARKET_BARS.name, BarFrame, newest=1_000):
            self._watermarks[frame.shard] = max(frame.watermark, self._watermarks.get(frame.shard, 0))
            self._closes[frame.shard] |= {
                frame.instruments[code]: close for code, close in zip(frame.code, frame.close, strict=True)
            }
            last_bars[frame.shard] = max([last_bars.get(frame.shard, 0), *frame.second])
        self._prices.begin(last_bars, self._watermarks)

    def handle(self, record: Record) -> None:
        """Count the ticks of one record into bars; single bad ticks are counted and left out."""
        self._shard(record.partition).take(record, shift(self._clock, record.clock_offset_ms))

    def handle_many(self, records: Sequence[Record]) -> list[tuple[Record, Unreadable]]:
        """As ``handle`` for records of one partition; which of them cannot be read, and why."""
        now = shift(self._clock, records[-1].clock_offset_ms)
        return self._shard(records[-1].partition).take_many(records, now)

    def idle(self, caught_up: bool) -> None:
        """After each poll: send what is complete, keep the store whole.

        A shard may be called quiet only when nothing of it is still to be read, or its backlog would all be late.
        """
        self._prices.look_after()
        self._exchanges.look()
        for shard in self._shards.values():
            quiet = caught_up and monotonic() - shard.touched_at > QUIET_AFTER_SECONDS
            event_now = int(shift(self._clock, shard.offset_ms).timestamp())
            bars, watermark = shard.give_out(event_now - LATENESS_SECONDS if quiet else None)
            if len(bars) or watermark > shard.sent_watermark:
                self._send(shard, bars, watermark)
            shard.count_ticks()

    def oldest_needed(self, partition: int) -> int | None:
        """The loop commits no further than this: a crash must not lose ticks of seconds still open."""
        shard = self._shards.get(partition)
        return shard.oldest_needed(shard.sent_watermark) if shard else None

    def _send(self, shard: Shard, bars: BarColumns, watermark: int) -> None:
        self._prices.keep(shard.number, bars, watermark)
        self._exchanges.note(bars)
        for start in range(0, max(1, len(bars)), BARS_PER_FRAME):
            part = bars.where(slice(start, start + BARS_PER_FRAME))
            is_last = start + BARS_PER_FRAME >= len(bars)
            # Only the last frame may promise the watermark: the bars before it are not all there yet.
            frame = frame_bars(part, shard.number, watermark if is_last else shard.sent_watermark)
            self._outbox.send(MARKET_BARS.name, str(shard.number), codec.encode(frame), offset_headers(shard.offset_ms))
        shard.sent_watermark = watermark
        metrics.BARS.inc(len(bars))
        metrics.WATERMARK.set(watermark)

    def _shard(self, partition: int) -> Shard:
        if partition not in self._shards:
            self._shards[partition] = Shard(
                partition, self._knows, self._watermarks.get(partition), self._closes[partition], self._rules
            )
        return self._shards[partition]


def build() -> tuple[Surroundings, ConsumerLoop]:
    """Wire the process from the environment; raises Misconfigured."""
    surroundings = read_surroundings("kafka", "redis")
    settings, health = surroundings.settings, surroundings.health
    outbox = Outbox(settings)
    aggregator = TickAggregator(settings, RedisPriceStore(settings.redis_url), outbox, health, wall_clock)
    loop = ConsumerLoop(surroundings, PROCESS, MARKET_TICKS, aggregator, outbox)
    loop.join, loop.max_poll_records = QuickConsumer, RECORDS_AT_ONCE
    return surroundings, loop


def main() -> None:
    """Run until told to stop."""
    parts = build()
    collect_seldom()
    run_loop(PROCESS, *parts)
