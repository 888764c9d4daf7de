"""Forms that an authority fills in again and again: the same sentence about another company, country or amount."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from services.stories.telling import Telling
from services.stories.words import RARE_WORD, Weights, list_words

ALIKE_FROM = 0.55
_PIECE = re.compile(r"[a-z0-9][a-z0-9.,&'%-]*|[\u3400-\u9fff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
LEAST_HAN = 4
NAME_FROM = 5.8
"""Weight from which a swapped English word is a name, not a synonym."""


def are_filled_in_twice(left: Telling, right: Telling, weights: Weights) -> bool:
    """True when two titles differ only in names or numbers that the other text does not know.

    Ratcliff and Obershelp's matching blocks (1988), as in difflib.
    """
    mine, yours = _PIECE.findall(left.title), _PIECE.findall(right.title)
    matcher = SequenceMatcher(None, mine, yours, autojunk=False)
    if matcher.ratio() < ALIKE_FROM:
        return False
    swapped_han = [0, 0]
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "replace":
            continue
        here, there = _unknown(mine[a:b], right, weights), _unknown(yours[c:d], left, weights)
        if here[0] and there[0]:
            return True
        swapped_han[0] += here[1]
        swapped_han[1] += there[1]
    return min(swapped_han) >= LEAST_HAN


def _unknown(pieces: list[str], other: Telling, weights: Weights) -> tuple[bool, int]:
    """Whether there is a Latin name that the other text lacks, and how many Han characters it lacks."""
    han = "".join(piece for piece in pieces if _HAN.match(piece))
    pairs = list(list_words(han))
    lacking = sum(pair not in other.words for pair in pairs)
    latin = [word for piece in pieces if not _HAN.match(piece) for word in list_words(piece)]
    name = any(weights.get(word, RARE_WORD) >= NAME_FROM and word not in other.words for word in latin)
    return name, len(han) if pairs and lacking > 0.6 * len(pairs) else 0
