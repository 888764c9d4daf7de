"""Ticks of bars that were given out, kept for as long as a late tick may still make such a bar anew."""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple

import numpy as np

from services.market.bars.bar_making import PAIR_BITS, Integers, TickTable, join_tables

_LONGEST_FOUND = 600
"""Seconds of one piece, from its last, in which ticks can be found: far more than may still be put right."""
_SECONDS = (1 << PAIR_BITS) - 1
_NOTHING = TickTable(
    np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
)


class KeptBars(NamedTuple):
    """The ticks of some bars, by instrument and time, and where each bar begins."""

    table: TickTable
    pairs: Integers
    starts: Integers
    first_second: int
    last_second: int


class KeptTicks:
    """Memory: 40 bytes per tick, at most ``max_ticks`` of them; the oldest go first.

    ``since``: the first second of which every tick given out is here. A tick before it cannot be put right any more:
    what it would be added to is not known whole.
    """

    def __init__(self, since: int, max_ticks: int) -> None:
        self.since = since
        self._max_ticks = max_ticks
        self._rows = 0
        self._kept: deque[KeptBars] = deque()
        self._of_second: dict[int, list[KeptBars]] = {}
        self._revisions: dict[int, Counter[int]] = {}

    def __len__(self) -> int:
        return self._rows

    def keep(self, table: TickTable, pairs: Integers, starts: Integers) -> None:
        """Remember ticks as ``make_bars`` took them; at least one."""
        seconds = pairs & _SECONDS
        kept = KeptBars(table, pairs, starts, int(seconds.min()), int(seconds.max()))
        self._kept.append(kept)
        self._rows += len(table.code)
        for second in range(max(kept.first_second, kept.last_second - _LONGEST_FOUND), kept.last_second + 1):
            self._of_second.setdefault(second, []).append(kept)
        while self._rows > self._max_ticks:
            self._forget(self._kept[0].last_second + 1)

    def find(self, pairs: Integers) -> TickTable:
        """Every tick kept of some pairs, given ascending."""
        seconds = pairs & _SECONDS
        parts = [
            _pick(kept, pairs[seconds == second])
            for second in np.unique(seconds).tolist()
            for kept in self._of_second.get(second, ())
        ]
        return join_tables([_NOTHING, *parts])

    def number(self, pair: int) -> int:
        """The next revision of a bar that was given out before."""
        revisions = self._revisions.setdefault(pair & _SECONDS, Counter())
        revisions[pair] += 1
        return revisions[pair]

    def forget_before(self, second: int) -> None:
        """Let go of what no late tick may change any more."""
        if second > self.since:
            self._forget(second)

    def _forget(self, before: int) -> None:
        self.since = max(self.since, before)
        # Corrections are kept in the order in which they came, so an older one may stand behind a newer one.
        while self._kept and self._kept[0].last_second < self.since:
            self._rows -= len(self._kept.popleft().table.code)
        for by_second in (self._revisions, self._of_second):
            for second in [second for second in by_second if second < self.since]:
                del by_second[second]


def _pick(kept: KeptBars, pairs: Integers) -> TickTable:
    """The ticks of those pairs that are in one piece."""
    places = np.searchsorted(kept.pairs, pairs)
    places = places[places < len(kept.pairs)]
    places = np.unique(places[np.isin(kept.pairs[places], pairs)])
    starts = kept.starts[places]
    counts = np.append(kept.starts[1:], len(kept.table.code))[places] - starts
    ahead = np.cumsum(counts) - counts
    return kept.table.where(np.repeat(starts - ahead, counts) + np.arange(int(counts.sum())))
