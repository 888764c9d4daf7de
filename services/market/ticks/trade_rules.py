"""Which trades form a price: the currency must be the listing's, and the trade's conditions must be ordinary.

A price in the wrong unit is a wrong price. London shares are quoted in pence by most feeds and in pounds by some; the
factor of 100 would pass for a crash. So a unit that ``units`` names (GBX: a hundredth of GBP) is divided into the
listing's currency, and every other currency is refused. A tick that says no currency is taken as the listing's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from services.errors import Unreadable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_labels import Labels

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_ANY = -1
"""Code of the currency of an instrument that has none, such as an index: every one is right."""


class Unit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a currency in which prices are quoted: ``parts`` of it make one ``of``."""

    of: str
    parts: float


class TradeRules(Struct, frozen=True, kw_only=True):
    """What is asked of a trade beyond sound numbers.

    ``currencies``: currency by instrument; one that is missing is not checked. ``units``: by their names, such as GBX.
    ``not_price_forming``: conditions, one of which is enough to keep a trade out of the bars.
    """

    currencies: Mapping[str, str] = {}
    units: Mapping[str, Unit] = {}
    not_price_forming: frozenset[str] = frozenset()


NO_RULES = TradeRules()


def admit_trade(tick: Tick, rules: TradeRules) -> Tick:
    """The tick with its price in the listing's currency, without labels.

    Raises Unreadable with wrong_currency or not_price_forming.
    """
    if tick.currency is None and not tick.conditions:
        return tick
    price = tick.price if tick.currency is None else tick.price / _parts_of(tick.instrument, tick.currency, rules)
    for condition in tick.conditions:
        if condition in rules.not_price_forming:
            raise Unreadable("not_price_forming", condition)
    return replace(tick, price=price, currency=None, conditions=())


def convert_prices(
    instruments: tuple[str, ...], code: NDArray[np.int64], price: Floats, currency: Labels, rules: TradeRules
) -> tuple[Floats, Flags]:
    """(prices in the listings' currencies, which of the n ticks say a wrong currency).

    ``code`` indexes ``instruments``; len(instruments) is the code of a tick without a name, where nothing is checked.
    """
    ids: dict[str, int] = {}
    expected = np.array([_id_of(rules.currencies.get(name), ids) for name in instruments] + [_ANY], dtype=np.int64)
    given = np.array([_id_of(name, ids) for name in currency.names], dtype=np.int64)
    units = [rules.units.get(name) for name in currency.names]
    whole = np.array([_id_of(unit.of if unit else None, ids) for unit in units], dtype=np.int64)
    parts = np.array([unit.parts if unit else 1.0 for unit in units], dtype=np.float64)
    wanted = expected[code[currency.row]]
    is_right = (wanted == _ANY) | (given[currency.code] == wanted)
    is_unit = ~is_right & (whole[currency.code] == wanted)
    converted = price.copy()
    converted[currency.row[is_unit]] /= parts[currency.code[is_unit]]
    wrong = np.zeros(len(price), dtype=np.bool_)
    wrong[currency.row[~(is_right | is_unit)]] = True
    return converted, wrong


def find_odd_trades(conditions: Labels, count: int, rules: TradeRules) -> Flags:
    """Which of ``count`` ticks carry a condition that keeps them from forming a price."""
    is_odd_name = np.array([name in rules.not_price_forming for name in conditions.names], dtype=np.bool_)
    odd = np.zeros(count, dtype=np.bool_)
    odd[conditions.row[is_odd_name[conditions.code]]] = True
    return odd


def _parts_of(instrument: str, currency: str, rules: TradeRules) -> float:
    wanted = rules.currencies.get(instrument)
    if wanted is None or currency == wanted:
        return 1.0
    unit = rules.units.get(currency)
    if unit is None or unit.of != wanted:
        raise Unreadable("wrong_currency", f"{instrument} trades in {wanted}")
    return unit.parts


def _id_of(currency: str | None, ids: dict[str, int]) -> int:
    return _ANY if currency is None else ids.setdefault(currency, len(ids))
