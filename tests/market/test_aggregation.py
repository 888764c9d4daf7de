"""Bars depend on the trades, not on how and in which order they came."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.market.bars.aggregation import CORRECTABLE, STEP, BarAggregator
from services.market.bars.bar_making import BarColumns
from services.market.ticks.tick import Bar, Tick
from services.market.ticks.tick_columns import check_columns, columns_of

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
    assert not aggregator.add(tick(59.9 - CORRECTABLE))
    assert aggregator.add(tick(60.0))
    assert aggregator.counts["late"] == 1


def test_a_restart_makes_no_half_bars() -> None:
    """The watermark sent before the crash is the border: older ticks are already in bars that were sent."""
    aggregator = BarAggregator(watermark=ZERO + 2)
    assert [aggregator.add(tick(at)) for at in (0.5, 1.9, 2.0)] == [False, False, True]
    assert aggregator.add_many(columns_of([tick(1.5), tick(2.5)])) == 1
    assert [bar.second for bar in aggregator.flush()] == [ZERO + 2]
    assert aggregator.counts == {"accepted": 2, "corrected": 0, "late": 3, "duplicate": 0, "overflow": 0}


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


def last_words(bars: list[Bar]) -> dict[tuple[str, int], Bar]:
    """The last revision of each bar, without its number; revisions must come in their order."""
    final: dict[tuple[str, int], Bar] = {}
    for bar in bars:
        before = final.get((bar.instrument, bar.second))
        assert bar.revision == (0 if before is None else before.revision + 1)
        assert before is None or structs.replace(bar, revision=0) != structs.replace(before, revision=0)
        final[bar.instrument, bar.second] = bar
    return {key: structs.replace(bar, revision=0) for key, bar in final.items()}


@given(tape=tapes(), data=st.data())
def test_any_order_within_a_minute_comes_to_the_same_final_bars(tape: list[Tick], data: st.DataObject) -> None:
    """However late, however framed, one tick in ten told twice: the last revisions hold every trade exactly once."""
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    noisy = tape + [one for one in tape if chance.random() < 0.1]
    noisy.sort(key=lambda one: one.traded_at + timedelta(seconds=chance.uniform(0, CORRECTABLE)))
    cuts = data.draw(st.lists(st.integers(0, len(noisy)), max_size=12))
    aggregator = BarAggregator()
    bars: list[Bar] = []
    for start, stop in pairwise(sorted({0, len(noisy), *cuts})):
        if chance.random() < 0.5:
            aggregator.add_many(columns_of(noisy[start:stop]))
        else:
            for one in noisy[start:stop]:
                assert aggregator.add(one)
        bars.extend(aggregator.advance()[0])
    final = last_words([*bars, *aggregator.flush()])
    assert final == {(bar.instrument, bar.second): bar for bar in bars_of(tape)}
    counts = aggregator.counts
    assert (counts["late"], counts["accepted"] + counts["corrected"]) == (0, len(tape))
    assert sum(counts.values()) == len(noisy)
    assert all(bar.volume >= 0.0 for bar in bars)


def given_out(*ticks: Tick, until: int = 10) -> BarAggregator:
    """An aggregator that has given out the bars of these ticks."""
    aggregator = BarAggregator()
    aggregator.add_many(columns_of(list(ticks)))
    aggregator.advance(quiet_until=ZERO + until)
    return aggregator


def test_a_late_tick_makes_its_bar_anew() -> None:
    """The bar again, from all its ticks, under the next number; the second late tick under the one after."""
    aggregator = given_out(tick(1.0, 100.0, 10), tick(1.5, 101.0, 10))
    aggregator.add(tick(1.2, 105.0, 20))
    (bar,), _ = aggregator.advance()
    assert (bar.open, bar.high, bar.close, bar.volume, bar.ticks, bar.revision) == (100.0, 105.0, 101.0, 40.0, 3, 1)
    aggregator.add_many(columns_of([tick(1.9, 99.0, 5)]))
    (bar,), _ = aggregator.advance()
    assert (bar.high, bar.close, bar.volume, bar.ticks, bar.revision) == (105.0, 99.0, 45.0, 4, 2)
    assert aggregator.counts["corrected"] == 2


def test_a_late_tick_of_a_second_without_a_bar_makes_its_first() -> None:
    """Nothing was given out for that second, so there is nothing to number."""
    aggregator = given_out(tick(1.0), tick(3.0, instrument="HSI"))
    aggregator.add(tick(3.0))
    assert [(bar.instrument, bar.second - ZERO, bar.revision) for bar in aggregator.advance()[0]] == [("0700.HK", 3, 0)]


@pytest.mark.parametrize("sequence", [None, 7])
def test_a_repeat_that_comes_late_is_no_revision(sequence: int | None) -> None:
    """At-least-once delivery would otherwise send every bar again and again."""
    aggregator = given_out(tick(1.0, sequence=sequence))
    aggregator.add(tick(1.0, sequence=sequence))
    aggregator.add_many(columns_of([tick(1.0, sequence=sequence)]))
    assert aggregator.advance()[0] == ()
    assert (aggregator.counts["duplicate"], aggregator.counts["corrected"]) == (2, 0)


def test_what_is_later_than_a_minute_is_late() -> None:
    """Its fellow ticks are forgotten, and half of them must not replace the whole bar."""
    aggregator = given_out(tick(0.0), until=5)
    aggregator.advance(quiet_until=ZERO + CORRECTABLE)
    assert aggregator.add(tick(0.5))
    aggregator.advance(quiet_until=ZERO + CORRECTABLE + 1)
    assert not aggregator.add(tick(0.6))
    assert aggregator.counts["late"] == 1


def test_ticks_kept_for_corrections_are_bounded() -> None:
    """The oldest go first, and what they would be needed for is late."""
    aggregator = BarAggregator(max_pending=10)
    for second in range(30):
        aggregator.add(tick(second))
        aggregator.advance()
        assert aggregator.kept <= 10
    assert [aggregator.add(tick(at + 0.5)) for at in (13, 14)] == [False, True]
    (bar,), _ = aggregator.advance()
    assert (bar.ticks, bar.revision) == (2, 1)


def test_the_ticks_of_an_old_minute_are_forgotten() -> None:
    """An hour of ticks costs no more memory than its last minute."""
    aggregator = BarAggregator()
    for number in range(3_600):
        aggregator.add(tick(number, sequence=number))
        aggregator.advance()
        assert aggregator.kept <= CORRECTABLE


def test_columns_and_bars_are_the_same_bars() -> None:
    """Quick path and objects, there and back."""
    ticks = columns_of([tick(0.5), tick(0.7, 101.0, instrument="HSI")])
    singly, framed = BarAggregator(), BarAggregator()
    singly.add_many(ticks)
    framed.add_many(ticks)
    bars, columns = singly.advance(ZERO + 9)[0], framed.advance_columns(ZERO + 9)[0]
    assert len(columns) == len(bars) == 2
    assert BarColumns.of_bars(columns.bars()).bars() == bars


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
