"""Which articles of one neighbourhood tell the same event: average linkage, softened by the best pair.

Sokal and Michener (1958) join two groups by the mean likeness of their pairs; here half of it is the best pair, since a
translation is seldom like all the others. Two single articles need more than a group and a newcomer. The answer depends
on the set of articles alone, not on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

NEEDED = (0.7, 0.1, -0.4, -0.7)
"""Log odds from which two groups join, by how many articles they have together: 2, 3, 4, 5 and more."""
HIGHEST, LOWEST = 3.0, -4.5

Group = list[int]


def cluster(members: Sequence[int], strength: Callable[[int, int], float]) -> list[Group]:
    """Groups of members; ``members`` come in a canonical order, ``strength`` is symmetric."""
    groups: list[Group] = [[member] for member in members]
    while len(groups) > 1:
        pairs = (
            (_link(groups[one], groups[other], strength), -one, -other)
            for one in range(len(groups))
            for other in range(one)
        )
        best, one, other = max(pairs)
        if best < 0:
            break
        groups[-other] += groups.pop(-one)
    return groups


def _link(one: Group, other: Group, strength: Callable[[int, int], float]) -> float:
    odds = [max(LOWEST, min(HIGHEST, strength(mine, yours))) for mine in one for yours in other]
    needed = NEEDED[min(len(one) + len(other), len(NEEDED) + 1) - 2]
    return (max(odds) + sum(odds) / len(odds)) / 2 - needed
