"""What is measured for a signal, in one round trip: its companies, and who moved although nobody named it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.market_answer import Kinship, MarketAnswer
from services.alerts.measuring import Measuring
from services.alerts.past_events import PastEvents
from services.errors import Unavailable
from services.market.prices.price_memory import InMemoryPriceBook
from services.market.prices.price_snapshot import PriceSnapshot
from services.market.prices.price_window import PriceSeries
from services.signals.signal import PolicySignal
from tests.alerts.alert_samples import POLICY, make_exposure, make_signal

CATALOGUE, CALENDARS = load_catalogue(), load_calendars()
PUBLISHED = datetime(2023, 7, 13, 2, 30, tzinfo=UTC)  # 10:30 in Hong Kong, a Thursday
LATER = PUBLISHED + timedelta(minutes=6)


class CountingBook(InMemoryPriceBook):
    """Counts how often it is asked from outside."""

    asked = 0
    is_there = True

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> PriceSnapshot:
        self.asked += 1
        if not self.is_there:
            raise Unavailable("redis")
        return super().snapshot(instruments, as_of)


def make_book(**moves: float) -> CountingBook:
    """The morning before, then an hour and a half; each instrument moves by its share within a minute of publication."""
    book = CountingBook(lambda _: CALENDARS["XHKG"])
    now = int(PUBLISHED.timestamp())
    seconds = np.r_[np.arange(now - 90_000, now - 80_000), np.arange(now - 3_600, now + 1_800)]
    chance = np.random.default_rng(4)
    for name, move in {"HSI": 0.0, **moves}.items():
        noise = chance.normal(0, 2e-5, len(seconds)).cumsum()
        path = noise + np.clip((seconds - PUBLISHED.timestamp()) / 50, 0, 1) * move
        book.append_series(PriceSeries(name, seconds, 100 * np.exp(path), np.full(len(seconds), 100.0)))
    return book


def signal_of(**changes: object) -> PolicySignal:
    tencent = make_exposure("0700.HK")
    return make_signal(published_at=PUBLISHED, received_at=PUBLISHED, exposures=(tencent,), **changes)


def measure(book: CountingBook, past: PastEvents | None = None) -> MarketAnswer:
    return Measuring(CATALOGUE, CALENDARS, book, POLICY).measure(signal_of(), LATER, past or PastEvents())


def test_all_prices_of_a_revision_come_in_one_round_trip() -> None:
    """Numbers of different moments beside each other would be no picture."""
    book = make_book(**{"0700.HK": 0.02, "3690.HK": 0.02})
    measure(book)
    assert book.asked == 1


def test_a_peer_and_a_fund_that_jump_are_found_and_a_calm_one_is_not() -> None:
    """The market read more than the text says."""
    answer = measure(make_book(**{"0700.HK": 0.02, "3690.HK": 0.03, "3033.HK": 0.02, "9618.HK": 0.0}))
    assert {(mover.reaction.instrument, mover.kinship) for mover in answer.movers} == {
        ("3690.HK", Kinship.PEER),
        ("3033.HK", Kinship.FUND),
    }


def test_a_peer_with_news_of_its_own_is_not_said_to_have_moved_for_this() -> None:
    """Two events of one day: each has its own card."""
    past = PastEvents()
    other = make_signal(published_at=PUBLISHED - timedelta(hours=2), exposures=(make_exposure("3690.HK"),))
    past.add(
        Alert(
            alert_id="alt_other", revision=1, cause="raised", severity=Severity.ALERT, agreement=Agreement.NOT_YET,
            signal=other, reports=(), reactions=(), measured=(), reasons=(), raised_at=PUBLISHED, revised_at=PUBLISHED,
        )
    )  # fmt: skip
    assert measure(make_book(**{"0700.HK": 0.02, "3690.HK": 0.03}), past).movers == ()


def test_the_line_of_prices_ends_where_the_measurement_does() -> None:
    """No look-ahead on the card either."""
    (path,) = measure(make_book(**{"0700.HK": 0.02})).paths
    assert path.minutes[-1] == 6
    assert path.own[-1] is not None
    assert abs(path.own[-1] - 2.0) < 0.2


def test_without_prices_the_alert_still_goes_out() -> None:
    """The text never waits for a cache."""
    book = make_book()
    book.is_there = False
    measuring = Measuring(CATALOGUE, CALENDARS, book, POLICY)
    assert measuring.measure_or_nothing(signal_of(), LATER, PastEvents()) == MarketAnswer()
    assert measuring.place(signal_of()) == signal_of()
