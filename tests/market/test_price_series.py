"""A price is known only once its bar has ended, and the book in memory stays small."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from config.exchanges import load_calendars
from services.market.bars.rollup import KEPT_CLOSES, KEPT_SESSIONS
from services.market.prices.price_memory import KEPT_DAYS, InMemoryPriceBook
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar
from services.market.ticks.tick import Bar

HONG_KONG = load_calendars()["XHKG"]
HKT = ZoneInfo("Asia/Hong_Kong")
TEN = datetime(2023, 7, 13, 10, 0, tzinfo=HKT)


def bar(at: datetime, close: float, instrument: str = "0700.HK", volume: float = 100.0) -> Bar:
    second = int(at.timestamp())
    return Bar(
        instrument=instrument,
        second=second,
        open=close,
        high=close,
        low=close,
        close=close,
        volume=volume,
        vwap=close,
        ticks=1,
    )


def book() -> InMemoryPriceBook:
    calendars = {"0700.HK": HONG_KONG, "HSI": HONG_KONG}
    return InMemoryPriceBook(calendars.__getitem__)


def test_a_bar_is_known_one_second_after_it_began() -> None:
    """The bar of 10:00:00 holds trades until 10:00:00.999: at 10:00:00.5 nobody knows its close."""
    series = PriceSeries.of_bars("0700.HK", [bar(TEN, 349.0), bar(TEN + timedelta(seconds=5), 350.0)])
    assert series.last_before(TEN) is None
    assert series.last_before(TEN + timedelta(seconds=0.5)) is None
    assert series.last_before(TEN + timedelta(seconds=1)) == (int(TEN.timestamp()), 349.0)
    assert series.last_before(TEN + timedelta(seconds=5.9)) == (int(TEN.timestamp()), 349.0)
    assert series.last_before(TEN + timedelta(hours=9)) == (int(TEN.timestamp()) + 5, 350.0)


def test_a_span_holds_the_bars_that_lie_wholly_in_it() -> None:
    """A bar that a border cuts belongs to neither side."""
    series = PriceSeries.of_bars(
        "0700.HK", [bar(TEN + timedelta(seconds=number), 100 + number) for number in range(10)]
    )
    part = series.between(TEN + timedelta(seconds=2.5), TEN + timedelta(seconds=6.5))
    assert part.close.tolist() == [103.0, 104.0, 105.0]
    assert len(series.between(TEN + timedelta(seconds=6), TEN)) == 0


def test_bars_may_come_in_any_order_and_again() -> None:
    """The last word on a second counts."""
    series = PriceSeries.of_bars(
        "X", [bar(TEN + timedelta(seconds=1), 2), bar(TEN, 1), bar(TEN + timedelta(seconds=1), 3)]
    )
    assert series.close.tolist() == [1.0, 3.0]


def test_an_unknown_instrument_has_no_prices() -> None:
    """Nothing known is an empty series, not an error."""
    assert len(book().series("9999.HK", TEN, TEN)) == 0
    assert len(book().daily_closes("9999.HK", TEN)) == 0


def test_a_view_does_not_change_when_the_book_does() -> None:
    """A reader in the middle of a study must not see a bar replaced under it."""
    prices = book()
    prices.append([bar(TEN, 1.0), bar(TEN + timedelta(seconds=1), 2.0)])
    before = prices.series("0700.HK", TEN, TEN + timedelta(hours=1))
    prices.append([bar(TEN, 9.0), bar(TEN + timedelta(seconds=2), 3.0)])
    assert before.close.tolist() == [1.0, 2.0]
    assert prices.series("0700.HK", TEN, TEN + timedelta(hours=1)).close.tolist() == [9.0, 2.0, 3.0]


def test_two_days_are_kept_and_older_ones_become_closes() -> None:
    """Memory is bounded: a day that leaves keeps its close, made in the closing auction, and its volume."""
    prices = book()
    for day in range(10, 15):
        morning = datetime(2023, 7, day, 9, 30, tzinfo=HKT)
        prices.append([bar(morning, 300.0 + day), bar(morning.replace(hour=16, minute=8), 340.0 + day)])
    kept = prices.series("0700.HK", TEN - timedelta(days=30), TEN + timedelta(days=30))
    assert kept.close.tolist() == [313.0, 353.0, 314.0, 354.0]
    closes = prices.daily_closes("0700.HK", TEN + timedelta(days=30))
    assert closes.close.tolist() == [350.0, 351.0, 352.0, 353.0, 354.0]
    assert closes.volume.tolist() == [200.0] * 5
    assert closes.second[-2] == datetime(2023, 7, 13, 16, 10, tzinfo=HKT).timestamp()
    assert prices.daily_closes("0700.HK", TEN).close.tolist() == [350.0, 351.0, 352.0]


def test_a_close_is_known_as_soon_as_its_session_is_settled() -> None:
    """The evening's news is measured against it, before a bar of the next day puts the session away."""
    prices, settled = book(), datetime(2023, 7, 13, 16, 10, tzinfo=HKT)
    prices.append([bar(TEN, 349.0), bar(settled.replace(minute=8), 352.0)])
    assert len(prices.daily_closes("0700.HK", settled - timedelta(seconds=1))) == 0
    assert prices.daily_closes("0700.HK", settled).close.tolist() == [352.0]


def test_closes_are_kept_for_three_years() -> None:
    """Given more, the oldest go."""
    prices = book()
    seconds = np.arange(1_000, dtype=np.int64) * 86_400
    prices.add_closes(PriceSeries("HSI", seconds, np.arange(1_000.0), np.zeros(1_000)))
    closes = prices.daily_closes("HSI", datetime(2023, 1, 1, tzinfo=UTC))
    assert (len(closes), closes.close[-1]) == (KEPT_CLOSES, 999.0)


def test_minutes_outlive_the_seconds_and_end_with_the_running_one() -> None:
    """Ninety sessions are kept; which of them are seconds still is nobody's business."""
    prices = book()
    days = [day for day in range(1, 160) if HONG_KONG.session_on(date(2023, 1, 1) + timedelta(days=day))]
    for day in days:
        morning = datetime(2023, 1, 1, 9, 30, 10, tzinfo=HKT) + timedelta(days=day)
        prices.append([bar(morning, 100.0 + day), bar(morning + timedelta(seconds=80), 200.0 + day)])
    first, last = (datetime(2023, 1, 1, 9, 30, tzinfo=HKT) + timedelta(days=day) for day in (days[0], days[-1]))
    minutes = prices.minutes("0700.HK", first, last + timedelta(minutes=2))
    assert minutes.close[-4:].tolist() == [100.0 + days[-2], 200.0 + days[-2], 100.0 + days[-1], 200.0 + days[-1]]
    assert len(minutes) == 2 * (KEPT_SESSIONS + KEPT_DAYS)
    assert prices.minutes("0700.HK", last, last + timedelta(seconds=119)).close.tolist() == [100.0 + days[-1]]
    assert prices.minutes("0700.HK", last + timedelta(seconds=1), last + timedelta(hours=1)).close.tolist() == [
        200.0 + days[-1]
    ]


def test_a_snapshot_knows_nothing_later() -> None:
    """All numbers of one revision are of one moment."""
    prices = book()
    prices.append([bar(TEN, 1.0), bar(TEN + timedelta(minutes=2), 2.0)])
    taken = prices.snapshot(["0700.HK"], TEN + timedelta(minutes=1))
    prices.append([bar(TEN, 9.0), bar(TEN + timedelta(seconds=30), 3.0)])
    late = TEN + timedelta(hours=8)
    assert taken.series("0700.HK", TEN, late).close.tolist() == [1.0]
    assert taken.minutes("0700.HK", TEN, late).close.tolist() == [1.0]
    assert len(taken.daily_closes("0700.HK", late)) == 0


@given(
    seconds=st.lists(st.integers(0, 3 * 86_400), max_size=60, unique=True),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_how_bars_are_handed_in_does_not_matter(seconds: list[int], cuts: list[int]) -> None:
    """One by one, in one heap or in pieces: the same book."""
    monday = datetime(2023, 7, 10, tzinfo=HKT)
    bars = [bar(monday + timedelta(seconds=second), 100.0 + second) for second in sorted(seconds)]
    whole, pieces = book(), book()
    whole.append(bars)
    edges = sorted({0, len(bars), *(min(cut, len(bars)) for cut in cuts)})
    for start, stop in pairwise(edges):
        pieces.append(bars[start:stop])
    far = monday + timedelta(days=30)
    assert whole.series("0700.HK", monday, far).second.tolist() == pieces.series("0700.HK", monday, far).second.tolist()
    assert whole.daily_closes("0700.HK", far).close.tolist() == pieces.daily_closes("0700.HK", far).close.tolist()


def test_every_instrument_counts_days_by_its_own_exchange() -> None:
    """Sydney's day begins before midnight UTC: a UTC day would cut its sessions in two."""
    exchanges: dict[str, ExchangeCalendar] = load_calendars()
    prices = InMemoryPriceBook(lambda _: exchanges["XASX"])
    sydney = ZoneInfo("Australia/Sydney")
    for day in (11, 12, 13):
        for hour in (10, 15):
            prices.append([bar(datetime(2023, 1, day, hour, tzinfo=sydney), 10.0 * day + hour, "BHP.AX")])
    kept = prices.series("BHP.AX", datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 2, 1, tzinfo=UTC))
    assert kept.close.tolist() == [130.0, 135.0, 140.0, 145.0]
