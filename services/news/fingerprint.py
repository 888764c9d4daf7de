"""MinHash of a text: how much of two texts is the same, from 64 numbers each.

Broder, "On the resemblance and containment of documents" (1997): the share of equal minima estimates the Jaccard
similarity of the shingle sets; the standard error is sqrt(J(1-J)/64), at most 0.0625.
"""

from __future__ import annotations

import re
import zlib
from operator import eq

import numpy as np

PERMUTATIONS = 64
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_SHINGLE = 3
_MAX_WORDS = 2_000
_random = np.random.default_rng(20230713)
_A = _random.integers(0, 1 << 63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_B = _random.integers(0, 1 << 63, PERMUTATIONS, dtype=np.uint64)


def fingerprint(text: str) -> tuple[int, ...]:
    """64 numbers of 32 bits from shingles of three words (Han characters count as words)."""
    words = _WORD.findall(text.lower())[:_MAX_WORDS]
    count = max(1, len(words) - _SHINGLE + 1)
    shingles = {zlib.crc32(" ".join(words[start : start + _SHINGLE]).encode()) for start in range(count)}
    hashes = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    # Multiply-shift hashing (Dietzfelbinger et al. 1997): 64-bit products wrap, their high halves are kept.
    minima = ((np.outer(_A, hashes) + _B[:, None]) >> np.uint64(32)).min(axis=1)
    return tuple(int(value) for value in minima)


def resemblance(left: tuple[int, ...], right: tuple[int, ...]) -> float:
    """Estimated Jaccard similarity, 0..1; 0 when either has no fingerprint.

    >>> resemblance(fingerprint("a b c d"), fingerprint("a b c d"))
    1.0
    """
    if not left or len(left) != len(right):
        return 0.0
    same: int = sum(map(eq, left, right))
    return same / len(left)
