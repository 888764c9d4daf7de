"""Which exchange an instrument of a study trades on, when that exchange trades, and what it is measured against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from msgspec import Struct

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.errors import Misconfigured
from services.market.sessions.event_sessions import Market
from services.market.sessions.sessions import ExchangeCalendar
from services.market.study.file_prices import FilePrices
from services.market.study.instrument_names import InstrumentNames, normal_form
from services.signals.entities import Catalogue
from streams.prices.price_rows import shorten

_SUFFIXES = {"BJ": "XSHG", "SS": "XSHG", "SH": "XSHG", "": "XNYS"}
"""What the listings of the catalogue do not settle: Beijing keeps Shanghai's hours, a bare name trades in New York."""


class Exchanges:
    """Exchanges of instruments: by the catalogue, else by the suffix that its listings there have."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_form = {normal_form(listing.instrument): listing.exchange for listing in catalogue.listings()}
        self._by_suffix = _learn_suffixes(catalogue) | _SUFFIXES

    def exchange_of(self, instrument: str) -> str | None:
        """The code of the exchange; None for a suffix that nobody knows."""
        known = self._catalogue.exchange_of(instrument) or self._by_form.get(normal_form(instrument))
        return known or self._by_suffix.get(instrument.rpartition(".")[2] if "." in instrument else "")

    def benchmark_of(self, exchange: str | None) -> str | None:
        """The index of an exchange."""
        return None if exchange is None else self._catalogue.benchmarks.get(exchange)


class Markets:
    """The exchanges of one price file."""

    def __init__(self, prices: FilePrices, exchanges: Exchanges, calendars: Mapping[str, ExchangeCalendar]) -> None:
        self._prices = prices
        self._exchanges = exchanges
        self._calendars = calendars
        self._markets: dict[str | None, Market] = {}
        self.names = InstrumentNames(prices.instruments)

    def exchange_of(self, instrument: str) -> str | None:
        """The exchange whose calendar is known; None for every other."""
        exchange = self._exchanges.exchange_of(instrument)
        return exchange if exchange in self._calendars else None

    def market_of(self, exchange: str | None) -> Market:
        """When an exchange trades: its calendar, and the days of its prices in the file."""
        if exchange not in self._markets:
            named = frozenset(name for name in self._prices.instruments if self.exchange_of(name) == exchange)
            days: tuple[date, ...] = tuple(self._prices.days_of(named).tolist())
            calendar = None if exchange is None else self._calendars[exchange]
            self._markets[exchange] = Market(calendar=calendar, days=days)
        return self._markets[exchange]

    def index_of(self, exchange: str | None, chosen: str | None) -> str | None:
        """The index chosen, else the exchange's own where the file has it; names of indices are matched exactly."""
        index = chosen or self._exchanges.benchmark_of(exchange)
        return index if index in self.names else None


class Placed(Struct, frozen=True, kw_only=True):
    """An instrument of an event as the price file knows it."""

    written: str
    series: str | None
    """Its name in the price file; None when it is not there."""
    exchange: str | None


def place_instrument(markets: Markets, written: str, where: str) -> Placed:
    """``written``, found; raises Misconfigured when several names of the price file could be meant."""
    found = markets.names.find(written)
    if len(found) > 1:
        raise Misconfigured(
            f"{where}: {shorten(written)} may be {' or '.join(found)} of the price file; write it as it stands there"
        )
    return Placed(written=written, series=found[0] if found else None, exchange=markets.exchange_of(written))


@cache
def load_exchanges() -> Exchanges:
    """By the catalogue of the configuration."""
    return Exchanges(load_catalogue())


def load_markets(prices: FilePrices) -> Markets:
    """By the catalogue and the calendars of the configuration."""
    return Markets(prices, load_exchanges(), load_calendars())


def _learn_suffixes(catalogue: Catalogue) -> dict[str, str]:
    """The exchange that most listings with a suffix are on."""
    pairs: Iterable[tuple[str, str]] = (
        (listing.instrument.rpartition(".")[2], listing.exchange)
        for listing in catalogue.listings()
        if "." in listing.instrument
    )
    return {suffix: exchange for (suffix, exchange), _ in sorted(Counter(pairs).items(), key=lambda item: item[1])}
