"""Which articles of one neighbourhood tell the same event: average linkage, softened by the best pair.

Sokal and Michener (1958) join two groups by the mean likeness of their pairs; here half of it is the best pair, since a
translation is seldom like all the others. Two single articles need more than a group and a newcomer. The answer depends
on the set of articles alone, not on the order in which they came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import add

NEEDED = (0.7, 0.1, -0.4, -0.7)
"""Log odds from which two groups join, by how many articles they have together: 2, 3, 4, 5 and more."""
HIGHEST, LOWEST = 3.0, -4.5

Group = list[int]


def cluster(members: Sequence[int], strength: Callable[[int, int], float]) -> list[Group]:
    """Groups of members; ``members`` come in a canonical order, ``strength`` is symmetric.

    Best and sum of the odds between two groups are kept up to date when groups join (Lance and Williams, 1967).
    """
    groups: list[Group] = [[member] for member in members]
    bests = [
        [max(LOWEST, min(HIGHEST, strength(members[one], members[other]))) for other in range(one)]
        for one in range(len(members))
    ]
    sums = [list(row) for row in bests]
    links = [[_link(odds, odds, 1, 1) for odds in row] for row in bests]
    while len(groups) > 1:
        # Of equal links the first row, then the first column: an order that the articles alone decide.
        tops = [max(row, default=-math.inf) for row in links]
        best = max(tops)
        if best < 0:
            break
        gone = tops.index(best)
        kept = links[gone].index(best)
        groups[kept] += groups.pop(gone)
        _join(bests, kept, gone, max)
        _join(sums, kept, gone, add)
        _drop(links, gone)
        for other in range(len(groups)):
            if other != kept:
                row, column = max(other, kept), min(other, kept)
                sizes = len(groups[row]), len(groups[column])
                links[row][column] = _link(bests[row][column], sums[row][column], *sizes)
    return groups


def _link(best: float, total: float, one: int, other: int) -> float:
    needed = NEEDED[min(one + other, len(NEEDED) + 1) - 2]
    return (best + total / (one * other)) / 2 - needed


def _join(table: list[list[float]], kept: int, gone: int, combine: Callable[[float, float], float]) -> None:
    """Fold row and column ``gone`` of a lower triangle into ``kept``, which stands before it."""
    for third in range(len(table)):
        if third not in (kept, gone):
            row, column = max(third, kept), min(third, kept)
            table[row][column] = combine(table[row][column], table[max(third, gone)][min(third, gone)])
    _drop(table, gone)


def _drop(table: list[list[float]], gone: int) -> None:
    del table[gone]
    for row in table[gone:]:
        del row[gone]
