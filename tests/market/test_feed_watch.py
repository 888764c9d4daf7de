"""Gaps and clocks of feeds, quotes that are no trades, minutes of a quote service."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.market.ticks.feed_watch import RESTART_BELOW, SequenceWatch, SkewWatch
from services.market.ticks.minute_ticks import MinuteBar, MinuteMemory
from services.market.ticks.quote_memory import QuoteMemory

NOON = 1_689_220_800_000_000
"""2023-07-13 12:00 in Hong Kong."""
SECOND = 1_000_000
DAY = 86_400 * SECOND
HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def quote(volume: float, *, price: float = 10.0, micros: int = NOON, instrument: str = "0700.HK") -> dict[str, Any]:
    return {"instrument": instrument, "price": price, "volume": volume, "traded_at": micros}


# ---- sequence numbers


@given(st.sets(st.integers(0, 900)))
def test_missing_numbers_are_counted_once(lost: set[int]) -> None:
    """Whatever was lost between the first and the last number is the sum of the gaps."""
    watch = SequenceWatch("instrument")
    kept = [number for number in range(901) if number not in lost]
    counted = sum(watch.missing("0700.HK", number) for number in kept)
    assert counted == (kept[-1] - kept[0] + 1 - len(kept) if kept else 0)


@given(st.permutations(range(20)))
def test_late_and_repeated_numbers_are_no_gaps_of_their_own(order: list[int]) -> None:
    """After a reconnect a vendor repeats; a second pass over the same numbers adds nothing."""
    watch = SequenceWatch("instrument")
    for number in order:
        watch.missing("0700.HK", number)
    assert sum(watch.missing("0700.HK", number) for number in order) == 0


def test_a_sequence_counts_per_instrument_or_for_the_feed() -> None:
    """The mapping says which; the wrong one would count a gap at every second tick."""
    numbers = [("0700.HK", 5_000), ("3690.HK", 5_001), ("0700.HK", 5_002), ("3690.HK", 5_003)]
    for scope, gaps in (("feed", 0), ("instrument", 2), ("none", 0)):
        watch = SequenceWatch(scope)  # type: ignore[arg-type]
        assert sum(watch.missing(*pair) for pair in numbers) == gaps


def test_a_sequence_that_begins_anew_is_no_gap() -> None:
    """Most begin at 1 each morning."""
    watch = SequenceWatch("instrument")
    assert [watch.missing("0700.HK", number) for number in (RESTART_BELOW + 50, 1, 2, 4)] == [0, 0, 0, 1]


# ---- clocks


def test_one_odd_time_does_not_move_the_measured_skew() -> None:
    """The median: a vendor's single wrong stamp must wake nobody."""
    watch = SkewWatch()
    assert watch.seconds() is None
    for _ in range(60):
        watch.see(100.2, 100.0)
    watch.see(100.0, 90_000.0)
    assert watch.seconds() == pytest.approx(0.2)


def test_the_skew_follows_when_the_clock_is_put_right() -> None:
    """Only the last hundred count."""
    watch = SkewWatch()
    for _ in range(500):
        watch.see(105.0, 100.0)
    for _ in range(100):
        watch.see(100.1, 100.0)
    assert watch.seconds() == pytest.approx(0.1)


# ---- quotes


def test_a_quote_that_did_not_change_is_no_tick() -> None:
    """A halted share answers with its last trade for hours; sent on, it would look alive."""
    memory = QuoteMemory("day")
    assert len(memory.new_ticks([quote(100.0)])) == 1
    assert memory.new_ticks([quote(100.0), quote(150.0)]) == []
    assert len(memory.new_ticks([quote(100.0, price=10.1)])) == 1
    assert len(memory.new_ticks([quote(100.0, price=10.1, micros=NOON + SECOND)])) == 1


def test_an_older_quote_is_no_tick() -> None:
    """Servers of one vendor lag behind each other."""
    memory = QuoteMemory("day")
    memory.new_ticks([quote(100.0)])
    assert memory.new_ticks([quote(90.0, price=9.9, micros=NOON - SECOND)]) == []


def test_the_first_quote_brings_no_volume() -> None:
    """A day's volume in one tick would look like a burst of trading when the source starts."""
    assert QuoteMemory("day").new_ticks([quote(9_000_000.0)])[0]["volume"] == 0.0


def test_volume_of_a_trade_is_taken_as_it_is() -> None:
    """volume_is = "trade"."""
    memory = QuoteMemory("trade")
    volumes = [memory.new_ticks([quote(7.0, micros=NOON + n)])[0]["volume"] for n in range(3)]
    assert volumes == [7.0, 7.0, 7.0]


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_increments_add_up_to_the_days_volume(totals: list[int]) -> None:
    """Rising totals: nothing lost and nothing twice. Falling ones (corrections) never make a negative volume."""
    memory = QuoteMemory("day", HONG_KONG)
    ticks = [memory.new_ticks([quote(float(total), micros=NOON + n)])[0] for n, total in enumerate(totals)]
    volumes = [tick["volume"] for tick in ticks]
    assert min(volumes) >= 0.0
    assert sum(volumes) == max(totals) - totals[0]


def test_a_new_day_starts_from_nothing_in_the_exchanges_zone() -> None:
    """Its first quote brings all that was traded since the open, even when that is more than yesterday's total."""
    memory = QuoteMemory("day", HONG_KONG)
    memory.new_ticks([quote(500.0)])
    assert memory.new_ticks([quote(800.0, micros=NOON + DAY)])[0]["volume"] == 800.0
    evening_before = NOON + DAY + 11 * 3_600 * SECOND
    assert memory.new_ticks([quote(900.0, micros=evening_before)])[0]["volume"] == 100.0
    after_midnight = NOON + DAY + 13 * 3_600 * SECOND
    assert memory.new_ticks([quote(20.0, micros=after_midnight)])[0]["volume"] == 20.0


# ---- minutes


def bar(start: int, close: float = 10.0, volume: float = 5.0, symbol: str = "0700.HK") -> MinuteBar:
    return MinuteBar(symbol=symbol, start=start, close=close, volume=volume)


def test_a_minute_becomes_a_tick_at_its_end_and_only_once() -> None:
    """The close is known when the minute is over; a stamp at its start would look ahead."""
    memory = MinuteMemory({"0700.HK": "0700.HK"}, 0.0, since=0.0)
    bars = [bar(60), bar(120, close=10.2), bar(180)]
    ticks = memory.new_ticks(bars, now=200.0)
    assert [(tick["traded_at"], tick["price"]) for tick in ticks] == [(119_999_000, 10.0), (179_999_000, 10.2)]
    assert memory.new_ticks(bars, now=200.0) == []
    assert len(memory.new_ticks(bars, now=240.0)) == 1


def test_minutes_wait_for_the_slowest_exchange() -> None:
    """With quotes that come a quarter of an hour late, all come at the same age, and none is late in the line."""
    memory = MinuteMemory({"A": "A", "B": "B"}, 900.0, since=0.0)
    bars = [bar(60, symbol="A"), bar(60, symbol="B")]
    assert memory.new_ticks(bars, now=1_019.0) == []
    assert {tick["instrument"] for tick in memory.new_ticks(bars, now=1_020.0)} == {"A", "B"}


def test_minutes_before_the_start_and_of_strangers_are_left_out() -> None:
    """The line has made bars of that time already."""
    memory = MinuteMemory({"A": "A"}, 0.0, since=600.0)
    assert memory.new_ticks([bar(480, symbol="A"), bar(540, symbol="A"), bar(720, symbol="B")], now=9_999.0) == []
    assert len(memory.new_ticks([bar(600, symbol="A")], now=9_999.0)) == 1


def test_a_filled_in_minute_is_no_trade() -> None:
    """Services repeat the last price where nothing traded; an index has no volume but moves."""
    memory = MinuteMemory({"0700.HK": "0700.HK"}, 0.0, since=0.0)
    nan = float("nan")
    bars = [bar(60, 10.0, 5.0), bar(120, 10.0, 0.0), bar(180, nan, nan), bar(240, 10.1, nan), bar(300, 10.1, 5.0)]
    ticks = memory.new_ticks(bars, now=9_999.0)
    assert [(tick["price"], tick["volume"]) for tick in ticks] == [(10.0, 5.0), (10.1, 0.0), (10.1, 5.0)]
