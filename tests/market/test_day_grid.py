"""Past sessions side by side: which of them count, and what stands at each place."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pytest

from services.market.prices.price_window import PriceSeries
from services.market.sessions.day_grid import (
    HISTORY_SESSIONS,
    DayShape,
    build_grid,
    past_sessions,
    regular_sessions,
    shape_of,
)
from services.market.sessions.sessions import ExchangeCalendar
from tests.market.histories import at_day, by_minute, hong_kong_history, make_tapes, sessions_until


def test_places_count_trading_minutes(hong_kong: ExchangeCalendar) -> None:
    """Lunch is one place, the closing auction the last."""
    session = hong_kong.session_on(date(2023, 7, 13))
    assert session is not None
    shape = shape_of(session, hong_kong)
    assert shape == DayShape(opens=time(9, 30), stretches=((0, 150), (210, 390)), settled=400)
    clocks = [-5.0, 0.0, 30.5, 150.0, 180.0, 210.0, 390.0, 399.0, 400.0]
    assert [shape.place_of(clock) for clock in clocks] == [0, 0, 30.5, 150, 150, 150, 330, 330, 331]


@pytest.mark.parametrize(
    ("code", "stretches", "settled", "round_the_clock"),
    [
        ("XHKG", ((0, 150), (210, 390)), 400, False),
        ("XSHG", ((0, 120), (210, 330)), 330, False),
        ("XNYS", ((0, 390),), 395, False),
        ("CRYPTO", ((0, 1440),), 1440, True),
    ],
)
def test_each_kind_of_exchange_has_its_shape(
    exchanges: dict[str, ExchangeCalendar], code: str, stretches: object, settled: int, round_the_clock: bool
) -> None:
    """Over winter and summer time, half-days and holidays, it is the one shape that most sessions have."""
    calendar = exchanges[code]
    regular = regular_sessions(past_sessions(datetime(2021, 4, 20, 12, tzinfo=calendar.timezone), calendar), calendar)
    assert regular is not None
    shape, sessions = regular
    assert (shape.stretches, shape.settled, shape.round_the_clock) == (stretches, settled, round_the_clock)
    assert len(sessions) > HISTORY_SESSIONS - 5


def test_half_days_and_typhoon_days_are_no_rows(hong_kong: ExchangeCalendar) -> None:
    """A half-day would put its close into the column of eleven o'clock."""
    regular = regular_sessions(past_sessions(at_day(date(2023, 10, 20), "09:00", hong_kong), hong_kong), hong_kong)
    assert regular is not None
    days = {session.day for session in regular[1]}
    closed = {date(2023, 7, 17), date(2023, 9, 1), date(2023, 9, 8)}
    late = {date(2023, 10, 9)}
    assert not days & (closed | late)
    winter = regular_sessions(past_sessions(at_day(date(2021, 1, 20), "09:00", hong_kong), hong_kong), hong_kong)
    assert winter is not None
    assert date(2020, 12, 24) not in {session.day for session in winter[1]}


def test_a_session_that_is_not_over_is_not_past(hong_kong: ExchangeCalendar) -> None:
    """Its closing print may come in the minute in which it is settled; before that nothing of it counts."""
    day = date(2023, 7, 13)
    assert past_sessions(at_day(day, "16:10:30", hong_kong), hong_kong)[-1].day == date(2023, 7, 12)
    assert past_sessions(at_day(day, "16:11", hong_kong), hong_kong)[-1].day == day
    assert len(past_sessions(at_day(day, "16:11", hong_kong), hong_kong)) == HISTORY_SESSIONS


def test_the_grid_holds_the_last_known_prices(hong_kong: ExchangeCalendar) -> None:
    """Each cell against a look-up of its own; at place 0 stands the close before."""
    (own, index), _, sessions = hong_kong_history()
    minutes = by_minute(own)
    regular = regular_sessions(sessions[-10:], hong_kong)
    assert regular is not None
    grid = build_grid(minutes, by_minute(index), *regular)
    assert grid is not None
    assert grid.own.shape == (10, 332)
    day = at_day(grid.days[4], "00:00", hong_kong).date()
    for place, clock in ((0, "09:30"), (1, "09:31"), (150, "12:00"), (151, "13:01"), (330, "16:00"), (331, "16:10")):
        expected = minutes.last_before(at_day(day, clock, hong_kong))
        assert expected is not None
        assert grid.own[4, place] == expected[1]
    assert grid.traded[:, :330].all()
    assert not grid.traded[:, 330].any()
    assert grid.volume[4, :330].sum() == pytest.approx(
        own.between(at_day(day, "09:30", hong_kong), at_day(day, "16:00", hong_kong)).volume.sum()
    )


def test_before_the_first_price_there_is_no_history(hong_kong: ExchangeCalendar) -> None:
    """A share listed ten days ago has ten rows, one listed yesterday none."""
    sessions = sessions_until(at_day(date(2023, 7, 13), "20:00", hong_kong), 30, hong_kong)
    own, index = make_tapes(sessions[-10:])
    regular = regular_sessions(sessions, hong_kong)
    assert regular is not None
    grid = build_grid(own, index, *regular)
    assert grid is not None
    assert len(grid.days) == 10
    assert np.isnan(grid.own[0, 0])
    yesterday = own.between(sessions[-1].opens_at, sessions[-1].settled_at)
    assert build_grid(yesterday, index, *regular) is None
    assert build_grid(PriceSeries.empty("X"), None, *regular) is None
