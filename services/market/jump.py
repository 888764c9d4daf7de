"""The jump filter: one wrong price must never become a bar.

A price more than 50 % away from the last accepted one is held until three further ticks in a row agree with it; then
all of them are released at once, so that a true jump (a split, a takeover) loses nothing. A tick back at the old
level shows that the held ones were wrong: they are dropped and counted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.market.tick import Tick
from services.market.tick_columns import TickColumns, columns_of

JUMP = 0.5
"""Fraction of the last accepted price."""
CONFIRMATIONS = 3
AGREEMENT = 0.1
"""How near a confirming tick must be to the first held one; random errors seldom agree that well."""


class JumpFilter:
    """State of one instrument. ``reference``: last accepted price, e.g. the previous close; None: accept the first."""

    __slots__ = ("dropped", "held", "reference")

    def __init__(self, reference: float | None = None) -> None:
        self.reference = reference
        self.held: list[Tick] = []
        self.dropped = 0

    def admit(self, tick: Tick) -> tuple[Tick, ...]:
        """The ticks that may pass now: this one, none, or this one with those that it confirmed."""
        if self.reference is None or abs(tick.price - self.reference) <= JUMP * self.reference:
            self.reference = tick.price
            self._drop_held()
            return (tick,)
        if self.held and abs(tick.price - self.held[0].price) > AGREEMENT * self.held[0].price:
            self._drop_held()
        self.held.append(tick)
        if len(self.held) <= CONFIRMATIONS:
            return ()
        released = tuple(self.held)
        self.held.clear()
        self.reference = tick.price
        return released

    def _drop_held(self) -> None:
        if self.held:
            self.dropped += len(self.held)
            self.held.clear()


class JumpGate:
    """One JumpFilter per instrument. Memory: one price and at most three held ticks per instrument seen."""

    def __init__(self) -> None:
        self._filters: dict[str, JumpFilter] = {}

    @property
    def dropped(self) -> int:
        """Ticks refused so far."""
        return sum(one.dropped for one in self._filters.values())

    def seed(self, instrument: str, price: float) -> None:
        """Give a reference, e.g. the last known close, so that even the first tick is judged."""
        self._filters[instrument] = JumpFilter(price)

    def admit(self, tick: Tick) -> tuple[Tick, ...]:
        """As JumpFilter.admit, for any instrument."""
        one = self._filters.get(tick.instrument)
        if one is None:
            one = self._filters[tick.instrument] = JumpFilter()
        return one.admit(tick)

    def admit_columns(self, columns: TickColumns) -> TickColumns:
        """The ticks that may pass, of a whole frame at once. Instruments without any jump never leave numpy."""
        if not len(columns):
            return columns
        order = np.argsort(columns.code, kind="stable")
        code, price = columns.code[order], columns.price[order]
        starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
        filters = [self._filter_of(columns.instruments[index]) for index in code[starts].tolist()]
        before = np.r_[price[:1], price[:-1]]
        before[starts] = [
            first if one.reference is None else one.reference
            for one, first in zip(filters, price[starts].tolist(), strict=True)
        ]
        jumps = np.add.reduceat(np.abs(price - before) > JUMP * before, starts, dtype=np.int64)
        ends = np.r_[starts[1:], len(code)]
        doubtful = {
            int(code[start])
            for start, count, one in zip(starts.tolist(), jumps.tolist(), filters, strict=True)
            if count or one.held
        }
        for one, start, end in zip(filters, starts.tolist(), ends.tolist(), strict=True):
            if int(code[start]) not in doubtful:
                one.reference = float(price[end - 1])
        return columns if not doubtful else self._judge_singly(columns, np.isin(columns.code, sorted(doubtful)))

    def _filter_of(self, instrument: str) -> JumpFilter:
        return self._filters.setdefault(instrument, JumpFilter())

    def _judge_singly(self, columns: TickColumns, doubtful: NDArray[np.bool_]) -> TickColumns:
        clear = columns.where(~doubtful)
        passed = columns_of(
            [tick for index in np.flatnonzero(doubtful).tolist() for tick in self.admit(columns.tick(index))]
        )
        return TickColumns(
            clear.instruments + passed.instruments,
            np.r_[clear.code, passed.code + len(clear.instruments)],
            np.r_[clear.price, passed.price],
            np.r_[clear.volume, passed.volume],
            np.r_[clear.micros, passed.micros],
            np.r_[clear.sequence, passed.sequence],
        )
