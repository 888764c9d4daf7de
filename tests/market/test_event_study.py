"""What is measured around an event, on tapes made by hand: known values, closed markets, nights, volume."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from services.market.prices.price_memory import InMemoryPriceBook
from services.market.prices.price_window import PriceSeries
from services.market.reaction import NormalModel, SessionState, Window, ZBasis
from services.market.study.event_study import MarketEvent, measure_signal
from services.market.study.market_model import minute_marks
from tests.market.tapes import CALENDARS, HONG_KONG, INDEX, OWN, book_of, event, hkt, measure, random_days, tape


def test_the_sample_evening_is_measured_from_the_close_before() -> None:
    """News of 12 July, 19:30: one minute after the next open, against 340.0, the opening gap included."""
    book = book_of(
        tape(OWN, ("2023-07-12T15:59:59", 339.8), ("2023-07-12T16:08:40", 340.0), ("2023-07-13T09:30:10", 347.0))
    )
    book.append_series(tape(OWN, ("2023-07-13T09:30:59", 348.5), ("2023-07-13T09:31:00", 400.0)))
    book.append_series(tape(INDEX, ("2023-07-12T16:08:40", 18_860.95), ("2023-07-13T09:30:59", 19_049.5595)))
    reaction = measure(book, "2023-07-12T19:30", "2023-07-13T09:31", Window.AFTER_1M)
    assert reaction.return_ == pytest.approx(0.025)
    assert reaction.benchmark_return == pytest.approx(0.01)
    assert (reaction.model, reaction.alpha) == (NormalModel.MARKET_ADJUSTED, 0.0)
    assert (reaction.beta, reaction.beta_estimated) == (1.0, False)
    assert reaction.abnormal_return == pytest.approx(0.015)
    assert (reaction.z, reaction.z_basis, reaction.volume_ratio, reaction.percentile) == (None, None, None, None)
    assert (reaction.previous_close, reaction.price) == (340.0, 348.5)
    assert reaction.price_at == hkt("2023-07-13T09:30:59")
    assert (reaction.started_at, reaction.ended_at) == (hkt("2023-07-12T19:30"), hkt("2023-07-13T09:31"))
    assert reaction.state is SessionState.OPEN


def test_an_evening_says_closed_and_measures_nothing() -> None:
    """Never 0.00 %: nothing was traded since, and the last price is the auction's."""
    book = book_of(tape(OWN, ("2023-07-12T15:59:59", 339.8), ("2023-07-12T16:08:40", 340.0)))
    reactions = measure_signal(event("2023-07-12T19:30"), book, hkt("2023-07-12T19:31"))
    assert [reaction.window for reaction in reactions] == [
        Window.SINCE_PREVIOUS_CLOSE,
        Window.BEFORE_30M,
        Window.SO_FAR,
    ]
    for reaction in (reactions[0], reactions[2]):
        assert reaction.state is SessionState.CLOSED
        assert (reaction.return_, reaction.abnormal_return, reaction.z) == (None, None, None)
        assert (reaction.price, reaction.price_at) == (340.0, hkt("2023-07-12T16:08:40"))
    assert reactions[1].return_ is None


def test_at_lunch_the_origin_is_the_price_before_lunch() -> None:
    """12:20 news: the clock starts at one, the reaction from the last price of the morning."""
    book = book_of(
        tape(OWN, ("2023-07-13T11:59:58", 100.0), ("2023-07-13T13:00:05", 102.0), ("2023-07-13T13:00:59", 103.0))
    )
    at_lunch = measure(book, "2023-07-13T12:20", "2023-07-13T12:21", Window.SO_FAR)
    assert (at_lunch.state, at_lunch.return_) == (SessionState.LUNCH, None)
    after = measure(book, "2023-07-13T12:20", "2023-07-13T13:01", Window.AFTER_1M)
    assert after.return_ == pytest.approx(0.03)


def test_a_half_day_closes_at_ten_past_twelve() -> None:
    """24 December 2020: the auction counts, and afterwards it is closed, not stale."""
    book = book_of(tape(OWN, ("2020-12-24T11:29:59", 560.0), ("2020-12-24T11:45", 561.0), ("2020-12-24T12:08", 562.8)))
    reaction = measure(book, "2020-12-24T11:30", "2020-12-24T12:10", Window.TO_CLOSE)
    assert reaction.return_ == pytest.approx(0.005)
    assert reaction.ended_at == hkt("2020-12-24T12:10")
    assert reaction.state is SessionState.CLOSED


def test_a_typhoon_day_is_waited_out() -> None:
    """News of Sunday, 16 July 2023: Monday does not trade, the reaction is Tuesday's."""
    book = book_of(tape(OWN, ("2023-07-14T16:08", 350.0), ("2023-07-18T09:30:30", 343.0)))
    monday = measure(book, "2023-07-16T20:00", "2023-07-17T10:00", Window.SO_FAR)
    assert (monday.state, monday.return_, monday.price) == (SessionState.CLOSED, None, 350.0)
    tuesday = measure(book, "2023-07-16T20:00", "2023-07-18T09:31", Window.AFTER_1M)
    assert tuesday.return_ == pytest.approx(-0.02)


def test_a_us_holiday_is_waited_out_in_summer_time() -> None:
    """News of 4 July 2023 (closed): one minute after Wednesday's open is 13:31 UTC."""
    new_york, zone = CALENDARS["XNYS"], ZoneInfo("America/New_York")
    book = InMemoryPriceBook(lambda _: new_york)
    seconds = [datetime(2023, 7, 3, 12, 59, tzinfo=zone), datetime(2023, 7, 5, 9, 30, 20, tzinfo=zone)]
    book.append_series(
        PriceSeries(
            "BABA", np.array([int(at.timestamp()) for at in seconds]), np.array([80.0, 84.0]), np.array([10.0, 10.0])
        )
    )
    holiday = MarketEvent(
        signal_id="s",
        published_at=datetime(2023, 7, 4, 11, 0, tzinfo=zone),
        instrument="BABA",
        benchmark=None,
        calendar=new_york,
    )
    (reaction,) = measure_signal(holiday, book, datetime(2023, 7, 5, 9, 31, tzinfo=zone), (Window.AFTER_1M,))
    assert reaction.return_ == pytest.approx(0.05)
    assert reaction.ended_at.isoformat() == "2023-07-05T13:31:00+00:00"
    assert (reaction.benchmark, reaction.benchmark_return) == (None, None)
    assert (reaction.model, reaction.abnormal_return) == (NormalModel.RAW, reaction.return_)


def test_before_and_since_the_close_are_told_apart() -> None:
    """A gap at the open is in the move since the close, not in the thirty minutes before the news."""
    book = book_of(
        tape(OWN, ("2023-07-12T16:08", 100.0), ("2023-07-13T09:30", 110.0), ("2023-07-13T09:45", 111.1)),
    )
    since = measure(book, "2023-07-13T09:50", "2023-07-13T09:50", Window.SINCE_PREVIOUS_CLOSE)
    before = measure(book, "2023-07-13T09:50", "2023-07-13T09:50", Window.BEFORE_30M)
    assert since.return_ == pytest.approx(0.111)
    assert before.return_ == pytest.approx(0.01)


def test_a_window_without_a_trade_has_no_return() -> None:
    """Halted after the news: the last price is old, and 0.00 % would be a lie."""
    book = book_of(
        tape(OWN, ("2023-07-13T10:00", 100.0)), tape(INDEX, ("2023-07-13T10:00", 1.0), ("2023-07-13T10:05", 1.01))
    )
    reaction = measure(book, "2023-07-13T10:01", "2023-07-13T10:06", Window.AFTER_5M)
    assert (reaction.return_, reaction.abnormal_return, reaction.price) == (None, None, 100.0)
    assert reaction.benchmark_return == pytest.approx(0.01)


def test_horizons_that_have_not_ended_are_left_out() -> None:
    """A half measured five minutes would be a wrong five minutes."""
    windows = [
        r.window for r in measure_signal(event("2023-07-13T10:00"), book_of(*random_days()), hkt("2023-07-13T10:03"))
    ]
    assert windows == [Window.SINCE_PREVIOUS_CLOSE, Window.BEFORE_30M, Window.SO_FAR, Window.AFTER_1M]


def test_z_is_the_abnormal_return_over_its_usual_size() -> None:
    """Beta and sigma worked out again with numpy and scipy, from everything but the last half hour."""
    own, market = random_days()
    reaction = measure(book_of(own, market), "2023-07-13T10:30:30", "2023-07-13T16:10", Window.AFTER_5M)
    marks, stretch = minute_marks(hkt("2023-07-12T09:30"), hkt("2023-07-13T10:00:30"), HONG_KONG)
    prices = own.close[np.searchsorted(own.second, marks) - 1]
    index = market.close[np.searchsorted(market.second, marks) - 1]
    same = np.diff(stretch) == 0
    returns, market_returns = (np.diff(x)[same] / x[:-1][same] for x in (prices, index))
    beta = np.polyfit(market_returns, returns, 1)[0]
    sigma = median_abs_deviation(returns - beta * market_returns, scale="normal")
    assert reaction.beta_estimated
    assert reaction.beta == pytest.approx(beta)
    assert reaction.return_ is not None
    assert reaction.benchmark_return is not None
    assert reaction.abnormal_return == pytest.approx(reaction.return_ - beta * reaction.benchmark_return)
    assert reaction.z == pytest.approx(reaction.abnormal_return / (sigma * math.sqrt(5)), rel=1e-4)
    assert reaction.z_basis is ZBasis.MINUTES


def test_a_night_is_not_one_minute() -> None:
    """The same move over a night is judged by a whole session's noise, the root of 330 minutes, and says so."""
    book = book_of(*random_days())
    overnight = measure(book, "2023-07-12T19:30", "2023-07-13T16:10", Window.AFTER_1M)
    assert overnight.z_basis is ZBasis.SESSION
    within = measure(book, "2023-07-12T15:00", "2023-07-13T16:10", Window.AFTER_1M)
    assert overnight.abnormal_return is not None
    assert within.abnormal_return is not None
    assert overnight.z is not None
    assert within.z is not None
    noise_of_night = overnight.abnormal_return / overnight.z
    noise_of_minute = within.abnormal_return / within.z
    assert noise_of_night / noise_of_minute == pytest.approx(math.sqrt(330), rel=0.15)


def test_daily_closes_scale_a_night_and_give_beta() -> None:
    """With a history of closes, daily volatility is used, and the basis says daily."""
    chance = np.random.default_rng(3)
    book = book_of(*random_days())
    days = np.arange(120, dtype=np.int64)
    seconds = int(hkt("2023-03-01T16:10").timestamp()) + 86_400 * days
    market = chance.normal(0, 0.01, 120)
    own = 0.8 * market + chance.normal(0, 0.008, 120)
    book.add_closes(PriceSeries(OWN, seconds, 300 * np.exp(np.cumsum(own)), np.ones(120)))
    book.add_closes(PriceSeries(INDEX, seconds, 19_000 * np.exp(np.cumsum(market)), np.ones(120)))
    reaction = measure(book, "2023-07-12T19:30", "2023-07-13T16:10", Window.TO_CLOSE)
    assert reaction.z_basis is ZBasis.DAILY
    assert reaction.beta == pytest.approx(0.8, abs=0.25)
    assert reaction.abnormal_return is not None
    assert reaction.z is not None
    assert reaction.abnormal_return / reaction.z == pytest.approx(0.008, rel=0.35)


def test_the_close_of_the_evening_itself_does_not_count_yet() -> None:
    """The book learns it only the next morning; with it the first revision and the next would have different betas."""
    book = book_of(tape(OWN, ("2023-07-12T16:08", 100.0), ("2023-07-13T09:30:10", 101.0)))
    seconds = int(hkt("2023-07-12T16:10").timestamp()) + 86_400 * np.arange(-60, 1, dtype=np.int64)
    for instrument in (OWN, INDEX):
        book.add_closes(PriceSeries(instrument, seconds, 100.0 + np.sin(np.arange(61.0)), np.ones(61)))
    assert not measure(book, "2023-07-12T19:30", "2023-07-13T09:31", Window.AFTER_1M).beta_estimated
    assert measure(book, "2023-07-13T09:20", "2023-07-13T09:31", Window.AFTER_1M).beta_estimated is False
    assert measure(book, "2023-07-14T09:00", "2023-07-14T09:31", Window.AFTER_1M).beta_estimated


def test_volume_is_compared_per_minute() -> None:
    """Three times the usual volume in each of five minutes is a ratio of three."""
    quiet = [(f"2023-07-13T{9 + (30 + m) // 60:02}:{(30 + m) % 60:02}:10", 100.0) for m in range(90)]
    book = book_of(tape(OWN, *quiet, volume=50.0))
    book.append_series(tape(OWN, *((f"2023-07-13T11:0{m}:30", 101.0) for m in range(5)), volume=150.0))
    reaction = measure(book, "2023-07-13T11:00", "2023-07-13T11:05", Window.AFTER_5M)
    assert reaction.volume_ratio == pytest.approx(3.0)
