"""The line around publication: what was known, when, and nothing later."""

from __future__ import annotations

import numpy as np

from services.market.prices.price_path import MOST_POINTS, PricePath, trace_path
from services.market.prices.price_window import PriceSeries
from services.market.sessions.liveness import Tape
from tests.market.tapes import HONG_KONG, hkt, random_days, tape


def trace(published: str, as_of: str) -> PricePath:
    own, index = random_days()
    until = hkt(as_of)
    cut = Tape(
        own=own.between(hkt("2023-07-12T09:00:00"), until), benchmark=index.between(hkt("2023-07-12T09:00:00"), until)
    )
    path = trace_path(cut, hkt(published), until, HONG_KONG)
    assert path is not None
    return path


def test_the_path_runs_from_half_an_hour_before_to_now() -> None:
    """Minutes of trading count: the eye compares like with like."""
    path = trace("2023-07-13T10:30:00", "2023-07-13T10:45:00")
    assert path.minutes == (*range(-30, 0), *range(1, 16))
    assert path.own[29] == 0.0


def test_evening_news_continues_at_the_next_open() -> None:
    """The gap of the night is one step of the line."""
    path = trace("2023-07-12T19:30:00", "2023-07-13T09:40:00")
    assert path.minutes == (*range(-30, 0), *range(1, 11))


def test_a_long_path_keeps_its_newest_point_and_few_others() -> None:
    """An alert is a record on a topic: sixty points, not a day of seconds."""
    path = trace("2023-07-13T09:45:00", "2023-07-13T16:00:00")
    assert len(path.minutes) <= MOST_POINTS
    assert path.minutes[-1] == 315


def test_what_comes_later_cannot_change_the_path() -> None:
    """No look-ahead, also in what is only shown."""
    own, index = random_days()
    until = hkt("2023-07-13T11:00:00")
    later = own.second >= int(until.timestamp())
    changed = PriceSeries(own.instrument, own.second, np.where(later, own.close * 2, own.close), own.volume)
    at = hkt("2023-07-13T10:30:00")
    first, second = (trace_path(Tape(own=one, benchmark=index), at, until, HONG_KONG) for one in (own, changed))
    assert first == second


def test_without_any_price_there_is_no_path() -> None:
    """No line rather than a flat one."""
    nothing = Tape(own=PriceSeries.empty("X"), benchmark=PriceSeries.empty("HSI"))
    assert trace_path(nothing, hkt("2023-07-13T10:30:00"), hkt("2023-07-13T10:45:00"), HONG_KONG) is None


def test_minutes_before_the_first_price_are_gaps() -> None:
    """A price that nobody knew yet is not a move of nought."""
    only = tape("0700.HK", ("2023-07-13T10:35:10", 340.0), ("2023-07-13T10:36:10", 343.4))
    path = trace_path(
        Tape(own=only, benchmark=PriceSeries.empty("")),
        hkt("2023-07-13T10:30:00"),
        hkt("2023-07-13T10:38:00"),
        HONG_KONG,
    )
    assert path is not None
    assert path.benchmark is None
    assert path.own[:35] == (None,) * 35
    assert path.own[36] == 1.0
