"""From a table of ticks to one-second bars, all instruments at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick import Bar

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
PAIR_BITS = 40
"""A pair is one instrument in one second, as one number: the code above so many bits of seconds."""
_RADIX = 2**16


class TickTable(NamedTuple):
    """n ticks as columns; ``code`` stands for the instrument, ``sequence`` is -1 where there is none."""

    code: Integers
    price: Floats
    volume: Floats
    micros: Integers
    sequence: Integers

    def where(self, keep: NDArray[np.bool_] | Integers | slice) -> TickTable:
        """Rows by mask, by index or by slice."""
        return TickTable(self.code[keep], self.price[keep], self.volume[keep], self.micros[keep], self.sequence[keep])

    @property
    def pairs(self) -> Integers:
        """The pair of each tick."""
        return (self.code << PAIR_BITS) + self.micros // 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class BarColumns:
    """n bars by second and instrument, one array of n per field; ``code`` indexes ``instruments``."""

    instruments: tuple[str, ...]
    code: Integers
    second: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    vwap: Floats
    ticks: Integers
    revision: Integers

    def __len__(self) -> int:
        return len(self.code)

    def bars(self) -> tuple[Bar, ...]:
        """The same as objects."""
        names = [self.instruments[code] for code in self.code.tolist()]
        columns = [getattr(self, field).tolist() for field in Bar.__struct_fields__[1:]]
        return tuple(
            Bar(
                instrument=name,
                second=second,
                open=first,
                high=high,
                low=low,
                close=close,
                volume=volume,
                vwap=vwap,
                ticks=ticks,
                revision=revision,
            )
            for name, second, first, high, low, close, volume, vwap, ticks, revision in zip(
                names, *columns, strict=True
            )
        )

    def where(self, keep: Integers | slice) -> BarColumns:
        """Bars by index or by slice."""
        columns = (getattr(self, name)[keep] for name in self.__slots__[1:])
        return BarColumns(self.instruments, *columns)

    @classmethod
    def empty(cls) -> BarColumns:
        """No bars."""
        whole, real = np.empty(0, dtype=np.int64), np.empty(0)
        return cls((), whole, whole, real, real, real, real, real, real, whole, whole)

    @classmethod
    def of_bars(cls, bars: tuple[Bar, ...]) -> BarColumns:
        """From objects, in their order: the way back from a record."""
        names = tuple(dict.fromkeys(bar.instrument for bar in bars))
        codes = {name: code for code, name in enumerate(names)}
        return cls(
            names,
            np.array([codes[bar.instrument] for bar in bars], dtype=np.int64),
            np.array([bar.second for bar in bars], dtype=np.int64),
            np.array([bar.open for bar in bars], dtype=np.float64),
            np.array([bar.high for bar in bars], dtype=np.float64),
            np.array([bar.low for bar in bars], dtype=np.float64),
            np.array([bar.close for bar in bars], dtype=np.float64),
            np.array([bar.volume for bar in bars], dtype=np.float64),
            np.array([bar.vwap for bar in bars], dtype=np.float64),
            np.array([bar.ticks for bar in bars], dtype=np.int64),
            np.array([bar.revision for bar in bars], dtype=np.int64),
        )


def join_tables(tables: list[TickTable]) -> TickTable:
    """One table of all rows."""
    if len(tables) == 1:
        return tables[0]
    return TickTable(*(np.concatenate(column) for column in zip(*tables, strict=True)))


def join_bars(parts: list[BarColumns]) -> BarColumns:
    """One after the other, whichever instruments each part names."""
    if len(parts) <= 1:
        return parts[0] if parts else BarColumns.empty()
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in BarColumns.__slots__[1:]}
    names = parts[0].instruments
    if any(part.instruments != names for part in parts):
        codes = {name: code for code, name in enumerate(dict.fromkeys(chain(*(part.instruments for part in parts))))}
        own = [np.array([codes[name] for name in part.instruments], dtype=np.int64)[part.code] for part in parts]
        names, columns["code"] = tuple(codes), np.concatenate(own)
    return BarColumns(names, **columns)


def make_bars(table: TickTable, pairs: Integers, starts: Integers) -> BarColumns:
    """Bars of a table that is sorted, without repeats and not empty, in its order: by instrument and second.

    Their instruments are for the caller, who knows the names.

    ``pairs``: the pair of each bar, ``starts``: the row at which it begins (see ``find_starts``). The volume-weighted
    price of a second without volume (an index has none) is its close.
    """
    ends = np.append(starts[1:], len(table.code))
    low, high = np.minimum.reduceat(table.price, starts), np.maximum.reduceat(table.price, starts)
    volume = np.add.reduceat(table.volume, starts)
    close = table.price[ends - 1]
    turnover = np.add.reduceat(table.price * table.volume, starts)
    vwap = np.divide(turnover, volume, out=close.copy(), where=volume > 0.0)
    return BarColumns(
        instruments=(),
        code=table.code[starts],
        second=pairs & ((1 << PAIR_BITS) - 1),
        open=table.price[starts],
        high=high,
        low=low,
        close=close,
        volume=volume,
        vwap=np.minimum(np.maximum(vwap, low), high),
        ticks=ends - starts,
        revision=np.zeros(len(starts), dtype=np.int64),
    )


def find_starts(pairs: Integers) -> Integers:
    """Rows at which a new pair begins, of sorted pairs, one per tick; at least one row."""
    return np.append(0, np.flatnonzero(pairs[1:] != pairs[:-1]) + 1)


def order_table(table: TickTable) -> Integers:
    """Row numbers by instrument, exchange time and sequence: one order, whatever order the ticks came in.

    Trades of one instant without sequence have no true order; ranking them by price would always close on the high,
    so a hash of price and volume ranks them.
    """
    order = _order_times(table)
    code, micros = table.code[order], table.micros[order]
    tied = (micros[1:] == micros[:-1]) & (code[1:] == code[:-1])
    if not tied.any():
        return order
    rows = np.flatnonzero(np.append(tied, False) | np.append(False, tied))
    # Each run of one instant keeps its place; only the order within is decided by the rest.
    instant = np.cumsum(np.append(True, ~tied))[rows]
    chosen = table.where(order[rows])
    mixed = chosen.price.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ chosen.volume.view(np.uint64)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    order[rows] = order[rows][np.lexsort((chosen.volume, chosen.price, mixed, chosen.sequence, instant))]
    return order


def _order_times(table: TickTable) -> Integers:
    """Row numbers by instrument and exchange time; sixteen-bit codes sort in linear time, and feeds are in order."""
    largest = int(table.code.max(initial=0))
    code = table.code.astype(np.uint16) if largest < _RADIX else table.code
    if (table.micros[1:] >= table.micros[:-1]).all():
        return np.argsort(code, kind="stable")
    by_time = np.argsort(table.micros, kind="stable")
    return by_time[np.argsort(code[by_time], kind="stable")]


def find_repeats(table: TickTable) -> NDArray[np.bool_]:
    """True for each trade of a sorted table that stands in the row before already."""
    repeated = np.zeros(len(table.code), dtype=np.bool_)
    same = (table.micros[1:] == table.micros[:-1]) & (table.code[1:] == table.code[:-1])
    if same.any():
        same &= table.sequence[1:] == table.sequence[:-1]
        same_trade = (table.price[1:] == table.price[:-1]) & (table.volume[1:] == table.volume[:-1])
        repeated[1:] = same & ((table.sequence[1:] >= 0) | same_trade)
    return repeated
