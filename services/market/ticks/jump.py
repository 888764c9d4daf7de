"""The jump filter: one wrong price must never become a bar.

A price more than 50 % away from the last accepted one is held until three further ticks in a row agree with it; then
all of them are released at once, so that a true jump (a split, a takeover) loses nothing. A tick back at the old
level shows that the held ones were wrong: they are dropped and counted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import TickColumns, columns_of

JUMP = 0.5
"""Fraction of the last accepted price."""
CONFIRMATIONS = 3
AGREEMENT = 0.1
"""How near a confirming tick must be to the first held one; random errors seldom agree that well."""

NEAR = 0.15
"""Any two prices this near to a third one are less than JUMP apart, in whatever order they come."""
_FIRST_ROOM = 256


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
    """One JumpFilter per instrument. Memory: a name, a number and a price per instrument seen, and few held ticks."""

    def __init__(self) -> None:
        self.dropped = 0
        """Ticks refused so far."""
        self._codes: dict[str, int] = {}
        self._last_instruments: tuple[str, ...] = ()
        self._last_codes = np.empty(0, dtype=np.int64)
        self._codes_fit = True
        """Whether the instruments seen last have the same codes here: then no column has to be translated."""
        self._references = np.full(_FIRST_ROOM, np.nan)
        """Last accepted price by code; NaN, which is near nothing, before the first and while ticks are held."""
        self._doubted: dict[int, JumpFilter] = {}
        """Filters that hold ticks now, by code; all the others are no more than their reference."""

    def seed(self, instrument: str, price: float) -> None:
        """Give a reference, e.g. the last known close, so that even the first tick is judged."""
        code = self._code(instrument)
        self._doubted.pop(code, None)
        self._references[code] = price

    def admit(self, tick: Tick) -> tuple[Tick, ...]:
        """As JumpFilter.admit, for any instrument."""
        code = self._code(tick.instrument)
        reference = self._references.item(code)
        if abs(tick.price - reference) <= JUMP * reference:
            self._references[code] = tick.price
            return (tick,)
        one = self._doubted.pop(code, None) or JumpFilter(None if np.isnan(reference) else reference)
        passed = one.admit(tick)
        if one.held:
            self._doubted[code] = one
        self._references[code] = np.nan if one.held else one.reference
        self.dropped += one.dropped
        one.dropped = 0
        return passed

    def admit_columns(self, columns: TickColumns) -> TickColumns:
        """The ticks that may pass, of a whole frame at once. Instruments without any jump never leave numpy."""
        codes = self._codes_of(columns.instruments)
        own = columns.code if self._codes_fit else codes[columns.code]
        reference = self._references[own]
        if (np.abs(columns.price - reference) <= NEAR * reference).all():
            # Where a place is named repeatedly, the last value stays.
            self._references[own] = columns.price
            return columns
        doubtful = self._find_doubtful(own, columns.price)
        return columns if not doubtful else self._judge_singly(columns, np.isin(own, sorted(doubtful)))

    def _codes_of(self, instruments: tuple[str, ...]) -> NDArray[np.int64]:
        """Frame after frame comes with the same names."""
        if instruments is not self._last_instruments:
            codes = [self._code(name) for name in instruments]
            self._last_instruments, self._last_codes = instruments, np.array(codes, dtype=np.int64)
            self._codes_fit = codes == list(range(len(codes)))
        return self._last_codes

    def _code(self, instrument: str) -> int:
        code = self._codes.get(instrument)
        if code is None:
            code = self._codes[instrument] = len(self._codes)
            if code == len(self._references):
                self._references = np.append(self._references, np.full(code, np.nan))
        return code

    def _find_doubtful(self, own: NDArray[np.int64], price: NDArray[np.float64]) -> set[int]:
        """Codes with a jump in this frame, or with ticks held before; the references of all others move on."""
        order = np.argsort(own, kind="stable")
        own, price = own[order], price[order]
        starts = np.flatnonzero(np.append(True, own[1:] != own[:-1]))
        codes, first, last = own[starts], price[starts], price[np.append(starts[1:], len(own)) - 1]
        before = np.append(price[:1], price[:-1])
        before[starts] = np.where(np.isnan(self._references[codes]), first, self._references[codes])
        has_jump = np.logical_or.reduceat(np.abs(price - before) > JUMP * before, starts)
        is_clear = ~(has_jump | np.isin(codes, list(self._doubted)))
        self._references[codes[is_clear]] = last[is_clear]
        return set(codes[~is_clear].tolist())

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
