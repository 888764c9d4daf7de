"""From a table of ticks to one-second bars, all instruments at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.market.tick import Bar


class TickTable(NamedTuple):
    """n ticks as columns; ``code`` indexes the names given to ``make_bars``, ``sequence`` is -1 where there is none."""

    code: NDArray[np.int64]
    price: NDArray[np.float64]
    volume: NDArray[np.float64]
    micros: NDArray[np.int64]
    sequence: NDArray[np.int64]

    def where(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> TickTable:
        """Rows by mask or by index."""
        return TickTable(self.code[keep], self.price[keep], self.volume[keep], self.micros[keep], self.sequence[keep])


def join_tables(tables: list[TickTable]) -> TickTable:
    """One table of all rows."""
    return TickTable(
        np.concatenate([table.code for table in tables]),
        np.concatenate([table.price for table in tables]),
        np.concatenate([table.volume for table in tables]),
        np.concatenate([table.micros for table in tables]),
        np.concatenate([table.sequence for table in tables]),
    )


def make_bars(table: TickTable, names: tuple[str, ...]) -> tuple[tuple[Bar, ...], int]:
    """(bars by second and instrument, number of duplicates left out).

    The volume-weighted price of a second without volume (an index has none) is its close.
    """
    table, duplicates = drop_duplicates(sort_table(table))
    if not len(table.code):
        return (), duplicates
    second = table.micros // 1_000_000
    starts = np.flatnonzero(np.r_[True, (np.diff(table.code) != 0) | (np.diff(second) != 0)])
    ends = np.r_[starts[1:], len(second)]
    low, high = np.minimum.reduceat(table.price, starts), np.maximum.reduceat(table.price, starts)
    volume = np.add.reduceat(table.volume, starts)
    close = table.price[ends - 1]
    turnover = np.add.reduceat(table.price * table.volume, starts)
    vwap = np.where(volume > 0.0, turnover / np.where(volume > 0.0, volume, 1.0), close)
    bars = build_bars(
        [names[code] for code in table.code[starts].tolist()],
        (second[starts], table.price[starts], high, low, close, volume, np.clip(vwap, low, high), ends - starts),
    )
    return tuple(sorted(bars, key=lambda bar: (bar.second, bar.instrument))), duplicates


def build_bars(instruments: list[str], columns: tuple[NDArray[Any], ...]) -> list[Bar]:
    """Bars from the columns second, open, high, low, close, volume, vwap, ticks."""
    rows = zip(instruments, *(column.tolist() for column in columns), strict=True)
    return [
        Bar(
            instrument=instrument,
            second=second,
            open=first,
            high=high,
            low=low,
            close=close,
            volume=volume,
            vwap=vwap,
            ticks=ticks,
        )
        for instrument, second, first, high, low, close, volume, vwap, ticks in rows
    ]


def sort_table(table: TickTable) -> TickTable:
    """By instrument, exchange time and sequence: one order, whatever order the ticks came in.

    Trades of one instant without sequence have no true order; ranking them by price would always close on the high,
    so a hash of price and volume ranks them.
    """
    span = int(np.ptp(table.micros)) + 1 if len(table.micros) else 1
    if span * (int(table.code.max(initial=0)) + 1) < 2**62:
        instant = table.code * span + (table.micros - table.micros.min(initial=2**62))
        order = np.argsort(instant, kind="stable")
        if (np.diff(instant[order]) != 0).all():
            return table.where(order)
    mixed = table.price.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ table.volume.view(np.uint64)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return table.where(np.lexsort((table.volume, table.price, mixed, table.sequence, table.micros, table.code)))


def drop_duplicates(table: TickTable) -> tuple[TickTable, int]:
    """(table without repeated trades, how many were repeated); the table must be sorted."""
    same_instant = (np.diff(table.code) == 0) & (np.diff(table.micros) == 0) & (np.diff(table.sequence) == 0)
    same_trade = (np.diff(table.price) == 0) & (np.diff(table.volume) == 0)
    repeated = np.r_[False, same_instant & ((table.sequence[1:] >= 0) | same_trade)][: len(table.code)]
    return table.where(~repeated), int(np.count_nonzero(repeated))
