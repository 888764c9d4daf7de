"""With months of history: which model, which benchmark, which history, on every kind of exchange and odd day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
import statsmodels.api as sm

from services.market.prices.price_window import PriceSeries
from services.market.reaction import NormalModel, Reaction, SessionState, Window, ZBasis
from services.market.study.event_study import measure_signal
from tests.market.histories import (
    CALENDARS,
    INDEX,
    OWN,
    ArrayBook,
    at_day,
    hong_kong_book,
    hong_kong_history,
    make_closes,
    make_tapes,
    publish,
    sessions_until,
)

DAY = date(2023, 7, 13)
HONG_KONG = CALENDARS["XHKG"]
LATE = at_day(date(2023, 7, 21), "20:00", HONG_KONG)


def measure(published: datetime, window: Window, book: ArrayBook, as_of: datetime = LATE, **more: object) -> Reaction:
    (reaction,) = measure_signal(publish(published, HONG_KONG, **more), book, as_of, (window,))
    return reaction


def renamed(series: PriceSeries, name: str) -> PriceSeries:
    return PriceSeries(name, series.second, series.close, series.volume)


def test_alpha_and_beta_are_those_of_the_year_before() -> None:
    """statsmodels on the 250 daily returns that end before the last session, event days left out."""
    event_days = frozenset({date(2023, 7, 3), date(2023, 2, 7)})
    own, index = (closes.close for closes in hong_kong_history()[1])
    seconds = hong_kong_history()[1][0].second
    days = [datetime.fromtimestamp(int(second), HONG_KONG.timezone).date() for second in seconds]
    kept = [i for i in range(1, len(days)) if days[i] < date(2023, 7, 12) and days[i] not in event_days][-250:]
    returns, market = ([x[i] / x[i - 1] - 1 for i in kept] for x in (own, index))
    fitted = sm.OLS(returns, sm.add_constant(market)).fit()
    published = at_day(date(2023, 7, 12), "19:30", HONG_KONG)
    reaction = measure(published, Window.TO_CLOSE, hong_kong_book(), event_days=event_days)
    assert reaction.model is NormalModel.MARKET_MODEL
    assert (reaction.alpha, reaction.beta) == pytest.approx(tuple(fitted.params))
    assert reaction.return_ is not None
    assert reaction.benchmark_return is not None
    expected = reaction.return_ - fitted.params[0] - fitted.params[1] * reaction.benchmark_return
    assert reaction.abnormal_return == pytest.approx(expected)
    assert reaction.z_basis is ZBasis.DAILY


def test_alpha_counts_for_the_time_of_the_window() -> None:
    """Thirty minutes of 330, one day and the rest of one, five days and the rest of one."""
    published = at_day(DAY, "14:30", HONG_KONG)
    day = measure(at_day(date(2023, 7, 12), "19:30", HONG_KONG), Window.TO_CLOSE, hong_kong_book()).alpha
    alphas = {window: measure(published, window, hong_kong_book()).alpha for window in Window}
    assert alphas[Window.AFTER_30M] == pytest.approx(day * 30 / 330, rel=0.02)
    assert alphas[Window.TO_CLOSE] == pytest.approx(day * 90 / 330, rel=0.02)
    assert alphas[Window.AFTER_1_SESSION] == pytest.approx(day * (1 + 90 / 330), rel=0.02)
    assert alphas[Window.AFTER_5_SESSIONS] == pytest.approx(day * (5 + 90 / 330), rel=0.02)


def test_the_model_falls_back_step_by_step_and_says_so() -> None:
    """Daily returns, one-minute returns, nothing but the index, nothing at all."""
    (own, index), closes, _ = hong_kong_history()
    published, since = at_day(DAY, "10:30", HONG_KONG), at_day(DAY, "09:30", HONG_KONG)
    full = measure(published, Window.AFTER_5M, hong_kong_book())
    minutes = measure(published, Window.AFTER_5M, ArrayBook((own, index), (), since))
    young = [tape.between(at_day(DAY, "10:00", HONG_KONG), LATE) for tape in (own, index)]
    adjusted = measure(published, Window.AFTER_5M, ArrayBook(young, (), since))
    raw = measure(published, Window.AFTER_5M, ArrayBook((own,), closes, since))
    assert [one.model.value for one in (full, minutes, adjusted, raw)] == [
        "market_model",
        "market_model",
        "market_adjusted",
        "raw",
    ]
    assert (full.alpha != 0.0, minutes.alpha) == (True, 0.0)
    assert minutes.beta == pytest.approx(1.3, abs=0.1)
    assert (adjusted.beta, adjusted.beta_estimated, adjusted.z) == (1.0, False, None)
    assert adjusted.abnormal_return == pytest.approx((adjusted.return_ or 0) - (adjusted.benchmark_return or 0))
    assert (raw.benchmark, raw.benchmark_return, raw.alpha) == (None, None, 0.0)
    assert raw.abnormal_return == raw.return_
    assert raw.z is not None
    assert raw.quiet_windows == full.quiet_windows


def test_the_first_benchmark_that_can_answer_is_used() -> None:
    """The sector's index when it has prices in the window and history, else the exchange's."""
    (own, index), closes, _ = hong_kong_history()
    published, since = at_day(DAY, "10:30", HONG_KONG), at_day(DAY, "09:30", HONG_KONG)
    sector, young = renamed(index, "SECTOR"), renamed(index, "SECTOR").between(at_day(DAY, "10:00", HONG_KONG), LATE)
    stopped = renamed(index, "SECTOR").between(at_day(date(2023, 6, 1), "09:30", HONG_KONG), published)
    for tape, expected in ((sector, "SECTOR"), (young, INDEX), (stopped, INDEX)):
        book = ArrayBook((own, index, tape), closes, since)
        reaction = measure(published, Window.AFTER_5M, book, benchmarks=("SECTOR", INDEX))
        assert reaction.benchmark == expected
        assert reaction.model is NormalModel.MARKET_MODEL
    alone = ArrayBook((own, young), (), since)
    reaction = measure(published, Window.AFTER_5M, alone, benchmarks=("SECTOR",), benchmark=INDEX)
    assert (reaction.benchmark, reaction.model) == ("SECTOR", NormalModel.MARKET_ADJUSTED)


def test_a_long_window_finds_its_origin_in_minutes_and_then_in_days() -> None:
    """Five sessions later the seconds of publication are gone."""
    (own, index), closes, _ = hong_kong_history()
    published = at_day(DAY, "10:30", HONG_KONG)
    end = own.last_before(LATE)
    at_publication = own.last_before(published)
    assert end is not None
    assert at_publication is not None
    seconds_since = at_day(date(2023, 7, 20), "09:30", HONG_KONG)
    reaction = measure(published, Window.AFTER_5_SESSIONS, ArrayBook((own, index), closes, seconds_since))
    ending = own.last_before(reaction.ended_at)
    assert ending is not None
    assert reaction.return_ == pytest.approx(ending[1] / at_publication[1] - 1)
    recent = [tape.between(seconds_since, LATE) for tape in (own, index)]
    only_days = measure(published, Window.AFTER_5_SESSIONS, ArrayBook(recent, closes, seconds_since))
    close = closes[0].last_before(at_day(DAY, "09:00", HONG_KONG))
    assert close is not None
    assert only_days.return_ == pytest.approx(ending[1] / close[1] - 1)
    nothing = measure(published, Window.AFTER_5_SESSIONS, ArrayBook(recent, (), seconds_since))
    assert (nothing.return_, nothing.z, nothing.percentile) == (None, None, None)


def test_figures_stay_when_the_seconds_are_gone() -> None:
    """Measured after a minute, after a day and after five sessions: the same on whole minutes, percentile included."""
    (own, index), closes, _ = hong_kong_history()
    published = at_day(DAY, "10:30", HONG_KONG)
    seen = set()
    for day, seconds_since in ((13, 12), (14, 13), (20, 19)):
        as_of = at_day(date(2023, 7, day), "16:30", HONG_KONG)
        known = [tape.between(at_day(date(2023, 1, 1), "00:00", HONG_KONG), as_of) for tape in (own, index)]
        book = ArrayBook(known, closes, at_day(date(2023, 7, seconds_since), "09:30", HONG_KONG))
        one = measure(published, Window.AFTER_5M, book, as_of)
        seen.add((one.return_, one.abnormal_return, one.z, one.percentile, one.quiet_windows, one.volume_ratio))
    assert len(seen) == 1


def test_news_at_the_open_contains_the_night() -> None:
    """09:30:10, before the first trade: the return starts at the close before, and so must what is usual."""
    early = measure(at_day(DAY, "09:30:10", HONG_KONG), Window.AFTER_1M, hong_kong_book())
    later = measure(at_day(DAY, "09:31:10", HONG_KONG), Window.AFTER_1M, hong_kong_book())
    usual = [abs((one.abnormal_return or 0.0) / (one.z or 1.0)) for one in (early, later)]
    assert usual[0] > 3 * usual[1]


def test_half_a_day_is_measured_by_its_own_minutes() -> None:
    """24 December 2020: to the close at noon, against the same minutes of full days, without their afternoon."""
    days = sessions_until(at_day(date(2020, 12, 31), "20:00", HONG_KONG), 100, HONG_KONG)
    book = ArrayBook(make_tapes(days), make_closes(days), at_day(date(2020, 12, 23), "09:30", HONG_KONG))
    published = at_day(date(2020, 12, 24), "11:00", HONG_KONG)
    as_of = at_day(date(2020, 12, 24), "12:10", HONG_KONG)
    reaction = measure(published, Window.TO_CLOSE, book, as_of)
    assert (reaction.ended_at, reaction.state) == (as_of, SessionState.CLOSED)
    assert reaction.z_basis is ZBasis.MINUTES
    assert reaction.quiet_windows >= 1_000
    assert reaction.abnormal_return is not None
    assert reaction.z is not None
    full = measure(at_day(date(2020, 12, 23), "11:00", HONG_KONG), Window.AFTER_30M, book, as_of)
    usual = [abs((one.abnormal_return or 0.0) / (one.z or 1.0)) for one in (reaction, full)]
    assert usual[0] == pytest.approx(usual[1] * np.sqrt(2), rel=0.25)
    assert reaction.volume_ratio == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize(
    ("news", "first"),
    [
        ("2023-07-16T20:00", "2023-07-18"),
        ("2023-07-17T10:00", "2023-07-18"),
        ("2023-08-31T20:00", "2023-09-04"),
        ("2023-09-01T11:00", "2023-09-04"),
        ("2023-09-08T10:00", "2023-09-11"),
    ],
)
def test_a_typhoon_day_is_one_long_night(news: str, first: str) -> None:
    """News of a closed day is measured from the close before it, and the night counts once."""
    days = sessions_until(at_day(date(2023, 9, 30), "20:00", HONG_KONG), 170, HONG_KONG)
    own, index = make_tapes(days)
    published = datetime.fromisoformat(news).replace(tzinfo=HONG_KONG.timezone)
    day = date.fromisoformat(first)
    book = ArrayBook((own, index), make_closes(days), HONG_KONG.previous_session(published).opens_at)
    as_of = at_day(day, "16:10", HONG_KONG)
    one_minute, close = measure_signal(publish(published, HONG_KONG), book, as_of, (Window.AFTER_1M, Window.TO_CLOSE))
    origin, ends = own.last_before(published), own.last_before(as_of)
    assert origin is not None
    assert ends is not None
    assert close.return_ == pytest.approx(ends[1] / origin[1] - 1)
    assert (one_minute.ended_at, close.ended_at) == (at_day(day, "09:31", HONG_KONG), as_of)
    assert (one_minute.z_basis, close.z_basis) == (ZBasis.MINUTES, ZBasis.DAILY)
    assert close.quiet_windows > 100
    middle = measure(published, Window.SO_FAR, book, published)
    assert (middle.state, middle.return_) == (SessionState.CLOSED, None)


@pytest.mark.parametrize(
    ("code", "news", "close"),
    [
        ("XHKG", "2023-07-13T10:30", "2023-07-13T16:10"),
        ("XHKG", "2023-07-13T12:30", "2023-07-13T16:10"),
        ("XSHG", "2023-07-13T10:30", "2023-07-13T15:00"),
        ("XNYS", "2023-07-04T11:00", "2023-07-05T16:05"),
        ("XNYS", "2023-03-14T10:00", "2023-03-14T16:05"),
        ("XLON", "2023-07-13T19:30", "2023-07-14T16:35"),
        ("XTKS", "2023-07-13T12:00", "2023-07-13T15:00"),
        ("XNSE", "2023-07-13T10:30", "2023-07-13T15:30"),
        ("CRYPTO", "2023-07-15T23:50", "2023-07-16T00:00"),
        ("CRYPTO", "2023-07-15T11:00", "2023-07-16T00:00"),
    ],
    ids=lambda value: str(value)[-8:],
)
def test_every_kind_of_exchange_is_measured_in_full(code: str, news: str, close: str) -> None:
    """Each window has a return, a model, a z-score and quiet windows; the close is where the calendar says."""
    calendar = CALENDARS[code]
    published = datetime.fromisoformat(news).replace(tzinfo=calendar.timezone)
    days = sessions_until(published + timedelta(days=20), 110, calendar)
    closes = make_closes(sessions_until(published, 400, calendar))
    book = ArrayBook(make_tapes(days), closes, calendar.previous_session(published).opens_at)
    windows = (Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE)
    long = (Window.AFTER_1_SESSION, Window.AFTER_5_SESSIONS)
    reactions = measure_signal(publish(published, calendar), book, published + timedelta(days=18), windows + long)
    assert [one.window for one in reactions] == [*windows, *long]
    assert reactions[3].ended_at == datetime.fromisoformat(close).replace(tzinfo=calendar.timezone)
    for one in reactions:
        assert one.model is NormalModel.MARKET_MODEL
        assert one.return_ is not None
        assert one.z is not None
        assert abs(one.z) < 5
        assert one.percentile is not None
        assert one.quiet_windows > 200
        assert one.volume_ratio == pytest.approx(1.0, abs=0.6)


def test_without_any_price_nothing_is_invented() -> None:
    """All windows of an unknown instrument: no data, every number None."""
    for reaction in measure_signal(publish(at_day(DAY, "10:30", HONG_KONG), HONG_KONG), ArrayBook((), (), LATE), LATE):
        assert reaction.state is SessionState.NO_DATA
        assert (reaction.price, reaction.return_, reaction.z, reaction.percentile) == (None, None, None, None)
        assert (reaction.instrument, reaction.quiet_windows) == (OWN, 0)
