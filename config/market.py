"""market.toml, exchanges.toml and the catalogue -> which trades form a price. Raises Misconfigured."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from config.alerting import FOLDER, convert, read_toml
from config.catalogue import load_catalogue
from config.exchanges import load_currencies
from services.errors import Misconfigured
from services.market.ticks.ticks import LONGEST_LABEL
from services.market.ticks.trade_rules import TradeRules, Unit
from services.signals.entities import Catalogue, TapeRole

MOST_PARTS = 10_000.0


class ConditionsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The table ``conditions``."""

    not_price_forming: list[str]


class MarketFile(Struct, frozen=True, forbid_unknown_fields=True):
    """market.toml, as people write it."""

    conditions: ConditionsTable
    units: dict[str, Unit] = {}
    currencies: dict[str, str] = {}


def load_trade_rules(folder: Path = FOLDER) -> TradeRules:
    """The rules of the files in ``folder``; raises Misconfigured naming file, key and reason."""
    path = folder / "market.toml"
    entries = convert(path, read_toml(path), MarketFile)
    _check_conditions(path, entries.conditions.not_price_forming)
    _check_units(path, entries.units)
    catalogue = load_catalogue(folder / "catalogue")
    for instrument, currency in entries.currencies.items():
        if not catalogue.has_instrument(instrument):
            raise Misconfigured(f"{path.name}: [currencies]: {instrument!r} is not in the catalogue")
        _check_name(path, f"[currencies]: {instrument}", currency)
    by_exchange = load_currencies(folder / "exchanges.toml")
    return TradeRules(
        currencies=_currencies_of(catalogue, by_exchange) | entries.currencies,
        units=entries.units,
        not_price_forming=frozenset(entries.conditions.not_price_forming),
    )


def _currencies_of(catalogue: Catalogue, by_exchange: dict[str, str]) -> dict[str, str]:
    """Currency of every listing and fund; an index has none."""
    exchanges = {listing.instrument: listing.exchange for listing in catalogue.listings()}
    exchanges |= {entry.instrument: entry.exchange for entry in catalogue.sector_tape if entry.role is TapeRole.FUND}
    return {instrument: by_exchange[exchange] for instrument, exchange in exchanges.items() if exchange in by_exchange}


def _check_conditions(path: Path, words: list[str]) -> None:
    for word in words:
        if not word or len(word) > LONGEST_LABEL or word.split() != [word] or "," in word:
            raise Misconfigured(f"{path.name}: [conditions] not_price_forming: {word!r} is not one word")
        if words.count(word) > 1:
            raise Misconfigured(f"{path.name}: [conditions] not_price_forming: {word!r} stands there twice")


def _check_units(path: Path, units: dict[str, Unit]) -> None:
    for name, unit in units.items():
        _check_name(path, f"[units]: {name}: of", unit.of)
        if unit.of == name or unit.of in units:
            raise Misconfigured(f"{path.name}: [units]: {name}: of: {unit.of!r} must be a whole currency")
        if not 1.0 <= unit.parts <= MOST_PARTS:
            raise Misconfigured(f"{path.name}: [units]: {name}: parts is {unit.parts:g}, expected 1 to 10000")


def _check_name(path: Path, key: str, currency: str) -> None:
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Misconfigured(f"{path.name}: {key}: {currency!r} is no currency such as 'HKD'")
