"""What must hold with months of history, too: no look ahead, no matter of currency, nor of how ticks are cut."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.market.prices.price_window import PriceSeries
from services.market.reaction import Reaction, Window
from services.market.study.event_study import measure_signal
from tests.market.histories import CALENDARS, ArrayBook, at_day, hong_kong_history, publish

HONG_KONG = CALENDARS["XHKG"]
DAY = date(2023, 7, 12)
CLOCKS = st.sampled_from(["09:00", "09:30:10", "10:17:23", "12:20", "15:45", "16:05", "19:30"])
FIGURES = (
    "return_",
    "benchmark_return",
    "alpha",
    "beta",
    "abnormal_return",
    "z",
    "percentile",
    "quiet_windows",
    "volume_ratio",
)
LATE = at_day(date(2023, 7, 21), "20:00", HONG_KONG)


def rebuild(change: Callable[[PriceSeries], PriceSeries]) -> ArrayBook:
    tapes, closes, _ = hong_kong_history()
    since = at_day(DAY, "09:30", HONG_KONG)
    return ArrayBook([change(tape) for tape in tapes], [change(close) for close in closes], since)


def assert_same_figures(ones: tuple[Reaction, ...], others: tuple[Reaction, ...]) -> None:
    for one, other in zip(ones, others, strict=True):
        for name in FIGURES:
            left, right = getattr(one, name), getattr(other, name)
            assert (left is None) == (right is None)
            assert left is None or math.isclose(
                left, right, rel_tol=1e-6, abs_tol=1e-3 if name == "percentile" else 1e-9
            )


@given(clock=CLOCKS, hours=st.floats(0.0, 220.0), factor=st.floats(0.5, 2.0))
@settings(max_examples=25, deadline=None)
def test_what_comes_after_changes_nothing(clock: str, hours: float, factor: float) -> None:
    """Every price and volume after ``as_of`` is multiplied, closes too: not one figure may move."""
    published = at_day(DAY, clock, HONG_KONG)
    as_of = published + timedelta(hours=hours)

    def change(tape: PriceSeries) -> PriceSeries:
        after = np.where(tape.second + 1 > as_of.timestamp(), factor, 1.0)
        return PriceSeries(tape.instrument, tape.second, tape.close * after, tape.volume * after)

    event = publish(published, HONG_KONG)
    assert measure_signal(event, rebuild(change), as_of) == measure_signal(event, rebuild(lambda tape: tape), as_of)


@given(clock=CLOCKS, factor=st.floats(0.5, 2.0), chance=st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_what_comes_after_a_window_changes_nothing_in_it(clock: str, factor: float, chance: int) -> None:
    """Each window, measured days later, on a tape that was shaken from its end on."""
    published = at_day(DAY, clock, HONG_KONG)
    event, book = publish(published, HONG_KONG), rebuild(lambda tape: tape)
    for window in Window:
        (known,) = measure_signal(event, book, LATE, (window,))

        def shake(tape: PriceSeries, ended_at: float = known.ended_at.timestamp()) -> PriceSeries:
            noise = factor * np.random.default_rng(chance).uniform(0.5, 2.0, len(tape))
            after = np.where(tape.second + 1 > ended_at, noise, 1.0)
            return PriceSeries(tape.instrument, tape.second, tape.close * after, tape.volume * after)

        (shaken,) = measure_signal(event, rebuild(shake), LATE, (window,))
        assert msgspec.structs.replace(shaken, state=known.state) == known


@given(clock=CLOCKS)
@settings(max_examples=7, deadline=None)
def test_what_is_quiet_is_known_at_publication(clock: str) -> None:
    """Windows that end before publication, measured then and five sessions later: history has not changed meanwhile."""
    published = at_day(DAY, clock, HONG_KONG)
    event, book = publish(published, HONG_KONG), rebuild(lambda tape: tape)
    windows = (Window.SINCE_PREVIOUS_CLOSE, Window.BEFORE_30M)
    at_once, later = (measure_signal(event, book, as_of, windows) for as_of in (published, LATE))
    assert_same_figures(at_once, later)


@given(clock=CLOCKS, scale=st.floats(1e-3, 1e3), market_scale=st.floats(1e-3, 1e3))
@settings(max_examples=15, deadline=None)
def test_currency_does_not_matter(clock: str, scale: float, market_scale: float) -> None:
    """The same history in another currency: the same figures, percentile included."""

    def change(tape: PriceSeries) -> PriceSeries:
        factor = scale if tape.instrument.endswith("HK") else market_scale
        return PriceSeries(tape.instrument, tape.second, tape.close * factor, tape.volume)

    event = publish(at_day(DAY, clock, HONG_KONG), HONG_KONG)
    same, changed = (measure_signal(event, rebuild(how), LATE) for how in (lambda tape: tape, change))
    assert_same_figures(same, changed)


@given(clock=CLOCKS.filter(lambda clock: clock.count(":") == 1), pieces=st.integers(2, 5))
@settings(max_examples=10, deadline=None)
def test_cutting_trades_in_pieces_does_not_matter(clock: str, pieces: int) -> None:
    """Each trade printed as several at the same price, seconds apart: the same returns, scores and volume."""

    def cut(tape: PriceSeries) -> PriceSeries:
        if tape.second[-1] % 60 == 0:
            return tape  # daily closes
        seconds = (tape.second[:, None] + np.arange(pieces)).ravel()
        return PriceSeries(
            tape.instrument, seconds, np.repeat(tape.close, pieces), np.repeat(tape.volume / pieces, pieces)
        )

    event = publish(at_day(DAY, clock, HONG_KONG), HONG_KONG)
    whole, split = (measure_signal(event, rebuild(how), LATE) for how in (lambda tape: tape, cut))
    assert_same_figures(whole, split)
