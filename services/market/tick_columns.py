"""Many ticks as columns: framed ticks on their way to bars, checked at once instead of one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.market.tick import Tick
from services.market.ticks import FUTURE_TOLERANCE, OLDEST, PRICE_LIMIT, VOLUME_LIMIT

NO_SEQUENCE = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class TickColumns:
    """n ticks in arrival order: one array of n per field.

    ``code`` is int64 and indexes ``instruments``; ``price`` and ``volume`` are float64; ``micros`` is int64,
    microseconds since 1970 UTC; ``sequence`` is int64, NO_SEQUENCE where the feed gave none.
    """

    instruments: tuple[str, ...]
    code: NDArray[np.int64]
    price: NDArray[np.float64]
    volume: NDArray[np.float64]
    micros: NDArray[np.int64]
    sequence: NDArray[np.int64]

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
    )


def micros_of(at: datetime) -> int:
    """Microseconds since 1970 UTC.

    >>> micros_of(datetime(2023, 7, 12, tzinfo=UTC))
    1689120000000000
    """
    return (at - _EPOCH) // _MICROSECOND


def check_columns(columns: TickColumns, now: datetime) -> tuple[TickColumns, Counter[str]]:
    """(good ticks, refused ones by reason), by the rules of ``parse_tick``; so are codes outside ``instruments``."""
    price, volume, micros = columns.price, columns.volume, columns.micros
    rules = {
        "unknown_instrument": (columns.code < 0) | (columns.code >= len(columns.instruments)),
        "not_finite": ~(np.isfinite(price) & np.isfinite(volume)),
        "not_positive": (price <= 0.0) | (volume < 0.0),
        "absurd": (price >= PRICE_LIMIT) | (volume >= VOLUME_LIMIT),
        "future_time": micros > micros_of(now + FUTURE_TOLERANCE),
        "ancient_time": micros < micros_of(OLDEST),
        "wrong_type": columns.sequence < NO_SEQUENCE,
    }
    refused: Counter[str] = Counter()
    good = np.ones(len(columns), dtype=np.bool_)
    for reason, broken in rules.items():
        count = int(np.count_nonzero(broken & good))
        if count:
            refused[reason] = count
            good &= ~broken
    return (columns.where(good) if refused else columns), refused
