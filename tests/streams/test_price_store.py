"""The price store on a real Redis: what the book in memory answers, Redis answers; and it heals by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.errors import Unavailable
from services.market.bars.bar_frame import BarFrame, frame_bars
from services.market.bars.bar_making import BarColumns
from services.market.bars.rollup import KEPT_CLOSES, KEPT_SESSIONS
from services.market.prices.history import DailyCloses, SessionMinutes
from services.market.prices.price_window import PriceSeries
from services.market.ticks.tick import Bar
from streams import codec
from streams.prices.price_book import RedisPriceBook
from streams.prices.price_packing import DAY_ROW, days_key, minutes_key, seconds_key
from streams.prices.price_store import RedisPriceStore, connect
from streams.prices.price_store_size import measure_store
from streams.watching.health import Health
from tests.streams.price_books import (
    HKT,
    MakePrices,
    MemoryPrices,
    Prices,
    RedisPrices,
    bar,
    calendar_of,
    rows_of,
    session_days,
)

pytestmark = pytest.mark.parts
NAME = "0700.HK"
OPEN = datetime(2023, 7, 13, 9, 30, tzinfo=HKT)


@pytest.fixture(params=["memory", "redis"])
def make_prices(request: pytest.FixtureRequest, redis_url: str) -> MakePrices:
    return MemoryPrices if request.param == "memory" else lambda: RedisPrices(redis_url)


@pytest.fixture
def prices(make_prices: MakePrices) -> Prices:
    return make_prices()


def play_sessions(prices: Prices, name: str, opens: list[datetime]) -> None:
    """Three bars a session: in its first minute, in the next, and the closing print; prices tell the session."""
    for number, at in enumerate(opens):
        settled = calendar_of(name).close_of(at)
        prices.write([bar(name, at + timedelta(seconds=5), 100.0 + number)])
        prices.write([bar(name, at + timedelta(seconds=65), 200.0 + number)])
        prices.write([bar(name, settled - timedelta(seconds=1), 300.0 + number)])


def test_bars_come_back_in_order_across_hours(prices: Prices) -> None:
    """Bars are packed by hour; a span over several hours is one answer."""
    prices.write([bar(NAME, OPEN + timedelta(minutes=40 * number), 340.0 + number) for number in (2, 0, 1, 3)])
    series = prices.book.series(NAME, OPEN, OPEN + timedelta(hours=3))
    assert series.close.tolist() == [340.0, 341.0, 342.0, 343.0]


def test_a_bar_written_twice_counts_once_and_the_last_one_counts(prices: Prices) -> None:
    """A crash between store and topic repeats bars; a late tick revises one: no volume is counted twice."""
    prices.write([bar(NAME, OPEN, 340.0), bar(NAME, OPEN + timedelta(seconds=1), 340.5)])
    prices.write([bar(NAME, OPEN, 340.0)])
    prices.write([bar(NAME, OPEN, 341.0, 150.0, revision=1)])
    end = OPEN + timedelta(minutes=1)
    assert [row[1:] for row in rows_of(prices.book.series(NAME, OPEN, end))] == [(341.0, 150.0), (340.5, 100.0)]
    assert [row[1:] for row in rows_of(prices.book.minutes(NAME, OPEN, end))] == [(340.5, 250.0)]


def test_two_sessions_are_kept_in_seconds(prices: Prices) -> None:
    """When a session begins, seconds from before the previous one go; until then they stay."""
    first, second, third = session_days(NAME, OPEN, 3)
    play_sessions(prices, NAME, [first, second])
    far = third + timedelta(days=1)
    assert prices.book.series(NAME, first, far).close.tolist() == [100.0, 200.0, 300.0, 101.0, 201.0, 301.0]
    prices.write([bar(NAME, third, 400.0)])
    assert prices.book.series(NAME, first, far).close.tolist() == [101.0, 201.0, 301.0, 400.0]


def test_after_a_long_holiday_the_last_session_is_still_there_in_seconds(prices: Prices) -> None:
    """Lunar new year 2024: Shanghai closed for ten days; news of the holiday is measured from the session before."""
    name = "600519.SS"
    before, after = session_days(name, datetime(2024, 2, 8, 9, 0, tzinfo=HKT), 2)
    assert (after - before).days == 11
    play_sessions(prices, name, [before, after])
    end = after + timedelta(hours=8)
    assert prices.book.series(name, before, end).close.tolist() == [100.0, 200.0, 300.0, 101.0, 201.0, 301.0]
    taken = prices.book.snapshot([name], after + timedelta(minutes=10))
    assert taken.series(name, before, end).close.tolist() == [100.0, 200.0, 300.0, 101.0, 201.0]


def test_minutes_and_closes_outlive_the_seconds(prices: Prices) -> None:
    """The third tier has true closes: the last price known when the session was settled, and the day's volume."""
    opens = session_days(NAME, OPEN, 5)
    play_sessions(prices, NAME, opens)
    far = opens[-1] + timedelta(days=1)
    minutes = prices.book.minutes(NAME, opens[0], far)
    assert minutes.close.tolist() == [base + number for number in range(5) for base in (100.0, 200.0, 300.0)]
    assert int(minutes.second[0]) == int(opens[0].timestamp()) + 59
    closes = prices.book.daily_closes(NAME, far)
    assert rows_of(closes) == [
        (int(calendar_of(NAME).close_of(at).timestamp()), 300.0 + number, 300.0) for number, at in enumerate(opens)
    ]
    assert len(prices.book.daily_closes(NAME, opens[-1])) == 4


def test_the_running_price_is_no_close_and_the_running_minute_no_bar(prices: Prices) -> None:
    """What is not over has no answer yet, at any moment."""
    prices.write([bar(NAME, OPEN + timedelta(seconds=number), 340.0 + number) for number in range(90)])
    at = OPEN + timedelta(seconds=90)
    assert len(prices.book.daily_closes(NAME, at)) == 0
    assert prices.book.minutes(NAME, OPEN, at).close.tolist() == [399.0]


def test_a_snapshot_answers_for_many_and_does_not_change(prices: Prices) -> None:
    """One round trip; what comes later is not in it, nor what it was not asked for."""
    names = ["0700.HK", "3690.HK", "600519.SS"]
    prices.write([bar(name, OPEN, 100.0 + number) for number, name in enumerate(names)])
    taken = prices.book.snapshot(names, OPEN + timedelta(minutes=5))
    prices.write([bar(name, OPEN, 999.0) for name in names])
    late = OPEN + timedelta(hours=1)
    assert [taken.series(name, OPEN, late).close.tolist() for name in names] == [[100.0], [101.0], [102.0]]
    assert [taken.minutes(name, OPEN, late).close.tolist() for name in names] == [[100.0], [101.0], [102.0]]
    assert len(taken.daily_closes(names[0], late)) == 0


BARS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 7 * 3_600), st.floats(0.01, 1e6), st.sampled_from([0.0, 1.0, 0.1])),
    min_size=1,
    max_size=40,
)
"""(number of the session, second since its open, close, volume)."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=BARS, repeats=st.lists(st.integers(0, 39), max_size=8))
def test_both_books_answer_alike(redis_url: str, rows: list[tuple[int, int, float, float]], repeats: list[int]) -> None:
    """A replay decides what the line decides: every tier, every instant, bars given twice included."""
    opens = session_days(NAME, OPEN, 4)
    in_memory, on_redis = MemoryPrices(), RedisPrices(redis_url)
    for day, opening in enumerate(opens):
        bars = [bar(NAME, opening + timedelta(seconds=row[1]), *row[2:]) for row in sorted(rows) if row[0] == day]
        for number, each in enumerate(bars):
            for one in (in_memory, on_redis):
                one.write([each, each] if number in repeats else [each])
        since = opens[max(0, day - 1)]
        for at in (opening + timedelta(hours=3), opening + timedelta(hours=8)):
            on_redis.pass_time(int(opening.timestamp()) + 8 * 3_600)
            left, right = (one.book.snapshot([NAME], at) for one in (in_memory, on_redis))
            assert rows_of(left.series(NAME, since, at)) == rows_of(right.series(NAME, since, at))
            assert rows_of(left.minutes(NAME, OPEN, at)) == rows_of(right.minutes(NAME, OPEN, at))
            assert rows_of(left.daily_closes(NAME, at)) == rows_of(right.daily_closes(NAME, at))


def test_a_session_that_is_over_is_on_the_topics_once(redis_url: str) -> None:
    """Kafka is the truth: minutes and close are sent before Redis has them, and a second look sends nothing."""
    prices = RedisPrices(redis_url)
    play_sessions(prices, NAME, [OPEN])
    settled = int(calendar_of(NAME).close_of(OPEN).timestamp())
    midnight = int(OPEN.replace(hour=0, minute=0).timestamp()) + 86_400
    prices.pass_time(midnight + 89)
    assert prices.sent.records == []
    prices.pass_time(midnight + 90)
    assert [(topic, key) for topic, key, _ in prices.sent.records] == [
        ("market.minutes", "0700.HK@2023-07-13"),
        ("market.days", "0700.HK@2023-07-13"),
    ]
    minutes = codec.decode(SessionMinutes, prices.sent.records[0][2])
    assert (minutes.close, minutes.minute, minutes.source) == ((100.0, 200.0, 300.0), (0, 1, 399), "live")
    assert codec.decode(DailyCloses, prices.sent.records[1][2]).settled == (settled,)
    again = RedisPrices.__new__(RedisPrices)
    again.__dict__ |= {**prices.__dict__, "closing": type(prices.closing)(prices.store, prices.sent, calendar_of)}
    again.pass_time(midnight + 3_600)
    assert len(prices.sent.records) == 2


def test_a_session_that_ended_unseen_is_put_away_after_the_start(redis_url: str) -> None:
    """A crash at the close loses nothing: the next process finds seconds without minutes."""
    prices = RedisPrices(redis_url)
    play_sessions(prices, NAME, [OPEN])
    restarted = RedisPrices.__new__(RedisPrices)
    restarted.__dict__ |= {**prices.__dict__, "closing": type(prices.closing)(prices.store, prices.sent, calendar_of)}
    restarted.pass_time(int(OPEN.timestamp()) + 86_400)
    assert [key for _, key, _ in prices.sent.records] == ["0700.HK@2023-07-13"] * 2
    assert prices.store.have_minutes([(NAME, OPEN.date())]) == [True]


def test_ninety_sessions_of_minutes_and_three_years_of_closes_are_kept(redis_url: str) -> None:
    """Bounded memory: what a session adds, the oldest one gives back."""
    prices = RedisPrices(redis_url)
    opens = session_days(NAME, datetime(2023, 1, 3, 9, 30, tzinfo=HKT), KEPT_SESSIONS + 5)
    play_sessions(prices, NAME, opens)
    client = connect(redis_url)
    days = sorted(key.decode()[-10:] for key in client.scan_iter(minutes_key(NAME, "*")))  # type: ignore[arg-type]
    assert days == [str(at.date()) for at in opens[-1 - KEPT_SESSIONS : -1]]
    for year in range(20):
        settled = np.arange(250, dtype=np.int64) * 86_400 + year * 365 * 86_400
        prices.store.put_closes([PriceSeries(NAME, settled, np.full(250, float(year)), np.zeros(250))])
        assert client.strlen(days_key(NAME)) <= 2 * KEPT_CLOSES * DAY_ROW.itemsize
    assert prices.book.daily_closes(NAME, OPEN.replace(year=2024)).close[-1] == 300.0 + len(opens) - 2


def test_every_second_expires_though_nobody_deletes_it(redis_url: str) -> None:
    """The safety net is longer than the longest closure of an exchange."""
    prices = RedisPrices(redis_url)
    prices.write([bar(NAME, OPEN, 340.0)])
    left = connect(redis_url).ttl(seconds_key(NAME, int(OPEN.timestamp()) // 3_600))
    assert 14 * 86_400 < left <= 21 * 86_400


def test_a_flushed_store_is_not_filled_and_gives_no_half_tape(redis_url: str) -> None:
    """FLUSHALL must be noticed, or a figure from the bars since then would look right and be wrong."""
    prices = RedisPrices(redis_url)
    prices.write([bar(NAME, OPEN, 340.0)])
    assert prices.store.is_filled()
    connect(redis_url).flushall()
    assert not prices.store.is_filled()
    prices.store.write(BarColumns.of_bars((bar(NAME, OPEN, 340.0),)), shard=0)
    for ask in (
        lambda: prices.book.series(NAME, OPEN, OPEN + timedelta(minutes=1)),
        lambda: prices.book.snapshot([NAME], OPEN),
        lambda: prices.store.read_seconds([(NAME, 0, 3_600)]),
    ):
        with pytest.raises(Unavailable):
            ask()


def test_only_one_process_fills_the_store(redis_url: str) -> None:
    """Two that empty it in turn would never end."""
    first, second = RedisPriceStore(redis_url), RedisPriceStore(redis_url)
    connect(redis_url).flushall()
    assert first.begin_filling()
    assert not second.begin_filling()
    assert first.begin_filling()
    first.end_filling()
    assert second.is_filled()
    assert second.begin_filling()
    second.end_filling()


def test_a_store_flushed_while_it_is_filled_is_not_called_filled(redis_url: str) -> None:
    """What was written before the flush is gone, though the filling went on."""
    store = RedisPriceStore(redis_url)
    assert store.begin_filling()
    connect(redis_url).flushall()
    with pytest.raises(Unavailable):
        store.end_filling()
    assert not store.is_filled()


def test_a_store_of_an_older_layout_is_filled_anew(redis_url: str) -> None:
    """After an update the old strings cannot be read."""
    connect(redis_url).set("prices:filled", "1")
    assert not RedisPriceStore(redis_url).is_filled()


def test_the_size_is_told_by_tier(redis_url: str) -> None:
    """Memory is bounded per instrument, and printed."""
    prices = RedisPrices(redis_url)
    play_sessions(prices, NAME, session_days(NAME, OPEN, 2))
    prices.write([bar("HSI", OPEN, 19_000.0)])
    size = measure_store(prices.store)
    assert size.bytes_by_tier == {"seconds": 7 * 18, "minutes": 3 * 18, "days": 24}
    assert size.instruments == 2


def test_an_absent_redis_is_unavailable_not_a_crash() -> None:
    """The correlator waits for it, the aggregator goes on without it."""
    nowhere = "redis://127.0.0.1:1/0"
    with pytest.raises(Unavailable):
        RedisPriceBook(nowhere, Health(), calendar_of).series(NAME, OPEN, OPEN)
    with pytest.raises(Unavailable):
        RedisPriceStore(nowhere).write(BarColumns.of_bars((bar(NAME, OPEN, 1.0),)), shard=0)


@given(
    st.lists(
        st.builds(
            Bar,
            instrument=st.sampled_from(["A", "B", "C"]),
            second=st.integers(0, 2**31),
            open=st.floats(0.01, 1e6),
            high=st.floats(0.01, 1e6),
            low=st.floats(0.01, 1e6),
            close=st.floats(0.01, 1e6),
            volume=st.floats(0, 1e12),
            vwap=st.floats(0.01, 1e6),
            ticks=st.integers(1, 1_000),
            revision=st.integers(0, 3),
        ),
        max_size=20,
    )
)
def test_a_frame_of_bars_comes_back_as_it_was(bars: list[Bar]) -> None:
    """Through columns and JSON: what the refill writes is what was sent."""
    columns = BarColumns.of_bars(tuple(bars))
    frame = codec.decode(BarFrame, codec.encode(frame_bars(columns, shard=1, watermark=5)))
    assert frame.bars == tuple(bars)
    assert (frame.shard, frame.watermark) == (1, 5)
