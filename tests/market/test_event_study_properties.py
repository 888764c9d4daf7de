"""What must hold on any tape: no look into the future, no matter of currency, nothing counted twice."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.market.prices.price_window import PriceSeries
from services.market.reaction import Window
from services.market.study.event_study import MarketEvent, measure_signal
from tests.market.tapes import HONG_KONG, INDEX, OWN, book_of, event, hkt, random_days

PUBLISHED = st.sampled_from(
    [
        "2023-07-12T09:00",
        "2023-07-12T10:17:23",
        "2023-07-12T12:20",
        "2023-07-12T15:45",
        "2023-07-12T19:30",
        "2023-07-13T10:00",
    ]
)


@given(published=PUBLISHED, seed=st.integers(0, 50), hours=st.floats(0.0, 24.0), factor=st.floats(0.5, 2.0))
@settings(max_examples=40)
def test_what_comes_after_changes_nothing(published: str, seed: int, hours: float, factor: float) -> None:
    """Every price after ``as_of`` is multiplied: not one figure may move."""
    own, market = random_days(seed)
    as_of = hkt(published) + timedelta(hours=hours)
    before = measure_signal(event(published), book_of(own, market), as_of)
    changed = [
        PriceSeries(
            one.instrument,
            one.second,
            np.where(one.second + 1 > as_of.timestamp(), one.close * factor, one.close),
            np.where(one.second + 1 > as_of.timestamp(), one.volume * factor, one.volume),
        )
        for one in (own, market)
    ]
    assert measure_signal(event(published), book_of(*changed), as_of) == before


@given(published=PUBLISHED, seed=st.integers(0, 50), hours=st.floats(0.0, 24.0))
@settings(max_examples=40)
def test_a_tape_that_goes_on_says_the_same_as_one_that_ends(published: str, seed: int, hours: float) -> None:
    """Asked about a past moment, a full book answers as the book of that moment did, state and times included."""
    as_of = hkt(published) + timedelta(hours=hours)
    full = random_days(seed)
    known = [one.between(hkt("2023-07-01T00:00"), as_of) for one in full]
    assert measure_signal(event(published), book_of(*full), as_of) == measure_signal(
        event(published), book_of(*known), as_of
    )


@given(published=PUBLISHED, seed=st.integers(0, 50), later=st.floats(0.0, 20.0))
@settings(max_examples=40)
def test_a_window_keeps_its_numbers_when_time_goes_on(published: str, seed: int, later: float) -> None:
    """Measured at its end or hours later: only the state and the moment of measuring may differ."""
    book = book_of(*random_days(seed))
    for window in (Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE, Window.BEFORE_30M):
        (last,) = measure_signal(event(published), book, hkt("2023-07-13T20:00"), (window,))
        (first,) = measure_signal(event(published), book, last.ended_at, (window,))
        (between,) = measure_signal(event(published), book, last.ended_at + timedelta(hours=later), (window,))
        for other in (first, between):
            neutral = {"state": last.state, "measured_at": last.measured_at}
            assert msgspec.structs.replace(other, **neutral) == last


@given(published=PUBLISHED, scale=st.floats(1e-3, 1e3), market_scale=st.floats(1e-3, 1e3))
@settings(max_examples=40)
def test_currency_does_not_matter(published: str, scale: float, market_scale: float) -> None:
    """The same tape in cents: the same returns, beta, z and volume ratio."""
    own, market = random_days()
    scaled = [
        PriceSeries(one.instrument, one.second, one.close * factor, one.volume)
        for one, factor in ((own, scale), (market, market_scale))
    ]
    pairs = zip(
        measure_signal(event(published), book_of(own, market), hkt("2023-07-13T16:10")),
        measure_signal(event(published), book_of(*scaled), hkt("2023-07-13T16:10")),
        strict=True,
    )
    for one, other in pairs:
        for name in ("return_", "benchmark_return", "beta", "abnormal_return", "z", "volume_ratio"):
            left, right = getattr(one, name), getattr(other, name)
            assert (left is None) == (right is None)
            assert left is None or math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-9)


@given(cuts=st.lists(st.integers(1, 660), min_size=1, max_size=6), seed=st.integers(0, 20))
@settings(max_examples=40)
def test_pieces_multiply_to_the_whole(cuts: list[int], seed: int) -> None:
    """(1 + r1)(1 + r2)... over neighbouring spans is 1 + r over all: no price is counted twice or left out."""
    own, market = random_days(seed)
    book = book_of(own, market)
    ends = [hkt("2023-07-12T09:31"), *(hkt("2023-07-12T09:31") + timedelta(minutes=cut) for cut in sorted(set(cuts)))]

    def grow(start: datetime, end: datetime) -> float:
        (reaction,) = measure_signal(
            MarketEvent(signal_id="s", published_at=start, instrument=OWN, benchmark=INDEX, calendar=HONG_KONG),
            book,
            end,
            (Window.SO_FAR,),
        )
        return 1.0 + (reaction.return_ or 0.0)

    assert math.prod(grow(start, end) for start, end in pairwise(ends)) == pytest.approx(grow(ends[0], ends[-1]))
