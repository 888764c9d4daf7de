"""Which words and runs of characters an article has: a linear reading beside the encoder.

The encoder judges what governs what and forgets rare names of acts; a linear model over words, pairs of words and runs
of one to four characters remembers exactly those (Joachims 1998; hashed after Weinberger et al. 2009; tf-idf, each
block of length one). Its logits for tone and stage are added to the encoder's; their share is in the weights.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.rules.tone_weight import SentenceReading

BUCKETS = 1 << 18
LONGEST_RUN = 4
MOST_CHARACTERS = 2_000
"""Of an article: the act stands early, and the cost grows with every character."""
_WORD = re.compile(r"\w\w+")
Array = npt.NDArray[np.float32]


class Phrases(Struct, frozen=True, kw_only=True):
    """``weights`` int8 [BUCKETS, 13] times ``scale`` [13]: tones, then stages; ``bias`` [13]; ``rarity`` [BUCKETS].

    ``rarity`` is the inverse document frequency, 0 for buckets too rare to have a weight.
    """

    weights: npt.NDArray[np.int8]
    scale: Array
    bias: Array
    rarity: npt.NDArray[np.float16]

    def weigh(self, readings: Sequence[SentenceReading]) -> Array:
        """Logits [13]: tones, then stages."""
        total = self.bias.astype(np.float32).copy()
        for places, counts in count_phrases(readings):
            values = measure(counts, self.rarity[places].astype(np.float32))
            total += (values @ self.weights[places].astype(np.float32)) * self.scale
        return np.asarray(total)


def count_phrases(readings: Sequence[SentenceReading]) -> Iterator[tuple[npt.NDArray[np.int64], Array]]:
    """Buckets and how often each occurs: first of words, then of runs of characters."""
    text = " ".join(reading.sentence.folded for reading in readings)[:MOST_CHARACTERS]
    text = " ".join(text.split())
    words = _WORD.findall(text)
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    runs = [text[at : at + length] for length in range(1, LONGEST_RUN + 1) for at in range(len(text) - length + 1)]
    yield _hash("w", Counter(words + pairs))
    yield _hash("c", Counter(runs))


def measure(counts: Array, rarity: Array) -> Array:
    """(1 + ln count) * rarity, scaled to length one; all 0 when nothing is known."""
    values = (1.0 + np.log(counts)) * rarity
    length = float(np.sqrt(values @ values))
    return np.asarray(values / length if length else values, np.float32)


def _hash(block: str, counts: Counter[str]) -> tuple[npt.NDArray[np.int64], Array]:
    """Phrases that share a bucket are summed, as they are in training."""
    merged: dict[int, int] = {}
    for phrase, count in counts.items():
        place = crc32(f"{block}{phrase}".encode()) % BUCKETS
        merged[place] = merged.get(place, 0) + count
    places = np.fromiter(merged.keys(), np.int64, len(merged))
    return places, np.fromiter(merged.values(), np.float32, len(merged))
