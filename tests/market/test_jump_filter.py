"""A single wrong price never passes; a true jump passes whole."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.market.bars.aggregation import BarAggregator
from services.market.ticks.jump import JumpFilter, JumpGate
from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import columns_of

START = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)


def tick(price: float, at: float = 0.0, instrument: str = "0700.HK", sequence: int | None = None) -> Tick:
    traded_at = START + timedelta(seconds=at)
    return Tick(instrument=instrument, price=price, volume=100.0, traded_at=traded_at, sequence=sequence)


def pass_through(prices: list[float], reference: float | None = None) -> list[float]:
    one = JumpFilter(reference)
    return [passed.price for price in prices for passed in one.admit(tick(price))]


def test_ordinary_moves_pass_at_once() -> None:
    """Half of the last price in either direction is still believed."""
    assert pass_through([100.0, 150.0, 75.0, 100.0]) == [100.0, 150.0, 75.0, 100.0]


def test_a_lone_spike_is_dropped() -> None:
    """It would make the high of its bar, the return of its window, and a false alert."""
    assert pass_through([100.0, 1_000.0, 101.0]) == [100.0, 101.0]


def test_three_wrong_prices_that_agree_are_still_dropped() -> None:
    """The jump needs three further ticks, so a burst of three is one too few."""
    assert pass_through([100.0, 900.0, 901.0, 902.0, 100.0]) == [100.0, 100.0]


def test_a_true_jump_passes_whole_once_confirmed() -> None:
    """A split of ten to one is real: no trade of it may be lost."""
    assert pass_through([100.0, 10.0, 10.1, 10.0]) == [100.0]
    assert pass_through([100.0, 10.0, 10.1, 10.0, 9.9, 10.2]) == [100.0, 10.0, 10.1, 10.0, 9.9, 10.2]


def test_confirming_ticks_must_agree_with_each_other() -> None:
    """Random errors are far from the old price, and from each other."""
    assert pass_through([100.0, 500.0, 9_000.0, 3.0, 70_000.0, 600.0]) == [100.0]


def test_a_seeded_reference_judges_the_first_tick() -> None:
    """After a restart the first tick of the day would else be believed whatever it says."""
    gate = JumpGate()
    gate.seed("0700.HK", 340.0)
    assert gate.admit(tick(34_000.0)) == ()
    assert gate.admit(tick(349.0)) == (tick(349.0),)
    assert gate.dropped == 1


def test_two_thousand_random_bad_ticks_make_no_bad_bar() -> None:
    """The tape of a day with one bad tick in eleven: every bar stays within what was really traded."""
    chance = random.Random(23)
    good = [tick(100.0 + chance.gauss(0, 0.2), at=second / 10, sequence=second) for second in range(20_000)]
    tape = list(good)
    for number in range(2_000):
        price = chance.choice([chance.uniform(151.0, 1e6), chance.uniform(1e-6, 49.0)])
        place = chance.randrange(1, len(tape))
        tape.insert(place, tick(price, at=chance.randrange(20_000) / 10, sequence=100_000 + number))
    gate = JumpGate()
    singly: list[Tick] = []
    for one in tape:
        singly.extend(gate.admit(one))
    assert gate.dropped + len(singly) + 3 >= len(tape)
    aggregator = BarAggregator(lateness=4_000)
    for one in singly:
        aggregator.add(one)
    bars = aggregator.flush()
    assert len(bars) == 2_000
    assert min(bar.low for bar in bars) > 95.0
    assert max(bar.high for bar in bars) < 105.0
    assert {one.sequence for one in good} <= {one.sequence for one in singly}


@given(
    prices=st.lists(
        st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from([99.0, 100.0, 101.0, 9.0, 9.1, 1e4])), max_size=60
    ),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_a_frame_is_judged_as_its_ticks_are(prices: list[tuple[str, float]], cuts: list[int]) -> None:
    """The fast path over columns must decide exactly as the slow one, wherever frames begin and end."""
    tape = [tick(price, at=number, instrument=name) for number, (name, price) in enumerate(prices)]
    singly = JumpGate()
    expected = {one.traded_at for item in tape for one in singly.admit(item)}
    framed, actual = JumpGate(), set()
    edges = sorted({0, len(tape), *(min(cut, len(tape)) for cut in cuts)})
    for start, stop in pairwise(edges):
        passed = framed.admit_columns(columns_of(tape[start:stop]))
        actual |= {passed.tick(row).traded_at for row in range(len(passed))}
    assert actual == expected
    assert framed.dropped == singly.dropped


def test_columns_without_jumps_come_back_untouched() -> None:
    """The common case copies nothing."""
    columns = columns_of([tick(100.0 + number / 10, at=number) for number in range(50)])
    assert JumpGate().admit_columns(columns) is columns
    assert np.all(columns.price > 0)
