"""Many ticks as columns: framed ticks on their way to bars, checked at once instead of one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick import Tick
from services.market.ticks.tick_labels import Labels, label_ticks
from services.market.ticks.ticks import FUTURE_TOLERANCE, OLDEST, PRICE_LIMIT, VOLUME_LIMIT
from services.market.ticks.trade_rules import NO_RULES, TradeRules, convert_prices, find_odd_trades

Flags = NDArray[np.bool_]
NO_SEQUENCE = -1
UNKNOWN = -1
"""Code of an instrument that nobody knows: its name is not kept."""
MALFORMED = -2
"""Code of a tick that a reader found to be of a wrong type."""
NAIVE = -3
"""Code of a tick whose time has no zone."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class TickColumns:
    """n ticks in arrival order: one array of n per field.

    ``code`` is int64 and indexes ``instruments``, or is UNKNOWN, MALFORMED or NAIVE; ``price`` and ``volume`` are
    float64; ``micros`` is int64, microseconds since 1970 UTC; ``sequence`` is int64, NO_SEQUENCE where the feed gave
    none. ``conditions`` and ``currency`` are None where no tick has any.
    """

    instruments: tuple[str, ...]
    code: NDArray[np.int64]
    price: NDArray[np.float64]
    volume: NDArray[np.float64]
    micros: NDArray[np.int64]
    sequence: NDArray[np.int64]
    conditions: Labels | None = None
    currency: Labels | None = None

    def __len__(self) -> int:
        return len(self.code)

    def where(self, keep: NDArray[np.bool_]) -> TickColumns:
        """The ticks for which ``keep`` (n booleans) is true."""
        return TickColumns(
            self.instruments,
            self.code[keep],
            self.price[keep],
            self.volume[keep],
            self.micros[keep],
            self.sequence[keep],
            None if self.conditions is None else self.conditions.where(keep),
            None if self.currency is None else self.currency.where(keep),
        )

    def tick(self, index: int) -> Tick:
        """One row as a Tick."""
        sequence = int(self.sequence[index])
        return Tick(
            instrument=self.instruments[int(self.code[index])],
            price=float(self.price[index]),
            volume=float(self.volume[index]),
            traded_at=_EPOCH + int(self.micros[index]) * _MICROSECOND,
            sequence=None if sequence == NO_SEQUENCE else sequence,
            conditions=() if self.conditions is None else self.conditions.of(index),
            currency=None if self.currency is None else next(iter(self.currency.of(index)), None),
        )


def columns_of(ticks: list[Tick]) -> TickColumns:
    """The same ticks as columns."""
    names = tuple(dict.fromkeys(tick.instrument for tick in ticks))
    codes = {name: code for code, name in enumerate(names)}
    return TickColumns(
        names,
        np.array([codes[tick.instrument] for tick in ticks], dtype=np.int64),
        np.array([tick.price for tick in ticks], dtype=np.float64),
        np.array([tick.volume for tick in ticks], dtype=np.float64),
        np.array([micros_of(tick.traded_at) for tick in ticks], dtype=np.int64),
        np.array([NO_SEQUENCE if tick.sequence is None else tick.sequence for tick in ticks], dtype=np.int64),
        label_ticks(tick.conditions for tick in ticks),
        label_ticks(() if tick.currency is None else (tick.currency,) for tick in ticks),
    )


def micros_of(at: datetime) -> int:
    """Microseconds since 1970 UTC.

    >>> micros_of(datetime(2023, 7, 12, tzinfo=UTC))
    1689120000000000
    """
    return (at - _EPOCH) // _MICROSECOND


_OLDEST_MICROS = micros_of(OLDEST)


def check_columns(
    columns: TickColumns, now: datetime, rules: TradeRules = NO_RULES
) -> tuple[TickColumns, Counter[str]]:
    """(good ticks, refused ones by reason), by the rules of ``parse_tick`` and ``admit_trade``.

    The good ones stand in the currencies of their listings and carry no labels any more: no later step asks for them.
    """
    has_labels = columns.conditions is not None or columns.currency is not None
    if not has_labels and _are_all_sound(columns, micros_of(now + FUTURE_TOLERANCE)):
        return columns, Counter()
    bare, faults = find_faults(columns, now, rules)
    good = np.ones(len(columns), dtype=np.bool_)
    for broken in faults.values():
        good &= ~broken
    return (bare.where(good) if faults else bare), Counter({word: int(ticks.sum()) for word, ticks in faults.items()})


def find_faults(
    columns: TickColumns, now: datetime, rules: TradeRules = NO_RULES
) -> tuple[TickColumns, dict[str, Flags]]:
    """(the ticks in the currencies of their listings and without labels, which of them are refused, by reason).

    Each refused tick stands under one reason only, the first that applies; a reason without ticks is left out.
    """
    price, code = columns.price, columns.code
    nameless = (code < 0) | (code >= len(columns.instruments))
    broken = [
        ("wrong_type", (code == MALFORMED) | (columns.sequence < NO_SEQUENCE)),
        *_judge_numbers(price, PRICE_LIMIT, price <= 0.0),
        *_judge_numbers(columns.volume, VOLUME_LIMIT, columns.volume < 0.0),
        ("naive_time", code == NAIVE),
        ("future_time", columns.micros > micros_of(now + FUTURE_TOLERANCE)),
        ("ancient_time", columns.micros < _OLDEST_MICROS),
        ("unknown_instrument", nameless),
    ]
    if columns.currency is not None:
        named = np.where(nameless, len(columns.instruments), code)
        price, wrong = convert_prices(columns.instruments, named, price, columns.currency, rules)
        broken.append(("wrong_currency", wrong))
    if columns.conditions is not None:
        broken.append(("not_price_forming", find_odd_trades(columns.conditions, len(columns), rules)))
    bare = TickColumns(columns.instruments, code, price, columns.volume, columns.micros, columns.sequence)
    return bare, _keep_first(broken)


def _judge_numbers(values: NDArray[np.float64], limit: float, is_low: Flags) -> list[tuple[str, Flags]]:
    return [("not_finite", ~np.isfinite(values)), ("absurd", values >= limit), ("not_positive", is_low)]


def _are_all_sound(columns: TickColumns, latest: int) -> bool:
    """The rules below by the extremes of each column: nearly every frame ends here. NaN is between no limits."""
    if not len(columns):
        return True
    return bool(
        _within(columns.code, 0, len(columns.instruments) - 1)
        and 0.0 < np.minimum.reduce(columns.price) <= np.maximum.reduce(columns.price) < PRICE_LIMIT
        and 0.0 <= np.minimum.reduce(columns.volume) <= np.maximum.reduce(columns.volume) < VOLUME_LIMIT
        and _within(columns.micros, _OLDEST_MICROS, latest)
        and np.minimum.reduce(columns.sequence) >= NO_SEQUENCE
    )


def _within(values: NDArray[np.int64], low: int, high: int) -> bool:
    return bool(low <= np.minimum.reduce(values) and np.maximum.reduce(values) <= high)


def _keep_first(broken: list[tuple[str, Flags]]) -> dict[str, Flags]:
    faults: dict[str, Flags] = {}
    seen = np.zeros(len(broken[0][1]), dtype=np.bool_)
    for reason, ticks in broken:
        own = ticks & ~seen
        if own.any():
            faults[reason] = faults[reason] | own if reason in faults else own
            seen |= own
    return faults
