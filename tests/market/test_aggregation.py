"""Bars depend on the trades, not on how and in which order they came."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.market.aggregation import STEP, BarAggregator
from services.market.tick import Bar, Tick
from services.market.tick_columns import check_columns, columns_of

START = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)
ZERO = int(START.timestamp())


def tick(at: float, price: float = 100.0, volume: float = 10.0, **more: object) -> Tick:
    fields: dict[str, object] = {"instrument": "0700.HK", "sequence": None, **more}
    return Tick(price=price, volume=volume, traded_at=START + timedelta(seconds=at), **fields)  # type: ignore[arg-type]


def bars_of(ticks: list[Tick]) -> tuple[Bar, ...]:
    aggregator = BarAggregator()
    given_out: list[Bar] = []
    for one in ticks:
        aggregator.add(one)
        given_out.extend(aggregator.advance()[0])
    return (*given_out, *aggregator.flush())


@st.composite
def tapes(draw: st.DrawFn) -> list[Tick]:
    """Sixty seconds of trades of three instruments, in order of time."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 60_000),
                st.sampled_from(["A", "B", "C"]),
                st.floats(0.01, 1e5),
                st.sampled_from([0.0, 1.0, 100.0, 0.1, 1e9]),
            ),
            max_size=80,
        )
    )
    return [
        tick(milliseconds / 1000, price, volume, instrument=name, sequence=number)
        for number, (milliseconds, name, price, volume) in enumerate(sorted(rows))
    ]


def test_a_bar_holds_the_trades_of_its_second() -> None:
    """Known values: the vwap is (100*10 + 103*30 + 101*10) / 50."""
    bars = bars_of([tick(0.1, 100.0, 10), tick(0.5, 103.0, 30), tick(0.999999, 101.0, 10), tick(1.0, 99.0, 5)])
    assert bars[0] == Bar(
        instrument="0700.HK",
        second=ZERO,
        open=100.0,
        high=103.0,
        low=100.0,
        close=101.0,
        volume=50.0,
        vwap=102.0,
        ticks=3,
    )
    assert (bars[1].second, bars[1].open, bars[1].ticks) == (ZERO + 1, 99.0, 1)


def test_an_index_without_volume_has_its_close_as_vwap() -> None:
    """0 / 0 must not become a price."""
    assert bars_of([tick(0.1, 100.0, 0), tick(0.2, 101.0, 0)])[0].vwap == 101.0


def test_bars_come_when_the_watermark_passes_them() -> None:
    """A frame's promise: every bar that ends at or before the watermark is in it."""
    aggregator = BarAggregator(lateness=5)
    for second in range(7):
        aggregator.add(tick(second))
    bars, watermark = aggregator.advance()
    assert watermark == ZERO + 6 - 5
    assert [bar.second for bar in bars] == [ZERO]
    assert aggregator.advance() == ((), watermark)


def test_one_future_tick_does_not_move_the_watermark() -> None:
    """Ninety seconds ahead passes the intake; believed alone, it would make the whole market late."""
    aggregator = BarAggregator()
    for tenth in range(300):
        aggregator.add(tick(tenth / 10))
        if tenth == 150:
            aggregator.add(tick(105.0, price=101.0))
        aggregator.advance()
    assert aggregator.watermark == ZERO + 29 - 5
    assert aggregator.counts["late"] == 0


def test_a_future_first_tick_is_not_trusted_either() -> None:
    """There is nothing to compare the first tick with, so it waits for company."""
    aggregator = BarAggregator()
    aggregator.add(tick(100.0))
    assert aggregator.advance() == ((), 0)
    for second in range(10):
        aggregator.add(tick(second))
    assert aggregator.advance()[1] == ZERO + 9 - 5


def test_after_a_pause_three_ticks_move_the_watermark_on() -> None:
    """After lunch the time really is an hour further."""
    aggregator = BarAggregator()
    for second in (0, 1, 2, 3_600, 3_601):
        aggregator.add(tick(second))
    assert aggregator.advance()[1] == ZERO - 3
    aggregator.add(tick(3_602))
    assert aggregator.advance()[1] == ZERO + 3_600 - 5


def test_a_frame_moves_the_watermark_as_its_ticks_do() -> None:
    """The two ways in must agree about time."""
    for seconds in ([0, 1, 2, 90, 3, 4, 91, 92, 93], [0, 1, 2, 90, 91, 92, 5], [50, 49, 48], [0], [0, 100, 200, 300]):
        singly, framed = BarAggregator(), BarAggregator()
        for second in seconds:
            singly.add(tick(second))
        framed.add_many(columns_of([tick(second) for second in seconds]))
        assert framed.advance() == singly.advance(), seconds


def test_a_quiet_market_is_moved_on_by_the_caller() -> None:
    """Without ticks, the last bars would wait for the next morning."""
    aggregator = BarAggregator()
    for second in range(3):
        aggregator.add(tick(second))
    bars, watermark = aggregator.advance(quiet_until=ZERO + 60)
    assert ([bar.second - ZERO for bar in bars], watermark) == ([0, 1, 2], ZERO + 60)
    assert not aggregator.add(tick(59.9))
    assert aggregator.add(tick(60.0))
    assert aggregator.counts["late"] == 1


def test_a_restart_makes_no_half_bars() -> None:
    """The watermark sent before the crash is the border: older ticks are already in bars that were sent."""
    aggregator = BarAggregator(watermark=ZERO + 2)
    assert [aggregator.add(tick(at)) for at in (0.5, 1.9, 2.0)] == [False, False, True]
    assert aggregator.add_many(columns_of([tick(1.5), tick(2.5)])) == 1
    assert [bar.second for bar in aggregator.flush()] == [ZERO + 2]
    assert aggregator.counts == {"accepted": 2, "late": 3, "duplicate": 0, "overflow": 0}


def test_repeats_are_known_by_sequence_or_else_by_content() -> None:
    """At-least-once delivery: a trade told twice is one trade; two trades of one instant are two."""
    with_sequence = [tick(0.5, sequence=1), tick(0.5, sequence=2), tick(0.5, sequence=1)]
    without = [tick(0.5, 100.0, 10), tick(0.5, 100.0, 10), tick(0.5, 100.0, 11)]
    corrected = [tick(0.5, 100.0, sequence=1), tick(0.5, 101.0, sequence=1), tick(0.5, 101.0, sequence=2)]
    for tape in (with_sequence, without, corrected):
        aggregator = BarAggregator()
        for one in tape:
            aggregator.add(one)
        assert [bar.ticks for bar in aggregator.flush()] == [2]
        assert aggregator.counts["duplicate"] == 1


def test_trades_of_one_instant_do_not_always_close_on_the_high() -> None:
    """Feeds with whole seconds have no order within; a rank by price would bias every close."""
    chance = random.Random(5)
    closes = []
    for _ in range(200):
        prices = [chance.uniform(99, 101) for _ in range(5)]
        closes.append(sorted(prices).index(bars_of([tick(0.0, price) for price in prices])[0].close))
    assert 1.6 < sum(closes) / len(closes) < 2.4


def test_memory_is_bounded_and_what_does_not_fit_is_counted() -> None:
    """A feed that runs wild must not take the machine with it."""
    aggregator = BarAggregator(max_pending=10)
    kept = [aggregator.add(tick(number / 100, sequence=number)) for number in range(15)]
    assert kept.count(True) == aggregator.pending == 10
    assert aggregator.add_many(columns_of([tick(0.9)])) == 0
    assert aggregator.counts["overflow"] == 6


def test_finished_bars_leave_nothing_behind() -> None:
    """An hour of ticks costs no more memory than its last seconds."""
    aggregator = BarAggregator()
    most = 0
    for number in range(36_000):
        aggregator.add(tick(number / 10, sequence=number))
        if number % 10 == 0:
            aggregator.advance()
            most = max(most, aggregator.pending)
    assert most <= 10 * (5 + 2)


@given(tape=tapes(), seed=st.integers(0, 2**32), repeats=st.integers(0, 10))
def test_disorder_within_the_lateness_changes_nothing(tape: list[Tick], seed: int, repeats: int) -> None:
    """Ticks up to three seconds out of order, and some of them twice, give exactly the bars of the sorted tape."""
    chance = random.Random(seed)
    noisy = tape + [chance.choice(tape) for _ in range(repeats) if tape]
    noisy.sort(key=lambda one: one.traded_at + timedelta(seconds=chance.uniform(0, 3)))
    assert bars_of(noisy) == bars_of(tape)


@given(tape=tapes(), cuts=st.lists(st.integers(0, 80), max_size=5))
def test_frames_and_single_ticks_make_the_same_bars(tape: list[Tick], cuts: list[int]) -> None:
    """Where a producer cuts its frames is nobody's business."""
    aggregator = BarAggregator()
    bars: list[Bar] = []
    edges = sorted({0, len(tape), *(min(cut, len(tape)) for cut in cuts)})
    for start, stop in pairwise(edges):
        aggregator.add_many(columns_of(tape[start:stop]))
        bars.extend(aggregator.advance()[0])
    assert (*bars, *aggregator.flush()) == bars_of(tape)


@given(tape=tapes())
def test_every_bar_is_consistent(tape: list[Tick]) -> None:
    """low <= open, close, vwap <= high, and nothing is lost."""
    bars = bars_of(tape)
    for bar in bars:
        assert bar.low <= min(bar.open, bar.close, bar.vwap) <= max(bar.open, bar.close, bar.vwap) <= bar.high
    assert sum(bar.ticks for bar in bars) == len(tape)
    assert math.isclose(sum(bar.volume for bar in bars), math.fsum(one.volume for one in tape), rel_tol=1e-9)
    assert [(bar.second, bar.instrument) for bar in bars] == sorted((bar.second, bar.instrument) for bar in bars)


def test_columns_are_refused_by_the_rules_of_single_ticks() -> None:
    """Frames take a faster way in; it must not be a laxer one."""
    columns = columns_of([tick(number) for number in range(9)])
    columns.price[:4] = [math.nan, 0.0, 1e7, -1.0]
    columns.volume[4:6] = [-1.0, math.inf]
    columns.micros[6:8] = [0, columns.micros[8] + 10**9]
    good, refused = check_columns(columns, START + timedelta(seconds=9))
    assert len(good) == 1
    assert good.tick(0) == tick(8)
    assert refused == {"not_finite": 2, "not_positive": 3, "absurd": 1, "ancient_time": 1, "future_time": 1}


def test_a_tick_survives_the_way_through_columns() -> None:
    """Microseconds and sequence included."""
    ticks = [tick(0.123456, sequence=3), tick(1.654321, instrument="HSI")]
    columns = columns_of(ticks)
    assert [columns.tick(row) for row in range(2)] == ticks


@pytest.mark.parametrize("ahead", [STEP, STEP + 1])
def test_only_small_steps_are_trusted_at_once(ahead: int) -> None:
    """Ten seconds of silence are ordinary in one shard; more needs witnesses."""
    aggregator = BarAggregator()
    for second in range(3):
        aggregator.add(tick(second / 10))
    before = aggregator.advance()[1]
    aggregator.add(tick(ahead))
    assert (aggregator.advance()[1] > before) == (ahead <= STEP)
