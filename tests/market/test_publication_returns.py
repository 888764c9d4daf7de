"""From publication to the close: what prices within the day add to an event study."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from services.market.study.daily_prices import returns_on
from services.market.study.daily_study import Study, StudyCase, StudyEvent, StudyParameters, find_event_days
from services.market.study.file_prices import END_OF_DAY, FilePrices, PriceColumns
from services.market.study.publication_returns import measure_from_publication
from services.market.study.study_row import StudyState

DAYS = [date(2023, 1, 2) + timedelta(days=number) for number in range(80)]
EVENT_DAY = 70
CLOCK = [10 * 3600, 12 * 3600, 14 * 3600, 16 * 3600]
TWO = datetime(2023, 1, 2, 14, 0, tzinfo=ZoneInfo("Asia/Hong_Kong")) + timedelta(days=EVENT_DAY)
Prices = dict[str, np.ndarray]


def make_prices(seed: int = 3) -> Prices:
    """(days, four moments) of an index and of an instrument with beta 2 in the morning and 0.5 in the afternoon."""
    random = np.random.default_rng(seed)
    moves = random.normal(0.0, 0.004, (len(DAYS), 4))
    own = moves * np.array([2.0, 2.0, 2.0, 0.5]) + random.normal(0.0, 0.001, moves.shape)
    shape = moves.shape
    return {
        "INDEX": 100.0 * np.exp(np.cumsum(moves)).reshape(shape),
        "OWN": 50.0 * np.exp(np.cumsum(own)).reshape(shape),
    }


def file_of(prices: Prices, dropped: tuple[tuple[str, int, int], ...] = ()) -> FilePrices:
    """As rows; ``dropped``: (name, day, moment) that are not in the file."""
    rows = [
        (code, DAYS[day], CLOCK[moment], prices[name][day, moment])
        for code, name in enumerate(prices)
        for day in range(len(DAYS))
        for moment in range(4)
        if (name, day, moment) not in dropped
    ]
    code, day, second, close = zip(*rows, strict=True)
    columns = PriceColumns(
        instruments=tuple(prices),
        code=np.array(code, dtype=np.int64),
        day=np.array(day, dtype="datetime64[D]"),
        second=np.array(second, dtype=np.int64),
        close=np.array(close),
    )
    return FilePrices(columns)


def measure(file: FilePrices, at: datetime = TWO) -> StudyCase:
    event = StudyEvent(event_id="E", day=DAYS[EVENT_DAY], tone="supportive", instruments=("OWN",))
    calendar = np.array(DAYS, dtype="datetime64[D]")
    study = Study(
        calendar=calendar,
        returns={"OWN": returns_on(calendar, file.daily("OWN"), file.daily("INDEX"))},
        event_days=find_event_days([event], calendar),
        parameters=StudyParameters(),
    )
    return measure_from_publication(study, event, at, file.tape("OWN"), file.tape("INDEX"))


def test_the_reaction_is_from_the_last_price_before_publication_to_the_close() -> None:
    """A price stamped 14:00 itself may be after news of 14:00: it is not where the reaction starts."""
    prices = make_prices()
    row = measure(file_of(prices)).row
    for name, value in (("OWN", row.return_pct), ("INDEX", row.index_return_pct)):
        expected = 100.0 * (prices[name][EVENT_DAY, 3] / prices[name][EVENT_DAY, 1] - 1.0)
        assert value == pytest.approx(expected)
    assert row.state is StudyState.OK


def test_beta_is_that_of_the_same_stretch_of_past_days() -> None:
    """After 14:00 the instrument follows its index half as much as in the morning; a daily beta would be 1.6."""
    case = measure(file_of(make_prices()), TWO + timedelta(minutes=1))
    assert case.row.beta == pytest.approx(0.5, abs=0.1)
    assert case.row.estimation_days == 69
    assert case.fit is not None
    assert case.fit.sigma == pytest.approx(0.001, rel=0.3)


def test_the_path_has_the_reaction_at_zero_and_days_elsewhere() -> None:
    """Cumulated from five sessions before; only the event's own session begins at publication."""
    file = file_of(make_prices())
    case = measure(file)
    late = measure(file, TWO + timedelta(hours=1))
    assert case.path is not None
    assert late.path is not None
    assert case.path[5] == pytest.approx((case.row.abnormal_beta_pct or 0.0) / 100.0)
    assert np.array_equal(np.delete(case.path, 5), np.delete(late.path, 5), equal_nan=True)
    assert case.path[5] != late.path[5]


def test_an_instrument_that_stops_trading_before_the_news_did_not_stand_still() -> None:
    """Halted from noon: no price after 14:00 is no return, and never 0.00 %."""
    row = measure(file_of(make_prices(), (("OWN", EVENT_DAY, 2), ("OWN", EVENT_DAY, 3)))).row
    assert row.state is StudyState.NOT_TRADED
    assert row.return_pct is None


def test_an_index_without_prices_within_the_day_is_no_index() -> None:
    """Its move over the day is not its move since 14:00."""
    row = measure(file_of(make_prices(), tuple(("INDEX", EVENT_DAY, moment) for moment in range(3)))).row
    assert row.state is StudyState.NO_INDEX
    assert row.return_pct is not None
    assert row.abnormal_pct is None


def test_a_day_with_one_price_is_measured_from_the_close_before() -> None:
    """Nothing within the day is known: the row is that of daily prices."""
    prices = make_prices()
    row = measure(file_of(prices, tuple(("OWN", EVENT_DAY, moment) for moment in range(3)))).row
    assert row.return_pct == pytest.approx(100.0 * (prices["OWN"][EVENT_DAY, 3] / prices["OWN"][EVENT_DAY - 1, 3] - 1))


def test_prices_after_the_session_change_nothing() -> None:
    """No look-ahead."""
    prices = make_prices()
    first = measure(file_of(prices)).row
    for values in prices.values():
        values[EVENT_DAY + 1 :] *= 3.0
    assert measure(file_of(prices)).row == first


def test_of_prices_of_one_moment_the_later_row_counts() -> None:
    """Trades of one second stand in the order of the file; and rows in any order are put in order of time."""
    columns = PriceColumns(
        instruments=("A",),
        code=np.zeros(4, dtype=np.int64),
        day=np.array(["2023-07-14", "2023-07-13", "2023-07-13", "2023-07-13"], dtype="datetime64[D]"),
        second=np.array([END_OF_DAY, 36_000, 36_000, 35_999]),
        close=np.array([4.0, 2.0, 3.0, 1.0]),
    )
    file = FilePrices(columns)
    assert file.tape("A").close.tolist() == [1.0, 3.0, 4.0]
    assert file.daily("A").close.tolist() == [3.0, 4.0]
    assert (file.repeated, file.is_intraday, len(file)) == (1, True, 3)
