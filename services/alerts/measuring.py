"""Measures a signal on every instrument that it touches: catalogue and calendars meet the event study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services.alerts.candidates import list_benchmarks, list_unnamed, place_exposures
from services.alerts.lifecycle import Due
from services.alerts.market_answer import Kinship, MarketAnswer, Mover
from services.alerts.past_events import PastEvents
from services.alerts.policy import AlertPolicy
from services.alerts.verdict import find_basket, is_comparable
from services.errors import Unavailable
from services.market.prices.price_path import LONGEST_PATH, PricePath, trace_path
from services.market.prices.price_window import PriceBook, PriceSeries
from services.market.reaction import WITHIN_SESSION, Reaction, Window
from services.market.sessions.horizons import answering_session, horizon_ends
from services.market.sessions.liveness import Tape
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.basket import mean_correlation
from services.market.study.event_study import MarketEvent, measure_signal
from services.signals.entities import Catalogue
from services.signals.signal import PolicySignal

MOST_PATHS = 3
MOST_MOVERS = 3
OWN_NEWS_REACH = timedelta(hours=18)
"""News of the evening before still moves the session that answers this signal."""


class Measuring:
    """The Market of a Correlation, on a price book."""

    def __init__(
        self,
        catalogue: Catalogue,
        calendars: Mapping[str, ExchangeCalendar],
        prices: PriceBook,
        policy: AlertPolicy,
    ) -> None:
        self._catalogue = catalogue
        self._calendars = calendars
        self._prices = prices
        self._policy = policy

    def place(self, signal: PolicySignal) -> PolicySignal:
        """Each company at the listing that trades first; as it is while prices are unavailable."""
        listings = [name for one in signal.exposures for name in (one.instrument, *one.other_listings)]
        try:
            book = self._prices.snapshot(listings, signal.received_at)
        except Unavailable:
            return signal
        return place_exposures(
            signal, self._catalogue, self._calendars, lambda name: _has_prices(book, name, signal.received_at)
        )

    def measure(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        """Reactions of every exposed instrument, in the order of the exposures; raises Unavailable.

        All prices come in one round trip, so that every number of a revision is of the same moment.
        """
        events = self._events(signal, past)
        watched = self._watch(signal, past, as_of) if _has_horizon(events, as_of) else []
        watched_events = (event for event, _, _ in watched)
        names = {name for event in (*events, *watched_events) for name in (event.instrument, *event.benchmarks)}
        book = self._prices.snapshot(sorted(names), as_of)
        return MarketAnswer(
            reactions=tuple(reaction for event in events for reaction in measure_signal(event, book, as_of)),
            correlation=self._correlate(signal, events, book),
            movers=self._find_movers(watched, book, as_of),
            paths=tuple(_trace(events, book, as_of)),
        )

    def measure_or_nothing(self, signal: PolicySignal, as_of: datetime, past: PastEvents) -> MarketAnswer:
        """As ``measure``, but nothing when prices are unavailable: the text of an alert never waits for them."""
        try:
            return self.measure(signal, as_of, past)
        except Unavailable:
            return MarketAnswer()

    def schedule(self, signal: PolicySignal) -> tuple[Due, ...]:
        """Ends of all horizons over the exchanges concerned, ascending."""
        calendars = {event.calendar.exchange: event.calendar for event in self._events(signal, PastEvents())}
        ends = {
            (ends_at, window)
            for calendar in calendars.values()
            for window, ends_at in horizon_ends(signal.published_at, calendar).items()
        }
        return tuple(sorted(ends))

    def _events(self, signal: PolicySignal, past: PastEvents) -> list[MarketEvent]:
        """An instrument that only an older catalogue knew is left out; the card says that there is no price."""
        return [
            self._event(signal, exposure.instrument, list_benchmarks(signal, exposure, self._catalogue), past)
            for exposure in signal.exposures[: self._policy.largest_basket]
            if self._catalogue.listing(exposure.instrument) is not None
        ]

    def _watch(self, signal: PolicySignal, past: PastEvents, as_of: datetime) -> list[tuple[MarketEvent, Kinship, str]]:
        """Whoever has news of its own between the session before and now moved for that, so it is left out."""
        since = signal.published_at - OWN_NEWS_REACH
        return [
            (self._event(signal, name, (self._catalogue.benchmarks[exchange],), past), *kin)
            for name, kin in list_unnamed(signal, self._catalogue).items()
            if (exchange := self._catalogue.exchange_of(name)) is not None
            and not any(since <= at <= as_of for at in past.of(name))
        ]

    def _event(
        self, signal: PolicySignal, instrument: str, benchmarks: tuple[str, ...], past: PastEvents
    ) -> MarketEvent:
        calendar = self._calendars[self._catalogue.exchange_of(instrument) or ""]
        return MarketEvent(
            signal_id=signal.signal_id,
            published_at=signal.published_at,
            instrument=instrument,
            benchmark=benchmarks[-1] if benchmarks else None,
            benchmarks=benchmarks,
            calendar=calendar,
            event_days=frozenset(
                answering_session(at, calendar).day for at in past.of(instrument) if at < signal.published_at
            ),
        )

    def _correlate(self, signal: PolicySignal, events: Sequence[MarketEvent], book: PriceBook) -> float:
        basket = find_basket(signal)
        tapes = [
            (
                book.daily_closes(event.instrument, event.published_at),
                book.daily_closes(event.benchmarks[-1], event.published_at),
            )
            for event in events
            if event.instrument in basket and event.benchmarks
        ]
        return mean_correlation(tapes)

    def _find_movers(
        self, watched: Sequence[tuple[MarketEvent, Kinship, str]], book: PriceBook, as_of: datetime
    ) -> tuple[Mover, ...]:
        found = []
        for event, kinship, name in watched:
            if not len(book.series(event.instrument, event.published_at, as_of)):
                continue
            ended = measure_signal(event, book, as_of, WITHIN_SESSION)
            if ended and self._has_moved(ended[-1]):
                found.append(Mover(name=name, kinship=kinship, reaction=ended[-1]))
        return tuple(sorted(found, key=lambda mover: -abs(mover.reaction.z or 0.0))[:MOST_MOVERS])

    def _has_moved(self, reaction: Reaction) -> bool:
        if reaction.z is None or not is_comparable(reaction):
            return False
        move = reaction.abnormal_return or 0.0
        return abs(reaction.z) >= self._policy.mover_z and abs(move) >= self._policy.mover_return


def _has_horizon(events: Sequence[MarketEvent], as_of: datetime) -> bool:
    ends = [horizon_ends(event.published_at, event.calendar)[Window.AFTER_1M] for event in events]
    return any(end <= as_of for end in ends)


def _has_prices(book: PriceBook, instrument: str, at: datetime) -> bool:
    return len(book.daily_closes(instrument, at)) > 0 or len(book.series(instrument, at - LONGEST_PATH, at)) > 0


def _trace(events: Sequence[MarketEvent], book: PriceBook, as_of: datetime) -> list[PricePath]:
    paths = []
    for event in events[:MOST_PATHS]:
        until = min(as_of, event.published_at + LONGEST_PATH)
        since = event.calendar.previous_session(event.published_at).opens_at
        name = event.benchmarks[-1] if event.benchmarks else None
        tape = Tape(
            own=book.series(event.instrument, since, until),
            benchmark=book.series(name, since, until) if name else PriceSeries.empty(""),
        )
        path = trace_path(tape, event.published_at, until, event.calendar)
        if path is not None:
            paths.append(path)
    return paths
