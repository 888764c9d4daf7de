"""Ticks that wait for their bar, as columns, however they came."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from services.market.bars.bar_making import TickTable, join_tables

NEVER = 2**60
"""Later than any tick, in microseconds."""


class Frame(NamedTuple):
    """Ticks that came together. Those before ``first`` have been taken out already.

    ``first`` and ``last`` bound the times of the rest, in microseconds; ``rows`` is their number.
    """

    table: TickTable
    first: int
    last: int
    rows: int


class PendingTicks:
    """Frames and single ticks; 40 bytes each."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._rows = 0
        self._single_first = NEVER
        self._code = array("q")
        self._price = array("d")
        self._volume = array("d")
        self._micros = array("q")
        self._sequence = array("q")

    def __len__(self) -> int:
        return self._rows + len(self._micros)

    @property
    def first(self) -> int:
        """No tick is older; NEVER when there is none."""
        return min([self._single_first, *(frame.first for frame in self._frames)])

    def add(self, code: int, price: float, volume: float, micros: int, sequence: int) -> None:
        """One tick."""
        self._code.append(code)
        self._price.append(price)
        self._volume.append(volume)
        self._micros.append(micros)
        self._sequence.append(sequence)
        if micros < self._single_first:  # noqa: PLR1730 - twice as fast as min(), on the hot path
            self._single_first = micros

    def add_table(self, table: TickTable) -> int:
        """Many ticks, at least one; the time of the last, in microseconds."""
        last = int(table.micros.max())
        self._put(Frame(table, int(table.micros.min()), last, len(table.code)))
        return last

    def take_before(self, end: int) -> TickTable:
        """Take out the ticks before an instant, which is later than ``first``."""
        self._bundle_single()
        frames, self._frames, self._rows = self._frames, [], 0
        due = []
        for frame in frames:
            if frame.first >= end:
                self._put(frame)
            elif frame.last < end:
                is_whole = frame.rows == len(frame.table.code)
                due.append(frame.table if is_whole else frame.table.where(frame.table.micros >= frame.first))
            else:
                due.append(self._split(frame, end))
        return join_tables(due)

    def _split(self, frame: Frame, end: int) -> TickTable:
        """Take a part out. What stays is copied only when it is the smaller part: mostly few ticks go early."""
        micros = frame.table.micros
        rows = np.flatnonzero((micros >= frame.first) & (micros < end))
        left = frame.rows - len(rows)
        if left < len(micros) // 2:
            self.add_table(frame.table.where(micros >= end))
        else:
            self._put(Frame(frame.table, end, frame.last, left))
        return frame.table.where(rows)

    def _put(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._rows += frame.rows

    def _bundle_single(self) -> None:
        if not len(self._micros):
            return
        table = TickTable(
            np.array(self._code, dtype=np.int64),
            np.array(self._price, dtype=np.float64),
            np.array(self._volume, dtype=np.float64),
            np.array(self._micros, dtype=np.int64),
            np.array(self._sequence, dtype=np.int64),
        )
        for column in (self._code, self._price, self._volume, self._micros, self._sequence):
            del column[:]
        self._single_first = NEVER
        self.add_table(table)
