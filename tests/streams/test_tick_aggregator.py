"""From records of ``market.ticks`` to bars: the quick path is the exact path, and nothing counts twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from config.settings import Secret, Settings
from services.errors import Unavailable, Unreadable
from services.market.bars.bar_frame import BarFrame
from services.market.bars.bar_making import BarColumns
from services.market.prices.price_window import PriceSeries
from services.market.ticks.tick import Bar
from streams import codec, metrics, tick_aggregator
from streams.broker.kafka import Outbox, Record
from streams.prices import price_refill
from streams.prices.price_store import RedisPriceStore
from streams.tick_aggregator import TickAggregator
from streams.ticks.tick_intake import FEWEST_COLUMNS
from streams.watching.health import Health

START = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
Raw = dict[str, Any]


class Frames(Outbox):
    """An outbox that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[BarFrame] = []
        self.flushed = 0

    def send(
        self, topic: str, key: str | None, value: bytes | None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        assert topic == "market.bars"
        self.sent.append(codec.decode(BarFrame, value))

    def flush(self) -> None:
        self.flushed += 1


class Store(RedisPriceStore):
    """A price store that may be away."""

    def __init__(self) -> None:
        self.written: list[Bar] = []
        self.filled = True
        self.away = False

    def is_filled(self) -> bool:
        self._answer()
        return self.filled

    def last_seconds(self) -> dict[int, int]:
        return {0: max((bar.second for bar in self.written), default=0)}

    def begin_filling(self) -> bool:
        self._answer()
        self.filled, self.written = False, []
        return True

    def go_on_filling(self) -> None:
        self._answer()

    def end_filling(self) -> None:
        self.filled = True

    def write(self, bars: BarColumns, shard: int) -> None:
        self._answer()
        self.written += bars.bars()

    def instruments_of(self, shard: int) -> set[str]:
        return set()

    def have_minutes(self, sessions: Sequence[tuple[str, date]]) -> list[bool]:
        return [True] * len(sessions)

    def read_seconds(self, spans: Sequence[tuple[str, int, int]]) -> list[PriceSeries]:
        return []

    def forget_seconds(self, spans: Iterable[tuple[str, range]]) -> None:
        """Two sessions are more than these tests play."""

    def scan_sizes(self, pattern: str = "") -> Iterator[dict[tuple[str, str], int]]:
        return iter(())

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("redis")


TOPICS: dict[str, list[BarFrame]] = {}
"""What market.bars holds on each broker."""


@pytest.fixture(scope="module", autouse=True)
def topics() -> Iterator[None]:
    def read(broker: Settings, topic: str, *_: object, **__: object) -> Iterator[BarFrame]:
        return iter(list(TOPICS[broker.kafka_bootstrap]) if topic == "market.bars" else [])

    with pytest.MonkeyPatch.context() as patch:
        for module in (tick_aggregator, price_refill):
            patch.setattr(module, "read_values", read)
        yield
    TOPICS.clear()


class Line:
    """An aggregator on an outbox, a store and a clock of its own; market.bars holds what the outbox got."""

    def __init__(self) -> None:
        self.outbox, self.store, self.offset = Frames(), Store(), 0
        settings = Settings(kafka_bootstrap=str(len(TOPICS)), slack_bot_token=Secret(""))
        TOPICS[settings.kafka_bootstrap] = self.outbox.sent
        now = START + timedelta(minutes=5)
        self.aggregator = TickAggregator(settings, self.store, self.outbox, Health(), lambda: now)
        self.aggregator.idle(caught_up=True)

    def take(self, value: object, offset: int | None = None) -> None:
        self.offset = self.offset + 1 if offset is None else offset
        self.aggregator.handle(
            Record(
                topic="market.ticks",
                partition=0,
                offset=self.offset,
                key=None,
                value=json.dumps(value).encode(),
                timestamp_ms=0,
            )
        )

    def bars(self) -> list[Bar]:
        self.aggregator.idle(caught_up=True)
        return [bar for frame in self.outbox.sent for bar in frame.bars]


def tick(second: float, price: float = 340.0, **changed: object) -> Raw:
    at = START_MS + round(second * 1000)
    return {"instrument": "0700.HK", "price": price, "volume": 100, "traded_at": at, **changed}


def as_columns(ticks: list[Raw]) -> Raw:
    return {
        name: [one.get(name) for one in ticks] for name in ("instrument", "price", "volume", "traded_at", "sequence")
    }


def counted() -> dict[str, float]:
    return {
        outcome: REGISTRY.get_sample_value("policy_signals_ticks_total", {"outcome": outcome}) or 0.0
        for outcome in metrics.TICK_OUTCOMES
    }


def grown(before: dict[str, float]) -> dict[str, float]:
    return {outcome: count - before[outcome] for outcome, count in counted().items() if count != before[outcome]}


CLOSING = [tick(60 + number) for number in range(4)]
"""Later ticks, which complete every second before them."""
ODD_VALUES: list[Raw] = [
    *({"price": value} for value in (0, -1, 1e9, True, "340", None)),
    *({"volume": value} for value in (-5, 1e16, None)),
    *({"traded_at": value} for value in (0, START_MS + 10**9, "2023-07-13T06:00:00", "2023-07-13T06:00:01+00:00")),
    *({"instrument": value} for value in ("NOPE", "", 5)),
    *({"sequence": value} for value in (3, -1)),
    {"price": 700.0},
]
TICKS = st.lists(
    st.builds(
        lambda second, price, odd, name: {**tick(second, price), "instrument": name, **odd},
        st.integers(0, 40).map(lambda quarter: quarter / 4),
        st.sampled_from([340.0, 340.2, 341.0]),
        st.one_of(st.just({}), st.just({}), st.just({}), st.sampled_from(ODD_VALUES)),
        st.sampled_from(["0700.HK", "3690.HK"]),
    ),
    min_size=FEWEST_COLUMNS,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(TICKS)
def test_frames_and_single_ticks_come_to_the_same_bars_and_counts(ticks: list[Raw]) -> None:
    """The path through arrays is quicker, never different."""
    results = []
    for shape in ("single", "rows", "columns"):
        line, before = Line(), counted()
        for value in ticks if shape == "single" else [ticks if shape == "rows" else as_columns(ticks)]:
            line.take(value)
        line.take(CLOSING)
        results.append((line.bars(), grown(before)))
    assert results[0] == results[1] == results[2]


@given(TICKS)
@settings(max_examples=30, deadline=None)
def test_every_tick_is_counted_once_under_a_known_outcome(ticks: list[Raw]) -> None:
    """What came in and what became of it must add up, or nobody believes the dashboard."""
    line, before = Line(), counted()
    line.take(as_columns(ticks))
    line.take([{**one, "instrument": name} for one in CLOSING for name in ("0700.HK", "3690.HK")])
    still_open = [tick(120 + number) for number in range(4)]
    line.take(still_open)
    line.bars()
    assert sum(grown(before).values()) == len(ticks) + 2 * len(CLOSING)


def test_unknown_instruments_are_counted_and_left_out() -> None:
    """A feed carries more than the catalogue; it must cost neither bars nor memory."""
    line, before = Line(), counted()
    line.take(as_columns([tick(0, instrument=f"X{number}.HK") for number in range(100)] + [tick(0)]))
    line.take(tick(1, instrument="NOPE"))
    line.take(CLOSING)
    assert [(bar.instrument, bar.second) for bar in line.bars()] == [("0700.HK", START_MS // 1000)]
    assert grown(before) == {"unknown_instrument": 101, "accepted": 1}
    assert set(line.aggregator._shards[0].gate._codes) == {"0700.HK"}


def test_a_record_handed_in_again_changes_nothing() -> None:
    """Kafka delivers at least once; a wrong price that comes four times must not pass for a confirmed one."""
    once, again = Line(), Line()
    records: list[object] = [tick(0), as_columns([tick(second / 10) for second in range(40)]), tick(5, 900.0), tick(6)]
    for offset, value in enumerate(records, 1):
        once.take(value, offset)
        for _ in range(5):
            again.take(value, offset)
    before = counted()
    for line in (once, again):
        line.take(CLOSING, 9)
    assert again.bars() == once.bars()
    assert max(bar.high for bar in again.bars()) < 400
    assert grown(before)["jump"] == len([once, again])


def test_after_a_restart_the_rest_of_the_ticks_makes_the_same_bars() -> None:
    """Bars that were sent are not made again, and the first tick is judged by the last price that was sent."""
    line = Line()
    records: list[object] = [[tick(second) for second in range(10)], tick(10, 900.0), [tick(11), tick(12), tick(13)]]
    for offset, value in enumerate(records, 1):
        line.take(value, offset)
    sent = line.bars()
    assert [bar.second - START_MS // 1000 for bar in sent] == list(range(8))
    needed = line.aggregator.oldest_needed(0)
    assert needed == 1
    line.aggregator.rebuild()
    for offset, value in enumerate(records[needed - 1 :], needed):
        line.take(value, offset)
    line.take(CLOSING, 9)
    bars = line.bars()
    assert [bar.second - START_MS // 1000 for bar in bars] == [*range(10), 11, 12, 13]
    assert max(bar.high for bar in bars) == 340.0


def test_commits_wait_for_seconds_that_are_still_open() -> None:
    """A crash must find every tick again that is in no bar yet."""
    line = Line()
    line.take([tick(second) for second in range(10)], 5)
    line.take([tick(second) for second in range(10, 20)], 6)
    line.bars()
    assert line.aggregator.oldest_needed(0) == 6
    assert line.aggregator.oldest_needed(1) is None
    line.take(CLOSING, 7)
    line.bars()
    assert line.aggregator.oldest_needed(0) == 7


def test_a_record_that_cannot_be_read_is_refused_whole() -> None:
    """The loop sets it aside; the shard goes on."""
    line = Line()
    with pytest.raises(Unreadable):
        line.take(["no tick"])
    line.take([tick(0), *CLOSING])
    assert len(line.bars()) == 1


def test_bars_go_to_kafka_while_redis_is_away_and_reach_it_afterwards() -> None:
    """Redis is a cache: it may be away, or flushed, at any moment."""
    line = Line()
    line.store.away = True
    line.take([tick(0), *CLOSING])
    assert len(line.bars()) == 1
    assert line.store.written == []
    line.store.away = False
    assert line.bars() == line.store.written
    line.store.filled, line.store.written = False, []
    line.take([tick(120 + number) for number in range(4)])
    line.aggregator.idle(caught_up=True)
    assert [bar.second for bar in line.store.written] == [bar.second for bar in line.bars()]


def test_the_watermark_is_promised_only_with_the_last_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a watermark relies on every bar before it."""
    monkeypatch.setattr(tick_aggregator, "BARS_PER_FRAME", 3)
    line = Line()
    line.take([tick(second) for second in range(8)])
    line.take(CLOSING)
    line.bars()
    assert [len(frame.bars) for frame in line.outbox.sent] == [3, 3, 2]
    first, second, last = (frame.watermark for frame in line.outbox.sent)
    assert first == second == 0
    assert last == START_MS // 1000 + 58


def test_counts_reach_the_metric_though_no_bar_does() -> None:
    """A feed that is late altogether shows nothing else."""
    line = Line()
    line.take(CLOSING)
    line.aggregator.idle(caught_up=True)
    before = counted()
    line.take([tick(-30), tick(-29)])
    line.aggregator.idle(caught_up=True)
    assert grown(before) == {"late": 2}


def test_a_shard_with_a_backlog_is_not_called_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that stalls during catch-up is no silence of the market: time may not jump past what is still unread."""
    line = Line()
    line.take([tick(second) for second in range(8)])
    monkeypatch.setattr(tick_aggregator, "QUIET_AFTER_SECONDS", -1.0)
    line.aggregator.idle(caught_up=False)
    assert max(frame.watermark for frame in line.outbox.sent) < START_MS // 1000 + 8
    line.aggregator.idle(caught_up=True)
    assert line.outbox.sent[-1].watermark > START_MS // 1000 + 60


def test_a_late_tick_is_sent_and_written_as_a_revision() -> None:
    """The bar again, whole, under the next number; the watermark does not go back."""
    line, before = Line(), counted()
    line.take([tick(0), *CLOSING])
    line.bars()
    line.take(tick(0.5, 341.0))
    first, revised = line.bars()
    assert (first.revision, revised.revision, revised.second) == (0, 1, first.second)
    assert (revised.volume, revised.close, revised.ticks) == (200.0, 341.0, 2)
    assert line.store.written[-1] == revised
    watermarks = [frame.watermark for frame in line.outbox.sent]
    assert watermarks == sorted(watermarks)
    assert grown(before) == {"accepted": 1, "corrected": 1}


def test_after_a_restart_no_half_bar_replaces_a_whole_one() -> None:
    """The ticks of what was sent are not known any more, so a late one is counted and left out."""
    line = Line()
    line.take([tick(0), tick(0.2), *CLOSING])
    sent = line.bars()
    line.aggregator.rebuild()
    before = counted()
    line.take(tick(0.5, 341.0), 9)
    assert line.bars() == sent
    assert grown(before) == {"late": 1}
