"""Measures a signal on every instrument that it touches: catalogue and calendars meet the event study."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.alerts.lifecycle import Due
from services.errors import Unavailable
from services.market.event_study import MarketEvent, measure_signal
from services.market.horizons import horizon_ends
from services.market.price_window import PriceBook
from services.market.reaction import Reaction
from services.market.sessions import ExchangeCalendar
from services.signals.entities import Catalogue
from services.signals.signal import PolicySignal


class Measuring:
    """The Measure and the Schedule that a Correlation needs."""

    def __init__(
        self, catalogue: Catalogue, calendars: Mapping[str, ExchangeCalendar], prices: PriceBook, largest_basket: int
    ) -> None:
        self._catalogue = catalogue
        self._calendars = calendars
        self._prices = prices
        self._largest_basket = largest_basket

    def measure(self, signal: PolicySignal, as_of: datetime) -> tuple[Reaction, ...]:
        """Reactions of every exposed instrument, in the order of the exposures; raises Unavailable."""
        return tuple(
            reaction for event in self._events(signal) for reaction in measure_signal(event, self._prices, as_of)
        )

    def measure_or_nothing(self, signal: PolicySignal, as_of: datetime) -> tuple[Reaction, ...]:
        """As ``measure``, but nothing when prices are unavailable: the text of an alert never waits for them."""
        try:
            return self.measure(signal, as_of)
        except Unavailable:
            return ()

    def schedule(self, signal: PolicySignal) -> tuple[Due, ...]:
        """Ends of all horizons over the exchanges concerned, ascending."""
        calendars = {event.calendar.exchange: event.calendar for event in self._events(signal)}
        ends = {
            (ends_at, window)
            for calendar in calendars.values()
            for window, ends_at in horizon_ends(signal.published_at, calendar).items()
        }
        return tuple(sorted(ends))

    def _events(self, signal: PolicySignal) -> list[MarketEvent]:
        events = []
        for exposure in signal.exposures[: self._largest_basket]:
            listing = self._catalogue.listing(exposure.instrument)
            if listing is None:
                continue  # an older catalogue knew it; the card says that there is no price
            events.append(
                MarketEvent(
                    signal_id=signal.signal_id,
                    published_at=signal.published_at,
                    instrument=exposure.instrument,
                    benchmark=listing.benchmark,
                    calendar=self._calendars[listing.exchange],
                )
            )
        return events
