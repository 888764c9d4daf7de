"""Words on ticks that stand in columns: trade conditions and currencies. Feeds have few distinct ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """m words on n ticks; a tick has any number of them.

    ``code`` (int64, m) indexes ``names``; ``row`` (int64, m, ascending) is the tick that each word stands on.
    """

    names: tuple[str, ...]
    code: NDArray[np.int64]
    row: NDArray[np.int64]

    def where(self, keep: NDArray[np.bool_]) -> Labels:
        """The words on the ticks for which ``keep`` (n booleans) is true."""
        kept = keep[self.row]
        return Labels(self.names, self.code[kept], (np.cumsum(keep) - 1)[self.row[kept]])

    def of(self, index: int) -> tuple[str, ...]:
        """The words on one tick, in their order."""
        return tuple(self.names[code] for code in self.code[self.row == index].tolist())


def label_ticks(words: Iterable[Iterable[str]]) -> Labels | None:
    """Labels of ticks given one by one; None when no tick has any, which costs nothing later.

    >>> label_ticks([["late"], [], ["late", "odd_lot"]]).names
    ('late', 'odd_lot')
    """
    codes: dict[str, int] = {}
    pairs = [(codes.setdefault(word, len(codes)), row) for row, of_tick in enumerate(words) for word in of_tick]
    if not pairs:
        return None
    code, row = np.array(pairs, dtype=np.int64).T.copy()
    return Labels(tuple(codes), code, row)
